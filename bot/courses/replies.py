"""Short makers of what a handler answers, so that the handlers read as what they do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.content.lines import line
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.turn import Turn


def reply(turn: Turn, key: str, *lines: Any, choices: Sequence[Any] = (), topics: tuple[str, ...] = ()) -> list[SaidMessage]:
    """One message in the language of the turn; without lines the phrase of the key."""
    return [composed(turn.courses.library, key, turn.language, lines or [line(key)], choices=choices, topics=topics)]


def in_no_course(turn: Turn) -> list[SaidMessage]:
    """The answer to somebody whose chat is in no course: what to do."""
    return reply(turn, "course_none")
