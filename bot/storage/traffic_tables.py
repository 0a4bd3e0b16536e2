"""The tables of what comes in and goes out over messengers (SQLAlchemy 2): lanes, arrivals, departures, dispatches."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables import CODE, Base

CHANNEL, CHAT, EXTERNAL = 20, 128, 200


class Lane(Base):
    """The queue of one chat in one direction. Who has leased it works on what is in it, one at a time and in order."""

    __tablename__ = "lane"
    __table_args__ = (UniqueConstraint("direction", "channel", "chat"), Index("lane_due", "direction", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    direction: Mapped[str] = mapped_column(String(4))  # in, out
    channel: Mapped[str] = mapped_column(String(CHANNEL))
    chat: Mapped[str] = mapped_column(String(CHAT))
    due_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))  # when there is something to do; None: nothing
    lease: Mapped[int] = mapped_column(default=0)  # counts the leases, so that a worker knows whether it still has its own
    leased_until: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    worker: Mapped[str | None] = mapped_column(String(64))
    free_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))  # out: the pace of this chat (bot/conversations/pace.py)


class Arrival(Base):
    """One update of a messenger, stored before anything is done with it (the inbox). Its content is sealed, and gone once it is done."""

    __tablename__ = "arrival"
    __table_args__ = (
        UniqueConstraint("channel", "account", "external_id"),
        Index("arrival_of_lane", "channel", "chat", "state", "sort", "id"),
        Index("arrival_state", "state", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(CHANNEL))
    account: Mapped[str] = mapped_column(String(CHAT))  # of ours: the bot, the telephone number
    external_id: Mapped[str] = mapped_column(String(EXTERNAL))  # the messenger's own; a second one is the same update
    chat: Mapped[str] = mapped_column(String(CHAT))  # its lane
    speaker: Mapped[str] = mapped_column(String(CHAT), default="")  # the conversation's account, where a person waits for an answer
    sort: Mapped[int] = mapped_column(BigInteger, default=0)  # the messenger's own order within a chat
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, done, failed
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    told_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))  # when the person heard that it takes longer
    problem: Mapped[str | None] = mapped_column(String(CODE))
    sealed_payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Departure(Base):
    """What was said in one turn and has to reach a messenger (the outbox): written in the transaction that said it."""

    __tablename__ = "departure"
    __table_args__ = (Index("departure_of_lane", "channel", "chat", "state", "id"), Index("departure_state", "state", "created_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(CHANNEL))
    chat: Mapped[str] = mapped_column(String(CHAT))  # its lane
    place: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # where in the chat: a topic of a forum, the message answered
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, held, accepted, delivered, read, failed
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    problem: Mapped[str | None] = mapped_column(String(CODE))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Dispatch(Base):
    """One sending of a departure. It is written before the messenger is called, so that a crash in between leaves a trace."""

    __tablename__ = "dispatch"
    __table_args__ = (UniqueConstraint("departure_id", "part"), Index("dispatch_external", "channel", "external_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    departure_id: Mapped[int] = mapped_column(ForeignKey("departure.id", ondelete="CASCADE"))
    part: Mapped[int]  # counted from 0; -1 knocks where the messenger's window is closed
    channel: Mapped[str] = mapped_column(String(CHANNEL))
    token: Mapped[str] = mapped_column(String(43), unique=True)  # goes with the message where the messenger gives it back
    external_id: Mapped[str | None] = mapped_column(String(EXTERNAL))
    state: Mapped[str] = mapped_column(String(12), default="sending")  # sending, accepted, sent, delivered, read, failed
    unsure: Mapped[bool] = mapped_column(default=False)  # sent again although nobody can tell whether it had arrived
    numbered: Mapped[list[str]] = mapped_column(JSON, default=list)  # what bare numbers in the next message stand for
    problem: Mapped[str | None] = mapped_column(String(CODE))
    begun_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    accepted_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class OtherAddress(Base):
    """Another id under which a messenger may name a person, such as WhatsApp's business-scoped user id beside the telephone number."""

    __tablename__ = "other_address"

    channel: Mapped[str] = mapped_column(String(CHANNEL), primary_key=True)
    other: Mapped[str] = mapped_column(String(CHAT), primary_key=True)
    account: Mapped[str] = mapped_column(String(CHAT), index=True)


class ButtonKey(Base):
    """What a button sends, under the short key that fits a messenger's limits."""

    __tablename__ = "button_key"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    payload: Mapped[str] = mapped_column(Text)


class ChannelState(Base):
    """How a messenger as a whole is doing: its pace, and whether it is paused and why."""

    __tablename__ = "channel_state"

    channel: Mapped[str] = mapped_column(String(CHANNEL), primary_key=True)
    free_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    paused_until: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    problem: Mapped[str | None] = mapped_column(String(CODE))
    address: Mapped[str | None] = mapped_column(String(200))  # what a one-time code is put behind to open a chat with it
    offset: Mapped[int | None] = mapped_column(BigInteger)  # Telegram polling: the newest update stored
