"""Nobody is ever left alone: people, advisors, the clock, the rounds and dying processes in any order, on real databases.

The rules that must hold after every step are written from DESIGN section 6: who has a conversation and which case is open agree; every
message is answered or with a person who can see it; nothing is promised that is not stored; nothing is lost, nothing doubled.
"""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import delete, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.reception import Reply
from bot.desk.acting import Booking
from bot.desk.colleagues import Colleague
from bot.desk.files import FileIn
from bot.desk.hours import hours_of
from bot.desk.problems import DeskProblem
from bot.desk.rounds import CaseRounds
from bot.plans.moments import in_utc
from bot.storage.database import engine_for, open_database
from bot.storage.desk_tables import Account, Attachment, Case, CaseEvent
from bot.storage.plan_tables import Appointment, ChatLink
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Base, Conversation, ConversationState, Message
from tests.desk.common import UNLINK, Clock, Died, Place, at, away, dying_at

PEOPLE = ("ali", "ali2", "bo", "cem")  # ali and ali2 are linked to one plan, bo is in Oslo, of cem nothing is known
THEIRS = ("ali", "ali2", "bo")  # chats that are linked to ali's plan, and unlinked again
# The days before 17 May and a weekend lie near the beginning.
BEGIN = at("2026-05-13 11:00")
TEXTS = ["person", "person", "violence", "blabla", "money", "money", "unfair", "wrong", "สวัสดีครับ ผมอยากถาม"]
LENGTHS = [dt.timedelta(minutes=5), dt.timedelta(minutes=25), dt.timedelta(hours=3), dt.timedelta(days=1), dt.timedelta(days=4)]
PROMISES = {"handover_done", "handover_already", "handover_why_crisis"}
HOUR = dt.timedelta(hours=1)
PHASES = [Phase.generate, Phase.shrink]
PDF = FileIn("letter.pdf", "application/pdf", b"%PDF-1.7 a letter")

# Somebody, else somebody who has an advisor just now.
people = st.sampled_from([*PEOPLE, "", ""])
# Which of the open cases, and by whom: mostly by the one who has it.
which = st.integers(0, 5)
advisors = st.integers(0, 6)
colleagues = st.integers(0, 2)
# Most steps go well; else the process dies, or the database fails, at one of the steps of storing.
endings = st.one_of(st.none(), st.none(), st.tuples(st.integers(1, 14), st.sampled_from([Died, away]), st.booleans()))
Ending = tuple[int, Callable[[], BaseException], bool] | None


@dataclass(frozen=True)
class Sent:
    """A message of a participant and whether an answer came back."""

    who: str
    text: str
    external_id: str


