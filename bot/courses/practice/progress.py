"""How far somebody is in a subject. Numbers about one person; nothing here compares people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.courses.practice.memory import Bank, Memory
from bot.courses.practice.rules import level_of
from bot.courses.practice.spacing import LASTING

NEWEST = 20  # answers


@dataclass(frozen=True)
class Share:
    """Of `all` items so many were seen, and so many last in memory."""

    known: int
    seen: int
    all: int


@dataclass(frozen=True)
class Progress:
    """One subject: level, items, how many of the newest answers were right, each skill, and when the next item is due."""

    subject: str
    level: str
    items: Share
    answered: int  # of the newest twenty
    right: int  # of these
    skills: dict[str, Share]
    next_due: dt.datetime | None


def progress_of(bank: Bank, memory: Memory) -> Progress:
    """The progress in one subject, out of all that a person has practised."""
    own = bank.part_of(memory)
    newest = own.answers[-NEWEST:]
    return Progress(
        bank.subject,
        level_of(bank, own),
        _share(bank, own),
        len(newest),
        sum(answer.right for answer in newest),
        {skill: _share(bank, own, skill) for skill in bank.skills},
        min((card.due_at for card in own.known.values()), default=None),
    )


def _share(bank: Bank, memory: Memory, skill: str = "") -> Share:
    wanted = {item.id for item in bank.items.values() if skill in ("", item.skill)}
    seen = [card for card in memory.known.values() if card.item in wanted]
    return Share(sum(card.stability >= LASTING for card in seen), len(seen), len(wanted))
