"""Which item comes next, at which level, and where a round stands: pure rules, the same state gives the same question (RULES.md).

Every `memory` here is the part of one subject (`Bank.part_of`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import deque
from collections.abc import Iterable

from bot.content.practice import Item
from bot.courses.practice.memory import Answered, Bank, Known, Memory

ROUND = 10  # questions
MOST_NEW = 6  # of them
REPEATED = 4  # so many known items in a row: then a new one, though others are due
LAST = 10  # the new answers at a level that are looked at
UP = 8  # so many of them right: the next level
DOWN = 5  # fewer than that right: the level below


def next_item(bank: Bank, memory: Memory, now: dt.datetime, seed: str) -> Item | None:
    """The item to ask: one that is due, else a new one, else the one that is due soonest. None only where the bank has no other item.

    After four repeated ones a new one comes in any case: whoever misses much would else never see the rest of the bank.
    """
    waiting = [card for card in memory.known.values() if card.item != memory.last]
    due = [card for card in waiting if card.due_at <= now]
    fresh = new_item(bank, memory, seed)
    if fresh is not None and new_in_round(memory) < MOST_NEW and (not due or repeated(memory) >= REPEATED):
        return fresh
    if due or waiting:
        return bank.items[_soonest(due or waiting)]
    return fresh


def new_item(bank: Bank, memory: Memory, seed: str) -> Item | None:
    """A new item of the own level, else of a lower, else of a higher one; the skills take turns, the seed chooses among equals."""
    firsts = list(memory.first_answers())
    after = bank.items[firsts[-1][1].item].skill if firsts else bank.skills[-1]
    unseen = [item for item in bank.items.values() if item.id not in memory.known]
    for level in _nearest(bank, level_of(bank, memory)):
        for skill in _turns(bank.skills, after):
            fitting = [item for item in unseen if (item.level, item.skill) == (level, skill)]
            if fitting:
                return min(fitting, key=lambda item: drawn(seed, item.id))
    return None


def level_of(bank: Bank, memory: Memory) -> str:
    """The level somebody practises at, from the first answers to the items of each level."""
    level, newest = 0, _windows(bank)
    for _, answer in memory.first_answers():
        at = bank.levels.index(bank.items[answer.item].level)
        newest[at].append(answer.right)
        moved = _moved(level, at, newest[at], len(bank.levels) - 1)
        if moved != level:
            level, newest = moved, _windows(bank)
    return bank.levels[level]


def round_of(memory: Memory) -> tuple[Answered, ...]:
    """The answers of the round that is under way, or of the one that was just finished."""
    done = len(memory.answers) % ROUND or (ROUND if memory.answers else 0)
    return memory.answers[len(memory.answers) - done :]


def round_is_done(memory: Memory) -> bool:
    """True just after the last answer of a round."""
    return bool(memory.answers) and len(memory.answers) % ROUND == 0


def new_in_round(memory: Memory) -> int:
    """How many new items the round under way has had."""
    begun = len(memory.answers) - len(memory.answers) % ROUND
    return sum(place >= begun for place, _ in memory.first_answers())


def repeated(memory: Memory) -> int:
    """How many answers were given since the last new item."""
    newest = max((place for place, _ in memory.first_answers()), default=-1)
    return len(memory.answers) - 1 - newest


def shuffled(item: Item, asked: int) -> tuple[str, ...]:
    """The four choices in the order of this asking."""
    return tuple(sorted((item.right, *item.wrong), key=lambda choice: drawn(item.id, str(asked), choice)))


def drawn(*words: str) -> str:
    """A number like a lot that is drawn, the same for the same words everywhere and always."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _moved(level: int, at: int, newest: deque[bool], highest: int) -> int:
    if len(newest) < LAST:
        return level
    if sum(newest) >= UP and at >= level:  # above: when the own level has no new items left
        return min(at + 1, highest)
    return max(level - 1, 0) if sum(newest) < DOWN and at == level else level


def _windows(bank: Bank) -> list[deque[bool]]:
    return [deque(maxlen=LAST) for _ in bank.levels]


def _nearest(bank: Bank, level: str) -> tuple[str, ...]:
    own = bank.levels.index(level)
    return (*reversed(bank.levels[: own + 1]), *bank.levels[own + 1 :])


def _turns(skills: tuple[str, ...], after: str) -> tuple[str, ...]:
    begin = skills.index(after) + 1
    return skills[begin:] + skills[:begin]


def _soonest(cards: Iterable[Known]) -> str:
    return min(cards, key=lambda card: (card.due_at, card.item)).item
