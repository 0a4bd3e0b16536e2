"""The plan of a participant: its form, where every save makes a new version, and the history of all versions.

A form carries the number of the version it was made from. Whoever saves after somebody else is told what the other one changed, and
gets both together in the form to look through: nothing typed is lost, and nothing of the other's is written over unseen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.fields import options, word
from bot.console.pages.people import address_of, back_to, held_person, person_of
from bot.console.pages.plan_forms import (
    NO_PLAN,
    Changes,
    PlanForm,
    changes_in,
    empty_row,
    form_of,
    laid_over,
    stands_in,
    still_there,
    typed_form,
)
from bot.console.pages.plan_history import Version, history
from bot.console.pages.refusals import Refused, refused
from bot.console.pages.typed import Mistyped, Typed, typed
from bot.console.parts import Parts
from bot.console.rendering import render
from bot.console.visits import Visit, changing_visit, parts_of, visit
from bot.desk.access import may
from bot.desk.audit import record
from bot.guidance import codes
from bot.plans.checks import PlanProblem
from bot.plans.moments import day_in_norway
from bot.plans.parts import Participant
from bot.plans.plan_versions import change_plan
from bot.plans.reading import plan_versions

router = APIRouter(prefix="/console")


@router.get("/participants/{reference}/plan")
def edit(request: Request, visit: Annotated[Visit, Depends(visit)], reference: str) -> HTMLResponse:
    """The form of the plan in force."""
    parts = parts_of(request)
    with parts.transaction() as session:
        found = person_of(session, parts, visit.who, reference, "change", "plan")
        record(session, visit.who, "read", "plan", found.participant.reference)
    return _page(request, visit, found.participant, form_of(found.plan or NO_PLAN, day_in_norway(parts.now())))


@router.post("/participants/{reference}/plan")
def save(
    request: Request, visit: Annotated[Visit, Depends(changing_visit)], typed: Annotated[Typed, Depends(typed)], reference: str
) -> Response:
    """Writes a new version, or adds an empty row to the form where that was asked for."""
    parts, form = parts_of(request), typed_form(typed)
    if typed.text("more") in ("goal", "measure"):
        return _with_another_row(request, visit, reference, form, typed.text("more"))
    try:
        with parts.transaction() as session:
            found = held_person(session, parts, visit.who, reference, "plan")
            person, in_force = found.participant, found.plan or NO_PLAN
            versions = plan_versions(session, parts.seal, person.id)
            changes = changes_in(typed, form, next((one for one in versions if one.number == form.number), NO_PLAN))
            from_day = typed.day("from_day", needed=True)
            typed.must_be_readable()
            if not changes.nothing and not stands_in(changes, in_force):  # else this very form was sent before
                if form.number != in_force.number:
                    since = history(versions)[: in_force.number - form.number]
                    return _page(request, visit, person, laid_over(changes, in_force, form.from_day), since=since)
                assert from_day is not None  # else it was noted as wrong
                _write(session, parts, visit, person, still_there(changes, in_force), from_day)
    except (PlanProblem, Mistyped) as problem:
        with parts.transaction() as session:
            person = person_of(session, parts, visit.who, reference, "change", "plan").participant
        return _page(request, visit, person, form, refused(visit.t, "plan", typed, problem))
    return back_to(person.reference, "plan")


@router.get("/participants/{reference}/plan/history")
def all_versions(request: Request, visit: Annotated[Visit, Depends(visit)], reference: str) -> HTMLResponse:
    """Every version with what it changed."""
    parts = parts_of(request)
    with parts.transaction() as session:
        person = person_of(session, parts, visit.who, reference, "read", "plan").participant
        versions = history(plan_versions(session, parts.seal, person.id))
        record(session, visit.who, "read", "plan", person.reference, part="history")
    return render(
        request,
        visit,
        "plan_history.html",
        person=person,
        versions=versions,
        word=lambda code: word(visit.t, code),
        back=address_of(person.reference),
        changing=may(visit.who, "plan", "change", person.municipality),
    )


def _write(session: Session, parts: Parts, visit: Visit, person: Participant, changes: Changes, from_day: dt.date) -> None:
    number = change_plan(
        session,
        parts.seal,
        person.id,
        made_by=visit.who.name,
        from_day=from_day,
        goals=changes.goals,
        measures=changes.measures,
        norwegian=changes.norwegian,
        without=changes.without,
        now=parts.now(),
    )
    counts = {"goals": len(changes.goals), "measures": len(changes.measures), "removed": len(changes.without)}
    record(session, visit.who, "changed", "plan", person.reference, version=number, levels=sorted(changes.norwegian), **counts)


def _with_another_row(request: Request, visit: Visit, reference: str, form: PlanForm, what: str) -> HTMLResponse:
    parts = parts_of(request)
    with parts.transaction() as session:
        person = person_of(session, parts, visit.who, reference, "change", "plan").participant
        record(session, visit.who, "read", "plan", person.reference)
    row = empty_row(what)
    if what == "goal":
        return _page(request, visit, person, replace(form, goals=(*form.goals, row)))
    return _page(request, visit, person, replace(form, measures=(*form.measures, row)))


def _page(
    request: Request,
    visit: Visit,
    person: Participant,
    form: PlanForm,
    refusal: Refused | None = None,
    since: list[Version] | None = None,
) -> HTMLResponse:
    """The form; `since`: the versions somebody else made after the one the form was made from."""
    t = visit.t
    return render(
        request,
        visit,
        "plan.html",
        status=422 if refusal else 409 if since is not None else 200,
        person=person,
        form=form,
        refused=refusal or Refused(),
        since=since,
        kinds={"goal": options(t, codes.GOAL_KINDS), "measure": options(t, codes.MEASURE_KINDS)},
        states={"goal": options(t, codes.GOAL_STATES), "measure": options(t, codes.MEASURE_STATES)},
        responsible=options(t, codes.RESPONSIBLE),
        levels=options(t, codes.LEVELS[1:]),
        skills=codes.SKILLS,
        word=lambda code: word(t, code),
        action=address_of(person.reference, "plan"),
        back=address_of(person.reference),
    )
