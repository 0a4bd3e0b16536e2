"""Signing in, step by step, and out. What is right and what comes next, bot/desk/sign_ins.py knows."""

from __future__ import annotations

import hmac
import re
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.console import cookies
from bot.console.labels import LANGUAGES
from bot.console.rendering import ENVIRONMENT
from bot.console.tries import count_address
from bot.console.visits import COOKIE, ForeignForm, SignInNeeded, Visit, changing_visit, parts_of, visit_of
from bot.desk import demo_accounts, sign_in_codes
from bot.desk.access import home_of
from bot.desk.colleagues import colleague_from
from bot.desk.problems import DeskProblem
from bot.desk.sign_ins import CODE, DONE, PASSWORD, SET_UP, SigningIn, StartAgain, Step, sign_out
from bot.settings import Mode

router = APIRouter(prefix="/console")
OWN_PAGE = re.compile(r"/console(/[\w\-.~%]*)*")
PAGES = {CODE: "/console/sign-in/code", PASSWORD: "/console/sign-in/password", SET_UP: "/console/sign-in/set-up"}
Text = Annotated[str, Form()]


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "", language: str = "") -> Response:
    """The form; whoever is signed in already goes on."""
    parts = parts_of(request)
    if language in LANGUAGES:
        answer = RedirectResponse(_with_next("/console/sign-in", next), status_code=303)
        cookies.keep_language(answer, parts, language)
        return answer
    try:
        with parts.transaction() as session:
            who = visit_of(session, parts, request.cookies.get(COOKIE), parts.now()).who
        return RedirectResponse(own_page(next) or home_of(who), status_code=303)
    except SignInNeeded:
        return _sign_in_form(request, next)


@router.post("/sign-in")
def sign_in(request: Request, login: Text = "", password: Text = "", next: Text = "") -> Response:
    """Login and password. A wrong one brings the form back with one sentence that does not tell what was wrong."""
    _not_from_elsewhere(request)
    try:
        count_address(request)
        return _go_on(request, _signing_in(request).with_password(login, password), next)
    except DeskProblem as problem:
        return _sign_in_form(request, next, problem, login=login)


@router.get("/sign-in/code")
def code_page(request: Request, next: str = "") -> Response:
    """Asks for the six digits."""
    return _step_form(request, CODE, "sign_in_code.html", next)


@router.post("/sign-in/code")
def code(request: Request, code: Text = "", form_key: Text = "", next: Text = "") -> Response:
    """Looks at the six digits."""
    _check_form(request, form_key)
    try:
        count_address(request)
        return _go_on(request, _signing_in(request).with_code(request.cookies.get(cookies.HALF), code), next)
    except DeskProblem as problem:
        return _step_form(request, CODE, "sign_in_code.html", next, problem)


@router.get("/sign-in/password")
def new_password_page(request: Request, next: str = "") -> Response:
    """Asks for a password of one's own in place of the one that was made."""
    return _step_form(request, PASSWORD, "sign_in_password.html", next)


@router.post("/sign-in/password")
def new_password(request: Request, password: Text = "", form_key: Text = "", next: Text = "") -> Response:
    """Takes it."""
    _check_form(request, form_key)
    try:
        return _go_on(request, _signing_in(request).with_new_password(request.cookies.get(cookies.HALF), password), next)
    except DeskProblem as problem:
        return _step_form(request, PASSWORD, "sign_in_password.html", next, problem)


@router.get("/sign-in/set-up")
def set_up_page(request: Request, next: str = "") -> Response:
    """Shows the QR that an authenticator app reads."""
    return _set_up_form(request, next)


@router.post("/sign-in/set-up")
def set_up(request: Request, offer: Text = "", code: Text = "", form_key: Text = "", next: Text = "") -> Response:
    """Takes the first code of the app as the proof that it works."""
    _check_form(request, form_key)
    try:
        return _go_on(request, _signing_in(request).with_set_up(request.cookies.get(cookies.HALF), offer, code), next)
    except DeskProblem as problem:
        return _set_up_form(request, next, problem)


