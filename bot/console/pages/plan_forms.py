"""The form of a plan: its goals and measures as rows of fields, what was typed in them, and what that changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.console.pages.typed import Typed
from bot.console.rendering import new_key
from bot.guidance.codes import SKILLS
from bot.plans.parts import Goal, Measure, Plan

GOAL_FIELDS = ("text", "kind", "due_on", "state")
MEASURE_FIELDS = ("text", "kind", "responsible", "starts_on", "ends_on", "hours_per_week", "state")
MOST_ROWS = 200
NO_PLAN = Plan(0, 0, dt.date.min, "", dict.fromkeys(SKILLS))
STARTING = {"goal": {"kind": "part", "state": "open"}, "measure": {"state": "planned", "responsible": "participant"}}
Entry = TypeVar("Entry", bound=Goal | Measure)


@dataclass(frozen=True)
class Row:
    """One goal or measure in the form. `fresh`: it is not in the plan yet; `removed`: it is to be left out."""

    key: str
    values: dict[str, str]
    fresh: bool = False
    removed: bool = False

    @property
    def blank(self) -> bool:
        """True for a row nobody wrote in; a word chosen from a list says nothing alone."""
        return self.fresh and not any(self.values.get(name) for name in ("text", "due_on", "starts_on", "ends_on", "hours_per_week"))


@dataclass(frozen=True)
class PlanForm:
    """A plan as it stands in its form. `number` is the version the form was made from; 0 for none."""

    number: int
    from_day: str
    goals: tuple[Row, ...]
    measures: tuple[Row, ...]
    levels: dict[str, str]


@dataclass(frozen=True)
class Changes:
    """What a form changes in a plan."""

    goals: tuple[Goal, ...] = ()
    measures: tuple[Measure, ...] = ()
    without: tuple[str, ...] = ()
    norwegian: dict[str, str | None] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """True when there is nothing to write."""
        return not (self.goals or self.measures or self.without or self.norwegian)


def form_of(plan: Plan, today: dt.date) -> PlanForm:
    """The form of a plan, with an empty row for a goal and one for a measure."""
    goals = tuple(Row(one.key, _values(one, GOAL_FIELDS)) for one in plan.goals)
    measures = tuple(Row(one.key, _values(one, MEASURE_FIELDS)) for one in plan.measures)
    levels = {skill: plan.norwegian.get(skill) or "" for skill in SKILLS}
    return PlanForm(plan.number, today.isoformat(), (*goals, empty_row("goal")), (*measures, empty_row("measure")), levels)


def empty_row(what: str) -> Row:
    """A row for a new goal or measure. Its key is made with the form, so that the form sent twice makes one."""
    return Row(new_key(), dict(STARTING[what]), fresh=True)


def typed_form(typed: Typed) -> PlanForm:
    """The form as it was typed."""
    number = typed.text("number")
    return PlanForm(
        number=int(number) if number.isascii() and number.isdigit() and len(number) < len(str(MOST_ROWS)) + 3 else 0,
        from_day=typed.text("from_day"),
        goals=_typed_rows(typed, "goal", GOAL_FIELDS),
        measures=_typed_rows(typed, "measure", MEASURE_FIELDS),
        levels={skill: typed.text(f"norwegian_{skill}") for skill in SKILLS},
    )


def changes_in(typed: Typed, form: PlanForm, before: Plan) -> Changes:
    """What was typed that differs from the plan the form was made from. Notes in `typed` what cannot be read."""
    goals = {key: _goal(typed, at, key) for at, key in _written(form.goals)}
    measures = {key: _measure(typed, at, key) for at, key in _written(form.measures)}
    known = _keys(before)
    return Changes(
        goals=_differing(before.goals, goals),
        measures=_differing(before.measures, measures),
        without=tuple(row.key for row in (*form.goals, *form.measures) if row.removed and row.key in known),
        norwegian={skill: level or None for skill, level in form.levels.items() if (level or None) != before.norwegian.get(skill)},
    )


def stands_in(changes: Changes, plan: Plan) -> bool:
    """True when a plan says all of it already."""
    goals, measures = {one.key: one for one in plan.goals}, {one.key: one for one in plan.measures}
    return (
        all(goals.get(one.key) == one for one in changes.goals)
        and all(measures.get(one.key) == one for one in changes.measures)
        and not any(key in goals or key in measures for key in changes.without)
        and all(plan.norwegian.get(skill) == level for skill, level in changes.norwegian.items())
    )


def still_there(changes: Changes, plan: Plan) -> Changes:
    """The same changes without the removal of what is away already."""
    known = _keys(plan)
    return replace(changes, without=tuple(key for key in changes.without if key in known))


def laid_over(changes: Changes, plan: Plan, from_day: str) -> PlanForm:
    """The form of a plan with somebody's changes in it: theirs where they changed something, the plan's own words elsewhere."""
    form = form_of(plan, dt.date.min)
    goals = _laid(form.goals, [Row(one.key, _values(one, GOAL_FIELDS), fresh=True) for one in changes.goals], changes.without)
    measures = _laid(form.measures, [Row(one.key, _values(one, MEASURE_FIELDS), fresh=True) for one in changes.measures], changes.without)
    levels = {**form.levels, **{skill: level or "" for skill, level in changes.norwegian.items()}}
    return PlanForm(plan.number, from_day, goals, measures, levels)


def _keys(plan: Plan) -> set[str]:
    return {goal.key for goal in plan.goals} | {measure.key for measure in plan.measures}


def _laid(rows: tuple[Row, ...], new: list[Row], without: tuple[str, ...]) -> tuple[Row, ...]:
    theirs = {row.key: row for row in rows}
    for row in new:
        theirs[row.key] = replace(row, fresh=row.key not in theirs)
    return tuple(replace(row, removed=row.key in without) for row in sorted(theirs.values(), key=lambda row: row.blank))


def _typed_rows(typed: Typed, what: str, fields: tuple[str, ...]) -> tuple[Row, ...]:
    rows = []
    for at in range(MOST_ROWS):
        name = f"{what}-{at}"
        if f"{name}-key" not in typed.values:
            break
        values = {one: typed.text(f"{name}-{one}") for one in fields}
        fresh, removed = typed.text(f"{name}-fresh") == "yes", typed.text(f"{name}-removed") == "yes"
        rows.append(Row(typed.text(f"{name}-key"), values, fresh, removed))
    return tuple(rows)


def _written(rows: tuple[Row, ...]) -> Iterable[tuple[int, str]]:
    return ((at, row.key) for at, row in enumerate(rows) if not row.blank and not row.removed)


def _goal(typed: Typed, at: int, key: str) -> Goal:
    name = f"goal-{at}"
    return Goal(key, typed.text(f"{name}-kind"), typed.text(f"{name}-text"), typed.day(f"{name}-due_on"), typed.text(f"{name}-state"))


def _measure(typed: Typed, at: int, key: str) -> Measure:
    name = f"measure-{at}"
    return Measure(
        key,
        typed.text(f"{name}-kind"),
        typed.text(f"{name}-text"),
        typed.text(f"{name}-responsible"),
        typed.day(f"{name}-starts_on"),
        typed.day(f"{name}-ends_on"),
        typed.number(f"{name}-hours_per_week"),
        typed.text(f"{name}-state"),
    )


def _differing(before: tuple[Entry, ...], after: dict[str, Entry]) -> tuple[Entry, ...]:
    """The entries that say something new. White space a browser changes is no change."""
    old = {one.key: replace(one, text=one.text.replace("\r\n", "\n").strip()) for one in before}
    return tuple(one for key, one in after.items() if old.get(key) != one)


def _values(one: Goal | Measure, fields: tuple[str, ...]) -> dict[str, str]:
    return {name: _shown(getattr(one, name)) for name in fields}


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)
