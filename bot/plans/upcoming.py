"""What a chat is reminded of: the appointments and tests of its plan, and the deadlines the facts know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bot.content import Library
from bot.content.lines import Line, day, line, moment
from bot.plans.parts import NORWAY, Appointment, Registration
from bot.plans.said import details, test_and_part
from bot.plans.snapshot import PlanSnapshot

EVENING_BEFORE = dt.time(17, 0)
MORNING, NIGHT = dt.time(8, 0), dt.time(21, 0)
DAYS_BEFORE_A_DEADLINE = 14
# Deadlines that hold for everybody, with the phrase that tells each (current_rules.md sections 9 and 12).
DEADLINES = {
    "vgs_youth_deadline_early": "reminder_vgs_early",
    "vgs_youth_deadline": "reminder_vgs",
    "lanekassen_deadline_spring": "reminder_lanekassen",
    "lanekassen_deadline_apprentice": "reminder_lanekassen_apprentice",
}


@dataclass(frozen=True)
class Coming:
    """One thing to be reminded of. `about` names it and its moment, so that a moved appointment is another one; moments in UTC."""

    about: str
    due_at: dt.datetime
    happens_at: dt.datetime
    line: Line


def coming(plan: PlanSnapshot | None, library: Library, now: dt.datetime) -> list[Coming]:
    """Everything still to come for a chat with this plan (None: a chat that is not linked), the nearest first."""
    found = [*(_of_plan(plan, now) if plan else ()), *_deadlines(library, now)]
    return sorted((one for one in found if one.happens_at > now), key=lambda one: (one.happens_at, one.about))


def awake(wanted: dt.datetime) -> dt.datetime:
    """The moment itself, or the next morning when it is night in Norway."""
    here = wanted.astimezone(NORWAY)
    if here.time() >= NIGHT:
        here = dt.datetime.combine(here.date() + dt.timedelta(days=1), MORNING, NORWAY)
    elif here.time() < MORNING:
        here = dt.datetime.combine(here.date(), MORNING, NORWAY)
    return here.astimezone(dt.UTC)


def _of_plan(plan: PlanSnapshot, now: dt.datetime) -> Iterator[Coming]:
    for appointment in plan.upcoming_appointments(now):
        yield _appointment(appointment, now)
    for registration in plan.registrations:
        if registration.test_on > now.astimezone(NORWAY).date():
            yield _test(registration, now)


def _appointment(appointment: Appointment, now: dt.datetime) -> Coming:
    when = appointment.starts_at
    said = line("reminder_appointment", when=moment(when), what=details(appointment))
    return Coming(f"appointment:{appointment.id}:{when:%Y%m%dT%H%M}", _evening_before(appointment.day, now), when, said)


def _test(registration: Registration, now: dt.datetime) -> Coming:
    said = line("reminder_test", test=test_and_part(registration), day=day(registration.test_on))
    about = f"test:{registration.test}:{registration.part}:{registration.test_on:%Y%m%d}"
    return Coming(about, _evening_before(registration.test_on, now), _start_of(registration.test_on), said)


def _deadlines(library: Library, now: dt.datetime) -> Iterator[Coming]:
    for fact_id, phrase in DEADLINES.items():
        last_day = library.facts.on(fact_id, now.date()).value if fact_id in library.facts else None
        if isinstance(last_day, dt.date):
            early = dt.datetime.combine(last_day - dt.timedelta(days=DAYS_BEFORE_A_DEADLINE), EVENING_BEFORE, NORWAY)
            end = dt.datetime.combine(last_day, NIGHT, NORWAY).astimezone(dt.UTC)
            yield Coming(f"fact:{fact_id}:{last_day:%Y%m%d}", _not_past(early, now), end, line(phrase, day=day(last_day)))


def _evening_before(last_day: dt.date, now: dt.datetime) -> dt.datetime:
    return _not_past(dt.datetime.combine(last_day - dt.timedelta(days=1), EVENING_BEFORE, NORWAY), now)


def _not_past(wanted: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When the right moment is over already, now will have to do; never at night."""
    return awake(max(wanted.astimezone(dt.UTC), now))


def _start_of(first: dt.date) -> dt.datetime:
    return dt.datetime.combine(first, MORNING, NORWAY).astimezone(dt.UTC)
