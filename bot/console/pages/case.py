"""/console/cases/{number}: one case, and what an advisor decides about it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.pages.people import address_of
from bot.console.parts import Parts
from bot.console.rendering import render
from bot.console.visits import Visit, changing_visit, parts_of, visit
from bot.desk import cases
from bot.desk.access import require
from bot.desk.acting import Acting
from bot.desk.audit import record
from bot.desk.colleagues import Colleague, Role, colleague_from
from bot.desk.media_cases import media_of
from bot.desk.one_case import language_of
from bot.desk.problems import NotAllowed
from bot.desk.reading import be_present, case_for, case_view, reply_window
from bot.desk.replies import Reply, replies
from bot.guidance.codes import APPOINTMENT_KINDS
from bot.plans.wishes import wishes
from bot.storage.desk_tables import Account, Case

router = APIRouter(prefix="/console/cases")
Visiting = Annotated[Visit, Depends(visit)]
Changing = Annotated[Visit, Depends(changing_visit)]
Text = Annotated[str, Form()]


@router.get("/{number}")
def page(request: Request, visit: Visiting, number: int) -> HTMLResponse:
    """The whole page; reading it is audited."""
    parts = parts_of(request)
    require(visit.who, "case")
    with parts.transaction() as session:
        record(session, visit.who, "read", "case", str(case_for(session, visit.who, number).id))
        be_present(session, number, visit.who, parts.now())
        return render(request, visit, "case.html", **shown(session, parts, visit, number))


@router.get("/{number}/conversation")
def conversation(request: Request, visit: Visiting, number: int, writing: bool = False) -> HTMLResponse:
    """The messages alone, asked for again when something changed; also says that this colleague is here."""
    parts = parts_of(request)
    require(visit.who, "case")
    with parts.transaction() as session:
        case_for(session, visit.who, number)
        be_present(session, number, visit.who, parts.now(), writing)
        return render(request, visit, "case_conversation.html", **shown(session, parts, visit, number))


@router.post("/{number}/take")
def take(request: Request, visit: Changing, number: int) -> Response:
    """Claims the case."""
    return _change(request, visit, number, "take", lambda session, acting: acting.take(session, number))


@router.post("/{number}/put-back")
def put_back(request: Request, visit: Changing, number: int) -> Response:
    """Back into the queue."""
    return _change(request, visit, number, "put_back", lambda session, acting: acting.put_back(session, number))


@router.post("/{number}/close")
def close(request: Request, visit: Changing, number: int, outcome: Text) -> Response:
    """Ends the case; the assistant answers again."""
    if outcome not in cases.OUTCOMES:
        return RedirectResponse(f"/console/cases/{number}", status_code=303)
    return _change(request, visit, number, "close", lambda session, acting: acting.give_back(session, number, outcome), outcome=outcome)


@router.post("/{number}/hand-over")
def hand_over(request: Request, visit: Changing, number: int, to: Text) -> Response:
    """Gives the case to a colleague, or to another municipality (`place:<id>`)."""
    kind, _, target = to.rpartition(":")

    def change(session: Session, acting: Acting) -> object:
        if kind == "place":
            if target not in parts_of(request).library.municipalities():
                raise NotAllowed
            return acting.send_on(session, number, target)
        return acting.hand_to(session, number, _colleague(session, visit.who, target))

    return _change(request, visit, number, "hand_over", change, to=to)


@router.post("/{number}/priority")
def priority(request: Request, visit: Changing, number: int, priority: Annotated[int, Form(ge=1, le=4)]) -> Response:
    """How urgent it is."""
    now = parts_of(request).now()
    return _change(
        request,
        visit,
        number,
        "priority",
        lambda session, acting: cases.set_priority(session, number, visit.who, priority, now),
        to=priority,
    )


@router.post("/{number}/note")
def note(request: Request, visit: Changing, number: int, text: Text, key: Text) -> Response:
    """A private note."""
    return _change(request, visit, number, "note", lambda session, acting: acting.add_note(session, number, text, key))


def _change(request: Request, visit: Visit, number: int, action: str, change: Any, **details: object) -> Response:
    """One change with its entry in the log, then the page again."""
    parts = parts_of(request)
    require(visit.who, "case", "change")
    with parts.transaction() as session:
        case_for(session, visit.who, number)
        change(session, Acting(parts.desk, visit.who))
        record(session, visit.who, action, "case", str(number), **details)
        still = session.scalar(select(Case.id).where(Case.id == number, Case.state != "closed"))
        gone = action == "hand_over" and str(details.get("to", "")).startswith("place:")
    return RedirectResponse("/console/" if gone or still is None else f"/console/cases/{number}", status_code=303)


def shown(session: Session, parts: Parts, visit: Visit, number: int) -> dict[str, Any]:
    """What the templates of a case show."""
    view = case_view(session, parts.seal, parts.library, visit.who, number, parts.now())
    case, who = view.case, visit.who
    place = parts.desk.place(case.municipality)
    found = wishes(session, parts.seal, participant_id=view.plan.participant.id) if view.plan else []
    return {
        "view": view,
        "media": media_of(session, parts.seal, case),
        "case": case,
        "conversation": view.answers_go_to,
        "place": place,
        "mine": case.state == "held" and (case.holder_id == who.id or who.role is Role.ADMINISTRATOR),
        "their_language": language_of(view.answers_go_to, case),
        "window": reply_window(view.answers_go_to.channel, view.lines_where_answers_go, parts.now()),
        "wishes": [wish for wish in found if wish.conversation_id in {chat.id for chat in view.chats}],
        "colleagues": _colleagues(session, who),
        "places": parts.library.municipalities(),
        "outcomes": [outcome for outcome in cases.OUTCOMES if outcome not in cases.BY_ITSELF],
        "replies": _replies(parts),
        "kinds": APPOINTMENT_KINDS,
        "now": parts.now(),
        "said": "",
        "address_of": address_of,
    }


def _replies(parts: Parts) -> dict[str, list[tuple[Reply, str]]]:
    """The phrases by group, in the order of the file, each with its Norwegian words, gaps shown as dots."""
    source = parts.library.languages.source.code
    groups: dict[str, list[tuple[Reply, str]]] = {}
    for reply in replies(parts.library).values():
        gaps = dict.fromkeys((*reply.fields, *reply.own), "…")
        groups.setdefault(reply.group, []).append((reply, parts.library.phrase(reply.key, source, **gaps)))
    return groups


def _colleagues(session: Session, who: Colleague) -> list[Colleague]:
    """Other advisors of the own municipality."""
    same = (Account.role == Role.ADVISOR, Account.municipality == who.municipality, Account.id != who.id, Account.disabled_at.is_(None))
    return [colleague_from(row) for row in session.scalars(select(Account).where(*same).order_by(Account.name))]


def _colleague(session: Session, who: Colleague, number: str) -> Colleague:
    found = next((one for one in _colleagues(session, who) if str(one.id) == number), None)
    if found is None:
        raise NotAllowed
    return found
