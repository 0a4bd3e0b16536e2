"""/console/texts: the state of every topic in every language, each text beside its Norwegian source, and the form for a better one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.console.pages import proposals as proposals_page
from bot.console.rendering import render
from bot.console.shown_texts import checked, shown_texts, shown_value, written_texts
from bot.console.visits import Visit, changing_visit, parts_of, visit
from bot.content import Library
from bot.content.coverage import TopicCoverage, coverage
from bot.content.facts import FactState
from bot.content.read_back import read_readings, readings_file
from bot.content.selection import title_of
from bot.content.states import State, state_of
from bot.content.trial import Trial
from bot.desk.access import may, require
from bot.desk.audit import record
from bot.desk.proposals import WORDING, count_open, open_proposals, store
from bot.desk.wording_changes import given_texts, known_text, left_behind, mark_read, proposal_for, source_of, text_now
from bot.plans.moments import day_in_norway

router = APIRouter(prefix="/console")
router.include_router(proposals_page.router)  # first, or its addresses would be read as a topic and a language
Visiting = Annotated[Visit, Depends(visit)]
Changing = Annotated[Visit, Depends(changing_visit)]
Words = Annotated[str, Form()]


async def fields(request: Request) -> dict[str, str]:
    """Everything a form holds; a text's fields are called as in its file."""
    return {name: str(value) for name, value in (await request.form()).items()}


Fields = Annotated[dict[str, str], Depends(fields)]
SIGNS = {State.UP_TO_DATE: "✓", State.DRAFT: "✎", State.MACHINE: "⚙", State.OUTDATED: "↻", State.MISSING: "∅"}
FACT_SIGNS = {FactState.VALID: "✓", FactState.EXPIRED: "✕", FactState.NOT_YET: "…"}


@dataclass(frozen=True)
class Wanted:
    """What the table is narrowed to; empty for all."""

    group: str = ""
    state: str = ""
    language: str = ""
    words: Annotated[str, Query(max_length=100)] = ""


@router.get("/texts")
def table(request: Request, visit: Visiting, wanted: Annotated[Wanted, Depends()]) -> HTMLResponse:
    """The coverage table."""
    require(visit.who, "texts")
    parts = parts_of(request)
    still, today = Trial(parts.library), day_in_norway(parts.now())
    rows = coverage(still, today)
    codes = [code for code in still.languages if not wanted.language or code == wanted.language]
    codes = [code for code in codes if rows and code in rows[0].states]
    titles = {row.topic: title_of(still, row.topic, still.languages.source.code) or row.topic for row in rows}
    shown = [row for row in rows if _fits(still, row, wanted, codes, titles[row.topic])]
    with parts.transaction() as session:
        waiting = count_open(session)
    return render(
        request,
        visit,
        "texts.html",
        rows=shown,
        codes=codes,
        titles=titles,
        wanted=wanted,
        waiting=waiting,
        all_rows=len(rows),
        groups=sorted({topic.group for topic in still.topics()}),
        states=list(State),
        signs=SIGNS,
        counts={state: sum(row.states[code] == state for row in shown for code in codes) for state in State},
        languages=still.languages.offered,
        today=today.isoformat(),
    )


@router.get("/texts/{topic}/{language}")
def text(request: Request, visit: Visiting, topic: str, language: str) -> HTMLResponse:
    """One text beside its source."""
    return _text_page(request, visit, topic, language, audit=True)


@router.post("/texts/{topic}/{language}/check")
def check(request: Request, visit: Changing, topic: str, language: str, given: Fields) -> HTMLResponse:
    """What the checks say of the text in the form, and how it would look; nothing is stored."""
    require(visit.who, "texts", "propose")
    typed = _typed(parts_of(request).library, topic, language, given)
    if request.headers.get("HX-Request"):
        return render(request, visit, "text_check.html", **_check_values(request, topic, language, typed))
    return _text_page(request, visit, topic, language, typed=typed)


