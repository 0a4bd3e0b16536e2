"""The facts of one day as a reckoning needs them: exact numbers, what they rest on, and how sure they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from bot.content.facts import Confidence, Facts, FactState, as_number


class FactNotKnown(Exception):
    """A number of the law is not known for the day, so nothing may be reckoned from it."""

    def __init__(self, fact_id: str, day: dt.date, state: FactState) -> None:
        self.fact_id, self.day, self.state = fact_id, day, state
        why = "is too old" if state is FactState.EXPIRED else "does not hold yet"
        todo = "Ask the office that decides, or check the fact and add its value of that day to data/facts."
        super().__init__(f"The fact `{fact_id}` {why} for {day}. {todo}")


class FactsOnDay:
    """Reads facts for one day: exact numbers, whether rules hold, how sure they are, and where they stand."""

    def __init__(self, facts: Facts, day: dt.date) -> None:
        self.facts, self.day = facts, day

    def number(self, fact_id: str) -> Fraction:
        """The exact value of a fact. Raises FactNotKnown where it does not hold on the day, KeyError for an unknown id."""
        known = self.facts.on(fact_id, self.day)
        if known.state is not FactState.VALID:
            raise FactNotKnown(fact_id, self.day, known.state)
        return as_number(known.value)

    def holds(self, fact_id: str) -> bool:
        """Whether a rule holds on the day."""
        return self.facts.on(fact_id, self.day).state is FactState.VALID

    def unsure(self, fact_ids: Iterable[str]) -> tuple[str, ...]:
        """The ids among these that are not confirmed or do not hold on the day: whoever rests on them must ask."""
        known = {fact_id: self.facts.on(fact_id, self.day) for fact_id in fact_ids}
        sure = (FactState.VALID, Confidence.CONFIRMED)
        return tuple(fact_id for fact_id, found in known.items() if (found.state, found.confidence) != sure)

    def legal_basis(self, fact_ids: Iterable[str]) -> str:
        """The sources of facts as one reads them, such as "Integreringsloven § 20"; each source once."""
        sources = (self.facts[fact_id].source for fact_id in fact_ids)
        return "; ".join(dict.fromkeys(f"{source.title} {source.section}".strip() for source in sources))
