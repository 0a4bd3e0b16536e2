"""What the practice calculator finds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from bot.guidance.answers import Flag
from bot.guidance.practice.requirement import Requirement


@dataclass(frozen=True)
class Counted:
    """Full-time months up to today by how sure they are. School years stand beside the calendar, because nobody knows their days."""

    certain: Fraction
    foreign: Fraction
    undocumented: Fraction
    school: Fraction
    school_not_approved: Fraction

    @property
    def sure(self) -> Fraction:
        """What counts without further papers."""
        return self.certain + self.school

    @property
    def all(self) -> Fraction:
        """What counts when the county accepts everything."""
        return self.sure + self.foreign + self.undocumented + self.school_not_approved


@dataclass(frozen=True)
class Reached:
    """The day on which a number of months is reached if the person goes on as now; None: not by going on as now."""

    with_sure: dt.date | None
    with_all: dt.date | None


@dataclass(frozen=True)
class PracticeTime:
    """The result: what is needed, what is counted in all and per period (in the order given), times without work, the days, the flags."""

    requirement: Requirement
    counted: Counted
    per_period: tuple[Fraction, ...]
    gaps: tuple[tuple[dt.date, dt.date], ...]
    met_on: Reached
    met_on_longest: Reached
    flags: tuple[Flag, ...]

    @property
    def missing(self) -> Fraction:
        """Full-time months still missing with what is sure, never negative."""
        return max(Fraction(0), self.requirement.months - self.counted.sure)

    @property
    def missing_with_all(self) -> Fraction:
        """Full-time months still missing when everything is accepted, never negative."""
        return max(Fraction(0), self.requirement.months - self.counted.all)
