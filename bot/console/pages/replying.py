"""What an advisor sends: reviewed phrases with a preview in both languages, own words, a file, a meeting that lands in the plan."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from bot.console.rendering import render
from bot.console.visits import Visit, changing_visit, parts_of, visit
from bot.desk.access import require
from bot.desk.acting import Acting, Booking
from bot.desk.audit import record
from bot.desk.files import LARGEST, FileIn
from bot.desk.problems import FieldMissing, NoSuchCase, TextTooLong
from bot.desk.reading import case_for
from bot.desk.shown_chats import shown_messages
from bot.plans.checks import PlanProblem
from bot.plans.moments import NORWAY
from bot.storage.desk_tables import Attachment, Case
from bot.storage.tables import Message

router = APIRouter(prefix="/console/cases")
Changing = Annotated[Visit, Depends(changing_visit)]
Text = Annotated[str, Form()]
Optional = Annotated[str, Form()]


async def fields(request: Request) -> dict[str, str]:
    """The fields of a phrase: form fields that begin with field_."""
    given = await request.form()
    return {name.removeprefix("field_"): str(value) for name, value in given.items() if name.startswith("field_")}


@router.post("/{number}/preview")
def preview(request: Request, visit: Changing, number: int, reply: Text, given: Annotated[dict[str, str], Depends(fields)]) -> HTMLResponse:
    """A phrase as the participant would read it, and in Norwegian. A field still empty shows as a sentence, not as an error."""
    parts = parts_of(request)
    require(visit.who, "case")
    with parts.transaction() as session:
        case = case_for(session, visit.who, number)
        try:
            said, missing = Acting(parts.desk, visit.who).preview(session, case, reply, given), ""
        except FieldMissing as problem:
            said, missing = None, problem.values["field"]
    return render(request, visit, "preview.html", said=said, missing=missing)


@router.post("/{number}/phrase")
def phrase(
    request: Request, visit: Changing, number: int, reply: Text, key: Text, given: Annotated[dict[str, str], Depends(fields)]
) -> Response:
    """Sends a phrase."""
    return _send(
        request, visit, number, "phrase", lambda session, acting: acting.say_phrase(session, number, reply, given, key), reply=reply
    )


@router.post("/{number}/text")
def text(request: Request, visit: Changing, number: int, key: Text, text: Optional = "", language: Optional = "nb") -> Response:
    """Sends own words. What was typed comes back with the problem when it could not be sent."""
    if language not in parts_of(request).library.languages:
        raise FieldMissing(field="language")
    try:
        return _send(request, visit, number, "text", lambda session, acting: acting.say_text(session, number, text, key, language))
    except (FieldMissing, TextTooLong, PlanProblem) as problem:
        return _again(request, visit, number, problem, text)


@router.post("/{number}/file")
async def file(request: Request, visit: Changing, number: int, key: Text, file: UploadFile) -> Response:
    """Sends a file."""
    content = await file.read(LARGEST + 1)
    given = FileIn((file.filename or "").strip(), file.content_type or "", content)
    return await run_in_threadpool(
        _send, request, visit, number, "file", lambda session, acting: acting.send_file(session, number, given, key), size=len(content)
    )


@router.post("/{number}/book")
def book(
    request: Request,
    visit: Changing,
    number: int,
    key: Text,
    starts_at: Optional = "",
    kind: Optional = "plan_talk",
    minutes: Optional = "",
    place: Optional = "",
    with_whom: Optional = "",
) -> Response:
    """Books a meeting: into the plan and to the participant."""
    booking = Booking(kind, _moment(starts_at), _minutes(minutes), place.strip(), with_whom.strip() or visit.who.name)
    if not booking.place:
        raise FieldMissing(field="place")
    return _send(request, visit, number, "book", lambda session, acting: acting.book(session, number, booking, key), starts_at=starts_at)


@router.get("/{number}/files/{token}")
def sent_file(request: Request, visit: Annotated[Visit, Depends(visit)], number: int, token: str) -> Response:
    """A file of the conversation, to open. Only of a case this colleague may see."""
    parts = parts_of(request)
    require(visit.who, "case")
    with parts.transaction() as session:
        case = case_for(session, visit.who, number)
        file = _file_of(session, case, token)
        record(session, visit.who, "read", "file", str(file.id), case=number)
        content = parts.seal.open_bytes(file.sealed_bytes)
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
        return Response(content, media_type=file.content_type, headers=headers)


def _file_of(session: Session, case: Case, token: str) -> Attachment:
    found = select(Attachment).join(Message, Message.id == Attachment.message_id)
    file = session.scalar(found.where(Attachment.token == token, shown_messages(session, case)))
    if file is None:
        raise NoSuchCase
    return file


def _send(request: Request, visit: Visit, number: int, action: str, send: Any, **details: object) -> Response:
    parts = parts_of(request)
    require(visit.who, "case", "change")
    with parts.transaction() as session:
        case_for(session, visit.who, number)
        send(session, Acting(parts.desk, visit.who))
        record(session, visit.who, action, "case", str(number), **details)
    return RedirectResponse(f"/console/cases/{number}#newest", status_code=303)


def _again(request: Request, visit: Visit, number: int, problem: FieldMissing | TextTooLong | PlanProblem, typed: str) -> Response:
    from bot.console.app import sentence_of
    from bot.console.pages.case import shown

    parts = parts_of(request)
    with parts.transaction() as session:
        values = shown(session, parts, visit, number)
        return render(request, visit, "case.html", status=409, **{**values, "said": typed, "sorry": sentence_of(problem, visit.t)})


def _moment(given: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(given).replace(tzinfo=NORWAY)
    except ValueError:
        raise FieldMissing(field="starts_at") from None


def _minutes(given: str) -> int | None:
    if not given.strip():
        return None
    if not given.strip().isdigit():
        raise FieldMissing(field="minutes")
    return int(given)
