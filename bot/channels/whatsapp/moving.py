"""A person has a new number or id: their conversation goes on there, and nothing of theirs reaches who gets the old number."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.channels.whatsapp.addresses import moved
from bot.conversations.history import conversation_of
from bot.conversations.traffic.lanes import IN, NO_SYNC, OUT, wake
from bot.storage.tables import Conversation
from bot.storage.traffic_tables import Arrival, Departure

logger = logging.getLogger(__name__)
CHANNEL = "whatsapp"
MOVED = "number_changed"  # why nothing is sent to a conversation any more


def move(session: Session, moves: list[list[str]], moment: dt.datetime, but: str) -> None:
    """Moves what belongs to an old account to the new one, for each [old, new]. `but`: the id of the update that says so.

    Where the person has begun a conversation under the new account already, both stay: the old one is closed for sending, since its
    number may soon be somebody else's.
    """
    for old, new in moves:
        conversation = conversation_of(session, CHANNEL, old)
        if conversation is not None and conversation_of(session, CHANNEL, new) is None:
            conversation.account = new
            session.flush()
            moved(session, old, new)
            _take_along(session, conversation, new, moment)
        elif conversation is not None:
            logger.warning("Conversation %s has moved to where another one has begun; its chat has to be linked again.", conversation.id)
            conversation.stopped = MOVED
        waiting = (Arrival.channel == CHANNEL, Arrival.chat == old, Arrival.state == "waiting", Arrival.external_id != but)
        if session.execute(update(Arrival).where(*waiting).values(chat=new, speaker=new), execution_options=NO_SYNC).rowcount:  # type: ignore[attr-defined]
            wake(session, IN, CHANNEL, new, moment)


def _take_along(session: Session, conversation: Conversation, new: str, moment: dt.datetime) -> None:
    """What is still to be brought, and whatever its statuses belong to."""
    theirs = (Departure.conversation_id == conversation.id, Departure.channel == CHANNEL)
    session.execute(update(Departure).where(*theirs).values(chat=new), execution_options=NO_SYNC)
    if session.scalar(select(Departure.id).where(*theirs, Departure.state == "waiting").limit(1)) is not None:
        wake(session, OUT, CHANNEL, new, moment)
