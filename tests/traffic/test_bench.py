"""The measurement of traffic gives figures for every database that is there."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from bot.processes import bench_traffic
from bot.settings import ROOT, Settings
from tests.conftest import missing


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("QUEUED", 12), ("CHATS", 3), ("SINGLE", 4), ("PAUSE", 0.01)):
        monkeypatch.setattr(bench_traffic, name, value)


@pytest.mark.postgres
def test_both_databases_are_measured() -> None:
    said: list[str] = []
    figures = bench_traffic.measure_traffic(Settings(data=ROOT / "data"), said.append)
    if "postgresql" not in figures:
        missing("PostgreSQL")
    assert set(figures) == {"sqlite", "postgresql"}
    assert all(figure > 0 for row in figures.values() for figure in row.values())


def test_it_is_said_when_postgresql_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(bench_traffic, "own_postgres", lambda: nullcontext(None))
    assert set(bench_traffic.measure_traffic(Settings(data=ROOT / "data"), said.append)) == {"sqlite"}
    assert "PostgreSQL is not installed; its figures are left out." in said
