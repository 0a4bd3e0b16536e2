"""What happens along the way: results, registrations, absences, appointments, documents, contacts.

The same thing written twice is one thing. Nothing commits here. Every function raises a PlanProblem with what to do.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.guidance import codes
from bot.plans.checks import ImpossibleDay, NoSuchEntry, check_code, check_number, check_order, check_text
from bot.plans.moments import day_in_norway, in_utc, this_moment
from bot.plans.rows import touch
from bot.storage.plan_tables import Absence, Appointment, Contact, Document, TestRegistration, TestResult
from bot.storage.tables import Base


def add_result(
    session: Session, participant_id: int, test: str, part: str, result: str, taken_on: dt.date, *, now: dt.datetime | None = None
) -> None:
    """A result of one part of a test; for the same part on the same day, the newer entry corrects the older."""
    _check_test(test, part)
    check_code(f"result of {test}", result, codes.RESULTS.get(test, codes.RESULTS["other"]), needed=True)
    if taken_on > day_in_norway(now or this_moment()):
        raise ImpossibleDay(f"A test on {taken_on.isoformat()} has no result yet. Correct the day, or write it as a registration.")
    touch(session, participant_id, now)
    same = {"participant_id": participant_id, "test": test, "part": part, "taken_on": taken_on}
    _write(session, TestResult, same, result=result)


def add_registration(
    session: Session, participant_id: int, test: str, part: str, test_on: dt.date, *, now: dt.datetime | None = None
) -> None:
    """A registration for one part of a test."""
    _check_test(test, part)
    touch(session, participant_id, now)
    _write(session, TestRegistration, {"participant_id": participant_id, "test": test, "part": part, "test_on": test_on})


def remove_registration(
    session: Session, participant_id: int, test: str, part: str, test_on: dt.date, *, now: dt.datetime | None = None
) -> None:
    """Takes a registration away; one that is not there is away already."""
    touch(session, participant_id, now)
    session.execute(delete(TestRegistration).filter_by(participant_id=participant_id, test=test, part=part, test_on=test_on))


def add_absence(
    session: Session,
    participant_id: int,
    kind: str,
    first_day: dt.date,
    last_day: dt.date,
    *,
    reported_by: str,
    hours: float | None = None,
    key: str = "",
    now: dt.datetime | None = None,
) -> str:
    """An absence, the last day included; its key. With the key of one that is there, it is written over."""
    check_code("kind of absence", kind, codes.ABSENCE_KINDS, needed=True)
    check_code("reporter", reported_by, codes.RESPONSIBLE, needed=True)
    check_order("absence", first_day, last_day)
    check_number("hours of absence", hours, 0.25, 24 * ((last_day - first_day).days + 1))
    key = check_text("key of the absence", key or _made_key(), 40)
    touch(session, participant_id, now)
    _write(
        session,
        Absence,
        {"participant_id": participant_id, "key": key},
        kind=kind,
        first_day=first_day,
        last_day=last_day,
        hours=hours,
        reported_by=reported_by,
    )
    return key


def add_appointment(
    session: Session,
    participant_id: int,
    kind: str,
    starts_at: dt.datetime,
    *,
    minutes: int | None = None,
    place: str = "",
    with_whom: str = "",
    key: str = "",
    now: dt.datetime | None = None,
) -> str:
    """A planned appointment; its key. With the key of one that is there, that one is moved (and planned again)."""
    check_code("kind of appointment", kind, codes.APPOINTMENT_KINDS, needed=True)
    if starts_at.tzinfo is None:
        raise ImpossibleDay("The moment of an appointment needs a time zone, such as Europe/Oslo.")
    check_number("minutes", minutes, 1, 24 * 60)
    place = check_text("place", place, 120, needed=False)
    with_whom = check_text("name of whom to meet", with_whom, 80, needed=False)
    key = check_text("key of the appointment", key or _made_key(), 40)
    touch(session, participant_id, now)
    when = {"starts_at": in_utc(starts_at), "minutes": minutes, "state": "planned"}
    _write(session, Appointment, {"participant_id": participant_id, "key": key}, kind=kind, place=place, with_whom=with_whom, **when)
    return key


def set_appointment_state(session: Session, participant_id: int, key: str, state: str, *, now: dt.datetime | None = None) -> None:
    """Says what became of an appointment: planned, held, cancelled, missed. Raises NoSuchEntry."""
    check_code("state of an appointment", state, codes.APPOINTMENT_STATES, needed=True)
    touch(session, participant_id, now)
    row = session.scalar(select(Appointment).filter_by(participant_id=participant_id, key=key))
    if row is None:
        raise NoSuchEntry(f"There is no appointment {key!r} of this participant. Look at the keys of the plan's appointments.")
    row.state = state
    session.flush()


def cancel_appointment(session: Session, participant_id: int, key: str, *, now: dt.datetime | None = None) -> None:
    """Cancels an appointment; a cancelled one stays cancelled. Raises NoSuchEntry."""
    set_appointment_state(session, participant_id, key, "cancelled", now=now)


def set_document(
    session: Session, participant_id: int, key: str, kind: str, state: str, changed_on: dt.date, *, now: dt.datetime | None = None
) -> None:
    """A document and how far it has come since a day."""
    check_code("kind of document", kind, codes.DOCUMENT_KINDS, needed=True)
    check_code("state of a document", state, codes.DOCUMENT_STATES, needed=True)
    key = check_text("key of the document", key, 40)
    touch(session, participant_id, now)
    _write(session, Document, {"participant_id": participant_id, "key": key}, kind=kind, state=state, changed_on=changed_on)


def set_contact(
    session: Session,
    participant_id: int,
    key: str,
    role: str,
    name: str,
    *,
    phone: str = "",
    email: str = "",
    now: dt.datetime | None = None,
) -> None:
    """Somebody who works with the participant."""
    check_code("role", role, codes.CONTACT_ROLES, needed=True)
    key, name = check_text("key of the contact", key, 40), check_text("name of the contact", name, 80)
    phone = check_text("telephone number", phone, 40, needed=False)
    email = check_text("e-mail address", email, 120, needed=False)
    touch(session, participant_id, now)
    _write(session, Contact, {"participant_id": participant_id, "key": key}, role=role, name=name, phone=phone, email=email)


def remove_contact(session: Session, participant_id: int, key: str, *, now: dt.datetime | None = None) -> None:
    """Takes a contact away; one that is not there is away already."""
    touch(session, participant_id, now)
    session.execute(delete(Contact).filter_by(participant_id=participant_id, key=key))


def _check_test(test: str, part: str) -> None:
    check_code("test", test, codes.TESTS, needed=True)
    check_code(f"part of {test}", part, codes.PARTS[test], needed=True)


def _write(session: Session, table: type[Base], same: dict[str, Any], **values: Any) -> None:
    """Writes over the row that is the same one, or makes it. Two writers at once are kept apart by `touch`."""
    row = session.scalar(select(table).filter_by(**same))
    if row is None:
        session.add(table(**same, **values))
    else:
        for field, value in values.items():
            setattr(row, field, value)
    session.flush()


def _made_key() -> str:
    return secrets.token_hex(8)
