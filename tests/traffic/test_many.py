"""Ten thousand queued messages are drained, each once and in the order of its chat."""

from __future__ import annotations

import datetime as dt
import threading
from collections import defaultdict

import pytest
from sqlalchemy import insert, select, update

from bot.conversations.channel import Parcel
from bot.conversations.history import open_conversation
from bot.conversations.traffic import lanes
from bot.conversations.traffic.workers import Workers
from bot.storage.tables import Author, Message
from bot.storage.traffic_tables import Arrival, Departure, Dispatch
from tests.fake_messengers.simple import ACCOUNT, NAME
from tests.traffic.setting import Office

MANY, CHATS, THREADS = 10_000, 100, 3
GOING = 2_000  # each is two transactions and a sending
WHOLE = 300  # all the way from the inbox through reception to the messenger
PATIENCE = 600.0  # seconds; so that a hanging test ends


def drained(office: Office, *steps: object) -> None:
    """Lets workers work until nothing waits."""
    threads = THREADS if office.sessions.kw["bind"].dialect.name == "postgresql" else 1
    workers = Workers(office.sessions, [step for step in steps for _ in range(threads)])  # type: ignore[misc]
    workers.start()
    pause = threading.Event()
    try:
        for _ in range(int(PATIENCE / 0.25)):
            pause.wait(0.25)
            with office.sessions() as session:
                waits = select(Arrival.id).where(Arrival.state == "waiting").limit(1)
                goes = select(Departure.id).where(Departure.state == "waiting").limit(1)
                if session.scalar(waits) is None and session.scalar(goes) is None:
                    return
        raise AssertionError("it hangs")
    finally:
        workers.end()


def chat_of(number: int) -> str:
    return f"c{number % CHATS}"


def by_chat(numbers: range) -> dict[str, list[str]]:
    expected: defaultdict[str, list[str]] = defaultdict(list)
    for number in numbers:
        expected[chat_of(number)].append(str(number))
    return dict(expected)


def test_the_inbox(office: Office) -> None:
    worked: defaultdict[str, list[str]] = defaultdict(list)

    def work(given: Parcel) -> None:
        worked[given.chat].append(given.payload["text"])

    office.channel.work = work  # type: ignore[method-assign]
    moment = office.clock()
    sealed = {
        "state": "waiting",
        "attempts": 0,
        "next_at": moment,
        "received_at": moment,
        "speaker": "",
        "channel": NAME,
        "account": ACCOUNT,
    }
    rows = [
        {**sealed, "external_id": str(n), "chat": chat_of(n), "sort": n, "sealed_payload": office.seal.close(f'{{"text": "{n}"}}')}
        for n in reversed(range(MANY))
    ]
    with office.sessions.begin() as session:
        session.execute(insert(Arrival), rows)
        for number in range(CHATS):
            lanes.wake(session, lanes.IN, NAME, chat_of(number), moment)
    drained(office, office.arrivals.step)
    assert worked == by_chat(range(MANY))


def test_the_outbox(office: Office) -> None:
    moment = office.clock() - dt.timedelta(seconds=1)
    with office.sessions.begin() as session:
        owners = {chat_of(n): open_conversation(session, NAME, chat_of(n)) for n in range(CHATS)}
        session.flush()
        ids = {chat: owner.id for chat, owner in owners.items()}
        going = {"channel": NAME, "place": {}, "state": "waiting", "attempts": 0, "next_at": moment, "created_at": moment}
        rows = [{**going, "id": n + 1, "chat": chat_of(n), "conversation_id": ids[chat_of(n)]} for n in range(GOING)]
        session.execute(insert(Departure), rows)
        said = {"author": Author.ASSISTANT, "language": "en", "details": {}, "created_at": moment}
        words = [
            {**said, "conversation_id": ids[chat_of(n)], "departure_id": n + 1, "sealed_text": office.seal.close(str(n))}
            for n in range(GOING)
        ]
        session.execute(insert(Message), words)
        for chat in sorted(ids):
            lanes.wake(session, lanes.OUT, NAME, chat, moment)
    drained(office, office.delivery.step)
    assert {chat: office.messenger.texts(chat) for chat in ids} == by_chat(range(GOING))
    with office.sessions() as session:
        assert len(session.scalars(select(Dispatch.external_id).distinct()).all()) == GOING


def test_all_the_way(office: Office) -> None:
    for number in range(WHOLE):
        office.inbox.put(NAME, ACCOUNT, [Parcel(str(number), chat_of(number), {"text": str(number)}, speaker=chat_of(number), sort=number)])
    drained(office, office.arrivals.step, office.delivery.step)
    answers = {chat: [f"answer to {number}" for number in numbers] for chat, numbers in by_chat(range(WHOLE)).items()}
    assert {chat: [text.partition("\n")[0] for text in office.messenger.texts(chat)] for chat in answers} == answers


def test_a_step_that_stumbles_does_not_keep_its_lane_for_as_long_as_its_process_lives(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put("a", "m1")
    put_aside: list[str] = []
    release, first = lanes.release, threading.Event()

    def fails_once(*given: object) -> bool:
        if not first.is_set():
            first.set()
            raise RuntimeError("test")
        return release(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(lanes, "release", fails_once)
    office.channel.work = lambda given: put_aside.append(given.external_id)  # type: ignore[method-assign]
    workers = Workers(office.sessions, [office.arrivals.step], lease=dt.timedelta(seconds=0.6))
    workers.start()
    try:
        for number in range(2, 200):
            office.put("a", f"m{number}")
            threading.Event().wait(0.1)
            if len(put_aside) > 1:
                break
        assert put_aside[:2] == ["m1", "m2"]
    finally:
        workers.end()


def test_leases_of_what_is_in_hand_are_renewed(office: Office) -> None:
    """A worker that thinks for longer than a lease keeps its lane, because its process lives."""
    worked: list[str] = []

    def thinks(given: Parcel) -> None:
        threading.Event().wait(1.5)
        worked.append(given.external_id)

    office.channel.work = thinks  # type: ignore[method-assign]
    office.put("a", "m1")
    workers = Workers(office.sessions, [office.arrivals.step] * 2, lease=dt.timedelta(seconds=0.9))
    workers.start()
    try:
        for _ in range(600):
            threading.Event().wait(0.1)
            if not office.left():
                break
    finally:
        workers.end()
    assert worked == ["m1"]


def test_an_error_of_the_database_costs_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    office.put("a", "m1")
    office.say("b", "hello")
    took, failures = office.sessions.kw["bind"].dialect.do_commit, iter([True] * 4)

    def commit(connection: object) -> None:
        if next(failures, False):
            raise OperationalError("commit", {}, Exception("away"))
        took(connection)

    monkeypatch.setattr(office.sessions.kw["bind"].dialect, "do_commit", commit)
    for _ in range(12):
        try:
            office.settle()
        except OperationalError:
            office.clock.forward(20)
    assert office.messenger.texts("b") == ["hello"]
    assert [text.partition("\n")[0] for text in office.messenger.texts("a")] == ["answer to m1"]
    with office.sessions() as session:
        session.execute(update(Arrival).where(Arrival.id < 0).values(attempts=0))
        assert session.scalars(select(Arrival.state)).all() == ["done"]
