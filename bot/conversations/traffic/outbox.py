"""The outbox: what is said to a chat on a messenger is written down with the departure that brings it, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.traffic.lanes import NO_SYNC, OUT, lane_of, wake
from bot.conversations.traffic.upserts import insert_into
from bot.storage.tables import Author, Conversation, Message
from bot.storage.traffic_tables import ButtonKey, Departure, Dispatch

DELIVERED = frozenset({"telegram", "whatsapp"})  # the web chat fetches its messages itself
# A message only ever moves on: a status that comes late does not take back what is known.
RANK = {"waiting": 0, "held": 0, "sending": 0, "accepted": 1, "sent": 2, "delivered": 3, "read": 4}


def depart(session: Session, conversation: Conversation, messages: Sequence[Message], place: Mapping[str, Any], at: dt.datetime) -> None:
    """Sends messages of one turn on their way, where the channel has to bring them."""
    if conversation.channel not in DELIVERED or not messages:
        return
    chat = lane_of(conversation.account)
    departure = Departure(
        conversation_id=conversation.id, channel=conversation.channel, chat=chat, place=dict(place), next_at=at, created_at=at
    )
    session.add(departure)
    session.flush()
    for message in messages:
        message.departure_id = departure.id
    session.flush()
    wake(session, OUT, conversation.channel, chat, at)


def heard_from(session: Session, conversation: Conversation, at: dt.datetime) -> None:
    """The person wrote: a chat that was stopped is open again, and what waited for a word of theirs goes out."""
    conversation.stopped = None
    if conversation.channel not in DELIVERED:
        return
    held = (Departure.conversation_id == conversation.id, Departure.state == "held")
    freed = session.execute(update(Departure).where(*held).values(state="waiting", next_at=at), execution_options=NO_SYNC)
    if freed.rowcount:  # type: ignore[attr-defined]
        wake(session, OUT, conversation.channel, lane_of(conversation.account), at)


def keep_keys(session: Session, keys: Mapping[str, str]) -> None:
    """Stores what buttons stand for. The same key always stands for the same payload, so one that is there is right."""
    insert = insert_into(session, ButtonKey)
    for key, payload in keys.items():
        session.execute(insert.values(key=key, payload=payload).on_conflict_do_nothing(index_elements=["key"]))


def payload_of(session: Session, key: str) -> str | None:
    """What a button stands for; None for a key nobody made."""
    return session.scalar(select(ButtonKey.payload).where(ButtonKey.key == key))


def numbered_of(session: Session, channel: str, account: str) -> tuple[str, ...]:
    """What bare numbers stand for in a chat now: the choices of the newest thing sent to it, if they were numbered."""
    theirs = (Conversation.channel == channel, Conversation.account == account)
    newest = select(Dispatch.numbered).join(Departure, Departure.id == Dispatch.departure_id)
    found = session.scalar(
        newest.join(Conversation, Conversation.id == Departure.conversation_id).where(*theirs).order_by(Dispatch.id.desc())
    )
    return tuple(found or ())


def move_on(
    session: Session, channel: str, state: str, at: dt.datetime, *, external_id: str = "", token: str = "", problem: str = ""
) -> bool:
    """Notes what a messenger tells of a sending, found by its own id or our token; False when there is none such (yet).

    Only forwards: `sent` after `read` changes nothing, and what was read has not failed.
    """
    dispatch = _dispatch(session, channel, external_id, token)
    if dispatch is None:
        return False
    if external_id and not dispatch.external_id:
        dispatch.external_id, dispatch.accepted_at = external_id, at
    if state == "failed":
        if RANK.get(dispatch.state, 0) < RANK["delivered"] and dispatch.state != "failed":
            _fail(session, dispatch, at, problem)
        return True
    if dispatch.state == "failed" or RANK[state] <= RANK.get(dispatch.state, 0):
        session.flush()
        return True
    dispatch.state = state
    session.flush()
    if dispatch.part >= 0:
        _departure_moves(session, dispatch.departure_id, at)
    return True


def through(session: Session, number: int, at: dt.datetime) -> None:
    """Every part of a departure is with the messenger. What the messenger told of them meanwhile counts now."""
    waiting = (Departure.id == number, Departure.state == "waiting")
    now = {"state": "accepted", "done_at": at, "problem": None}
    changed = session.execute(update(Departure).where(*waiting).values(now), execution_options=NO_SYNC)
    if changed.rowcount and _slowest(session, number) >= RANK["delivered"]:  # type: ignore[attr-defined]
        _departure_moves(session, number, at)


def accept(session: Session, token: str, external_id: str, at: dt.datetime) -> None:
    """The messenger took a sending. It may have told more of it already."""
    sending = (Dispatch.token == token, Dispatch.state == "sending", Dispatch.external_id.is_(None))
    now = {"state": "accepted", "external_id": external_id, "accepted_at": at}
    changed = session.execute(update(Dispatch).where(*sending).values(now), execution_options=NO_SYNC)
    if not changed.rowcount:  # type: ignore[attr-defined]
        move_on(session, "", "accepted", at, external_id=external_id, token=token)


def fail(session: Session, departure: Departure, problem: str, at: dt.datetime) -> None:
    """What was said will not arrive; the advisor sees why at each message."""
    departure.state, departure.problem, departure.done_at = "failed", problem[:32], at
    ours = (Message.departure_id == departure.id, Message.author != Author.PARTICIPANT)
    session.execute(update(Message).where(*ours).values(problem=problem[:32]), execution_options=NO_SYNC)
    session.flush()


def _fail(session: Session, dispatch: Dispatch, at: dt.datetime, problem: str) -> None:
    dispatch.state, dispatch.problem = "failed", problem[:32]
    session.flush()
    if dispatch.part >= 0:
        fail(session, _locked(session, dispatch.departure_id), problem, at)


def _departure_moves(session: Session, number: int, at: dt.datetime) -> None:
    """A departure is as far as its slowest part, once all of them were sent."""
    # Who tells of one part waits here for who tells of another: the last one sees how far all of them are.
    departure = _locked(session, number)
    if departure.state not in ("accepted", "delivered"):
        return
    slowest = _slowest(session, number)
    if slowest >= RANK["delivered"]:
        departure.state = "read" if slowest >= RANK["read"] else "delivered"
        not_yet = (Message.departure_id == number, Message.delivered_at.is_(None))
        session.execute(update(Message).where(*not_yet).values(delivered_at=at), execution_options=NO_SYNC)
    session.flush()


def _slowest(session: Session, number: int) -> int:
    states = session.scalars(select(Dispatch.state).where(Dispatch.departure_id == number, Dispatch.part >= 0))
    return min((RANK.get(state, 0) for state in states), default=0)


def _locked(session: Session, number: int) -> Departure:
    """A departure as it is now."""
    return session.get_one(Departure, number, populate_existing=True, with_for_update=True)


def _dispatch(session: Session, channel: str, external_id: str, token: str) -> Dispatch | None:
    fresh = {"populate_existing": True}
    if token:
        found = session.scalar(select(Dispatch).where(Dispatch.token == token).with_for_update().execution_options(**fresh))
        if found is not None:
            return found
    if not external_id:
        return None
    same = select(Dispatch).where(Dispatch.channel == channel, Dispatch.external_id == external_id)
    return session.scalar(same.with_for_update().execution_options(**fresh))
