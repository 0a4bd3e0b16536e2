"""The console of a test: the whole application over a database of its own, with the real content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from bot.console.app import mount
from bot.console.parts import Parts
from bot.content import Library
from bot.desk import passwords
from bot.desk.colleagues import Colleague
from bot.desk.handing_over import Desk
from bot.gateway.guard import SecurityHeaders
from bot.settings import Settings
from bot.storage.sealing import Seal
from tests.console.common import QUICK, Browser, Clock, add_account, browser_of

SignedIn = Callable[..., Browser]


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real hash takes a tenth of a second and 64 MiB on purpose; the tests need neither."""
    monkeypatch.setattr(passwords, "HASHER", QUICK)
    monkeypatch.setattr(passwords, "NOBODYS", QUICK.hash("nobody's"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def console_library(real_library: Library) -> Library:
    """The content; a test that writes content hands in a copy by overriding this."""
    return real_library


@pytest.fixture
def console_settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", text_key="3XGJ8xGRBGbeMzVBuuCRZlqBDMWbGyjNUBnQDwk3cHE=")


@pytest.fixture
def parts(sessions: sessionmaker[Session], seal: Seal, console_library: Library, console_settings: Settings, clock: Clock) -> Parts:
    return Parts(sessions, seal, console_library, Desk(seal, console_library, clock), console_settings)


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    made = FastAPI()
    made.add_middleware(SecurityHeaders, behind_https=False)
    mount(made, parts)
    return made


@pytest.fixture
def signed_in(app: FastAPI, sessions: sessionmaker[Session], clock: Clock) -> SignedIn:
    """signed_in("advisor", "oslo") is the browser of a new colleague; signed_in(who=colleague) of one who is there."""

    def sign_in(role: str = "advisor", municipality: str = "oslo", *, who: Colleague | None = None, **more: object) -> Browser:
        return browser_of(app, sessions, who or add_account(sessions, role, municipality, **more), clock())  # type: ignore[arg-type]

    return sign_in
