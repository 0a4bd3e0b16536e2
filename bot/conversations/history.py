"""Stores conversations and messages and reads them again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, object_session

from bot.conversations.assistant import SaidMessage
from bot.conversations.language_policy import LanguageState
from bot.conversations.traffic.outbox import depart, heard_from
from bot.plans.chats import chats_of
from bot.plans.rows import hold_conversation
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def conversation_of(session: Session, channel: str, account: str) -> Conversation | None:
    """The conversation of a channel's account, if there is one."""
    return session.scalar(select(Conversation).where(Conversation.channel == channel, Conversation.account == account))


def open_conversation(session: Session, channel: str, account: str) -> Conversation:
    """The conversation of an account, begun when there is none; two beginners at once get the same."""
    conversation = conversation_of(session, channel, account)
    if conversation is None:
        try:
            with session.begin_nested():
                conversation = Conversation(channel=channel, account=account, started_at=now(), last_at=now())
                session.add(conversation)
        except IntegrityError:
            conversation = conversation_of(session, channel, account)
    assert conversation is not None
    return conversation


def is_new(session: Session, conversation: Conversation) -> bool:
    """True when nothing was answered in a conversation yet."""
    answered = (Message.conversation_id == conversation.id, Message.answered_at.is_not(None))
    return session.scalar(select(Message.id).where(*answered).limit(1)) is None


def store_incoming(
    session: Session, seal: Seal, conversation: Conversation, text: str, external_id: str | None, details: Mapping[str, Any] | None = None
) -> Message:
    """The participant's message, stored once: a second one with the same external id is the first.

    `details`: of the channel, nothing a person wrote; `place` among them says where in the chat the answer belongs.
    """
    known = _incoming(session, conversation, external_id)
    if known is not None:
        return known
    message = Message(
        conversation_id=conversation.id,
        author=Author.PARTICIPANT,
        external_id=external_id,
        sealed_text=seal.close(text),
        details=dict(details or {}),
        created_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(message)
    except IntegrityError:
        stored = _incoming(session, conversation, external_id)
        assert stored is not None
        return stored
    conversation.last_at = now()
    heard_from(session, conversation, now())
    return message


def store_answers(session: Session, seal: Seal, question: Message, answers: Sequence[SaidMessage]) -> None:
    """The answers to a message, in order, and the message marked as answered; a messenger brings them."""
    rows = [_said_row(seal, question.conversation_id, question.id, answer) for answer in answers]
    for row in rows:
        session.add(row)
        session.flush()
    question.answered_at = now()
    depart(session, session.get_one(Conversation, question.conversation_id), rows, question.details.get("place", {}), now())


def store_unprompted(
    session: Session,
    seal: Seal,
    conversation: Conversation,
    message: SaidMessage,
    external_id: str | None = None,
    account_id: int | None = None,
) -> Message:
    """A message that answers nothing, such as a reminder or an advisor's words; one with a known external id is stored already."""
    known = _incoming(session, conversation, external_id)
    if known is not None:
        return known
    row = _said_row(seal, conversation.id, None, message)
    row.external_id, row.account_id = external_id, account_id
    session.add(row)
    conversation.last_at = now()
    session.flush()
    depart(session, conversation, [row], {}, now())
    return row


def unprompted_after(session: Session, conversation: Conversation, number: int) -> list[Message]:
    """Messages that answer nothing, after the message of this number, oldest first."""
    news = (Message.conversation_id == conversation.id, Message.id > number, Message.author != Author.PARTICIPANT)
    return list(session.scalars(select(Message).where(*news, Message.answers_id.is_(None)).order_by(Message.id)))


def _said_row(seal: Seal, conversation_id: int, answers_id: int | None, said: SaidMessage) -> Message:
    return Message(
        conversation_id=conversation_id,
        author=Author(said.author),
        answers_id=answers_id,
        sealed_text=seal.close(said.text),
        language=said.language,
        key=said.key,
        sealed_norwegian=seal.close(said.norwegian) if said.norwegian else None,
        details={
            "direction": said.direction,
            "choices": list(said.choices),
            "sources": list(said.sources),
            "note": said.note,
            "by": said.by,
            "files": list(said.files),
            **({"poll": said.poll} if said.poll else {}),
        },
        created_at=now(),
    )


def answers_to(session: Session, seal: Seal, question: Message) -> list[SaidMessage]:
    """What was answered to a message, in order."""
    rows = session.scalars(select(Message).where(Message.answers_id == question.id).order_by(Message.id))
    return [said_from(row, seal) for row in rows]


def said_from(row: Message, seal: Seal) -> SaidMessage:
    """A stored message as it was said."""
    return SaidMessage(
        text=seal.open(row.sealed_text),
        language=row.language or "",
        direction=row.details.get("direction", "ltr"),
        key=row.key or "",
        choices=tuple(row.details.get("choices", ())),
        sources=tuple(row.details.get("sources", ())),
        note=row.details.get("note", ""),
        norwegian=seal.open(row.sealed_norwegian) if row.sealed_norwegian else "",
        author=row.author.value,
        by=row.details.get("by", ""),
        files=tuple(row.details.get("files", ())),
        poll=row.details.get("poll"),
    )


def language_state(conversation: Conversation) -> LanguageState:
    """What a conversation remembers about language."""
    return LanguageState(conversation.chosen_language, conversation.spoken_language, conversation.other_language, conversation.other_count)


def remember_language(conversation: Conversation, state: LanguageState) -> None:
    """Writes the language state back. A language the person chose just now is spoken in all their chats from then on."""
    if state.anew:
        if (session := object_session(conversation)) is not None:
            hold_conversation(session, conversation.id)  # before anything is written, as everybody does
            theirs = Conversation.id.in_(chats_of(session, conversation.id))
            session.execute(update(Conversation).where(theirs).values(chosen_language=state.chosen))
        conversation.chosen_language = state.chosen  # one that was begun just now has not read its row yet
    conversation.spoken_language = state.settled
    conversation.other_language, conversation.other_count = state.other, state.other_count


def chosen_elsewhere(session: Session, conversation: Conversation) -> str | None:
    """The language the person chose in another of their chats, the one used last."""
    others = (Conversation.id.in_(chats_of(session, conversation.id)), Conversation.id != conversation.id)
    chosen = select(Conversation.chosen_language).where(*others, Conversation.chosen_language.is_not(None))
    return session.scalar(chosen.order_by(Conversation.last_at.desc(), Conversation.id.desc()).limit(1))


def _incoming(session: Session, conversation: Conversation, external_id: str | None) -> Message | None:
    if external_id is None:
        return None
    same = (Message.conversation_id == conversation.id, Message.external_id == external_id)
    return session.scalar(select(Message).where(*same))
