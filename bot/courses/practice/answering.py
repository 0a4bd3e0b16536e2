"""What is said to an answer, and after a round. Kind, about this person alone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from bot.content.lines import BLANK, Line, choice, line, listed, moment, text, words
from bot.content.practice import Item
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.practice.asking import Reader, as_written
from bot.courses.practice.memory import Answered, Bank, Memory
from bot.courses.practice.rules import level_of, round_is_done, round_of

WELL = 2 / 3  # of the answers of a skill right: this went well
PROGRESS = choice("practice_to_progress", "/practice_progress")
STOP = choice("practice_stop", "/practice_stop")


def to_next(subject: str, title: str = "practice_to_next") -> Line:
    """The button for the next question."""
    return choice(title, "/practice_next" + json.dumps({"subject": subject}))


def answer_messages(reader: Reader, bank: Bank, item: Item, before: Memory, after: Memory) -> list[SaidMessage]:
    """What is said to an answer; `before` and `after` it, the memory of this subject. After a round its summary too."""
    done = round_is_done(after)
    values = json.dumps({"subject": item.subject, "skill": item.skill})
    relevant = choice("practice_to_relevant", "/practice_relevant" + values)
    right = after.answers[-1].right
    said = composed(
        reader.library,
        "practice_right" if right else "practice_not_yet",
        reader.language,
        [*_result(item, right), *_explanation(item), *_level(bank, before, after)],
        choices=[relevant] if done else [to_next(item.subject), relevant, STOP],
    )
    return [said, summary(reader, bank, after)] if done else [said]


def summary(reader: Reader, bank: Bank, own: Memory) -> SaidMessage:
    """The round that was just finished: how many, what went well, when something comes again."""
    answers = round_of(own)
    count, right = len(answers), sum(answer.right for answer in answers)
    lines = [line("practice_round_done", count=count, right=right), *_by_skill(bank, answers), *_next_due(own, reader.now)]
    buttons = [to_next(bank.subject, "practice_another_round"), PROGRESS, STOP]
    return composed(reader.library, "practice_round_done", reader.language, lines, choices=buttons)


def skill_name(skill: str) -> Line:
    """A skill by its name."""
    return line(f"practice_skill_{skill}")


def _result(item: Item, right: bool) -> Iterator[Line]:
    yield line("practice_right" if right else "practice_not_yet")
    yield line("practice_right_answer", answer=words(item.right))
    if item.because != item.right:
        yield from as_written(item.because)


def _explanation(item: Item) -> tuple[Line, ...]:
    path = ("practice/points", "points", item.point)
    return BLANK, text(*path, "title"), text(*path, "says")


def _level(bank: Bank, before: Memory, after: Memory) -> tuple[Line, ...]:
    old, new = level_of(bank, before), level_of(bank, after)
    if old == new:
        return ()
    up = bank.levels.index(new) > bank.levels.index(old)
    return BLANK, line("practice_level_up" if up else "practice_level_down", level=words(new))


def _by_skill(bank: Bank, answers: tuple[Answered, ...]) -> Iterator[Line]:
    given = {skill: [one.right for one in answers if bank.items[one.item].skill == skill] for skill in bank.skills}
    well = [skill for skill, rights in given.items() if rights and sum(rights) >= WELL * len(rights)]
    more = [skill for skill, rights in given.items() if rights and skill not in well]
    for phrase, skills in (("practice_went_well", well), ("practice_more_of", more)):
        if skills:
            yield line(phrase, skills=listed([skill_name(skill) for skill in skills]))


def _next_due(own: Memory, now: dt.datetime) -> tuple[Line, ...]:
    soonest = min(card.due_at for card in own.known.values())
    return (line("practice_due_now") if soonest <= now else line("practice_due", moment=moment(soonest)),)
