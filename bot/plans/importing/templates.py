"""Writes empty files to fill in, with the data dictionary beside them."""

from __future__ import annotations

from pathlib import Path

from bot.plans.importing.dictionary import dictionary_text
from bot.plans.importing.new_files import new_files, whole

EXPLAINED = "data_dictionary.md"


def write_templates(folder: Path, form: str) -> None:
    """Files with headings and no rows; `form` is csv or xlsx. Raises FileExists, OSError."""
    with whole([folder / EXPLAINED]) as (part,), new_files(folder, form):
        part.write_text(f"# Data dictionary\n\n{dictionary_text()}", encoding="utf-8")
