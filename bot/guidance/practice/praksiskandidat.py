"""When a person has practised long enough to register as praksiskandidat (opplæringslova § 23-2). The county decides."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from bot.content import Library
from bot.guidance.answers import exact
from bot.guidance.facts_on_day import FactsOnDay
from bot.guidance.practice.filling import check_not_future, gaps, months_of_each, only_certain, stretches
from bot.guidance.practice.flags import praksiskandidat_flags
from bot.guidance.practice.months import MONTHS_IN_A_YEAR, Stretch, day_reached
from bot.guidance.practice.periods import KINDS, Practice
from bot.guidance.practice.requirement import requirement
from bot.guidance.practice.results import Counted, PracticeTime, Reached

MOST_SCHOOL_YEARS = 13


def praksiskandidat_time(practice: Practice, library: Library) -> PracticeTime:
    """Counts the practice by today's rules. Raises ImpossibleAnswer, UnknownOccupation, NoTradeCertificate, FactNotKnown, ContentError."""
    check_not_future(practice.periods, practice.today)
    facts = FactsOnDay(library.facts, practice.today)
    needed = requirement(library, facts, practice.occupation, practice.municipality)
    per_period = months_of_each(practice.periods, practice.today)
    counted = _counted(practice, per_period)
    sure = stretches(only_certain(practice.periods), practice.today)
    everything = stretches(practice.periods, practice.today)

    def reached(months: Fraction) -> Reached:
        with_school = months - counted.school
        return Reached(
            day_of(sure, with_school, practice.today), day_of(everything, with_school - counted.school_not_approved, practice.today)
        )

    met_on, met_on_longest = reached(needed.months), reached(needed.longest)
    free = tuple(gaps(practice.periods, practice.today))
    flags = tuple(praksiskandidat_flags(practice, needed, counted, facts))
    return PracticeTime(needed, counted, tuple(per_period), free, met_on, met_on_longest, flags)


def day_of(work: list[Stretch], months: Fraction, today: dt.date) -> dt.date | None:
    """The day on which work reaches the months.

    When school alone is enough, nobody knows the day it was: then the first day of work, without work today, so that more school or more
    work never makes the day later.
    """
    if months > 0:
        return day_reached(work, months)
    return min([today, *(stretch.first for stretch in work)])


def _counted(practice: Practice, per_period: list[Fraction]) -> Counted:
    kinds = {kind: Fraction(0) for kind in KINDS}
    for period, months in zip(practice.periods, per_period, strict=True):
        kinds[period.kind] += months
    school = exact("school_years", practice.school_years, most=MOST_SCHOOL_YEARS) * MONTHS_IN_A_YEAR
    approved = Fraction(school if practice.school_approved else 0)
    return Counted(**kinds, school=approved, school_not_approved=school - approved)
