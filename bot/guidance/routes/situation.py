"""What a test may look at: the persona, and the facts of the persona's day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from bot.content import Library
from bot.content.facts import FactState
from bot.content.occupations import Occupation
from bot.guidance.facts_on_day import FactNotKnown, FactsOnDay
from bot.guidance.routes.persona import Persona


@dataclass(frozen=True)
class Situation:
    """A persona beside the library; facts are read for the persona's day."""

    persona: Persona
    library: Library

    @cached_property
    def facts(self) -> FactsOnDay:
        """The facts on the persona's day."""
        return FactsOnDay(self.library.facts, self.persona.today)

    def number(self, fact_id: str) -> Fraction:
        """A number of the law. Raises FactNotKnown where it does not hold on the day."""
        return self.facts.number(fact_id)

    def word(self, fact_id: str) -> str:
        """A level or list of names. Raises FactNotKnown where it does not hold on the day."""
        known = self.facts.facts.on(fact_id, self.persona.today)
        if known.state is not FactState.VALID:
            raise FactNotKnown(fact_id, self.persona.today, known.state)
        return str(known.value)

    def occupation(self, occupation_id: str | None) -> Occupation | None:
        """The row of an occupation; None for one that is unknown or unlisted."""
        return self._occupations.get(occupation_id or "")

    def place_name(self, municipality_id: str) -> str:
        """The name of a municipality of data/municipalities. Raises KeyError."""
        return self.library.municipalities()[municipality_id].name

    @cached_property
    def _occupations(self) -> Mapping[str, Occupation]:
        return self.library.occupations.known


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day some years later; 29 February becomes 1 March, because only then the whole years have passed."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)
