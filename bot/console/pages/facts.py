"""/console/facts: every fact with its value and dates, what is due first; a new value, previewed in all languages before it is proposed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.console.pages import fact_effects
from bot.console.pages.texts import FACT_SIGNS
from bot.console.rendering import render
from bot.console.shown_texts import shown_value
from bot.console.visits import Visit, changing_visit, parts_of, visit
from bot.content import Library
from bot.content.effects import used_in
from bot.content.facts import Confidence, Fact, FactState, Known
from bot.content.selection import title_of
from bot.content.trial import Trial
from bot.desk.access import may, require
from bot.desk.audit import record
from bot.desk.fact_changes import entry_with, facts_with, known_fact, problems_of, proposal_for, value_from, value_now
from bot.desk.proposals import FACT, files_readable, open_proposals, store
from bot.plans.moments import day_in_norway

router = APIRouter(prefix="/console")
Visiting = Annotated[Visit, Depends(visit)]
Changing = Annotated[Visit, Depends(changing_visit)]
Words = Annotated[str, Form()]
DUE_WITHIN = dt.timedelta(days=90)


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; empty for all."""

    area: str = ""
    state: str = ""
    confidence: str = ""
    words: Annotated[str, Query(max_length=100)] = ""


@dataclass(frozen=True)
class Given:
    """The form of a fact as it was sent."""

    value: Words = ""
    valid_from: Words = ""
    valid_to: Words = ""
    review_by: Words = ""
    checked_on: Words = ""
    confidence: Words = ""
    why: Words = ""


@router.get("/facts")
def all_facts(request: Request, visit: Visiting, wanted: Annotated[Wanted, Depends()]) -> HTMLResponse:
    """What is due, then all facts by area."""
    require(visit.who, "facts")
    parts = parts_of(request)
    still, today = Trial(parts.library), day_in_norway(parts.now())
    used = used_in(still)
    rows = [_row(still, still.facts.on(fact_id, today), used[fact_id]) for fact_id in still.facts]
    shown = [row for row in rows if _fits(row, wanted)]
    areas: dict[str, list[dict[str, Any]]] = {}
    for row in shown:
        areas.setdefault(row["area"], []).append(row)
    due = [row for row in shown if is_due(row["known"], today)]
    return render(
        request,
        visit,
        "facts.html",
        due=sorted(due, key=lambda row: (row["known"].state is not FactState.EXPIRED, row["known"].expires_on or dt.date.min)),
        areas=areas,
        all_areas=sorted({row["area"] for row in rows}),
        count=len(shown),
        wanted=wanted,
        states=list(FactState),
        confidences=list(Confidence),
        titles={topic: title_of(still, topic, still.languages.source.code) or topic for topic in still.topic_ids()},
    )


@router.get("/facts/{fact_id}")
def fact(request: Request, visit: Visiting, fact_id: str) -> HTMLResponse:
    """One fact with its form."""
    require(visit.who, "facts")
    parts = parts_of(request)
    found = known_fact(parts.library, fact_id)
    now = value_now(found, day_in_norway(parts.now()))
    with parts.transaction() as session:
        record(session, visit.who, "read", FACT, fact_id)
    form = Given(
        value=("yes" if now.value else "no") if isinstance(now.value, bool) else "" if now.value is None else str(now.value),
        valid_from=_iso(now.valid_from),
        valid_to=_iso(now.valid_to),
        review_by=_iso(now.review_by),
        checked_on=_iso(now.checked_on),
        confidence=now.confidence.value,
    )
    return _page(request, visit, found, form)


@router.post("/facts/{fact_id}/preview")
def preview(request: Request, visit: Changing, fact_id: str, given: Annotated[Given, Depends()]) -> HTMLResponse:
    """Every answer that would change, in every language, before anything is stored."""
    require(visit.who, "facts", "propose")
    parts = parts_of(request)
    today, found = day_in_norway(parts.now()), known_fact(parts.library, fact_id)
    new = value_from(found, vars(given), today)
    with files_readable():
        entry = entry_with(parts.library, found, new, today)
        facts = facts_with(parts.library, fact_id, entry)
    effects = fact_effects.of_entry(parts.library, fact_id, entry, _iso(new.valid_from) or None, today)
    return _page(request, visit, found, given, effects=effects, problems=problems_of(parts.library, fact_id, facts))


@router.post("/facts/{fact_id}")
def propose(request: Request, visit: Changing, fact_id: str, given: Annotated[Given, Depends()]) -> Response:
    """Stores the proposal."""
    require(visit.who, "facts", "propose")
    parts = parts_of(request)
    today, found = day_in_norway(parts.now()), known_fact(parts.library, fact_id)
    with files_readable():
        proposal = proposal_for(parts.library, visit.who, found, value_from(found, vars(given), today), given.why, parts.now(), today)
    with parts.transaction() as session:
        number = store(session, visit.who, proposal).id
    return RedirectResponse(f"/console/texts/proposals/{number}", status_code=303)


def is_due(known: Known, today: dt.date) -> bool:
    """Whether a fact has expired, or does so within the next ninety days."""
    return known.state is FactState.EXPIRED or (known.expires_on is not None and known.expires_on <= today + DUE_WITHIN)


def _page(request: Request, visit: Visit, found: Fact, form: Given, effects: Any = None, problems: Any = ()) -> HTMLResponse:
    parts = parts_of(request)
    still, today = Trial(parts.library), day_in_norway(parts.now())
    with parts.transaction() as session:
        waiting = [(row.id, row.maker.name if row.maker else "", row.made_at) for row in open_proposals(session, FACT, found.id)]
    like = value_now(found, today).value
    return render(
        request,
        visit,
        "fact.html",
        fact=found,
        row=_row(still, still.facts.on(found.id, today), used_in(still)[found.id]),
        known=still.facts.on(found.id, today),
        kind="boolean" if isinstance(like, bool) else "date" if isinstance(like, dt.date) else "text",
        form=form,
        effects=effects,
        problems=problems,
        waiting=waiting,
        confidences=list(Confidence),
        today=today.isoformat(),
        proposing=may(visit.who, "facts", "propose"),
        titles={topic: title_of(still, topic, still.languages.source.code) or topic for topic in still.topic_ids()},
    )


def _row(library: Library, known: Known, topics: list[str]) -> dict[str, Any]:
    return {
        "known": known,
        "area": known.fact.file.stem,
        "value": shown_value(library, known, library.languages.source.code),
        "sign": FACT_SIGNS[known.state],
        "topics": topics,
    }


def _fits(row: dict[str, Any], wanted: Wanted) -> bool:
    known = row["known"]
    if wanted.area not in ("", row["area"]) or wanted.state not in ("", known.state.value):
        return False
    if wanted.confidence not in ("", known.confidence.value):
        return False
    said = " ".join((known.fact.id, known.fact.says, known.fact.source.title, row["value"], *row["topics"])).casefold()
    return all(word in said for word in wanted.words.casefold().split())


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
