"""What the tests of the traffic layer share: a clock that can be moved, and one of everything on one database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content.library import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.channel import Parcel
from bot.conversations.history import open_conversation, store_unprompted
from bot.conversations.reception import Reception
from bot.conversations.traffic.arriving import Arrivals, Unanswered
from bot.conversations.traffic.delivering import Delivery
from bot.conversations.traffic.inbox import Inbox
from bot.storage.sealing import Seal
from bot.storage.tables import Message
from bot.storage.traffic_tables import Arrival, Departure, Dispatch
from tests.fake_messengers.simple import ACCOUNT, NAME, InMemory, SimpleChannel
from tests.fakes import SmallIdentifier, StubAssistant


class Clock:
    """The time now, and as much later as it was moved."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta(0)

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def forward(self, seconds: float) -> None:
        self.ahead += dt.timedelta(seconds=seconds)


@dataclass
class Office:
    """Everything between one messenger and one assistant, on one database."""

    sessions: sessionmaker[Session]
    seal: Seal
    library: Library
    assistant: StubAssistant = field(default_factory=StubAssistant)
    messenger: InMemory = field(default_factory=InMemory)
    clock: Clock = field(default_factory=Clock)
    slow: list[Unanswered] = field(default_factory=list)
    stuck: list[Unanswered] = field(default_factory=list)

    def __post_init__(self) -> None:
        reception = Reception(self.sessions, self.seal, self.library, SmallIdentifier(), self.assistant, "nb")  # type: ignore[arg-type]
        self.channel = SimpleChannel(self.messenger, reception)
        self.inbox = Inbox(self.sessions, self.seal)
        self.arrivals = Arrivals(self.inbox, {NAME: self.channel}, self.slow.append, self.stuck.append, self.clock)
        self.delivery = Delivery(self.sessions, self.seal, {NAME: self.channel}, "nb", self.clock, self.stuck.append)

    def again(self) -> Office:
        """The same after the process died: nothing is remembered but the database and what the messenger has."""
        return Office(self.sessions, self.seal, self.library, StubAssistant(), self.messenger, self.clock)

    def put(self, chat: str, *texts: str) -> int:
        """Messages of one chat; each text is its own id."""
        return self.inbox.put(NAME, ACCOUNT, [parcel(chat, text) for text in texts])

    def say(self, chat: str, text: str, **more: object) -> int:
        """Something unprompted, such as an advisor's words; the number of its departure."""
        with self.sessions.begin() as session:
            said = SaidMessage(text, "en", "ltr", author="advisor", **more)  # type: ignore[arg-type]
            row = store_unprompted(session, self.seal, open_conversation(session, NAME, chat), said)
            session.flush()
            assert row.departure_id is not None
            return row.departure_id

    def work(self) -> int:
        """Works on all that is due, in and out; how many lanes were taken."""
        count = 0
        while self.arrivals.step("test") or self.delivery.step("test"):
            count += 1
            assert count < 2000, "it does not come to rest"
        return count

    def settle(self, seconds: float = 600.0, step: float = 5.0) -> None:
        """Works on while time goes by."""
        for _ in range(int(seconds / step)):
            self.work()
            if not self.left():
                return
            self.clock.forward(step)
        raise AssertionError(f"still waiting: {self.left()}")

    def left(self) -> list[str]:
        """What waits, in and out."""
        with self.sessions() as session:
            came = session.scalars(select(Arrival.external_id).where(Arrival.state == "waiting")).all()
            goes = session.scalars(select(Departure.id).where(Departure.state == "waiting")).all()
        return [*came, *map(str, goes)]

    def rows(self, kind: type[Message] | type[Arrival] | type[Departure] | type[Dispatch]) -> Sequence:
        with self.sessions() as session:
            return session.scalars(select(kind).order_by(kind.id)).all()

    def departure(self, number: int) -> Departure:
        with self.sessions() as session:
            return session.get_one(Departure, number)


def parcel(chat: str, text: str, sort: int = 0, external_id: str | None = None) -> Parcel:
    return Parcel(external_id or text, chat, {"text": text}, speaker=chat, sort=sort)
