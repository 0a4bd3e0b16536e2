"""What all tests share: a small library of their own, databases of both kinds, an assistant that needs no Rasa."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.content.library import Library
from bot.processes.own_postgres import own_postgres
from bot.settings import ROOT
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from tests.fakes import SmallIdentifier, StubAssistant, small_data

IN_CI = bool(os.environ.get("CI"))


def missing(what: str) -> None:
    """Skips where a service is not there; in CI that is a failure, because it would hide a missing install step."""
    if IN_CI:
        pytest.fail(f"{what} is missing, and in CI it must be there")
    pytest.skip(f"{what} is missing")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small data/ of the test's own: two languages, three topics, a few facts."""
    return small_data(tmp_path / "data")


@pytest.fixture
def library(data: Path) -> Library:
    return Library(data)


@pytest.fixture(scope="session")
def real_library() -> Library:
    return Library(ROOT / "data")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, started for this test run."""
    with own_postgres(careless=True) as address:
        if address is None:
            missing("PostgreSQL")
            return
        yield address


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with empty tables; tests take copies of it."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    engine = open_database(f"sqlite:///{file}").kw["bind"]
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")  # all of it in one file
    engine.dispose()
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, its tables empty."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "test.db")
        return f"sqlite:///{tmp_path / 'test.db'}"
    from tests.postgres import fresh_database

    return fresh_database(request.getfixturevalue("postgres"))


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    made = open_database(database_url)
    yield made
    made.kw["bind"].dispose()


@pytest.fixture
def seal() -> Seal:
    return Seal("3XGJ8xGRBGbeMzVBuuCRZlqBDMWbGyjNUBnQDwk3cHE=")


@pytest.fixture
def assistant() -> StubAssistant:
    return StubAssistant()


@pytest.fixture
def identifier() -> SmallIdentifier:
    return SmallIdentifier()


LONGEST_FIRST = ("test_gates.py", "test_safety_patterns.py", "test_rasa_commands.py", "test_hand_over.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that two processes end at about the same time."""
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))
