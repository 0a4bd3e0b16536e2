"""What courses do by themselves: due posts, each once and apart; the word of the day; the countdown; nothing at night."""

from __future__ import annotations

import datetime as dt
import logging
import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.content import Library
from bot.courses import posting
from bot.courses import rounds as rounds_module
from bot.courses.parts import Courses
from bot.courses.rounds import CourseRounds, Rounds
from bot.settings import ROOT
from bot.storage.course_tables import Course, CourseDeadline, CoursePost, CourseSession
from bot.storage.sealing import Seal
from bot.storage.tables import Message
from tests.courses.common import KEY, WORKING_HOURS, Classroom, Clock, add_deadline

WEDNESDAY = dt.datetime(2026, 11, 25, 7, 0, tzinfo=dt.UTC)  # a lesson day, eight in the morning in Norway


@pytest.fixture
def courses(seal: Seal, clock: Clock) -> Courses:
    return Courses(seal, Library(ROOT / "data"), KEY, clock)


@pytest.fixture
def rounds(classroom: Classroom) -> CourseRounds:
    return CourseRounds(classroom.sessions, classroom.courses)


def store(room: Classroom, due: dt.datetime, key: str = "k", kind: str = "own", details: dict[str, object] | None = None) -> int:
    with room.sessions.begin() as session:
        course, words = session.get_one(Course, room.course), {"nb": "Hei"} if kind == "own" else {}
        made = posting.post(room.courses, session, course, kind, details or {}, words, due, key, room.teacher.id)
        session.flush()
        return made.id


def posts(room: Classroom) -> dict[str, CoursePost]:
    with room.sessions() as session:
        return {row.key: row for row in session.scalars(select(CoursePost))}


def told(room: Classroom) -> int:
    with room.sessions() as session:
        return len(session.scalars(select(Message.id).where(Message.external_id.like("post:%"))).all())


def settings(room: Classroom, **values: object) -> None:
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        for name, value in values.items():
            setattr(course, name, value)


# --- due posts


def test_a_post_is_sent_when_it_is_due_and_once(classroom: Classroom, rounds: CourseRounds, clock: Clock) -> None:
    store(classroom, WORKING_HOURS + dt.timedelta(minutes=10))
    assert rounds.round() == 0
    clock.forward(minutes=10)
    assert rounds.round() == 1 and rounds.round() == 0 and told(classroom) == 5


def test_a_teachers_post_goes_out_at_night_where_the_teacher_chose_so(classroom: Classroom, rounds: CourseRounds, clock: Clock) -> None:
    clock.moment = dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC)
    store(classroom, clock())
    assert rounds.round() == 1


def test_two_processes_at_once_send_once(classroom: Classroom, rounds: CourseRounds) -> None:
    for number in range(3):
        store(classroom, WORKING_HOURS, f"k{number}")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(rounds.round())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 3 and told(classroom) == 15


