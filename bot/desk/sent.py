"""How far messages have come that a messenger has to bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.traffic_tables import Departure


@dataclass(frozen=True)
class Sent:
    """waiting, held (until the person writes again), accepted by the messenger, delivered, read or failed; and which messenger."""

    state: str
    channel: str


def sent_of(session: Session, departures: Iterable[int | None]) -> dict[int, Sent]:
    """By the number of the departure. What the web chat fetches has none."""
    numbers = {number for number in departures if number is not None}
    found = select(Departure.id, Departure.state, Departure.channel).where(Departure.id.in_(numbers))
    return {number: Sent(state, channel) for number, state, channel in session.execute(found)}
