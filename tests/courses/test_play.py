"""What came out when whole conversations were played: a cry for help and a change of mind where the question box waits."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.assistant import Asked, SaidMessage, Understood
from bot.courses import talks
from bot.courses.poll_making import plan_poll, post_poll
from bot.courses.posting import send
from bot.storage.course_tables import Course, CourseQuestion, CourseTalk, CourseVote
from tests.courses.common import Classroom, values_of
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


def test_who_calls_for_a_person_in_the_box_is_shown_the_way_to_one(chats: Chats, sessions: sessionmaker[Session]) -> None:
    chats.says("/course_question", "so")
    said = chats.says("person", "so").messages[0]  # the small assistant reads it as talk_to_human
    assert said.key == "course_question_ask" and "/talk_to_human" in [choice["payload"] for choice in said.choices]
    with sessions() as session:
        assert session.scalars(select(CourseQuestion)).all() == []


def test_a_statement_about_oneself_is_answered_by_number_and_by_a_short_word(chats: Chats) -> None:
    chats.says('/self_part{"part": "skills"}', "nb")
    first = chats.says("2", "nb").messages[0]
    assert first.key == "self_question" and first.text.startswith("2")
    assert chats.says("Ja!", "nb").messages[0].text.startswith("3")
    assert chats.says("nei", "nb").messages[0].text.startswith("4")
    assert chats.assistant.asked == []
    chats.says("9", "nb")
    chats.says("Hva er det?", "nb")
    assert [asked.text for asked in chats.assistant.asked] == ["9", "Hva er det?"]


def test_a_number_after_something_else_is_no_answer_about_oneself(chats: Chats) -> None:
    chats.says('/self_part{"part": "skills"}', "nb")
    chats.says("/course_today", "nb")
    chats.says("2", "nb")
    assert [asked.text for asked in chats.assistant.asked] == ["2"]


def test_a_poll_that_came_unasked_is_answered_by_number(chats: Chats, classroom: Classroom, sessions: sessionmaker[Session]) -> None:
    courses, now = classroom.courses, classroom.courses.clock()
    with sessions.begin() as session:
        course = session.get_one(Course, classroom.course)
        poll = plan_poll(courses, course, "w01_welcome", now + dt.timedelta(days=2))
        send(courses, session, post_poll(courses, session, course, poll, now, "k1", None))
    assert chats.says("2", "so").messages[0].key == "course_vote_thanks"
    with sessions() as session:
        assert [vote.option for vote in session.scalars(select(CourseVote))] == [1]


def test_a_lone_number_that_could_be_two_choices_brings_the_question_again(chats: Chats) -> None:
    question = chats.says('/practice_subject{"subject": "mathematics"}', "nb").messages[0]
    assert chats.says("987654", "nb").messages[0].choices == question.choices
    assert chats.assistant.asked == []


def test_after_something_else_there_is_a_way_back_to_the_question(chats: Chats) -> None:
    chats.says('/practice_subject{"subject": "english"}', "nb")
    said = chats.says("Hvor mye penger får jeg?", "nb").messages[-1]
    assert [choice["payload"] for choice in said.choices].count("/practice") == 1
    assert "/practice" not in [choice["payload"] for choice in chats.says("Hvor mye penger får jeg?", "nb").messages[-1].choices]


def test_the_word_of_the_day_is_told_in_the_group(chats: Chats) -> None:
    chats.bind()
    said = chats.in_group("/course_word").messages
    assert said and {message.key for message in said} == {"course_word"} and said[0].choices == ()


def test_free_times_fit_the_ten_rows_of_a_messenger(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        for hour in range(20):
            starts = classroom.courses.clock() + dt.timedelta(days=2, minutes=30 * hour)
            session.add(CourseTalk(course_id=classroom.course, starts_at=starts, minutes=30, place="Rom 2", with_whom="Silje Haugland"))
    first = classroom.say(talks.HANDLERS["course_talks"], "so")[0]
    assert 5 < len(first.choices) <= 10
    take = values_of(first.choices[0]["payload"])
    classroom.say(talks.HANDLERS["course_take"], "so", **take)
    assert len(classroom.say(talks.HANDLERS["course_talks"], "so", page=1)[0].choices) <= 10
