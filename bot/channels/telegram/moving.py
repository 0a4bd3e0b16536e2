"""A group that became a supergroup has another number; a chat that threw the bot out hears nothing more."""

from __future__ import annotations

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.conversations.history import conversation_of, now
from bot.conversations.traffic.lanes import NO_SYNC, OUT, wake
from bot.storage.course_tables import Course
from bot.storage.tables import Conversation
from bot.storage.traffic_tables import Departure

CHANNEL = "telegram"


def move_chat(session: Session, old: str, new: str) -> None:
    """Everything of a chat goes on under its new number: whose conversation it is, and what is still to be brought.

    A conversation that has begun under the new number already goes on there; the old one keeps what was said in it.
    """
    for conversation in session.scalars(select(Conversation).where(*_of(old))).all():
        account = new + conversation.account.removeprefix(old)
        if conversation_of(session, CHANNEL, account) is None:
            conversation.account = account
    session.flush()
    waiting = (Departure.channel == CHANNEL, Departure.chat == old, Departure.state.in_(("waiting", "held")))
    session.execute(update(Departure).where(*waiting).values(chat=new), execution_options=NO_SYNC)
    wake(session, OUT, CHANNEL, new, now())
    session.execute(update(Course).where(Course.chat == old).values(chat=new), execution_options=NO_SYNC)


def stop_chat(session: Session, chat: str, why: str | None) -> None:
    """Nothing is sent to a chat any more for this reason, or again when there is none."""
    session.execute(update(Conversation).where(*_of(chat)).values(stopped=why and why[:32]), execution_options=NO_SYNC)


def _of(chat: str) -> tuple:
    return (
        Conversation.channel == CHANNEL,
        or_(Conversation.account == chat, Conversation.account.startswith(f"{chat}:", autoescape=True)),
    )
