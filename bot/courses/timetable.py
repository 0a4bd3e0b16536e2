"""When a course meets: its lesson days from the first day on, week by week, without the weeks of holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.plans.moments import NORWAY


@dataclass(frozen=True)
class LessonDay:
    """A weekday the course meets on: from Monday 0 to Sunday 6, its time in Norway, minutes, place."""

    weekday: int
    at: dt.time
    minutes: int
    place: str = ""


@dataclass(frozen=True)
class Slot:
    """One lesson: its moment in UTC, and which lesson of which week it is, both from 1."""

    starts_at: dt.datetime
    minutes: int
    place: str
    week: int
    lesson: int


def slots(first_day: dt.date, days: Collection[LessonDay], weeks: int, skip: Collection[dt.date] = ()) -> Iterator[Slot]:
    """All lessons of so many weeks. A calendar week with a day of `skip` has none, and the course goes on in the week after it."""
    without = {monday(day) for day in skip}
    by_weekday = {day.weekday: day for day in days}
    wanted, number, today = weeks * len(by_weekday), 0, first_day
    while number < wanted:
        meets = by_weekday.get(today.weekday())
        if meets is not None and monday(today) not in without:
            week, lesson = divmod(number, len(by_weekday))
            starts_at = dt.datetime.combine(today, meets.at, NORWAY).astimezone(dt.UTC)
            yield Slot(starts_at, meets.minutes, meets.place, week + 1, lesson + 1)
            number += 1
        today += dt.timedelta(days=1)


def monday(day: dt.date) -> dt.date:
    """The Monday of a day's calendar week."""
    return day - dt.timedelta(days=day.weekday())
