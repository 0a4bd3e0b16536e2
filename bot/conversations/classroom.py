"""What reception asks of the courses, so that conversations need not know how a course works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from bot.conversations.assistant import SaidMessage, Understood
from bot.storage.tables import Conversation, Message


@dataclass(frozen=True)
class InClass:
    """A message for the classroom: the words or the button, the language to answer in, whether others read along.

    `withheld`: how words were understood that are kept out of the conversation's history; None for all others. `heard`: the language
    of the words themselves, where it is known.
    """

    text: str
    language: str
    group: bool
    withheld: Understood | None = None
    heard: str = ""


class Classroom(Protocol):
    """Courses, practice and self-assessment. Answers are made in the transaction that stores them, with the conversation held."""

    def withholds(self, session: Session, conversation: Conversation, text: str) -> bool:
        """True when these words answer a question whose answer must not stand in the history: the anonymous question box."""

    def code(self, session: Session, conversation: Conversation, text: str, language: str, group: bool) -> SaidMessage | None:
        """What is said to a one-time code of a course, used now; None when it is no such code."""

    def concerns(self, session: Session, conversation: Conversation, text: str, group: bool, buttons_only: bool) -> bool:
        """True when the message is for the classroom: one of its buttons, a word for one, or an answer it waits for."""

    def answer(self, session: Session, conversation: Conversation, question: Message, said: InClass) -> list[SaidMessage]:
        """The answer to such a message."""

    def beside(self, session: Session, conversation: Conversation, messages: Sequence[SaidMessage]) -> list[SaidMessage]:
        """The assistant's answer with the classroom's own buttons below it, where they fit."""

    def group_poll(self, session: Session, poll: int, external_id: str) -> None:
        """A messenger shows a poll in the group under an id of its own."""

    def group_totals(self, session: Session, external_id: str, counts: Sequence[int]) -> None:
        """How many chose what in the group, by the order of the options."""
