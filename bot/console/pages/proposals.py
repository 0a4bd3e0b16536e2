"""/console/texts/proposals: what waits for a second person, with its difference to the text of today, and what was decided."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.console.differences import differences
from bot.console.labels import Labels
from bot.console.pages import fact_effects
from bot.console.rendering import render
from bot.console.shown_texts import checked
from bot.console.visits import Visit, changing_visit, parts_of, visit
from bot.content import Library
from bot.desk import fact_changes, wording_changes
from bot.desk.access import may, require
from bot.desk.audit import record
from bot.desk.proposals import (
    AREA,
    WORDING,
    Change,
    ChecksFailed,
    TextChanged,
    decided_proposals,
    open_proposals,
    proposal_of,
    publish,
    refuse,
)
from bot.plans.moments import day_in_norway
from bot.storage.desk_tables import TextProposal

router = APIRouter()
Visiting = Annotated[Visit, Depends(visit)]
Changing = Annotated[Visit, Depends(changing_visit)]


@router.get("/texts/proposals")
def all_proposals(request: Request, visit: Visiting) -> HTMLResponse:
    """Open ones with their differences, then the newest decisions."""
    require(visit.who, "texts")
    parts = parts_of(request)
    with parts.transaction() as session:
        waiting = [_shown(parts.library, row, visit.t) for row in open_proposals(session)]
        decided = [_shown(parts.library, row, visit.t) for row in decided_proposals(session)]
        record(session, visit.who, "read", "proposals")
    return render(request, visit, "text_proposals.html", waiting=waiting, decided=decided)


@router.get("/texts/proposals/{number}")
def proposal(request: Request, visit: Visiting, number: int) -> HTMLResponse:
    """One proposal: difference, effect, and the two buttons for whoever may decide."""
    return _page(request, visit, number)


@router.post("/texts/proposals/{number}/publish")
def publishing(request: Request, visit: Changing, number: int) -> Response:
    """Writes the file. A text that changed meanwhile, or a check that fails, is shown and nothing is written."""
    parts = parts_of(request)

    def change_of(row: TextProposal) -> Change:
        changes = wording_changes.change_of if row.kind == WORDING else fact_changes.change_of
        return changes(parts.library, row)

    try:
        publish(parts.transaction, parts.library, visit.who, number, parts.now(), change_of)
    except (TextChanged, ChecksFailed) as problem:
        return _page(request, visit, number, problem)
    return RedirectResponse(f"/console/texts/proposals/{number}", status_code=303)


@router.post("/texts/proposals/{number}/refuse")
def refusing(request: Request, visit: Changing, number: int, answer: Annotated[str, Form()] = "") -> Response:
    """Closes it with an answer."""
    parts = parts_of(request)
    with parts.transaction() as session:
        refuse(session, visit.who, number, answer, parts.now())
    return RedirectResponse(f"/console/texts/proposals/{number}", status_code=303)


def _page(request: Request, visit: Visit, number: int, problem: TextChanged | ChecksFailed | None = None) -> HTMLResponse:
    parts = parts_of(request)
    require(visit.who, "texts")
    with parts.transaction() as session:
        row = proposal_of(session, number)
        shown = _shown(parts.library, row, visit.t)
        more = _more(parts.library, row, day_in_norway(parts.now())) if row.state == "open" and not shown["conflict"] else NO_MORE
        deciding = row.state == "open" and may(visit.who, AREA[row.kind], "publish")
        own = row.made_by == visit.who.id
        record(session, visit.who, "read", row.kind, row.name, proposal=row.id)
    return render(
        request,
        visit,
        "text_proposal.html",
        status=409 if problem else 200,
        one=shown,
        problems=problem.problems if isinstance(problem, ChecksFailed) else [],
        deciding=deciding,
        own=own,
        **more,
    )


NO_MORE: dict[str, Any] = {"check": None, "behind": [], "effects": None}


def _more(library: Library, row: TextProposal, today: Any) -> dict[str, Any]:
    """What publishing would do: the texts as they would be shown, or every answer that a value changes."""
    if row.kind != WORDING:
        return {**NO_MORE, "effects": fact_effects.of_entry(library, row.name, row.after["entry"], row.after.get("valid_from"), today)}
    texts = {**wording_changes.text_now(library, row.name, row.language), **row.after["texts"]}
    behind = [] if row.after["same_meaning"] else wording_changes.left_behind(library, row.name, row.language, texts)
    return {**NO_MORE, "check": checked(library, row.name, row.language, texts, today), "behind": behind}


def _shown(library: Library, row: TextProposal, t: Labels) -> dict[str, Any]:
    """A proposal as the templates read it. Conflict: what stands in the file now differs from what the proposal was made from."""
    said = {
        "id": row.id,
        "kind": row.kind,
        "name": row.name,
        "state": row.state,
        "why": row.why,
        "answer": row.answer,
        "made_by": row.maker.name if row.maker else "",
        "made_at": row.made_at,
        "decided_by": row.decider.name if row.decider else "",
        "decided_at": row.decided_at,
        "withdrawn": row.state == "refused" and row.decided_by is not None and row.decided_by == row.made_by,
    }
    return {**said, **(_wording(library, row) if row.kind == WORDING else _fact(library, row, t))}


def _wording(library: Library, row: TextProposal) -> dict[str, Any]:
    there = library.has_topic(row.name) and row.language in library.languages
    conflict = row.state == "open" and (not there or wording_changes.conflict(library, row))
    now = wording_changes.text_now(library, row.name, row.language) if there else {}
    before, after = row.before["texts"], row.after["texts"]
    return {
        "address": f"/console/texts/{row.name}/{row.language}",
        "language": library.languages.get(row.language),
        "conflict": conflict,
        "now": {key: now.get(key, "") for key in after} if conflict else {},
        "changes": [(f"text_{key}", differences(before[key], after[key])) for key in after],
        "adapted": bool(row.after["based_on"]),
        "same_meaning": row.after["same_meaning"],
    }


def _fact(library: Library, row: TextProposal, t: Labels) -> dict[str, Any]:
    conflict = row.state == "open" and fact_changes.conflict(library, row)
    entry = fact_changes.entry_now(library, row.name) if row.name in library.facts else ""
    before, after = row.before, row.after
    changed = fact_changes.changed_fields(row)
    return {
        "address": f"/console/facts/{row.name}",
        "language": None,
        "conflict": conflict,
        "now": {"entry": entry} if conflict else {},
        "changes": [(f"fact_{key}", differences(_plain(key, before.get(key), t), _plain(key, after.get(key), t))) for key in changed],
        "adapted": False,
        "same_meaning": False,
    }


def _plain(key: str, value: Any, t: Labels) -> str:
    if key == "confidence" and value:
        return t(f"fact_confidence_{value}")
    if isinstance(value, bool):
        return t("yes" if value else "no")
    return "" if value is None else str(value)
