"""Writes participants, programmes and plans. Nothing commits here: the caller's transaction holds one change or none.

The plan's versions are in plan_versions.py, what happens along the way (appointments, results, absences ...) in entries.py; all of it
can be imported from here. Every function raises a PlanProblem with what to do (bot/plans/checks.py).
"""

from __future__ import annotations

import datetime as dt
from typing import TypedDict, Unpack

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.guidance.codes import FINAL_GOALS, LEVELS, LIVING, PERMITS, SCHOOLING
from bot.plans.checks import (
    ImpossibleDay,
    Places,
    PlanProblem,
    ReferenceTaken,
    check_birth_date,
    check_code,
    check_language,
    check_number,
    check_order,
    check_text,
)
from bot.plans.entries import (
    add_absence,
    add_appointment,
    add_registration,
    add_result,
    cancel_appointment,
    remove_contact,
    remove_registration,
    set_appointment_state,
    set_contact,
    set_document,
)
from bot.plans.moments import day_in_norway, in_utc, this_moment
from bot.plans.plan_versions import change_plan
from bot.plans.rows import participant_row, touch
from bot.storage.plan_tables import Participant, Programme
from bot.storage.sealing import Seal

__all__ = [
    "PlanProblem",
    "Places",
    "add_absence",
    "add_appointment",
    "add_registration",
    "add_result",
    "cancel_appointment",
    "change_participant",
    "change_plan",
    "create_participant",
    "remove_contact",
    "remove_registration",
    "set_appointment_state",
    "set_contact",
    "set_document",
    "set_programme",
]


class About(TypedDict, total=False):
    """What may be written about a participant beside reference, name and municipality; None: not known."""

    birth_date: dt.date | None
    language: str | None
    permit: str | None
    schooling: str | None
    living: str | None
    partner_in_programme: bool | None
    children: int | None
    english: str | None
    settled_on: dt.date | None


class Days(TypedDict, total=False):
    """What may be written about a programme; None: not known."""

    offered_on: dt.date | None
    starts_on: dt.date | None
    final_goal: str | None
    planned_end: dt.date | None
    extended_to: dt.date | None
    ended_on: dt.date | None


def create_participant(
    session: Session,
    seal: Seal,
    places: Places,
    reference: str,
    name: str,
    municipality: str,
    *,
    demo: bool = False,
    now: dt.datetime | None = None,
    **about: Unpack[About],
) -> int:
    """A new participant; the id. `reference` is the municipality's own number for the person."""
    moment = in_utc(now or this_moment())
    reference = check_text("reference", reference, 40)
    check_code("municipality", municipality, places.municipalities, needed=True)
    _check_about(about, places, day_in_norway(moment))
    sealed_name = seal.close(check_text("name", name, 120))
    row = Participant(
        reference=reference,
        sealed_name=sealed_name,
        municipality=municipality,
        demo=demo,
        created_at=moment,
        changed_at=moment,
        **about,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise ReferenceTaken(f"There is already a participant {reference}. Change that one, or give this one another reference.") from error
    return row.id


def change_participant(
    session: Session,
    seal: Seal,
    places: Places,
    participant_id: int,
    *,
    name: str | None = None,
    municipality: str | None = None,
    now: dt.datetime | None = None,
    **about: Unpack[About],
) -> None:
    """Changes what is given and leaves the rest as it is; a name or municipality of None is left too."""
    moment = in_utc(now or this_moment())
    row = participant_row(session, participant_id)
    check_code("municipality", municipality, places.municipalities)
    _check_about(about, places, day_in_norway(moment))
    sealed_name = None if name is None else seal.close(check_text("name", name, 120))
    if sealed_name is not None:
        row.sealed_name = sealed_name
    if municipality is not None:
        row.municipality = municipality
    for field, value in about.items():
        setattr(row, field, value)
    row.changed_at = moment
    session.flush()


def set_programme(session: Session, participant_id: int, *, now: dt.datetime | None = None, **days: Unpack[Days]) -> None:
    """Writes the days and the final goal of a programme; what is not given stays as it was."""
    touch(session, participant_id, now)
    row = participant_row(session, participant_id)
    old = row.programme
    known = {field: getattr(old, field) for field in Days.__annotations__} if old else dict.fromkeys(Days.__annotations__)
    _check_programme({**known, **days})  # type: ignore[typeddict-item]
    if old is None:
        old = row.programme = Programme()
    for field, value in days.items():
        setattr(old, field, value)
    session.flush()


def _check_about(about: About, places: Places, today: dt.date) -> None:
    check_birth_date(about.get("birth_date"), today)
    check_language(about.get("language"), places)
    check_code("permit", about.get("permit"), PERMITS)
    check_code("schooling", about.get("schooling"), SCHOOLING)
    check_code("way of living", about.get("living"), LIVING)
    check_code("level of English", about.get("english"), LEVELS)
    check_number("children", about.get("children"), 0, 20)
    born, settled = about.get("birth_date"), about.get("settled_on")
    if born and settled and settled < born:
        raise ImpossibleDay(f"Settled on {settled.isoformat()}, before the birth date {born.isoformat()}. Correct one of the two days.")


def _check_programme(days: Days) -> None:
    check_code("final goal", days.get("final_goal"), FINAL_GOALS)
    start = days.get("starts_on")
    check_order("programme", start, days.get("planned_end"))
    check_order("programme", start, days.get("ended_on"))
    check_order("extended programme", days.get("planned_end") or start, days.get("extended_to"))
