"""Finds the rows that are changed, and makes writers of the same row wait for each other."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from bot.plans.chats import chats_of_participant, person_of
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


def hold_conversation(session: Session, conversation_id: int, *joining: int | None) -> None:
    """Makes other writers that hold the same conversation, or another chat of its person, wait until this transaction ends.

    Everybody holds in the same order, participants before conversations and each by number, so nobody waits for who waits for them.
    Who is linked to a participant changes only while the participant is held. `joining`: participants it is about to be linked to.
    """
    session.flush()
    with session.no_autoflush:
        while not _hold_all(session, conversation_id, joining):
            pass  # it was linked to somebody else while we waited


def _hold_all(session: Session, conversation_id: int, joining: tuple[int | None, ...]) -> bool:
    """Holds the person's row and chats; False, and nothing held, when the chat turns out to be somebody else's by now."""
    persons = sorted({one for one in (person_of(session, conversation_id), *joining) if one is not None})
    # To let go of a row is to go back to before it was held. SQLite has one writer at a time, so there the order does not matter.
    lets_go = session.get_bind().dialect.name == "postgresql"
    if lets_go:
        session.execute(text("SAVEPOINT before_held"))
    for person in persons:
        hold_participant(session, person)
    theirs = {chat for person in persons for chat in chats_of_participant(session, person)}
    for chat in sorted({conversation_id, *theirs}):
        same = {"last_at": Conversation.last_at}
        session.execute(update(Conversation).where(Conversation.id == chat).values(same), execution_options=NO_SYNC)
    right = person_of(session, conversation_id) in (None, *persons)
    if lets_go:
        session.execute(text("RELEASE SAVEPOINT before_held" if right else "ROLLBACK TO SAVEPOINT before_held"))
    return right


def hold_participant(session: Session, participant_id: int) -> None:
    """Makes other writers of a participant wait until this transaction ends; nothing is changed."""
    same = {"changed_at": Participant.changed_at}
    session.execute(update(Participant).where(Participant.id == participant_id).values(same), execution_options=NO_SYNC)
