"""Changes who a participant is and the days of the programme. Whoever saves an older form than what stands there now is told so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from bot.console.labels import Labels
from bot.console.pages.fields import Field, word
from bot.console.pages.participant_entries import write_appointment
from bot.console.pages.participant_fields import (
    PROGRAMME_DAYS,
    about_fields,
    about_values,
    appointment_fields,
    appointment_values,
    programme_fields,
    programme_values,
)
from bot.console.pages.people import NoSuchPerson, address_of, back_to, from_address, held_person, person_of
from bot.console.pages.refusals import Refused, refused
from bot.console.pages.typed import Mistyped, Typed, fingerprint, typed
from bot.console.parts import Parts
from bot.console.rendering import render
from bot.console.visits import Visit, changing_visit, parts_of, visit
from bot.desk.access import everywhere, require
from bot.desk.audit import record
from bot.plans.changing import About, Days, change_participant, set_programme
from bot.plans.checks import PlanProblem, places_of
from bot.plans.snapshot import PlanSnapshot

router = APIRouter()


@dataclass(frozen=True)
class Editing:
    """One form: which part of the page it belongs to, its fields, what stands in them, and how they are written."""

    part: str
    fields: Callable[[Visit, Parts], tuple[Field, ...]]
    values: Callable[[PlanSnapshot], dict[str, str]]
    write: Callable[[Writing], None]


@dataclass(frozen=True)
class Writing:
    """What it takes to save a form; `changed` names the fields that say something else than what stands there."""

    session: Session
    visit: Visit
    parts: Parts
    plan: PlanSnapshot
    typed: Typed
    changed: frozenset[str]


def about_of(typed: Typed) -> About:
    """What a form says about a participant beside reference, name and municipality."""
    return About(
        birth_date=typed.day("birth_date"),
        language=typed.code("language"),
        permit=typed.code("permit"),
        schooling=typed.code("schooling"),
        living=typed.code("living"),
        partner_in_programme=typed.flag("partner_in_programme"),
        children=typed.whole("children"),
        english=typed.code("english"),
        settled_on=typed.day("settled_on"),
    )


def _fields_of_details(visit: Visit, parts: Parts) -> tuple[Field, ...]:
    places = tuple(parts.library.municipalities()) if everywhere(visit.who) else ()
    return about_fields(visit.t, parts.library, places, new=False)


def _write_details(writing: Writing) -> None:
    """Only what was changed, so that an older code nobody offers today may stay; the two days are checked together."""
    typed, parts = writing.typed, writing.parts
    about = about_of(typed)
    typed.must_be_readable()
    kept = writing.changed | {"birth_date", "settled_on"}
    place = typed.code("municipality") if everywhere(writing.visit.who) else None  # nobody else can send a participant away
    change_participant(
        writing.session,
        parts.seal,
        places_of(parts.library),
        writing.plan.participant.id,
        name=typed.text("name") if "name" in writing.changed else None,
        municipality=place if "municipality" in writing.changed else None,
        now=parts.now(),
        **About(**{name: value for name, value in about.items() if name in kept}),  # type: ignore[typeddict-item]
    )


def _write_programme(writing: Writing) -> None:
    days: dict[str, object] = {name: writing.typed.day(name) for name in PROGRAMME_DAYS}
    writing.typed.must_be_readable()
    told = {**days, "final_goal": writing.typed.code("final_goal")}
    changed = Days(**{name: value for name, value in told.items() if name in writing.changed})  # type: ignore[typeddict-item]
    set_programme(writing.session, writing.plan.participant.id, now=writing.parts.now(), **changed)


def _appointment(key: str) -> Editing:
    def values(plan: PlanSnapshot) -> dict[str, str]:
        found = next((one for one in plan.appointments if one.key == key), None)
        if found is None:
            raise NoSuchPerson
        return appointment_values(found)

    def write(writing: Writing) -> None:
        write_appointment(writing.session, writing.plan, writing.typed, writing.parts, key)

    return Editing("appointments", lambda visit, parts: appointment_fields(visit.t), values, write)


DETAILS = Editing("details", _fields_of_details, lambda plan: about_values(plan.participant), _write_details)
PROGRAMME = Editing(
    "programme", lambda visit, parts: programme_fields(visit.t), lambda plan: programme_values(plan.programme), _write_programme
)


@router.get("/participants/{reference}/details")
def details(request: Request, visit: Annotated[Visit, Depends(visit)], reference: str) -> HTMLResponse:
    """The form about who it is."""
    return _form(request, visit, reference, DETAILS, ("details",))


@router.post("/participants/{reference}/details")
def save_details(
    request: Request, visit: Annotated[Visit, Depends(changing_visit)], typed: Annotated[Typed, Depends(typed)], reference: str
) -> Response:
    """Writes who it is."""
    return _save(request, visit, reference, DETAILS, ("details",), typed)


@router.get("/participants/{reference}/programme")
def programme(request: Request, visit: Annotated[Visit, Depends(visit)], reference: str) -> HTMLResponse:
    """The form about the programme."""
    return _form(request, visit, reference, PROGRAMME, ("programme",))


@router.post("/participants/{reference}/programme")
def save_programme(
    request: Request, visit: Annotated[Visit, Depends(changing_visit)], typed: Annotated[Typed, Depends(typed)], reference: str
) -> Response:
    """Writes the programme's days."""
    return _save(request, visit, reference, PROGRAMME, ("programme",), typed)