class NeverAlone(RuleBasedStateMachine):
    """Three participants, one of them with several chats, three advisors, one clock."""

    sent, forms = Bundle("sent"), Bundle("forms")
    fresh: Callable[[], sessionmaker[Session]]
    library: Library
    seal: Seal

    def __init__(self) -> None:
        super().__init__()
        self.sessions = type(self).fresh()
        self.clock = Clock(BEGIN)
        self.times = [mock.patch(f"bot.conversations.{module}.now", self.clock) for module in ("history", "linking")]
        for time in self.times:
            time.start()
        self.place = Place(self.sessions, self.seal, self.library, self.clock)
        self.rounds = CaseRounds(self.sessions, self.place.desk)
        self.numbers = itertools.count(1)
        self.heard: dict[str, Reply] = {}  # by external id: what came back
        self.pending: dict[str, Sent] = {}  # sent, but no answer came: the person's page keeps them
        self.told: Counter[str] = Counter()  # by form key: how often it was said to be stored
        self.unlinked_unheard: set[int] = set()  # chats that an unlinking left as they were; the next message or round sees to it
        self.unlinkings = 0

    @initialize()
    def begin(self) -> None:
        self.advisors: list[Colleague] = [self.place.advisor(name) for name in ("Kari", "Ola", "Siv")]
        self.ali = self.place.linked("ali")
        self.place.channels["ali2"] = "telegram"
        self.place.says(self.place.code(self.ali), "ali2", external_id="begin")
        self.place.chat("bo")

    def teardown(self) -> None:
        try:
            if hasattr(self, "advisors"):
                for sent in list(self.pending.values()):
                    self._send(sent)
                self.everything_holds()
        finally:
            for time in self.times:
                time.stop()
            self.sessions.kw["bind"].dispose()

    # What participants do.

    @rule(target=sent, who=people, text=st.sampled_from(TEXTS), ending=endings)
    def writes(self, who: str, text: str, ending: Ending) -> Sent:
        who = self._person(who)
        sent = Sent(who, text, f"m{next(self.numbers)}")
        self.pending[sent.external_id] = sent
        self._maybe(ending, lambda: self._send(sent))
        return sent

    @rule(
        target=sent,
        who=people,
        text=st.sampled_from(["person", "money", "violence"]),
        by=advisors,
        action=st.sampled_from(["take", "give_back"]),
    )
    def writes_while_an_advisor_acts(self, who: str, text: str, by: int, action: str) -> Sent:
        """The advisor is faster than the assistant thinks."""
        who = self._person(who)
        more = ("answered",) if action == "give_back" else ()
        self.place.assistant.meanwhile = lambda: self._try(self._place_in_queue(who), by, action, *more)
        sent = Sent(who, text, f"m{next(self.numbers)}")
        self._send(sent)
        self.place.assistant.meanwhile = None
        return sent

    @rule(target=sent, who=people, language=st.sampled_from(["ar", "nb", "en"]))
    def changes_the_language(self, who: str, language: str) -> Sent:
        who = self._person(who)
        sent = Sent(who, f'/choose_language{{"language": "{language}"}}', f"m{next(self.numbers)}")
        reply = self._send(sent)
        assert reply.language == language and reply.messages
        with self.sessions() as session:
            chats = _together(session)[self.place.conversation(who).id]
            chosen = session.scalars(select(Conversation.chosen_language).where(Conversation.id.in_(chats)))
            assert set(chosen) == {language}
        return sent

    @rule(target=sent, who=st.sampled_from(THEIRS), ending=endings)
    def links_a_chat(self, who: str, ending: Ending) -> Sent:
        sent = Sent(who, self.place.code(self.ali), f"m{next(self.numbers)}")
        self.pending[sent.external_id] = sent
        self._maybe(ending, lambda: self._send(sent))
        if sent.external_id not in self.pending:
            assert self.heard[sent.external_id].messages[0].key in ("link_done", "link_too_many_tries")
        return sent

    @rule(target=sent, who=st.sampled_from(THEIRS), ending=endings)
    def unlinks_a_chat(self, who: str, ending: Ending) -> Sent:
        """By the person, whose words reach the advisor where a human has the conversation."""
        sent = Sent(who, UNLINK, f"m{next(self.numbers)}")
        self.pending[sent.external_id] = sent
        self.unlinkings += 1
        self._may_be_left()
        self._maybe(ending, lambda: self._send(sent))
        return sent

    @rule(who=st.sampled_from(THEIRS), ending=endings)
    def an_advisor_unlinks_a_chat(self, who: str, ending: Ending) -> None:
        self.unlinkings += 1
        self._may_be_left()
        self._maybe(ending, lambda: self.place.unlinked(self.place.conversation(who).id))

    @rule(target=sent, who=people, ending=endings)
    def withdraws(self, who: str, ending: Ending) -> Sent:
        who = self._person(who)
        sent = Sent(who, "/handover_withdraw", f"m{next(self.numbers)}")
        self.pending[sent.external_id] = sent
        self._maybe(ending, lambda: self._send(sent))
        if sent.external_id not in self.pending:
            assert self.place.case(who) is None
        return sent

    @rule(sent=sent)
    def sends_the_same_again(self, sent: Sent) -> None:
        before = self.heard.get(sent.external_id)
        rows = len(self.place.said(sent.who, but=None))
        again = self._send(sent)
        if before is not None:
            assert [message.text for message in again.messages] == [message.text for message in before.messages]
            assert len(self.place.said(sent.who, but=None)) == rows

    # What advisors do.

    @rule(which=which, by=advisors, ending=endings)
    def takes(self, which: int, by: int, ending: Ending) -> None:
        self._maybe(ending, lambda: self._try(which, by, "take"))

    @rule(
        target=forms,
        which=which,
        by=advisors,
        kind=st.sampled_from(["say_text", "say_phrase", "send_file", "book"]),
        ending=endings,
    )
    def replies(self, which: int, by: int, kind: str, ending: Ending) -> object:
        if by >= len(self.advisors):
            self._try(which, by, "take")  # most often one takes a case in order to answer
        case = self._one_of_the_open(which)
        if case is None:
            return multiple()
        form = (case.id, self._who(case, by), kind, f"k{next(self.numbers)}")
        self._maybe(ending, lambda: self._reply(*form))
        return form

    @rule(form=forms, after_words=st.booleans())
    def the_same_form_again(self, form: tuple[int, int, str, str], after_words: bool) -> None:
        if after_words:
            with self.sessions() as session:
                who = session.get_one(Case, form[0]).conversation.account
            self._send(Sent(who, "money", f"m{next(self.numbers)}"))
        self._reply(*form)

    @rule(which=which, by=advisors, to=colleagues, ending=endings)
    def hands_to_a_colleague(self, which: int, by: int, to: int, ending: Ending) -> None:
        self._maybe(ending, lambda: self._try(which, by, "hand_to", self.advisors[to]))

    @rule(which=which, by=advisors, ending=endings)
    def puts_back(self, which: int, by: int, ending: Ending) -> None:
        self._maybe(ending, lambda: self._try(which, by, "put_back"))

    @rule(which=which, by=advisors, to=st.sampled_from(["oslo", "larvik"]), ending=endings)
    def sends_on(self, which: int, by: int, to: str, ending: Ending) -> None:
        self._maybe(ending, lambda: self._try(which, by, "send_on", to))

    @rule(which=which, by=advisors, outcome=st.sampled_from(["answered", "not_needed", "referred"]), ending=endings)
    def gives_back(self, which: int, by: int, outcome: str, ending: Ending) -> None:
        self._maybe(ending, lambda: self._try(which, by, "give_back", outcome))

    # Time.

    @rule(length=st.sampled_from(LENGTHS), rounds=st.booleans(), ending=endings)
    def time_passes(self, length: dt.timedelta, rounds: bool, ending: Ending) -> None:
        self.clock.now += length
        if rounds:
            self._maybe(ending, self.rounds.round)
            self.rounds.round()
            self.unlinked_unheard.clear()
            self._nobody_waits_for_somebody_who_is_not_there()

    @rule()
    def a_month_without_advisors(self) -> None:
        for _ in range(2):
            self.clock.now += dt.timedelta(days=15)
            self.rounds.round()
        with self.sessions() as session:
            held = session.scalars(select(Conversation).where(Conversation.state == ConversationState.HUMAN)).all()
        assert not held

    # What must hold.

    @invariant()
    def everything_holds(self) -> None:
        if not hasattr(self, "advisors"):
            return
        self.clock.go_on(seconds=1)
        with self.sessions() as session:
            cases = list(session.scalars(select(Case).order_by(Case.id)))
            messages = list(session.scalars(select(Message).order_by(Message.id)))
            events = list(session.scalars(select(CaseEvent)))
            accounts = set(session.scalars(select(Account.id)))
            together, ever = _together(session), _together(session, ended=True)
            wrong = set()
            for conversation in session.scalars(select(Conversation)):
                number = conversation.id
                now = [case for case in cases if case.conversation_id in together[number] and case.state != "closed"]
                if not _agree(conversation, now, accounts):
                    wrong.add(number)
                once = [case for case in cases if case.conversation_id in ever[number]]
                said = [message for message in messages if message.conversation_id == number]
                _every_message_is_answered_or_with_a_person(said, once)
                _promises_are_kept(said, once)
            assert wrong <= self.unlinked_unheard, "a chat is with nobody, or with somebody who does not see it"
            self.unlinked_unheard = wrong
            for case in cases:
                chats = together[case.conversation_id]
                _who_waits_is_known_to_wait([message for message in messages if message.conversation_id in chats], case)
            _each_change_is_told_once(messages, events, self.unlinkings)
            self._nothing_is_doubled(session, messages)

    def _nothing_is_doubled(self, session: Session, messages: list[Message]) -> None:
        ids = Counter((message.conversation_id, message.external_id) for message in messages if message.external_id)
        assert not ids or max(ids.values()) == 1
        forms = Counter(message.external_id for message in messages if (message.external_id or "").startswith("desk:"))
        assert not forms or max(forms.values()) == 1, "the same form, in whichever chat"
        stored = {message.external_id for message in messages}
        assert {f"desk:{key}" for key in self.told} <= stored, "what an advisor was told is stored must be there"
        booked = {row.key for row in session.scalars(select(Appointment))}
        assert booked == {
            f"desk-{message.external_id[5:]}" for message in messages if message.key == "reply_meeting" and message.external_id
        }
        files = Counter(row.message_id for row in session.scalars(select(Attachment)))
        assert files == Counter(message.id for message in messages if message.key == "file")

    def _nobody_waits_for_somebody_who_is_not_there(self) -> None:
        """Two hours of the office at most (twenty minutes in a crisis), and three days of silence after the advisor's last word."""
        with self.sessions() as session:
            for case in session.scalars(select(Case).where(Case.state == "held")):
                hours = hours_of(self.place.desk.place(case.municipality))
                if case.waiting_since is None:
                    assert self.clock() - in_utc(case.last_at) <= dt.timedelta(days=3)
                    continue
                assert case.held_since is not None
                since = max(in_utc(case.waiting_since), in_utc(case.held_since))
                longest = HOUR / 3 if case.reason == "crisis" else 2 * HOUR
                assert hours.between(since, self.clock()) <= longest

    # How it is done.

    def _maybe(self, ending: Ending, action: Callable[[], object]) -> None:
        """Does it, or dies in the middle and, it may be, does it again."""
        if ending is None:
            action()
            return
        step, failure, again = ending
        try:
            with dying_at(step, failure):
                action()
        except (Died, SQLAlchemyError):
            if again:
                action()

    def _may_be_left(self) -> None:
        """Who loses a link goes back to the assistant with the next message or round, not at once."""
        with self.sessions() as session:
            self.unlinked_unheard |= {chat for chats in _together(session).values() if len(chats) > 1 for chat in chats}

    def _send(self, sent: Sent) -> Reply:
        reply = self.place.says(sent.text, sent.who, external_id=sent.external_id)
        self.heard[sent.external_id] = reply
        self.pending.pop(sent.external_id, None)
        keys = {message.key for message in reply.messages}
        assert "handover_not_stored" not in keys or not keys & PROMISES
        return reply

    def _person(self, who: str) -> str:
        if who:
            return who
        with self.sessions() as session:
            held = select(Conversation.account).where(Conversation.state == ConversationState.HUMAN).order_by(Conversation.id)
            return session.scalars(held).first() or PEOPLE[0]

    def _open(self) -> list[Case]:
        with self.sessions() as session:
            return list(session.scalars(select(Case).where(Case.state != "closed").order_by(Case.id)))

    def _one_of_the_open(self, which: int) -> Case | None:
        found = self._open()
        return found[which % len(found)] if found else None

    def _place_in_queue(self, who: str) -> int:
        own = self.place.case(who)
        return next((number for number, case in enumerate(self._open()) if own and case.id == own.id), 0)

    def _who(self, case: Case, by: int) -> int:
        """One of three, else whoever has the case."""
        holders = [number for number, one in enumerate(self.advisors) if one.id == case.holder_id]
        return by if by < len(self.advisors) else next(iter(holders), by % len(self.advisors))

    def _try(self, which: int, by: int, action: str, *more: object) -> None:
        """An action that may be refused: then nothing was changed."""
        case = self._one_of_the_open(which)
        if case is None:
            return
        try:
            self.place.do(self.advisors[self._who(case, by)], action, case.id, *more)
        except DeskProblem:
            after = next(one for one in self._open() if one.id == case.id)
            assert (after.state, after.holder_id, after.version) == (case.state, case.holder_id, case.version)

    def _reply(self, case_id: int, by: int, kind: str, key: str) -> None:
        given: dict[str, tuple[object, ...]] = {
            "say_text": ("I have read it.", key, "en"),
            "say_phrase": ("reply_thanks", {}, key),
            "send_file": (PDF, key),
            "book": (Booking("plan_talk", at("2026-12-01 10:00"), 30, "Room 2", "Kari"), key),
        }
        try:
            self.place.do(self.advisors[by], kind, case_id, *given[kind])
        except DeskProblem:
            return
        self.told[key] += 1


