"""Which messages a case shows: those of its own chat, and of the other chats of the person for as long as these are linked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.plans.chats import chats_of, person_of
from bot.storage.desk_tables import Case
from bot.storage.plan_tables import ChatLink
from bot.storage.tables import Conversation, Message


@dataclass(frozen=True)
class Chat:
    """One chat of a person; `number` tells two on the same channel apart, and is 0 where there is only one."""

    id: int
    channel: str
    number: int = 0


def shown_chats(session: Session, case: Case) -> tuple[Chat, ...]:
    """The chats a case shows, the oldest first."""
    found = select(Conversation.id, Conversation.channel).where(Conversation.id.in_(chats_of(session, case.conversation_id)))
    rows = session.execute(found.order_by(Conversation.id)).tuples().all()
    channels = [channel for _, channel in rows]
    counted = [channels[: place + 1].count(channel) if channels.count(channel) > 1 else 0 for place, channel in enumerate(channels)]
    return tuple(Chat(number, channel, count) for (number, channel), count in zip(rows, counted, strict=True))


def shown_messages(session: Session, case: Case) -> ColumnElement[bool]:
    """The messages a case shows, as a condition.

    Of other chats neither what was written when they belonged to somebody else, nor what came after the case was closed.
    """
    person = person_of(session, case.conversation_id)
    shown = [Message.conversation_id == case.conversation_id]
    for chat in chats_of(session, case.conversation_id):
        if chat == case.conversation_id:
            continue
        of_others = (ChatLink.conversation_id == chat, ChatLink.participant_id != person, ChatLink.ended_at.is_not(None))
        since = session.scalar(select(func.max(ChatLink.ended_at)).where(*of_others))
        begins = [Message.created_at > since] if since is not None else []
        ends = [Message.created_at <= case.closed_at] if case.closed_at is not None else []
        shown.append(and_(Message.conversation_id == chat, *begins, *ends))
    return or_(*shown)
