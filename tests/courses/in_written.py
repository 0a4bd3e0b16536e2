"""In these tests every member hears Norwegian, so that what is said can be read here; other tests are about the languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.conversations.assistant import SaidMessage
from bot.courses.problems import CourseProblem
from bot.courses.turn import Handler
from bot.plans.changing import create_participant
from bot.plans.checks import places_of
from bot.storage.course_tables import CourseMember
from bot.storage.plan_tables import ChatLink
from bot.storage.tables import Conversation, Message
from tests.courses.common import WORKING_HOURS, Classroom

WRITTEN = ("nb",)


def only_written(classroom: Classroom) -> Classroom:
    """Gives every member Norwegian."""
    with classroom.sessions.begin() as session:
        for language, member in classroom.members.items():
            if language not in WRITTEN:
                session.get_one(CourseMember, member).language = WRITTEN[0]
                session.get_one(Conversation, classroom.chats[language]).chosen_language = WRITTEN[0]
    return classroom


def says(classroom: Classroom, handler: Handler, who: str | None = "nb", *, text: str = "", **values: Any) -> list[SaidMessage]:
    """Calls a handler in Norwegian."""
    language = who if who in WRITTEN else WRITTEN[0]
    return classroom.say(handler, who, text=text, in_language=language or WRITTEN[0], **values)


def heard(classroom: Classroom, who: str) -> list[tuple[str, str]]:
    """Key and words of everything a member was told unasked, the oldest first."""
    with classroom.sessions() as session:
        rows = session.query(Message).filter(Message.conversation_id == classroom.chats[who], Message.answers_id.is_(None))
        unasked = [row for row in rows.order_by(Message.id) if row.author.value != "participant"]
        return [(row.key or "", classroom.seal.open(row.sealed_text)) for row in unasked]


def link(classroom: Classroom, who: str, reference: str = "OSL-1") -> int:
    """Makes a member a participant of the municipality whose chat is linked; the participant's id."""
    with classroom.sessions.begin() as session:
        places = places_of(classroom.courses.library)
        person = create_participant(session, classroom.seal, places, reference, "Yonas Tekle", "oslo", now=WORKING_HOURS)
        session.add(ChatLink(participant_id=person, conversation_id=classroom.chats[who], linked_at=WORKING_HOURS))
        session.get_one(CourseMember, classroom.members[who]).participant_id = person
    return person


@contextmanager
def refused(key: str) -> Iterator[None]:
    """What stands in the way of a teacher has this key."""
    with pytest.raises(CourseProblem) as problem:
        yield
    assert problem.value.key == key