def test_one_that_fails_is_noted_and_tried_again_and_others_go_on(
    classroom: Classroom, rounds: CourseRounds, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store(classroom, WORKING_HOURS - dt.timedelta(minutes=1), "bad", "session", {"session": 999})
    store(classroom, WORKING_HOURS, "good")
    with caplog.at_level(logging.ERROR):
        assert rounds.round() == 1 and rounds.round() == 0
    assert posts(classroom)["bad"].problem == "text" and posts(classroom)["bad"].sent_at is None and told(classroom) == 5
    assert len(caplog.records) == 1  # not every twenty seconds
    with classroom.sessions.begin() as session:
        row = session.scalars(select(CoursePost).where(CoursePost.key == "bad")).one()
        lesson = session.scalars(select(CourseSession.id).where(CourseSession.course_id == classroom.course)).first()
        row.details = {"session": lesson}
    assert rounds.round() == 1 and posts(classroom)["bad"].problem is None


def test_a_key_that_changed_is_noted(classroom: Classroom, clock: Clock) -> None:
    store(classroom, WORKING_HOURS)
    other = Courses(Seal("dGhlIG90aGVyIGtleSBvZiB0aGUgdGVzdHMgLi4uLi4="), classroom.courses.library, KEY, clock)
    assert CourseRounds(classroom.sessions, other).round() == 0
    assert posts(classroom)["k"].problem == "key" and told(classroom) == 0


def test_a_teachers_post_that_is_half_a_day_late_waits_for_the_teacher(classroom: Classroom, rounds: CourseRounds, clock: Clock) -> None:
    number = store(classroom, WORKING_HOURS)
    clock.forward(hours=13)
    assert rounds.round() == 0 and posts(classroom)["k"].problem == "late"
    with classroom.sessions.begin() as session:
        assert posting.send(classroom.courses, session, session.get_one(CoursePost, number)) is not None


def test_a_closed_course_says_nothing(classroom: Classroom, rounds: CourseRounds, clock: Clock) -> None:
    store(classroom, WORKING_HOURS)
    settings(classroom, closed_at=WORKING_HOURS)
    assert rounds.round() == 0 and told(classroom) == 0
    clock.moment = WEDNESDAY + dt.timedelta(hours=2)
    assert rounds.round() == 0 and told(classroom) == 0 and set(posts(classroom)) == {"k"}


# --- the word of the day


def test_the_word_comes_at_eight_on_a_day_with_a_lesson(classroom: Classroom, rounds: CourseRounds, clock: Clock) -> None:
    assert rounds.round() == 0  # Tuesday: no lesson
    clock.moment = WEDNESDAY - dt.timedelta(minutes=1)
    assert rounds.round() == 0
    clock.moment = WEDNESDAY
    assert rounds.round() == 1 and rounds.round() == 0
    (row,) = posts(classroom).values()
    assert (row.key, row.kind, row.account_id) == ("word:20261125", "word", None) and told(classroom) == 5
    with classroom.sessions() as session:
        said = session.scalars(select(Message).where(Message.conversation_id == classroom.chats["nb"])).one()
        assert classroom.seal.open(said.sealed_text).startswith("Dagens ord:")
        assert said.details["choices"][0]["payload"] == '/course_relevant{"about": "word"}'


def test_no_word_where_it_is_switched_off_or_the_lesson_is_cancelled(classroom: Classroom, rounds: CourseRounds, clock: Clock) -> None:
    clock.moment = WEDNESDAY
    settings(classroom, word_of_day=False)
    assert rounds.round() == 0
    settings(classroom, word_of_day=True)
    with classroom.sessions.begin() as session:
        for row in session.scalars(select(CourseSession)):
            row.cancelled_at = WORKING_HOURS
    assert rounds.round() == 0


def test_no_word_on_a_saturday(classroom: Classroom, rounds: CourseRounds, clock: Clock) -> None:
    saturday = dt.datetime(2026, 11, 28, 8, 0, tzinfo=dt.UTC)
    with classroom.sessions.begin() as session:
        for row in session.scalars(select(CourseSession)):
            row.starts_at = saturday
    clock.moment = saturday + dt.timedelta(hours=1)
    assert rounds.round() == 0


def test_nothing_comes_by_itself_at_night_and_yesterdays_word_is_dropped(
    classroom: Classroom, rounds: CourseRounds, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.moment = WEDNESDAY
    monkeypatch.setattr(rounds_module, "send", _fails)
    assert rounds.round() == 0 and posts(classroom)["word:20261125"].problem == "text"
    monkeypatch.undo()
    clock.moment = dt.datetime(2026, 11, 25, 20, 30, tzinfo=dt.UTC)  # half past nine in the evening
    assert rounds.round() == 0
    clock.moment = WEDNESDAY + dt.timedelta(days=1)
    assert rounds.round() == 0 and posts(classroom)["word:20261125"].cancelled_at is not None and told(classroom) == 0


def _fails(*_: object) -> None:
    raise KeyError("a text that is missing")


# --- the countdown


@pytest.mark.parametrize("days", [28, 14, 7, 3, 1])
def test_the_countdown_comes_on_its_days_at_nine(classroom: Classroom, rounds: CourseRounds, clock: Clock, days: int) -> None:
    with classroom.sessions.begin() as session:
        add_deadline(session, classroom.course, days, "other", "Frist for mappe")
    clock.moment = WORKING_HOURS - dt.timedelta(hours=1, minutes=1)
    assert rounds.round() == 0
    clock.moment = WORKING_HOURS - dt.timedelta(hours=1)
    assert rounds.round() == 1 and rounds.round() == 0
    with classroom.sessions() as session:
        said = session.scalars(select(Message).where(Message.conversation_id == classroom.chats["nb"])).one()
        assert "Frist for mappe" in classroom.seal.open(said.sealed_text)


@pytest.mark.parametrize("days", [0, 2, 10, 29])
def test_on_other_days_nothing_is_counted(classroom: Classroom, rounds: CourseRounds, days: int) -> None:
    with classroom.sessions.begin() as session:
        add_deadline(session, classroom.course, days)
    assert rounds.round() == 0


def test_a_deadline_that_moved_is_counted_anew(classroom: Classroom, rounds: CourseRounds, clock: Clock) -> None:
    with classroom.sessions.begin() as session:
        number = add_deadline(session, classroom.course, 7)
    assert rounds.round() == 1
    with classroom.sessions.begin() as session:
        session.get_one(CourseDeadline, number).day += dt.timedelta(days=2)
    settings(classroom, word_of_day=False)
    clock.forward(days=2)
    assert rounds.round() == 1 and len(posts(classroom)) == 2


def test_no_countdown_where_it_is_switched_off(classroom: Classroom, rounds: CourseRounds) -> None:
    with classroom.sessions.begin() as session:
        add_deadline(session, classroom.course, 7)
    settings(classroom, countdown=False)
    assert rounds.round() == 0


# --- what other parts bring, and the thread


def test_other_parts_are_called_apart(classroom: Classroom) -> None:
    calls: list[dt.datetime] = []

    def broken(courses: Courses, session: Session, now: dt.datetime) -> int:
        raise KeyError("text")

    def works(courses: Courses, session: Session, now: dt.datetime) -> int:
        calls.append(now)
        return 2

    assert CourseRounds(classroom.sessions, classroom.courses, (broken, works)).round() == 2 and calls == [WORKING_HOURS]


def test_the_thread_goes_on_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(rounds_module, "EVERY", 0.001)
    twice = threading.Event()

    class Away:
        calls = 0

        def round(self) -> int:
            self.calls += 1
            if self.calls == 2:
                twice.set()
            raise OperationalError("x", None, Exception()) if self.calls % 2 else ValueError("broken file")

    thread = Rounds(Away())  # type: ignore[arg-type]
    thread.start()
    assert twice.wait(5)
    thread.end()
    thread.join(5)
    assert not thread.is_alive()
