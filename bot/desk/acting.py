"""What an advisor does with a case, with what the participant is told about it, in one transaction of the caller's.

Every message carries the key of the form it came from: the same form sent twice, by a double click or after a crash, is one message.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.lines import line, words
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import store_unprompted
from bot.conversations.saying import composed
from bot.desk import cases
from bot.desk.access import require
from bot.desk.announcing import Announcer
from bot.desk.colleagues import Colleague
from bot.desk.files import FileIn, checked_file
from bot.desk.handing_over import Desk
from bot.desk.hours import hours_of
from bot.desk.one_case import answer_chat, language_of, requeued_words, sent_before, tell
from bot.desk.problems import FieldMissing, MomentPassed, NotLinked, TextTooLong
from bot.desk.replies import Given, reply_message
from bot.plans.chats import chats_of
from bot.plans.checks import check_no_national_number
from bot.plans.entries import add_appointment
from bot.plans.moments import in_utc
from bot.plans.reading import plan_of_conversation
from bot.plans.rows import hold_conversation
from bot.plans.wishes import mark_done, wishes
from bot.storage.desk_tables import Attachment, Case, CaseEvent
from bot.storage.tables import Message

LONGEST = 2000  # characters of an advisor's own words


@dataclass(frozen=True)
class Booking:
    """A meeting to write into the plan: its kind (bot/guidance/codes.py), moment, minutes, place, with whom."""

    kind: str
    starts_at: dt.datetime
    minutes: int | None
    place: str
    with_whom: str


@dataclass(frozen=True)
class Acting:
    """The desk in the hands of one advisor."""

    desk: Desk
    who: Colleague

    def take(self, session: Session, case_id: int) -> Case:
        """Claims a case and tells the participant who answers now. Raises NoSuchCase, CaseClosed or HeldByOther."""
        mine = cases.held_case(session, case_id).holder_id == self.who.id
        case = cases.claim(session, case_id, self.who, self.desk.clock())
        if not mine:
            self._tell(session, case, self._announcer(session, case).claimed(self.who.name))
        return case

    def hand_to(self, session: Session, case_id: int, to: Colleague) -> Case:
        """Gives a case to a colleague, who must be one who may work with it. Raises NotAllowed, or what `cases.transfer` raises."""
        require(to, "case", "change", cases.held_case(session, case_id).municipality)
        case = cases.transfer(session, case_id, self.who, to, self.desk.clock())
        self._tell(session, case, self._announcer(session, case).transferred(to.name))
        return case

    def put_back(self, session: Session, case_id: int, why: str = "") -> Case:
        """Puts one's case back into the queue."""
        return requeue(self.desk, session, case_id, self.who, why)

    def send_on(self, session: Session, case_id: int, municipality: str) -> Case:
        """Sends a case to the queue of another municipality. Raises FieldMissing for one nobody knows: nobody would see it there."""
        if self.desk.place(municipality) is None:
            raise FieldMissing(field="municipality")
        held = cases.held_case(session, case_id).state == "held"
        case = cases.move(session, case_id, self.who, municipality, self.desk.clock(), hours_of(self.desk.place(municipality)))
        if held:
            chat = answer_chat(session, case)
            tell(self.desk, session, chat, requeued_words(self.desk, session, case, chat))
        return case

    def give_back(self, session: Session, case_id: int, outcome: str) -> Case:
        """Closes a case with its outcome; the assistant answers again, and the wishes of the case are done."""
        case = cases.close(session, case_id, self.desk.clock(), outcome, self.who)
        for wish in self.wishes_of(session, case):
            mark_done(session, wish, self.desk.clock())
        self._tell(session, case, self._announcer(session, case).returned())
        return case

    def say_phrase(self, session: Session, case_id: int, reply: str, given: Given, key: str) -> Message:
        """Sends a reviewed phrase in the participant's language. Raises FieldMissing, and what `cases.must_hold` raises."""
        case = self._mine(session, case_id)
        return self._send(session, case, self.preview(session, case, reply, given), key)

    def preview(self, session: Session, case: Case, reply: str, given: Given) -> SaidMessage:
        """A phrase as it would be sent, with its Norwegian. Raises FieldMissing."""
        own = {"advisor": self.who.name, "municipality": place.name if (place := self.desk.place(case.municipality)) else ""}
        return reply_message(self.desk.library, reply, self._language(session, case), given, own, self.who.name)

    def say_text(self, session: Session, case_id: int, text: str, key: str, language: str) -> Message:
        """Sends the advisor's own words as written. Raises FieldMissing, TextTooLong or HoldsNationalNumber."""
        case = self._mine(session, case_id)
        return self._send(session, case, self.free_text(session, case, text, language), key)

    def free_text(self, session: Session, case: Case, text: str, language: str) -> SaidMessage:
        """An advisor's own words as they would be sent."""
        text = text.strip()
        if not text:
            raise FieldMissing(field="text")
        if len(text) > LONGEST:
            raise TextTooLong(limit=str(LONGEST))
        check_no_national_number("message", text)
        spoken = self.desk.library.languages[language]
        theirs = self._language(session, case)
        notice = ""
        if theirs != language:
            told = line("advisor_writes_in", language=words(spoken.name))
            notice = composed(self.desk.library, "advisor_writes_in", theirs, [told]).text
        return SaidMessage(text, language, spoken.direction, "free_text", note=notice, author="advisor", by=self.who.name)

    def send_file(self, session: Session, case_id: int, file: FileIn, key: str) -> Message:
        """Sends a file. Raises FileRefused, and what `cases.must_hold` raises."""
        case = self._mine(session, case_id)
        checked_file(file)
        theirs = self._language(session, case)
        token = secrets.token_urlsafe(32)
        told = composed(self.desk.library, "web_file", theirs, [line("web_file", name=words(file.name))])
        shown = {"token": token, "name": file.name, "type": file.content_type, "size": len(file.content)}
        said = SaidMessage(
            told.text, told.language, told.direction, "file", norwegian=told.norwegian, author="advisor", by=self.who.name, files=(shown,)
        )
        message = self._send(session, case, said, key)
        if message.details["files"][0]["token"] == token:  # else this very form was sent before
            sealed = self.desk.seal.close_bytes(file.content)
            session.add(
                Attachment(
                    message_id=message.id,
                    token=token,
                    name=file.name,
                    content_type=file.content_type,
                    size=len(file.content),
                    sealed_bytes=sealed,
                )
            )
            session.flush()
        return message

    def book(self, session: Session, case_id: int, booking: Booking, key: str) -> Message:
        """Writes a meeting into the plan and tells the participant, both or neither. Raises NotLinked, MomentPassed or a PlanProblem."""
        case = self._mine(session, case_id)
        known = self._sent_before(session, case, key)
        if known is not None:
            return known  # the meeting may have been moved or cancelled since
        if in_utc(booking.starts_at) < self.desk.clock():
            raise MomentPassed
        plan = plan_of_conversation(session, self.desk.seal, case.conversation_id)
        if plan is None:
            raise NotLinked
        add_appointment(
            session,
            plan.participant.id,
            booking.kind,
            booking.starts_at,
            minutes=booking.minutes,
            place=booking.place,
            with_whom=booking.with_whom,
            key=f"desk-{key}"[:40],
            now=self.desk.clock(),
        )
        given = {"moment": booking.starts_at.isoformat(), "place": booking.place}
        message = self._send(session, case, self.preview(session, case, "reply_meeting", given), key)
        cases.note(session, case, "booked", self.desk.clock(), self.who, starts_at=in_utc(booking.starts_at).isoformat())
        return message

    def add_note(self, session: Session, case_id: int, text: str, key: str) -> None:
        """A private note; participants never see it. Raises FieldMissing or TextTooLong."""
        if not text.strip():
            raise FieldMissing(field="note")
        if len(text) > LONGEST:
            raise TextTooLong(limit=str(LONGEST))
        case = session.get_one(Case, case_id)
        hold_conversation(session, case.conversation_id)  # two sendings at once come one after the other
        if session.scalar(select(CaseEvent.id).where(CaseEvent.case_id == case_id, CaseEvent.key == key).limit(1)) is not None:
            return
        event = cases.note(session, case, "note", self.desk.clock(), self.who)
        event.key, event.sealed_text = key, self.desk.seal.close(text.strip())
        session.flush()

    def wishes_of(self, session: Session, case: Case) -> list[int]:
        """The numbers of the open wishes that came with a case, from whichever chat of the person."""
        plan = plan_of_conversation(session, self.desk.seal, case.conversation_id)
        if plan is None:
            return []
        found, chats = wishes(session, self.desk.seal, participant_id=plan.participant.id), chats_of(session, case.conversation_id)
        return [wish.id for wish in found if wish.conversation_id in chats]

    def _mine(self, session: Session, case_id: int) -> Case:
        case = cases.held_case(session, case_id)
        cases.must_hold(session, case, self.who)
        return case

    def _send(self, session: Session, case: Case, said: SaidMessage, key: str) -> Message:
        if not key:
            raise FieldMissing(field="key")
        known = self._sent_before(session, case, key)
        if known is not None:
            return known  # the person may have written since: they still wait
        chat = answer_chat(session, case)
        message = store_unprompted(session, self.desk.seal, chat, said, f"desk:{key}", self.who.id)
        cases.advisor_wrote(session, case, self.who, self.desk.clock())
        return message

    def _sent_before(self, session: Session, case: Case, key: str) -> Message | None:
        return sent_before(session, case, f"desk:{key}")

    def _tell(self, session: Session, case: Case, said: SaidMessage) -> None:
        tell(self.desk, session, answer_chat(session, case), said)

    def _announcer(self, session: Session, case: Case) -> Announcer:
        return Announcer(self.desk.library, self._language(session, case))

    def _language(self, session: Session, case: Case) -> str:
        return language_of(answer_chat(session, case), case)


def requeue(desk: Desk, session: Session, case_id: int, who: Colleague | None = None, why: str = "") -> Case:
    """Puts a held case back and tells the participant; one that waits already is left as it is."""
    held = cases.held_case(session, case_id).state == "held"
    place = desk.place(session.get_one(Case, case_id).municipality)
    case = cases.requeue(session, case_id, desk.clock(), hours_of(place), who, why)
    if held:
        chat = answer_chat(session, case)
        tell(desk, session, chat, requeued_words(desk, session, case, chat))
    return case
