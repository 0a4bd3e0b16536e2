"""The days a course counts down to: applications and tests. The teacher sets them; the law's days for the young are only a hint."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Library
from bot.content.facts import FactState
from bot.content.lines import Line, day, line, words
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.courses.sessions import HIGHEST
from bot.courses.written import checked
from bot.storage.course_tables import NAME, Course, CourseDeadline

KINDS = ("vgs_application", "intake_test", "norskprove", "other")
YOUTH = "vgs_youth_deadline"  # adults apply all year; the day is proposed, never set by itself


def deadlines_of(session: Session, course_id: int, since: dt.date | None = None) -> Sequence[CourseDeadline]:
    """The deadlines of a course in their order; with `since` those of that day and later."""
    theirs = select(CourseDeadline).where(CourseDeadline.course_id == course_id)
    if since is not None:
        theirs = theirs.where(CourseDeadline.day >= since)
    return session.scalars(theirs.order_by(CourseDeadline.day, CourseDeadline.id)).all()


def add_deadline(session: Session, course: Course, kind: str, on: dt.date, name: str = "") -> CourseDeadline:
    """One more; the same twice is one. Raises CourseProblem."""
    if kind not in KINDS:
        raise CourseProblem("course_choice", field="deadline_kind")
    name = checked("deadline_name", name, NAME, needed=kind == "other")
    same = (CourseDeadline.course_id == course.id, CourseDeadline.kind == kind, CourseDeadline.day == on, CourseDeadline.name == name)
    known = session.scalar(select(CourseDeadline).where(*same).limit(1))
    if known is not None:
        return known
    row = CourseDeadline(course_id=course.id, kind=kind, day=on, name=name)
    session.add(row)
    session.flush()
    return row


def remove_deadline(session: Session, course: Course, number: int) -> None:
    """Takes one out; one that is gone already stays gone. Raises NoSuchCourse for another course's."""
    row = session.get(CourseDeadline, number) if number < HIGHEST else None
    if row is None:
        return
    if row.course_id != course.id:
        raise NoSuchCourse
    session.delete(row)
    session.flush()


def youth_deadline(library: Library, today: dt.date) -> dt.date | None:
    """The coming day until which the young apply for upper secondary school; None where no fact knows it."""
    if YOUTH not in library.facts:
        return None
    known = library.facts.on(YOUTH, today)
    value = known.value if known.state is FactState.VALID else None
    return value if isinstance(value, dt.date) else None


def told_deadline(row: CourseDeadline) -> Line:
    """What a deadline is, in anybody's language; one of kind other in the teacher's words."""
    return words(row.name) if row.kind == "other" and row.name else line(f"course_until_{row.kind}")


def countdown_line(row: CourseDeadline, today: dt.date) -> Line:
    """A deadline with its day and how many days are left."""
    left = (row.day - today).days
    how = {0: "course_deadline_today", 1: "course_deadline_tomorrow"}.get(left, "course_deadline_days")
    values = {"days": left} if how == "course_deadline_days" else {}
    return line(how, what=told_deadline(row), day=day(row.day), **values)
