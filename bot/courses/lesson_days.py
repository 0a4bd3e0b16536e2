"""The lesson day that is meant: the next one, those that have begun, the one of a button."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot.courses.sessions import coming, sessions_of
from bot.plans.moments import in_utc
from bot.storage.course_tables import CourseSession


def is_to_come(row: CourseSession, now: dt.datetime) -> bool:
    """True until it is over, unless it is cancelled."""
    return bool(coming([row], now))


def next_of(session: Session, course_id: int, now: dt.datetime) -> CourseSession | None:
    """The lesson day that is held now, else the next one."""
    return next(iter(coming(sessions_of(session, course_id), now)), None)


def begun_of(session: Session, course_id: int, now: dt.datetime) -> list[CourseSession]:
    """The lesson days that were held or are held now, the newest first."""
    rows = sessions_of(session, course_id)
    return [row for row in reversed(rows) if row.cancelled_at is None and in_utc(row.starts_at) <= now]


def of_course(session: Session, course_id: int, number: int | None) -> CourseSession | None:
    """A lesson day of this course; None for any other number."""
    row = session.get(CourseSession, number) if number is not None else None
    return row if row is not None and row.course_id == course_id else None
