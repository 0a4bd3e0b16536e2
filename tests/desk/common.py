"""What the tests of the desk share: a clock that is set, people, a small assistant with intents, and a process that dies."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, SessionTransaction, SessionTransactionOrigin, sessionmaker

from bot.content import Library
from bot.conversations.assistant import Asked, AssistantAway, SaidMessage, Understood
from bot.conversations.linking import Linking
from bot.conversations.reception import Incoming, Reception, Reply
from bot.desk.acting import Acting
from bot.desk.cases import open_case_of
from bot.desk.colleagues import Colleague, Role, colleague_from
from bot.desk.handing_over import Desk
from bot.plans.linking import make_code, unlink
from bot.storage.desk_tables import Account, Case
from bot.storage.plan_tables import ChatLink
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message
from tests.fakes import SmallIdentifier
from tests.plans import people

OSLO_TIME = ZoneInfo("Europe/Oslo")


def at(text: str) -> dt.datetime:
    """A moment as a clock in Norway shows it, such as 2026-11-23 10:00, in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=OSLO_TIME).astimezone(dt.UTC)


MONDAY = at("2026-11-23 10:00")  # an ordinary day, offices are open from nine to three


@dataclass
class Clock:
    """Tells the time it was set to."""

    now: dt.datetime = MONDAY

    def __call__(self) -> dt.datetime:
        return self.now

    def go_on(self, **length: float) -> None:
        """Lets time pass."""
        self.now += dt.timedelta(**length)


INTENTS = {
    "person": "talk_to_human",
    "wrong": "feedback_wrong",
    "ends": "stonad_ends",
    "violence": "crisis_violence",
    "self harm": "crisis_self_harm",
    "control": "crisis_control",
    "emergency": "emergency",
    "sad": "mental_health",
    "unfair": "discrimination",
}


UNLINK = '/link_account{"part": "unlink"}'
KEY = b"k"  # of the one-time codes


@dataclass
class SmallAssistant:
    """Understands a message by the words in it; `meanwhile` is done while it thinks, `confidence` is how sure it is."""

    asked: list[Asked] = field(default_factory=list)
    misunderstood: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    meanwhile: Callable[[], object] | None = None
    confidence: float = 0.95
    net: bool = False
    municipality: str = ""
    away: bool = False
    unlinks: Callable[[int], object] | None = None  # what the button of unlinking does (actions/action_link_account.py)

    def ask(self, asked: Asked) -> Understood:
        """Answers with the intent's name as key."""
        if self.away:
            raise AssistantAway("test")
        self.asked.append(asked)
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        if asked.text == UNLINK and self.unlinks is not None:
            self.unlinks(int(asked.sender[1:]))
            return self._said("link_account", "link_ended", asked.language)
        if asked.text.startswith("/choose_language{"):
            return self._said("choose_language", "language_changed", asked.text.split('"')[3])
        understood = self.read(asked.text)
        key = understood.intent or ""
        if key == "nlu_fallback":
            self.misunderstood[asked.sender] += 1
            key = "not_understood" if self.misunderstood[asked.sender] % 2 else "offer_person"
        elif key == "wish":
            key = "wish_sent"
        return self._said(understood.intent or "", key, asked.language)

    def read(self, text: str) -> Understood:
        """The intent by the words."""
        if self.away:
            raise AssistantAway("test")
        if text.startswith("/"):
            intent = text[1:].partition("{")[0]
        elif "blabla" in text:
            intent = "nlu_fallback"
        elif "wish" in text:
            intent = "wish"
        else:
            intent = next((intent for words, intent in INTENTS.items() if words in text), "stonad_amount")
        return Understood((), intent, self.confidence, self.municipality, self.net)

    def ready(self) -> bool:
        """Always."""
        return True

    def _said(self, intent: str, key: str, language: str) -> Understood:
        said = SaidMessage(f"the assistant says {key}", language, "ltr", key=key, norwegian=f"assistenten sier {key}")
        return Understood((said,), intent, self.confidence, self.municipality, self.net)


