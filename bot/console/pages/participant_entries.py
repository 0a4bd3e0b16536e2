"""What is added to a participant's page and changed there: meetings, results, registrations, absences, documents, contacts.

Each form carries a key of its own that becomes the key of what it adds, so that the same form sent twice adds one thing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from bot.console.pages.fields import test_and_part
from bot.console.pages.participant_page import Shown, participant_page
from bot.console.pages.people import back_to, held_person
from bot.console.pages.refusals import refused
from bot.console.pages.typed import Mistyped, Typed, typed
from bot.console.parts import Parts
from bot.console.visits import Visit, changing_visit, parts_of
from bot.desk.audit import record
from bot.plans import changing
from bot.plans.checks import NoSuchEntry, PlanProblem
from bot.plans.snapshot import PlanSnapshot

router = APIRouter()
Write = Callable[[Session, PlanSnapshot, Typed, Parts], None]
NEEDED: Any = None  # stands where a field that could not be read has stopped the form already


def write_appointment(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts, key: str) -> None:
    """A meeting with a key; one that is there is moved."""
    starts_at, minutes = typed.moment("day", "time") or NEEDED, typed.whole("minutes")
    typed.must_be_readable()
    kind, place, whom = typed.text("kind"), typed.text("place"), typed.text("with_whom")
    changing.add_appointment(
        session, plan.participant.id, kind, starts_at, minutes=minutes, place=place, with_whom=whom, key=key, now=parts.now()
    )


def _add_appointment(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    if (key := _own_key(typed)) not in {one.key for one in plan.appointments}:  # a form sent again plans no cancelled meeting anew
        write_appointment(session, plan, typed, parts, key)


def _appointment_state(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    changing.set_appointment_state(session, plan.participant.id, typed.text("entry"), typed.text("state"), now=parts.now())


def _add_result(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    day = typed.day("taken_on", needed=True) or NEEDED
    typed.must_be_readable()
    test, part = test_and_part(typed.text("test_part"))
    changing.add_result(session, plan.participant.id, test, part, typed.text("result"), day, now=parts.now())


def _add_registration(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    day = typed.day("test_on", needed=True) or NEEDED
    typed.must_be_readable()
    changing.add_registration(session, plan.participant.id, *test_and_part(typed.text("test_part")), day, now=parts.now())


def _remove_registration(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    day = typed.day("test_on", needed=True) or NEEDED
    typed.must_be_readable()
    changing.remove_registration(session, plan.participant.id, *test_and_part(typed.text("test_part")), day, now=parts.now())


def _add_absence(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    first, last = typed.day("first_day", needed=True) or NEEDED, typed.day("last_day", needed=True) or NEEDED
    hours = typed.number("hours")
    typed.must_be_readable()
    kind, by, key = typed.text("kind"), typed.text("reported_by"), _own_key(typed)
    changing.add_absence(session, plan.participant.id, kind, first, last, reported_by=by, hours=hours, key=key, now=parts.now())


def _add_document(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    if (key := _own_key(typed)) not in {one.key for one in plan.documents}:  # its state may be another one by now
        _write_document(session, plan, typed, parts, key, typed.text("kind"))


def _document_state(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    key = typed.text("entry")
    known = next((one for one in plan.documents if one.key == key), None)
    if known is None:
        raise NoSuchEntry("There is no such document of this participant. Load the page again.")
    _write_document(session, plan, typed, parts, key, known.kind)


def _write_document(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts, key: str, kind: str) -> None:
    day = typed.day("changed_on", needed=True) or NEEDED
    typed.must_be_readable()
    changing.set_document(session, plan.participant.id, key, kind, typed.text("state"), day, now=parts.now())


def _add_contact(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    role, name, phone, email = (typed.text(field) for field in ("role", "name", "phone", "email"))
    changing.set_contact(session, plan.participant.id, _own_key(typed), role, name, phone=phone, email=email, now=parts.now())


def _remove_contact(session: Session, plan: PlanSnapshot, typed: Typed, parts: Parts) -> None:
    changing.remove_contact(session, plan.participant.id, typed.text("entry"), now=parts.now())


def _own_key(typed: Typed) -> str:
    return f"console-{typed.text('key')}"[:40] if typed.text("key") else ""


# What a form of a part of the page does: the name at the end of its address, the part, and how it is written.
FORMS: dict[str, tuple[str, str, Write]] = {
    "appointments": ("appointments", "added", _add_appointment),
    "appointment-state": ("appointments", "changed", _appointment_state),
    "results": ("results", "added", _add_result),
    "registrations": ("registrations", "added", _add_registration),
    "registration-removal": ("registrations", "removed", _remove_registration),
    "absences": ("absences", "added", _add_absence),
    "documents": ("documents", "added", _add_document),
    "document-state": ("documents", "changed", _document_state),
    "contacts": ("contacts", "added", _add_contact),
    "contact-removal": ("contacts", "removed", _remove_contact),
}


def _handler(name: str) -> Callable[..., Response]:
    part, action, write = FORMS[name]

    def save(
        request: Request, visit: Annotated[Visit, Depends(changing_visit)], typed: Annotated[Typed, Depends(typed)], reference: str
    ) -> Response:
        """Writes a form of a participant's page; one that is refused comes back as it was typed."""
        parts = parts_of(request)
        try:
            with parts.transaction() as session:
                plan = held_person(session, parts, visit.who, reference)
                write(session, plan, typed, parts)
                record(session, visit.who, action, "participant", plan.participant.reference, part=part)
        except (PlanProblem, Mistyped) as problem:
            refusal = refused(visit.t, name, typed, problem)
            return participant_page(request, visit, reference, Shown(refused=refusal, status=422))
        return back_to(plan.participant.reference, part)

    return save


for name in FORMS:
    router.post(f"/participants/{{reference}}/{name}", name=f"participant-{name}")(_handler(name))
