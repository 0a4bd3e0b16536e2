"""What a participant's message looks like to people: their words, or the title of the button they pressed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.content import Library
from bot.content.selection import title_of
from bot.conversations.in_class import WITHHELD

PHRASES = {
    "handover_withdraw": "handover_withdraw",
    "voice_yes": "choice_yes",
    "voice_no": "choice_no",
}  # buttons that are named by a phrase


def shown_text(library: Library, text: str, language: str, details: Mapping[str, Any] | None = None) -> str:
    """A message's words in a language; a button appears with its title, which `details` of the message may hold."""
    given_details = details or {}
    if given_details.get("kind") == WITHHELD:
        return library.phrase("choice_course_question", language if language in library.languages else library.languages.source.code)
    if not text.startswith("/"):
        return text
    if given_details.get("title"):
        return str(given_details["title"])
    topic, brace, values = text[1:].partition("{")
    if topic in ("choose_language", "answer") and brace:
        try:
            given = json.loads(brace + values)
            pressed = str(given.get("language" if topic == "choose_language" else "value", ""))
        except (ValueError, AttributeError):
            return text
        if topic == "answer":
            return _choice_shown(library, pressed, language)
        return library.languages[pressed].name if pressed in library.languages else topic
    if topic in PHRASES and language in library.languages:
        return library.phrase(PHRASES[topic], language)
    return (title_of(library, topic, language) if library.has_topic(topic) else "") or topic


def _choice_shown(library: Library, code: str, language: str) -> str:
    """What the button of a guide's question said: its phrase, a municipality's name, or the value itself, such as a level."""
    if code in library.municipalities():
        return library.municipalities()[code].name
    return library.phrases(language).texts.get(f"choice_{code}", code) if language in library.languages else code
