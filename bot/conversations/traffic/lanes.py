"""Lanes: the queue of one chat in one direction. One worker at a time has a lane, for as long as its lease lives.

A lane is leased for some seconds, renewed while the worker lives (workers.py); when it dies, another one goes on after that.
On PostgreSQL waiting lanes are taken with FOR UPDATE SKIP LOCKED, so many workers never wait for each other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, or_, select, update
from sqlalchemy.orm import Session

from bot.conversations.traffic.upserts import insert_into
from bot.plans.moments import in_utc
from bot.storage.traffic_tables import Lane

IN, OUT = "in", "out"
LEASE = dt.timedelta(seconds=15)
NO_SYNC = {"synchronize_session": False}


@dataclass(frozen=True)
class Leased:
    """A lane in the hands of one worker; `lease` tells its leases apart."""

    id: int
    channel: str
    chat: str
    lease: int


class LeaseLost(Exception):
    """Another worker took the lane over."""


def lane_of(account: str) -> str:
    """The chat of a conversation's account: in a group several people share one chat ("<chat>:<person>")."""
    return account.partition(":")[0]


def wake(session: Session, direction: str, channel: str, chat: str, at: dt.datetime) -> None:
    """Notes that a lane has something to do at a moment, or earlier if that is noted already."""
    insert = insert_into(session, Lane)
    new = insert.values(direction=direction, channel=channel, chat=chat, due_at=at, lease=0)
    sooner = case((or_(Lane.due_at.is_(None), Lane.due_at > at), at), else_=Lane.due_at)
    session.execute(new.on_conflict_do_update(index_elements=["direction", "channel", "chat"], set_={"due_at": sooner}))


def lease(
    session: Session, direction: str, channels: tuple[str, ...], worker: str, now: dt.datetime, length: dt.timedelta
) -> Leased | None:
    """Takes the lane that has waited longest; None when none is due."""
    free = or_(Lane.leased_until.is_(None), Lane.leased_until <= now)
    waiting = (Lane.direction == direction, Lane.channel.in_(channels), Lane.due_at <= now, free)
    first = select(Lane.id).where(*waiting).order_by(Lane.due_at).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    mine = {"worker": worker, "leased_until": now + length, "lease": Lane.lease + 1}
    taken = update(Lane).where(Lane.id == first, free).values(mine).returning(Lane.id, Lane.channel, Lane.chat, Lane.lease)
    row = session.execute(taken, execution_options=NO_SYNC).first()
    return Leased(*row) if row else None


def renew(session: Session, workers: tuple[str, ...], now: dt.datetime, length: dt.timedelta) -> None:
    """Renews the leases of workers that have not run out."""
    mine = (Lane.worker.in_(workers), Lane.leased_until > now)
    session.execute(update(Lane).where(*mine).values(leased_until=now + length), execution_options=NO_SYNC)


def hold(session: Session, lane: Leased) -> bool:
    """Keeps whoever wants to put something into the lane waiting until the transaction ends; False when the lease is lost."""
    return _mine(session, lane, {"lease": Lane.lease})


def release(session: Session, lane: Leased, due_at: dt.datetime | None) -> bool:
    """Gives a lane back, to be done again at a moment, or when something new comes. False when somebody else has it by now.

    Call `hold` first and look for what is left in between: else something that comes at that very moment is overlooked.
    """
    return _mine(session, lane, {"due_at": due_at, "leased_until": None, "worker": None})


def free_at(session: Session, lane: Leased) -> dt.datetime | None:
    """The pace of a chat (pace.py)."""
    found = session.scalar(select(Lane.free_at).where(Lane.id == lane.id))
    return in_utc(found) if found else None


def set_free_at(session: Session, lane: Leased, moment: dt.datetime) -> None:
    """Writes the pace of a chat. Raises LeaseLost: somebody else has the lane by now, and nothing may be sent."""
    if not _mine(session, lane, {"free_at": moment}):
        raise LeaseLost(lane.id)


def _mine(session: Session, lane: Leased, values: dict[str, object]) -> bool:
    still: ColumnElement[bool] = (Lane.id == lane.id) & (Lane.lease == lane.lease)
    changed = session.execute(update(Lane).where(still).values(values), execution_options=NO_SYNC)
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]
