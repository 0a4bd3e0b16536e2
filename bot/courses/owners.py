"""Whose a chat is: a phone is given away, a code is typed into the wrong one. What was one person's is not the next one's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, false, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from bot.plans.moments import in_utc
from bot.plans.rows import NO_SYNC
from bot.storage.course_tables import CourseChat, CourseMember, PracticeAnswer, PracticeCard, SelfAssessment
from bot.storage.plan_tables import ChatLink


def is_still_theirs() -> ColumnElement[bool]:
    """Chats that joined by a code, did not leave, and did not become another person's since, as a condition.

    Another's is a chat that was linked after it joined: to other than the member's participant, or than the one it belonged to, or to
    a classmate. A link of a member whom no participant is known of is the member's own.
    """
    now, before = aliased(ChatLink), aliased(ChatLink)
    member, classmate = aliased(CourseMember), aliased(CourseMember)
    elses = and_(member.participant_id.is_not(None), member.participant_id != now.participant_id)
    had = exists().where(
        before.conversation_id == now.conversation_id,
        before.participant_id != now.participant_id,
        before.ended_at >= CourseChat.began_at,
    )
    classmates = exists().where(
        classmate.course_id == member.course_id, classmate.participant_id == now.participant_id, classmate.id != member.id
    )
    passed_on = exists().where(
        now.conversation_id == CourseChat.conversation_id,
        now.ended_at.is_(None),
        now.linked_at > CourseChat.began_at,
        member.id == CourseChat.member_id,
        or_(elses, had.correlate(now, CourseChat), classmates.correlate(now, member)),
    )
    return and_(CourseChat.ended_at.is_(None), not_(passed_on.correlate(CourseChat)))


def own_rows(
    session: Session, chats: Collection[int], chat: InstrumentedAttribute[int], at: InstrumentedAttribute[dt.datetime]
) -> ColumnElement[bool]:
    """Rows of these chats, but for those of when a chat was another participant's, as a condition. `at`: when a row was written."""
    since = _since(session, chats)
    each = (and_(chat == one, at > since[one]) if one in since else chat == one for one in sorted(chats))
    return or_(false(), *each)


def forget(session: Session, conversation_id: int) -> None:
    """Deletes what somebody practised and said about themselves in a chat that is another's from now on."""
    tables: tuple[Any, ...] = (PracticeCard, PracticeAnswer, SelfAssessment)
    for table in tables:
        session.execute(delete(table).where(table.conversation_id == conversation_id), execution_options=NO_SYNC)
    session.expire_all()


def _since(session: Session, chats: Collection[int]) -> dict[int, dt.datetime]:
    """When each chat last stopped being a participant's who does not have it now; chats that never did are left out."""
    columns = (ChatLink.conversation_id, ChatLink.participant_id, ChatLink.ended_at)
    links = session.execute(select(*columns).where(ChatLink.conversation_id.in_(chats))).tuples().all()
    whose = {chat: person for chat, person, ended_at in links if ended_at is None}
    since: dict[int, dt.datetime] = {}
    for chat, person, ended_at in links:
        if ended_at is not None and person != whose.get(chat):
            since[chat] = max(in_utc(ended_at), since.get(chat, in_utc(ended_at)))
    return since
