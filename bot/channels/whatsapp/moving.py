"""A person has a new number or id: their conversation goes on there, and nothing of theirs reaches who gets the old number."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.channels.whatsapp.addresses import account_of, moved, renamed
from bot.conversations.history import conversation_of
from bot.conversations.traffic.lanes import IN, NO_SYNC, OUT, wake
from bot.plans.linking import unlink
from bot.storage.tables import Conversation
from bot.storage.traffic_tables import Arrival, Departure

logger = logging.getLogger(__name__)
CHANNEL = "whatsapp"
MOVED = "number_changed"  # why nothing is sent to a conversation any more


def move(session: Session, moves: list[list[str]], moment: dt.datetime, but: str) -> None:
    """Moves what belongs to an old account to the new one, for each [old, new]. `but`: the id of the update that says so.

    Where the person has begun a conversation under the new account already, both stay and the old one is closed.
    """
    for old, new in moves:
        _move(session, old, new, moment)
        waiting = (Arrival.channel == CHANNEL, Arrival.chat == old, Arrival.state == "waiting", Arrival.external_id != but)
        if session.execute(update(Arrival).where(*waiting).values(chat=new, speaker=new), execution_options=NO_SYNC).rowcount:  # type: ignore[attr-defined]
            wake(session, IN, CHANNEL, new, moment)


def _move(session: Session, old: str, new: str, moment: dt.datetime) -> None:
    conversation = conversation_of(session, CHANNEL, old)
    target = account_of(session, new)
    if conversation is not None and conversation_of(session, CHANNEL, target) in (None, conversation):
        target = conversation.account = new
        session.flush()
        _take_along(session, conversation, moment)
    elif conversation is not None:
        _close(session, conversation, moment)
    moved(session, old, target)
    renamed(session, old, new)


def _close(session: Session, conversation: Conversation, moment: dt.datetime) -> None:
    """Nobody writes in it and nothing is sent to it any more: who gets the old number begins a conversation of their own."""
    logger.warning("Conversation %s has moved to where another one has begun; its chat has to be linked again.", conversation.id)
    unlink(session, conversation.id, MOVED, moment)
    # No sender can be called so (parcels.address). Without a word from there nothing lifts `stopped`, and delivery lets fail what waits.
    conversation.account, conversation.stopped = f"moved-{conversation.id}", MOVED
    session.flush()
    held = (Departure.conversation_id == conversation.id, Departure.state == "held")
    session.execute(update(Departure).where(*held).values(state="waiting", next_at=moment), execution_options=NO_SYNC)
    _take_along(session, conversation, moment)


def _take_along(session: Session, conversation: Conversation, moment: dt.datetime) -> None:
    """What is still to be brought, and whatever its statuses belong to, goes where the conversation is now."""
    theirs = (Departure.conversation_id == conversation.id, Departure.channel == CHANNEL)
    session.execute(update(Departure).where(*theirs).values(chat=conversation.account), execution_options=NO_SYNC)
    if session.scalar(select(Departure.id).where(*theirs, Departure.state == "waiting").limit(1)) is not None:
        wake(session, OUT, CHANNEL, conversation.account, moment)
