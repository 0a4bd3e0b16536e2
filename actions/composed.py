"""A message an action puts together: which phrases, with which values, and what can be pressed below it."""

from __future__ import annotations

from dataclasses import dataclass

from rasa_sdk.executor import CollectingDispatcher

from bot.content.lines import BLANK, Line, choice, day, line, listed, moment, text, words

__all__ = ["BLANK", "Composed", "Line", "choice", "day", "line", "listed", "moment", "text", "words"]


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
