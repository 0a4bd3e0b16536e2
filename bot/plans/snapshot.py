"""Everything about one participant at one moment, with names and texts opened, and what follows from it on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.guidance.codes import GOAL_KINDS, LEVELS, SKILLS
from bot.plans.next_step import NextStep, most_urgent
from bot.plans.parts import (
    Absence,
    Appointment,
    Contact,
    Document,
    Goal,
    Measure,
    Participant,
    Plan,
    Programme,
    Registration,
    Result,
)

__all__ = [
    "Absence",
    "Appointment",
    "Contact",
    "Document",
    "Goal",
    "LevelStanding",
    "Measure",
    "NextStep",
    "Participant",
    "Plan",
    "PlanSnapshot",
    "Programme",
    "Registration",
    "Result",
]


@dataclass(frozen=True)
class LevelStanding:
    """One skill of Norwegian: the level to reach, the best result, and whether that is enough (None where no level is set)."""

    goal: str | None
    best: str | None
    reached: bool | None


@dataclass(frozen=True)
class PlanSnapshot:
    """Everything about one participant. Parts that nobody has written are None or empty."""

    participant: Participant
    programme: Programme | None = None
    plan: Plan | None = None
    results: tuple[Result, ...] = ()
    registrations: tuple[Registration, ...] = ()
    absences: tuple[Absence, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    documents: tuple[Document, ...] = ()
    contacts: tuple[Contact, ...] = ()

    def age_on(self, day: dt.date) -> int | None:
        """The age in whole years on a day; None when the birth date is not known or is still to come.

        Somebody born on 29 February gets older on 1 March in other years: only then has the whole year passed.
        """
        born = self.participant.birth_date
        if born is None or born > day:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @property
    def final_goal_text(self) -> str | None:
        """The final goal (sluttmål) as it was written; None when the plan has none or it was dropped."""
        goals = self.plan.goals if self.plan else ()
        return next((goal.text for goal in goals if goal.kind == "final" and goal.state != "dropped"), None)

    @property
    def open_goals(self) -> tuple[Goal, ...]:
        """The goals still to reach: the final one, long-term ones, part-goals; each kind by due date, those without one last."""
        goals = self.plan.goals if self.plan else ()
        return tuple(sorted((goal for goal in goals if goal.state == "open"), key=_rank_of_goal))

    def measures_now(self, day: dt.date) -> tuple[Measure, ...]:
        """The measures that run on a day."""
        return tuple(measure for measure in (self.plan.measures if self.plan else ()) if measure.is_on(day))

    def best_results(self) -> dict[str, str | None]:
        """Per skill the highest level of norskprøven; a level once passed is not lost. None where no part was taken."""
        best: dict[str, str | None] = dict.fromkeys(SKILLS)
        for result in self.results:
            if result.test == "norskprove" and result.part in best and _level(result.result) >= _level(best[result.part]):
                best[result.part] = result.result
        return best

    def missing_to_goal(self) -> dict[str, LevelStanding]:
        """Per skill the level to reach (norskmål) beside the best result."""
        goals = self.plan.norwegian if self.plan else {}
        return {skill: _standing(goals.get(skill), best) for skill, best in self.best_results().items()}

    def upcoming_appointments(self, moment: dt.datetime) -> tuple[Appointment, ...]:
        """The planned appointments that are not over at a moment (with time zone), the nearest first."""
        coming = (one for one in self.appointments if one.state == "planned" and one.ends_at >= moment)
        return tuple(sorted(coming, key=lambda one: (one.starts_at, one.id)))

    def next_appointment(self, moment: dt.datetime) -> Appointment | None:
        """The nearest planned appointment that is not over."""
        return next(iter(self.upcoming_appointments(moment)), None)

    def end_of_programme(self) -> dt.date | None:
        """The day the programme ends: when it was stopped, else what it was extended to, else as planned."""
        return self.programme.end if self.programme else None

    def next_step(self, day: dt.date, moment: dt.datetime | None = None) -> NextStep | None:
        """The single most urgent thing to do or to know (see bot/plans/next_step.py); None when there is nothing.

        With the moment (in UTC), an appointment earlier that day is no longer a next step.
        """
        return most_urgent(self, day, moment)


def _rank_of_goal(goal: Goal) -> tuple[int, dt.date]:
    return (GOAL_KINDS.index(goal.kind) if goal.kind in GOAL_KINDS else len(GOAL_KINDS), goal.due_on or dt.date.max)


def _level(code: str | None) -> int:
    """How high a level is; -1 for none known, 0 below A1 or for a word that is no level."""
    if code is None:
        return -1
    return LEVELS.index(code) if code in LEVELS else 0


def _standing(goal: str | None, best: str | None) -> LevelStanding:
    return LevelStanding(goal, best, None if goal is None else _level(best) >= _level(goal))
