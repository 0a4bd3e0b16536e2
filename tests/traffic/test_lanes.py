"""Lanes: one worker at a time, taken over when it dies, nothing overlooked."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.traffic import lanes
from bot.conversations.traffic.lanes import IN, OUT, Leased
from bot.storage.traffic_tables import Lane
from tests.traffic.setting import Office

START = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
LENGTH = dt.timedelta(seconds=15)
Sessions = sessionmaker[Session]


def after(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def wake(sessions: Sessions, chat: str, seconds: float = 0, direction: str = IN, channel: str = "telegram") -> None:
    with sessions.begin() as session:
        lanes.wake(session, direction, channel, chat, after(seconds))


def take(sessions: Sessions, worker: str, seconds: float = 0, direction: str = IN) -> Leased | None:
    with sessions.begin() as session:
        return lanes.lease(session, direction, ("telegram",), worker, after(seconds), LENGTH)


def give_back(sessions: Sessions, lane: Leased, due: dt.datetime | None = None) -> bool:
    with sessions.begin() as session:
        return lanes.hold(session, lane) and lanes.release(session, lane, due)


def due_of(sessions: Sessions, chat: str) -> dt.datetime | None:
    with sessions() as session:
        due = session.scalars(select(Lane.due_at).where(Lane.chat == chat)).one()
        return due.replace(tzinfo=dt.UTC) if due and due.tzinfo is None else due


def test_a_leased_lane_is_nobody_elses(sessions: Sessions) -> None:
    wake(sessions, "a")
    assert take(sessions, "one") is not None
    assert take(sessions, "two") is None


def test_directions_and_channels_are_apart(sessions: Sessions) -> None:
    wake(sessions, "a", direction=OUT)
    wake(sessions, "a", channel="whatsapp")
    assert take(sessions, "one") is None
    assert take(sessions, "one", direction=OUT) is not None


def test_many_workers_at_once_get_different_lanes(sessions: Sessions) -> None:
    for number in range(30):
        wake(sessions, f"c{number}")
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda n: take(sessions, f"w{n}"), range(60)))
    taken = [lane.id for lane in found if lane]
    # A lane that another worker has locked at that very moment is passed over, so somebody may come away with none; nobody shares.
    assert len(set(taken)) == len(taken)
    while (lane := take(sessions, "last")) is not None:
        taken.append(lane.id)
    assert len(taken) == len(set(taken)) == 30


def test_the_lane_that_has_waited_longest_is_first(sessions: Sessions) -> None:
    for chat, seconds in (("b", 2), ("c", 3), ("a", 1), ("d", 99)):
        wake(sessions, chat, seconds)
    found = [take(sessions, "one", 10) for _ in range(4)]
    assert [lane and lane.chat for lane in found] == ["a", "b", "c", None]


def test_a_lane_is_taken_over_when_its_lease_has_run_out_and_the_late_worker_changes_nothing(sessions: Sessions) -> None:
    wake(sessions, "a")
    first = take(sessions, "one")
    assert first and take(sessions, "two", 14.9) is None
    second = take(sessions, "two", 15)
    assert second and second.lease == first.lease + 1
    assert not give_back(sessions, first, None)
    assert due_of(sessions, "a") == START
    assert take(sessions, "three", 16) is None, "the late release must not free the lane"
    assert give_back(sessions, second, after(20))
    assert due_of(sessions, "a") == after(20)


def test_a_renewed_lease_lives_on_and_one_that_ran_out_does_not_come_back(sessions: Sessions) -> None:
    for chat in ("a", "b"):
        wake(sessions, chat)
    assert take(sessions, "one") and take(sessions, "two")
    with sessions.begin() as session:
        lanes.renew(session, ("one",), after(10), LENGTH)
    taken = take(sessions, "three", 16)
    assert taken and taken.chat == "b"
    with sessions.begin() as session:
        lanes.renew(session, ("two", "one"), after(16), LENGTH)
    assert take(sessions, "four", 17) is None
    with sessions() as session:
        assert {lane.chat: lane.worker for lane in session.scalars(select(Lane))} == {"a": "one", "b": "three"}


def test_a_wake_is_never_later_than_one_before(sessions: Sessions) -> None:
    wake(sessions, "a", 50)
    wake(sessions, "a", 10)
    wake(sessions, "a", 70)
    assert due_of(sessions, "a") == after(10)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30)), min_size=1, max_size=12))
def test_a_lane_is_due_at_the_earliest_wake(sessions: Sessions, plan: list[tuple[int, int]]) -> None:
    earliest: dict[str, int] = {}
    tag = str(next(COUNT))
    for chat, seconds in plan:
        name = f"{tag}-{chat}"
        wake(sessions, name, seconds)
        earliest[name] = min(seconds, earliest.get(name, seconds))
    assert {name: due_of(sessions, name) for name in earliest} == {name: after(seconds) for name, seconds in earliest.items()}


COUNT = iter(range(10_000_000))


def test_what_comes_while_somebody_works_is_never_overlooked(office: Office) -> None:
    """Feeders put messages in while workers take lanes, find them empty and give them back; at the end nothing waits unseen."""
    feeders, each, chats = 4, 25, 3
    worked: defaultdict[str, list[str]] = defaultdict(list)
    ended = threading.Event()

    def feed(feeder: int) -> None:
        for number in range(each):
            office.put(f"c{number % chats}", f"{feeder}:{number}")

    def work(worker: int) -> None:
        while not ended.is_set():
            office.arrivals.step(f"w{worker}")

    office.channel.work = lambda parcel: worked[parcel.chat].append(parcel.external_id)  # type: ignore[method-assign]
    workers = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in workers:
        thread.start()
    try:
        with ThreadPoolExecutor(feeders) as threads:
            list(threads.map(feed, range(feeders)))
    finally:
        ended.set()
        for thread in workers:
            thread.join()
    while office.arrivals.step("last"):
        pass
    assert not office.left()
    seen = Counter(one for chat in worked.values() for one in chat)
    assert seen == Counter({f"{feeder}:{number}": 1 for feeder in range(feeders) for number in range(each)})
    for came in worked.values():
        for feeder in range(feeders):
            own = [int(one.split(":")[1]) for one in came if one.startswith(f"{feeder}:")]
            assert own == sorted(own)
