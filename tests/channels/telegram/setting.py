"""One bot of ours and one Bot API, with everything between them and the database."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.polling import Poller
from bot.content.library import Library
from bot.conversations.assistant import Asked, SaidMessage, Understood
from bot.conversations.linking import Linking
from bot.conversations.reception import Reception
from bot.conversations.traffic.arriving import Arrivals, Unanswered
from bot.conversations.traffic.delivering import Delivery
from bot.conversations.traffic.inbox import Inbox
from bot.desk.handing_over import Desk
from bot.plans.link_codes import link_key
from bot.settings import Settings
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message
from bot.storage.traffic_tables import Arrival, Departure, Dispatch
from tests.fake_messengers.telegram import FakeTelegram
from tests.fakes import SmallIdentifier, StubAssistant

SECRET = "a-secret-of-the-tests"


class WithNewWords(Library):
    """A library that says a phrase by its name where nobody has translated it yet."""

    def phrase(self, key: str, code: str, /, **values: object) -> str:
        try:
            return super().phrase(key, code, **values)
        except KeyError:
            return f"{code}: {key}"


class Assistant(StubAssistant):
    """Understands the button of a person and the plan as Rasa does."""

    def ask(self, asked: Asked) -> Understood:
        if asked.text in ("/talk_to_human", "/my_plan"):
            self.asked.append(asked)
            key = asked.text[1:]
            return Understood((SaidMessage(f"about {key}", asked.language, "ltr", key=key),), key, 1.0)
        return super().ask(asked)


class Clock:
    """The time now, and as much later as it was moved."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta(0)

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead


@dataclass
class Station:
    """What stands between the Bot API and the assistant. `again` is the same after a crash."""

    telegram: FakeTelegram
    sessions: sessionmaker[Session]
    seal: Seal
    library: Library
    home: Path
    desk: bool = False
    clock: Clock = field(default_factory=Clock)
    stuck: list[Unanswered] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = Settings(telegram_token=self.telegram.token, telegram_api=self.telegram.url, telegram_secret=SECRET, home=self.home)
        self.assistant = Assistant()
        linking = Linking(self.sessions, self.seal, self.library, link_key("key of the tests"))
        desk = Desk(self.seal, self.library) if self.desk else None
        self.reception = Reception(
            self.sessions,
            self.seal,
            self.library,
            SmallIdentifier(),
            self.assistant,
            "nb",
            linking,
            desk,  # type: ignore[arg-type]
        )
        self.channel = TelegramChannel(self.settings, self.reception)
        self.inbox = Inbox(self.sessions, self.seal)
        channels = {"telegram": self.channel}
        self.arrivals = Arrivals(self.inbox, channels, lambda _: None, self.stuck.append, self.clock)
        self.delivery = Delivery(self.sessions, self.seal, channels, "nb", self.clock)
        self.poller = Poller(self.channel, self.inbox)

    def again(self) -> Station:
        """The same after the process died."""
        self.close()
        return Station(self.telegram, self.sessions, self.seal, self.library, self.home, self.desk, self.clock, self.stuck)

    def close(self) -> None:
        self.channel.close()
        self.poller.end()

    def poll(self) -> None:
        """Fetches all that waits and has it confirmed."""
        while self.telegram.waiting():
            self.poller.round()

    def put(self, *updates: dict) -> int:
        """Updates as the webhook would bring them, in this order; how many were new."""
        return sum(
            self.inbox.put("telegram", self.channel.account, [parcel])
            for update in updates
            if (parcel := self.channel.parcel(update)) is not None
        )

    def work(self) -> None:
        """Works on all that is due, in and out."""
        for _ in range(500):
            if not (self.arrivals.step("test") or self.delivery.step("test")):
                return
        raise AssertionError("it does not come to rest")

    def settle(self, seconds: float = 400.0) -> None:
        """Fetches and works on while time goes by, until nothing waits."""
        for _ in range(int(seconds / 2)):
            self.poll()
            self.work()
            if not self.left():
                return
            self.clock.ahead += dt.timedelta(seconds=2)
        raise AssertionError(f"still waiting: {self.left()}")

    def left(self) -> list[str]:
        with self.sessions() as session:
            came = session.scalars(select(Arrival.external_id).where(Arrival.state == "waiting")).all()
            goes = session.scalars(select(Departure.problem).where(Departure.state == "waiting")).all()
        return [*came, *map(str, goes)]

    def said(self, chat: int | None = None) -> list[str]:
        """The texts the bot sent, each without what is added to a first answer about languages."""
        return [message.get("text", message.get("caption", "")).split("\n\n")[0] for message in self.telegram.sent(chat)]

    def heard(self, account: str | None = None) -> list[str]:
        """What people wrote, as it is stored."""
        query = select(Message).join(Conversation).where(Message.author == Author.PARTICIPANT).order_by(Message.id)
        with self.sessions() as session:
            rows = session.scalars(query if account is None else query.where(Conversation.account == account)).all()
            return [self.seal.open(row.sealed_text) for row in rows]

    def conversations(self) -> dict[str, str | None]:
        """The accounts there are, each with why nothing is sent there."""
        with self.sessions() as session:
            return {row.account: row.stopped for row in session.scalars(select(Conversation))}

    def departures(self) -> list[tuple[str, str | None]]:
        with self.sessions() as session:
            return [(row.state, row.problem) for row in session.scalars(select(Departure).order_by(Departure.id))]

    def dispatches(self) -> list[Dispatch]:
        with self.sessions() as session:
            return list(session.scalars(select(Dispatch).order_by(Dispatch.id)))

    def arrivals_in(self, state: str) -> int:
        with self.sessions() as session:
            return len(session.scalars(select(Arrival.id).where(Arrival.state == state)).all())


def until(true: Callable[[], object], patience: float = 10.0) -> None:
    """Waits for what another thread does."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def an_hour_ago() -> int:
    return int(time.time()) - 3600
