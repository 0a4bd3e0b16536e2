"""/console/cases/{number}/media/{token}: what a participant sent, to hear, to see, or to keep; each opening is in the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from bot.console.visits import Visit, parts_of, visit
from bot.conversations.file_names import content_disposition
from bot.conversations.media import KEPT
from bot.desk.access import require
from bot.desk.audit import record
from bot.desk.media_cases import media_file
from bot.desk.reading import case_for

router = APIRouter(prefix="/console/cases")
# What a browser shows without running anything. Everything else is kept as a file, whatever it says it is.
SHOWN_HERE = KEPT["voice"] | KEPT["photo"]
ANYTHING = "application/octet-stream"


@router.get("/{number}/media/{token}")
def media(request: Request, visit: Annotated[Visit, Depends(visit)], number: int, token: str, keep: bool = False) -> Response:
    """The bytes of a file, only of a case this colleague may see. `keep`: as a file, even where the browser could show it."""
    parts = parts_of(request)
    require(visit.who, "case")
    with parts.transaction() as session:
        file = media_file(session, case_for(session, visit.who, number), token)
        record(session, visit.who, "read", "file", str(file.id), case=number)
        content, name, known = parts.seal.open_bytes(file.sealed_bytes), file.name, file.content_type
    shown = known in SHOWN_HERE and not keep
    headers = {
        "Content-Disposition": content_disposition(name, "inline" if shown else "attachment"),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=known if known in SHOWN_HERE | KEPT["document"] else ANYTHING, headers=headers)
