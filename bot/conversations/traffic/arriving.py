"""Works on what is in the inbox: one update of a chat after the other, until its channel has dealt with it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError

from bot.conversations.assistant import AssistantAway
from bot.conversations.channel import Channel, TryLater, Unanswered
from bot.conversations.history import now as this_moment
from bot.conversations.traffic import lanes
from bot.conversations.traffic.inbox import Inbox, due
from bot.conversations.traffic.lanes import Leased
from bot.plans.moments import in_utc
from bot.storage.sealing import SealError
from bot.storage.traffic_tables import Arrival

logger = logging.getLogger(__name__)
AT_ONCE = 20  # updates of one lane before others get their turn
BACKOFF = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds
MISTAKES = 5  # how often an update that makes the channel stumble is tried
PATIENCE = dt.timedelta(seconds=20)  # then the person hears that it takes longer
STUCK = dt.timedelta(minutes=5)  # then an advisor is asked to look


@dataclass(frozen=True)
class Arrivals:
    """What works on arrivals. `slow` tells a person that it takes longer, `stuck` calls an advisor; both may be called more than once."""

    inbox: Inbox
    channels: Mapping[str, Channel]
    slow: Callable[[Unanswered], None]
    stuck: Callable[[Unanswered], None]
    clock: Callable[[], dt.datetime] = this_moment

    def step(self, worker: str, length: dt.timedelta = lanes.LEASE) -> bool:
        """Takes one lane that is due and works on it; False when there is none. Raises database errors: everything is still there then."""
        with self.inbox.sessions.begin() as session:
            lane = lanes.lease(session, lanes.IN, tuple(self.channels), worker, self.clock(), length)
            arrival = self.inbox.first(session, lane) if lane else None
        if lane is None:
            return False
        for _ in range(AT_ONCE):
            if arrival is None or due(arrival) > self.clock():
                break
            arrival = self._one(lane, arrival)
        with self.inbox.sessions.begin() as session:
            if lanes.hold(session, lane):
                first = self.inbox.first(session, lane)
                # Not the moment it came: else a chat with much to say would be ahead of everybody else again.
                lanes.release(session, lane, max(due(first), self.clock()) if first else None)
        return True

    def _one(self, lane: Leased, arrival: Arrival) -> Arrival | None:
        """Works on an update of a lane; the next one, None when there is nothing more to do now."""
        problem = ""
        try:
            self.channels[lane.channel].work(self.inbox.parcel(arrival))
        except (AssistantAway, TryLater) as later:
            self._again(arrival, later)
            return None
        except SQLAlchemyError:
            raise
        except SealError:
            problem = "sealed"
        except Exception as error:
            logger.exception("Arrival %s could not be dealt with", arrival.id)
            problem = type(error).__name__
            if _tries(arrival, problem) + 1 < MISTAKES:
                self._again(arrival, TryLater(problem))
                return None
        if problem:
            self._give_up(arrival, problem)
        with self.inbox.sessions.begin() as session:
            if not problem:
                self.inbox.done(session, arrival.id)
            return self.inbox.first(session, lane)

    def _again(self, arrival: Arrival, later: AssistantAway | TryLater) -> None:
        problem = later.code if isinstance(later, TryLater) else "assistant_away"
        backoff = BACKOFF[min(_tries(arrival, problem), len(BACKOFF) - 1)]
        seconds = later.seconds if isinstance(later, TryLater) and later.seconds else backoff
        with self.inbox.sessions.begin() as session:
            self.inbox.again(session, arrival.id, self.clock() + dt.timedelta(seconds=seconds), problem)
        waited = self.clock() - in_utc(arrival.received_at)
        if not arrival.speaker or waited < PATIENCE:
            return
        waiting = self._waiting(arrival)
        if arrival.told_at is None:
            self.slow(waiting)
            self._told(arrival)
        if waited > STUCK:
            self.stuck(waiting)

    def _waiting(self, arrival: Arrival) -> Unanswered:
        account = self.channels[arrival.channel].conversation_of(arrival.speaker)
        return Unanswered(arrival.channel, account, in_utc(arrival.received_at))

    def _told(self, arrival: Arrival) -> None:
        with self.inbox.sessions.begin() as session:
            session.get_one(Arrival, arrival.id).told_at = self.clock()

    def _give_up(self, arrival: Arrival, problem: str) -> None:
        """The person hears it and an advisor is called before the lane goes on; what came is kept."""
        if arrival.speaker:
            self.stuck(replace(self._waiting(arrival), given_up=True))
        with self.inbox.sessions.begin() as session:
            self.inbox.failed(session, arrival.id, problem)

    def housekeeping(self) -> None:
        """Forgets what nobody sends again."""
        with self.inbox.sessions.begin() as session:
            self.inbox.forget_old(session)


def _tries(arrival: Arrival, problem: str) -> int:
    """How often in a row it had this problem: while the assistant is away no tries of a mistake are used up."""
    return arrival.attempts if arrival.problem == problem[:32] else 0
