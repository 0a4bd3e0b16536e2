"""When the office of a municipality is open: its hours on weekdays, closed on Norwegian public holidays."""

from __future__ import annotations

import datetime as dt
import logging
import re
from dataclasses import dataclass
from functools import lru_cache

import holidays

from bot.content.municipalities import Municipality
from bot.plans.moments import NORWAY, in_utc

logger = logging.getLogger(__name__)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
# Christmas Eve and New Year's Eve are no public holidays by law, but offices are closed.
CLOSED_EVES = {(12, 24), (12, 31)}
A_YEAR = 366


class HoursUnreadable(ValueError):
    """Opening hours nobody can read; the text says which and how they are written."""


@dataclass(frozen=True)
class OpeningHours:
    """Opening and closing time by weekday (0 is Monday). Empty: nobody has written the hours."""

    by_weekday: dict[int, tuple[dt.time, dt.time]]

    def is_open(self, moment: dt.datetime) -> bool:
        """Whether somebody is there at a moment."""
        local = in_utc(moment).astimezone(NORWAY)
        span = self._span(local.date())
        return span is not None and span[0] <= local < span[1]

    def next_opening(self, moment: dt.datetime) -> dt.datetime | None:
        """When it opens next after a moment at which it is closed, in UTC; None when no hours are known."""
        for start, end in self._spans_from(moment):
            if end > moment:
                return max(start, in_utc(moment))
        return None

    def after(self, moment: dt.datetime, length: dt.timedelta) -> dt.datetime | None:
        """The moment when this much opening time has passed, in UTC; None when no hours are known."""
        left = length
        for start, end in self._spans_from(moment):
            begin = max(start, in_utc(moment))
            if end <= begin:
                continue
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return None

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """How much opening time lies between two moments; all of it when no hours are known."""
        if not self.by_weekday:
            return max(end - start, dt.timedelta())
        passed = dt.timedelta()
        for opens, closes in self._spans_from(start):
            if opens >= end:
                break
            passed += max(min(closes, in_utc(end)) - max(opens, in_utc(start)), dt.timedelta())
        return passed

    def _spans_from(self, moment: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        first = in_utc(moment).astimezone(NORWAY).date()
        days = (first + dt.timedelta(days=number) for number in range(A_YEAR if self.by_weekday else 0))
        spans = (self._span(day) for day in days)
        return [(in_utc(span[0]), in_utc(span[1])) for span in spans if span]

    def _span(self, day: dt.date) -> tuple[dt.datetime, dt.datetime] | None:
        times = self.by_weekday.get(day.weekday())
        if times is None or is_holiday(day):
            return None
        return tuple(dt.datetime.combine(day, time, NORWAY) for time in times)  # type: ignore[return-value]


def is_holiday(day: dt.date) -> bool:
    """True on public holidays (helligdager, 1 and 17 May) and on the eves on which offices are closed."""
    return day in _holidays(day.year) or (day.month, day.day) in CLOSED_EVES


def hours_of(municipality: Municipality | None) -> OpeningHours:
    """The opening hours of a municipality; none are known where nobody can read them: a slip in a file must not keep a person waiting."""
    try:
        return read_hours(municipality)
    except HoursUnreadable as error:
        logger.error("%s: opening_hours: %s", municipality.file if municipality else "", error)
        return OpeningHours({})


def read_hours(municipality: Municipality | None) -> OpeningHours:
    """The opening hours a municipality has written, such as {"monday-friday": "09:00-15:00"}. Raises HoursUnreadable."""
    by_weekday: dict[int, tuple[dt.time, dt.time]] = {}
    for days, times in (municipality.opening_hours if municipality else {}).items():
        for weekday in _weekdays(str(days)):
            by_weekday[weekday] = _times(str(times))
    return OpeningHours(by_weekday)


def _weekdays(written: str) -> range:
    first, _, last = written.partition("-")
    try:
        days = range(DAYS.index(first), DAYS.index(last or first) + 1)
    except ValueError:
        days = range(0)
    if not days:
        raise HoursUnreadable(f"{written!r} names no days. Write for example monday-friday or saturday.")
    return days


def _times(written: str) -> tuple[dt.time, dt.time]:
    found = SPAN.fullmatch(written.strip())
    if not found:
        raise HoursUnreadable(f"{written!r} is no time of opening. Write for example 09:00-15:00.")
    hour, minute, last_hour, last_minute = map(int, found.groups())
    try:
        opens, closes = dt.time(hour, minute), dt.time(last_hour, last_minute)
    except ValueError:
        raise HoursUnreadable(f"{written!r} holds a time no clock shows. Write for example 09:00-15:00.") from None
    if opens >= closes:
        raise HoursUnreadable(f"{written!r} closes before it opens.")
    return opens, closes


@lru_cache(maxsize=8)
def _holidays(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("NO", years=year)