@dataclass
class Place:
    """A desk with its people, chats and clock on one database."""

    sessions: sessionmaker[Session]
    seal: Seal
    library: Library
    clock: Clock = field(default_factory=Clock)
    assistant: SmallAssistant = field(default_factory=SmallAssistant)

    def __post_init__(self) -> None:
        self.desk = Desk(self.seal, self.library, self.clock)
        self.reception = Reception(
            self.sessions,
            self.seal,
            self.library,
            SmallIdentifier(),
            self.assistant,
            "nb",
            Linking(self.sessions, self.seal, self.library, KEY, self.desk),
            self.desk,
        )
        self.assistant.unlinks = self.unlinked
        self.channels: dict[str, str] = {}  # by account; the others are on the web
        self._number = 0

    def says(self, text: str, account: str = "ali", **more: object) -> Reply:
        """A participant writes."""
        self._number += 1
        given = {"external_id": f"m{self._number}", "hint": "en", **more}
        return self.reception.receive(Incoming(self.channels.get(account, "web"), account, text, **given))  # type: ignore[arg-type]

    def chat(self, account: str = "ali", municipality: str = "oslo", language: str | None = "en", channel: str = "web") -> int:
        """A conversation that was begun before; its number."""
        self.channels[account] = channel
        with self.sessions.begin() as session:
            row = Conversation(
                channel=channel,
                account=account,
                municipality=municipality,
                chosen_language=language,
                started_at=self.clock(),
                last_at=self.clock(),
            )
            session.add(row)
            session.flush()
            return row.id

    def linked(self, account: str = "ali", reference: str = "OSL-1") -> int:
        """A participant of Oslo with a chat that is linked to their plan; the participant's number."""
        conversation = self.chat(account)
        with self.sessions.begin() as session:
            participant = people.person(session, self.seal, reference)
            session.add(ChatLink(participant_id=participant, conversation_id=conversation, linked_at=self.clock()))
            return participant

    def code(self, participant: int) -> str:
        """A fresh one-time code."""
        with self.sessions.begin() as session:
            return make_code(session, participant, "Kari", self.clock(), key=KEY)

    def joins(self, account: str, participant: int, channel: str = "web") -> Reply:
        """Somebody types a fresh code into a chat."""
        self.channels.setdefault(account, channel)
        return self.says(self.code(participant), account)

    def unlinked(self, conversation: int, why: str = "advisor") -> None:
        """The link of a chat ends, in a transaction of its own."""
        with self.sessions.begin() as session:
            unlink(session, conversation, why, self.clock())

    def advisor(self, name: str = "Kari", municipality: str = "oslo", role: Role = Role.ADVISOR) -> Colleague:
        """Somebody who works here."""
        with self.sessions.begin() as session:
            row = Account(
                login=f"{name.lower()}@example.org",
                name=name,
                role=role,
                municipality=municipality,
                password_hash="-",
                created_at=self.clock(),
            )
            session.add(row)
            session.flush()
            return colleague_from(row)

    def acting(self, who: Colleague) -> Acting:
        """The desk in somebody's hands."""
        return Acting(self.desk, who)

    def do(self, who: Colleague, action: str, *arguments: object, **more: object) -> object:
        """One action of an advisor in a transaction of its own, such as take, case number."""
        with self.sessions.begin() as session:
            return getattr(self.acting(who), action)(session, *arguments, **more)

    def case(self, account: str = "ali") -> Case | None:
        """The open case of whoever has a chat."""
        with self.sessions() as session:
            number = session.scalar(select(Conversation.id).where(Conversation.account == account))
            return open_case_of(session, number) if number else None

    def open(self, account: str = "ali") -> Case:
        """The open case of a chat; fails when there is none."""
        case = self.case(account)
        assert case is not None
        return case

    def conversation(self, account: str = "ali") -> Conversation:
        """A chat as it is stored."""
        with self.sessions() as session:
            return session.scalars(select(Conversation).where(Conversation.account == account)).one()

    def said(self, account: str = "ali", but: Author | None = Author.PARTICIPANT) -> list[Message]:
        """The stored messages of a chat, oldest first, without the participant's own."""
        with self.sessions() as session:
            found = select(Message).join(Conversation).where(Conversation.account == account).order_by(Message.id)
            return [row for row in session.scalars(found) if row.author is not but]

    def keys(self, account: str = "ali") -> list[str | None]:
        """The keys of what was said to a chat, in order."""
        return [row.key for row in self.said(account)]

    def words(self, message: Message) -> str:
        """The words of a stored message."""
        return self.seal.open(message.sealed_text)


class Died(BaseException):
    """The process ended at this step."""


def away() -> OperationalError:
    """What a database raises that does not answer."""
    return OperationalError("a statement", {}, Exception("the database is away"))


@contextmanager
def dying_at(step: int | None, failure: Callable[[], BaseException] = Died) -> Iterator[None]:
    """Raises at the n-th step of storing: every flush, and every commit, before it and (the process only) right after it."""
    left = -1 if step is None else step
    flush, commit = Session.flush, SessionTransaction.commit

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise failure()

    def flushes(self: Session, *arguments: object, **more: object) -> None:
        count()
        flush(self, *arguments, **more)  # type: ignore[arg-type]

    def commits(self: SessionTransaction, *arguments: object, **more: object) -> None:
        inner = self.origin is SessionTransactionOrigin.SUBTRANSACTION  # part of a flush, which was counted
        if not inner:
            count()
        commit(self, *arguments, **more)  # type: ignore[arg-type]
        if failure is Died and not inner:
            count()

    if step is None:
        yield
        return
    with mock.patch.object(Session, "flush", flushes), mock.patch.object(SessionTransaction, "commit", commits):
        yield
