"""The Bot API of ours, and a station at it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.channels.telegram import finding, polling
from bot.settings import ROOT
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from tests.channels.telegram.setting import Station, WithNewWords
from tests.fake_messengers.telegram import FakeTelegram


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTelegram]:
    monkeypatch.setattr(finding, "PACE", 0.0)
    monkeypatch.setattr(polling, "LONG", 0)
    monkeypatch.setattr(polling, "PAUSE", 0.01)
    with FakeTelegram() as served:
        yield served


@pytest.fixture
def made(tmp_path: Path, empty_sqlite: Path, seal: Seal) -> Iterator[Callable[..., Station]]:
    """Makes stations on a SQLite of the test's own."""
    shutil.copy(empty_sqlite, tmp_path / "test.db")
    sessions = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    stations: list[Station] = []

    def make(telegram: FakeTelegram, data: Path, desk: bool = False) -> Station:
        stations.append(Station(telegram, sessions, seal, WithNewWords(data), tmp_path, desk))
        return stations[-1]

    yield make
    for station in stations:
        station.close()
    sessions.kw["bind"].dispose()


@pytest.fixture
def station(made: Callable[..., Station], telegram: FakeTelegram, data: Path) -> Station:
    """With the small library and nobody at the desk."""
    return made(telegram, data)


@pytest.fixture
def office(made: Callable[..., Station], telegram: FakeTelegram) -> Station:
    """With the real texts, and a desk."""
    return made(telegram, ROOT / "data", desk=True)
