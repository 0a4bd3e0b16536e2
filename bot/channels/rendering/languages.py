"""The offer of other languages below an answer: their names to read, and one button instead of eighteen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content import Library
from bot.conversations.about_language import CHOOSE
from bot.conversations.assistant import SaidMessage

MANY = 6  # languages that may stand as buttons beside an answer
BETWEEN = 30  # characters between two messages of a turn, and for the isolates in it
GLOBE = "\N{GLOBE WITH MERIDIANS} "  # found also by who cannot read the language of the turn


def with_one_language_button(
    messages: Sequence[SaidMessage], library: Library, language: str, room: int | None = None
) -> tuple[SaidMessage, ...]:
    """The messages of a turn; where many languages are offered beside something else, their names stand in the text.

    An answer with eighteen more buttons would be a numbered list on WhatsApp, and the answer's own buttons would drown in it.
    `room`: characters of the whole turn beyond which a messenger has no buttons; the names are left out then.
    """
    if len(messages) < 2:
        return tuple(messages)
    left = None if room is None else room - sum(len(message.text) + len(message.note) + BETWEEN for message in messages)
    return tuple(_brief(message, library, language, left) for message in messages)


def _brief(message: SaidMessage, library: Library, language: str, left: int | None) -> SaidMessage:
    offered = [choice for choice in message.choices if choice.get("payload", "").startswith(CHOOSE + "{")]
    if len(offered) <= MANY:
        return message
    names = " · ".join(choice["title"] for choice in offered)
    if left is not None and len(names) > left:
        names = "…"
    rest = tuple(choice for choice in message.choices if choice not in offered)
    spoken = library.languages.get(language, library.languages.source).code
    button = {"title": GLOBE + library.phrase("web_language", spoken), "payload": CHOOSE}
    return replace(message, text=f"{message.text}\n{names}", choices=(*rest, button))
