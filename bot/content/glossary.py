"""One rendering for each Norwegian term: data/glossary/<lang>.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.errors import ContentError
from bot.content.yaml_file import LocatedDict, read_yaml


@dataclass(frozen=True)
class Glossary:
    """Norwegian term -> its rendering, then the forms it takes in a sentence. In the source language: its explanation."""

    language: str
    status: str
    terms: Mapping[str, tuple[str, ...]]
    file: Path
    lines: Mapping[str, int] = field(default_factory=dict)


def read_glossary(file: Path) -> Glossary:
    """The glossary of a language. Raises ContentError with file and line."""
    entry = read_yaml(file)
    terms = entry.get("terms")
    if entry.get("language") != file.stem or not isinstance(terms, LocatedDict):
        raise ContentError(file, 1, f"The file needs `language: {file.stem}` and `terms:` with `Norwegian term: [rendering, form, ...]`.")
    forms = {}
    for term, written in terms.items():
        listed = [written] if isinstance(written, str) else written
        if not isinstance(listed, list) or not all(isinstance(form, str) and form.strip() for form in listed) or not listed:
            raise ContentError(file, terms.lines[term], f"`{term}` needs a rendering: `{term}: word` or `{term}: [word, form of it]`.")
        forms[term] = tuple(form.strip() for form in listed)
    return Glossary(entry["language"], entry.get("status", "draft"), forms, file, terms.lines)
