"""What a guide asks, read from data/guides/<name>.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.content.errors import ContentError, did_you_mean
from bot.content.yaml_file import LocatedDict, read_yaml

KINDS = ("choice", "yes_no", "number", "level", "municipality", "occupation", "country", "month", "day", "words")
KEYS = frozenset(["id", "kind", "of", "lowest", "highest", "only_if", "optional", "again", "each", "group"])


@dataclass(frozen=True)
class Question:
    """One question. Its words are the phrase `ask_<guide>_<id>`; a choice's are `choice_<code>`.

    only_if: asked only when these earlier answers are among these values. optional: "I do not know" is an answer.
    group: answers of one round (a job, say); again: "yes" to this question begins another round of that group.
    """

    id: str
    kind: str
    of: tuple[str, ...] = ()
    lowest: int = 0
    highest: int = 100
    only_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: bool = True
    group: str = ""
    again: str = ""


@dataclass(frozen=True)
class Guide:
    """A guide: its name, the topic that starts it, its questions in order. personal: only for a linked chat."""

    name: str
    topic: str
    questions: tuple[Question, ...]
    personal: bool = False

    def question(self, question_id: str) -> Question:
        """One of its questions. Raises KeyError."""
        found = next((question for question in self.questions if question.id == question_id), None)
        if found is None:
            raise KeyError(question_id)
        return found


def read_guide(file: Path) -> Guide:
    """The guide of a file. Raises ContentError."""
    entry = read_yaml(file)
    if not entry.get("topic") or not entry.get("questions"):
        raise ContentError(file, 1, "A guide needs `topic:` and `questions:`.")
    questions = tuple(_question(file, row) for row in entry["questions"])
    known: set[str] = set()
    for question in questions:
        for earlier in question.only_if:
            if earlier not in known:
                raise ContentError(file, 1, f"`{question.id}` depends on `{earlier}`, which is not asked before it.")
        known.add(question.id)
    return Guide(file.stem, str(entry["topic"]), questions, bool(entry.get("personal", False)))


def _question(file: Path, row: Any) -> Question:
    line = getattr(row, "lines", {}).get("id", 1) if isinstance(row, LocatedDict) else 1
    for key in row:
        if key not in KEYS:
            raise ContentError(file, line, f"`{key}` is not a key of a question.{did_you_mean(key, KEYS)}")
    if row.get("kind") not in KINDS:
        raise ContentError(file, line, f"`kind: {row.get('kind')}` is not known. Use one of {', '.join(KINDS)}.")
    only_if = {question: tuple(map(str, values)) for question, values in (row.get("only_if") or {}).items()}
    return Question(
        id=str(row["id"]),
        kind=str(row["kind"]),
        of=tuple(map(str, row.get("of") or ())),
        lowest=int(row.get("lowest", 0)),
        highest=int(row.get("highest", 100)),
        only_if=only_if,
        optional=bool(row.get("optional", True)),
        group=str(row.get("group", "")),
        again=str(row.get("again", "")),
    )
