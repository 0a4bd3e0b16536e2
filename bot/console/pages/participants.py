"""The participants of the municipality: the list, a new one, and the page of each; its forms are in the files beside this one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.console.pages.link_code import router as codes
from bot.console.pages.participant_chats import router as chats
from bot.console.pages.participant_details import about_of
from bot.console.pages.participant_details import router as details
from bot.console.pages.participant_entries import router as entries
from bot.console.pages.participant_fields import about_fields, about_values
from bot.console.pages.participant_page import Shown, participant_page
from bot.console.pages.participants_list import Wanted, languages_of, listed
from bot.console.pages.people import PEOPLE, address_of
from bot.console.pages.refusals import Refused, refused
from bot.console.pages.typed import Mistyped, Typed, typed
from bot.console.rendering import render
from bot.console.visits import Visit, changing_visit, parts_of, visit
from bot.desk.access import everywhere, require
from bot.desk.audit import record
from bot.plans.changing import create_participant
from bot.plans.checks import PlanProblem, ReferenceTaken, places_of
from bot.plans.reading import find

router = APIRouter(prefix="/console")
NEW = f"{PEOPLE}-new"  # no participant can have this address, whatever their reference
MOST_PAGES = 100_000


@router.get("/participants")
def all_participants(
    request: Request, visit: Annotated[Visit, Depends(visit)], q: str = "", language: str = "", page: str = "1"
) -> HTMLResponse:
    """The list, 50 on a page."""
    require(visit.who, "participants")
    parts = parts_of(request)
    number = int(page) if page.isascii() and page.isdigit() and len(page) < len(str(MOST_PAGES)) else 1
    municipality = None if everywhere(visit.who) else visit.who.municipality
    wanted = Wanted(municipality, q.strip()[:120], language.replace("\x00", ""), number)
    with parts.transaction() as session:
        found = listed(session, parts.seal, wanted, parts.now())
        languages = languages_of(session, municipality)
        searched = bool(wanted.words)  # the words themselves may be a name
        record(session, visit.who, "read", "participants", municipality or "", page=found.number, found=found.found, searched=searched)
    return render(request, visit, "participants.html", found=found, wanted=wanted, languages=languages, address_of=address_of, new=NEW)


@router.get("/participants-new")
def new_participant(request: Request, visit: Annotated[Visit, Depends(visit)]) -> HTMLResponse:
    """The form for a new participant."""
    require(visit.who, "participants", "change")
    return _new_form(request, visit, Refused())


@router.post("/participants-new")
def create(request: Request, visit: Annotated[Visit, Depends(changing_visit)], typed: Annotated[Typed, Depends(typed)]) -> Response:
    """Makes a participant; the same form sent a second time leads to the one it made."""
    parts, reference = parts_of(request), typed.text("reference")
    municipality = (typed.text("municipality") or _only_place(request)) if everywhere(visit.who) else visit.who.municipality
    require(visit.who, "participants", "change", municipality)
    about, places = about_of(typed), places_of(parts.library)
    try:
        typed.must_be_readable()
        with parts.transaction() as session:
            create_participant(
                session, parts.seal, places, reference, typed.text("name"), municipality, demo=visit.who.demo, now=parts.now(), **about
            )
            record(session, visit.who, "created", "participant", reference)
    except ReferenceTaken as problem:
        if not _made_before(request, reference, municipality, typed):
            return _new_form(request, visit, refused(visit.t, "new", typed, problem))
    except (PlanProblem, Mistyped) as problem:
        return _new_form(request, visit, refused(visit.t, "new", typed, problem))
    return RedirectResponse(f"{address_of(reference)}?saved=details", status_code=303)


@router.get("/participants/{reference}")
def one_participant(
    request: Request, visit: Annotated[Visit, Depends(visit)], reference: str, saved: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """Everything about one."""
    return participant_page(request, visit, reference, Shown(saved=saved))


def _new_form(request: Request, visit: Visit, refusal: Refused) -> HTMLResponse:
    library = parts_of(request).library
    places = tuple(library.municipalities()) if everywhere(visit.who) else ()
    return render(
        request,
        visit,
        "participant_form.html",
        status=422 if refusal.sentence else 200,
        title=visit.t("participant_new"),
        person=None,
        form="new",
        fields=about_fields(visit.t, library, places, new=True),
        values=refusal.typed.values or {"municipality": visit.who.municipality},
        refused=refusal,
        made_from="",
        theirs=(),
        action=NEW,
        back=PEOPLE,
    )


def _made_before(request: Request, reference: str, municipality: str, typed: Typed) -> bool:
    """True when the participant with this reference says exactly what this form says: then it was sent twice."""
    parts = parts_of(request)
    with parts.transaction() as session:
        plan = find(session, parts.seal, reference)
    if plan is None or plan.participant.municipality != municipality:
        return False
    return all(value == typed.text(name) for name, value in about_values(plan.participant).items() if name != "municipality")


def _only_place(request: Request) -> str:
    places = tuple(parts_of(request).library.municipalities())
    return places[0] if len(places) == 1 else ""


for below in (details, entries, chats, codes):
    router.include_router(below)
