"""A course with a teacher and members in several languages, and handlers called as reception calls them."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.assistant import SaidMessage
from bot.conversations.history import store_incoming
from bot.courses.membership import course_of_group, member_of
from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem
from bot.courses.turn import Handler, Turn
from bot.desk.colleagues import Colleague
from bot.storage.course_tables import Course, CourseChat, CourseDeadline, CourseMember, CourseSession, CourseTeacher
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation
from tests.console.common import WORKING_HOURS, Clock, add_account

KEY = b"the key of the codes in tests"
LANGUAGES = ("nb", "ti", "ar", "uk", "so")  # one member each; the language is also the member's key in Classroom
NAMES = {"nb": "Kari Holm", "ti": "Selam Tesfay", "ar": "Rania Haddad", "uk": "Olena Bondar", "so": "Ayaan Warsame"}
WRITTEN = LANGUAGES  # whose phrases and weeks are there
PLAN = "utdanningsvalg"
GROUP_CHAT = "-1001"  # the Telegram group of a bound course
NUMBERS = itertools.count(1)

__all__ = ["WORKING_HOURS", "Clock", "add_account"]


@dataclass
class Classroom:
    """A course as the tests use it: ids only, so that every test reads rows in sessions of its own."""

    sessions: sessionmaker[Session]
    courses: Courses
    teacher: Colleague
    course: int
    members: dict[str, int] = field(default_factory=dict)  # language -> member
    chats: dict[str, int] = field(default_factory=dict)  # language -> conversation

    @property
    def seal(self) -> Seal:
        return self.courses.seal

    def say(self, handler: Handler, who: str | None = "nb", *, text: str = "", in_language: str = "", **values: Any) -> list[SaidMessage]:
        """Calls a handler as reception does, in a transaction of its own. `who`: the language of a member, None: a chat in no course."""
        with self.sessions.begin() as session:
            return handler(self.turn(session, who, text=text, in_language=in_language, values=values))

    def turn(
        self, session: Session, who: str | None = "nb", *, text: str = "", in_language: str = "", values: Mapping[str, Any] | None = None
    ) -> Turn:
        """A message of a member's own chat."""
        chat = self.chats[who] if who else add_chat(session)
        conversation = session.get_one(Conversation, chat)
        member = member_of(session, conversation.id)
        course = session.get(Course, member.course_id) if member else None
        return self._turn(session, conversation, in_language or who or "nb", False, course, member, values, text)

    def in_group(self, handler: Handler, language: str = "nb", *, text: str = "", **values: Any) -> list[SaidMessage]:
        """Calls a handler as for a message in the Telegram group (bind_group first)."""
        with self.sessions.begin() as session:
            conversation = session.get_one(Conversation, add_chat(session, "telegram", f"{GROUP_CHAT}:{next(NUMBERS)}"))
            course = course_of_group(session, "telegram", conversation.account)
            return handler(self._turn(session, conversation, language, True, course, None, values, text))

    def _turn(
        self,
        session: Session,
        conversation: Conversation,
        language: str,
        group: bool,
        course: Course | None,
        member: CourseMember | None,
        values: Mapping[str, Any] | None,
        text: str,
    ) -> Turn:
        question = store_incoming(session, self.seal, conversation, text or "/course", f"q{next(NUMBERS)}")
        return Turn(self.courses, session, conversation, question, language, group, course, member, values or {}, text)


def add_chat(session: Session, channel: str = "web", account: str = "", language: str | None = None) -> int:
    """A conversation's id."""
    moment = WORKING_HOURS
    account = account or f"chat-{next(NUMBERS)}"
    row = Conversation(channel=channel, account=account, chosen_language=language, started_at=moment, last_at=moment)
    session.add(row)
    session.flush()
    return row.id


def add_course(
    session: Session, teacher: Colleague, name: str = "Utdanningsvalg A", *, municipality: str = "oslo", plan: str = PLAN, weeks: int = 22
) -> int:
    """A course of a teacher that began three weeks before the tests' Tuesday; no lesson days yet (add_sessions)."""
    first = WORKING_HOURS.date() - dt.timedelta(days=22)  # a Monday
    last = first + dt.timedelta(weeks=weeks, days=-1)
    row = Course(name=name, municipality=municipality, plan=plan, first_day=first, last_day=last, created_at=WORKING_HOURS)
    row.teachers = [CourseTeacher(account_id=teacher.id)]
    session.add(row)
    session.flush()
    return row.id


def add_sessions(session: Session, course_id: int, weeks: tuple[str, ...], first: dt.date, times: tuple[int, ...] = (0, 2)) -> list[int]:
    """Lesson days at nine o'clock in Norway, `times` days after each Monday; their content is the plan's."""
    made = []
    for number, week in enumerate(weeks):
        for lesson, days in enumerate(times, 1):
            starts = dt.datetime.combine(first + dt.timedelta(weeks=number, days=days), dt.time(8), dt.UTC)
            row = CourseSession(
                course_id=course_id, starts_at=starts, minutes=360, place="Rom 204", area="personal", week=week, lesson=lesson, content={}
            )
            session.add(row)
            session.flush()
            made.append(row.id)
    return made


def add_member(
    session: Session, seal: Seal, course_id: int, language: str, name: str = "", chat: bool = True, **more: Any
) -> tuple[int, int]:
    """A member who joined with a web chat (0: without one). The member's and the chat's id."""
    row = CourseMember(
        course_id=course_id,
        sealed_name=seal.close(name or NAMES.get(language, f"Member {next(NUMBERS)}")),
        language=language,
        joined_on=WORKING_HOURS.date() - dt.timedelta(days=22),
        created_at=WORKING_HOURS,
        **more,
    )
    session.add(row)
    session.flush()
    if not chat:
        return row.id, 0
    conversation = add_chat(session, language=language)
    session.add(CourseChat(member_id=row.id, conversation_id=conversation, began_at=WORKING_HOURS))
    session.flush()
    return row.id, conversation


def add_deadline(session: Session, course_id: int, days: int, kind: str = "vgs_application", name: str = "") -> int:
    """A deadline so many days after the tests' day."""
    row = CourseDeadline(course_id=course_id, kind=kind, day=WORKING_HOURS.date() + dt.timedelta(days=days), name=name)
    session.add(row)
    session.flush()
    return row.id


def bind_group(session: Session, course_id: int, chat: str = GROUP_CHAT) -> None:
    """Binds a Telegram group to a course."""
    course = session.get_one(Course, course_id)
    course.chat, course.bound_at = chat, WORKING_HOURS


def payloads(said: list[SaidMessage]) -> list[str]:
    """What the buttons of messages send."""
    return [choice["payload"] for message in said for choice in message.choices]


def values_of(payload: str) -> dict[str, Any]:
    """The values of a payload such as /course_take{"talk": 3}."""
    brace = payload.find("{")
    return json.loads(payload[brace:]) if brace >= 0 else {}


def texts(said: list[SaidMessage]) -> str:
    """All that was said, in one text."""
    return "\n".join(message.text for message in said)


@contextmanager
def refused(key: str) -> Iterator[None]:
    """What is done inside is refused with the problem of this key."""
    with pytest.raises(CourseProblem) as problem:
        yield
    assert problem.value.key == key
