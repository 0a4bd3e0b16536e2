"""Sends reminders: each once, in the person's language, as a message of the assistant in the chat."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.content.lines import choice
from bot.conversations.history import now as this_moment
from bot.conversations.history import store_unprompted
from bot.conversations.saying import composed
from bot.plans import reminders
from bot.plans.reading import plan_of_conversation
from bot.plans.snapshot import PlanSnapshot
from bot.plans.upcoming import Coming, awake, coming
from bot.storage.sealing import Seal, SealError
from bot.storage.tables import Conversation

logger = logging.getLogger(__name__)
OFF = '/reminder_set{"part": "stop"}'
EVERY = 30.0  # seconds


@dataclass(frozen=True)
class Reminding:
    """What reminders need."""

    sessions: sessionmaker[Session]
    seal: Seal
    library: Library
    default_language: str

    def round(self, now: dt.datetime | None = None) -> int:
        """Plans and sends what is due; how many were sent. Raises database errors: nothing is half sent then."""
        moment = now or this_moment()
        with self.sessions() as session:
            chats = reminders.chats_that_want(session)
        for chat in chats:
            with self._apart(chat), self.sessions.begin() as session:
                reminders.plan(session, chat, self._coming(session, chat, moment))
        if awake(moment) != moment.astimezone(dt.UTC):
            return 0
        with self.sessions() as session:
            waiting = reminders.due(session, moment)
        sent = 0
        for reminder, chat, about in waiting:
            with self._apart(chat):
                sent += self._send(reminder, chat, about, moment)
        return sent

    @staticmethod
    @contextmanager
    def _apart(chat: int) -> Iterator[None]:
        """One chat that cannot be reminded (a key that changed, a text that is missing) must not keep the others waiting."""
        try:
            yield
        except (KeyError, SealError) as error:
            logger.error("Chat %s cannot be reminded (%s).", chat, type(error).__name__)

    def _coming(self, session: Session, chat: int, moment: dt.datetime) -> list[Coming]:
        return coming(self._plan(session, chat), self.library, moment)

    def _plan(self, session: Session, chat: int) -> PlanSnapshot | None:
        return plan_of_conversation(session, self.seal, chat)

    def _send(self, reminder: int, chat: int, about: str, moment: dt.datetime) -> bool:
        with self.sessions.begin() as session:
            found = next((one for one in self._coming(session, chat, moment) if one.about == about), None)
            if found is None or not reminders.claim(session, reminder):
                return False
            conversation = session.get_one(Conversation, chat)
            plan = self._plan(session, chat)
            own = plan.participant.language if plan else None
            language = conversation.chosen_language or conversation.spoken_language or own or self.default_language
            said = composed(self.library, "reminder", language, [found.line], choices=(choice("choice_reminders_off", OFF),))
            store_unprompted(session, self.seal, conversation, said)
        return True


class Reminder(threading.Thread):
    """Makes a round again and again beside the gateway. Several gateways may do so: each reminder is claimed by one."""

    def __init__(self, reminding: Reminding) -> None:
        super().__init__(name="reminders", daemon=True)
        self._reminding, self._ended = reminding, threading.Event()

    def run(self) -> None:
        """Until `end`; a database that is away for a while only costs time."""
        while not self._ended.wait(EVERY):
            try:
                self._reminding.round()
            except SQLAlchemyError as error:
                logger.error("Reminders wait (%s).", type(error).__name__)

    def end(self) -> None:
        """Ends after the round that runs."""
        self._ended.set()
