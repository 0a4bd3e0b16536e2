"""What was said in a web chat, as the page fetches it: the history, the news, an answer."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.channels.web.contract import ChatReply, History, HistoryEntry, News, Status, chat_message
from bot.conversations.history import conversation_of, now, said_from, unprompted_after
from bot.conversations.reception import Reception, Reply
from bot.conversations.shown import shown_text
from bot.desk.cases import open_case_of
from bot.plans.moments import in_utc
from bot.storage.tables import Author, Conversation, ConversationState, Message

logger = logging.getLogger(__name__)
# Two who write at once may get their numbers in one order and be stored in the other; no transaction lasts longer than this.
OVERTAKING = dt.timedelta(seconds=60)


def language_of(reception: Reception, channel: str, account: str) -> str | None:
    """The language of a chat: chosen, else settled, else None."""
    with reception.sessions() as session:
        conversation = conversation_of(session, channel, account)
        return _language(conversation) if conversation else None


def history_of(reception: Reception, channel: str, account: str) -> History:
    """All messages of a chat, oldest first; a pressed button appears with its title."""
    with reception.sessions() as session:
        conversation = conversation_of(session, channel, account)
        if conversation is None:
            return History(messages=[], language=None)
        status, language = status_of(session, conversation), _language(conversation)
        rows = _all_after(session, conversation, 0)
    messages = _fetched(reception, rows, language)
    newest = rows[-1].id if rows else 0
    return History(messages=messages, language=language, newest=newest, settled=_settled(rows, 0), status=status)


def news_of(reception: Reception, channel: str, account: str, after: int, everything: bool = False) -> News:
    """What came without being asked for after a message's number; with `everything` all that was said, by the participant too."""
    with reception.sessions() as session:
        conversation = conversation_of(session, channel, account)
        if conversation is None:
            return News(messages=[], newest=after, settled=after)
        # The state first: one that is older than the messages is asked for again soon, messages that are older are not.
        status, language = status_of(session, conversation), _language(conversation)
        rows = (_all_after if everything else unprompted_after)(session, conversation, after)
    messages = _fetched(reception, rows, language)
    newest = rows[-1].id if rows else after
    return News(messages=messages, newest=newest, settled=_settled(rows, after), status=status)


def reply_of(reception: Reception, channel: str, account: str, external_id: str, reply: Reply) -> ChatReply:
    """The answer to the message of an id, as it was stored; no messages where a human will answer."""
    with reception.sessions() as session:
        conversation = conversation_of(session, channel, account)
        assert conversation is not None  # a message of it was just answered
        status = status_of(session, conversation)
        same = (Message.conversation_id == conversation.id, Message.external_id == external_id)
        number = session.scalars(select(Message.id).where(*same)).one()
        rows = list(session.scalars(select(Message).where(Message.answers_id == number).order_by(Message.id)))
        language = reply.language if rows else _language(conversation) or reply.language
    messages = [chat_message(said_from(row, reception.seal), row.id) for row in rows]
    _mark_delivered(reception, rows)
    return ChatReply(messages=messages, language=language, intent=reply.intent, confidence=reply.confidence, number=number, status=status)


def status_of(session: Session, conversation: Conversation) -> Status:
    """Who answers in a conversation, with the name of the advisor who has it."""
    if conversation.state is ConversationState.WAITING:
        return Status(state="waiting")
    if conversation.state is not ConversationState.HUMAN:
        return Status()
    case = open_case_of(session, conversation.id)
    return Status(state="human", name=case.holder.name if case and case.holder else "")


def _language(conversation: Conversation) -> str | None:
    return conversation.chosen_language or conversation.spoken_language


def _all_after(session: Session, conversation: Conversation, number: int) -> list[Message]:
    later = (Message.conversation_id == conversation.id, Message.id > number)
    return list(session.scalars(select(Message).where(*later).order_by(Message.id)))


def _settled(rows: Sequence[Message], after: int) -> int:
    """The number before which no message can appear any more."""
    certain = now() - OVERTAKING
    return max((row.id for row in rows if in_utc(row.created_at) <= certain), default=after)


def _fetched(reception: Reception, rows: Sequence[Message], language: str | None) -> list[HistoryEntry]:
    entries: list[HistoryEntry] = []
    for row in reversed(rows):
        entries.append(_entry(reception, row, language))
        language = language or row.language  # a button pressed before any word: the language it was answered in
    _mark_delivered(reception, rows)
    return entries[::-1]


def _mark_delivered(reception: Reception, rows: Sequence[Message]) -> None:
    """Notes when messages reached the person's device; one that cannot be noted reaches it all the same, and is noted later."""
    fresh = [row.id for row in rows if row.delivered_at is None and row.author is not Author.PARTICIPANT]
    if not fresh:
        return
    not_yet = (Message.id.in_(fresh), Message.delivered_at.is_(None))
    try:
        with reception.sessions.begin() as session:
            session.execute(update(Message).where(*not_yet).values(delivered_at=now()), execution_options={"synchronize_session": False})
    except SQLAlchemyError as error:
        logger.error("It could not be noted that messages were delivered (%s).", type(error).__name__)


def _entry(reception: Reception, row: Message, language: str | None) -> HistoryEntry:
    message = chat_message(said_from(row, reception.seal), row.id)
    theirs = row.author is Author.PARTICIPANT
    if theirs:
        spoken = row.language or language or ""
        message = message.model_copy(update={"text": shown_text(reception.library, message.text, spoken, row.details), "language": spoken})
    return HistoryEntry(
        **message.model_dump(),
        id=row.external_id if theirs else None,
        at=row.created_at,
        answered=not theirs or row.answered_at is not None,
    )
