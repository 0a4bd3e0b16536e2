"""How updates come in: asked for, or brought. What is not stored comes again; what comes again has no second effect."""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from bot.channels.telegram import polling
from bot.channels.telegram.moving import move_chat, stop_chat
from bot.channels.telegram.webhook import HEADER, LARGEST, PATH, Webhook
from bot.conversations.history import now
from bot.storage.tables import Conversation
from bot.storage.traffic_tables import ChannelState
from tests.channels.telegram.setting import SECRET, Station, until
from tests.fake_messengers.telegram import GROUP, OTHER, FakeTelegram, Trouble


def offset(station: Station) -> int | None:
    with station.sessions() as session:
        state = session.get(ChannelState, "telegram")
        return state.offset if state else None


@contextmanager
def database_away(station: Station) -> Iterator[None]:
    engine = station.sessions.kw["bind"]

    def refuse(*_: Any) -> None:
        raise OperationalError("away", {}, Exception("away"))

    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


# Asked for


def test_confirmed_only_once_it_is_stored(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("one")
    with database_away(station), pytest.raises(OperationalError):
        station.poller.round()
    assert telegram.waiting() == 1
    station.poller.round()
    assert (telegram.waiting(), offset(station)) == (1, 500)  # stored, confirmed by the next question
    later = station.again()  # which another process may ask
    later.poller.round()
    assert (telegram.waiting(), offset(later)) == (0, None)
    later.settle()
    assert later.said() == ["answer to one"]


def test_numbers_that_begin_anew_after_a_quiet_week(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("one")
    station.settle()
    telegram._update_number = iter(range(3, 1000))  # type: ignore[assignment]
    telegram.writes("two")
    station.settle()
    assert station.said() == ["answer to one", "answer to two"]


def test_updates_of_no_concern_are_confirmed_too(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("to others", GROUP)
    station.poll()
    assert telegram.waiting() == 0


def test_a_poller_of_its_own(
    station: Station, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(polling, "BACKOFF", (0.01,))
    monkeypatch.setattr(polling, "TOKEN_PAUSE", 0.01)
    telegram.trouble("getUpdates", Trouble(502, "Bad Gateway"), Trouble(409, "Conflict"), Trouble(409, "Conflict"), Trouble(cut="after"))
    telegram.trouble("getUpdates", Trouble(401, "Unauthorized"))
    telegram.writes("one")
    with caplog.at_level(logging.INFO):
        station.poller.start()
        until(lambda: station.arrivals_in("waiting"))
        telegram.writes("two")
        until(lambda: station.arrivals_in("waiting") == 2)
        until(lambda: telegram.waiting() == 0)
        until(lambda: "come again" in caplog.text)
        station.poller.end()
    assert not station.poller.is_alive()
    assert caplog.text.count("one asker only") == 1
    assert "VEIVISER_TELEGRAM_TOKEN" in caplog.text
    assert telegram.token not in caplog.text


def test_ending_in_the_middle_of_a_long_question(station: Station, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "LONG", 60)
    station.poller.start()
    until(lambda: telegram.called("getUpdates"))
    station.poller.end()
    assert not station.poller.is_alive()


# Brought


@pytest.fixture
def door(station: Station) -> TestClient:
    app = FastAPI()
    app.include_router(Webhook(station.channel, station.inbox, SECRET).router())
    return TestClient(app)


def bring(door: TestClient, update: Any, secret: str | None = SECRET) -> int:
    content = update if isinstance(update, bytes) else json.dumps(update).encode()
    return door.post(PATH, content=content, headers={} if secret is None else {HEADER: secret}).status_code


def test_brought_three_times(station: Station, telegram: FakeTelegram, door: TestClient) -> None:
    update = telegram.writes("one")
    assert [bring(door, update) for _ in range(3)] == [200, 200, 200]
    station.settle()
    assert bring(door, update) == 200
    station.settle()
    assert station.said() == ["answer to one"]


@pytest.mark.parametrize("secret", [None, "", "another", SECRET + "x"])
def test_whoever_does_not_know_the_secret(station: Station, telegram: FakeTelegram, door: TestClient, secret: str | None) -> None:
    assert bring(door, telegram.writes("one"), secret) == 403
    assert station.arrivals_in("waiting") == 0


def test_without_a_secret_of_ours_nobody_is_let_in(station: Station, telegram: FakeTelegram) -> None:
    app = FastAPI()
    app.include_router(Webhook(station.channel, station.inbox, "").router())
    assert bring(TestClient(app), telegram.writes("one"), "") == 403


@pytest.mark.parametrize(
    "raw", [b"", b"no json", b"[]", b"{}", b'"text"', b'{"update_id": "1"}', b"\xff\xfe", b"[" * 100_000, b'{"message": {"text": "x"}}']
)
def test_what_is_no_update(station: Station, door: TestClient, raw: bytes) -> None:
    assert bring(door, raw) == 400
    assert station.arrivals_in("waiting") == 0


def test_too_large(station: Station, door: TestClient) -> None:
    assert bring(door, {"update_id": 1, "message": {"text": "x" * LARGEST}}) == 413
    assert station.arrivals_in("waiting") == 0


def test_of_no_concern(station: Station, telegram: FakeTelegram, door: TestClient) -> None:
    assert bring(door, telegram.writes("to others", GROUP)) == 200
    assert bring(door, {"update_id": 4, "unknown": {"a": 1}}) == 200
    assert station.arrivals_in("waiting") == 0


def test_what_cannot_be_stored_is_brought_again(station: Station, telegram: FakeTelegram, door: TestClient) -> None:
    update = telegram.writes("one")
    with database_away(station):
        assert bring(door, update) == 503
    assert bring(door, update) == 200
    station.settle()
    assert station.said() == ["answer to one"]


def test_a_group_before_the_bot_knows_its_name(station: Station, telegram: FakeTelegram, door: TestClient) -> None:
    telegram.trouble("getMe", Trouble(500))
    update = telegram.writes("/help", GROUP)
    assert [bring(door, update), bring(door, update)] == [503, 200]
    telegram.trouble("getMe", Trouble(500))
    assert bring(door, telegram.writes("hi")) == 200  # nobody has to be asked about a person's own chat


def test_both_databases(sessions: sessionmaker[Session]) -> None:
    """The statements that are written for each kind of database."""
    with sessions.begin() as session:
        for newest in (5, 9, None):
            polling._write(session, "telegram", newest)
            assert session.get_one(ChannelState, "telegram", populate_existing=True).offset == newest
        for account in ("-5:1", "-5:2", "-55:1", "-1001:2"):
            session.add(Conversation(channel="telegram", account=account, started_at=now(), last_at=now()))
        session.flush()
        move_chat(session, "-5", "-1001")
        stop_chat(session, "-1001", "removed")
        found = {row.account: row.stopped for row in session.query(Conversation)}
    assert found == {"-1001:1": "removed", "-5:2": None, "-55:1": None, "-1001:2": "removed"}


def test_by_a_real_webhook(station: Station, telegram: FakeTelegram) -> None:
    """The Bot API of ours brings updates over HTTP to a gateway of its own."""
    app = FastAPI()
    app.include_router(Webhook(station.channel, station.inbox, SECRET).router())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        given = {"url": f"http://127.0.0.1:{port}{PATH}", "secret_token": SECRET, "allowed_updates": ["message"]}
        station.channel.client.call("setWebhook", given)
        for number in range(5):
            telegram.writes(f"{number}", OTHER, OTHER)
        until(lambda: telegram.waiting() == 0)
    finally:
        server.should_exit = True
        thread.join(5)
    for _ in range(20):
        station.work()
        station.clock.ahead += dt.timedelta(seconds=2)
    assert station.said(OTHER) == [f"answer to {number}" for number in range(5)]
