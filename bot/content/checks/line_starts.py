"""No line of prose starts with a word by which Rasa recognises its own files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.errors import ContentError
from bot.content.library import Library

# Rasa 3.6 looks at raw line starts, inside a block of prose too, and would take the file for another kind.
FORBIDDEN = re.compile(r"^\s*(?:-\s*)?(nlu|rules|stories|responses|intents|slots|forms)\s*:", re.MULTILINE)


def check(library: Library) -> Iterator[ContentError]:
    """Every file of topics and phrases."""
    for file in (*sorted((library.data / "topics").glob("*/*.yml")), *sorted((library.data / "phrases").glob("*.yml"))):
        text = file.read_text(encoding="utf-8")
        for match in FORBIDDEN.finditer(text):
            line = text.count("\n", 0, match.start(1)) + 1
            yield ContentError(file, line, f"A line must not start with `{match.group(1)}:`. Put another word first.")
