"""Texts of data/courses in a language, in Norwegian where nobody has written them in it yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content import Library
from bot.content.lines import Line, text, words

NORWEGIAN = ("nb", "nn")  # who reads one of them reads the other
READY, WEEKS = "courses/ready", "courses/weeks"


def is_written(library: Library, language: str, folder: str, *keys: str | int) -> bool:
    """True where a folder's file of the language has this text. Raises ContentError for a broken file."""
    if not (library.data / folder / f"{language}.yml").exists():
        return False
    found: Any = library.texts(folder, language)
    for key in keys:
        inside = isinstance(found, Mapping) and key in found
        if not inside and not (isinstance(found, list) and isinstance(key, int) and key < len(found)):
            return False
        found = found[key]
    return bool(str(found or "").strip())


def text_in(library: Library, language: str, folder: str, *keys: str | int, **values: Any) -> Line:
    """The text in the language, else in Norwegian. Raises KeyError where there is neither."""
    source = library.languages.source.code
    found = text(folder, *keys, **values)  # type: ignore[arg-type]
    if is_written(library, language, folder, *keys):
        return found
    if not is_written(library, source, folder, *keys):
        raise KeyError(f"{folder}: {'/'.join(map(str, keys))}")
    return {**found, "in": source}


def written_lines(written: str) -> list[Line]:
    """Words somebody wrote, line by line: what keeps a right-to-left line in order ends with the line."""
    return [words(line.strip()) if line.strip() else {} for line in written.strip().splitlines()]
