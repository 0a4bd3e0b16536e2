"""Months of work: how many lie between two days, and on which day a number of them is reached.

A year is 12 months. A whole calendar month is one month; of a month that is worked in part, each day counts one 28th to 31st, as long as
that month is. So 29 February never gives or takes a month, and a stretch cut in two has exactly the months of the whole.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

DAY = dt.timedelta(days=1)
MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True)
class Stretch:
    """Days from first to last, both included, at one part of full time (0 to 1)."""

    first: dt.date
    last: dt.date
    share: Fraction

    @property
    def months(self) -> Fraction:
        """Full-time months of the stretch."""
        return self.share * months_between(self.first, self.last)


def months_between(first: dt.date, last: dt.date) -> Fraction:
    """Months from first to last day, both included; 0 when last comes before first."""
    if last < first:
        return Fraction(0)
    return _months_before(last) + Fraction(1, _days_in(last)) - _months_before(first)


def day_reached(stretches: Iterable[Stretch], months: Fraction) -> dt.date | None:
    """The day at whose end the full-time months are reached, None when they never are. The stretches are in order and do not overlap.

    `months` above 0.
    """
    left = months
    for stretch in stretches:
        if stretch.months >= left:
            return _day_within(stretch, left)
        left -= stretch.months
    return None


def total(stretches: Sequence[Stretch], until: dt.date) -> Fraction:
    """Full-time months up to a day, that day included."""
    return sum((s.share * months_between(s.first, min(s.last, until)) for s in stretches), Fraction(0))


def _months_before(day: dt.date) -> Fraction:
    """Months from the beginning of the calendar to the beginning of a day."""
    return day.year * MONTHS_IN_A_YEAR + day.month - 1 + Fraction(day.day - 1, _days_in(day))


def _day_within(stretch: Stretch, months: Fraction) -> dt.date:
    # The end of the wanted day lies at this point of the calendar's months; inside a month the days are equally long.
    point = _months_before(stretch.first) + months / stretch.share
    whole = math.ceil(point) - 1
    year, month = divmod(whole, MONTHS_IN_A_YEAR)
    first = dt.date(year, month + 1, 1)
    return first + DAY * (math.ceil((point - whole) * _days_in(first)) - 1)


def _days_in(day: dt.date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