def _together(session: Session, ended: bool = False) -> dict[int, set[int]]:
    """The chats that belong to one person with each, itself among them; with `ended` also those that did."""
    links = [row for row in session.scalars(select(ChatLink)) if ended or row.ended_at is None]
    found = {number: {number} for number in session.scalars(select(Conversation.id))}
    for one, other in itertools.product(links, links):
        if one.participant_id == other.participant_id:
            found[one.conversation_id].add(other.conversation_id)
    return found


def _agree(conversation: Conversation, open_cases: list[Case], accounts: set[int]) -> bool:
    """Who has a conversation, and which case is open."""
    assert len(open_cases) <= 1
    if not open_cases:
        return conversation.state is ConversationState.ASSISTANT
    case = open_cases[0]
    if case.state == "waiting":
        assert case.holder_id is None and case.waiting_since is not None
        return conversation.state is ConversationState.WAITING
    assert case.state == "held" and case.holder_id in accounts and case.held_since is not None
    return conversation.state is ConversationState.HUMAN


def _every_message_is_answered_or_with_a_person(said: list[Message], cases: list[Case]) -> None:
    answered = {message.answers_id for message in said}
    for message in said:
        if message.author is Author.PARTICIPANT and message.answered_at is not None and message.id not in answered:
            assert any(_was_open(case, message) for case in cases)


