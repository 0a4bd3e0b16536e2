"""The pace: never faster than the messenger takes it, and nobody starves."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversations.channel import Rates
from bot.conversations.traffic import lanes, pace
from bot.conversations.traffic.delivering import Delivery
from bot.storage.tables import Conversation, Message
from bot.storage.traffic_tables import ChannelState, Departure, Dispatch, Lane
from tests.fake_messengers.simple import NAME, SimpleChannel
from tests.traffic.setting import Office

START = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
ROUNDING = 0.001  # seconds; moments are stored in microseconds


class Still:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = START + dt.timedelta(days=300)

    def __call__(self) -> dt.datetime:
        return self.now


def clear(office: Office) -> None:
    with office.sessions.begin() as session:
        for table in (Dispatch, Message, Departure, Conversation, Lane, ChannelState):
            session.query(table).delete()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rates=st.builds(Rates, st.sampled_from([0.5, 1.0, 3.0, 8.0]), st.sampled_from([0.0, 0.3, 1.0, 2.5]), st.integers(1, 3)),
    chats=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    steps=st.lists(st.sampled_from([0.01, 0.05, 0.2, 0.4]), min_size=3, max_size=3),
)
def test_it_is_never_too_fast_and_nobody_starves(office: Office, rates: Rates, chats: list[int], steps: list[float]) -> None:
    """Two workers, each with a channel of its own, on one database: over any window of time no more goes out than the rates allow."""
    clear(office)
    clock, sent = Still(), []
    times = {f"c{number}": many for number, many in enumerate(chats)}
    for chat, many in times.items():
        for number in range(many):
            office.say(chat, str(number))
    workers = []
    for _ in range(2):
        channel = SimpleChannel(office.messenger, pace=rates)
        channel.send = lambda envelope, part, token, file: sent.append((clock(), envelope.chat)) or str(len(sent))  # type: ignore
        workers.append(Delivery(office.sessions, office.seal, {NAME: channel}, "nb", clock))
    total = sum(chats)
    ideal = max(total / rates.per_second, max(chats) * rates.chat_interval)
    rounds = 0
    while len(sent) < total:
        for number, worker in enumerate(workers):
            worker.step(f"w{number}")
        clock.now += dt.timedelta(seconds=steps[rounds % len(steps)])
        rounds += 1
        assert (clock.now - START - dt.timedelta(days=300)).total_seconds() < 4 * ideal + 20, "somebody starves"
    within(sent, rates.per_second, max(1.0, rates.per_second * pace.BURST))
    for chat in times:
        own = [one for one in sent if one[1] == chat]
        if rates.chat_interval:
            within(own, 1 / rates.chat_interval, rates.chat_burst)


def within(sent: list[tuple[dt.datetime, str]], per_second: float, burst: float) -> None:
    """In every window no more than the burst, and what the rate gives in its length."""
    moments = [moment for moment, _ in sent]
    for first in range(len(moments)):
        for last in range(first, len(moments)):
            length = (moments[last] - moments[first]).total_seconds()
            assert last - first + 1 <= burst + (length + ROUNDING * (last + 1)) * per_second + 1e-6


def test_room_that_is_refused_is_not_used_up(office: Office) -> None:
    rates = Rates(per_second=2.0, chat_interval=10.0)
    with office.sessions.begin() as session:
        lanes.wake(session, lanes.OUT, NAME, "a", START)
        lane = lanes.lease(session, lanes.OUT, (NAME,), "w", START, lanes.LEASE)
        assert lane
        assert pace.room_at(session, lane, rates, START) == START
        for _ in range(50):
            assert pace.room_at(session, lane, rates, START) == START + dt.timedelta(seconds=10)
        later = START + dt.timedelta(seconds=10)
        assert pace.room_at(session, lane, rates, later) == later


def test_a_pause_holds_every_chat_and_ends(office: Office) -> None:
    rates, until = Rates(per_second=30.0, chat_interval=0.0), START + dt.timedelta(seconds=60)
    with office.sessions.begin() as session:
        pace.pause(session, NAME, until, "flood")
        for chat in ("a", "b"):
            lanes.wake(session, lanes.OUT, NAME, chat, START)
            lane = lanes.lease(session, lanes.OUT, (NAME,), "w", START, lanes.LEASE)
            assert lane and pace.room_at(session, lane, rates, START) == until
            assert pace.room_at(session, lane, rates, until) == until
        pace.well(session, NAME)
        state = session.get_one(ChannelState, NAME)
        session.refresh(state)
        assert (state.problem, state.paused_until) == (None, None)
