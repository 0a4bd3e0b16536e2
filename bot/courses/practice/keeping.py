"""Reads and writes what somebody has practised. A person has one memory over all their chats; rows stay with the chat they came in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.courses.owners import own_rows
from bot.courses.practice.memory import Answered, Known, Memory
from bot.courses.practice.spacing import due_at, reviewed, stability
from bot.plans.moments import in_utc
from bot.storage.course_tables import PracticeAnswer, PracticeCard


def read_memory(session: Session, chats: Collection[int]) -> Memory:
    """What was practised in these chats together: of each item the newest row."""
    known = {row.item: _known(row) for row in _cards(session, chats)}
    own = own_rows(session, chats, PracticeAnswer.conversation_id, PracticeAnswer.at)
    answers = select(PracticeAnswer.item, PracticeAnswer.right).where(own)
    found = session.execute(answers.order_by(PracticeAnswer.at, PracticeAnswer.id))
    return Memory(known, tuple(Answered(item, right) for item, right in found))


def store_answer(
    session: Session, conversation_id: int, chats: Collection[int], asked: int, item: str, right: bool, now: dt.datetime
) -> bool:
    """Keeps one answer; False when this asking was answered before. The caller holds the conversation."""
    try:
        with session.begin_nested():
            session.add(PracticeAnswer(conversation_id=conversation_id, asked=asked, item=item, right=right, at=now))
    except IntegrityError:
        return False
    newest = next((row for row in reversed(_cards(session, chats)) if row.item == item), None)
    card = reviewed(newest.card if newest else None, right, now)
    counts = {"right": (newest.right if newest else 0) + right, "wrong": (newest.wrong if newest else 0) + (not right)}
    own = session.scalar(select(PracticeCard).where(PracticeCard.conversation_id == conversation_id, PracticeCard.item == item))
    if own is None:
        own = PracticeCard(conversation_id=conversation_id, item=item)
        session.add(own)
    own.card, own.due_at, own.last_at = card, due_at(card), _after(newest, now)
    own.right, own.wrong = counts["right"], counts["wrong"]
    session.flush()
    return True


def is_answered(session: Session, conversation_id: int, asked: int) -> bool:
    """True when this asking of a chat has its answer."""
    theirs = (PracticeAnswer.conversation_id == conversation_id, PracticeAnswer.asked == asked)
    return session.scalar(select(PracticeAnswer.id).where(*theirs)) is not None


def answered_since(session: Session, conversation_id: int, item: str, asked: int) -> bool:
    """True when a chat has answered an item in this asking of it or a later one."""
    theirs = (PracticeAnswer.conversation_id == conversation_id, PracticeAnswer.item == item, PracticeAnswer.asked >= asked)
    return session.scalar(select(PracticeAnswer.id).where(*theirs).limit(1)) is not None


def newest_asked(session: Session, conversation_id: int) -> int:
    """The highest number of an asking that was answered in a chat; 0 where there is none."""
    theirs = select(func.max(PracticeAnswer.asked)).where(PracticeAnswer.conversation_id == conversation_id)
    return session.scalar(theirs) or 0


def _cards(session: Session, chats: Collection[int]) -> list[PracticeCard]:
    """The rows of these chats, the oldest first: whoever keeps the last of each item has the newest."""
    theirs = select(PracticeCard).where(own_rows(session, chats, PracticeCard.conversation_id, PracticeCard.last_at))
    return list(session.scalars(theirs.order_by(PracticeCard.last_at, PracticeCard.id)))


def _after(newest: PracticeCard | None, now: dt.datetime) -> dt.datetime:
    """A moment after the newest row's, so that of two rows written at one moment the second is the newest."""
    return now if newest is None else max(now, in_utc(newest.last_at) + dt.timedelta(microseconds=1))


def _known(row: PracticeCard) -> Known:
    return Known(row.item, in_utc(row.due_at), stability(row.card), row.right, row.wrong)
