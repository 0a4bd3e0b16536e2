"""Whether something a member shared may still be shown."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.storage.course_tables import Course, CourseMember


def can_be_taken_back(session: Session, member: CourseMember) -> bool:
    """True while the person is in the course and it is not over: after that no button of theirs reaches it, so nothing is shown."""
    return member.left_on is None and session.get_one(Course, member.course_id).closed_at is None
