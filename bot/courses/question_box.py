"""The question box as the teacher works with it: read, retell in Norwegian, answer for everybody, or set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.courses.written import checked
from bot.storage.course_tables import Course, CoursePost, CourseQuestion

REASONS = ("private", "not_for_course", "twice")  # why a question is set aside
KEPT = dt.timedelta(days=30)  # a question that was set aside
LONGEST_RETOLD = 500


@dataclass(frozen=True)
class Asked:
    """A question opened for the teacher. `retold` is empty until the teacher has retold it in Norwegian."""

    id: int
    text: str
    language: str
    topic: str
    asked_on: dt.date
    retold: str
    answered: bool
    set_aside_at: dt.datetime | None
    set_aside_because: str


def open_questions(courses: Courses, session: Session, course: Course) -> list[Asked]:
    """What waits for an answer, the oldest day first; within a day by the words, so that the order tells nothing of who came first."""
    waiting = (CourseQuestion.course_id == course.id, CourseQuestion.post_id.is_(None), CourseQuestion.set_aside_at.is_(None))
    found = [opened_question(courses, row) for row in session.scalars(select(CourseQuestion).where(*waiting))]
    return sorted(found, key=lambda one: (one.asked_on, one.text))


def set_aside_questions(courses: Courses, session: Session, course: Course) -> list[Asked]:
    """What was set aside and is not deleted yet, the newest first."""
    aside = (CourseQuestion.course_id == course.id, CourseQuestion.set_aside_at.is_not(None))
    rows = session.scalars(select(CourseQuestion).where(*aside).order_by(CourseQuestion.set_aside_at.desc(), CourseQuestion.id.desc()))
    return [opened_question(courses, row) for row in rows]


def answered_questions(courses: Courses, session: Session, course: Course, most: int = 20) -> list[tuple[CoursePost, list[Asked]]]:
    """The answers that were sent, the newest first, each with its questions."""
    sent = (CoursePost.course_id == course.id, CoursePost.kind == "answer", CoursePost.cancelled_at.is_(None))
    posts = session.scalars(select(CoursePost).where(*sent).order_by(CoursePost.due_at.desc(), CoursePost.id.desc()).limit(most)).all()
    rows = session.scalars(select(CourseQuestion).where(CourseQuestion.post_id.in_([post.id for post in posts]))).all()
    return [(post, [opened_question(courses, row) for row in rows if row.post_id == post.id]) for post in posts]


def question_of(session: Session, course: Course, number: int) -> CourseQuestion:
    """A question of this course. Raises NoSuchCourse."""
    row = session.scalar(select(CourseQuestion).where(CourseQuestion.id == number, CourseQuestion.course_id == course.id))
    if row is None:
        raise NoSuchCourse
    return row


def retell(courses: Courses, session: Session, course: Course, number: int, norwegian: str) -> None:
    """Keeps the question as the teacher retells it in Norwegian. Raises NoSuchCourse, CourseProblem."""
    row = _waiting(session, course, number)
    row.sealed_norwegian = courses.seal.close(checked("retold", norwegian, LONGEST_RETOLD, needed=True))
    session.flush()


def set_aside(session: Session, course: Course, number: int, reason: str, now: dt.datetime) -> None:
    """Puts a question aside, for a reason of REASONS; set aside already, it stays as it is. Raises NoSuchCourse, CourseProblem."""
    if reason not in REASONS:
        raise CourseProblem("question_reason", field="aside_reason")
    row = question_of(session, course, number)
    if row.set_aside_at is not None:
        return
    row = _waiting(session, course, number)
    row.set_aside_at, row.set_aside_because = now, reason
    session.flush()


def take_back(session: Session, course: Course, number: int) -> None:
    """A question that was set aside waits for an answer again. Raises NoSuchCourse."""
    row = question_of(session, course, number)
    row.set_aside_at = row.set_aside_because = None
    session.flush()


def to_answer(session: Session, course: Course, numbers: Collection[int], post_id: int | None = None) -> Sequence[CourseQuestion]:
    """The questions an answer is to, all waiting and retold (or answered by this very post). Raises NoSuchCourse, CourseProblem."""
    rows = [question_of(session, course, number) for number in sorted(set(numbers))]
    if not rows:
        raise CourseProblem("question_none", field="questions")
    if any(row.post_id not in (None, post_id) or row.set_aside_at is not None for row in rows):
        raise CourseProblem("question_answered")
    if any(row.sealed_norwegian is None for row in rows):
        raise CourseProblem("question_not_retold", field="retold")
    return rows


def forget_old(courses: Courses, session: Session, now: dt.datetime) -> int:
    """Deletes what was set aside thirty days ago; how many. For the rounds."""
    old = delete(CourseQuestion).where(CourseQuestion.set_aside_at.is_not(None), CourseQuestion.set_aside_at < now - KEPT)
    return int(session.execute(old, execution_options={"synchronize_session": "fetch"}).rowcount)  # type: ignore[attr-defined]


def opened_question(courses: Courses, row: CourseQuestion) -> Asked:
    """A question with its words opened. Raises SealError for another key."""
    retold = courses.seal.open(row.sealed_norwegian) if row.sealed_norwegian else ""
    text, topic = courses.seal.open(row.sealed_text), row.topic or ""
    answered, because = row.post_id is not None, row.set_aside_because or ""
    return Asked(row.id, text, row.language, topic, row.asked_on, retold, answered, row.set_aside_at, because)


def _waiting(session: Session, course: Course, number: int) -> CourseQuestion:
    row = question_of(session, course, number)
    if row.post_id is not None or row.set_aside_at is not None:
        raise CourseProblem("question_answered")
    return row
