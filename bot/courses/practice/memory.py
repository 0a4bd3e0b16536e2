"""What somebody has practised, as the rules see it: no database, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.content.practice import LEVELS, SKILLS, Item


@dataclass(frozen=True)
class Known:
    """An item that was answered: when it is due again, for how many days it lasts in memory (FSRS), and how it went."""

    item: str
    due_at: dt.datetime
    stability: float
    right: int
    wrong: int


@dataclass(frozen=True)
class Answered:
    """One answer."""

    item: str
    right: bool


@dataclass(frozen=True)
class Memory:
    """All of one person: the items that were answered, by id, and the answers, oldest first."""

    known: Mapping[str, Known]
    answers: tuple[Answered, ...] = ()

    @property
    def last(self) -> str | None:
        """The item that was answered last."""
        return self.answers[-1].item if self.answers else None

    def first_answers(self) -> Iterator[tuple[int, Answered]]:
        """Each item's first answer, with its place among all answers."""
        seen: set[str] = set()
        for place, answer in enumerate(self.answers):
            if answer.item not in seen:
                seen.add(answer.item)
                yield place, answer


@dataclass(frozen=True)
class Bank:
    """The items of one subject, by id."""

    subject: str
    items: Mapping[str, Item]

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels, the lowest first."""
        return LEVELS[self.subject]

    @property
    def skills(self) -> tuple[str, ...]:
        """The parts of the subject, in the order in which new items take turns."""
        return SKILLS[self.subject]

    def part_of(self, memory: Memory) -> Memory:
        """What a memory holds of these items; items that were taken out of the bank are gone."""
        known = {item: card for item, card in memory.known.items() if item in self.items}
        return Memory(known, tuple(answer for answer in memory.answers if answer.item in self.items))


def bank_of(subject: str, items: Iterable[Item]) -> Bank:
    """The bank of a subject."""
    return Bank(subject, {item.id: item for item in items if item.subject == subject})
