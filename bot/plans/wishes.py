"""What participants ask their advisor for in the chat: a change of the plan, a note of absence, a meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.guidance.codes import WISH_KINDS
from bot.plans.checks import NoSuchEntry, check_code, check_text
from bot.plans.moments import in_utc, this_moment
from bot.plans.rows import touch
from bot.storage.plan_tables import Participant
from bot.storage.plan_tables import Wish as WishRow
from bot.storage.sealing import Seal

SAME_WITHIN = dt.timedelta(minutes=10)
LONGEST = 2000


@dataclass(frozen=True)
class Wish:
    """A wish with its text opened; `details` holds codes and days, such as the days of an absence. `done_at` is None while it is open."""

    id: int
    participant_id: int
    reference: str
    name: str
    municipality: str
    conversation_id: int | None
    kind: str
    text: str
    made_at: dt.datetime
    done_at: dt.datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def store_wish(
    session: Session,
    seal: Seal,
    participant_id: int,
    conversation_id: int | None,
    kind: str,
    text: str,
    details: Mapping[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> int:
    """Stores a wish; its id. An identical one (same chat, kind, text and details) within ten minutes is the same one.

    Raises NoSuchParticipant, UnknownCode, HoldsNationalNumber, or TextMissing for a text over 2000 characters; an empty text is allowed,
    because the details may say all. Nothing commits here.
    """
    moment = in_utc(now or this_moment())
    check_code("kind of wish", kind, WISH_KINDS, needed=True)
    text = check_text("wish", text, LONGEST, needed=False)
    touch(session, participant_id, moment)  # two at once come one after the other, and the second finds the first
    recent = select(WishRow).where(
        WishRow.participant_id == participant_id,
        WishRow.conversation_id == conversation_id,
        WishRow.kind == kind,
        WishRow.made_at > moment - SAME_WITHIN,
    )
    for row in session.scalars(recent):
        if seal.open(row.sealed_text) == text and row.details == dict(details or {}):
            return row.id
    made = WishRow(
        participant_id=participant_id,
        conversation_id=conversation_id,
        kind=kind,
        sealed_text=seal.close(text),
        details=dict(details or {}),
        made_at=moment,
    )
    session.add(made)
    session.flush()
    return made.id


def wishes(
    session: Session, seal: Seal, *, done: bool = False, municipality: str | None = None, participant_id: int | None = None
) -> list[Wish]:
    """The open wishes, the oldest first; with `done` also those that are done. Raises SealError."""
    query = select(WishRow, Participant).join(Participant, Participant.id == WishRow.participant_id).order_by(WishRow.made_at, WishRow.id)
    if not done:
        query = query.where(WishRow.done_at.is_(None))
    if municipality is not None:
        query = query.where(Participant.municipality == municipality)
    if participant_id is not None:
        query = query.where(WishRow.participant_id == participant_id)
    return [_wish(row, person, seal) for row, person in session.execute(query).all()]


def mark_done(session: Session, wish_id: int, now: dt.datetime | None = None) -> None:
    """Marks a wish as done; one that is done stays done since when it was. Raises NoSuchEntry."""
    row = session.get(WishRow, wish_id)
    if row is None:
        raise NoSuchEntry(f"There is no wish {wish_id}. `veiviser wishes` lists the open ones.")
    if row.done_at is None:
        row.done_at = in_utc(now or this_moment())
        session.flush()


def _wish(row: WishRow, person: Participant, seal: Seal) -> Wish:
    return Wish(
        id=row.id,
        participant_id=person.id,
        reference=person.reference,
        name=seal.open(person.sealed_name),
        municipality=person.municipality,
        conversation_id=row.conversation_id,
        kind=row.kind,
        text=seal.open(row.sealed_text),
        made_at=in_utc(row.made_at),
        done_at=row.done_at and in_utc(row.done_at),
        details=row.details,
    )
