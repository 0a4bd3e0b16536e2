"""The content checks of `make check`: each looks at the whole of data/ and says file, line and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.content.checks import (
    buttons,
    courses,
    digits,
    examples,
    gaps,
    glossary,
    held_out,
    length,
    line_starts,
    occupations,
    places,
    practice,
    readability,
    readable,
    routes,
    script,
)
from bot.content.errors import ContentError
from bot.content.library import Library

Check = Callable[[Library], Iterator[ContentError]]
CHECKS: dict[str, Check] = {
    "readable": readable.check,
    "places": places.check,
    "digits": digits.check,
    "script": script.check,
    "line_starts": line_starts.check,
    "buttons": buttons.check,
    "length": length.check,
    "examples": examples.check,
    "held_out": held_out.check,
    "gaps": gaps.check,
    "glossary": glossary.check,
    "readability": readability.check,
    "occupations": occupations.check,
    "routes": routes.check,
    "practice": practice.check,
    "courses": courses.check,
}


def check_content(data: Path) -> dict[str, list[ContentError]]:
    """Every check by name with what it found, empty lists included. A file no one can read stops the checks after it."""
    library = Library(data)
    found: dict[str, list[ContentError]] = {"readable": list(readable.check(library))}
    if found["readable"]:
        return found
    for name, check in CHECKS.items():
        if name != "readable":
            found[name] = list(check(library))
    return found
