"""Periods of work as a person tells them, and how sure it is that they count."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from bot.guidance.answers import Amount, ImpossibleAnswer, exact

NORWAY = "NO"
FULL = 100
EARLIEST = dt.date(1930, 1, 1)
# In the order in which they may fill a day: what is sure comes first.
CERTAIN, FOREIGN, UNDOCUMENTED = KINDS = ("certain", "foreign", "undocumented")


@dataclass(frozen=True)
class Period:
    """Work in one place: first and last day (None: it goes on), size of the position in percent, ISO code of the country, papers or not.

    None is unknown: unknown papers or an unknown country (abroad, say) are never taken for sure ones, and of an unknown position nothing is
    counted. Raises ImpossibleAnswer for what cannot be true.
    """

    start: dt.date
    end: dt.date | None = None
    percent: Amount | None = FULL
    country: str | None = NORWAY
    documented: bool | None = None

    def __post_init__(self) -> None:
        """Raises ImpossibleAnswer."""
        if self.start < EARLIEST:
            raise ImpossibleAnswer("start", f"{self.start} is too long ago. Check the year.")
        if self.end is not None and self.end < self.start:
            raise ImpossibleAnswer("end", f"{self.end} comes before the start, {self.start}. Check both dates.")
        if self.percent is not None and self.share == 0:
            raise ImpossibleAnswer("percent", "a position of 0 percent is no work. Leave the period out.")
        if self.country is not None and not (len(self.country) == 2 and self.country.isascii() and self.country.isupper()):
            raise ImpossibleAnswer("country", f"{self.country} is no code of a country. Write two capital letters, such as {NORWAY} or ET.")

    @property
    def share(self) -> Fraction:
        """The position as a part of full time, at most 1; 0 where it is unknown."""
        return Fraction(0) if self.percent is None else exact("percent", self.percent, most=FULL) / FULL

    @property
    def kind(self) -> str:
        """certain (papers, in Norway), foreign (papers, elsewhere or unknown where), undocumented (no papers, or not known)."""
        if not self.documented:
            return UNDOCUMENTED
        return CERTAIN if self.country == NORWAY else FOREIGN

    def works_on(self, day: dt.date) -> bool:
        """True from the first to the last day, both included."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Practice:
    """What a person has done: work, and years at school in the trade. `school_approved`: whether the county has said that they count."""

    today: dt.date
    periods: tuple[Period, ...] = ()
    occupation: str | None = None
    municipality: str | None = None
    school_years: Amount = 0
    school_approved: bool | None = None

    @property
    def works_today(self) -> bool:
        """Whether one of the periods has today in it."""
        return any(period.works_on(self.today) for period in self.periods)
