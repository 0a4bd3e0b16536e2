"""What a course passes on to a linked member's advisor, as a wish of the member: absence, a talk. Taken back while nobody has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.courses.parts import Courses
from bot.plans.rows import hold_participant
from bot.plans.wishes import mark_done, store_wish
from bot.storage.course_tables import CourseMember
from bot.storage.plan_tables import Wish


def pass_on(
    courses: Courses, session: Session, member: CourseMember, conversation_id: int, kind: str, text: str, details: Mapping[str, Any]
) -> bool:
    """Stores the wish; False for a member who is not linked. The rounds of the desk make a case of it (bot/desk/rounds.py)."""
    if member.participant_id is None:
        return False
    now = courses.clock()
    number = store_wish(session, courses.seal, member.participant_id, conversation_id, kind, text, details, now)
    session.get_one(Wish, number).done_at = None  # the same wish, taken back and made again within minutes, is wished for again
    session.flush()
    return True


def take_back(courses: Courses, session: Session, member: CourseMember, kind: str, details: Mapping[str, Any]) -> bool:
    """Takes open wishes with these details back; True where an advisor may have read one already: those are left to the advisor."""
    if member.participant_id is None:
        return False
    hold_participant(session, member.participant_id)
    theirs = (Wish.participant_id == member.participant_id, Wish.kind == kind, Wish.done_at.is_(None))
    read = False
    for wish in session.scalars(select(Wish).where(*theirs).execution_options(populate_existing=True)).all():
        if {name: wish.details.get(name) for name in details} != dict(details):
            continue
        if wish.case_id is None:
            mark_done(session, wish.id, courses.clock())
        else:
            read = True
    return read
