"""The person the rules look at. None everywhere means: nobody has told, so no rule may take it for anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

UNLISTED = "unlisted"  # an occupation that was told but stands in no row of data/occupations
NORWAY = "NO"


@dataclass(frozen=True)
class Experience:
    """Work once done: occupation (an id, or UNLISTED), years, percent of a full position, ISO code of the country, papers on it or not."""

    occupation: str | None = None
    years: Fraction | None = None
    percent: Fraction | None = None
    country: str | None = None
    documented: bool | None = None


@dataclass(frozen=True)
class Work:
    """Work now. A position of 0 percent is no work."""

    occupation: str | None = None
    percent: Fraction | None = None
    permanent: bool | None = None


@dataclass(frozen=True)
class Programme:
    """The introduction programme: first and last day, final goal (a code of FINAL_GOALS)."""

    start: dt.date | None = None
    goal: str | None = None
    end: dt.date | None = None


@dataclass(frozen=True)
class Persona:
    """Codes are those of bot/guidance/codes.py, the municipality is an id of data/municipalities or another name, the wish an occupation.

    An empty `experience` means that there is none.
    """

    today: dt.date
    age: int | None = None
    permit: str | None = None
    municipality: str | None = None
    schooling: str | None = None
    norwegian: Mapping[str, str] = field(default_factory=dict)
    english: str | None = None
    experience: tuple[Experience, ...] | None = None
    work: Work | None = None
    programme: Programme | None = None
    wish: str | None = None
