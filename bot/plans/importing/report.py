"""What an import did or would do: figures per kind, and every problem with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.plans.importing.kinds import KINDS


@dataclass(frozen=True)
class Problem:
    """Why nothing was written: where (row and column as a spreadsheet shows them), what stands there, what is expected."""

    file: str
    sheet: str | None
    row: int | None
    column: str | None
    value: str
    problem: str

    def __str__(self) -> str:
        place = [self.file, f"sheet {self.sheet}" if self.sheet else "", f"row {self.row}" if self.row else "", self.column or ""]
        return f"{', '.join(filter(None, place))}: {self.problem}"


@dataclass
class Counts:
    """How many rows of one kind are new, different, the same, or cannot be taken."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def rows(self) -> int:
        """All rows of the kind."""
        return self.created + self.changed + self.unchanged + self.refused


@dataclass
class Report:
    """The outcome of an import. `written` says whether the database holds it now."""

    dry_run: bool
    written: bool = False
    kinds: dict[str, Counts] = field(default_factory=lambda: {name: Counts() for name in KINDS})
    new_plan_versions: int = 0
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(counts.rows for counts in self.kinds.values())

    def refuse(self, kind: str, problems: Iterable[Problem]) -> None:
        """Counts one row as refused, with its problems."""
        self.kinds[kind].refused += 1
        self.problems.extend(problems)

    def as_json(self) -> dict[str, Any]:
        """The object of `veiviser import --json`."""
        return {
            "written": self.written,
            "dry_run": self.dry_run,
            "kinds": {name: asdict(counts) for name, counts in self.kinds.items() if counts.rows},
            "new_plan_versions": self.new_plan_versions,
            "notes": self.notes,
            "problems": [asdict(problem) for problem in self.problems],
        }
