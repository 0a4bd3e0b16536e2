"""The letters of a language's own script prevail in its texts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError
from bot.content.library import Library
from bot.content.placeholders import PLACE

NAMES = {"LATIN": "Latn", "ARABIC": "Arab", "CYRILLIC": "Cyrl", "ETHIOPIC": "Ethi"}
SHARE = 0.5  # Norwegian terms stand beside the words of the language, so never quite all


def check(library: Library) -> Iterator[ContentError]:
    """Answers and phrases in which another script has more letters than the language's own."""
    names = {part.strip() for language in library.languages.values() for part in language.name.replace("(", "/").split("/")}
    for _, wording in all_wordings(library):
        wanted = library.languages[wording.language].script
        for key, text in wording.texts.items():
            if text and key != "title" and share_of(_without(text, names), wanted) < SHARE:
                yield ContentError(wording.file, wording.line_of(key), f"`{key}` is not mainly written in {wanted} letters.")
    for language in library.languages.offered:
        file = library.data / "phrases" / f"{language.code}.yml"
        if file.exists():
            texts = " ".join(library.phrases(language.code).texts.values())
            if share_of(texts, language.script) < SHARE:
                yield ContentError(file, None, f"The phrases are not mainly written in {language.script} letters.")


def _without(text: str, names: set[str]) -> str:
    """The text without the languages' own names, which stand in their own letters everywhere."""
    lines = (line for line in text.splitlines() if not any(name and name in line for name in names))
    return "\n".join(lines)


def share_of(text: str, script: str) -> float:
    """The share of a text's letters that belong to a script (ISO 15924); 1.0 for a text without letters."""
    counts: Counter[str] = Counter()
    for letter in PLACE.sub("", text):
        if letter.isalpha():
            counts[NAMES.get(unicodedata.name(letter, "").split(" ")[0], "other")] += 1
    return counts[script] / counts.total() if counts else 1.0
