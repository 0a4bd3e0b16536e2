"""Puts the console together and answers for what goes wrong in it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm.exc import StaleDataError
from starlette.staticfiles import StaticFiles

from bot.console.labels import LANGUAGES, Labels, labels
from bot.console.parts import Parts
from bot.console.rendering import ENVIRONMENT
from bot.console.visits import ForeignForm, SignInNeeded
from bot.desk.problems import ChangedMeanwhile, DeskProblem, NoSuchCase, NotAllowed
from bot.plans.checks import PlanProblem

STATIC = Path(__file__).parent / "static"
SIGN_IN = "/console/sign-in"
logger = logging.getLogger(__name__)
Handler = Callable[[Request, Exception], Awaitable[Response]]


def mount(app: FastAPI, parts: Parts) -> None:
    """Adds the console to an application."""
    from bot.console.pages import routers

    app.state.console = parts
    for router in routers():
        app.include_router(router, include_in_schema=False)
    app.mount("/console/static", StaticFiles(directory=STATIC), name="console-static")
    app.add_exception_handler(SignInNeeded, to_sign_in)
    app.add_exception_handler(ForeignForm, _problem)
    app.add_exception_handler(DeskProblem, _problem)
    app.add_exception_handler(PlanProblem, _problem)
    app.add_exception_handler(StaleDataError, _problem)


async def to_sign_in(request: Request, error: Exception) -> Response:
    """A page sends the browser to the sign-in page; a part of a page makes HTMX do so."""
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": SIGN_IN})
    if request.method == "GET" and request.url.path != "/console/events":
        return RedirectResponse(f"{SIGN_IN}?next={quote(request.url.path)}", status_code=303)
    return RedirectResponse(SIGN_IN, status_code=303)


async def _problem(request: Request, error: Exception) -> Response:
    """One sentence about what stands in the way, as a page of its own or, for HTMX, in the place for messages."""
    if isinstance(error, StaleDataError):
        error = ChangedMeanwhile()
    t = labels(request.app.state.console.library.data, _language(request))
    text = sentence_of(error, t)
    status = 404 if isinstance(error, NoSuchCase) else 403 if isinstance(error, (NotAllowed, ForeignForm)) else 409
    partial = bool(request.headers.get("HX-Request"))
    body = ENVIRONMENT.get_template("problem_part.html" if partial else "problem.html").render(t=t, text=text)
    headers = {"HX-Retarget": "#message", "HX-Reswap": "innerHTML"} if partial else {}
    return HTMLResponse(body, status_code=status, headers=headers)


def sentence_of(error: Exception, t: Labels) -> str:
    """What stands in the way, in the words of the console."""
    if isinstance(error, DeskProblem):
        values = dict(error.values)
        if f"field_{values.get('field')}" in t:
            values["field"] = t(f"field_{values['field']}")
        return t(f"problem_{error.key}", **values)
    return t("problem_foreign_form") if isinstance(error, ForeignForm) else t("problem_plan", words=str(error))


def _language(request: Request) -> str:
    kept = request.cookies.get("veiviser_console_language", "")
    return kept if kept in LANGUAGES else LANGUAGES[0]
