"""A course for the tests: on SQLite and PostgreSQL, with the real content and a clock that stands still."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.courses.parts import Courses
from bot.desk.colleagues import Colleague
from bot.storage.sealing import Seal
from tests.courses.common import KEY, LANGUAGES, WORKING_HOURS, Classroom, Clock, add_account, add_course, add_member, add_sessions

WEEKS = ("w01_welcome", "w02_learning", "w03_strengths", "w04_interests", "w05_roles", "w06_coping")


@pytest.fixture
def clock() -> Clock:
    """Tuesday 24 November 2026, ten o'clock in Norway."""
    return Clock()


@pytest.fixture
def courses(seal: Seal, real_library: Library, clock: Clock) -> Courses:
    return Courses(seal, real_library, KEY, clock)


@pytest.fixture
def teacher(sessions: sessionmaker[Session]) -> Colleague:
    return add_account(sessions, "teacher", "oslo", name="Silje Haugland")


@pytest.fixture
def classroom(sessions: sessionmaker[Session], courses: Courses, teacher: Colleague) -> Classroom:
    """A course in its fourth week, with lesson days Monday and Wednesday of weeks one to six; the next is tomorrow at nine."""
    with sessions.begin() as session:
        made = Classroom(sessions, courses, teacher, add_course(session, teacher))
        add_sessions(session, made.course, WEEKS, WORKING_HOURS.date() - dt.timedelta(days=22))
        for language in LANGUAGES:
            made.members[language], made.chats[language] = add_member(session, courses.seal, made.course, language)
    return made
