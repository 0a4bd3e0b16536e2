"""The classroom's place in a conversation: which messages are its own, and whose words must not be kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.assistant import Assistant, AssistantAway, NotStored, SaidMessage, Understood
from bot.conversations.classroom import Classroom
from bot.conversations.history import conversation_of
from bot.plans.rows import hold_conversation
from bot.storage.tables import Conversation, Message

WITHHELD = "question_box"  # the kind and key of a message whose words are kept nowhere with the person
# What somebody says about themselves, how they practise, and what nobody is told of who did it: asking the class's anonymous box,
# voting, cheering. Keys of buttons and answers begin with these.
OWN_AFFAIRS = (
    "self",
    "practice",
    WITHHELD,
    "course_question",
    "course_answers",
    "course_poll",
    "course_quiz",
    "course_vote",
    "course_cheer",
)


def is_own_affair() -> ColumnElement[bool]:
    """Messages of self-assessment, practice, the question box and the like, which no advisor is shown, as a condition."""
    key = func.coalesce(Message.key, "")
    return or_(*(or_(key == name, key.startswith(f"{name}_", autoescape=True)) for name in OWN_AFFAIRS))


@dataclass(frozen=True)
class ClassDoor:
    """Where a message meets the classroom. `is_danger`: whether words, as they are understood, are a cry for help."""

    sessions: sessionmaker[Session]
    assistant: Assistant
    is_danger: Callable[[Understood], bool]
    classroom: Classroom | None

    def withheld(self, channel: str, account: str, text: str) -> Understood | None:
        """How words for the question box are understood, which must not be stored with the person; None for all others.

        Raises NotStored while nobody can tell whether they are a cry for help: those are stored, and answered as such.
        """
        if self.classroom is None or text.startswith("/"):
            return None
        with self.sessions() as session:
            conversation = conversation_of(session, channel, account)
            if conversation is None or not self.classroom.withholds(session, conversation, text):
                return None
        if not text.strip():
            return Understood(())  # a voice, a picture: there are no words to understand
        try:
            reading = self.assistant.read(text)
        except AssistantAway as away:
            raise NotStored(str(away)) from away
        return None if self.is_danger(reading) else reading

    def concerns(self, conversation_id: int, text: str, group: bool, buttons_only: bool) -> bool:
        """Buttons of the classroom are its own whoever has the conversation; words for it are, while no human has."""
        if self.classroom is None:
            return False
        with self.sessions() as session:
            conversation = session.get_one(Conversation, conversation_id)
            return self.classroom.concerns(session, conversation, text, group, buttons_only)

    def code(self, conversation_id: int, text: str, language: str, group: bool) -> SaidMessage | None:
        """What is said to a code of a course; the same code again says the same, because it was used in this very chat."""
        if self.classroom is None:
            return None
        with self.sessions.begin() as session:
            hold_conversation(session, conversation_id)
            conversation = session.get_one(Conversation, conversation_id, populate_existing=True)
            return self.classroom.code(session, conversation, text, language, group)