def _was_open(case: Case, message: Message) -> bool:
    assert message.answered_at is not None
    return in_utc(case.opened_at) <= in_utc(message.answered_at) and (
        case.closed_at is None or in_utc(case.closed_at) >= in_utc(message.answered_at)
    )


def _who_waits_is_known_to_wait(said: list[Message], case: Case) -> None:
    """A message that only a person will answer, with no word of an advisor after it: the case says that somebody waits.

    Where the chat was unlinked in between, the person has heard that nobody has the message any more.
    """
    answered = {message.answers_id for message in said}
    words = [message.id for message in said if message.author is Author.ADVISOR]
    last = words[-1] if words else 0
    for message in said:
        theirs = message.author is Author.PARTICIPANT and message.id > last and message.answered_at and message.id not in answered
        back = any(
            one.key in ("link_ended", "link_done", "handover_returned")
            and one.id > message.id
            and one.conversation_id == message.conversation_id
            for one in said
        )
        if case.state == "held" and theirs and not back:
            assert not _was_open(case, message) or case.waiting_since is not None


def _promises_are_kept(said: list[Message], cases: list[Case]) -> None:
    for message in said:
        if message.key in PROMISES:
            assert any(in_utc(case.opened_at) <= in_utc(message.created_at) for case in cases)


