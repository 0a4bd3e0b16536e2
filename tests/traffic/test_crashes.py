"""A process may die between any two steps of a message's way; afterwards there is one answer, sent once.

Every commit, every release of a savepoint, every call of the assistant and of the messenger is a step, and the process dies once right
before and once right after each of them, on a message of its own. What does not die is the database, and what the messenger has.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.traffic import outbox
from bot.storage.tables import Author, Conversation, Message
from bot.storage.traffic_tables import Arrival, Departure, Dispatch
from tests.fake_messengers.simple import NAME
from tests.traffic.setting import Office


class Died(BaseException):
    """The process ends here; nothing catches it, as nothing catches SIGKILL."""


@dataclass
class Steps:
    """Counts steps and dies at some of them, counted from 1."""

    deadly: set[int] = field(default_factory=set)
    count: int = 0

    def step(self, name: str = "") -> None:
        self.count += 1
        if self.count in self.deadly:
            raise Died(f"{self.count} {name}")

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*given: Any) -> Any:
            self.step(f"before {call.__name__}")
            result = call(*given)
            self.step(f"after {call.__name__}")
            return result

        return stepping


@contextmanager
def counted(sessions: sessionmaker[Session], steps: Steps) -> Iterator[None]:
    """Every commit and every release of a savepoint is a step."""
    dialect = sessions.kw["bind"].dialect
    kept = {name: getattr(dialect, name) for name in ("do_commit", "do_release_savepoint")}
    for name, call in kept.items():
        setattr(dialect, name, steps.around(call))
    try:
        yield
    finally:
        for name in kept:
            delattr(dialect, name)


def born(office: Office, steps: Steps, apart: bool) -> Office:
    """A new process: it knows the database and the clock. The messenger goes on."""
    fresh = office.again()
    fresh.assistant.ask = steps.around(fresh.assistant.ask)  # type: ignore[method-assign]
    fresh.channel.hook, fresh.channel.apart = steps.step, apart
    return fresh


def live(office: Office, steps: Steps, chat: str, apart: bool) -> int:
    """One message from webhook to delivered, through as many deaths as there are; how many steps it took."""
    deaths = 0
    put = False
    with counted(office.sessions, steps):
        while True:
            process = born(office, steps, apart)
            try:
                if not put:
                    process.put(chat, f"m{chat}")  # the messenger sends again until it was acknowledged
                    put = True
                process.settle(step=20)
                return steps.count
            except Died:
                deaths += 1
                assert deaths <= len(steps.deadly)
                office.clock.forward(20)


def check(office: Office, chat: str, apart: bool) -> None:
    with office.sessions() as session:
        conversation = session.scalars(select(Conversation).where(Conversation.channel == NAME, Conversation.account == chat)).one()
        rows = session.scalars(select(Message).where(Message.conversation_id == conversation.id).order_by(Message.id)).all()
        assert [row.author for row in rows] == [Author.PARTICIPANT, Author.ASSISTANT, Author.ASSISTANT]
        assert rows[0].answered_at is not None
        departure = session.scalars(select(Departure).where(Departure.conversation_id == conversation.id)).one()
        parts = session.scalars(select(Dispatch).where(Dispatch.departure_id == departure.id).order_by(Dispatch.part)).all()
        assert session.scalars(select(Arrival.state).where(Arrival.chat == chat)).all() == ["done"]
    answer = [f"answer to m{chat}", "nb: other languages"]
    assert office.messenger.texts(chat) == (answer if apart else ["\n".join(answer)])
    assert departure.state == "accepted"
    assert [part.external_id for part in parts] == [got.id for got in office.messenger.newer(chat, None)]
    assert not any(part.unsure for part in parts)


@pytest.mark.parametrize("apart", [False, True], ids=["one part", "two parts"])
def test_a_process_may_die_at_any_step(office: Office, apart: bool) -> None:
    whole = live(office, Steps(), "whole", apart)
    check(office, "whole", apart)
    assert whole > 25, "every step is counted"
    for deadly in range(1, whole + 1):
        live(office, Steps({deadly}), f"c{deadly}", apart)
        check(office, f"c{deadly}", apart)


def test_it_may_die_again_and_again(office: Office) -> None:
    chance = random.Random(6)
    for number in range(25):
        steps = Steps(set(chance.sample(range(1, 60), chance.randint(2, 9))))
        live(office, steps, f"c{number}", apart=bool(number % 2))
        check(office, f"c{number}", apart=bool(number % 2))


def test_it_may_die_while_a_word_frees_what_was_held(office: Office) -> None:
    """Storing a word of the person and freeing what waited for it is one step."""

    def heard(chat: str, steps: Steps) -> int:
        held = office.say(chat, "held")
        with office.sessions.begin() as session:
            session.get_one(Departure, held).state = "held"
        whole = live(office, steps, chat, apart=False)
        assert [text.partition("\n")[0] for text in office.messenger.texts(chat)] == ["held", f"answer to m{chat}"]
        assert office.departure(held).state == "accepted"
        return whole

    for deadly in range(1, heard("whole", Steps()) + 1):
        heard(f"c{deadly}", Steps({deadly}))


def test_a_status_that_dies_is_told_again(office: Office) -> None:
    office.say("a", "hello")
    office.work()
    row = office.rows(Dispatch)[0]
    for deadly in (1, 2, 3):
        with counted(office.sessions, Steps({deadly})):
            try:
                with office.sessions.begin() as session:
                    outbox.move_on(session, NAME, "read", office.clock(), external_id=str(row.external_id))
            except Died:
                continue
    assert (office.rows(Dispatch)[0].state, office.rows(Departure)[0].state) == ("read", "read")
    assert office.rows(Message)[0].delivered_at is not None
