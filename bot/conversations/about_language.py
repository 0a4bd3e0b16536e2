"""What is said about the language itself: which ones there are, whether to go on in another, and that one is not known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from bot.content import Choice, Library, Said, phrase
from bot.conversations.assistant import SaidMessage
from bot.conversations.language_policy import Decision
from bot.conversations.saying import as_message, norwegian

# What the button of a language sends.
CHOOSE = "/choose_language"


def choice_of_language(code: str) -> str:
    """What the button of a language sends."""
    return CHOOSE + json.dumps({"language": code})


def about_language(library: Library, decision: Decision) -> Iterator[SaidMessage]:
    """A question or an offer, where the decision about the language asks for one."""
    if decision.ask_to_continue_in:
        yield _continue_in(library, decision.language, decision.ask_to_continue_in)
    elif decision.offer_languages:
        offer = phrase(library, "offer_languages", decision.language)
        yield _with_norwegian(library, _with_languages(library, offer, but=decision.language))


def unknown_language(library: Library, language: str) -> SaidMessage:
    """That the person's language is not known here, with those that are and the way to a person."""
    said = phrase(library, "unknown_language", language, topics=("talk_to_human",))
    return _with_norwegian(library, _with_languages(library, said))


def _continue_in(library: Library, current: str, other: str) -> SaidMessage:
    name = library.languages[other].name
    texts = [library.phrase("continue_in", code, language=name) for code in (other, current)]
    stay = Choice(library.phrase("stay", current), choice_of_language(current))
    change = Choice(name, choice_of_language(other))
    said = phrase(library, "continue_in", current, language=name)
    told = norwegian(library, "continue_in", current, language=name)
    return as_message(replace(said, text="\n".join(texts), choices=(change, stay)), told)


def _with_norwegian(library: Library, said: Said) -> SaidMessage:
    return as_message(said, norwegian(library, said.key, said.language))


def _with_languages(library: Library, said: Said, but: str = "") -> Said:
    names = [Choice(offered.name, choice_of_language(offered.code)) for offered in library.languages.offered]
    return replace(said, choices=(*(n for n in names if n.payload != choice_of_language(but)), *said.choices))
