"""A whole private conversation over telegram-test-api (npm, MIT), an emulator of the Bot API that nobody here wrote.

It forgets what it has given out, whether or not that was confirmed, leaves out fields, numbers what people and bot write together, and
answers methods it does not know with 500; all of that has to do no harm.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from bot.settings import ROOT
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation, ConversationState
from tests.channels.telegram.setting import Station, WithNewWords, until
from tests.conftest import missing
from tests.npm import HERE, npm_folder

TOKEN, CHAT = "666:a-token-of-the-tests", 31
COMMON = {
    "botToken": TOKEN,
    "date": 1,
    "from": {"id": CHAT, "first_name": "Amina", "username": "amina", "is_bot": False},
    "chat": {"id": CHAT, "title": "Amina", "first_name": "Amina", "username": "amina", "type": "private"},
}


class Person:
    """A person's app, as the emulator's own client for JavaScript is one."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, trust_env=False)
        self.got: list[dict[str, Any]] = []

    def close(self) -> None:
        self._client.close()

    def writes(self, text: str) -> None:
        if text.startswith("/"):
            entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
            self._client.post("/sendCommand", json={**COMMON, "text": text, "entities": entities}).raise_for_status()
        else:
            self._client.post("/sendMessage", json={**COMMON, "text": text}).raise_for_status()

    def presses(self, title: str) -> None:
        buttons = [button for message in reversed(self.got) for row in keyboard(message) for button in row]
        data = next(button["callback_data"] for button in buttons if button["text"] == title)
        message = {"from": COMMON["from"], "chat": COMMON["chat"]}
        query = {"botToken": TOKEN, "date": 1, "from": COMMON["from"], "message": {**message, "message_id": 1}, "data": data}
        self._client.post("/sendCallback", json=query).raise_for_status()

    def reads(self) -> list[dict[str, Any]]:
        """What has come since the last time."""
        fresh = self._client.post("/getUpdates", json={"token": TOKEN, "chatId": CHAT}).json()["result"]
        self.got += [entry["message"] for entry in fresh]
        return [entry["message"] for entry in fresh]

    def waits(self) -> dict[str, Any]:
        """The next message that comes."""
        found: list[dict[str, Any]] = []
        until(lambda: found.extend(self.reads()) or found)
        assert len(found) == 1
        return found[0]


def keyboard(message: dict[str, Any]) -> list[list[dict[str, str]]]:
    return list((message.get("reply_markup") or {}).get("inline_keyboard", []))


def titles(message: dict[str, Any]) -> list[str]:
    return [button["text"] for row in keyboard(message) for button in row]


@pytest.fixture
def emulator() -> Iterator[str]:
    folder = npm_folder()
    if folder is None:
        missing("Node.js with npm and its packages")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = ["node", str(HERE / "emulator.js"), str(port)]
    environment = {**os.environ, "NODE_PATH": f"{folder}/node_modules"}
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield f"http://127.0.0.1:{port}"
        server.stdin.close()
        server.wait(10)


@pytest.fixture
def station(emulator: str, tmp_path: Path, empty_sqlite: Path, seal: Seal) -> Iterator[Station]:
    shutil.copy(empty_sqlite, tmp_path / "test.db")
    sessions = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    server = SimpleNamespace(url=emulator, token=TOKEN)
    made = Station(server, sessions, seal, WithNewWords(ROOT / "data"), tmp_path, desk=True)  # type: ignore[arg-type]
    made.poller.start()
    yield made
    made.close()
    sessions.kw["bind"].dispose()


@pytest.fixture
def person(emulator: str) -> Iterator[Person]:
    made = Person(emulator)
    yield made
    made.close()


def test_question_button_and_a_person(station: Station, person: Person) -> None:
    def answered(count: int) -> None:
        until(lambda: station.arrivals_in("waiting") + station.arrivals_in("done") == count)
        station.work()

    person.writes("/start")
    answered(1)
    assert person.waits()["text"].startswith("answer to /greet")
    person.writes("hvor mye penger får jeg?")
    answered(2)
    answer = person.waits()
    assert answer["text"].startswith("answer to hvor mye penger får jeg?")
    assert "More" in titles(answer)
    person.presses("More")
    answered(3)
    assert person.waits()["text"].startswith("answer to more")
    station.clock.ahead += dt.timedelta(seconds=10)  # so that the pace of a chat allows more
    person.writes("/human")
    answered(4)
    handed_over = person.waits()
    with station.sessions() as session:
        conversation = session.query(Conversation).one()
        assert (conversation.channel, conversation.account) == ("telegram", str(CHAT))
        assert conversation.state is ConversationState.WAITING
    withdraw = station.library.phrase("handover_withdraw", conversation.spoken_language or "nb")
    assert withdraw in titles(handed_over)
    person.presses(withdraw)
    answered(5)
    assert person.waits()["text"]
    with station.sessions() as session:
        assert session.query(Conversation).one().state is ConversationState.ASSISTANT
    assert person.reads() == []  # nothing twice
    assert station.stuck == []
