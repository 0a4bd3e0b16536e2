"""Finds the rows that are changed, and makes writers of the same row wait for each other."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.plans.checks import NoSuchParticipant
from bot.plans.moments import in_utc, this_moment
from bot.storage.plan_tables import Participant
from bot.storage.tables import Conversation

NO_SYNC = {"synchronize_session": False}


def participant_row(session: Session, participant_id: int) -> Participant:
    """The row of a participant. Raises NoSuchParticipant."""
    row = session.get(Participant, participant_id)
    if row is None:
        raise NoSuchParticipant(f"There is no participant with the id {participant_id}. `veiviser participants` lists them.")
    return row


def touch(session: Session, participant_id: int, now: dt.datetime | None = None) -> None:
    """Notes that something about a participant changed now. Until the transaction ends, other writers of this participant wait.

    The statement is an UPDATE and not a SELECT FOR UPDATE because SQLite knows no other way to make a second writer wait.
    Raises NoSuchParticipant.
    """
    row = participant_row(session, participant_id)
    moment = in_utc(now or this_moment())
    session.execute(update(Participant).where(Participant.id == participant_id).values(changed_at=moment), execution_options=NO_SYNC)
    session.expire(row)  # what this session has read of the participant before may be old by now


def hold_conversation(session: Session, conversation_id: int) -> None:
    """Makes other writers that hold the same conversation wait until this transaction ends."""
    same = {"last_at": Conversation.last_at}
    session.execute(update(Conversation).where(Conversation.id == conversation_id).values(same), execution_options=NO_SYNC)
