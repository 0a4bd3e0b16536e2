"""Cheering the class: nameless, once per person and day, three for a class and day, never at night."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from bot.content import Library
from bot.conversations.history import store_answers
from bot.courses.cheering import HANDLERS, IN_GROUP
from bot.courses.membership import course_of_group
from bot.courses.parts import Courses
from bot.courses.rounds import CourseRounds
from bot.courses.turn import Turn
from bot.settings import ROOT
from bot.storage.course_tables import Course, CourseChat, CoursePost
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation, Message
from tests.courses.common import GROUP_CHAT, KEY, WORKING_HOURS, Classroom, Clock, add_chat, bind_group

CHEER = HANDLERS["course_cheer"]


@pytest.fixture
def courses(seal: Seal, clock: Clock) -> Courses:
    return Courses(seal, Library(ROOT / "data"), KEY, clock)


def cheer(room: Classroom, who: str | None) -> str:
    """Cheers as reception does, the answer stored; its key."""
    with room.sessions.begin() as session:
        turn = room.turn(session, who)
        said = CHEER(turn)
        store_answers(session, room.seal, turn.question, said)
        return said[0].key


def cheer_in_group(room: Classroom, account: str) -> str:
    with room.sessions.begin() as session:
        known = session.scalar(select(Conversation.id).where(Conversation.account == account))
        conversation = session.get_one(Conversation, known or add_chat(session, "telegram", account))
        course = course_of_group(session, "telegram", account)
        turn = room._turn(session, conversation, "nb", True, course, None, {}, "")
        said = CHEER(turn)
        store_answers(session, room.seal, turn.question, said)
        return said[0].key


def posts(room: Classroom) -> list[CoursePost]:
    with room.sessions() as session:
        return list(session.scalars(select(CoursePost).order_by(CoursePost.id)))


def test_a_cheer_reaches_everybody_without_a_name(classroom: Classroom) -> None:
    assert cheer(classroom, "ti") == "course_cheer_thanks"
    (row,) = posts(classroom)
    assert (row.kind, row.account_id, row.details, row.sealed_texts) == ("cheer", None, {}, None)
    assert CourseRounds(classroom.sessions, classroom.courses).round() == 1
    with classroom.sessions() as session:
        told = session.scalars(select(Message).where(Message.external_id == f"post:{row.id}")).all()
        said = [classroom.seal.open(one.sealed_text) for one in told]
        norwegian = [classroom.seal.open(one.sealed_norwegian or one.sealed_text) for one in told]
    assert len(said) == 5 and all("heier på dere" in one for one in norwegian) and "Selam" not in str(said + norwegian)


def test_once_a_day_and_again_tomorrow(classroom: Classroom, clock: Clock) -> None:
    assert cheer(classroom, "ti") == "course_cheer_thanks"
    assert cheer(classroom, "ti") == "course_cheer_already" and len(posts(classroom)) == 1
    clock.forward(days=1)
    with classroom.sessions.begin() as session:  # the messages of yesterday
        for message in session.scalars(select(Message)):
            message.created_at -= dt.timedelta(days=1)
    assert cheer(classroom, "ti") == "course_cheer_thanks"


def test_three_for_a_class_and_day(classroom: Classroom) -> None:
    keys = [cheer(classroom, who) for who in ("nb", "ti", "ar", "uk")]
    assert keys == ["course_cheer_thanks"] * 3 + ["course_cheer_enough"] and len(posts(classroom)) == 3


def test_a_chat_in_no_course_hears_what_to_do(classroom: Classroom) -> None:
    assert cheer(classroom, None) == "course_none" and posts(classroom) == []


def test_in_the_group_the_same_person_counts_once(classroom: Classroom) -> None:
    assert "course_cheer" in IN_GROUP
    with classroom.sessions.begin() as session:
        bind_group(session, classroom.course)
        own = add_chat(session, "telegram", "77", "so")
        session.add(CourseChat(member_id=classroom.members["so"], conversation_id=own, began_at=WORKING_HOURS))
    assert cheer_in_group(classroom, f"{GROUP_CHAT}:77") == "course_cheer_thanks"
    assert cheer_in_group(classroom, f"{GROUP_CHAT}:77") == "course_cheer_already"
    assert cheer(classroom, "so") == "course_cheer_already"  # the web chat of the same member
    assert cheer_in_group(classroom, f"{GROUP_CHAT}:78") == "course_cheer_thanks"


def test_at_night_it_waits_for_the_morning(classroom: Classroom, clock: Clock) -> None:
    clock.moment = dt.datetime(2026, 11, 24, 21, 30, tzinfo=dt.UTC)
    assert cheer(classroom, "nb") == "course_cheer_thanks"
    rounds = CourseRounds(classroom.sessions, classroom.courses)
    assert rounds.round() == 0
    clock.moment = dt.datetime(2026, 11, 25, 7, 1, tzinfo=dt.UTC)
    assert [row.kind for row in posts(classroom)] == ["cheer"]
    rounds.round()
    assert all(row.sent_at is not None for row in posts(classroom))


def test_two_at_once_get_two_places(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        session.get_one(Course, classroom.course)
    keys: list[str] = []
    threads = [threading.Thread(target=lambda who=who: keys.append(cheer(classroom, who))) for who in ("nb", "ti", "ar", "uk")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(keys) == ["course_cheer_enough"] + ["course_cheer_thanks"] * 3
    assert len({row.key for row in posts(classroom)}) == 3 and all(row.details == {} for row in posts(classroom))


def test_the_turn_in_a_group_without_a_course(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        conversation = session.get_one(Conversation, add_chat(session, "telegram", "-9:1"))
        turn: Turn = classroom._turn(session, conversation, "nb", True, None, None, {}, "")
        assert CHEER(turn)[0].key == "course_none"
