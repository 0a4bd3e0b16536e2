"""One case as an advisor reads it: the whole conversation in both languages, what was understood, and what lies around it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Library
from bot.content.selection import title_of
from bot.conversations.shown import shown_text
from bot.desk.colleagues import Colleague
from bot.desk.one_case import answer_chat
from bot.desk.problems import NoSuchCase
from bot.desk.queue import visible_to
from bot.desk.sent import Sent, sent_of
from bot.desk.shown_chats import Chat, shown_chats, shown_messages
from bot.plans.chats import belonged_to, chats_of_case, person_of, person_of_case
from bot.plans.moments import in_utc
from bot.plans.reading import plan_of
from bot.plans.snapshot import PlanSnapshot
from bot.storage.desk_tables import Account, Case, CasePresence
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message

WINDOW = dt.timedelta(hours=24)
HERE = dt.timedelta(seconds=40)  # a page that was not heard of for longer is closed


@dataclass(frozen=True)
class Line:
    """One message as the advisor sees it. `norwegian` is empty where the words are Norwegian, or nobody can tell."""

    id: int
    author: str
    by: str
    text: str
    language: str
    direction: str
    norwegian: str
    at: dt.datetime
    topic: str = ""
    topic_title: str = ""
    confidence: float | None = None
    sources: tuple[dict[str, Any], ...] = ()
    choices: tuple[str, ...] = ()
    files: tuple[dict[str, Any], ...] = ()
    note: str = ""
    pressed: bool = False
    trigger: bool = False
    delivered_at: dt.datetime | None = None
    problem: str = ""
    sent: Sent | None = None
    chat: Chat | None = None


@dataclass(frozen=True)
class ReplyWindow:
    """How long a channel lets anybody write freely: until when (UTC), and how many hours are left, begun ones counted."""

    ends_at: dt.datetime
    hours_left: int


@dataclass(frozen=True)
class Happened:
    """One event of a case; a note's words opened."""

    kind: str
    at: dt.datetime
    by: str
    words: str
    details: dict[str, Any]


@dataclass(frozen=True)
class CaseView:
    """Everything about one case at one moment."""

    case: Case
    lines: tuple[Line, ...]
    events: tuple[Happened, ...]
    plan: PlanSnapshot | None
    earlier: tuple[Case, ...]
    present: tuple[tuple[str, bool], ...]
    chats: tuple[Chat, ...]
    answers_go_to: Conversation

    @property
    def lines_where_answers_go(self) -> tuple[Line, ...]:
        """The lines of the chat that an answer goes to."""
        return tuple(line for line in self.lines if line.chat and line.chat.id == self.answers_go_to.id)

    @property
    def notes(self) -> tuple[Happened, ...]:
        """The private notes."""
        return tuple(event for event in self.events if event.kind == "note")


def case_for(session: Session, who: Colleague, case_id: int) -> Case:
    """The case of a number, if this colleague may see it. Raises NoSuchCase."""
    case = session.scalar(select(Case).where(Case.id == case_id, visible_to(who)))
    if case is None:
        raise NoSuchCase
    return case


def case_view(session: Session, seal: Seal, library: Library, who: Colleague, case_id: int, now: dt.datetime) -> CaseView:
    """A case with all that lies around it. Raises NoSuchCase or SealError."""
    case = case_for(session, who, case_id)
    person = person_of_case(session, case)
    return CaseView(
        case=case,
        lines=conversation_lines(session, seal, library, case),
        events=tuple(
            Happened(
                event.kind,
                in_utc(event.at),
                event.account.name if event.account else "",
                seal.open(event.sealed_text) if event.sealed_text else "",
                _named(session, library, event.details),
            )
            for event in case.events
        ),
        plan=None if person is None else plan_of(session, seal, person),
        earlier=_earlier(session, case, who),
        present=_present(session, case, who, now),
        chats=shown_chats(session, case),
        answers_go_to=answer_chat(session, case) if case.closed_at is None else case.conversation,
    )


