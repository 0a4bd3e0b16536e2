"""Whole conversations over Telegram and WhatsApp: question, buttons, form, hand-over, an advisor's reply, and back.

Everything `make run` starts, with the real model; python-telegram-bot speaks to a Bot API, and signed Graph API traffic comes and goes.
The process of the messengers is killed in between. Each message arrives once.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library, Reader, answer
from bot.settings import ROOT
from bot.storage.database import engine_for
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, ConversationState, Message
from bot.storage.traffic_tables import Arrival, Departure, Dispatch
from tests.fake_messengers.telegram import FakeTelegram
from tests.fake_messengers.whatsapp import FakeGraph
from tests.installation import Installation, running
from tests.messengers.console import Advisor
from tests.messengers.phones import Phone, TelegramPhone, WhatsAppPhone, until

pytestmark = pytest.mark.model
ISOLATES = re.compile("[\u2066-\u2069]")
VERIFY = "a verify token of the tests"


@dataclass
class World:
    installation: Installation
    telegram: FakeTelegram
    graph: FakeGraph
    library: Library
    sessions: sessionmaker[Session]
    seal: Seal

    def phone(self, channel: str, number: int) -> Phone:
        return TelegramPhone(self.telegram, number) if channel == "telegram" else WhatsAppPhone(self.graph, f"4790{number:06d}")

    def example(self, topic: str, language: str) -> str:
        return self.library.wording(topic, language).examples[0]

    def phrase(self, key: str, language: str) -> str:
        """The longest piece of a phrase between its places to fill in."""
        return max(re.split(r"\{\w+\}", self.library.phrases(language).texts[key]), key=len).strip()

    def newest(self, phone: Phone) -> Message | None:
        theirs = (Conversation.channel == phone.channel, Conversation.account == phone.account)
        with self.sessions() as session:
            said = select(Message).join(Conversation, Conversation.id == Message.conversation_id).where(*theirs)
            return session.scalar(said.order_by(Message.id.desc()).limit(1))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("messengers")
    with FakeTelegram() as telegram, FakeGraph(statuses=("sent", "delivered", "read"), shuffled=True, doubled=True) as graph:
        connected = {
            "VEIVISER_TELEGRAM_TOKEN": telegram.token,
            "VEIVISER_TELEGRAM_API": telegram.url,
            "VEIVISER_WHATSAPP_TOKEN": graph.token,
            "VEIVISER_WHATSAPP_NUMBER_ID": graph.number_id,
            "VEIVISER_WHATSAPP_APP_SECRET": graph.secret,
            "VEIVISER_WHATSAPP_VERIFY_TOKEN": VERIFY,
            "VEIVISER_WHATSAPP_API": graph.api,
        }
        with running(home, **connected) as installation:
            graph.webhook = f"{installation.url}/webhook/whatsapp"
            engine = engine_for(installation.settings.database)
            seal = Seal(installation.settings.key("text_key"))
            yield World(installation, telegram, graph, Library(ROOT / "data"), sessionmaker(engine, expire_on_commit=False), seal)
            engine.dispose()


def plain(text: str) -> str:
    return " ".join(ISOLATES.sub("", text).split())


def reads(phone: Phone, words: str) -> str:
    """Waits for a message with these words in it."""
    wanted = plain(words)
    return until(lambda: next((text for text in reversed(phone.read()) if wanted in plain(text)), None), f"{wanted!r}")


@pytest.mark.parametrize("language", ["ar", "so"])
@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_a_whole_conversation(world: World, channel: str, language: str) -> None:
    phone = world.phone(channel, {"ar": 7101, "so": 7102}[language])
    phone.says(world.example("stonad_amount", language))
    told = answer(world.library, "stonad_amount", Reader(language), dt.date.today()).text
    reads(phone, told.split("\n")[0])

    pressed = phone.buttons()[0]
    before = len(phone.read())
    phone.presses(pressed)
    until(lambda: len(phone.read()) > before, f"an answer to {pressed}")

    fills_in_the_estimate(world, phone, language)
    if (channel, language) == ("whatsapp", "ar"):
        world.installation.kill("messengers")

    asks_for_a_person(world, phone, language)
    assert_each_once(world, phone)


def fills_in_the_estimate(world: World, phone: Phone, language: str) -> None:
    """Every question of the form by its first button, or by a number where none answers it."""
    seen = len(phone.read())
    phone.says(world.example("my_support_estimate", language))
    until(lambda: len(phone.read()) > seen, "the first question")
    questions = 0
    while (asked := until(lambda: answered(world, phone), "a question")).key == "guide_support":
        questions += 1
        assert questions < 12
        seen, title = len(phone.read()), first_answer(asked)
        if title:
            phone.presses(next(button for button in phone.buttons() if plain(title).startswith(plain(button).rstrip("…"))))
        else:
            phone.says("24")
        until(lambda seen=seen: len(phone.read()) > seen, "the next question")
    assert questions > 5
    assert asked.key == "support_result"


def first_answer(question: Message) -> str:
    """The title of the first button that answers a question of a form; leaving it or leaving it out is no answer."""
    for choice in question.details["choices"]:
        values = json.loads(choice["payload"].removeprefix("/answer")) if choice["payload"].startswith("/answer{") else {}
        if values.get("value", "stop") not in ("stop", "skip", "unknown", "dont_know"):
            return str(choice["title"])
    return ""


def answered(world: World, phone: Phone) -> Message | None:
    """The newest message, once it is the assistant's and was sent."""
    newest = world.newest(phone)
    if newest is None or newest.author is Author.PARTICIPANT:
        return None
    with world.sessions() as session:
        departure = session.get(Departure, newest.departure_id) if newest.departure_id else None
    return newest if departure is not None and departure.state not in ("waiting", "held") else None


