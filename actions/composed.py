"""A message an action puts together: which phrases, with which values, and what can be pressed below it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

Line = dict[str, Any]
BLANK: Line = {}


def line(phrase: str, **values: Any) -> Line:
    """A phrase with its values; also a value itself, where one phrase stands inside another."""
    return {"phrase": phrase, "values": values} if values else {"phrase": phrase}


def text(*path: str, **values: Any) -> Line:
    """A text of a folder of its own, such as text("interests", "notices", "begin")."""
    return {"text": list(path), "values": values} if values else {"text": list(path)}


def day(value: dt.date) -> Line:
    """A day, written with its weekday in the person's language."""
    return {"day": value.isoformat()}


def moment(value: dt.datetime) -> Line:
    """A moment (with time zone), written as day and time in Norway."""
    return {"moment": value.isoformat()}


def words(text: str) -> Line:
    """Words somebody wrote, shown as they are."""
    return {"words": text}


def listed(values: list[Any]) -> Line:
    """Several values with the language's comma between them."""
    return {"list": values}


def choice(phrase: str, payload: str) -> Line:
    """A button."""
    return {"phrase": phrase, "payload": payload}


@dataclass(frozen=True)
class Composed:
    """A whole message. `key`: the topic it answers, or the phrase it says; `topics`: topics offered as buttons, after the `choices`;

    `facts`: what it rests on."""

    key: str
    lines: tuple[Line, ...]
    topics: tuple[str, ...] = ()
    choices: tuple[Line, ...] = ()
    facts: tuple[str, ...] = ()
    topic: bool = True

    def say(self, dispatcher: CollectingDispatcher) -> None:
        """Hands the message to the assistant, which speaks it in the person's language (bot/content/composed.py)."""
        dispatcher.utter_message(
            response="utter_composed",
            key=self.key,
            lines=list(self.lines),
            topics=list(self.topics),
            choices=list(self.choices),
            facts=list(self.facts),
            topic=self.topic,
        )
