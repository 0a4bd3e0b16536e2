"""What a course says by itself in the morning: the word of the day on days with a lesson, and how many days are left to a deadline."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.courses.drafts import CHEER, COUNTDOWN, WORD
from bot.courses.parts import Courses
from bot.courses.post_lines import DAYS_BEFORE
from bot.courses.posting import post
from bot.courses.sessions import sessions_of
from bot.courses.words import word_of
from bot.plans.moments import NORWAY, day_in_norway, in_utc
from bot.storage.course_tables import Course, CourseDeadline

BY_ITSELF = (WORD, COUNTDOWN, CHEER)  # of use on their day only
WORD_AT, COUNTDOWN_AT = dt.time(8, 0), dt.time(9, 0)  # in Norway
SATURDAY = 5


def write_by_itself(courses: Courses, session: Session, course: Course, now: dt.datetime) -> None:
    """Stores the posts of this day whose time has come, each once by its key; the rounds send them."""
    here = in_utc(now).astimezone(NORWAY)
    if course.word_of_day and here.time() >= WORD_AT:
        _word(courses, session, course, here.date())
    if course.countdown and here.time() >= COUNTDOWN_AT:
        _countdown(courses, session, course, here.date())


def at_time(day: dt.date, time: dt.time) -> dt.datetime:
    """A time of a day in Norway, in UTC."""
    return dt.datetime.combine(day, time, NORWAY).astimezone(dt.UTC)


def _word(courses: Courses, session: Session, course: Course, today: dt.date) -> None:
    if today.weekday() >= SATURDAY or not _has_lesson(session, course, today) or word_of(courses, course, today) is None:
        return
    details = {"day": today.isoformat()}
    post(courses, session, course, WORD, details, {}, at_time(today, WORD_AT), f"word:{today:%Y%m%d}", None)


def _countdown(courses: Courses, session: Session, course: Course, today: dt.date) -> None:
    for days in DAYS_BEFORE:
        day = today + dt.timedelta(days=days)
        rows = session.scalars(select(CourseDeadline).where(CourseDeadline.course_id == course.id, CourseDeadline.day == day))
        for row in rows.all():
            details, key = {"deadline": row.id, "days": days}, f"countdown:{row.id}:{day:%Y%m%d}:{days}"
            post(courses, session, course, COUNTDOWN, details, {}, at_time(today, COUNTDOWN_AT), key, None)


def _has_lesson(session: Session, course: Course, today: dt.date) -> bool:
    rows = (row for row in sessions_of(session, course.id) if row.cancelled_at is None)
    return any(day_in_norway(in_utc(row.starts_at)) == today for row in rows)
