"""The command about courses, over the invented course of the demo mode; and that this course is written once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner

from bot.command_line.__main__ import app
from bot.content import Library
from bot.courses.catching_up import summary_lines
from bot.courses.demo import ensure_demo_course
from bot.courses.parts import Courses
from bot.courses.sessions import coming, held, sessions_of
from bot.desk.demo_accounts import ensure_demo_accounts
from bot.plans.demo import load_demo
from bot.plans.link_codes import link_key
from bot.plans.moments import this_moment
from bot.settings import Mode, settings
from bot.storage.course_tables import Course, CourseDeadline, CourseMember
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from tests.console.common import Clock

RUN = CliRunner()


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_library: Library) -> Iterator[sessionmaker[Session]]:
    """An installation in demo mode as the gateway leaves it at its start."""
    for name, value in {"HOME": str(tmp_path / "home"), "DATABASE_URL": "", "TEXT_KEY": "", "MODE": "demo"}.items():
        monkeypatch.setenv(f"VEIVISER_{name}", value)
    settings.cache_clear()
    made = open_database(settings().database)
    with made.begin() as session:
        ensure_demo_accounts(session, this_moment(), Mode.DEMO)
        ensure_demo_course(_courses(real_library), session, Mode.DEMO)
    yield made
    made.kw["bind"].dispose()
    settings.cache_clear()


def _courses(library: Library) -> Courses:
    key = settings().key("text_key")
    return Courses(Seal(key), library, link_key(key))


def test_the_list_and_one_course(installation: sessionmaker[Session]) -> None:
    listed = RUN.invoke(app, ["courses"])
    assert listed.exit_code == 0 and "Utdanningsvalg" in listed.output and "1 course" in listed.output
    [row] = json.loads(RUN.invoke(app, ["courses", "--json", "--municipality", "Oslo"]).output)
    assert (row["members"], row["lessons"], row["demo"]) == (12, 44, True) and row["next"]
    assert json.loads(RUN.invoke(app, ["courses", "--json", "--municipality", "baerum"]).output) == []
    one = RUN.invoke(app, ["courses", str(row["number"])])
    assert one.exit_code == 0 and "12 members, 12 of them without a chat" in one.output and "Interesser og verdier" in one.output
    shown = json.loads(RUN.invoke(app, ["courses", str(row["number"]), "--json"]).output)
    assert {person["language"] for person in shown["people"]} >= {"ti", "ar", "fa"} and not shown["people"][0]["reached"]
    assert {"held", "to come"} == {lesson["state"] for lesson in shown["sessions"]}


def test_nobodys_name_is_shown(installation: sessionmaker[Session]) -> None:
    for arguments in (["courses"], ["courses", "1"], ["courses", "1", "--json"]):
        said = RUN.invoke(app, arguments).output
        assert "Selam" not in said and "Haddad" not in said


@pytest.mark.parametrize("number", ["2", "0", "99999999999999999999"])
def test_a_course_that_is_not_there(installation: sessionmaker[Session], number: str) -> None:
    ended = RUN.invoke(app, ["courses", number])
    assert ended.exit_code == 1 and "There is no course" in ended.output


def test_the_invented_course_is_written_once_with_past_and_future(installation: sessionmaker[Session], real_library: Library) -> None:
    with installation.begin() as session:
        again = ensure_demo_course(_courses(real_library), session, Mode.DEMO)
        assert again is not None and [row.id for row in session.scalars(select(Course))] == [again.id]
        rows = sessions_of(session, again.id)
        assert len(held(rows, this_moment())) >= 20 and len(coming(rows, this_moment())) >= 15
        assert all(one.day > this_moment().date() for one in session.scalars(select(CourseDeadline)))
        assert summary_lines(_courses(real_library), session, again, "nb")


def test_invented_participants_join_when_they_are_written(installation: sessionmaker[Session], real_library: Library) -> None:
    for _ in range(2):
        assert RUN.invoke(app, ["demo-participants"]).exit_code == 0
    with installation.begin() as session:
        members = session.scalars(select(CourseMember)).all()
        assert len(members) == 12 and sum(member.participant_id is not None for member in members) == 5


def test_outside_demo_mode_nothing_is_invented(sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> None:
    with sessions.begin() as session:
        courses = Courses(seal, real_library, b"key", Clock())
        assert ensure_demo_course(courses, session, Mode.DEMO) is None  # no demo teacher here
        ensure_demo_accounts(session, courses.clock(), Mode.DEMO)
        assert ensure_demo_course(courses, session, Mode.PRODUCTION) is None
        load_demo(session, seal, real_library, courses.clock().date())
        made = ensure_demo_course(courses, session, Mode.DEMO)
        assert made is not None and any(member.participant_id for member in session.scalars(select(CourseMember)))
