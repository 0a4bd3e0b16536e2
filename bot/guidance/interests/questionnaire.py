"""The thirty statements of the interest profile, their types and answers: data/interests/statements.yml.

The six types and the hexagon are J. L. Holland's (Journal of Counseling Psychology 6, 1959, 35-45; Making Vocational Choices, 3rd edition,
1997). The statements are our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.errors import ContentError, did_you_mean
from bot.content.yaml_file import LocatedDict, read_yaml

# In the order of Holland's hexagon: neighbours are alike, opposites are three steps away.
TYPES = ("realistic", "investigative", "artistic", "social", "enterprising", "conventional")
LETTERS = {name[0].upper(): name for name in TYPES}
PER_TYPE = 5
FILE = "statements.yml"
Answers = Mapping[str, str]


class UnknownStatement(Exception):
    """An answer belongs to no statement."""

    def __init__(self, statement: str, known: Mapping[str, str]) -> None:
        super().__init__(f"{statement} is no statement of the interest profile.{did_you_mean(statement, known)}")


class UnknownAnswer(Exception):
    """An answer is none of the five."""

    def __init__(self, statement: str, answer: str, known: Mapping[str, int]) -> None:
        super().__init__(f"{answer} is no answer to {statement}. Write one of {', '.join(known)}.")


@dataclass(frozen=True)
class Questionnaire:
    """Statement ids with their types, in the order in which they are asked, and what each answer counts."""

    types: Mapping[str, str]
    points: Mapping[str, int]

    @property
    def most_points(self) -> int:
        """The highest sum a type can reach."""
        return PER_TYPE * max(self.points.values())

    def next_statement(self, answers: Answers) -> str | None:
        """The first statement without an answer, None when all are answered; so that a person can stop and go on another day."""
        return next((statement for statement in self.types if statement not in answers), None)

    def points_of(self, answers: Answers) -> dict[str, list[int]]:
        """The points of the answers for each type. Raises UnknownStatement, UnknownAnswer."""
        found: dict[str, list[int]] = {name: [] for name in TYPES}
        for statement, answer in answers.items():
            if statement not in self.types:
                raise UnknownStatement(statement, self.types)
            if answer not in self.points:
                raise UnknownAnswer(statement, answer, self.points)
            found[self.types[statement]].append(self.points[answer])
        return found


def read_questionnaire(data: Path) -> Questionnaire:
    """The questionnaire in the folder data/. Raises ContentError with file and line."""
    file = data / "interests" / FILE
    entry = read_yaml(file)
    statements, points = _block(entry, "statements", file), _block(entry, "answers", file)
    for statement, name in statements.items():
        if name not in TYPES:
            raise ContentError(file, statements.lines[statement], f"`{name}` is no type.{did_you_mean(str(name), TYPES)}")
    for name in TYPES:
        if (count := list(statements.values()).count(name)) != PER_TYPE:
            raise ContentError(file, entry.lines["statements"], f"{name} has {count} statements. Each type needs {PER_TYPE}.")
    for answer, count in points.items():
        if not isinstance(count, int) or count < 0:
            raise ContentError(file, points.lines[answer], f"`{answer}` needs a whole number, 0 or more.")
    return Questionnaire(dict(statements), dict(points))


def _block(entry: LocatedDict, key: str, file: Path) -> LocatedDict:
    block: Any = entry.get(key)
    if not isinstance(block, LocatedDict):
        raise ContentError(file, 1, f"The file needs `{key}:` with one line each.")
    return block
