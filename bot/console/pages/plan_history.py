"""What one version of a plan changed in the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.console.pages.plan_forms import GOAL_FIELDS, MEASURE_FIELDS, NO_PLAN
from bot.guidance.codes import SKILLS
from bot.plans.parts import Goal, Measure, Plan


@dataclass(frozen=True)
class FieldChange:
    """A field with its value before and after: a text, a code, a day or a number; None where there was none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Difference:
    """One goal, measure or level that was added, changed or removed.

    `entry` is the goal or measure as it is now (as it was, for a removed one); None for a level.
    """

    what: str
    how: str
    entry: Goal | Measure | None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Version:
    """A version with what it changed."""

    plan: Plan
    differences: tuple[Difference, ...]


def history(versions: list[Plan]) -> list[Version]:
    """All versions, the newest first. `versions`: the oldest first."""
    before = [NO_PLAN, *versions]
    return [Version(plan, differences(old, plan)) for old, plan in zip(before, versions, strict=False)][::-1]


def differences(before: Plan, after: Plan) -> tuple[Difference, ...]:
    """Goals, then measures, then levels."""
    return (
        *_entries("goal", before.goals, after.goals, GOAL_FIELDS),
        *_entries("measure", before.measures, after.measures, MEASURE_FIELDS),
        *_levels(before, after),
    )


def _entries(what: str, before: tuple[Goal | Measure, ...], after: tuple[Goal | Measure, ...], fields: tuple[str, ...]) -> list[Difference]:
    old, new = {one.key: one for one in before}, {one.key: one for one in after}
    found = []
    for key, entry in new.items():
        if key not in old:
            found.append(Difference(what, "added", entry))
        elif changed := _fields(old[key], entry, fields):
            found.append(Difference(what, "changed", entry, changed))
    return [*found, *(Difference(what, "removed", entry) for key, entry in old.items() if key not in new)]


def _fields(before: Goal | Measure, after: Goal | Measure, fields: tuple[str, ...]) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in fields)
    return tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)


def _levels(before: Plan, after: Plan) -> list[Difference]:
    found = []
    for skill in SKILLS:
        old, new = before.norwegian.get(skill), after.norwegian.get(skill)
        if old != new:
            how = "added" if old is None else "removed" if new is None else "changed"
            found.append(Difference("level", how, None, (FieldChange(skill, old, new),)))
    return found
