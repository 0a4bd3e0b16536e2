"""All that the classroom answers: each part of the courses brings its buttons, its words and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.courses.turn import Handler


@dataclass(frozen=True)
class Beside:
    """A button below the assistant's answers to these topics. `members_only`: not in a chat that is in no course."""

    topics: frozenset[str]
    phrase: str
    payload: str
    members_only: bool = False


HANDLERS: dict[str, Handler] = {}  # name of a button -> what answers
EXPECTS: dict[str, Handler] = {}  # key of our last answer -> what answers the words that follow
WORDS: dict[str, str] = {}  # phrase with the words -> the button they stand for
IN_GROUP: frozenset[str] = frozenset()  # buttons that are answered in front of everybody
BESIDE: tuple[Beside, ...] = ()


def is_ours(name: str) -> bool:
    """True for a name that only the classroom uses."""
    return name.split("_")[0] in ("course", "practice", "self")
