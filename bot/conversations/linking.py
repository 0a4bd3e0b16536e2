"""A one-time code typed into a chat: links the chat to its plan, before anything else reads the message.

The code never reaches the assistant, so it stands in no tracker and no log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import now
from bot.conversations.own_language import speak_own
from bot.conversations.saying import spoken
from bot.plans.linking import Refused, looks_like_code, use_code
from bot.plans.reading import plan_of
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation

AFTERWARDS = ("my_plan", "my_next_step", "my_appointments", "link_account")


class OneCase(Protocol):
    """Whoever knows about cases (bot/desk/handing_over.py)."""

    def settle(self, session: Session, conversation_id: int) -> object:
        """Brings the chats of a person and their one case together, in the caller's transaction."""


@dataclass(frozen=True)
class Linking:
    """What links chats. `key`: of the codes (bot.plans.link_codes.link_key); `desk`: a person has one case for all their chats."""

    sessions: sessionmaker[Session]
    seal: Seal
    library: Library
    key: bytes
    desk: OneCase | None = None

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
            conversation = session.get_one(Conversation, conversation_id, populate_existing=True)
            language = speak_own(session, self.library, conversation, participant.language, language)
            conversation.municipality = participant.municipality or conversation.municipality
            if self.desk is not None:
                self.desk.settle(session, conversation_id)
        return spoken(self.library, "link_done", language, topics=AFTERWARDS, name=participant.name)
