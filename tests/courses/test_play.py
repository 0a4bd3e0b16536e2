"""What came out when whole conversations were played: a cry for help and a change of mind where the question box waits."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.assistant import Asked, SaidMessage, Understood
from bot.storage.course_tables import CourseQuestion
from tests.courses.common import Classroom
from tests.courses.test_classroom import Chats

CRY = "My husband beats me and I am afraid"


@pytest.fixture
def chats(classroom: Classroom, real_library: Library, monkeypatch: pytest.MonkeyPatch) -> Chats:
    made = Chats(classroom, real_library)
    read, ask = made.assistant.read, made.assistant.ask

    def reads(text: str) -> Understood:
        return Understood((), "crisis_violence", 1.0, safety_net=True) if text == CRY else read(text)

    def asks(asked: Asked) -> Understood:
        said = SaidMessage("numbers to call", asked.language, "ltr", key="crisis_violence")
        return Understood((said,), "crisis_violence", 1.0, safety_net=True) if asked.text == CRY else ask(asked)

    monkeypatch.setattr(made.assistant, "read", reads)
    monkeypatch.setattr(made.assistant, "ask", asks)
    return made


def test_a_cry_for_help_where_the_question_box_waits_is_answered_with_help(chats: Chats, sessions: sessionmaker[Session]) -> None:
    chats.says("/course_question", "so")
    assert [message.key for message in chats.says(CRY, "so").messages] == ["crisis_violence"]
    with sessions() as session:
        assert session.scalars(select(CourseQuestion)).all() == []


@pytest.mark.parametrize(
    ("word", "key"), [("maya", "course_mine"), ("Jooji!", "course_mine"), ("nei", "course_mine"), ("frister", "course_deadlines")]
)
def test_no_stop_and_the_word_of_a_button_are_no_questions(chats: Chats, sessions: sessionmaker[Session], word: str, key: str) -> None:
    chats.says("/course_question", "so")
    assert [message.key for message in chats.says(word, "so").messages] == [key]
    with sessions() as session:
        assert session.scalars(select(CourseQuestion)).all() == []
    assert chats.assistant.asked == []


def test_no_is_only_a_change_of_mind_while_the_box_waits(chats: Chats) -> None:
    chats.says("/course_today", "so")
    chats.says("maya", "so")
    assert [asked.text for asked in chats.assistant.asked] == ["maya"]
