"""A code used at the very moment its course is closed or its member removed: one after the other, and no deadlock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from bot.courses import joining
from bot.courses.access import hold_course
from bot.courses.course_codes import make_group_code, make_member_code
from bot.courses.courses import close_course
from bot.courses.roster import leave
from bot.storage.course_tables import Course, CourseMember
from bot.storage.tables import Conversation
from tests.courses.common import Classroom, add_chat


def meet(room: Classroom, monkeypatch: pytest.MonkeyPatch, chat: int, code: str, group: bool, console: Callable[[Session], None]) -> str:
    """Uses a code, and lets the console begin right after the code was claimed; what was said."""
    claimed, failed = threading.Event(), []
    claim = joining.claim

    def slowly(*arguments: object) -> bool:
        done = claim(*arguments)  # type: ignore[arg-type]
        claimed.set()
        time.sleep(0.4)
        return done

    def work() -> None:
        claimed.wait(10)
        try:
            with room.sessions.begin() as session:
                hold_course(session, room.course)
                console(session)
        except Exception as error:
            failed.append(error)

    monkeypatch.setattr(joining, "claim", slowly)
    thread = threading.Thread(target=work)
    thread.start()
    try:
        with room.sessions.begin() as session:
            said = joining.use_course_code(room.courses, session, session.get_one(Conversation, chat), code, "nb", group)
    finally:
        claimed.set()
        thread.join(30)
    assert failed == []
    return said.key if said else ""


def test_a_group_is_bound_while_the_course_is_closed(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    with classroom.sessions.begin() as session:
        chat = add_chat(session, "telegram", "-77:5")
        code = make_group_code(classroom.courses, session, session.get_one(Course, classroom.course), classroom.teacher.id)

    def close(session: Session) -> None:
        close_course(classroom.courses, session, session.get_one(Course, classroom.course, populate_existing=True))

    assert meet(classroom, monkeypatch, chat, code, True, close) == "course_group_bound"
    with classroom.sessions() as session:
        course = session.get_one(Course, classroom.course)
        assert course.closed_at is not None and course.chat is None


def test_somebody_joins_while_the_teacher_removes_them(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    with classroom.sessions.begin() as session:
        chat = add_chat(session)
        member = session.get_one(CourseMember, classroom.members["nb"])
        code = make_member_code(classroom.courses, session, member, classroom.teacher.id)

    def remove(session: Session) -> None:
        leave(classroom.courses, session, session.get_one(CourseMember, classroom.members["nb"], populate_existing=True))

    assert meet(classroom, monkeypatch, chat, code, False, remove) == "course_joined"
    with classroom.sessions() as session:
        assert session.get_one(CourseMember, classroom.members["nb"]).left_on is not None
        assert not joining.chat_joined(session, chat)
