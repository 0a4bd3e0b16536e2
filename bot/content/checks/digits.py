"""No digits of a fact in prose: a number in a text would stay when the law moves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError
from bot.content.library import Library
from bot.content.placeholders import PLACE

# Names of levels are words of the field; a level that is a demand must be a {place} all the same, which `places` holds.
LEVEL_NAME = re.compile(r"(?<![A-Za-z0-9])[ABC][12](?![0-9])")
DIGIT = re.compile(r"\d+")


def check(library: Library) -> Iterator[ContentError]:
    """Digits in answers that are neither a {place}, a level name nor a literal that topic.yml allows."""
    for topic, wording in all_wordings(library):
        for key, text in wording.texts.items():
            for digits in digits_in(text, topic.literals):
                yield ContentError(
                    wording.file,
                    wording.line_of(key),
                    f"`{key}` has the digits {digits}. Put the number into data/facts and write {{its_id}} here.",
                )


def digits_in(text: str, literals: tuple[str, ...]) -> list[str]:
    """The digit runs in a text that nothing allows; digits of every script count."""
    bare = PLACE.sub("", text)
    for literal in sorted(literals, key=len, reverse=True):
        # "spor 1" allows its number after any language's own word for spor, so only the digits must be the same.
        for digits in DIGIT.findall(literal):
            bare = re.sub(rf"(?<!\d){digits}(?!\d)", "", bare)
    return DIGIT.findall(LEVEL_NAME.sub("", bare))
