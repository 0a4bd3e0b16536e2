"""A whole WhatsApp channel on a database of each kind, in front of a fake Graph API; time stands still unless a test moves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.webhook import PATH, WhatsAppWebhook
from bot.content.library import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import open_conversation, store_unprompted
from bot.conversations.reception import Reception
from bot.conversations.traffic.arriving import Arrivals, Unanswered
from bot.conversations.traffic.delivering import Delivery
from bot.conversations.traffic.inbox import Inbox
from bot.settings import ROOT, Settings
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Message
from bot.storage.traffic_tables import Arrival, Departure, Dispatch
from tests import fakes
from tests.fake_messengers.whatsapp import FakeGraph
from tests.fake_messengers.whatsapp_payloads import AMINA, NUMBER_ID, body_of, status_value, text, value_of
from tests.fakes import SmallIdentifier, StubAssistant, small_data

PHRASES = ("choose_from_list", "answer_with_number", "web_sources", "web_advisor", "whatsapp_template_text")
MEDIA = (
    "location",
    "contact",
    "sticker",
    "other",
    "edited",
    "too_large",
    "not_fetched",
    "wrong_kind",
    "wrong_voice",
    "voice_too_long",
    "group",
)


@dataclass
class Clock:
    """Real time, moved on by hand."""

    ahead: dt.timedelta = field(default_factory=dt.timedelta)

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def moves(self, **by: float) -> None:
        self.ahead += dt.timedelta(**by)


@dataclass
class House:
    """Everything between a webhook and a sent message."""

    sessions: sessionmaker[Session]
    seal: Seal
    settings: Settings
    graph: FakeGraph
    channel: WhatsAppChannel
    reception: Reception
    assistant: StubAssistant
    client: TestClient
    clock: Clock
    stuck: list[Unanswered] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inbox = Inbox(self.sessions, self.seal)
        channels = {"whatsapp": self.channel}
        self.arrivals = Arrivals(self.inbox, channels, lambda _: None, self.stuck.append, self.clock)
        self.delivery = Delivery(self.sessions, self.seal, channels, "nb", self.clock)

    def hear(self, payload: dict[str, Any]) -> int:
        """Meta posts; the HTTP status."""
        raw, headers = self.graph.signed(payload)
        for sender in fakes_senders(payload):
            self.graph.hear(sender)
        return self.client.post(PATH, content=raw, headers=headers).status_code

    def hears(self, *messages: dict[str, Any]) -> None:
        """People write, and it is worked on."""
        assert self.hear(body_of(value_of(*messages))) == 200
        self.works()

    def writes(self, words: str, sender: str = AMINA) -> None:
        """Somebody writes, is answered, and the answer is sent."""
        self.hears(text(words, sender))
        self.delivers()

    def works(self) -> None:
        while self.arrivals.step("test"):
            pass

    def delivers(self) -> None:
        while self.delivery.step("test"):
            pass

    def status(self, state: str, code: int = 0, number: int = -1) -> None:
        """Meta tells what became of a sent message."""
        one = self.graph.sent[number]
        assert self.hear(body_of(status_value(one.id, state, one.token, one.account, code))) == 200
        self.works()

    def says(self, words: str, account: str = AMINA, **more: Any) -> int:
        """An advisor writes; the number of the departure."""
        with self.sessions.begin() as session:
            said = SaidMessage(words, "en", "ltr", author="advisor", by="Kari", **more)
            row = store_unprompted(session, self.seal, open_conversation(session, "whatsapp", account), said)
            return int(row.departure_id or 0)

    def departure(self, number: int) -> Departure:
        with self.sessions() as session:
            return session.get_one(Departure, number)

    def departures(self) -> list[str]:
        with self.sessions() as session:
            return list(session.scalars(select(Departure.state).order_by(Departure.id)))

    def dispatches(self, number: int) -> list[tuple[int, str]]:
        with self.sessions() as session:
            rows = session.scalars(select(Dispatch).where(Dispatch.departure_id == number).order_by(Dispatch.part))
            return [(row.part, row.state) for row in rows]

    def arrivals_in(self, state: str) -> list[str]:
        with self.sessions() as session:
            return list(session.scalars(select(Arrival.external_id).where(Arrival.state == state).order_by(Arrival.id)))

    def words_stored(self) -> list[str]:
        with self.sessions() as session:
            rows = session.scalars(select(Message).where(Message.author == Author.PARTICIPANT).order_by(Message.id))
            return [self.seal.open(row.sealed_text) for row in rows]

    def problems(self) -> list[str | None]:
        with self.sessions() as session:
            return list(session.scalars(select(Message.problem).where(Message.departure_id.is_not(None)).order_by(Message.id)))


def fakes_senders(payload: dict[str, Any]) -> list[str]:
    values = [change["value"] for entry in payload["entry"] for change in entry["changes"]]
    found = [message.get("from") or message.get("from_user_id") for value in values for message in value.get("messages", ())]
    return [one for one in found if one]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for key in (*PHRASES, *(f"media_{one}" for one in MEDIA), "help_menu"):
        if key not in fakes.PHRASES:
            monkeypatch.setitem(fakes.PHRASES, key, "{lang}: " + key.replace("_", " ")[:14])
    folder = small_data(tmp_path / "data")
    (folder / "channels").mkdir()
    (folder / "channels" / "whatsapp.yml").write_bytes((ROOT / "data" / "channels" / "whatsapp.yml").read_bytes())
    return folder


@pytest.fixture
def settings(tmp_path: Path, data: Path, graph: FakeGraph) -> Settings:
    return Settings(
        home=tmp_path / "home",
        data=data,
        whatsapp_token=graph.token,
        whatsapp_number_id=NUMBER_ID,
        whatsapp_app_secret=graph.secret,
        whatsapp_verify_token="test-verify-token",
        whatsapp_template="knock",
        whatsapp_api=graph.api,
        public_url="https://veiviser.example",
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def graph(clock: Clock) -> Iterator[FakeGraph]:
    with FakeGraph(clock=lambda: clock().timestamp(), templates={("knock", "en"): "APPROVED", ("knock", "ar"): "APPROVED"}) as made:
        yield made


@pytest.fixture
def house(
    sessions: sessionmaker[Session],
    seal: Seal,
    library: Library,
    identifier: SmallIdentifier,
    assistant: StubAssistant,
    settings: Settings,
    graph: FakeGraph,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    monkeypatch.setattr("bot.conversations.history.now", clock)  # when a person wrote
    reception = Reception(sessions, seal, library, identifier, assistant, "nb")  # type: ignore[arg-type]
    channel = WhatsAppChannel(settings, reception, clock=clock)
    app = FastAPI()
    WhatsAppWebhook(settings, Inbox(sessions, seal)).mount(app)
    with TestClient(app) as client:
        yield House(sessions, seal, settings, graph, channel, reception, assistant, client, clock)
    channel.graph.close()
