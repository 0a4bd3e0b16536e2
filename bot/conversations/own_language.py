"""The language a chat speaks once it is known whose it is."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.content import Library
from bot.conversations.history import chosen_elsewhere
from bot.storage.tables import Conversation


def speak_own(session: Session, library: Library, conversation: Conversation, own: str | None, language: str) -> str:
    """The language from now on: the one the person chose here, else in another chat of theirs, else their own as it is written down.

    `language`: the one spoken so far, which stays where nothing else is known.
    """
    if conversation.chosen_language:
        return language
    chosen = chosen_elsewhere(session, conversation) or own
    if chosen not in library.languages or chosen is None:
        return language
    conversation.chosen_language, conversation.spoken_language = chosen, None
    conversation.other_language, conversation.other_count = None, 0
    return chosen
