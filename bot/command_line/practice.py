"""practice: the items of the item bank as people see them, in the terminal; nothing is stored."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.command_line.ending import say, usage
from bot.content import Library
from bot.content.practice import LEVELS, Item, practice_items
from bot.conversations.assistant import SaidMessage
from bot.courses.practice.answering import answer_messages
from bot.courses.practice.asking import Reader, question
from bot.courses.practice.memory import Answered, Bank, Known, Memory, bank_of
from bot.courses.practice.rules import next_item, shuffled
from bot.courses.practice.spacing import due_at, reviewed, stability
from bot.courses.practice.typed import LETTERS, chosen
from bot.settings import settings

BEGIN = dt.datetime(2026, 1, 1, 12, 0, tzinfo=dt.UTC)  # the same seed and answers give the same questions on every day
BETWEEN = dt.timedelta(seconds=30)
STOP = "q"


def practice(
    subject: Annotated[str, typer.Option("--subject", help="norwegian, english or mathematics.")] = "norwegian",
    seed: Annotated[int, typer.Option("--seed", help="The same seed and answers give the same questions.")] = 1,
    language: Annotated[str, typer.Option("--language", help="Of everything around the items, and of the explanations.")] = "nb",
) -> None:
    """Practise in the terminal: answer with a letter or the words; q ends. The item's id, level and point stand above it."""
    library = Library(settings().data)
    if subject not in LEVELS:
        usage(f"{subject} is no subject; there are {', '.join(LEVELS)}.")
    if language not in library.languages:
        usage(f"{language} is no language of data/languages.yml.")
    _Terminal(library, language, bank_of(subject, practice_items(library.data).values()), str(seed)).practise()


class _Terminal:
    """Somebody at the terminal, with a memory that ends with the command."""

    def __init__(self, library: Library, language: str, bank: Bank, seed: str) -> None:
        self.reader, self.bank, self.seed = Reader(library, language, BEGIN), bank, seed
        self.cards: dict[str, dict] = {}
        self.answers: list[Answered] = []

    def practise(self) -> None:
        """Asks until somebody stops, or nothing is left to ask."""
        while (item := next_item(self.bank, self._memory(), self.reader.now, self.seed)) is not None:
            asked = len(self.answers) + 1
            before = self._memory()
            _show(question(self.reader, item, asked, before), item)
            place = _typed(shuffled(item, asked))
            if place is None:
                break
            self._keep(item, shuffled(item, asked)[place] == item.right)
            for said in answer_messages(self.reader, self.bank, item, before, self._memory()):
                _show(said)
        right = sum(answer.right for answer in self.answers)
        say(f"{len(self.answers)} answers, {right} right, {len(self.cards)} of {len(self.bank.items)} items.")

    def _keep(self, item: Item, right: bool) -> None:
        self.cards[item.id] = reviewed(self.cards.get(item.id), right, self.reader.now)
        self.answers.append(Answered(item.id, right))
        self.reader = Reader(self.reader.library, self.reader.language, self.reader.now + BETWEEN)

    def _memory(self) -> Memory:
        return Memory({item: Known(item, due_at(card), stability(card), 0, 0) for item, card in self.cards.items()}, tuple(self.answers))


def _show(said: SaidMessage, item: Item | None = None) -> None:
    lines = [said.text]
    if item is not None:
        lines += ["", *(f"{letter}) {choice['title']}" for letter, choice in zip(LETTERS, said.choices, strict=True))]
    title = " · ".join((item.id, item.level, item.skill, item.kind, item.point)) if item else said.key
    Console(highlight=False).print(Panel(Text("\n".join(lines)), title=Text(title), title_align="left"))


def _typed(choices: tuple[str, ...]) -> int | None:
    """The place of the choice that is typed; None when somebody stops."""
    while True:
        try:
            text = input("> ")
        except (EOFError, KeyboardInterrupt):
            return None
        if text.strip().casefold() == STOP:
            return None
        place = chosen(text, choices)
        if place is not None:
            return place
        say(f"That is none of the four. Type a, b, c or d, or {STOP} to end.")
