"""Reads data/ and decides what may be said. Pure Python, for both environments; imports nothing of ours."""

from __future__ import annotations

import os
from pathlib import Path

from bot.content.composed import compose
from bot.content.errors import ContentError
from bot.content.library import Library
from bot.content.occupation_answer import answer_for, occupation_answer
from bot.content.selection import Choice, Part, Reader, Said, ShownSource, answer, phrase, show_sources

__all__ = [
    "Choice",
    "ContentError",
    "Library",
    "Part",
    "Reader",
    "Said",
    "ShownSource",
    "answer",
    "answer_for",
    "compose",
    "content_folder",
    "occupation_answer",
    "phrase",
    "show_sources",
]


def content_folder() -> Path:
    """The folder data/: VEIVISER_DATA, else the one beside this package."""
    return Path(os.environ.get("VEIVISER_DATA") or Path(__file__).resolve().parents[2] / "data")
