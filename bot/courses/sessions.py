"""The lesson days of a course: which were, which is today, which comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.courses.problems import NoSuchCourse
from bot.plans.moments import day_in_norway, in_utc
from bot.storage.course_tables import CourseSession

HIGHEST = 2**31  # no row has a number that high, and the database knows none


def sessions_of(session: Session, course_id: int) -> Sequence[CourseSession]:
    """All lesson days of a course in their order, cancelled ones too."""
    theirs = select(CourseSession).where(CourseSession.course_id == course_id)
    return session.scalars(theirs.order_by(CourseSession.starts_at, CourseSession.id)).all()


def session_in(session: Session, course_id: int, number: int) -> CourseSession:
    """One lesson day of a course. Raises NoSuchCourse for one of another course too."""
    row = session.get(CourseSession, number) if number < HIGHEST else None
    if row is None or row.course_id != course_id:
        raise NoSuchCourse
    return row


def ends_at(row: CourseSession) -> dt.datetime:
    """When a lesson day is over, in UTC."""
    return in_utc(row.starts_at) + dt.timedelta(minutes=row.minutes)


def held(rows: Iterable[CourseSession], now: dt.datetime) -> list[CourseSession]:
    """Those that are over; cancelled ones never were."""
    return [row for row in rows if row.cancelled_at is None and ends_at(row) <= now]


def coming(rows: Iterable[CourseSession], now: dt.datetime) -> list[CourseSession]:
    """Those that are still to come or under way, without the cancelled."""
    return [row for row in rows if row.cancelled_at is None and ends_at(row) > now]


def todays(rows: Iterable[CourseSession], now: dt.datetime) -> list[CourseSession]:
    """Those of this day in Norway, cancelled ones too, so that somebody who asks hears it."""
    return [row for row in rows if day_in_norway(in_utc(row.starts_at)) == day_in_norway(now)]


def week_on(rows: Iterable[CourseSession], today: dt.date) -> tuple[str, dt.date] | None:
    """The week of the plan on a day, and the Monday it began: the week of the newest lesson day up to the end of this calendar week.

    So a holiday stays in the week before it. Before the first lesson day it is the first week; None without any week of a plan.
    """
    days = [(day_in_norway(in_utc(row.starts_at)), row.week) for row in rows if row.week and row.cancelled_at is None]
    if not days:
        return None
    sunday = today + dt.timedelta(days=6 - today.weekday())
    week = max((one for one in days if one[0] <= sunday), default=min(days))[1]
    first = min(day for day, name in days if name == week)
    return week, first - dt.timedelta(days=first.weekday())
