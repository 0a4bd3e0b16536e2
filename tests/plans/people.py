"""A participant and chats for tests about plans."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot.plans.changing import create_participant
from bot.plans.checks import Places
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
PLACES = Places(("nb", "ar", "ti"), ("oslo", "baerum"))


def person(session: Session, seal: Seal, reference: str = "OSL-1", **about: object) -> int:
    """A participant's id."""
    return create_participant(session, seal, PLACES, reference, "Yonas Tekle", "oslo", now=NOW, **about)  # type: ignore[arg-type]


def chat(session: Session, account: str = "a") -> int:
    """A conversation's id."""
    row = Conversation(channel="web", account=account, started_at=NOW, last_at=NOW)
    session.add(row)
    session.flush()
    return row.id
