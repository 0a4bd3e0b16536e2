"""Lays the rows of files over what is stored: what is new, what differs, what is the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.plans.importing.checks import problems_of
from bot.plans.importing.report import Report
from bot.plans.importing.rows import Row
from bot.plans.importing.specification import Kind
from bot.plans.importing.stored import Key, Stored, Values
from bot.plans.importing.texts import clean


@dataclass(frozen=True)
class Change:
    """A row to write. `id` is None for a new one; `changed` are the fields that get another value."""

    kind: Kind
    reference: str
    id: int | None
    values: Values
    changed: tuple[str, ...]


def merged(kind: Kind, said: Mapping[str, Any], stored: Mapping[str, Any] | None) -> tuple[Values, tuple[str, ...]]:
    """A row with what a file says laid over what is stored, and the fields that differ; what nobody says has its default."""
    before = stored if stored is not None else {field.name: field.default for field in kind.fields}
    changed = tuple(name for name, value in said.items() if not same(before[name], value))
    return {**before, **{name: said[name] for name in changed}}, changed


def same(stored: Any, said: Any) -> bool:
    """True when two values mean the same; texts as a cell can hold them."""
    return bool(clean(stored) == clean(said)) if isinstance(stored, str) and isinstance(said, str) else bool(stored == said)


def changes_of(rows: Iterable[Row], stored: Mapping[Key, Stored], report: Report) -> list[Change]:
    """The changes that rows of one kind make; rows that do not hold together with what is stored are refused in the report."""
    changes = []
    for row in rows:
        before = stored.get(row.key)
        values, changed = merged(row.kind, row.values, before.values if before else None)
        if problems := problems_of(row, values):
            report.refuse(row.kind.name, problems)
            continue
        count(report, row.kind.name, before is not None, bool(changed))
        if before is None or changed:
            changes.append(Change(row.kind, row.reference, before.id if before else None, values, changed))
    return changes


def count(report: Report, kind: str, existed: bool, differs: bool) -> None:
    """Counts a row as created, changed or unchanged."""
    counts = report.kinds[kind]
    if not existed:
        counts.created += 1
    elif differs:
        counts.changed += 1
    else:
        counts.unchanged += 1
