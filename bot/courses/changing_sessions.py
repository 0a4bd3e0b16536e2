"""Adds, moves, cancels, removes and rewrites lesson days. Nothing commits here, and the course is held by the caller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.courses import AREAS, SUBJECTS, TESTS, plan_week
from bot.courses.courses import check_meeting
from bot.courses.lessons import FIELDS, LISTS, KeyWord, planned_lesson
from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem
from bot.courses.written import checked
from bot.plans.moments import day_in_norway, in_utc
from bot.storage.course_tables import Course, CourseAbsence, CourseSession

LONGEST = {"title": 70, "aim": 220, "prompt": 220, "task": 600, "notes": 1500}
LONGEST_ENTRY, MOST_ENTRIES = 600, 12  # of aims, activities and words
LONGEST_WORD = 60
WITHOUT_ORDER = ("topics", "practice", "tests")


def add_session(
    courses: Courses, session: Session, course: Course, starts_at: dt.datetime, minutes: int, place: str, week: str
) -> CourseSession:
    """One more lesson day, with a week of the plan or none. The same moment twice is one lesson day. Raises CourseProblem."""
    starts_at, place = in_utc(starts_at), check_meeting(minutes, place)
    there = _at(session, course, starts_at)
    if there is not None and (there.minutes, there.place, there.week) == (minutes, place, week):
        return there
    _must_be_free(there)
    planned = plan_week(courses.library.data, course.plan, week) if week else None
    if week and planned is None:
        raise CourseProblem("course_no_such_week", field="week")
    area = planned.area if planned else "personal"
    row = CourseSession(course_id=course.id, starts_at=starts_at, minutes=minutes, place=place, area=area, week=week, content={})
    session.add(row)
    session.flush()
    _stretch(session, course, starts_at)
    return row


def move_session(session: Session, course: Course, row: CourseSession, starts_at: dt.datetime, minutes: int, place: str) -> None:
    """Another time or place. Raises CourseProblem where the course meets then already."""
    starts_at, place = in_utc(starts_at), check_meeting(minutes, place)
    there = _at(session, course, starts_at)
    if there is not row:
        _must_be_free(there)
    row.starts_at, row.minutes, row.place = starts_at, minutes, place
    session.flush()
    _stretch(session, course, starts_at)


def cancel_session(courses: Courses, session: Session, row: CourseSession) -> None:
    """It is not held; it stays in the list, so that everybody can see that."""
    row.cancelled_at = row.cancelled_at or courses.clock()
    session.flush()


def restore_session(session: Session, row: CourseSession) -> None:
    """It is held after all."""
    row.cancelled_at = None
    session.flush()


def remove_session(session: Session, row: CourseSession) -> None:
    """Takes a lesson day out of the course, as if it had never been. Raises CourseProblem where somebody's absence is noted for it."""
    if session.scalar(select(CourseAbsence.id).where(CourseAbsence.session_id == row.id).limit(1)) is not None:
        raise CourseProblem("course_session_in_use")
    session.delete(row)
    session.flush()


def edit_session(
    courses: Courses, session: Session, course: Course, row: CourseSession, written: Mapping[str, Any], area: str = ""
) -> None:
    """Keeps of `written` (fields of a Lesson; words as KeyWord) what is otherwise than in the plan. Raises CourseProblem."""
    if area and area not in AREAS:
        raise CourseProblem("course_choice", field="area")
    planned = planned_lesson(courses.library, course.plan, row.week, row.lesson)
    content = dict(row.content or {})
    for name in FIELDS:
        if name not in written:
            continue
        value = _readable(courses, name, written[name])
        content.pop(name, None)
        kept = _as_kept(getattr(planned, name))
        if value != kept and not (name in WITHOUT_ORDER and sorted(value) == sorted(kept)):
            content[name] = value
    row.content, row.area = content, area or row.area
    session.flush()


def _as_kept(value: Any) -> Any:
    if isinstance(value, tuple):
        return [{"no": one.norwegian, "says": one.says} if isinstance(one, KeyWord) else one for one in value]
    return value


def _readable(courses: Courses, name: str, value: Any) -> Any:
    """A field as it is kept. Raises CourseProblem."""
    if name in LONGEST:
        return checked(name, str(value), LONGEST[name])
    if len(value) > MOST_ENTRIES:
        raise CourseProblem("course_too_many", field=name, limit=str(MOST_ENTRIES))
    if name == "words":
        pairs = [(checked(name, one.norwegian, LONGEST_WORD, True), checked(name, one.says, LONGEST_ENTRY, True)) for one in value]
        return [{"no": word, "says": says} for word, says in dict(pairs).items()]
    known = {"practice": SUBJECTS, "tests": TESTS, "topics": tuple(courses.library.topic_ids())}
    entries = [text for one in value if (text := checked(name, str(one), LONGEST_ENTRY))]
    if name in known and not set(entries) <= set(known[name]):
        raise CourseProblem("course_choice", field=name)
    assert name in LISTS
    return list(dict.fromkeys(entries))


def _at(session: Session, course: Course, starts_at: dt.datetime) -> CourseSession | None:
    same = (CourseSession.course_id == course.id, CourseSession.starts_at == starts_at)
    return session.scalar(select(CourseSession).where(*same).limit(1))


def _must_be_free(there: CourseSession | None) -> None:
    if there is not None:
        raise CourseProblem("course_session_taken", field="starts_at")


def _stretch(session: Session, course: Course, starts_at: dt.datetime) -> None:
    """The course lasts at least from its first to its last lesson day."""
    today = day_in_norway(starts_at)
    course.first_day, course.last_day = min(course.first_day, today), max(course.last_day, today)
    session.expire(course, ["sessions"])
