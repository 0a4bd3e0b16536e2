"""The accounts an administrator looks after: list, add, disable, another password, no codes any more."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.console.labels import LANGUAGES
from bot.console.rendering import render
from bot.console.visits import Visit, changing_visit, parts_of
from bot.console.visits import visit as visit_now
from bot.desk import accounts, passwords
from bot.desk.access import everywhere, require
from bot.desk.accounts import NewAccount
from bot.desk.audit import record
from bot.desk.colleagues import Role
from bot.desk.problems import DeskProblem
from bot.plans.moments import in_utc
from bot.storage.desk_tables import Account

router = APIRouter(prefix="/console/accounts")
Here = Annotated[Visit, Depends(visit_now)]
Changing = Annotated[Visit, Depends(changing_visit)]
Text = Annotated[str, Form()]
NOTHING_TYPED = NewAccount("", "", Role.ADVISOR.value)


@router.get("")
def account_list(request: Request, visit: Here) -> HTMLResponse:
    """All accounts this administrator may see, and the form for a new one."""
    require(visit.who, "accounts")
    return _page(request, visit, read=True)


@router.post("")
def add(
    request: Request,
    visit: Changing,
    login: Text = "",
    name: Text = "",
    role: Text = "",
    municipality: Text = "",
    language: Text = "nb",
    speaks: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Writes an account and shows, this once, the password it begins with."""
    require(visit.who, "accounts", "change")
    parts = parts_of(request)
    wanted = NewAccount(login, name, role, municipality, language, tuple(speaks or ()))
    password = passwords.made_password()
    kept = passwords.hash_of(password, once=True)
    try:
        with parts.transaction() as session:
            row = accounts.add(session, accounts.choices_of(parts.library), wanted, kept, parts.now(), by=visit.who)
            record(session, visit.who, "add", "account", str(row.id), role=row.role, municipality=row.municipality)
    except DeskProblem as problem:
        return _page(request, visit, problem=problem, typed=wanted)
    return _page(request, visit, made=row, password=password)


@router.post("/{account_id}/password")
def new_password(request: Request, visit: Changing, account_id: int) -> Response:
    """Gives a new one-time password and shows it, this once."""
    parts, password = parts_of(request), passwords.made_password()
    kept = passwords.hash_of(password, once=True)
    with parts.transaction() as session:
        row = accounts.one_of(session, account_id, visit.who)
        accounts.give_password(session, row, kept, parts.now())
        record(session, visit.who, "reset_password", "account", str(row.id))
    return _page(request, visit, made=row, password=password)


@router.post("/{account_id}/disable")
def disable(request: Request, visit: Changing, account_id: int) -> Response:
    """Closes an account and signs its browsers out."""
    parts = parts_of(request)
    with parts.transaction() as session:
        row = accounts.one_of(session, account_id, visit.who)
        accounts.disable(session, row, parts.now())
        record(session, visit.who, "disable", "account", str(row.id))
    return RedirectResponse("/console/accounts", status_code=303)


@router.post("/{account_id}/enable")
def enable(request: Request, visit: Changing, account_id: int) -> Response:
    """Opens it again."""
    with parts_of(request).transaction() as session:
        row = accounts.one_of(session, account_id, visit.who)
        accounts.enable(row)
        record(session, visit.who, "enable", "account", str(row.id))
    return RedirectResponse("/console/accounts", status_code=303)


@router.post("/{account_id}/codes")
def no_codes(request: Request, visit: Changing, account_id: int) -> Response:
    """For a lost telephone: the next sign-in sets up another app."""
    parts = parts_of(request)
    with parts.transaction() as session:
        row = accounts.one_of(session, account_id, visit.who)
        accounts.take_codes_away(session, row, parts.now())
        record(session, visit.who, "remove_codes", "account", str(row.id))
    return RedirectResponse("/console/accounts", status_code=303)


def _page(
    request: Request,
    visit: Visit,
    *,
    read: bool = False,
    problem: DeskProblem | None = None,
    typed: NewAccount = NOTHING_TYPED,
    made: Account | None = None,
    password: str = "",
) -> HTMLResponse:
    parts, who = parts_of(request), visit.who
    with parts.transaction() as session:
        rows = accounts.all_of(session, who)
        if read:
            record(session, who, "read", "accounts")
    places = parts.library.municipalities()
    values: dict[str, Any] = {
        "rows": rows,
        "places": places if everywhere(who) else {one: place for one, place in places.items() if one == who.municipality},
        "anywhere": everywhere(who),
        "roles": [role.value for role in Role],
        "console_languages": LANGUAGES,
        "is_locked": lambda row: row.locked_until is not None and in_utc(row.locked_until) > parts.now(),
        "typed": typed,
        "made": made,
        "password": password,
        "problem": visit.t(f"problem_{problem.key}", **problem.values) if problem else "",
    }
    return render(request, visit, "accounts.html", status=422 if problem else 200, **values)
