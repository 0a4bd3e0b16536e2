"""Makes a one-time code for a participant's chat and shows it once, on a page to print and hand over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from bot.console.pages.participant_page import Shown, participant_page
from bot.console.pages.people import address_of, held_person
from bot.console.pages.refusals import refused
from bot.console.pages.typed import Typed
from bot.console.rendering import render
from bot.console.visits import Visit, changing_visit, parts_of
from bot.content import Library
from bot.content.composed import shown
from bot.content.lines import moment
from bot.conversations.traffic.addresses import addresses
from bot.desk.audit import record
from bot.plans.checks import PlanProblem
from bot.plans.linking import HOURS, link_address, link_key, make_code, qr_svg

router = APIRouter()
PAGE = "code_page"  # the folder in data/ with the words of the printed page, one file per language


@dataclass(frozen=True)
class Way:
    """A way into a chat with the code typed in already: the channel, its address, and the address as a picture."""

    channel: str
    address: str
    qr: str


@router.post("/participants/{reference}/code")
def code_page(request: Request, visit: Annotated[Visit, Depends(changing_visit)], reference: str) -> Response:
    """A new code; older unused ones stop working. Only its hash is kept, so this page cannot be had again."""
    parts, now = parts_of(request), parts_of(request).now()
    try:
        with parts.transaction() as session:
            person = held_person(session, parts, visit.who, reference).participant
            key = link_key(parts.settings.key("text_key"))
            code = make_code(session, person.id, visit.who.name, now, key=key)
            address = link_address(parts.settings.public, code)
            elsewhere = addresses(session, code)
            record(session, visit.who, "code_made", "participant", person.reference, hours=HOURS)
    except PlanProblem as problem:
        return participant_page(request, visit, reference, Shown(refused(visit.t, "code", Typed(), problem), status=422))
    until = now + dt.timedelta(hours=HOURS)
    return render(
        request,
        visit,
        "code.html",
        person=person,
        code=code,
        ways=[Way("web", address, _image(address)), *(Way(name, where, _image(where)) for name, where in elsewhere.items())],
        until=until,
        texts=texts_of(parts.library, person.language, until),
        back=address_of(person.reference),
    )


def _image(address: str) -> str:
    return f"data:image/svg+xml;charset=utf-8,{quote(qr_svg(address), safe='')}"


def texts_of(library: Library, language: str | None, until: dt.datetime) -> list[dict[str, Any]]:
    """The words of the printed page: in the participant's language, where there are some, and in Norwegian."""
    source = library.languages.source.code
    norwegian = "nn" if language == "nn" else source
    wanted = dict.fromkeys((language or norwegian, norwegian))
    there = [code for code in wanted if code in library.languages and (library.data / PAGE / f"{code}.yml").exists()]
    return [_texts(library, code, until) for code in there]


def _texts(library: Library, code: str, until: dt.datetime) -> dict[str, Any]:
    language = library.languages[code]
    words = {key: str(text).strip() for key, text in library.texts(PAGE, code)["texts"].items()}
    words["until"] = words["until"].format(until=shown(library, language, moment(until)))
    return {"language": language, **words}
