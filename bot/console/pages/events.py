"""/console/events: tells a page that something changed (server-sent events), so that it asks for its part again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session
from sse_starlette.sse import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from bot.console.parts import Parts
from bot.console.visits import COOKIE, SignInNeeded, Visit, parts_of, visit, visit_of
from bot.desk.access import may
from bot.desk.queue import pulse, visible_to
from bot.plans.chats import chats_of
from bot.storage.desk_tables import Case, CaseEvent, CasePresence
from bot.storage.tables import Message
from bot.storage.traffic_tables import Departure

router = APIRouter(prefix="/console")
EVERY = 1.0  # seconds
RETRY = 3000  # milliseconds until a browser that lost us tries again


@router.get("/events")
async def events(request: Request, visit: Annotated[Visit, Depends(visit)], case: int = 0) -> EventSourceResponse:
    """`queue` when the queue changed, and with `case` its number: `case` when that case or its conversation changed."""
    return EventSourceResponse(_changes(request, visit, case), ping=15)


async def _changes(request: Request, visit: Visit, case: int) -> AsyncIterator[dict[str, object]]:
    parts, token = parts_of(request), request.cookies.get(COOKIE)
    known: dict[str, str] = {}
    yield {"event": "hello", "data": "", "retry": RETRY}
    while not await request.is_disconnected():
        try:
            now = await run_in_threadpool(_pulses, parts, token, case)
        except SignInNeeded:
            return
        for name, value in now.items():
            if known and known.get(name) != value:
                yield {"event": name, "data": ""}
        known = now
        await asyncio.sleep(EVERY)


def _pulses(parts: Parts, token: str | None, case: int) -> dict[str, str]:
    with parts.transaction() as session:
        visit = visit_of(session, parts, token, parts.now())
        pulses = {"queue": pulse(session, visit.who)} if may(visit.who, "queue") else {}
        if case and may(visit.who, "case"):
            pulses["case"] = _pulse_of(session, visit, case)
        return pulses


def _pulse_of(session: Session, visit: Visit, number: int) -> str:
    """A text that changes with a case, its messages, their delivery, its events, and who looks at it."""
    row = session.execute(select(Case.version, Case.conversation_id).where(Case.id == number, visible_to(visit.who))).one_or_none()
    if row is None:
        return ""
    messages = select(
        func.count(Message.problem),
        func.count(Message.id),
        func.max(Message.id),
        func.count(Message.delivered_at),
        func.count(Message.answered_at),
    )
    chats = chats_of(session, row.conversation_id)
    said = session.execute(messages.where(Message.conversation_id.in_(chats))).one()
    sent = select(Departure.state, func.count()).where(Departure.conversation_id.in_(chats)).group_by(Departure.state)
    brought = sorted(map(str, session.execute(sent)))
    happened = session.scalar(select(func.count(CaseEvent.id)).where(CaseEvent.case_id == number))
    there = select(func.count(), func.sum(cast(CasePresence.writing, Integer))).where(
        CasePresence.case_id == number, CasePresence.account_id != visit.who.id
    )
    return "/".join(str(value) for value in (row.version, *said, *brought, happened, *session.execute(there).one()))
