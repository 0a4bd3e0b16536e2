"""The history of a web chat."""

from __future__ import annotations

import json

from sqlalchemy import select

from bot.channels.web.contract import History, HistoryEntry, News, chat_message
from bot.content import Library
from bot.content.selection import title_of
from bot.conversations.history import conversation_of, said_from, unprompted_after
from bot.conversations.reception import Reception
from bot.storage.tables import Author, Message


def language_of(reception: Reception, channel: str, account: str) -> str | None:
    """The language of a chat: chosen, else settled, else None."""
    with reception.sessions() as session:
        conversation = conversation_of(session, channel, account)
        return (conversation.chosen_language or conversation.spoken_language) if conversation else None


def history_of(reception: Reception, channel: str, account: str) -> History:
    """All messages of a chat, oldest first; a pressed button appears with its title."""
    with reception.sessions() as session:
        conversation = conversation_of(session, channel, account)
        if conversation is None:
            return History(messages=[], language=None)
        rows = list(session.scalars(select(Message).where(Message.conversation_id == conversation.id).order_by(Message.id)))
        language = conversation.chosen_language or conversation.spoken_language
        newest = rows[-1].id if rows else 0
        return History(messages=[_entry(reception, row, language) for row in rows], language=language, newest=newest)


def news_of(reception: Reception, channel: str, account: str, after: int) -> News:
    """What came without being asked for after a message's number."""
    with reception.sessions() as session:
        conversation = conversation_of(session, channel, account)
        rows = unprompted_after(session, conversation, after) if conversation else []
        return News(messages=[chat_message(said_from(row, reception.seal)) for row in rows], newest=rows[-1].id if rows else after)


def _entry(reception: Reception, row: Message, language: str | None) -> HistoryEntry:
    message = chat_message(said_from(row, reception.seal))
    if row.author is Author.PARTICIPANT:
        shown = shown_text(reception, message.text, row.language or language or "")
        message = message.model_copy(update={"text": shown, "language": row.language or language or ""})
    return HistoryEntry(**message.model_dump(), author=row.author.value, id=row.external_id, at=row.created_at)


def shown_text(reception: Reception, text: str, language: str) -> str:
    """What a person wrote, or the title of the button they pressed."""
    if not text.startswith("/"):
        return text
    topic, brace, values = text[1:].partition("{")
    library = reception.library
    if topic in ("choose_language", "answer") and brace:
        try:
            given = json.loads(brace + values)
            pressed = str(given.get("language" if topic == "choose_language" else "value", ""))
        except (ValueError, AttributeError):
            return text
        if topic == "answer":
            return _choice_shown(library, pressed, language)
        return library.languages[pressed].name if pressed in library.languages else topic
    return (title_of(library, topic, language) if library.has_topic(topic) else "") or topic


def _choice_shown(library: Library, code: str, language: str) -> str:
    """What the button of a guide's question said: its phrase, a municipality's name, or the value itself, such as a level."""
    if code in library.municipalities():
        return library.municipalities()[code].name
    return library.phrases(language).texts.get(f"choice_{code}", code) if language in library.languages else code
