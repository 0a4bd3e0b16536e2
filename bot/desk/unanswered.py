"""People on messengers whose message could not be answered yet: they hear it, and after a while an advisor looks."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.assistant import SaidMessage
from bot.conversations.channel import Unanswered
from bot.conversations.history import open_conversation, store_unprompted
from bot.conversations.saying import spoken
from bot.desk import cases
from bot.desk.announcing import Announcer
from bot.desk.handing_over import Desk
from bot.desk.hours import hours_of
from bot.desk.reasons import Reason
from bot.plans.moments import in_utc
from bot.plans.rows import hold_conversation
from bot.storage.desk_tables import Case, CaseEvent
from bot.storage.tables import Conversation

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """What is done about messages that wait."""

    sessions: sessionmaker[Session]
    desk: Desk
    default_language: str

    def slow(self, waiting: Unanswered) -> None:
        """Tells the person, once per message, that it is there and takes longer."""
        with self._conversation(waiting) as (session, conversation):
            said = spoken(self.desk.library, "answer_later", self._language(conversation))
            store_unprompted(session, self.desk.seal, conversation, said, _key("slow", waiting))

    def stuck(self, waiting: Unanswered) -> None:
        """Opens a case for what nobody answers; in a group, where nobody is alone, the person only hears it."""
        with self._conversation(waiting) as (session, conversation):
            language = self._language(conversation)
            if ":" in conversation.account:
                if waiting.given_up:
                    said = spoken(self.desk.library, "trouble", language)
                    store_unprompted(session, self.desk.seal, conversation, said, _key("stuck", waiting))
                return
            hold_conversation(session, conversation.id)
            if not waiting.given_up and _called_since(session, conversation.id, waiting.since):
                return  # an advisor knows; whoever closes that case has decided
            known = cases.open_case_of(session, conversation.id) is not None
            home, now = self.desk.home(session, conversation), self.desk.clock()
            hours = hours_of(self.desk.place(home))
            opened = cases.open_case(session, conversation, Reason.LOW_CONFIDENCE, now, hours, language=language, municipality=home)
            if not known or waiting.given_up:
                store_unprompted(session, self.desk.seal, conversation, self._told(session, opened.case, language), _key("stuck", waiting))

    def _told(self, session: Session, case: Case, language: str) -> SaidMessage:
        place = self.desk.place(case.municipality)
        phone = self.desk.phone(session, case.conversation_id, place)
        target = in_utc(case.target_at) if case.target_at else None
        return Announcer(self.desk.library, language).opened(Reason.LOW_CONFIDENCE, place, target, phone, self.desk.clock())

    def _language(self, conversation: Conversation) -> str:
        return conversation.chosen_language or conversation.spoken_language or self.default_language

    @contextmanager
    def _conversation(self, waiting: Unanswered) -> Iterator[tuple[Session, Conversation]]:
        with self.sessions.begin() as session:
            yield session, open_conversation(session, waiting.channel, waiting.speaker)


def _called_since(session: Session, conversation_id: int, since: dt.datetime) -> bool:
    """True when a case was opened, or a reason added to it, after a message came."""
    called = select(CaseEvent.id).join(Case, Case.id == CaseEvent.case_id).where(Case.conversation_id == conversation_id)
    return session.scalar(called.where(CaseEvent.kind.in_(("opened", "reason")), CaseEvent.at >= since).limit(1)) is not None


def _key(what: str, waiting: Unanswered) -> str:
    return f"{what}:{waiting.since.isoformat()}"
