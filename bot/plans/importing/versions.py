"""Lays plans, goals and measures of files over the plan in force; where anything differs, there is a new version."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.plans.importing.checks import problems_of
from bot.plans.importing.kinds import KINDS
from bot.plans.importing.merging import count, merged
from bot.plans.importing.report import Report
from bot.plans.importing.rows import Row
from bot.plans.importing.stored import OF_PLAN, StoredPlan, Values

BY_IMPORT = "import"  # who made a version for which the files name nobody


@dataclass(frozen=True)
class NewVersion:
    """A version to write, whole: what is unchanged is copied, so that each version can be read alone."""

    reference: str
    number: int
    head: Values
    goals: list[Values]
    measures: list[Values]


def new_versions(rows: Iterable[Row], stored: Mapping[str, StoredPlan], today: dt.date, report: Report) -> list[NewVersion]:
    """The versions that rows of plans, goals and measures make, one per participant at most."""
    by_person: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row.reference].append(row)
    found = [_version(reference, own, stored.get(reference), today, report) for reference, own in by_person.items()]
    versions = [version for version in found if version]
    report.new_plan_versions = len(versions)
    return versions


def _version(reference: str, rows: list[Row], before: StoredPlan | None, today: dt.date, report: Report) -> NewVersion | None:
    head = before.head if before else None
    parts: dict[str, dict[str, Values]] = {name: dict(getattr(before, name)) if before else {} for name in OF_PLAN}
    differs, named = False, False
    for row in rows:
        is_head = row.kind.name == "plans"
        earlier = head if is_head else parts[row.kind.name].get(row.values["key"])
        values, changed = merged(row.kind, row.values, earlier)
        if problems := problems_of(row, values):
            report.refuse(row.kind.name, problems)
            continue
        count(report, row.kind.name, earlier is not None, bool(changed))
        differs = differs or earlier is None or bool(changed)
        if is_head:
            head, named = values, True
        else:
            parts[row.kind.name][row.values["key"]] = values
    if not differs:
        return None
    if head is None or not named:
        head = {**(head or {field.name: field.default for field in KINDS["plans"].fields}), "from_day": today, "made_by": BY_IMPORT}
    return NewVersion(reference, before.number + 1 if before else 1, head, *(list(parts[name].values()) for name in OF_PLAN))
