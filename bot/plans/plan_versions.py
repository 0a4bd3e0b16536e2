"""Versions of a plan: a change of goals, measures or levels makes a new version, and the old ones stay as they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.guidance.codes import GOAL_KINDS, GOAL_STATES, LEVELS, MEASURE_KINDS, MEASURE_STATES, RESPONSIBLE, SKILLS
from bot.plans import parts
from bot.plans.checks import NoSuchEntry, check_code, check_number, check_order, check_text
from bot.plans.reading import plan_from
from bot.plans.rows import touch
from bot.storage.plan_tables import Goal, Measure, PlanVersion
from bot.storage.sealing import Seal

LONGEST_TEXT = 2000  # characters of a goal or a measure
HOURS_OF_A_WEEK = 60
Entry = TypeVar("Entry", bound=parts.Goal | parts.Measure)


def change_plan(
    session: Session,
    seal: Seal,
    participant_id: int,
    *,
    made_by: str,
    from_day: dt.date,
    goals: Iterable[parts.Goal] = (),
    measures: Iterable[parts.Measure] = (),
    norwegian: Mapping[str, str | None] | None = None,
    without: Collection[str] = (),
    now: dt.datetime | None = None,
) -> int:
    """A new version of the plan, from a day on; its number. Where nothing changes, the number of the version in force.

    `goals` and `measures` take the place of those with the same key or come beside the others; `without` names keys that are left out;
    `norwegian` gives the level to reach (norskmål) of the skills that change. Raises a PlanProblem, SealError.
    """
    new_goals, new_measures = [_checked_goal(goal) for goal in goals], [_checked_measure(measure) for measure in measures]
    for skill, level in (norwegian or {}).items():
        check_code("skill of Norwegian", skill, SKILLS, needed=True)
        check_code("level", level, LEVELS[1:])
    by = check_text("name of who made the plan", made_by, 80, needed=False)
    touch(session, participant_id, now)  # two changes at once come one after the other, so neither loses the other's
    old = _in_force(session, seal, participant_id)
    _check_known(without, old)
    next_one = parts.Plan(
        id=0,
        number=old.number + 1,
        from_day=from_day,
        made_by=by,
        norwegian={**old.norwegian, **(norwegian or {})},
        goals=_merged(old.goals, new_goals, without),
        measures=_merged(old.measures, new_measures, without),
    )
    if old.number and (next_one.norwegian, next_one.goals, next_one.measures) == (old.norwegian, old.goals, old.measures):
        return old.number
    _store(session, seal, participant_id, next_one)
    return next_one.number


def _in_force(session: Session, seal: Seal, participant_id: int) -> parts.Plan:
    """The version in force, or an empty one with the number 0."""
    newest = select(func.max(PlanVersion.number)).where(PlanVersion.participant_id == participant_id)
    row = session.scalar(
        select(PlanVersion).where(PlanVersion.participant_id == participant_id, PlanVersion.number == newest.scalar_subquery())
    )
    return plan_from(row, seal) if row else parts.Plan(0, 0, dt.date.min, "", dict.fromkeys(SKILLS))


def _merged(old: tuple[Entry, ...], new: list[Entry], without: Collection[str]) -> tuple[Entry, ...]:
    """Old entries in their order, replaced where a new one has the same key; then the new ones."""
    entries: list[Entry] = [*old, *new]
    by_key = {entry.key: entry for entry in entries}
    return tuple(entry for key, entry in by_key.items() if key not in without)


def _check_known(without: Collection[str], old: parts.Plan) -> None:
    known = [goal.key for goal in old.goals] + [measure.key for measure in old.measures]
    for key in without:
        if key not in known:
            raise NoSuchEntry(f"The plan has no goal or measure {key!r} to leave out. It has: {', '.join(known) or 'none'}.")


def _checked_goal(goal: parts.Goal) -> parts.Goal:
    check_code("kind of goal", goal.kind, GOAL_KINDS, needed=True)
    check_code("state of a goal", goal.state, GOAL_STATES, needed=True)
    key, text = check_text("key of a goal", goal.key, 40), check_text("goal", goal.text, LONGEST_TEXT)
    return parts.Goal(key, goal.kind, text, goal.due_on, goal.state)


def _checked_measure(one: parts.Measure) -> parts.Measure:
    check_code("kind of measure", one.kind, MEASURE_KINDS, needed=True)
    check_code("state of a measure", one.state, MEASURE_STATES, needed=True)
    check_code("responsible party", one.responsible, RESPONSIBLE, needed=True)
    check_order("measure", one.starts_on, one.ends_on)
    check_number("hours a week", one.hours_per_week, 0, HOURS_OF_A_WEEK)
    key, text = check_text("key of a measure", one.key, 40), check_text("measure", one.text, LONGEST_TEXT)
    return parts.Measure(key, one.kind, text, one.responsible, one.starts_on, one.ends_on, one.hours_per_week, one.state)


def _store(session: Session, seal: Seal, participant_id: int, plan: parts.Plan) -> None:
    goals = [Goal(key=one.key, kind=one.kind, sealed_text=seal.close(one.text), due_on=one.due_on, state=one.state) for one in plan.goals]
    measures = [
        Measure(
            key=one.key,
            kind=one.kind,
            sealed_text=seal.close(one.text),
            responsible=one.responsible,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            hours_per_week=one.hours_per_week,
            state=one.state,
        )
        for one in plan.measures
    ]
    levels = {f"norwegian_{skill}": level for skill, level in plan.norwegian.items()}
    session.add(
        PlanVersion(
            participant_id=participant_id,
            number=plan.number,
            from_day=plan.from_day,
            made_by=plan.made_by,
            goals=goals,
            measures=measures,
            **levels,
        )
    )
    session.flush()
