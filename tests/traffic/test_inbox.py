"""The inbox: stored once, worked on in order, again after whatever went wrong, put aside when nothing helps."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import update

from bot.conversations.assistant import AssistantAway
from bot.conversations.channel import Parcel, TryLater
from bot.conversations.traffic.arriving import BACKOFF, MISTAKES
from bot.conversations.traffic.inbox import KEPT, Inbox
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Message
from bot.storage.traffic_tables import Arrival
from tests.fake_messengers.simple import ACCOUNT, NAME
from tests.traffic.setting import Office, parcel


def works(office: Office, how: Callable[[Parcel], None]) -> list[str]:
    """Lets the channel work so; the ids it was called with."""
    called: list[str] = []

    def work(given: Parcel) -> None:
        called.append(given.external_id)
        how(given)

    office.channel.work = work  # type: ignore[method-assign]
    return called


def fails(error: BaseException) -> Callable[[Parcel], None]:
    def work(given: Parcel) -> None:
        raise error

    return work


def bad(name: str, error: BaseException) -> Callable[[Parcel], None]:
    def work(given: Parcel) -> None:
        if given.external_id == name:
            raise error

    return work


def state(office: Office, external_id: str) -> Arrival:
    return next(row for row in office.rows(Arrival) if row.external_id == external_id)


def test_the_same_update_three_times_is_one(office: Office) -> None:
    called = works(office, lambda given: None)
    assert [office.put("a", "m1"), office.put("a", "m1"), office.put("a", "m1", "m1")] == [1, 0, 0]
    office.work()
    assert office.put("a", "m1") == 0, "also when it was dealt with long ago"
    office.work()
    assert called == ["m1"]


def test_the_same_update_from_many_at_once_is_one_and_nobody_waits_in_a_circle(office: Office) -> None:
    names = [f"m{number}" for number in range(12)]
    parcels = [parcel(f"c{number % 3}", name) for number, name in enumerate(names)]
    with ThreadPoolExecutor(6) as threads:
        stored = list(threads.map(lambda n: office.inbox.put(NAME, ACCOUNT, parcels if n % 2 else parcels[::-1]), range(12)))
    assert sum(stored) == len(names)
    assert sorted(row.external_id for row in office.rows(Arrival)) == sorted(names)


def test_two_accounts_of_ours_may_use_the_same_ids(office: Office) -> None:
    assert office.inbox.put(NAME, "one", [parcel("a", "m1")]) + office.inbox.put(NAME, "two", [parcel("a", "m1")]) == 2


def test_the_messengers_order_counts_and_then_that_of_arrival(office: Office) -> None:
    called = works(office, lambda given: None)
    given = [("m3", 3), ("m1", 1), ("m2b", 2), ("m2a", 2)]
    office.inbox.put(NAME, ACCOUNT, [parcel("a", name, sort) for name, sort in given])
    office.work()
    assert called == ["m1", "m2b", "m2a", "m3"]


def test_an_id_that_is_too_long_stores_nothing_of_its_batch(office: Office) -> None:
    with pytest.raises(ValueError, match="longer"):
        office.inbox.put(NAME, ACCOUNT, [parcel("a", "m1"), parcel("a", "x" * 201)])
    assert not office.rows(Arrival)


def test_what_came_is_sealed_and_forgotten_once_it_is_done(office: Office) -> None:
    office.put("a", "a secret")
    sealed = state(office, "a secret").sealed_payload
    assert sealed is not None and b"secret" not in sealed
    assert office.seal.open(sealed) == '{"text": "a secret"}'
    office.work()
    assert (state(office, "a secret").state, state(office, "a secret").sealed_payload) == ("done", None)


def test_a_worker_that_dies_between_working_and_noting_it_has_one_effect(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put("a", "m1")

    def dies(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "done", dies)
        with pytest.raises(KeyboardInterrupt):
            office.arrivals.step("dies")
    assert office.arrivals.step("other") is False, "the lease of the dead one lives on for a while"
    office.clock.forward(16)
    fresh = office.again()
    fresh.settle()
    assert [row.author for row in office.rows(Message) if row.author is Author.PARTICIPANT] == [Author.PARTICIPANT]
    assert len(office.messenger.texts("a")) == 1
    assert not fresh.assistant.asked, "it had been answered"


@pytest.mark.parametrize("error", [AssistantAway("test"), TryLater("wait")])
def test_what_has_to_wait_is_tried_later_and_later_and_holds_its_lane_only(office: Office, error: Exception) -> None:
    called = works(office, bad("a1", error))
    office.put("a", "a1", "a2")
    office.put("b", "b1")
    office.work()
    assert called == ["a1", "b1"], "a2 waits behind a1, b1 does not"
    for attempt, seconds in enumerate(BACKOFF):
        assert state(office, "a1").attempts == attempt + 1
        office.clock.forward(seconds * 0.5)
        office.work()
        assert called.count("a1") == attempt + 1, "not before its time"
        office.clock.forward(seconds * 0.6)
        office.work()
        assert called.count("a1") == attempt + 2
    assert state(office, "a1").problem in ("assistant_away", "wait")
    works(office, lambda given: None)
    office.settle()
    assert [state(office, name).state for name in ("a1", "a2", "b1")] == ["done"] * 3


def test_a_channel_may_say_when_it_wants_to_be_asked_again(office: Office) -> None:
    called = works(office, fails(TryLater("quota", 90)))
    office.put("a", "m1")
    office.work()
    office.clock.forward(89)
    office.work()
    assert called == ["m1"]
    office.clock.forward(1.5)
    office.work()
    assert called == ["m1", "m1"]


def test_what_nobody_can_deal_with_is_put_aside_after_five_tries_and_somebody_is_called(office: Office) -> None:
    called = works(office, bad("m1", RuntimeError("test")))
    office.put("a", "m1", "m2")
    office.settle()
    assert called == ["m1"] * MISTAKES + ["m2"]
    assert [(one.speaker, one.given_up) for one in office.stuck] == [("a", True)]
    failed = state(office, "m1")
    assert (failed.state, failed.problem, failed.attempts) == ("failed", "RuntimeError", MISTAKES)
    assert failed.sealed_payload is not None, "kept for who mends it"
    assert state(office, "m2").state == "done"
    called = works(office, lambda given: None)
    with office.sessions.begin() as session:
        assert office.inbox.retry_failed(session) == 1
    office.settle()
    assert (called, state(office, "m1").state) == (["m1"], "done")


def test_the_lane_waits_when_nobody_could_be_called_and_goes_on_then(office: Office) -> None:
    called = works(office, bad("m1", RuntimeError("test")))
    office.put("a", "m1", "m2")
    deaf = True

    def stuck(waiting: object) -> None:
        if deaf:
            raise RuntimeError("the desk is away")

    object.__setattr__(office.arrivals, "stuck", stuck)
    with pytest.raises(RuntimeError, match="the desk is away"):
        office.settle()
    assert (state(office, "m1").state, "m2" in called) == ("waiting", False)
    deaf = False
    office.clock.forward(16)
    office.settle()
    assert (state(office, "m1").state, called[-1]) == ("failed", "m2")


def test_who_waits_long_hears_it_once_and_then_an_advisor_is_called(office: Office) -> None:
    works(office, fails(AssistantAway("test")))
    office.put("a", "m1")
    office.work()
    assert not office.slow, "not in the first seconds"
    for _ in range(4):
        office.clock.forward(10)
        office.work()
    assert [one.speaker for one in office.slow] == ["a"]
    for _ in range(12):
        office.clock.forward(31)
        office.work()
    assert len(office.slow) == 1
    assert office.stuck and not any(one.given_up for one in office.stuck)
    assert state(office, "m1").state == "waiting", "it is never given up while the assistant is away"


def test_nobody_is_told_about_what_no_person_waits_for(office: Office) -> None:
    works(office, fails(TryLater("wait")))
    office.inbox.put(NAME, ACCOUNT, [Parcel("status", "a", {})])
    for _ in range(10):
        office.work()
        office.clock.forward(60)
    assert not office.slow and not office.stuck


def test_what_was_sealed_with_another_key_is_put_aside(office: Office) -> None:
    works(office, lambda given: None)
    Inbox(office.sessions, Seal(Fernet.generate_key().decode())).put(NAME, ACCOUNT, [parcel("a", "m1")])
    office.put("a", "m2")
    office.work()
    assert [(row.external_id, row.state, row.problem) for row in office.rows(Arrival)] == [("m1", "failed", "sealed"), ("m2", "done", None)]
    assert len(office.stuck) == 1


def test_a_late_worker_does_not_take_back_what_another_one_did(office: Office) -> None:
    office.put("a", "m1")
    number = state(office, "m1").id
    with office.sessions.begin() as session:
        office.inbox.done(session, number)
    with office.sessions.begin() as session:
        office.inbox.failed(session, number, "late")
        office.inbox.again(session, number, office.clock(), "late")
    assert (state(office, "m1").state, state(office, "m1").problem) == ("done", None)


def test_a_worker_that_lost_its_lease_meanwhile_answers_nothing_twice(office: Office) -> None:
    """The other one answers while this one still thinks: on another machine no lock of this process holds them apart."""
    office.put("a", "m1")
    other = office.again()
    ask = office.assistant.ask

    def thinks_too_long(asked: object) -> object:
        office.clock.forward(20)
        assert other.arrivals.step("other")
        return ask(asked)  # type: ignore[arg-type]

    office.assistant.ask = thinks_too_long  # type: ignore[method-assign, assignment]
    office.arrivals.step("slow")
    office.settle()
    assert len(office.messenger.texts("a")) == 1
    assert [row.author for row in office.rows(Message)].count(Author.PARTICIPANT) == 1


def test_ids_are_kept_for_as_long_as_messengers_send_again(office: Office) -> None:
    works(office, lambda given: None)
    office.put("a", "old", "new")
    office.work()
    with office.sessions.begin() as session:
        session.execute(update(Arrival).where(Arrival.external_id == "old").values(received_at=office.clock() - KEPT * 1.01))
    office.arrivals.housekeeping()
    assert [row.external_id for row in office.rows(Arrival)] == ["new"]


def test_who_writes_much_does_not_go_ahead_of_others_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put("flood", *(f"flood {number}" for number in range(60)))
    office.put("quiet", "quiet")
    order = works(office, lambda given: None)
    for _ in range(3):
        office.arrivals.step("test")
        office.clock.forward(0.1)
    assert "quiet" in order and order.index("quiet") <= 40
