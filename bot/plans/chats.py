"""The chats of one person: those that are linked to the same participant now. A group belongs to nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, not_, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.storage.desk_tables import Case
from bot.storage.plan_tables import ChatLink
from bot.storage.tables import Conversation


def chats_of(session: Session, conversation_id: int) -> tuple[int, ...]:
    """The conversations of whoever this one belongs to, itself among them, by number; itself alone where it is not linked."""
    return chats_of_each(session, [conversation_id])[conversation_id]


def chats_of_each(session: Session, conversation_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """`chats_of` for many conversations, in one question to the database."""
    own, other, begun = aliased(ChatLink), aliased(ChatLink), aliased(Conversation)
    shared = (
        select(own.conversation_id, other.conversation_id)
        .join(other, and_(other.participant_id == own.participant_id, other.ended_at.is_(None)))
        .join(Conversation, Conversation.id == other.conversation_id)
        .join(begun, begun.id == own.conversation_id)
        .where(own.conversation_id.in_(conversation_ids), own.ended_at.is_(None), _private(), _private(begun))
    )
    found = {number: {number} for number in conversation_ids}
    for number, chat in session.execute(shared):
        found[number].add(chat)
    return {number: tuple(sorted(chats)) for number, chats in found.items()}


def chats_of_participant(session: Session, participant_id: int) -> tuple[int, ...]:
    """The conversations that are linked to a participant now, by number."""
    linked = select(ChatLink.conversation_id).join(Conversation, Conversation.id == ChatLink.conversation_id)
    theirs = (ChatLink.participant_id == participant_id, ChatLink.ended_at.is_(None), _private())
    return tuple(sorted(set(session.scalars(linked.where(*theirs)))))


def ever_together(session: Session, conversation_id: int) -> tuple[int, ...]:
    """The conversations that are or once were linked to a participant this one is or was linked to, itself among them."""
    own = select(ChatLink.participant_id).where(ChatLink.conversation_id == conversation_id)
    found = session.scalars(select(ChatLink.conversation_id).where(ChatLink.participant_id.in_(own)))
    return tuple(sorted({conversation_id, *found}))


def person_of(session: Session, conversation_id: int) -> int | None:
    """The participant a conversation is linked to now; None for one that is not, and for a group."""
    linked = select(ChatLink.participant_id).join(Conversation, Conversation.id == ChatLink.conversation_id)
    own = (ChatLink.conversation_id == conversation_id, ChatLink.ended_at.is_(None), _private())
    return session.scalar(linked.where(*own).order_by(ChatLink.id.desc()).limit(1))


def person_of_case(session: Session, case: Case) -> int | None:
    """The participant a case is about: of its chat now, or when it was closed. A chat may be somebody else's by then."""
    if case.closed_at is None:
        return person_of(session, case.conversation_id)
    linked = select(ChatLink.participant_id).join(Conversation, Conversation.id == ChatLink.conversation_id)
    own = (ChatLink.conversation_id == case.conversation_id, *_linked_at_close(case), _private())
    return session.scalar(linked.where(*own).order_by(ChatLink.id).limit(1))


def chats_of_case(session: Session, case: Case) -> tuple[int, ...]:
    """The chats a case is about, its own among them, by number; of a closed one those that were the person's then and still are."""
    if case.closed_at is None:
        return chats_of(session, case.conversation_id)
    person = person_of_case(session, case)
    if person is None:
        return (case.conversation_id,)
    then = set(session.scalars(select(ChatLink.conversation_id).where(ChatLink.participant_id == person, *_linked_at_close(case))))
    return tuple(sorted({case.conversation_id, *(then & set(chats_of_participant(session, person)))}))


def belonged_to(session: Session, conversation_id: int, moment: dt.datetime) -> int | None:
    """The participant a chat was linked to at a moment, else the next one it was linked to: who types a code has mostly written before."""
    lasted = or_(ChatLink.ended_at.is_(None), ChatLink.ended_at >= moment)
    found = select(ChatLink.participant_id).where(ChatLink.conversation_id == conversation_id, lasted)
    return session.scalar(found.order_by(ChatLink.id).limit(1))


def pass_case_on(session: Session, conversation_id: int) -> None:
    """Before a chat is unlinked: the open case that began in it stays with the person, in the chat of theirs that was used last.

    Where there is no other chat the case stays with this one. The caller holds the conversation.
    """
    others = [chat for chat in chats_of(session, conversation_id) if chat != conversation_id]
    busy = select(Case.conversation_id).where(Case.state != "closed")
    free = select(Conversation.id).where(Conversation.id.in_(others), Conversation.id.not_in(busy))
    last = session.scalar(free.order_by(Conversation.last_at.desc(), Conversation.id.desc()).limit(1))
    if last is not None:
        open_one = update(Case).where(Case.conversation_id == conversation_id, Case.state != "closed")
        session.execute(open_one.values(conversation_id=last, version=Case.version + 1), execution_options={"synchronize_session": False})


def _linked_at_close(case: Case) -> tuple[ColumnElement[bool], ...]:
    """Links of when a case was closed. One of that very moment, that was not there when the case began, is what closed it."""
    begun = or_(ChatLink.linked_at < case.closed_at, ChatLink.linked_at <= case.opened_at)
    return begun, or_(ChatLink.ended_at.is_(None), ChatLink.ended_at >= case.closed_at)


def _private(chat: type[Conversation] = Conversation) -> ColumnElement[bool]:
    """In a group the account is "<chat>:<person>", on Telegram."""
    return not_(and_(chat.channel == "telegram", chat.account.contains(":")))
