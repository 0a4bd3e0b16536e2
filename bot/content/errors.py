"""Errors that tell the next step."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class ContentError(Exception):
    """A file in data/ cannot be used as it is.

    Carries the file, the line (1-based, or None) and a sentence that says what to do.
    """

    def __init__(self, file: Path | str, line: int | None, problem: str) -> None:
        self.file = Path(file)
        self.line = line
        self.problem = problem
        super().__init__(f"{self.file}{f':{line}' if line else ''}  {problem}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a question, or an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {near[0]}?" if near else ""
