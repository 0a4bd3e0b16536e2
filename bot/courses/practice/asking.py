"""A question as a person sees it, and which question of a chat waits for its answer.

The numbers of the askings stand in the buttons of the messages that were stored; nothing else keeps them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Library
from bot.content.lines import BLANK, Line, line, words
from bot.content.practice import Item
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.practice.keeping import is_answered, newest_asked
from bot.courses.practice.memory import Memory
from bot.courses.practice.rules import ROUND, shuffled
from bot.courses.turn import Turn
from bot.storage.tables import Message

QUESTION = "practice_question"  # the key of our message
ANSWER = "/practice_answer"
REMEMBERED = 60  # questions of a chat whose buttons still count


@dataclass(frozen=True)
class Asking:
    """One asking of a chat: its number and its item."""

    asked: int
    item: str


@dataclass(frozen=True)
class Reader:
    """Who reads a message: in which language, at which moment."""

    library: Library
    language: str
    now: dt.datetime


def reader_of(turn: Turn) -> Reader:
    """The person of a turn."""
    return Reader(turn.courses.library, turn.language, turn.now)


def askings(session: Session, conversation_id: int) -> list[Asking]:
    """The newest askings of a chat, the newest first."""
    theirs = (Message.conversation_id == conversation_id, Message.key == QUESTION)
    rows = session.scalars(select(Message.details).where(*theirs).order_by(Message.id.desc()).limit(REMEMBERED))
    return [found for details in rows for found in _asking(details)]


def open_asking(session: Session, conversation_id: int, items: Mapping[str, Item]) -> Asking | None:
    """The newest asking, while it waits for its answer."""
    newest = next(iter(askings(session, conversation_id)), None)
    if newest is None or newest.item not in items or is_answered(session, conversation_id, newest.asked):
        return None
    return newest


def next_number(session: Session, conversation_id: int) -> int:
    """The number of the next asking of a chat."""
    shown = (one.asked for one in askings(session, conversation_id))
    return 1 + max([newest_asked(session, conversation_id), *shown])


def question(reader: Reader, item: Item, asked: int, own: Memory, before: Line | None = None) -> SaidMessage:
    """The message with the item's text, its question and its four choices. `own`: what is known of this subject."""
    number = len(own.answers) % ROUND + 1
    place = line("practice_place", subject=line(f"practice_subject_{item.subject}"), number=number, count=ROUND)
    text = [BLANK, *as_written(item.text)] if item.text else []
    lines = [*([before] if before else []), place, *text, BLANK, *as_written(item.ask)]
    return composed(reader.library, QUESTION, reader.language, lines, choices=_choices(item, asked))


def as_written(text: str) -> list[Line]:
    """Words of the item bank, each line by itself: what keeps them whole in a text from right to left ends with the line."""
    return [words(one) if one else BLANK for one in text.split("\n")]


def _choices(item: Item, asked: int) -> list[Line]:
    return [
        {**words(choice), "payload": ANSWER + json.dumps({"item": item.id, "choice": number, "asked": asked})}
        for number, choice in enumerate(shuffled(item, asked))
    ]


def _asking(details: Mapping[str, object]) -> list[Asking]:
    choices = details.get("choices")
    payload = str(choices[0].get("payload", "")) if isinstance(choices, list) and choices else ""
    if not payload.startswith(ANSWER):
        return []
    values = json.loads(payload.removeprefix(ANSWER))
    return [Asking(int(values["asked"]), str(values["item"]))]
