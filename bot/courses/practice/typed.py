"""Typed words that are an answer: exactly a choice, or its letter or number."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

LETTERS = "abcd"
MINUS = str.maketrans({"-": "−", "–": "−"})
AROUND = " \t\n.,:;!?()«»\"'“”"


def chosen(text: str, choices: Sequence[str]) -> int | None:
    """The place of the choice that a text stands for, from 0; None where it is no answer, or could be two."""
    for same in (_exact, _plain):
        found = [place for place, choice in enumerate(choices) if same(choice) == same(text)]
        if found:
            return found[0] if len(found) == 1 else None
    word, plain = _plain(text), [_plain(choice) for choice in choices]
    for place_of in (_letter, _number):
        place = place_of(word)
        # Among choices such as 3 and 15, a 4 is a result that is none of them and not the fourth; the same with a and an.
        if place is not None and place < len(choices) and all(place_of(choice) is None for choice in plain):
            return place
    return None


def is_lone_sign(text: str) -> bool:
    """One letter or a number: nothing to ask the assistant about."""
    word = _plain(text).lstrip("−")
    return bool(word) and (len(word) == 1 and word in LETTERS or word.replace(",", "").isdecimal() and len(word) < 7)


def _letter(word: str) -> int | None:
    return LETTERS.index(word) if len(word) == 1 and word in LETTERS else None


def _number(word: str) -> int | None:
    digit = unicodedata.digit(word, 0) if len(word) == 1 else 0
    return digit - 1 if digit else None


def _exact(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).translate(MINUS).split())


def _plain(text: str) -> str:
    return _exact(unicodedata.normalize("NFKC", text)).casefold().strip(AROUND)
