"""Enough ways of asking, and none of them under two topics."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError
from bot.content.library import Library

FEWEST = {"nb": 15, "en": 15}
FEWEST_ELSEWHERE = 8
NOT_WORDS = re.compile(r"\W+")


def plain(sentence: str) -> str:
    """A sentence without case, punctuation and double blanks, for comparing."""
    return NOT_WORDS.sub(" ", sentence.casefold()).strip()


def check(library: Library) -> Iterator[ContentError]:
    """Topics with too few examples in a language; examples that stand twice, in one topic or in two."""
    seen: dict[tuple[str, str], str] = {}
    for topic, wording in all_wordings(library):
        line = wording.line_of("examples")
        fewest = FEWEST.get(wording.language, FEWEST_ELSEWHERE)
        if len(wording.examples) < fewest:
            yield ContentError(wording.file, line, f"{len(wording.examples)} examples; {fewest} are needed. Add native ones.")
        for example in wording.examples:
            other = seen.setdefault((wording.language, plain(example)), topic.id)
            if other != topic.id:
                yield ContentError(wording.file, line, f"“{example}” is also an example of {other}. Keep it in one place.")
