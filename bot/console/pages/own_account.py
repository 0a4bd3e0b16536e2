"""One's own account: name, languages, password, and the app that makes codes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from bot.console import cookies
from bot.console.labels import LANGUAGES
from bot.console.rendering import render
from bot.console.tries import count_account
from bot.console.visits import Visit, changing_visit, parts_of
from bot.console.visits import visit as visit_now
from bot.desk import accounts, passwords, sign_in_codes
from bot.desk.account_problems import CodesNeeded, DemoAccount, WrongPassword
from bot.desk.audit import record
from bot.desk.problems import DeskProblem
from bot.settings import Mode
from bot.storage.desk_tables import Account

router = APIRouter(prefix="/console/me")
Here = Annotated[Visit, Depends(visit_now)]
Changing = Annotated[Visit, Depends(changing_visit)]
Text = Annotated[str, Form()]
DONE = ("about", "password", "codes", "no_codes")


@router.get("")
def own_account(request: Request, visit: Here, done: str = "") -> HTMLResponse:
    """The page; `done` says what was changed a moment ago."""
    return _page(request, visit, done=done if done in DONE else "")


@router.post("")
def describe(
    request: Request, visit: Changing, name: Text = "", language: Text = "", speaks: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Keeps name and languages."""
    parts = parts_of(request)
    try:
        with parts.transaction() as session:
            row = session.get_one(Account, visit.who.id)
            accounts.describe_oneself(row, accounts.choices_of(parts.library), name, language, speaks or ())
            record(session, visit.who, "change", "account", str(row.id), fields=["name", "language", "speaks"])
    except DeskProblem as problem:
        return _page(request, visit, problem)
    answer = RedirectResponse("/console/me?done=about", status_code=303)
    cookies.keep_language(answer, parts, language)
    return answer


@router.post("/password")
def password(request: Request, visit: Changing, old: Text = "", new: Text = "") -> Response:
    """Changes the password and signs every other browser out."""
    parts = parts_of(request)
    try:
        count_account(request, visit.who.id)
        with parts.transaction() as session:
            accounts.choose_password(session, session.get_one(Account, visit.who.id), old, new, parts.now(), sign_in=visit.sign_in)
            record(session, visit.who, "change_password", "account", str(visit.who.id))
    except DeskProblem as problem:
        return _page(request, visit, problem)
    return RedirectResponse("/console/me?done=password", status_code=303)


@router.get("/codes")
def codes_page(request: Request, visit: Here) -> HTMLResponse:
    """A new secret with its QR. Nothing is changed before its first code is typed."""
    return _codes_page(request, visit)


@router.post("/codes")
def set_up_codes(request: Request, visit: Changing, offer: Text = "", code: Text = "", password: Text = "") -> Response:
    """Takes the app's first code and the password."""
    parts = parts_of(request)
    try:
        count_account(request, visit.who.id)
        with parts.transaction() as session:
            row = _proven(session, visit, password)
            sign_in_codes.set_up(session, parts.seal, row, offer, code, parts.now())
            accounts.end_sign_ins(session, row.id, parts.now(), but=visit.sign_in)
            record(session, visit.who, "set_up_codes", "account", str(row.id))
    except DeskProblem as problem:
        return _codes_page(request, visit, problem)
    return RedirectResponse("/console/me?done=codes", status_code=303)


@router.post("/codes/remove")
def remove_codes(request: Request, visit: Changing, password: Text = "") -> Response:
    """Signs in without codes from now on, where the installation allows that."""
    parts = parts_of(request)
    try:
        count_account(request, visit.who.id)
        if parts.settings.mode is not Mode.DEMO:
            raise CodesNeeded
        with parts.transaction() as session:
            row = _proven(session, visit, password)
            row.sealed_totp = None
            record(session, visit.who, "remove_codes", "account", str(row.id))
    except DeskProblem as problem:
        return _page(request, visit, problem)
    return RedirectResponse("/console/me?done=no_codes", status_code=303)


def _proven(session: Session, visit: Visit, password: str) -> Account:
    """The own account, of somebody who knows its password. Raises DemoAccount or WrongPassword."""
    row = session.get_one(Account, visit.who.id)
    if row.demo:
        raise DemoAccount
    if not passwords.fits(row.password_hash, password):
        raise WrongPassword
    return row


def _page(request: Request, visit: Visit, problem: DeskProblem | None = None, done: str = "") -> HTMLResponse:
    parts = parts_of(request)
    with parts.transaction() as session:
        row = session.get_one(Account, visit.who.id)
    place = parts.library.municipalities().get(row.municipality)
    return render(
        request,
        visit,
        "me.html",
        status=422 if problem else 200,
        account=row,
        place=place.name if place else row.municipality,
        console_languages=LANGUAGES,
        may_remove=parts.settings.mode is Mode.DEMO,
        problem=visit.t(f"problem_{problem.key}", **problem.values) if problem else "",
        done=done,
    )


def _codes_page(request: Request, visit: Visit, problem: DeskProblem | None = None) -> HTMLResponse:
    parts = parts_of(request)
    with parts.transaction() as session:
        row = session.get_one(Account, visit.who.id)
    if row.demo:
        return _page(request, visit, DemoAccount())
    secret = sign_in_codes.new_secret()
    return render(
        request,
        visit,
        "me_codes.html",
        status=422 if problem else 200,
        secret=secret,
        offer=sign_in_codes.offered(parts.seal, row.id, secret, parts.now()),
        qr=sign_in_codes.qr_image(sign_in_codes.app_address(secret, row.login)),
        problem=visit.t(f"problem_{problem.key}", **problem.values) if problem else "",
    )
