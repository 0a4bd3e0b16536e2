"""Who is visiting: the signed-in colleague behind a request, found by the hash of a cookie."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from bot.console.labels import Labels, labels
from bot.console.parts import Parts
from bot.desk.colleagues import Colleague, colleague_from
from bot.plans.moments import in_utc
from bot.storage.desk_tables import SignIn

COOKIE = "veiviser_console"
LASTS = dt.timedelta(hours=10)  # a working day
IDLE = dt.timedelta(hours=2)
SEEN_EVERY = dt.timedelta(minutes=1)
FORM_KEY = "form_key"


class SignInNeeded(Exception):
    """Nobody is signed in, or no longer."""


class ForeignForm(Exception):
    """A form that was not made for this sign-in."""


@dataclass(frozen=True)
class Visit:
    """One request of a signed-in colleague, with the words of their console language."""

    who: Colleague
    form_key: str
    t: Labels
    sign_in: int


def token_hash(token: str) -> str:
    """What the database keeps of a cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def visit_of(session: Session, parts: Parts, token: str | None, now: dt.datetime) -> Visit:
    """The visit behind a cookie. Raises SignInNeeded."""
    row = session.scalar(select(SignIn).where(SignIn.token_hash == token_hash(token))) if token else None
    if row is None or row.ended_at is not None or row.account.disabled_at is not None:
        raise SignInNeeded
    if now - in_utc(row.began_at) > LASTS or now - in_utc(row.seen_at) > IDLE:
        raise SignInNeeded
    if now - in_utc(row.seen_at) > SEEN_EVERY:
        row.seen_at = now
    who = colleague_from(row.account)
    return Visit(who, row.form_key, labels(parts.library.data, who.language), row.id)


def parts_of(request: Request) -> Parts:
    """The console's parts, as the application keeps them."""
    parts: Parts = request.app.state.console
    return parts


async def visit(request: Request) -> Visit:
    """For pages that only show: the visit. Raises SignInNeeded."""
    return await run_in_threadpool(_visit, request)


async def changing_visit(request: Request) -> Visit:
    """For forms: the visit, and the form must be one of ours. Raises SignInNeeded or ForeignForm."""
    found = await run_in_threadpool(_visit, request)
    given = str((await request.form()).get(FORM_KEY, "")) or request.headers.get("X-Form-Key", "")
    if not hmac.compare_digest(given.encode(), found.form_key.encode()):
        raise ForeignForm
    return found


def _visit(request: Request) -> Visit:
    parts = parts_of(request)
    with parts.transaction() as session:
        return visit_of(session, parts, request.cookies.get(COOKIE), parts.now())