def asks_for_a_person(world: World, phone: Phone, language: str) -> None:
    phone.says(world.example("talk_to_human", language))
    reads(phone, world.phrase("handover_done_nowhere", language))
    phone.says("Oslo")  # whose advisors answer
    advisor = Advisor(world.installation.url)
    case = until(advisor.newest_case, "the case")
    assert world.example("talk_to_human", language) in advisor.page(case)
    advisor.takes(case)
    reads(phone, world.phrase("handover_claimed", language))

    seen = len(phone.read())
    phone.says(world.example("stonad_payment", language))
    until(lambda: world.example("stonad_payment", language) in advisor.page(case), "the person's words at the advisor's")
    advisor.sends_phrase(case, "reply_need_time", day=(dt.date.today() + dt.timedelta(days=7)).isoformat())
    reads(phone, world.phrase("reply_need_time", language))
    assert len(phone.read()) == seen + 1  # the assistant was silent
    advisor.writes(case, "Vi ses snart. Hilsen Ingrid")
    reads(phone, "Vi ses snart. Hilsen Ingrid")

    advisor.closes(case)
    reads(phone, world.phrase("handover_returned", language))
    phone.says(world.example("stonad_payment", language))
    told = answer(world.library, "stonad_payment", Reader(language), dt.date.today()).text
    reads(phone, told.split("\n")[0])


def assert_each_once(world: World, phone: Phone) -> None:
    """What is stored as said is what arrived, each once and in order; nothing waits, and the assistant has the conversation."""
    with world.sessions() as session:
        theirs = (Conversation.channel == phone.channel, Conversation.account == phone.account)
        conversation = session.scalars(select(Conversation).where(*theirs)).one()
        assert conversation.state is ConversationState.ASSISTANT
        undone = select(Arrival.id).where(Arrival.state != "done", Arrival.channel == phone.channel)
        mine = select(Departure).where(Departure.conversation_id == conversation.id).order_by(Departure.id)
        unsent = mine.where(Departure.state.in_(("waiting", "held")))
        until(lambda: not session.scalars(undone).all() and not session.scalars(unsent).all(), "the end of all work")
        departures = session.scalars(mine.execution_options(populate_existing=True)).all()
        assert {departure.state for departure in departures} <= {"accepted", "delivered", "read"}
        parts = session.scalars(select(Dispatch).join(Departure).where(Departure.conversation_id == conversation.id)).all()
        assert len(parts) == len(departures) == len(phone.read())
        assert not any(part.unsure for part in parts)
        rows = session.scalars(select(Message).where(Message.conversation_id == conversation.id).order_by(Message.id)).all()
        assert all(row.answered_at for row in rows if row.author is Author.PARTICIPANT)
        arrived = phone.read()
        for row in rows:
            if row.author is not Author.PARTICIPANT:
                place = [one.id for one in departures].index(row.departure_id or 0)
                assert plain(world.seal.open(row.sealed_text))[:60] in plain(arrived[place])
        free = Counter(text for text in arrived if "Hilsen Ingrid" in text)
        assert set(free.values()) == {1}
