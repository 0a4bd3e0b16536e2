"""Keeps what somebody said about themselves, sealed, one row a chat. Of a person's chats the newest row counts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.content import Library
from bot.courses.owners import own_rows
from bot.courses.self_assessment.parts import Answers, valid
from bot.plans.moments import in_utc
from bot.plans.rows import NO_SYNC
from bot.storage.course_tables import SelfAssessment
from bot.storage.sealing import Seal


def read_answers(session: Session, seal: Seal, library: Library, chats: Collection[int]) -> Answers:
    """What was answered, by part."""
    newest = _newest(session, chats)
    return valid(library, json.loads(seal.open(newest.sealed_answers))) if newest else {}


def store_answers(session: Session, seal: Seal, conversation_id: int, chats: Collection[int], answers: Answers, now: dt.datetime) -> None:
    """Writes all answers into the row of this chat, which is the newest from now on. The caller holds the conversation."""
    newest = _newest(session, chats)
    own = session.get(SelfAssessment, conversation_id)
    if own is None:
        own = SelfAssessment(conversation_id=conversation_id)
        session.add(own)
    own.sealed_answers = seal.close(json.dumps(answers))
    own.changed_at = now if newest is None else max(now, in_utc(newest.changed_at) + dt.timedelta(microseconds=1))
    session.flush()


def delete_answers(session: Session, chats: Collection[int]) -> None:
    """Deletes them in all of a person's chats, so that no older ones come back."""
    session.execute(delete(SelfAssessment).where(SelfAssessment.conversation_id.in_(chats)), execution_options=NO_SYNC)
    session.expire_all()


def _newest(session: Session, chats: Collection[int]) -> SelfAssessment | None:
    theirs = select(SelfAssessment).where(own_rows(session, chats, SelfAssessment.conversation_id, SelfAssessment.changed_at))
    return session.scalar(theirs.order_by(SelfAssessment.changed_at.desc(), SelfAssessment.conversation_id.desc()).limit(1))
