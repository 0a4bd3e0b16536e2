"""How the messengers are doing: what waits, what failed, and which of them is paused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.plans.moments import in_utc
from bot.storage.traffic_tables import Arrival, ChannelState, Departure

WORTH_TELLING = dt.timedelta(seconds=10)


@dataclass(frozen=True)
class Counted:
    """How many are in a state, and since when the oldest of them."""

    state: str
    number: int
    oldest: dt.datetime


@dataclass(frozen=True)
class ChannelView:
    """One messenger: what came in, what goes out, and why it is paused, if it is."""

    channel: str
    arrivals: tuple[Counted, ...] = field(default=())
    departures: tuple[Counted, ...] = field(default=())
    problem: str = ""
    paused_until: dt.datetime | None = None


def overview(session: Session) -> list[ChannelView]:
    """All messengers that anything was ever sent to or came from, by name. What is done is not counted, only what waits or failed."""
    came = _counted(session, Arrival.channel, Arrival.state, Arrival.received_at, ("waiting", "failed"))
    goes = _counted(session, Departure.channel, Departure.state, Departure.created_at, ("waiting", "held", "failed"))
    states = {row.channel: row for row in session.scalars(select(ChannelState))}
    return [
        ChannelView(
            name,
            tuple(came.get(name, ())),
            tuple(goes.get(name, ())),
            (states[name].problem or "") if name in states else "",
            _moment(states[name].paused_until) if name in states else None,
        )
        for name in sorted({*came, *goes, *states, *_known(session)})
    ]


def paused(session: Session, now: dt.datetime) -> list[ChannelView]:
    """The messengers that take nothing now and for a while; a pause of a few seconds worries nobody."""
    return [view for view in overview(session) if view.paused_until is not None and view.paused_until > now + WORTH_TELLING]


def _known(session: Session) -> Iterable[str]:
    return session.scalars(select(Arrival.channel).distinct())


def _counted(session: Session, channel: object, state: object, moment: object, wanted: tuple[str, ...]) -> dict[str, list[Counted]]:
    query = select(channel, state, func.count(), func.min(moment)).where(state.in_(wanted)).group_by(channel, state)  # type: ignore
    found: dict[str, list[Counted]] = {}
    for name, which, number, oldest in session.execute(query.order_by(channel, state)):
        found.setdefault(name, []).append(Counted(which, number, in_utc(oldest)))
    return found


def _moment(value: dt.datetime | None) -> dt.datetime | None:
    return in_utc(value) if value else None
