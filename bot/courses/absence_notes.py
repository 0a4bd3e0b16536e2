"""Absence as the teacher works with it: who was not there, a note of one's own, the gentle message, a hint after three days in a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.courses.absence_message import missed
from bot.courses.lesson_days import begun_of
from bot.courses.membership import chats_of_member
from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.courses.telling import tell_member
from bot.courses.written import checked
from bot.plans.moments import day_in_norway, in_utc
from bot.storage.course_tables import Course, CourseAbsence, CourseMember, CourseSession

MEMBER, TEACHER = "member", "teacher"  # who told of an absence
IN_A_ROW = 3  # lesson days after which the teacher gets a hint
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Attendance:
    """One person on one lesson day. `in_a_row`: lesson days missed up to now without one in between; `note` is the teacher's own."""

    member: int
    name: str
    language: str
    absent: bool
    told_by: str
    gentle_at: dt.datetime | None
    wants_contact_at: dt.datetime | None
    note: str
    in_a_row: int
    reached: bool

    @property
    def hint(self) -> bool:
        """True after three lesson days in a row."""
        return self.in_a_row >= IN_A_ROW


def attendance(courses: Courses, session: Session, course: Course, lesson: CourseSession, now: dt.datetime) -> list[Attendance]:
    """Everybody who was on the roster that day, by name."""
    noted = {row.member_id: row for row in session.scalars(select(CourseAbsence).where(CourseAbsence.session_id == lesson.id))}
    rows, streaks = on_roster(session, course, lesson), in_a_row(session, course, now)
    found = [_attendance(courses, session, row, noted.get(row.id), streaks.get(row.id, 0)) for row in rows]
    return sorted(found, key=lambda one: (one.name.casefold(), one.member))


def on_roster(session: Session, course: Course, lesson: CourseSession) -> list[CourseMember]:
    """The members of the day of a lesson: those who had joined and not yet left."""
    day = day_in_norway(lesson.starts_at)
    then = (CourseMember.course_id == course.id, CourseMember.joined_on <= day)
    still = or_(CourseMember.left_on.is_(None), CourseMember.left_on >= day)
    return list(session.scalars(select(CourseMember).where(*then, still).order_by(CourseMember.id)))


def note_absence(session: Session, lesson_id: int, member_id: int, told_by: str, now: dt.datetime) -> bool:
    """Notes that somebody is not there; False where it stood there already, by whoever told it first."""
    row = CourseAbsence(session_id=lesson_id, member_id=member_id, told_by=told_by, told_at=now)
    if absence_of(session, lesson_id, member_id) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # teacher and member at the same moment
        return False
    return True


def absence_of(session: Session, lesson_id: int, member_id: int) -> CourseAbsence | None:
    """What is noted about somebody on a lesson day, as it is in the database now."""
    same = (CourseAbsence.session_id == lesson_id, CourseAbsence.member_id == member_id)
    return session.scalar(select(CourseAbsence).where(*same).execution_options(populate_existing=True))


def mark(
    session: Session, course: Course, lesson: CourseSession, away: Collection[int], there: Collection[int], now: dt.datetime
) -> tuple[int, int]:
    """Notes who was away, and who was there after all; others stay as they are. How many were noted and how many taken back.

    Raises NoSuchCourse for somebody who was not on the roster that day.
    """
    known = {row.id for row in on_roster(session, course, lesson)}
    if not known.issuperset({*away, *there}):
        raise NoSuchCourse
    noted = sum(note_absence(session, lesson.id, member, TEACHER, now) for member in sorted(away))
    taken_back = 0
    for member in sorted(there):
        row = absence_of(session, lesson.id, member)
        if row is not None:
            session.delete(row)
            taken_back += 1
    session.flush()
    return noted, taken_back


def write_note(courses: Courses, session: Session, lesson: CourseSession, member: int, text: str) -> None:
    """The teacher's own note about an absence; an empty one is none. Raises NoSuchCourse, CourseProblem."""
    row = _noted(session, lesson, member)
    written = checked("note", text, LONGEST_NOTE)
    row.sealed_note = courses.seal.close(written) if written else None
    session.flush()


def send_gentle(courses: Courses, session: Session, course: Course, lesson: CourseSession, member: int, account_id: int | None) -> None:
    """Sends the gentle message, once per person and lesson day. Raises NoSuchCourse, CourseProblem."""
    now, row = courses.clock(), _noted(session, lesson, member)
    if in_utc(lesson.starts_at) > now or lesson.cancelled_at is not None:
        raise CourseProblem("absence_not_yet")
    if row.gentle_at is not None:
        return
    person = session.get_one(CourseMember, member)
    say = partial(missed, courses, session, course, lesson)
    # Who has left the course hears nothing of it any more, also where the chat of a plan would reach them.
    if person.left_on is not None or tell_member(courses, session, person, say, f"missed:{lesson.id}", account_id) is None:
        raise CourseProblem("absence_unreachable")
    row.gentle_at = now
    session.flush()


def in_a_row(session: Session, course: Course, now: dt.datetime) -> dict[int, int]:
    """How many of the newest lesson days each member has missed without one in between; members who missed none are left out."""
    lessons = begun_of(session, course.id, now)
    away: dict[int, set[int]] = {}
    noted = select(CourseAbsence.member_id, CourseAbsence.session_id).where(CourseAbsence.session_id.in_([row.id for row in lessons]))
    for member, lesson in session.execute(noted):
        away.setdefault(member, set()).add(lesson)
    return {member: streak for member, days in away.items() if (streak := _streak((row.id for row in lessons), days))}


def wants_contact(session: Session, course: Course) -> int:
    """How many absences have somebody who asked for a word with the teacher and has not had it."""
    return len(contact_days(session, course))


def contact_days(session: Session, course: Course) -> list[CourseSession]:
    """The lesson day of each of them, the oldest first."""
    asked = select(CourseSession).join(CourseAbsence, CourseAbsence.session_id == CourseSession.id)
    theirs = (CourseSession.course_id == course.id, CourseAbsence.wants_contact_at.is_not(None))
    return list(session.scalars(asked.where(*theirs).order_by(CourseSession.starts_at, CourseAbsence.id)))


def had_contact(session: Session, lesson: CourseSession, member: int) -> None:
    """The teacher and the person have talked. Raises NoSuchCourse."""
    _noted(session, lesson, member).wants_contact_at = None
    session.flush()


def _streak(newest_first: Iterable[int], away: Collection[int]) -> int:
    missed_days = 0
    for lesson in newest_first:
        if lesson not in away:
            break
        missed_days += 1
    return missed_days


def _noted(session: Session, lesson: CourseSession, member: int) -> CourseAbsence:
    row = absence_of(session, lesson.id, member)
    if row is None:
        raise NoSuchCourse
    return row


def _attendance(courses: Courses, session: Session, person: CourseMember, row: CourseAbsence | None, streak: int) -> Attendance:
    note = courses.seal.open(row.sealed_note) if row is not None and row.sealed_note else ""
    told_by, gentle, wants = (row.told_by, row.gentle_at, row.wants_contact_at) if row is not None else ("", None, None)
    name, reached = courses.seal.open(person.sealed_name), bool(chats_of_member(session, person))
    return Attendance(person.id, name, person.language, row is not None, told_by, gentle, wants, note, streak, reached)
