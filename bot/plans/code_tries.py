"""Counts one-time codes that were tried in a chat and were not right, whatever they were codes for. Nothing commits here."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.storage.plan_tables import LinkTry

TRIES, IN_TIME = 5, dt.timedelta(minutes=15)


def too_many(session: Session, conversation_id: int, moment: dt.datetime) -> bool:
    """True when a chat has tried so many wrong codes lately that no code is looked at, right or wrong. The caller holds the chat."""
    recent = (LinkTry.conversation_id == conversation_id, LinkTry.tried_at > moment - IN_TIME)
    return (session.scalar(select(func.count(LinkTry.id)).where(*recent)) or 0) >= TRIES


def note_try(session: Session, conversation_id: int, moment: dt.datetime) -> None:
    """Counts a try and forgets those that no longer count."""
    session.execute(delete(LinkTry).where(LinkTry.conversation_id == conversation_id, LinkTry.tried_at <= moment - IN_TIME))
    session.add(LinkTry(conversation_id=conversation_id, tried_at=moment))
    session.flush()
