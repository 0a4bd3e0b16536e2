"""Worker processes are killed (SIGKILL) again and again under load: every message is answered once, in order, none lost, none doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.traffic.inbox import Inbox
from bot.settings import ROOT
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Message
from bot.storage.traffic_tables import Arrival, Departure, Dispatch
from tests.fake_messengers.simple import ACCOUNT, NAME, OverHttp
from tests.traffic.setting import parcel

CHATS, EACH, KILLS = 30, 10, 24
DEADLINE = 60.0  # seconds; never near in practice
KEY = "3XGJ8xGRBGbeMzVBuuCRZlqBDMWbGyjNUBnQDwk3cHE="


@pytest.fixture
def messenger() -> Iterator[str]:
    """The address of a messenger in a process of its own, which nobody kills."""
    command = [sys.executable, "-m", "tests.fake_messengers.simple"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        server.kill()


class Nursery:
    """Worker processes, some of them alive."""

    def __init__(self, *given: str) -> None:
        command = [sys.executable, "-m", "tests.traffic.nursery", *given]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.alive: list[int] = []

    def bear(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("one more\n")
        self._process.stdin.flush()
        self.alive.append(int(self._process.stdout.readline()))

    def kill(self, which: int) -> None:
        os.kill(self.alive.pop(which), signal.SIGKILL)

    def end(self) -> None:
        self._process.communicate(timeout=30)


def feed(sessions: sessionmaker[Session], chance: random.Random, ended: threading.Event) -> None:
    """Messages of all chats mixed, each chat in order, some of them twice, as messengers do."""
    inbox = Inbox(sessions, Seal(KEY))
    upcoming = [chat for chat in range(CHATS) for _ in range(EACH)]
    chance.shuffle(upcoming)
    given: defaultdict[int, int] = defaultdict(int)
    for chat in upcoming:
        number = given[chat] = given[chat] + 1
        for _ in range(chance.choice((1, 1, 1, 2))):
            inbox.put(NAME, ACCOUNT, [parcel(f"c{chat}", f"{chat}-{number}", sort=number)])
        ended.wait(0.02)


def waiting(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        came = session.scalar(select(func.count()).select_from(Arrival).where(Arrival.state == "done")) or 0
        goes = session.scalar(select(func.count()).select_from(Departure).where(Departure.state == "accepted")) or 0
    return 2 * CHATS * EACH - came - goes


def test_killed_again_and_again(sessions: sessionmaker[Session], database_url: str, messenger: str, data: Path) -> None:
    chance = random.Random(20261122)
    nursery = Nursery(database_url, messenger, KEY, str(data))
    ended = threading.Event()
    feeder = threading.Thread(target=feed, args=(sessions, random.Random(7), ended))
    try:
        for _ in range(1 if database_url.startswith("sqlite") else 2):
            nursery.bear()
        feeder.start()
        killed, until = 0, time.monotonic() + DEADLINE
        while (left := waiting(sessions)) or killed < KILLS:
            assert time.monotonic() < until, f"{left} still wait after {killed} kills"
            time.sleep(chance.uniform(0.05, 0.6))
            if killed < KILLS:
                nursery.kill(chance.randrange(len(nursery.alive)))
                nursery.bear()
                killed += 1
    finally:
        ended.set()
        feeder.join()
        nursery.end()
    came: defaultdict[str, list[str]] = defaultdict(list)
    for got in OverHttp(messenger).all():
        came[got.chat].append(got.text.partition("\n")[0])
    assert came == {f"c{chat}": [f"answer to {chat}-{number + 1}" for number in range(EACH)] for chat in range(CHATS)}
    with sessions() as session:
        authors = session.scalars(select(Message.author)).all()
        assert authors.count(Author.PARTICIPANT) == CHATS * EACH
        assert session.scalar(select(func.count()).select_from(Dispatch).where(Dispatch.unsure)) == 0
        assert set(session.scalars(select(Dispatch.state))) == {"accepted"}
