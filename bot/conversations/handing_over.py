"""What reception asks of the desk, so that conversations need not know how cases work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from bot.conversations.assistant import SaidMessage, Understood
from bot.storage.tables import Conversation, Message


@dataclass(frozen=True)
class WhileTalking:
    """A turn of the assistant: what it understood, what would be said, in which language, and whether the person's language is unknown."""

    understood: Understood
    messages: tuple[SaidMessage, ...]
    language: str
    unknown_language: bool = False


class HandOver(Protocol):
    """Decides when a person is needed. All four run inside the transaction that stores the answers, with the conversation held."""

    @property
    def withdraw_payload(self) -> str:
        """What the button that takes the question back sends."""

    def after(self, session: Session, conversation: Conversation, question: Message, turn: WhileTalking) -> list[SaidMessage]:
        """What is said after a turn of the assistant: its messages, or those of the hand-over, once a case is stored."""

    def hears(
        self, session: Session, conversation: Conversation, question: Message, understood: Understood, language: str
    ) -> list[SaidMessage]:
        """A message while a human has the conversation; most often nothing is said, because the human will."""

    def brings(self, session: Session, conversation: Conversation, question: Message, kind: str, language: str) -> list[SaidMessage]:
        """The person sent a voice, a photo or a document, which only a person can look at; what is said once the case is stored."""

    def withdraw(self, session: Session, conversation: Conversation, language: str) -> list[SaidMessage]:
        """The person takes the question back."""

    def settle(self, session: Session, conversation_id: int) -> object:
        """Brings the chats of a person and their one case together; holds them where something has to change."""
