"""Puts periods beside each other: jobs at the same time add up, but no day is more than full time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction

from bot.guidance.answers import ImpossibleAnswer
from bot.guidance.practice.months import DAY, Stretch, months_between
from bot.guidance.practice.periods import CERTAIN, KINDS, Period

LOOK_AHEAD_YEARS = 100
Ranked = Sequence[Period]


def horizon(today: dt.date) -> dt.date:
    """The last day that is looked at: work that goes on is followed for a hundred years, which no position needs."""
    return dt.date(today.year + LOOK_AHEAD_YEARS, 12, 31)


def stretches(periods: Ranked, today: dt.date, counts_as: Callable[[Fraction], Fraction] = lambda share: share) -> list[Stretch]:
    """The time of all periods without overlap, in order. `counts_as` turns the share of a day (at most 1) into what it counts."""
    found = []
    for first, last in _pieces(periods, today):
        share = min(sum((p.share for p in periods if p.works_on(first)), Fraction(0)), Fraction(1))
        if share:
            found.append(Stretch(first, last, counts_as(share)))
    return found


def months_of_each(periods: Ranked, today: dt.date) -> list[Fraction]:
    """What each period gives up to today, in full-time months, in the order given.

    Where a day is more than full, the sure periods fill it first, then documented foreign ones, then the undocumented; so the months of a
    kind of period are the same however it is cut into pieces.
    """
    months = [Fraction(0)] * len(periods)
    order = sorted(range(len(periods)), key=lambda i: (KINDS.index(periods[i].kind), i))
    for first, last in _pieces(periods, today):
        room = Fraction(1)
        for i in order:
            if periods[i].works_on(first) and first <= today:
                given = min(periods[i].share, room)
                room -= given
                months[i] += given * months_between(first, min(last, today))
    return months


def gaps(periods: Ranked, today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """First and last day of each time without work between the first period and today."""
    found: list[tuple[dt.date, dt.date]] = []
    for first, last in _pieces(periods, today):
        if first > today or any(period.works_on(first) for period in periods):
            continue
        found.append((first, last))
    return found


def only_certain(periods: Ranked) -> list[Period]:
    """The periods that have papers and are in Norway."""
    return [period for period in periods if period.kind == CERTAIN]


def check_not_future(periods: Ranked, today: dt.date) -> None:
    """Raises ImpossibleAnswer for periods that begin after today: what is only planned counts for nothing."""
    for period in periods:
        if period.start > today:
            raise ImpossibleAnswer("start", f"{period.start} is still to come. Write only work that has begun.")


def _pieces(periods: Ranked, today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The days of all periods, cut wherever one begins or ends and after today, so that within a piece nothing changes."""
    end = horizon(today)
    cuts = {period.start for period in periods} | {(period.end or end) + DAY for period in periods} | {today + DAY}
    ordered = sorted(cuts)
    return [(first, after - DAY) for first, after in zip(ordered, ordered[1:], strict=False)]
