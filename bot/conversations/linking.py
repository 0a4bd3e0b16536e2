"""A one-time code typed into a chat: links the chat to its plan, before anything else reads the message.

The code never reaches the assistant, so it stands in no tracker and no log.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import language_state, now, remember_language
from bot.conversations.language_policy import choose
from bot.conversations.saying import spoken
from bot.plans.linking import Refused, looks_like_code, use_code
from bot.plans.reading import plan_of
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation

AFTERWARDS = ("my_plan", "my_next_step", "my_appointments", "link_account")


@dataclass(frozen=True)
class Linking:
    """What links chats. `key`: of the codes (bot.plans.link_codes.link_key)."""

    sessions: sessionmaker[Session]
    seal: Seal
    library: Library
    key: bytes

    def concerns(self, text: str) -> bool:
        """True when a message is, or holds, a one-time code."""
        return looks_like_code(text)

    def answer(self, conversation_id: int, text: str, language: str, group: bool = False) -> SaidMessage:
        """Uses the code and says what came of it, in the plan's language where the person has chosen none."""
        if group:
            return spoken(self.library, "link_not_in_groups", language)
        with self.sessions.begin() as session:
            outcome = use_code(session, conversation_id, text, now(), key=self.key)
            if isinstance(outcome, Refused):
                return spoken(self.library, f"link_{outcome.reason}", language, topics=("talk_to_human",))
            plan = plan_of(session, self.seal, outcome.participant_id)
            assert plan is not None  # the code points at a row of the same transaction
            participant = plan.participant
            language = self._speak(session, conversation_id, participant.language, language)
            conversation = session.get_one(Conversation, conversation_id)
            conversation.municipality = participant.municipality or conversation.municipality
        return spoken(self.library, "link_done", language, topics=AFTERWARDS, name=participant.name)

    def _speak(self, session: Session, conversation_id: int, own: str | None, language: str) -> str:
        """The language from now on: the one the person chose here, else the one the plan names."""
        conversation = session.get_one(Conversation, conversation_id)
        if language_state(conversation).chosen or own not in self.library.languages:
            return language
        assert own is not None
        remember_language(conversation, choose(own))
        return own
