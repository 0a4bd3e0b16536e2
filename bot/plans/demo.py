"""Writes the invented participants of data/demo into the database. Nothing commits here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Library
from bot.plans import changing
from bot.plans.checks import Places, places_of
from bot.plans.demo_file import AppointmentRow, ContactRow, Day, Version, Written, read_demo
from bot.plans.moments import NORWAY, in_utc
from bot.plans.parts import Goal, Measure
from bot.storage.plan_tables import Participant
from bot.storage.sealing import Seal

SATURDAY = 5


@dataclass(frozen=True)
class Loaded:
    """How many participants were written now, and how many were there already."""

    created: int
    there: int


def load_demo(session: Session, seal: Seal, library: Library, today: dt.date) -> Loaded:
    """Writes every invented participant who is not there yet. One who is there stays as it is, appointments included.

    Raises ContentError for a file that cannot be used, PlanProblem for a value that cannot be written.
    """
    people, contacts = read_demo(library.data / "demo")
    places = places_of(library)
    there = set(session.scalars(select(Participant.reference).where(Participant.reference.in_(people))))
    for reference, written in people.items():
        if reference not in there:
            _write(session, seal, places, reference, written, contacts.get(written.about.municipality, ()), today)
    return Loaded(len(people) - len(there), len(there))


def _write(
    session: Session,
    seal: Seal,
    places: Places,
    reference: str,
    written: Written,
    contacts: tuple[ContactRow, ...],
    today: dt.date,
) -> None:
    person = changing.create_participant(session, seal, places, reference, demo=True, **written.about.model_dump())
    if written.programme:
        changing.set_programme(session, person, **written.programme.model_dump())
    advisor = next((one.name for one in contacts if one.role == "advisor"), "")
    for version in written.plans:
        _write_version(session, seal, person, version, advisor)
    for number, contact in enumerate(contacts, 1):
        changing.set_contact(session, person, f"contact-{number}", contact.role, contact.name, phone=contact.phone, email=contact.email)
    for number, paper in enumerate(written.documents, 1):
        changing.set_document(session, person, f"document-{number}", paper.kind, paper.state, paper.day)
    _write_tests(session, person, written, today)
    _write_days(session, person, written, today)


def _write_version(session: Session, seal: Seal, person: int, version: Version, advisor: str) -> None:
    changing.change_plan(
        session,
        seal,
        person,
        made_by=version.made_by or advisor,
        from_day=version.from_day,
        norwegian=version.norwegian,
        goals=[Goal(key, row.kind, row.text, row.due, row.state) for key, row in _with_keys(version.goals)],
        measures=[
            Measure(key, row.kind, row.text, row.by, row.starts, row.to, row.hours, row.state) for key, row in _with_keys(version.measures)
        ],
    )


def _write_tests(session: Session, person: int, written: Written, today: dt.date) -> None:
    for taken in written.results:
        for part, result in taken.parts.items():
            changing.add_result(session, person, taken.test, part, result, taken.on)
    for registration in written.registrations:
        for part in registration.parts:
            changing.add_registration(session, person, registration.test, part, _working_day(registration.day, today))


def _write_days(session: Session, person: int, written: Written, today: dt.date) -> None:
    for number, row in enumerate(written.appointments, 1):
        key = f"appointment-{number}"
        words: dict[str, Any] = {"minutes": row.minutes, "place": row.place, "with_whom": row.with_whom}
        changing.add_appointment(session, person, row.kind, _moment(row, today), key=key, **words)
        if row.state != "planned":
            changing.set_appointment_state(session, person, key, row.state)
    for number, absence in enumerate(written.absences, 1):
        changing.add_absence(
            session,
            person,
            absence.kind,
            _day(absence.starts, today),
            _day(absence.to, today),
            reported_by=absence.reported_by,
            hours=absence.hours,
            key=f"absence-{number}",
        )


def _with_keys(rows: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Each row with a key of its kind and its number among its kind, so that the same place in two versions is the same entry."""
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row.kind] += 1
        yield f"{row.kind}-{seen[row.kind]}", row


def _moment(row: AppointmentRow, today: dt.date) -> dt.datetime:
    return in_utc(dt.datetime.combine(_working_day(row.day, today), row.at, tzinfo=NORWAY))


def _day(day: Day, today: dt.date) -> dt.date:
    return today + dt.timedelta(days=day) if isinstance(day, int) else day


def _working_day(day: Day, today: dt.date) -> dt.date:
    """The day; a counted one that falls on a weekend moves to Monday."""
    found = _day(day, today)
    if isinstance(day, int) and found.weekday() >= SATURDAY:
        found += dt.timedelta(days=7 - found.weekday())
    return found
