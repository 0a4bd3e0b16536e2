"""Whose a course is: its teachers', and the administrators' of its municipality."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from bot.courses.problems import CourseClosed, NoSuchCourse
from bot.desk.access import everywhere, require
from bot.desk.colleagues import Colleague, Role
from bot.plans.rows import NO_SYNC
from bot.storage.course_tables import Course, CourseTeacher


def courses_of(session: Session, who: Colleague, closed: bool = False) -> list[Course]:
    """The courses somebody may work with, the newest first; with `closed` also those that are over. Raises NotAllowed."""
    require(who, "courses")
    query = select(Course).where(_theirs(who)).order_by(Course.first_day.desc(), Course.id.desc())
    if not closed:
        query = query.where(Course.closed_at.is_(None))
    return list(session.scalars(query))


def course_for(session: Session, who: Colleague, course_id: int, change: bool = False) -> Course:
    """One course, for this colleague. Raises NotAllowed, NoSuchCourse, and CourseClosed where it should be changed.

    With `change` other writers of the course wait until the transaction ends.
    """
    require(who, "courses", "change" if change else "read")
    if not 0 < course_id < 2**31:
        raise NoSuchCourse  # an address somebody typed; PostgreSQL would not even compare it
    course = session.scalar(select(Course).where(Course.id == course_id, _theirs(who)))
    if course is None:
        raise NoSuchCourse
    if change:
        hold_course(session, course_id)
        session.refresh(course)
        if course.closed_at is not None:
            raise CourseClosed
    return course


def hold_course(session: Session, course_id: int) -> None:
    """Makes other writers of a course wait until this transaction ends; nothing is changed."""
    session.execute(update(Course).where(Course.id == course_id).values(name=Course.name), execution_options=NO_SYNC)


def _theirs(who: Colleague) -> ColumnElement[bool]:
    if everywhere(who):
        return true()
    if who.role is Role.ADMINISTRATOR:
        return Course.municipality == who.municipality
    return Course.id.in_(select(CourseTeacher.course_id).where(CourseTeacher.account_id == who.id))
