"""What the service itself says: a phrase or a composed message in the person's language, and beside it in Norwegian for the advisor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.content import Library, Said, compose, phrase
from bot.conversations.assistant import SaidMessage


def spoken(library: Library, key: str, language: str, /, *, topics: tuple[str, ...] = (), **values: object) -> SaidMessage:
    """A phrase with its values. Raises KeyError for one that is not there."""
    return as_message(phrase(library, key, language, topics=topics, **values), norwegian(library, key, language, **values))


def composed(library: Library, key: str, language: str, lines: Sequence[Any], **options: Any) -> SaidMessage:
    """Lines of phrases with values (bot/content/composed.py)."""
    source = library.languages.source.code
    other = compose(library, key, source, lines).text if language != source else ""
    return as_message(compose(library, key, language, lines, **options), other)


def norwegian(library: Library, key: str, language: str, /, **values: object) -> str:
    """A phrase in the source language; empty where it was said in that language anyway."""
    source = library.languages.source.code
    return "" if language == source else library.phrase(key, source, **values)


def as_message(said: Said, norwegian: str = "") -> SaidMessage:
    """A message of the content in the conversations' own form."""
    choices = tuple({"title": choice.title, "payload": choice.payload} for choice in said.choices)
    sources = tuple(
        {
            "title": source.title,
            "section": source.section,
            "url": source.url,
            "checked_on": source.checked_on.isoformat(),
            "confidence": source.confidence.value,
        }
        for source in said.sources
    )
    return SaidMessage(said.text, said.language, said.direction, said.key, choices, sources, said.note, norwegian=norwegian)
