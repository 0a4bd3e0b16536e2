"""Somebody who left a course: nothing of it reaches them any more, and a time they take at that very moment stays free."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from bot.courses.absence_notes import note_absence, send_gentle
from bot.courses.roster import leave
from bot.courses.talk_times import take
from bot.storage.course_tables import Course, CourseMember, CourseSession, CourseTalk
from tests.courses.common import WORKING_HOURS, Classroom
from tests.courses.in_written import heard, link, only_written, refused


@pytest.fixture
def room(classroom: Classroom) -> Classroom:
    return only_written(classroom)


def test_no_gentle_message_to_somebody_who_left(room: Classroom) -> None:
    link(room, "so")
    with room.sessions.begin() as session:
        course, member = session.get_one(Course, room.course), session.get_one(CourseMember, room.members["so"])
        begun = CourseSession.starts_at < WORKING_HOURS
        lesson = session.scalars(select(CourseSession).where(begun).order_by(CourseSession.starts_at.desc())).first()
        assert lesson is not None
        note_absence(session, lesson.id, member.id, "teacher", WORKING_HOURS)
        leave(room.courses, session, member)
        with refused("absence_unreachable"):
            send_gentle(room.courses, session, course, lesson, member.id, room.teacher.id)
    assert heard(room, "so") == []


def test_who_was_removed_meanwhile_takes_no_time(room: Classroom) -> None:
    with room.sessions.begin() as session:
        talk = CourseTalk(course_id=room.course, starts_at=WORKING_HOURS + dt.timedelta(days=1), minutes=30)
        session.add(talk)
    with room.sessions() as reading:
        member = reading.get_one(CourseMember, room.members["nb"])
        with room.sessions.begin() as session:
            leave(room.courses, session, session.get_one(CourseMember, member.id))
        assert not take(reading, member, reading.get_one(CourseTalk, talk.id), WORKING_HOURS)
        reading.rollback()
