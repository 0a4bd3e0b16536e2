"""Which messages a case shows: those of its own chat, and of the other chats of the person for as long as these are linked.

A chat may go to another person: a phone is given away, a code is typed into the wrong one. No case shows what another person wrote there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from bot.conversations.in_class import is_own_affair
from bot.plans.chats import chats_of_case, person_of, person_of_case
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
    found = select(Conversation.id, Conversation.channel).where(Conversation.id.in_(chats_of_case(session, case)))
    rows = session.execute(found.order_by(Conversation.id)).tuples().all()
    channels = [channel for _, channel in rows]
    counted = [channels[: place + 1].count(channel) if channels.count(channel) > 1 else 0 for place, channel in enumerate(channels)]
    return tuple(Chat(number, channel, count) for (number, channel), count in zip(rows, counted, strict=True))


def shown_messages(session: Session, case: Case) -> ColumnElement[bool]:
    """The messages a case shows, as a condition.

    Neither what was written while a chat belonged to somebody else, nor, of other chats, what came after the case was closed; nor
    self-assessment and practice, which are the person's own affair.
    """
    person = person_of_case(session, case)
    return or_(*(_shown_of(session, case, chat, person) for chat in chats_of_case(session, case)))


def _shown_of(session: Session, case: Case, chat: int, person: int | None) -> ColumnElement[bool]:
    shown = [Message.conversation_id == chat, not_(is_own_affair())]
    if person is not None and (since := _theirs_since(session, case, chat, person)) is not None:
        shown.append(Message.created_at > since)
    if case.closed_at is not None and (chat != case.conversation_id or _changed_hands(session, case, person)):
        shown.append(Message.created_at <= case.closed_at)
    return and_(*shown)


def _theirs_since(session: Session, case: Case, chat: int, person: int) -> dt.datetime | None:
    """When a chat last stopped being somebody else's, before the case was closed; None where it never was."""
    ended = [ChatLink.ended_at <= case.closed_at] if case.closed_at is not None else [ChatLink.ended_at.is_not(None)]
    of_others = (ChatLink.conversation_id == chat, ChatLink.participant_id != person, *ended)
    return session.scalar(select(func.max(ChatLink.ended_at)).where(*of_others))


def _changed_hands(session: Session, case: Case, person: int | None) -> bool:
    """Whether the own chat of a closed case is, or was for a while, not this person's any more."""
    others = [ChatLink.participant_id != person] if person is not None else []
    lasted = or_(ChatLink.ended_at.is_(None), ChatLink.ended_at >= case.closed_at)
    linked = select(ChatLink.id).where(ChatLink.conversation_id == case.conversation_id, lasted, *others).limit(1)
    return person_of(session, case.conversation_id) != person or session.scalar(linked) is not None
