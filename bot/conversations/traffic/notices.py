"""The notice below an answer, such as that no native speaker has read it yet: once a day to a chat, not under every message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.assistant import SaidMessage
from bot.plans.moments import in_utc
from bot.storage.tables import Message

A_DAY = dt.timedelta(days=1)
NEWEST = 40  # messages that are looked at


def without_told_notices(session: Session, rows: Sequence[Message], messages: Sequence[SaidMessage]) -> tuple[SaidMessage, ...]:
    """The messages of a departure, `rows` their rows; a notice the chat had within a day is left out. The same departure gives the same."""
    if not any(message.note and message.author == "assistant" for message in messages):
        return tuple(messages)
    first = rows[0]
    before = (Message.conversation_id == first.conversation_id, Message.id < first.id, Message.departure_id.is_not(None))
    lately = Message.created_at > in_utc(first.created_at) - A_DAY
    details = session.scalars(select(Message.details).where(*before, lately).order_by(Message.id.desc()).limit(NEWEST))
    told = {entry.get("note") for entry in details}
    return tuple(replace(one, note="") if one.author == "assistant" and one.note in told else one for one in messages)