@router.post("/sign-out")
def signing_out(request: Request, visit: Annotated[Visit, Depends(changing_visit)]) -> Response:
    """Ends the sign-in of this browser."""
    parts = parts_of(request)
    with parts.transaction() as session:
        sign_out(session, visit.sign_in, parts.now())
    answer = RedirectResponse("/console/sign-in", status_code=303)
    cookies.forget_sign_in(answer)
    return answer


def own_page(address: str) -> str:
    """The address when it is a page of the console that can be gone back to; else nothing."""
    own = OWN_PAGE.fullmatch(address) and ".." not in address and "//" not in address and "%2" not in address.lower()
    return address if own and not address.startswith(("/console/sign-", "/console/events", "/console/static")) else ""


def _signing_in(request: Request) -> SigningIn:
    parts = parts_of(request)
    return SigningIn(parts.sessions, parts.seal, parts.settings.mode, parts.now)


def _go_on(request: Request, step: Step, next: str) -> Response:
    parts = parts_of(request)
    if step.next != DONE:
        answer = RedirectResponse(_with_next(PAGES[step.next], next), status_code=303)
        cookies.keep_half(answer, parts, step.token)
        return answer
    answer = RedirectResponse(own_page(next) or home_of(colleague_from(step.account)), status_code=303)
    cookies.keep_sign_in(answer, parts, step.token)
    cookies.keep_language(answer, parts, step.account.language)
    return answer


def _sign_in_form(request: Request, next: str, problem: DeskProblem | None = None, login: str = "") -> HTMLResponse:
    shown = demo_accounts.ACCOUNTS if parts_of(request).settings.mode is Mode.DEMO else ()
    values = {
        "login": login,
        "demo": shown,
        "demo_password": demo_accounts.PASSWORD,
        "languages": LANGUAGES,
        "places": parts_of(request).library.municipalities(),
    }
    return _form(request, "sign_in.html", next, problem, **values)


def _step_form(request: Request, step: str, template: str, next: str, problem: DeskProblem | None = None) -> Response:
    """The form of a step; a sign-in that stands elsewhere goes there, one that is over begins anew."""
    try:
        half, here = _signing_in(request).where(request.cookies.get(cookies.HALF))
    except StartAgain as gone:
        return _sign_in_form(request, next, problem if isinstance(problem, StartAgain) else gone)
    if here != step:
        return RedirectResponse(_with_next(PAGES[here], next) if here in PAGES else "/console/sign-in", status_code=303)
    return _form(request, template, next, problem, form_key=half.form_key, login=half.account.login)


def _set_up_form(request: Request, next: str, problem: DeskProblem | None = None) -> Response:
    try:
        half, secret, offer = _signing_in(request).offer(request.cookies.get(cookies.HALF))
    except StartAgain:
        return _step_form(request, SET_UP, "sign_in_set_up.html", next, problem)
    qr = sign_in_codes.qr_image(sign_in_codes.app_address(secret, half.account.login))
    return _form(request, "sign_in_set_up.html", next, problem, form_key=half.form_key, secret=secret, offer=offer, qr=qr)


def _form(request: Request, template: str, next: str, problem: DeskProblem | None, **values: Any) -> HTMLResponse:
    t = cookies.words_for(request)
    said = t(f"problem_{problem.key}", **problem.values) if problem else ""
    body = ENVIRONMENT.get_template(template).render(t=t, problem=said, next=own_page(next), **values)
    return HTMLResponse(body, status_code=403 if problem else 200)


def _check_form(request: Request, given: str) -> None:
    """A step's form carries the key of its half sign-in; one that is over is told so by the step itself."""
    try:
        half, _ = _signing_in(request).where(request.cookies.get(cookies.HALF))
    except StartAgain:
        return
    if not hmac.compare_digest(given.encode(), half.form_key.encode()):
        raise ForeignForm


def _not_from_elsewhere(request: Request) -> None:
    """Nobody has a key before signing in, but browsers say when another site sends the form."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm


def _with_next(page: str, next: str) -> str:
    return f"{page}?next={quote(own_page(next))}" if own_page(next) else page
