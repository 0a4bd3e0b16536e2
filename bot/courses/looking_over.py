"""What a teacher sees first of a course: today's lesson and the next, who is not reached, what waits for an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.courses.deadlines import deadlines_of
from bot.courses.lessons import Lesson, lesson_of
from bot.courses.parts import Courses
from bot.courses.roster import Person, roster, without_chat
from bot.courses.sessions import coming, held, sessions_of, todays
from bot.plans.moments import day_in_norway
from bot.storage.course_tables import Course, CourseAbsence, CourseDeadline, CourseQuestion, CourseSession


@dataclass(frozen=True)
class Shown:
    """A lesson day with its content, and how many told that they will not be there."""

    row: CourseSession
    lesson: Lesson
    absent: int


@dataclass(frozen=True)
class Overview:
    """A course at a moment."""

    today: tuple[Shown, ...]
    next: Shown | None
    members: int
    unreached: tuple[Person, ...]
    questions: int
    deadlines: Sequence[CourseDeadline]
    held: int
    lessons: int


def overview(courses: Courses, session: Session, course: Course, now: dt.datetime) -> Overview:
    """Everything at once. Raises SealError for another key."""
    rows, people = sessions_of(session, course.id), roster(courses, session, course.id)
    here = todays(rows, now)
    following = next((row for row in coming(rows, now) if row not in here), None)
    return Overview(
        today=tuple(_shown(courses, session, course, row) for row in here),
        next=_shown(courses, session, course, following) if following is not None else None,
        members=sum(one.left_on is None for one in people),
        unreached=tuple(without_chat(people)),
        questions=open_questions(session, course.id),
        deadlines=deadlines_of(session, course.id, day_in_norway(now)),
        held=len(held(rows, now)),
        lessons=sum(row.cancelled_at is None for row in rows),
    )


def open_questions(session: Session, course_id: int) -> int:
    """How many questions of the box wait for an answer."""
    waiting = (CourseQuestion.course_id == course_id, CourseQuestion.post_id.is_(None), CourseQuestion.set_aside_at.is_(None))
    return session.scalar(select(func.count(CourseQuestion.id)).where(*waiting)) or 0


def _shown(courses: Courses, session: Session, course: Course, row: CourseSession) -> Shown:
    absent = session.scalar(select(func.count(CourseAbsence.id)).where(CourseAbsence.session_id == row.id)) or 0
    return Shown(row, lesson_of(courses.library, course.plan, row), absent)
