"""One-time codes of courses: for a member's chat, and for a Telegram group. Only their hashes are kept; nothing commits here."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem
from bot.courses.roster import revoke_codes
from bot.plans.link_codes import code_in, hash_of, new_code
from bot.plans.moments import in_utc
from bot.plans.rows import NO_SYNC
from bot.storage.course_tables import Course, CourseCode, CourseMember
from bot.storage.plan_tables import LinkCode

MEMBER_DAYS, GROUP_DAYS = 30, 7
Reason = Literal["expired", "used", "revoked"]


def make_member_code(courses: Courses, session: Session, member: CourseMember, account_id: int | None) -> str:
    """A code that lets a member's chat in; their older unused ones stop working. Raises CourseProblem for somebody who left."""
    if member.left_on is not None:
        raise CourseProblem("course_member_left")
    moment = courses.clock()
    revoke_codes(session, member, moment)
    return _make(courses, session, member.course_id, member.id, account_id, moment + dt.timedelta(days=MEMBER_DAYS))


def make_group_code(courses: Courses, session: Session, course: Course, account_id: int | None) -> str:
    """A code that binds the Telegram group it is written in; older unused ones stop working. The course is held by the caller."""
    moment = courses.clock()
    unused = (
        CourseCode.course_id == course.id,
        CourseCode.member_id.is_(None),
        CourseCode.used_at.is_(None),
        CourseCode.revoked_at.is_(None),
    )
    session.execute(update(CourseCode).where(*unused).values(revoked_at=moment), execution_options=NO_SYNC)
    return _make(courses, session, course.id, None, account_id, moment + dt.timedelta(days=GROUP_DAYS))


def unbind_group(session: Session, course: Course) -> None:
    """The group is no longer the course's; nothing is said in it any more."""
    course.chat, course.bound_at = None, None
    session.flush()


def code_meant(courses: Courses, session: Session, text: str) -> CourseCode | None:
    """The code of a course that a message holds; None where it holds none."""
    code = code_in(text)
    if code is None:
        return None
    same = select(CourseCode).where(CourseCode.code_hash == hash_of(code, courses.key))
    return session.scalar(same.execution_options(populate_existing=True))


def claim(session: Session, code: CourseCode, moment: dt.datetime) -> bool:
    """Uses a code up; of two uses at once one finds it unused."""
    unused = (CourseCode.used_at.is_(None), CourseCode.revoked_at.is_(None), CourseCode.expires_at > moment)
    used = update(CourseCode).where(CourseCode.id == code.id, *unused).values(used_at=moment)
    claimed = session.execute(used, execution_options=NO_SYNC)
    session.refresh(code)
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def revoke_code(session: Session, code: CourseCode, moment: dt.datetime) -> None:
    """Makes a code worthless that others have seen; a used one is already."""
    unused = (CourseCode.id == code.id, CourseCode.used_at.is_(None), CourseCode.revoked_at.is_(None))
    session.execute(update(CourseCode).where(*unused).values(revoked_at=moment), execution_options=NO_SYNC)


def why_not(code: CourseCode, moment: dt.datetime) -> Reason | None:
    """Why a code does not work; None for one that does."""
    if code.used_at is not None:
        return "used"
    if code.revoked_at is not None:
        return "revoked"
    return "expired" if in_utc(code.expires_at) <= moment else None


def _make(courses: Courses, session: Session, course: int, member: int | None, account: int | None, until: dt.datetime) -> str:
    code = new_code()
    while _is_taken(session, hash_of(code, courses.key)):
        code = new_code()
    kept = hash_of(code, courses.key)
    row = CourseCode(course_id=course, member_id=member, code_hash=kept, made_by=account, made_at=courses.clock(), expires_at=until)
    session.add(row)
    session.flush()
    return code


def _is_taken(session: Session, kept: str) -> bool:
    """True for a code that means something already, for a course or a plan."""
    found = (select(table.id).where(table.code_hash == kept) for table in (CourseCode, LinkCode))
    return any(session.scalar(query) is not None for query in found)
