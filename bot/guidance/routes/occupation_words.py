"""Occupations by id or by the names of data/occupations/en.yml (and their Norwegian name), as people write them."""

from __future__ import annotations

import re
from functools import cache

from bot.content import Library
from bot.content.errors import did_you_mean
from bot.content.occupations import OPEN_END

# A name that the list gives in a phrase ("become a chef") is also known without it.
OPENINGS = re.compile(r"^(?:(?:to|be|become|as|a|an|the|i|want|would|like|work|working)\s+)+", re.IGNORECASE)

# Words that make another occupation of a name, or the opposite of a wish.
ANOTHER = re.compile(r"\b(?:assistants?|helpers?|students?|trainees?|not|never|no|except|don't)\b")


class OccupationWords:
    """Finds the occupation in a word or a sentence; never the nearest one, which would be a guess."""

    def __init__(self, library: Library) -> None:
        self._known = library.occupations.known
        names = library.occupation_names("en")
        self._names = {key: [*(names.names.get(key, ()) if names else ()), row.norwegian] for key, row in self._known.items()}
        self._patterns = [(key, _pattern(name)) for key, listed in self._names.items() for name in listed]

    def exact(self, words: str) -> str | None:
        """The occupation that is written, and nothing else; None when none or several are meant."""
        text = _plain(words)
        if text.replace(" ", "_").replace("-", "_") in self._known:
            return text.replace(" ", "_").replace("-", "_")
        return _only({key for key, pattern in self._patterns if pattern.fullmatch(text)})

    def inside(self, words: str) -> str | None:
        """The only occupation named in a sentence; the longest name counts, so "kindergarten teacher" is not a teacher.

        Beside a word such as "assistant" or "not" that belongs to no name, something else may be meant, so none is found.
        """
        text = _plain(words)
        hits = [(found.start(), found.end(), key) for key, pattern in self._patterns for found in pattern.finditer(text)]
        longest = [hit for hit in hits if not any(s <= hit[0] and hit[1] <= e and e - s > hit[1] - hit[0] for s, e, _ in hits)]
        if any(not any(s <= other.start() and other.end() <= e for s, e, _ in longest) for other in ANOTHER.finditer(text)):
            return None
        return _only({key for _, _, key in longest})

    def near(self, words: str) -> str:
        """The nearest first name as a question, or nothing."""
        return did_you_mean(_plain(words), [listed[0].casefold() for listed in self._names.values()])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    bare = OPENINGS.sub("", _plain(name))
    words = re.escape(bare).replace(re.escape(OPEN_END), r"\w*")
    return re.compile(rf"\b{words}(?!\w)")


def _plain(words: str) -> str:
    return OPENINGS.sub("", " ".join(words.casefold().replace("_", " ").split()))


def _only(found: set[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None