def _each_change_is_told_once(said: list[Message], events: list[CaseEvent], unlinkings: int) -> None:
    told, happened = Counter(message.key for message in said), Counter(event.kind for event in events)
    joined = Counter(event.details["state"] for event in events if event.kind == "joined")
    claimed = [event for event in events if event.kind == "claimed" and not event.details.get("merged")]
    assert told["handover_claimed"] == len(claimed) + joined["human"]
    assert happened["transferred"] <= told["handover_transferred"] <= happened["transferred"] + happened["merged"]
    returned = [event for event in events if event.kind == "closed" and event.details["outcome"] not in ("withdrawn", "merged")]
    assert len(returned) <= told["handover_returned"] <= len(returned) + unlinkings
    assert happened["requeued"] <= told["handover_requeued"] <= happened["requeued"] + happened["moved"] + joined["waiting"]
    for case in {one.case_id for one in events}:
        own = Counter(one.kind for one in events if one.case_id == case)
        assert own["opened"] == 1 and own["closed"] in (0, 1)


def _run(machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
        ),
    )


def test_nobody_is_left_alone_on_sqlite(tmp_path: Path, real_library: Library, seal: Seal) -> None:
    empty = tmp_path / "empty.db"
    open_database(f"sqlite:///{empty}").kw["bind"].dispose()
    numbers = itertools.count()

    def fresh() -> sessionmaker[Session]:
        file = tmp_path / f"{next(numbers)}.db"
        shutil.copy(empty, file)
        engine = engine_for(f"sqlite:///{file}")
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))  # the power stays on
        return sessionmaker(engine, expire_on_commit=False)

    _run(type("OnSqlite", (NeverAlone,), {"fresh": staticmethod(fresh), "library": real_library, "seal": seal}), 60, 35)


@pytest.mark.postgres
def test_nobody_is_left_alone_on_postgresql(postgres: str, real_library: Library, seal: Seal) -> None:
    from tests.postgres import fresh_database

    url = fresh_database(postgres)
    open_database(url).kw["bind"].dispose()

    def fresh() -> sessionmaker[Session]:
        sessions = sessionmaker(engine_for(url), expire_on_commit=False)
        with sessions.begin() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
        return sessions

    _run(type("OnPostgres", (NeverAlone,), {"fresh": staticmethod(fresh), "library": real_library, "seal": seal}), 12, 30)
