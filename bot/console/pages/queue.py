"""/console/: the queue. The list alone is /console/queue, which the page asks for again when something changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from bot.console.rendering import render
from bot.console.visits import Visit, parts_of, visit
from bot.conversations.traffic.overview import paused
from bot.desk.access import require
from bot.desk.colleagues import Role
from bot.desk.queue import Wanted, queue
from bot.desk.reasons import Reason

router = APIRouter(prefix="/console")
Visiting = Annotated[Visit, Depends(visit)]


@router.get("/")
def page(request: Request, visit: Visiting, wanted: Annotated[Wanted, Depends()]) -> HTMLResponse:
    """The whole page. Editors and teachers, who see no cases, are shown where their work is."""
    if visit.who.role in (Role.EDITOR, Role.TEACHER):
        return render(request, visit, "welcome.html")
    return render(request, visit, "queue.html", **_found(request, visit, wanted))


@router.get("/queue")
def rows(request: Request, visit: Visiting, wanted: Annotated[Wanted, Depends()]) -> HTMLResponse:
    """The list alone."""
    return render(request, visit, "queue_rows.html", **_found(request, visit, wanted))


def _found(request: Request, visit: Visit, wanted: Wanted) -> dict[str, Any]:
    parts = parts_of(request)
    require(visit.who, "queue")
    now = parts.now()
    with parts.transaction() as session:
        found = queue(session, parts.seal, visit.who, wanted, now)
        troubled = paused(session, now)
    places = parts.library.municipalities()
    return {
        "queue": found,
        "troubled": troubled,
        "wanted": wanted,
        "now": now,
        "reasons": [str(reason) for reason in Reason],
        "languages": parts.library.languages.offered,
        "places": places,
        "query": request.url.query,
    }
