"""What came of a course for its members, as the teacher notes it. Several may be true of one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.storage.course_tables import Course, CourseMember, CourseOutcome

NONE_YET = "none_yet"
KINDS = ("applied", "tested", "passed", "pri_course", "fov", "practice", "work", "other", NONE_YET)


@dataclass(frozen=True)
class Noted:
    """One person with the outcomes noted; those who left are there too."""

    member: int
    name: str
    left_on: dt.date | None
    kinds: frozenset[str]


def outcomes_of(courses: Courses, session: Session, course: Course) -> list[Noted]:
    """Everybody who ever was in the course, by name."""
    kinds = kinds_by_member(session, course.id)
    members = session.scalars(select(CourseMember).where(CourseMember.course_id == course.id)).all()
    found = [Noted(row.id, courses.seal.open(row.sealed_name), row.left_on, frozenset(kinds.get(row.id, ()))) for row in members]
    return sorted(found, key=lambda one: (one.name.casefold(), one.member))


def kinds_by_member(session: Session, course_id: int) -> dict[int, set[str]]:
    """The outcomes of each member who has one."""
    noted = select(CourseOutcome.member_id, CourseOutcome.kind).join(CourseMember, CourseMember.id == CourseOutcome.member_id)
    found: dict[int, set[str]] = {}
    for member, kind in session.execute(noted.where(CourseMember.course_id == course_id)):
        found.setdefault(member, set()).add(kind)
    return found


def change_outcomes(session: Session, course: Course, changes: Mapping[int, Mapping[str, bool]], account_id: int, now: dt.datetime) -> int:
    """Notes (True) and takes away (False) outcomes of members; what is not named stays. How many changed.

    Raises NoSuchCourse for somebody of another course, CourseProblem for an unknown outcome, or "none yet" beside another.
    """
    known = set(session.scalars(select(CourseMember.id).where(CourseMember.course_id == course.id)))
    if not known.issuperset(changes):
        raise NoSuchCourse
    if any(kind not in KINDS for wanted in changes.values() for kind in wanted):
        raise CourseProblem("outcome_unknown")
    there, changed = kinds_by_member(session, course.id), 0
    for member, wanted in changes.items():
        before = there.get(member, set())
        after = {kind for kind in KINDS if wanted.get(kind, kind in before)}
        if NONE_YET in after and len(after) > 1:
            raise CourseProblem("outcome_none_yet", field="outcomes")
        for kind in after - before:
            session.add(CourseOutcome(member_id=member, kind=kind, noted_at=now, account_id=account_id))
        for kind in before - after:
            session.execute(delete(CourseOutcome).where(CourseOutcome.member_id == member, CourseOutcome.kind == kind))
        changed += len(after ^ before)
    session.flush()
    return changed
