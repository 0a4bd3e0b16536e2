"""What the tests of the console share: a clock that stands still, accounts, and browsers that are signed in."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import secrets
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session, sessionmaker

from bot.console.visits import COOKIE, token_hash
from bot.desk.colleagues import Colleague, Role, colleague_from
from bot.storage.desk_tables import Account, SignIn

WORKING_HOURS = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)  # a Tuesday, ten o'clock in Norway
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NUMBERS = itertools.count(1)


class Clock:
    """Tells the same moment until it is moved."""

    def __init__(self, moment: dt.datetime = WORKING_HOURS) -> None:
        self.moment = moment

    def __call__(self) -> dt.datetime:
        return self.moment

    def forward(self, **how_long: float) -> None:
        self.moment += dt.timedelta(**how_long)


class Browser(TestClient):
    """A browser of somebody who is signed in; follows no redirect by itself."""

    def __init__(self, app: FastAPI, who: Colleague, token: str, form_key: str) -> None:
        super().__init__(app, follow_redirects=False)
        self.who, self.form_key = who, form_key
        self.cookies.set(COOKIE, token)

    def submit(self, path: str, *, hx: bool = False, files: Any = None, **fields: Any) -> Response:
        """Sends a form with the key of the sign-in; `hx` as HTMX would."""
        headers = {"HX-Request": "true"} if hx else {}
        return self.post(path, data={"form_key": self.form_key, **fields}, files=files, headers=headers)


def add_account(
    sessions: sessionmaker[Session],
    role: str = "advisor",
    municipality: str = "oslo",
    *,
    name: str = "",
    language: str = "nb",
    speaks: tuple[str, ...] = (),
    sealed_totp: bytes | None = None,
    password_hash: str = "nobody signs in with this",
) -> Colleague:
    """Writes an account of a role and a municipality ("" for none)."""
    number = next(NUMBERS)
    row = Account(
        login=f"{role}-{number}@example.org",
        name=name or f"{role.capitalize()} {number}",
        role=Role(role).value,
        municipality=municipality,
        language=language,
        speaks=list(speaks),
        password_hash=password_hash,
        sealed_totp=sealed_totp,
        created_at=WORKING_HOURS,
    )
    with sessions.begin() as session:
        session.add(row)
    return colleague_from(row)


def browser_of(app: FastAPI, sessions: sessionmaker[Session], who: Colleague, now: dt.datetime) -> Browser:
    """Signs a colleague in without the sign-in page."""
    token, form_key = secrets.token_urlsafe(32), secrets.token_hex(16)
    with sessions.begin() as session:
        session.add(SignIn(account_id=who.id, token_hash=token_hash(token), form_key=form_key, began_at=now, seen_at=now))
    return Browser(app, who, token, form_key)


def words_of(page: Response) -> str:
    """What a page says, without its tags, on one line."""
    without = re.sub(r"<(script|style)\b.*?</\1>", " ", page.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", without).split())
