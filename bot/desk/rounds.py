"""Looks after cases by itself: nobody who waits is forgotten, and no conversation stays with an advisor who is not there."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from bot.desk import cases
from bot.desk.acting import requeue
from bot.desk.announcing import Announcer
from bot.desk.handing_over import BY_WISH, Desk
from bot.desk.hours import hours_of
from bot.desk.one_case import answer_chat, language_of, out_of_step, tell
from bot.desk.problems import DeskProblem
from bot.desk.reasons import Reason
from bot.desk.undelivered import cases_with_undelivered, note_undelivered
from bot.plans.chats import person_of
from bot.plans.moments import in_utc
from bot.storage.desk_tables import Case
from bot.storage.plan_tables import Wish
from bot.storage.sealing import SealError
from bot.storage.tables import Conversation

logger = logging.getLogger(__name__)
EVERY = 20.0  # seconds
# How much time of the office a person may wait for an advisor who has taken the case.
PATIENCE = dt.timedelta(hours=2)
PATIENCE_IN_CRISIS = dt.timedelta(minutes=20)
# Nobody has written for so long that the conversation goes back to the assistant.
SILENCE = dt.timedelta(days=3)


@dataclass(frozen=True)
class CaseRounds:
    """What the rounds need."""

    sessions: sessionmaker[Session]
    desk: Desk

    def round(self) -> int:
        """Does what is due; how many cases changed. Several at once are fine: each change holds its conversation."""
        return self._settle_chats() + self._tell_of_failures() + self._adopt_wishes() + self._requeue_silent() + self._return_silent()

    def _settle_chats(self) -> int:
        """Chats that were linked or unlinked are with whoever has the person's case, or with the assistant again."""
        with self.sessions() as session:
            found = out_of_step(session)
        return sum(self._apart(number, self.desk.settle) for number in found)

    def _tell_of_failures(self) -> int:
        """Cases in which an advisor's message could not be brought: the person still waits."""
        with self.sessions() as session:
            found = cases_with_undelivered(session)
        return sum(self._apart(number, self._tell_of_failure) for number in found)

    def _tell_of_failure(self, session: Session, number: int) -> bool:
        hours = hours_of(self.desk.place(session.get_one(Case, number).municipality))
        return note_undelivered(session, number, hours, self.desk.clock())

    def _requeue_silent(self) -> int:
        """Cases whose advisor has not answered go back to the queue."""
        with self.sessions() as session:
            held = [one.id for one in _held(session) if self._waits_too_long(one)]
        return sum(self._apart(number, self._requeue) for number in held)

    def _requeue(self, session: Session, number: int) -> bool:
        case = cases.held_case(session, number)
        if case.state != "held" or not self._waits_too_long(case):
            return False  # answered meanwhile
        requeue(self.desk, session, number, why="silence")
        return True

    def _return_silent(self) -> int:
        """Held cases in which nobody has written for days, the advisor last, go back to the assistant."""
        with self.sessions() as session:
            held = [one.id for one in _held(session) if self._is_silent(one)]
        return sum(self._apart(number, self._return) for number in held)

    def _return(self, session: Session, number: int) -> bool:
        case = cases.held_case(session, number)
        if case.state != "held" or not self._is_silent(case):
            return False
        cases.close(session, number, self.desk.clock(), "silent")
        chat = answer_chat(session, case)
        tell(self.desk, session, chat, Announcer(self.desk.library, language_of(chat, case)).returned())
        return True

    def _adopt_wishes(self) -> int:
        """A wish whose case could not be opened with it (a crash in between) gets one."""
        orphans = select(Wish).where(Wish.case_id.is_(None), Wish.done_at.is_(None), Wish.conversation_id.is_not(None))
        recent = orphans.where(Wish.made_at < self.desk.clock() - dt.timedelta(minutes=1))
        with self.sessions() as session:
            numbers = [wish.id for wish in session.scalars(recent)]
        return sum(self._apart(number, self._adopt) for number in numbers)

    def _adopt(self, session: Session, number: int) -> bool:
        wish = session.get_one(Wish, number)
        conversation = session.get(Conversation, wish.conversation_id)
        if wish.case_id is not None or conversation is None or person_of(session, conversation.id) != wish.participant_id:
            return False
        language = conversation.chosen_language or conversation.spoken_language or self.desk.library.languages.source.code
        home, reason = self.desk.home(session, conversation), BY_WISH[wish.kind]
        hours = hours_of(self.desk.place(home))
        opened = cases.open_case(session, conversation, reason, self.desk.clock(), hours, language=language, municipality=home)
        wish.case_id = opened.case.id
        return True

    def _waits_too_long(self, case: Case) -> bool:
        if case.waiting_since is None:
            return False
        since = max(in_utc(case.waiting_since), in_utc(case.held_since) if case.held_since else in_utc(case.waiting_since))
        patience = PATIENCE_IN_CRISIS if case.reason == Reason.CRISIS else PATIENCE
        return hours_of(self.desk.place(case.municipality)).between(since, self.desk.clock()) > patience

    def _is_silent(self, case: Case) -> bool:
        return case.waiting_since is None and self.desk.clock() - in_utc(case.last_at) > SILENCE

    def _apart(self, number: int, change: Callable[[Session, int], bool]) -> bool:
        """One case that cannot be changed must not keep the others waiting."""
        try:
            with self.sessions.begin() as session:
                return change(session, number)
        except (DeskProblem, StaleDataError, SealError, KeyError) as error:
            logger.warning("Case, wish or chat %s was left as it is (%s).", number, type(error).__name__)
            return False


def _held(session: Session) -> list[Case]:
    return list(session.scalars(select(Case).where(Case.state == "held")))


class Rounds(threading.Thread):
    """Makes a round again and again beside the gateway."""

    def __init__(self, rounds: CaseRounds) -> None:
        super().__init__(name="cases", daemon=True)
        self._rounds, self._ended = rounds, threading.Event()

    def run(self) -> None:
        """Until `end`; a database that is away for a while, or a file that cannot be read, only costs time."""
        while not self._ended.wait(EVERY):
            try:
                self._rounds.round()
            except SQLAlchemyError as error:
                logger.error("Cases wait (%s).", type(error).__name__)
            except Exception:
                logger.exception("Cases wait")

    def end(self) -> None:
        """Ends after the round that runs."""
        self._ended.set()
