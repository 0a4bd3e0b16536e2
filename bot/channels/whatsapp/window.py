"""The 24 hours: after a word of the person, anything may be sent for a day; then only a template, and one of those at a time."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.channel import Envelope
from bot.conversations.traffic.delivering import KNOCK
from bot.plans.moments import in_utc
from bot.storage.traffic_tables import Departure, Dispatch

DAY = dt.timedelta(hours=24)
MARGIN = dt.timedelta(minutes=10)  # we hear of a message later than WhatsApp does, and what is sent takes a while
CLOSED = "window_closed"
CLOSED_AT = "closed_at"  # in the place of a departure: when WhatsApp said that it takes nothing but a knock (ISO 8601)
KNOCKED = ("accepted", "sent", "delivered", "read")


def is_open(envelope: Envelope, now: dt.datetime) -> bool:
    """False a day after the last word of the person, and where WhatsApp has said so since that word."""
    if envelope.heard_at is None or now - envelope.heard_at >= DAY - MARGIN:
        return False
    closed_at = envelope.place.get(CLOSED_AT)
    return not closed_at or envelope.heard_at > dt.datetime.fromisoformat(closed_at)


def note_closed(departure: Departure, at: dt.datetime) -> None:
    """WhatsApp says that the window is closed: what the person wrote before that opens it no more."""
    departure.place = {**departure.place, CLOSED_AT: at.isoformat()}


def knocked_by_another(session: Session, envelope: Envelope, now: dt.datetime) -> bool:
    """True when something else that waits for this person has knocked in the last day and they have not written since."""
    knocked = last_knock(session, envelope.chat, envelope.departure_id)
    return knocked is not None and now - knocked < DAY and (envelope.heard_at is None or envelope.heard_at <= knocked)


def last_knock(session: Session, chat: str, but: int) -> dt.datetime | None:
    """When a knock was last sent to a chat for another departure than `but`."""
    knocks = select(Dispatch.begun_at).join(Departure, Departure.id == Dispatch.departure_id)
    of_chat = (Departure.channel == "whatsapp", Departure.chat == chat, Dispatch.part == KNOCK, Dispatch.state.in_(KNOCKED))
    found = session.scalar(knocks.where(*of_chat, Departure.id != but).order_by(Dispatch.begun_at.desc()).limit(1))
    return in_utc(found) if found else None


class Window:
    """The window of every chat, as the database knows it."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def look(self, envelope: Envelope, now: dt.datetime) -> tuple[bool, bool]:
        """Whether the window is open, and if not whether somebody has knocked already."""
        if is_open(envelope, now):
            return True, False
        with self._sessions() as session:
            return False, knocked_by_another(session, envelope, now)
