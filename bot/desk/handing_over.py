"""When a person is needed: reads a turn of the assistant, opens the case, and says so once it is stored."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.content import Library, Reader, answer
from bot.content.municipalities import Municipality
from bot.conversations.assistant import SaidMessage, Understood
from bot.conversations.handing_over import WhileTalking
from bot.conversations.saying import as_message
from bot.desk import cases, one_case
from bot.desk.announcing import WITHDRAW, Announcer, Phone
from bot.desk.hours import hours_of
from bot.desk.reasons import Reason, urgency_of
from bot.plans.moments import in_utc, this_moment
from bot.plans.reading import plan_of_conversation
from bot.plans.wishes import mark_done
from bot.storage.desk_tables import Case
from bot.storage.plan_tables import Wish
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation, ConversationState, Message

logger = logging.getLogger(__name__)
BY_INTENT = {"talk_to_human": Reason.ASKED, "feedback_wrong": Reason.WRONG_ANSWER, "stonad_ends": Reason.MONEY_ENDING}
BY_KEY = {"offer_person": Reason.NOT_UNDERSTOOD_TWICE}
BY_WISH = {"absence": Reason.ABSENCE, "meeting": Reason.MEETING, "plan_change": Reason.PLAN_CHANGE}
# Where the hand-over says it all, the assistant's own words would say it twice or say less than is true.
INSTEAD = frozenset({Reason.ASKED, Reason.NOT_UNDERSTOOD_TWICE, Reason.ABSENCE, Reason.MEETING, Reason.PLAN_CHANGE})
FILES = frozenset({Reason.VOICE, Reason.DOCUMENT})  # somebody who sends five pictures hears once who answers and when
NAME = 4  # words of an answer such as "I live in Oslo"
SURE = 0.5  # below this a message is answered, but nobody is called because of it


@dataclass(frozen=True)
class Why:
    """Why a person is needed, and which topic or wish brought it up."""

    reason: Reason
    topic: str = ""
    wish_id: int | None = None


@dataclass(frozen=True)
class Desk:
    """The desk as reception meets it. `clock` tells the time in UTC."""

    seal: Seal
    library: Library
    clock: Callable[[], dt.datetime] = this_moment
    withdraw_payload: str = WITHDRAW

    def after(self, session: Session, conversation: Conversation, question: Message, turn: WhileTalking) -> list[SaidMessage]:
        """Opens a case where the turn shows that a person is needed; else the assistant's messages as they are.

        A case that cannot be stored costs neither the answer nor the message: the person hears that, and whom to call.
        """
        self.settle(session, conversation.id, silent=any(message.key == "link_ended" for message in turn.messages))
        why = self.reason_for(session, conversation, turn)
        if why is None:
            moved = self._waiting_goes_on(session, conversation)
            if moved is not None and _only_a_name(self.seal.open(question.sealed_text)):
                # "Oslo" answers our question whose advisors are to help; what the assistant makes of the word alone is beside the point.
                announcer, place = Announcer(self.library, turn.language), self.place(moved.municipality)
                return [announcer.already(place, _utc(moved), self.phone(session, conversation.id, place), self.clock())]
            return list(turn.messages)
        return self._called(session, conversation, question, turn, why)

    def brings(self, session: Session, conversation: Conversation, question: Message, kind: str, language: str) -> list[SaidMessage]:
        """Opens a case for a voice message, a picture or a document, or adds it to the one that is open."""
        self.settle(session, conversation.id)
        why = Why(Reason.VOICE if kind == "voice" else Reason.DOCUMENT)
        return self._called(session, conversation, question, WhileTalking(Understood(()), (), language), why)

    def hears(
        self, session: Session, conversation: Conversation, question: Message, understood: Understood, language: str
    ) -> list[SaidMessage]:
        """Notes that the person waits. Words of danger bring the numbers at once, whoever has the conversation."""
        self.settle(session, conversation.id)
        case, now = cases.open_case_of(session, conversation.id), self.clock()
        if case is not None:
            cases.person_wrote(session, case, now, hours_of(self.place(case.municipality)))
        topic = understood.intent or ""
        if not self._is_safety(topic):
            return []
        home = self.home(session, conversation)
        hours = hours_of(self.place(home))
        cases.open_case(
            session, conversation, Reason.CRISIS, now, hours, language=language, topic=topic, trigger_id=question.id, municipality=home
        )
        today = now.date()
        reader, source = Reader(language, conversation.municipality), self.library.languages.source.code
        told = answer(self.library, topic, Reader(source), today).text if language != source else ""
        return [as_message(answer(self.library, topic, reader, today), told)]

    def withdraw(self, session: Session, conversation: Conversation, language: str) -> list[SaidMessage]:
        """Closes the open case, whoever has it; what was asked for with it is taken back too."""
        self.settle(session, conversation.id)
        case = cases.open_case_of(session, conversation.id)
        if case is not None:
            cases.close(session, case.id, self.clock(), "withdrawn")
            for wish in session.scalars(select(Wish.id).where(Wish.case_id == case.id, Wish.done_at.is_(None))).all():
                mark_done(session, wish, self.clock())
        return [Announcer(self.library, language).withdrawn(case is not None)]

    def settle(self, session: Session, conversation_id: int, silent: bool = False) -> bool:
        """Brings the chats of a person and their one case together (one_case.py)."""
        return one_case.settle(self, session, conversation_id, silent)

    def reason_for(self, session: Session, conversation: Conversation, turn: WhileTalking) -> Why | None:
        """Why a person is needed after this turn; None when none is."""
        intent = turn.understood.intent or ""
        # While a human has the conversation, the advisor judges what was unsure.
        sure = turn.understood.safety_net or turn.understood.confidence >= SURE or conversation.state is ConversationState.HUMAN
        keys = {message.key for message in turn.messages}
        # A guide that took the message as an answer (a bare number) has heard nothing of danger.
        answered = turn.understood.safety_net or not turn.messages or any(self._is_safety(key) for key in keys)
        if self._is_safety(intent) and sure and answered:
            return Why(Reason.CRISIS, intent)
        if "wish_sent" in keys and (wish := _wish_of(session, conversation.id)):
            return Why(BY_WISH[wish.kind], intent, wish.id)
        for key, reason in BY_KEY.items():
            if key in keys:
                return Why(reason)
        if intent in BY_INTENT and turn.understood.confidence >= SURE:
            return Why(BY_INTENT[intent], intent)
        return Why(Reason.UNKNOWN_LANGUAGE) if turn.unknown_language else None

    def place(self, municipality: str) -> Municipality | None:
        """The municipality of an id, if it is known."""
        return self.library.municipalities().get(municipality)

    def home(self, session: Session, conversation: Conversation) -> str:
        """The municipality whose advisors may read a chat: of the linked plan, else the one the person spoke of last."""
        plan = plan_of_conversation(session, self.seal, conversation.id)
        return (plan.participant.municipality if plan else "") or conversation.municipality

    def phone(self, session: Session, conversation_id: int, place: Municipality | None) -> Phone | None:
        """Whom to call: the advisor of the linked plan, else the first office of the municipality with a number."""
        plan = plan_of_conversation(session, self.seal, conversation_id)
        own = next((one for one in (plan.contacts if plan else ()) if one.role == "advisor" and one.phone), None)
        if own is not None:
            return Phone(own.name, own.phone)
        return _office(place)

    def _phone_all_the_same(self, session: Session, conversation: Conversation) -> Phone | None:
        """Whom to call while the database is in trouble; what is known without it, if need be."""
        place = self.place(conversation.municipality)
        try:
            with session.begin_nested():
                return self.phone(session, conversation.id, place)
        except SQLAlchemyError:
            return _office(place)

    def _called(self, session: Session, conversation: Conversation, question: Message, turn: WhileTalking, why: Why) -> list[SaidMessage]:
        announcer = Announcer(self.library, turn.language)
        try:
            with session.begin_nested():
                return self._hand_over(session, conversation, question, turn, why, announcer)
        except SQLAlchemyError:
            logger.exception("A case could not be stored")
            return [*turn.messages, announcer.not_stored(self._phone_all_the_same(session, conversation))]

    def _hand_over(
        self, session: Session, conversation: Conversation, question: Message, turn: WhileTalking, why: Why, announcer: Announcer
    ) -> list[SaidMessage]:
        now, home = self.clock(), self.home(session, conversation)
        self._waiting_goes_on(session, conversation)
        before = cases.open_case_of(session, conversation.id)
        was_crisis = before is not None and before.reason == Reason.CRISIS
        opened = cases.open_case(
            session,
            conversation,
            why.reason,
            now,
            hours_of(self.place(home)),
            language=turn.language,
            topic=why.topic,
            trigger_id=question.id,
            municipality=home,
        )
        place = self.place(opened.case.municipality)
        if why.wish_id is not None:
            session.get_one(Wish, why.wish_id).case_id = opened.case.id
        own = [] if why.reason in INSTEAD else list(turn.messages)
        phone, target = self.phone(session, conversation.id, place), _utc(opened.case)
        if opened.fresh or why.wish_id is not None or (why.reason is Reason.CRISIS and not was_crisis):
            return [*own, announcer.opened(why.reason, place, target, phone, now)]
        if why.reason in FILES:
            return [announcer.added()]
        return own or [announcer.already(place, target, phone, now)]

    def _waiting_goes_on(self, session: Session, conversation: Conversation) -> Case | None:
        """A person who names their municipality while waiting moves the case into its queue; the case that was moved."""
        case = cases.open_case_of(session, conversation.id)
        if case is not None and not case.municipality and (home := self.home(session, conversation)):
            case.municipality = home
            if case.waiting_since is not None:
                case.target_at = hours_of(self.place(home)).after(self.clock(), urgency_of(Reason(case.reason)).target)
            cases.note(session, case, "moved", self.clock(), before="", to=case.municipality)
            return case
        return None

    def _is_safety(self, topic: str) -> bool:
        return self.library.has_topic(topic) and self.library.topic(topic).kind == "safety"


def _only_a_name(text: str) -> bool:
    return not text.startswith("/") and len(text.split()) <= NAME


def _wish_of(session: Session, conversation_id: int) -> Wish | None:
    newest = select(Wish).where(Wish.conversation_id == conversation_id, Wish.case_id.is_(None), Wish.done_at.is_(None))
    return session.scalar(newest.order_by(Wish.id.desc()).limit(1))


def _office(place: Municipality | None) -> Phone | None:
    office = next((one for one in (place.contacts if place else ()) if one.phone), None)
    return Phone(office.office, office.phone) if office else None


def _utc(case: Case) -> dt.datetime | None:
    return in_utc(case.target_at) if case.target_at else None
