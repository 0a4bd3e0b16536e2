"""Norwegian answers are easy to read, measured by LIX (C.-H. Björnsson, Läsbarhet, 1968).

LIX = words / sentences + 100 * words of more than six letters / words. Below 30 is easy, 30-40 is like fiction, above 50 like a law.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError
from bot.content.library import Library

MEASURED = ("nb", "nn")  # LIX was made for the Scandinavian languages
HIGHEST, HIGHEST_MEAN = 40, 30
LONG_WORD = 6
WORD = re.compile(r"\w+")
SENTENCE_END = re.compile(r"[.!?:]+\s|\n+")


def check(library: Library) -> Iterator[ContentError]:
    """Answers and stories above 40, and a language whose mean is above 30."""
    for language in MEASURED:
        if language not in library.languages:
            continue
        measured = []
        for _, wording in all_wordings(library):
            for key in ("answer", "story"):
                text = wording.texts.get(key, "") if wording.language == language else ""
                if not text:
                    continue
                measured.append(lix(text))
                if measured[-1] > HIGHEST:
                    problem = f"`{key}` has LIX {measured[-1]:.0f}; {HIGHEST} is the most. Use shorter sentences and words."
                    yield ContentError(wording.file, wording.line_of(key), problem)
        if measured and (mean := sum(measured) / len(measured)) > HIGHEST_MEAN:
            yield ContentError(library.data / "topics", None, f"The mean LIX of {language} is {mean:.0f}; {HIGHEST_MEAN} is the most.")


def lix(text: str) -> float:
    """The LIX of a text; a line of a list counts as a sentence, a {place} as a word."""
    words = WORD.findall(text)
    sentences = [part for part in SENTENCE_END.split(text) if WORD.search(part)]
    if not words:
        return 0.0
    return len(words) / len(sentences) + 100 * sum(len(word) > LONG_WORD for word in words) / len(words)
