"""Measures what carries messages: from the webhook's put to the messenger's yes, on SQLite and PostgreSQL.

The messenger is in this process and takes everything at once, and the assistant answers at once, so that what is measured is inbox,
reception, outbox and delivery with their database, and nothing else.
"""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session, sessionmaker

from bot.content.library import Library
from bot.conversations.assistant import Asked, SaidMessage, Understood
from bot.conversations.channel import Attached, Envelope, Parcel, Part, Parts, Rates
from bot.conversations.reception import Incoming, Reception
from bot.conversations.traffic.arriving import Arrivals
from bot.conversations.traffic.delivering import Delivery
from bot.conversations.traffic.inbox import Inbox
from bot.conversations.traffic.workers import Workers
from bot.identification import Identified, Identifier
from bot.processes.own_postgres import own_postgres
from bot.settings import Settings
from bot.storage.database import open_database
from bot.storage.sealing import Seal

QUEUED, CHATS = 600, 40  # for messages per second: all of them wait when the work begins
SINGLE, PAUSE = 60, 0.1  # for the time one message takes: one after the other, seconds apart
PATIENCE = 300.0
ACCOUNT = "measure"


class _Says:
    """An assistant that answers at once."""

    def ask(self, asked: Asked) -> Understood:
        return Understood((SaidMessage(asked.text, asked.language, "ltr", key="measure"),), "measure", 1.0)

    def read(self, text: str) -> Understood:
        return Understood((), "measure", 1.0)

    def ready(self) -> bool:
        return True


class _Reads:
    """Everything is English."""

    def identify(self, text: str) -> Identified:
        return Identified("en", 1.0)


@dataclass
class _Takes:
    """A messenger that takes everything at once and notes when."""

    reception: Reception
    name: str = "telegram"
    account: str = ACCOUNT
    taken: dict[str, float] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)

    def rates(self, chat: str) -> Rates:
        return Rates(per_second=1e6, chat_interval=0.0)

    def parts(self, envelope: Envelope, now: dt.datetime) -> Parts:
        return Parts((Part("say", {"text": envelope.messages[0].text}),))

    def send(self, envelope: Envelope, part: Part, token: str, file: Attached | None) -> str:
        with self.news:
            self.taken[part.body["text"]] = time.perf_counter()
            self.news.notify_all()
        return part.body["text"]

    def find(self, envelope: Envelope, part: Part, before: str | None) -> str | None:
        return None

    def patience(self) -> float:
        return 60.0

    def conversation_of(self, speaker: str) -> str:
        return speaker

    def work(self, parcel: Parcel) -> None:
        self.reception.receive(Incoming(self.name, parcel.speaker, parcel.payload["text"], external_id=parcel.external_id))

    def until(self, number: int) -> None:
        """Waits until so many were taken."""
        with self.news:
            if not self.news.wait_for(lambda: len(self.taken) >= number, PATIENCE):
                raise RuntimeError(f"{number - len(self.taken)} of {number} messages were not delivered within {PATIENCE:.0f} s")


def measure_traffic(settings: Settings, say: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Figures by database; PostgreSQL is left out, and said to be, where it is not installed. Raises RuntimeError when messages stay."""
    library = Library(settings.data)
    with tempfile.TemporaryDirectory(prefix="veiviser-measure-") as folder:
        say("Traffic on SQLite")
        found = {"sqlite": _measured(f"sqlite:///{Path(folder) / 'traffic.db'}", library, settings.workers)}
    with own_postgres() as address:
        if address is None:
            say("PostgreSQL is not installed; its figures are left out.")
        else:
            say("Traffic on PostgreSQL")
            found["postgresql"] = _measured(address, library, settings.workers)
    return found


def _measured(url: str, library: Library, threads: int) -> dict[str, float]:
    sessions = open_database(url)
    try:
        return {"messages_per_second": _throughput(sessions, library, threads), "median_ms": 1000 * _median(sessions, library, threads)}
    finally:
        sessions.kw["bind"].dispose()


def _office(sessions: sessionmaker[Session], library: Library, threads: int) -> tuple[Inbox, _Takes, Workers]:
    seal = Seal(Fernet.generate_key().decode())
    takes = _Takes(Reception(sessions, seal, library, cast(Identifier, _Reads()), _Says(), "nb"))
    inbox, channels = Inbox(sessions, seal), {takes.name: takes}
    arrivals = Arrivals(inbox, channels, lambda waiting: None, lambda waiting: None)
    delivery = Delivery(sessions, seal, channels, "nb")
    return inbox, takes, Workers(sessions, [arrivals.step] * threads + [delivery.step] * threads)


def _throughput(sessions: sessionmaker[Session], library: Library, threads: int) -> float:
    inbox, takes, workers = _office(sessions, library, threads)
    for number in range(QUEUED):
        inbox.put(takes.name, ACCOUNT, [_parcel(f"many{number % CHATS}", f"queued {number}")])
    began = time.perf_counter()
    workers.start()
    try:
        takes.until(QUEUED)
        return QUEUED / (time.perf_counter() - began)
    finally:
        workers.end()


def _median(sessions: sessionmaker[Session], library: Library, threads: int) -> float:
    inbox, takes, workers = _office(sessions, library, threads)
    put: dict[str, float] = {}
    workers.start()
    try:
        for number in range(SINGLE):
            text = f"single {number}"
            put[text] = time.perf_counter()
            inbox.put(takes.name, ACCOUNT, [_parcel(f"one{number % CHATS}", text)])
            time.sleep(PAUSE)
        takes.until(SINGLE)
    finally:
        workers.end()
    return statistics.median(takes.taken[text] - put[text] for text in put)


def _parcel(chat: str, text: str) -> Parcel:
    return Parcel(text, chat, {"text": text}, speaker=chat)