@router.post("/texts/{topic}/{language}")
def propose(
    request: Request,
    visit: Changing,
    topic: str,
    language: str,
    given: Fields,
    why: Words = "",
    adapted: Words = "",
    same_meaning: Words = "",
) -> Response:
    """Stores a proposal when the checks pass; else shows what they found beside what was typed."""
    require(visit.who, "texts", "propose")
    parts = parts_of(request)
    typed = _typed(parts.library, topic, language, given)
    proposal = proposal_for(
        parts.library, visit.who, topic, language, typed, why, parts.now(), adapted=bool(adapted), same_meaning=bool(same_meaning)
    )
    if checked(parts.library, topic, language, typed, day_in_norway(parts.now())).problems:
        return _text_page(request, visit, topic, language, typed=typed, why=why, status=422)
    with parts.transaction() as session:
        number = store(session, visit.who, proposal).id
    return RedirectResponse(f"/console/texts/proposals/{number}", status_code=303)


@router.post("/texts/{topic}/{language}/read")
def read(request: Request, visit: Changing, topic: str, language: str, reader: Words = "", words: Words = "") -> Response:
    """Notes that a native speaker has read the text."""
    parts = parts_of(request)
    mark_read(parts.transaction, parts.library, visit.who, topic, language, reader, words, parts.now())
    return RedirectResponse(f"/console/texts/{topic}/{language}", status_code=303)


def _fits(library: Library, row: TopicCoverage, wanted: Wanted, codes: list[str], title: str) -> bool:
    if wanted.group and library.topic(row.topic).group != wanted.group:
        return False
    if wanted.state and wanted.state not in [row.states[code].value for code in codes]:
        return False
    words = wanted.words.casefold().split()
    if not words:
        return True
    titles = [title, row.topic, library.topic(row.topic).asks]
    titles += [wording.title for code in codes if (wording := library.wording(row.topic, code))]
    return any(all(word in one.casefold() for word in words) for one in titles)


def _typed(library: Library, topic: str, language: str, given: Mapping[str, str]) -> dict[str, str]:
    known_text(library, topic, language)
    return given_texts(text_now(library, topic, language), given)


def _check_values(request: Request, topic: str, language: str, typed: Mapping[str, str]) -> dict[str, Any]:
    parts = parts_of(request)
    return {
        "check": checked(parts.library, topic, language, typed, day_in_norway(parts.now())),
        "language": parts.library.languages[language],
        "behind": left_behind(parts.library, topic, language, typed),
    }


def _text_page(
    request: Request,
    visit: Visit,
    topic: str,
    language: str,
    *,
    typed: Mapping[str, str] | None = None,
    why: str = "",
    status: int = 200,
    audit: bool = False,
) -> HTMLResponse:
    require(visit.who, "texts")
    parts = parts_of(request)
    known_text(parts.library, topic, language)
    still, today = Trial(parts.library), day_in_norway(parts.now())
    wording, source, source_code = still.wording(topic, language), source_of(still, topic), still.languages.source.code
    with parts.transaction() as session:
        waiting = [(row.id, row.maker.name if row.maker else "", row.made_at) for row in open_proposals(session, WORDING, topic, language)]
        if audit:
            record(session, visit.who, "read", WORDING, f"{topic}/{language}")
    values = _check_values(request, topic, language, typed) if typed else {"check": None, "behind": []}
    return render(
        request,
        visit,
        "text.html",
        status=status,
        topic=still.topic(topic),
        title=title_of(still, topic, source_code) or topic,
        wording=wording,
        source=source if language != source_code else None,
        state=state_of(wording, source),
        signs=SIGNS,
        shown=shown_texts(still, topic, language, today),
        shown_source={one.part: one for one in shown_texts(still, topic, source_code, today)},
        written=written_texts(wording),
        facts=_facts(still, topic, language, today),
        reading=read_readings(readings_file(still, language)).get(topic),
        fields=typed or text_now(still, topic, language),
        why=why,
        waiting=waiting,
        is_source=language == source_code,
        outdated=state_of(wording, source) in (State.OUTDATED, State.MISSING),
        proposing=may(visit.who, "texts", "propose"),
        publishing=may(visit.who, "texts", "publish"),
        **{"language": still.languages[language], **values},
    )


def _facts(library: Library, topic: str, language: str, today: Any) -> list[dict[str, Any]]:
    found = (library.facts.on(fact, today) for fact in library.topic(topic).facts if fact in library.facts)
    source = library.languages.source.code
    return [
        {
            "known": known,
            "sign": FACT_SIGNS[known.state],
            "value": shown_value(library, known, source),
            "here": shown_value(library, known, language),
        }
        for known in found
    ]
