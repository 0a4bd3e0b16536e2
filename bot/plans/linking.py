"""Links a chat to a participant by a one-time code, and ends the link again. Nothing commits here.

Whoever has a code sees the plan, so a code is short-lived, works once, and wrong ones are counted. A refused code is written down too:
the caller commits in both cases. The key of the codes is given by the caller (`link_key` of bot/plans/link_codes.py).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.plans.chats import pass_case_on
from bot.plans.checks import check_number, check_text
from bot.plans.code_tries import note_try, too_many
from bot.plans.link_codes import code_in, hash_of, link_key, looks_like_code, new_code
from bot.plans.moments import in_utc, this_moment
from bot.plans.qr import link_address, qr_svg, qr_text
from bot.plans.rows import NO_SYNC, hold_conversation, participant_row, touch
from bot.storage.plan_tables import ChatLink, LinkCode
from bot.storage.tables import Conversation

__all__ = [
    "Link",
    "Linked",
    "Refused",
    "link_address",
    "link_key",
    "links_of",
    "looks_like_code",
    "make_code",
    "qr_svg",
    "qr_text",
    "revoke",
    "unlink",
    "use_code",
]

HOURS = 72
MOST_HOURS = 30 * 24
Reason = Literal["unknown", "expired", "used", "revoked", "too_many_tries"]


@dataclass(frozen=True)
class Linked:
    """The chat is linked to this participant now. `again`: it was already, and nothing changed."""

    participant_id: int
    again: bool = False


@dataclass(frozen=True)
class Refused:
    """The chat is not linked, and why."""

    reason: Reason


@dataclass(frozen=True)
class Link:
    """A chat of a participant; `ended_at` is None while it is linked."""

    conversation_id: int
    channel: str
    linked_at: dt.datetime
    ended_at: dt.datetime | None
    ended_because: str | None


def make_code(session: Session, participant_id: int, made_by: str, now: dt.datetime, hours: int = HOURS, *, key: bytes) -> str:
    """A new code for a participant, good for so many hours; the older unused ones stop working. Only its hash is kept.

    Raises NoSuchParticipant, ImpossibleNumber for hours, TextMissing or HoldsNationalNumber for `made_by`.
    """
    check_number("hours", hours, 1, MOST_HOURS)
    by = check_text("name of who made the code", made_by, 80)
    moment = in_utc(now)
    participant_row(session, participant_id)
    touch(session, participant_id, moment)
    _revoke_codes(session, participant_id, moment)
    code = new_code()
    while session.scalar(select(LinkCode.id).where(LinkCode.code_hash == hash_of(code, key))) is not None:
        code = new_code()
    expires_at = moment + dt.timedelta(hours=hours)
    session.add(LinkCode(participant_id=participant_id, code_hash=hash_of(code, key), made_by=by, made_at=moment, expires_at=expires_at))
    session.flush()
    return code


def use_code(session: Session, conversation_id: int, text: str, now: dt.datetime, *, key: bytes) -> Linked | Refused:
    """Links a chat by what was typed. Another participant's link of this chat ends; other chats of the participant stay linked.

    Wrong, used, expired and revoked codes count as tries; after five in a quarter of an hour no code is looked at, right or wrong.
    """
    moment = in_utc(now)
    same = select(LinkCode).where(LinkCode.code_hash == hash_of(code_in(text) or text, key)).execution_options(populate_existing=True)
    meant = session.scalar(same)
    hold_conversation(session, conversation_id, meant.participant_id if meant else None)
    if too_many(session, conversation_id, moment):
        return Refused("too_many_tries")
    code = session.scalar(same)
    if code is None:
        return _refused(session, conversation_id, moment, "unknown")
    if code.used_at is not None and _open_link(session, conversation_id, code.participant_id) is not None:
        return Linked(code.participant_id, again=True)  # the same code twice in the same chat, such as a message sent again
    # One statement decides, so of two uses at once only one finds the code unused.
    claimed = session.execute(
        update(LinkCode)
        .where(LinkCode.id == code.id, LinkCode.used_at.is_(None), LinkCode.revoked_at.is_(None), LinkCode.expires_at > moment)
        .values(used_at=moment),
        execution_options=NO_SYNC,
    )
    session.refresh(code)
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        return _refused(session, conversation_id, moment, _why_not(code))
    return _link(session, conversation_id, code.participant_id, moment)


def unlink(session: Session, conversation_id: int, why: str, now: dt.datetime | None = None) -> int | None:
    """Ends the link of a chat, for a reason in one word; the participant it was linked to, or None when it was not linked."""
    moment = in_utc(now or this_moment())
    hold_conversation(session, conversation_id)
    pass_case_on(session, conversation_id)
    open_ones = (ChatLink.conversation_id == conversation_id, ChatLink.ended_at.is_(None))
    participant_id = session.scalar(select(ChatLink.participant_id).where(*open_ones))
    session.execute(update(ChatLink).where(*open_ones).values(ended_at=moment, ended_because=why[:32]))
    return participant_id


def revoke(session: Session, participant_id: int, now: dt.datetime | None = None, why: str = "revoked") -> int:
    """Ends all links of a participant and makes unused codes worthless; how many chats were unlinked. Raises NoSuchParticipant."""
    moment = in_utc(now or this_moment())
    touch(session, participant_id, moment)
    _revoke_codes(session, participant_id, moment)
    ended = session.execute(
        update(ChatLink)
        .where(ChatLink.participant_id == participant_id, ChatLink.ended_at.is_(None))
        .values(ended_at=moment, ended_because=why[:32])
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def links_of(session: Session, participant_id: int, ended: bool = False) -> list[Link]:
    """The chats linked to a participant, the oldest first; with `ended` also those that were."""
    query = (
        select(ChatLink, Conversation.channel)
        .join(Conversation, Conversation.id == ChatLink.conversation_id)
        .where(ChatLink.participant_id == participant_id)
        .order_by(ChatLink.id)
    )
    if not ended:
        query = query.where(ChatLink.ended_at.is_(None))
    return [
        Link(row.conversation_id, channel, in_utc(row.linked_at), row.ended_at and in_utc(row.ended_at), row.ended_because)
        for row, channel in session.execute(query).all()
    ]


def _link(session: Session, conversation_id: int, participant_id: int, moment: dt.datetime) -> Linked:
    again = _open_link(session, conversation_id, participant_id) is not None
    if not again:
        pass_case_on(session, conversation_id)
    session.execute(
        update(ChatLink)
        .where(ChatLink.conversation_id == conversation_id, ChatLink.ended_at.is_(None), ChatLink.participant_id != participant_id)
        .values(ended_at=moment, ended_because="linked_to_another")
    )
    if not again:
        session.add(ChatLink(participant_id=participant_id, conversation_id=conversation_id, linked_at=moment))
        session.flush()
    return Linked(participant_id, again)


def _open_link(session: Session, conversation_id: int, participant_id: int) -> int | None:
    return session.scalar(
        select(ChatLink.id).where(
            ChatLink.conversation_id == conversation_id, ChatLink.participant_id == participant_id, ChatLink.ended_at.is_(None)
        )
    )


def _refused(session: Session, conversation_id: int, moment: dt.datetime, reason: Reason) -> Refused:
    note_try(session, conversation_id, moment)
    return Refused(reason)


def _why_not(code: LinkCode) -> Reason:
    if code.used_at is not None:
        return "used"
    return "revoked" if code.revoked_at is not None else "expired"


def _revoke_codes(session: Session, participant_id: int, moment: dt.datetime) -> None:
    unused = (LinkCode.participant_id == participant_id, LinkCode.used_at.is_(None), LinkCode.revoked_at.is_(None))
    session.execute(update(LinkCode).where(*unused).values(revoked_at=moment), execution_options=NO_SYNC)
