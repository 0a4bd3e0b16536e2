"""The log of who read or changed what, for administrators. Looking at it stands in it too."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from urllib.parse import urlencode

from babel.dates import format_datetime
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from bot.console.rendering import LOCALES, render
from bot.console.visits import Visit, parts_of
from bot.console.visits import visit as visit_now
from bot.desk import audit
from bot.desk.access import require
from bot.desk.accounts import all_of
from bot.desk.audit_reading import Wanted, details_of, entries, moment_of, resources
from bot.storage.desk_tables import AuditEntry

router = APIRouter(prefix="/console/audit")
PAGE = 100


@router.get("")
def log(
    request: Request,
    visit: Annotated[Visit, Depends(visit_now)],
    account: str = "",
    resource: str = "",
    resource_id: str = "",
    day: str = "",
    before: str = "",
) -> HTMLResponse:
    """A hundred entries, newest first; `before` is the number of an entry that the page begins after."""
    require(visit.who, "audit")
    wanted = Wanted(_number(account), resource, resource_id.strip(), _day(day), _number(before))
    with parts_of(request).transaction() as session:
        rows = entries(session, visit.who, wanted, PAGE + 1)
        values: dict[str, Any] = {"people": all_of(session, visit.who), "resources": resources(session, visit.who)}
        asked: dict[str, Any] = {
            "account": wanted.account,
            "about": resource,
            "number": wanted.resource_id,
            "day": wanted.day,
            "before": wanted.before,
        }
        audit.record(session, visit.who, "read", "audit", **{name: value for name, value in asked.items() if value})
    same = {"account": account, "resource": resource, "resource_id": resource_id, "day": day}
    return render(
        request,
        visit,
        "audit.html",
        rows=rows[:PAGE],
        wanted=wanted,
        details=details_of,
        moment=lambda row: _written(row, visit.t.language),
        word=lambda kind, code: visit.t(f"audit_{kind}_{code}") if f"audit_{kind}_{code}" in visit.t else code,
        newest=_address(same) if wanted.before else "",
        older=_address({**same, "before": str(rows[PAGE - 1].id)}) if len(rows) > PAGE else "",
        **values,
    )


def _address(values: dict[str, str]) -> str:
    return f"/console/audit?{urlencode({name: value for name, value in values.items() if value})}"


def _number(text: str) -> int | None:
    """What stands in the address as a number; anything else asks for nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _written(row: AuditEntry, language: str) -> str:
    return format_datetime(moment_of(row), "d. MMM yyyy HH:mm:ss", locale=LOCALES[language])
