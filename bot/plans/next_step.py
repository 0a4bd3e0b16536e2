"""Which one thing of a plan is the most urgent on a day.

1. What takes place within fourteen days whether one is ready or not, the nearest first: a planned appointment, a test (if registered).
2. Part-goals whose day has passed, the oldest first.
3. The nearest of: an appointment or a test later on, a measure that begins or ends within 30 days, a part-goal that is due, a
   document that waits for the participant (it has no day: it stands after what comes within 30 days), the end of the programme within
   180 days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.plans.parts import Appointment, Document, Goal, Measure, Programme, Registration

if TYPE_CHECKING:
    from bot.plans.snapshot import PlanSnapshot

SOON, A_MONTH, HALF_A_YEAR = 14, 30, 180
WAITS_FOR_THE_PARTICIPANT = ("missing", "found", "translated")  # the other states wait for an office, or are at their end
RECOGNISED_KINDS = ("school_certificate", "diploma", "trade_certificate")

StepKind = Literal["appointment", "test", "measure_begins", "measure_ends", "goal_overdue", "goal_due", "document", "programme_end"]
KINDS: tuple[StepKind, ...] = (
    "appointment",
    "test",
    "measure_begins",
    "measure_ends",
    "goal_overdue",
    "goal_due",
    "document",
    "programme_end",
)


@dataclass(frozen=True)
class NextStep:
    """One thing: its kind, its day (None where none is set), the text as the advisor wrote it ("" where none is), and the thing itself."""

    kind: StepKind
    day: dt.date | None
    text: str
    about: Appointment | Registration | Measure | Goal | Document | Programme


def most_urgent(plan: PlanSnapshot, day: dt.date, moment: dt.datetime | None = None) -> NextStep | None:
    """The most urgent of all steps; None when there is none. `moment` (UTC) leaves out what is over already on the day."""
    return min(all_steps(plan, day, moment), key=lambda step: _urgency(step, day), default=None)


def all_steps(plan: PlanSnapshot, day: dt.date, moment: dt.datetime | None = None) -> Iterator[NextStep]:
    """Everything that could be the next step, in no order."""
    for appointment in plan.appointments:
        over = moment is not None and appointment.ends_at < moment
        if appointment.state == "planned" and appointment.day >= day and not over:
            yield NextStep("appointment", appointment.day, "", appointment)
    for registration in plan.registrations:
        if registration.test_on >= day:
            yield NextStep("test", registration.test_on, "", registration)
    if plan.plan:
        yield from _of_measures(plan.plan.measures, day)
        yield from _of_goals(plan.plan.goals, day)
    for document in plan.documents:
        if _waits(document):
            yield NextStep("document", None, "", document)
    end = plan.end_of_programme()
    if plan.programme and end and 0 <= (end - day).days <= HALF_A_YEAR:
        yield NextStep("programme_end", end, "", plan.programme)


def _of_measures(measures: tuple[Measure, ...], day: dt.date) -> Iterator[NextStep]:
    for measure in measures:
        if measure.state in ("done", "stopped"):
            continue
        if measure.starts_on and 0 <= (measure.starts_on - day).days <= A_MONTH:
            yield NextStep("measure_begins", measure.starts_on, measure.text, measure)
        elif measure.ends_on and 0 <= (measure.ends_on - day).days <= A_MONTH:
            yield NextStep("measure_ends", measure.ends_on, measure.text, measure)


def _of_goals(goals: tuple[Goal, ...], day: dt.date) -> Iterator[NextStep]:
    for goal in goals:
        if goal.kind == "part" and goal.state == "open" and goal.due_on:
            yield NextStep("goal_overdue" if goal.due_on < day else "goal_due", goal.due_on, goal.text, goal)


def _waits(document: Document) -> bool:
    """True when the next move is the participant's. Only school and trade papers go on to be recognised; others are ready when found."""
    if document.kind in RECOGNISED_KINDS:
        return document.state in WAITS_FOR_THE_PARTICIPANT
    return document.state == "missing"


def _urgency(step: NextStep, day: dt.date) -> tuple[int, int, int, int]:
    """The smaller, the more urgent: rank, days to go, then kind, then how far a document has come."""
    progress = WAITS_FOR_THE_PARTICIPANT.index(step.about.state) if isinstance(step.about, Document) else 0
    days = A_MONTH + 1 if step.day is None else (step.day - day).days
    if step.kind in ("appointment", "test") and days <= SOON:
        rank = 0
    else:
        rank = 1 if step.kind == "goal_overdue" else 2
    return rank, days, KINDS.index(step.kind), progress