def conversation_lines(session: Session, seal: Seal, library: Library, case: Case) -> tuple[Line, ...]:
    """All messages of the person's chats, oldest first."""
    rows = list(session.scalars(select(Message).where(shown_messages(session, case)).order_by(Message.id)))
    names: dict[int, str] = dict(session.execute(select(Account.id, Account.name)).tuples().all())
    chats = {chat.id: chat for chat in shown_chats(session, case)}
    sent = sent_of(session, (row.departure_id for row in rows))
    return tuple(
        replace(_line(row, seal, library, case, names), chat=chats.get(row.conversation_id), sent=sent.get(row.departure_id or 0))
        for row in rows
    )


def reply_window(channel: str, lines: tuple[Line, ...], now: dt.datetime) -> ReplyWindow | None:
    """WhatsApp's customer service window, 24 hours from the person's newest message there; None on other channels."""
    newest = next((line.at for line in reversed(lines) if line.author == "participant"), None)
    if channel != "whatsapp" or newest is None:
        return None
    ends_at = newest + WINDOW
    return ReplyWindow(ends_at, max(0, math.ceil((ends_at - now) / dt.timedelta(hours=1))))


def be_present(session: Session, case_id: int, who: Colleague, now: dt.datetime, writing: bool = False) -> None:
    """Notes that a colleague looks at a case right now."""
    session.merge(CasePresence(case_id=case_id, account_id=who.id, seen_at=now, writing=writing))
    session.flush()


def _line(row: Message, seal: Seal, library: Library, case: Case, names: dict[int, str]) -> Line:
    words = seal.open(row.sealed_text)
    language = row.language or case.language
    source = library.languages.source.code
    topic = row.key if row.key and library.has_topic(row.key) else ""
    norwegian = seal.open(row.sealed_norwegian) if row.sealed_norwegian else ""
    pressed = row.author is Author.PARTICIPANT and words.startswith("/")
    if pressed:
        norwegian = shown_text(library, words, source) if language != source else ""
    details = row.details
    return Line(
        id=row.id,
        author=row.author.value,
        by=details.get("by", "") or names.get(row.account_id or 0, ""),
        text=shown_text(library, words, language, details) if pressed else words,
        language=language,
        direction=library.languages[language].direction if language in library.languages else "auto",
        norwegian=norwegian,
        at=in_utc(row.created_at),
        topic=topic,
        topic_title=title_of(library, topic, source) if topic else "",
        confidence=row.confidence if row.author is Author.PARTICIPANT else None,
        sources=tuple(details.get("sources", ())),
        choices=tuple(choice["title"] for choice in details.get("choices", ())),
        files=tuple(details.get("files", ())),
        note=details.get("note", ""),
        pressed=pressed,
        trigger=row.id == case.trigger_id,
        delivered_at=in_utc(row.delivered_at) if row.delivered_at else None,
        problem=row.problem or "",
    )


def _named(session: Session, library: Library, details: dict[str, Any]) -> dict[str, Any]:
    """The details of an event with names instead of numbers and ids."""
    named = dict(details)
    if isinstance(named.get("to"), int) and "before" not in named:
        named["to"] = session.scalar(select(Account.name).where(Account.id == named["to"])) or "?"
    for key in ("to", "before"):
        if named.get(key) in library.municipalities():
            named[key] = library.municipalities()[named[key]].name
    return named


def _earlier(session: Session, case: Case, who: Colleague) -> tuple[Case, ...]:
    """Other cases of the same person: one that began while the chat was somebody else's is not theirs."""
    owner = _owner(session, case)
    same = (Case.conversation_id.in_(chats_of_case(session, case)), Case.id != case.id, visible_to(who))
    found = session.scalars(select(Case).where(*same).order_by(Case.id.desc()))
    theirs = (one for one in found if belonged_to(session, one.conversation_id, one.opened_at) == owner)
    return tuple(islice(theirs, 20))


def _owner(session: Session, case: Case) -> int | None:
    linked = person_of(session, case.conversation_id) if case.closed_at is None else None
    return linked if linked is not None else belonged_to(session, case.conversation_id, case.opened_at)


def _present(session: Session, case: Case, who: Colleague, now: dt.datetime) -> tuple[tuple[str, bool], ...]:
    there = (
        select(Account.name, CasePresence.writing)
        .join(Account, Account.id == CasePresence.account_id)
        .where(CasePresence.case_id == case.id, CasePresence.account_id != who.id, CasePresence.seen_at > now - HERE)
    )
    return tuple((name, writing) for name, writing in session.execute(there))