@router.get("/participants/{reference}/appointments/{key}")
def appointment(request: Request, visit: Annotated[Visit, Depends(visit)], reference: str, key: str) -> HTMLResponse:
    """The form that moves a meeting."""
    return _form(request, visit, reference, _appointment(from_address(key)), ("appointments", from_address(key)))


@router.post("/participants/{reference}/appointments/{key}")
def move_appointment(
    request: Request, visit: Annotated[Visit, Depends(changing_visit)], typed: Annotated[Typed, Depends(typed)], reference: str, key: str
) -> Response:
    """Moves a meeting; one that was cancelled is planned again."""
    return _save(request, visit, reference, _appointment(from_address(key)), ("appointments", from_address(key)), typed)


class _Older(Exception):
    """The form was made from something older than what stands there now."""


def _save(request: Request, visit: Visit, reference: str, editing: Editing, path: tuple[str, ...], typed: Typed) -> Response:
    parts = parts_of(request)
    try:
        with parts.transaction() as session:
            plan = held_person(session, parts, visit.who, reference)
            standing = editing.values(plan)
            names = {field.name for field in editing.fields(visit, parts)} & set(typed.values)
            changed = frozenset(name for name in names if typed.text(name) != standing[name])
            newest = typed.text("made_from") == fingerprint(standing)
            if changed and not newest:
                raise _Older
            if changed or (newest and standing.get("state", "planned") != "planned"):  # a cancelled meeting is planned again
                editing.write(Writing(session, visit, parts, plan, typed, changed))
                record(session, visit.who, "changed", "participant", plan.participant.reference, part=editing.part, fields=sorted(changed))
    except _Older:
        return _form(request, visit, reference, editing, path, Refused(editing.part, typed, visit.t("participant_older_form")), standing)
    except (PlanProblem, Mistyped) as problem:
        return _form(request, visit, reference, editing, path, refused(visit.t, editing.part, typed, problem))
    return back_to(plan.participant.reference, editing.part)


def _form(
    request: Request,
    visit: Visit,
    reference: str,
    editing: Editing,
    path: tuple[str, ...],
    refusal: Refused | None = None,
    theirs: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The form as it stands, or as it was typed; `theirs`: what somebody else has written meanwhile."""
    parts = parts_of(request)
    require(visit.who, "participants", "change")
    with parts.transaction() as session:
        plan = person_of(session, parts, visit.who, reference, "change")
        record(session, visit.who, "read", "participant", plan.participant.reference, part=editing.part)
    person, standing, fields = plan.participant, editing.values(plan), editing.fields(visit, parts)
    known = fingerprint(theirs or standing)
    return render(
        request,
        visit,
        "participant_form.html",
        status=200 if refusal is None else 409 if theirs is not None else 422,
        title=visit.t(f"participant_edit_{editing.part}"),
        person=person,
        form=editing.part,
        fields=fields,
        values=refusal.typed.values if refusal else standing,
        refused=refusal or Refused(),
        made_from=refusal.typed.text("made_from") if refusal and theirs is None else known,
        theirs=_differing(visit.t, fields, refusal.typed, theirs) if refusal and theirs is not None else (),
        action=address_of(person.reference, *path),
        back=address_of(person.reference),
    )


def _differing(t: Labels, fields: tuple[Field, ...], typed: Typed, theirs: Mapping[str, str]) -> list[tuple[Field, str]]:
    """The fields in which somebody else wrote something else, each with the words that stand there now."""
    found = [(field, theirs.get(field.name, "")) for field in fields]
    return [(field, _readable(t, field, value)) for field, value in found if typed.text(field.name) != value]


def _readable(t: Labels, field: Field, value: str) -> str:
    return dict(field.options).get(value, word(t, value)) if value else t("none")
