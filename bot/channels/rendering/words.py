"""The few words of the renderers' own, in the language of the turn."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content import Library


@dataclass(frozen=True)
class Words:
    """choose: opens a list (20 characters at most); answer_with_number: below a numbered list; sources: the button to where it stands;
    trouble: when nothing could be said; advisor: what an advisor is called. direction: ltr or rtl.
    """

    direction: str
    choose: str
    answer_with_number: str
    sources: str
    trouble: str
    advisor: str


def words_of(library: Library, language: str) -> Words:
    """The words in a language, in the source language where we do not speak it. Raises KeyError for a phrase that is missing."""
    spoken = library.languages.get(language, library.languages.source)
    keys = ("choose_from_list", "answer_with_number", "web_sources", "trouble", "web_advisor")
    return Words(spoken.direction, *(library.phrase(key, spoken.code) for key in keys))
