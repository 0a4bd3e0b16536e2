"""Files of labelled sentences: tests/sentences/<lang>/*.jsonl and what people hand in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer


@dataclass(frozen=True)
class Sentence:
    """One row: words, the topic they ask, topics that are right as well, language and kind."""

    text: str
    topic: str
    also: tuple[str, ...]
    language: str
    kind: str

    def accepts(self, intent: str | None) -> bool:
        """True when the intent answers the sentence; nothing understood is right for what is out of scope."""
        return intent == self.topic or intent in self.also or (self.topic == "out_of_scope" and intent == "nlu_fallback")


def rows_of(files: Iterable[Path]) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    """File, line number and object of each row. Ends the command with file and line for what is no JSON object with a text."""
    for file in files:
        if not file.is_file():
            raise typer.BadParameter(f"There is no file {file}.")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise typer.BadParameter(f"{file}:{number} is not JSON ({error.msg}).") from error
            if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                raise typer.BadParameter(f'{file}:{number} needs {{"text": "...", ...}}.')
            yield file, number, row


def sentences(files: Iterable[Path], languages: Iterable[str]) -> list[Sentence]:
    """The sentences of files; the language comes from the row, the file's name (ti.jsonl) or its folder (ti/money.jsonl)."""
    known, found = set(languages), []
    for file, number, row in rows_of(files):
        named = (row.get("lang"), file.stem, file.parent.name)
        language = next((str(name) for name in named if name in known), None)
        if language is None or not row.get("topic"):
            raise typer.BadParameter(f"{file}:{number} needs a `topic`, and a `lang` unless the file is called like ti.jsonl.")
        found.append(Sentence(row["text"], row["topic"], tuple(row.get("also") or ()), language, row.get("kind", "")))
    return found
