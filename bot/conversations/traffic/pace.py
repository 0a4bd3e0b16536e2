"""How fast a messenger may be sent to, shared by all workers through the database.

The generic cell rate algorithm (ITU-T I.371, as used by many rate limiters): one moment per chat and one per channel says until when its
room is used up; a sending moves it on by its interval and may pass while that moment is not further ahead than the burst allows.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.conversations.channel import Rates
from bot.conversations.traffic.lanes import NO_SYNC, Leased, free_at, set_free_at
from bot.conversations.traffic.upserts import insert_into
from bot.plans.moments import in_utc
from bot.storage.traffic_tables import ChannelState

NOTHING = dt.timedelta(0)
BURST = 1.0  # seconds' worth of a channel's rate that may go out at once


def room_at(session: Session, lane: Leased, rates: Rates, now: dt.datetime) -> dt.datetime:
    """Takes room for one sending and returns `now`, or takes none and returns the moment to try again."""
    chat_interval = dt.timedelta(seconds=rates.chat_interval)
    used = max(free_at(session, lane) or now, now)
    ready = used - chat_interval * (rates.chat_burst - 1)
    if ready > now:
        return ready
    channel = _take_of_channel(session, lane.channel, rates, now)
    if channel > now:
        return channel
    set_free_at(session, lane, used + chat_interval)
    return now


def pause(session: Session, channel: str, until: dt.datetime, problem: str) -> None:
    """Stops a channel as a whole until a moment."""
    _ensure(session, channel)
    values = {"paused_until": until, "problem": problem[:32]}
    session.execute(update(ChannelState).where(ChannelState.channel == channel).values(values), execution_options=NO_SYNC)


def well(session: Session, channel: str) -> None:
    """The channel takes messages again."""
    troubled = (ChannelState.channel == channel, or_(ChannelState.problem.is_not(None), ChannelState.paused_until.is_not(None)))
    session.execute(update(ChannelState).where(*troubled).values(paused_until=None, problem=None), execution_options=NO_SYNC)


def _take_of_channel(session: Session, channel: str, rates: Rates, now: dt.datetime) -> dt.datetime:
    locked = select(ChannelState).where(ChannelState.channel == channel).with_for_update().execution_options(populate_existing=True)
    state = session.scalar(locked)
    if state is None:
        _ensure(session, channel)
        state = session.scalars(locked).one()
    if state.paused_until is not None and in_utc(state.paused_until) > now:
        return in_utc(state.paused_until)
    interval = dt.timedelta(seconds=1 / rates.per_second)
    used = max(in_utc(state.free_at) if state.free_at else now, now)
    ready = used + interval - max(dt.timedelta(seconds=BURST), interval)
    if ready > now:
        return ready
    state.free_at = used + interval
    session.flush()
    return now


def _ensure(session: Session, channel: str) -> None:
    insert = insert_into(session, ChannelState)
    session.execute(insert.values(channel=channel).on_conflict_do_nothing(index_elements=["channel"]))
