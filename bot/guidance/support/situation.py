"""What must be known to estimate the introduction benefit (introduksjonsstønad) of one month."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from bot.guidance.answers import Amount, ImpossibleAnswer, exact
from bot.guidance.codes import ABSENCE_KINDS, LIVING

HOURS_IN_A_DAY = 24
OLDEST = 110
# § 22 names the first six as reducing the benefit in one way or another, the last two as leaving it alone.
CUTTING_BENEFITS = ("dagpenger", "sykepenger", "foreldrepenger", "uforetrygd", "aap", "overgangsstonad")
KEPT_BENEFITS = ("barnetrygd", "kontantstotte")


@dataclass(frozen=True)
class Absence:
    """Time away from the programme: a kind of `codes.ABSENCE_KINDS`, and either hours or days."""

    kind: str
    hours: Amount | None = None
    days: Amount | None = None


@dataclass(frozen=True)
class PaidWork:
    """Paid work that is part of the programme, the whole month together: hours, and pay in kroner before tax. None is unknown."""

    hours: Amount | None = None
    pay: Amount | None = None


@dataclass(frozen=True)
class Situation:
    """One participant's month. What is None is unknown; it is only asked for where it decides.

    `month` is any day of the month. `age` serves where the birth date is unknown and is the age on the first day of the month. `living` is
    a code of `codes.LIVING`; `partner_in_programme`: whether a spouse or cohabitant is in the programme too; `children`: how many.
    """

    month: dt.date
    birth_date: dt.date | None = None
    age: int | None = None
    living: str | None = None
    partner_in_programme: bool | None = None
    children: int | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    absences: tuple[Absence, ...] = ()
    work: PaidWork | None = None
    pay_outside_programme: bool = False
    other_benefits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ImpossibleAnswer for what cannot be true."""
        _check_person(self)
        for absence in self.absences:
            _check_absence(absence, self.days_in_month)
        if self.work:
            hours_and_pay(self.work, self.days_in_month)
        for benefit in self.other_benefits:
            _check_code("other_benefits", benefit, CUTTING_BENEFITS + KEPT_BENEFITS)

    @property
    def first_day(self) -> dt.date:
        """The first day of the month."""
        return self.month.replace(day=1)

    @property
    def days_in_month(self) -> int:
        """How many days the month has."""
        return calendar.monthrange(self.month.year, self.month.month)[1]

    @property
    def programme_days(self) -> tuple[int, int]:
        """First and last day of the month in the programme, as day numbers; last < first where there is none."""
        last_day = self.first_day.replace(day=self.days_in_month)
        first = max(self.starts_on or self.first_day, self.first_day)
        last = min(self.ends_on or last_day, last_day)
        return (first.day, last.day) if first <= last else (1, 0)


def hours_and_pay(work: PaidWork, days_in_month: int) -> tuple[Fraction | None, Fraction | None]:
    """Hours and pay as exact numbers. Raises ImpossibleAnswer."""
    hours = None if work.hours is None else exact("work.hours", work.hours, most=HOURS_IN_A_DAY * days_in_month)
    pay = None if work.pay is None else exact("work.pay", work.pay)
    return hours, pay


def _check_person(situation: Situation) -> None:
    if situation.living is not None:
        _check_code("living", situation.living, LIVING)
    if situation.age is not None:
        exact("age", situation.age, most=OLDEST)
    if situation.children is not None:
        exact("children", situation.children)
    if situation.birth_date and situation.birth_date > situation.month.replace(day=situation.days_in_month):
        raise ImpossibleAnswer("birth_date", f"{situation.birth_date} comes after the month. Check the year.")
    if situation.starts_on and situation.ends_on and situation.ends_on < situation.starts_on:
        raise ImpossibleAnswer("ends_on", f"{situation.ends_on} comes before the start, {situation.starts_on}. Check both dates.")


def _check_absence(absence: Absence, days_in_month: int) -> None:
    _check_code("absences.kind", absence.kind, ABSENCE_KINDS)
    if (absence.hours is None) == (absence.days is None):
        raise ImpossibleAnswer("absences", "write either hours or days for each absence, not both and not neither.")
    if absence.hours is not None:
        exact("absences.hours", absence.hours, most=HOURS_IN_A_DAY * days_in_month)
    if absence.days is not None:
        exact("absences.days", absence.days, most=days_in_month)


def _check_code(field: str, code: str, known: tuple[str, ...]) -> None:
    if code not in known:
        raise ImpossibleAnswer(field, f"{code} is not known. Write one of {', '.join(known)}.")
