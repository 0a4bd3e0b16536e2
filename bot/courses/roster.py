"""Who is in a course: added by the teacher, leaving, coming back. Nothing commits here, and the course is held by the caller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.courses.membership import chat_of_member, chats_of_member, language_in
from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.courses.sessions import HIGHEST
from bot.courses.talk_times import free_all
from bot.courses.written import checked
from bot.plans.moments import day_in_norway
from bot.plans.rows import NO_SYNC
from bot.storage.course_tables import Course, CourseChat, CourseCode, CourseMember
from bot.storage.plan_tables import Participant

LONGEST_NAME = 120


@dataclass(frozen=True)
class Person:
    """Somebody on the roster. `chats`: how many private chats reach them; `linked`: the municipality knows the person."""

    id: int
    name: str
    language: str
    joined_on: dt.date
    left_on: dt.date | None
    chats: int
    stopped: bool
    linked: bool
    shares: bool


def roster(courses: Courses, session: Session, course_id: int) -> list[Person]:
    """Everybody who is or was in a course: those who are, by name, then those who left. Raises SealError for another key."""
    rows = session.scalars(select(CourseMember).where(CourseMember.course_id == course_id)).all()
    people = [_person(courses, session, row) for row in rows]
    return sorted(people, key=lambda one: (one.left_on is not None, one.name.casefold(), one.id))


def name_of(courses: Courses, member: CourseMember) -> str:
    """A member's name. Raises SealError for another key."""
    return courses.seal.open(member.sealed_name)


def member_in(session: Session, course_id: int, number: int) -> CourseMember:
    """A member of a course, or somebody who was one. Raises NoSuchCourse for one of another course too."""
    row = session.get(CourseMember, number) if number < HIGHEST else None
    if row is None or row.course_id != course_id:
        raise NoSuchCourse
    return row


def add_member(courses: Courses, session: Session, course: Course, name: str, language: str) -> CourseMember:
    """Somebody by name and language. Raises CourseProblem."""
    name = checked("member_name", name, LONGEST_NAME, needed=True)
    if language not in {one.code for one in courses.library.languages.offered}:
        raise CourseProblem("course_language", field="language")
    return _add(courses, session, course, name, language, None)


def add_participant(courses: Courses, session: Session, course: Course, reference: str) -> CourseMember:
    """Somebody the municipality knows, by the reference; who is in the course already stays, who left comes back. Raises CourseProblem."""
    known = (Participant.reference == reference.strip(), Participant.municipality == course.municipality)
    person = session.scalar(select(Participant).where(*known))
    if person is None:
        raise CourseProblem("course_no_such_person", field="reference")
    there = session.scalar(select(CourseMember).where(CourseMember.course_id == course.id, CourseMember.participant_id == person.id))
    if there is not None:
        come_back(session, there)
        return there
    language = person.language or courses.library.languages.source.code
    return _add(courses, session, course, courses.seal.open(person.sealed_name), language, person.id)


def leave(courses: Courses, session: Session, member: CourseMember) -> None:
    """Ends a membership: no more messages, the chats and codes of the course end, and what was shared is no longer."""
    if member.left_on is not None:
        return
    moment = courses.clock()
    free_all(session, member, moment)  # before anything is written: it holds the participant
    member.left_on = day_in_norway(moment)
    member.shares_progress_at, member.sealed_self_assessment, member.self_assessment_at = None, None, None
    open_chats = (CourseChat.member_id == member.id, CourseChat.ended_at.is_(None))
    session.execute(update(CourseChat).where(*open_chats).values(ended_at=moment), execution_options=NO_SYNC)
    revoke_codes(session, member, moment)
    session.flush()


def come_back(session: Session, member: CourseMember) -> None:
    """A member again. Who has no chat with a plan needs a new code."""
    member.left_on = None
    session.flush()


def revoke_codes(session: Session, member: CourseMember, moment: dt.datetime) -> None:
    """Makes the unused codes of a member worthless."""
    unused = (CourseCode.member_id == member.id, CourseCode.used_at.is_(None), CourseCode.revoked_at.is_(None))
    session.execute(update(CourseCode).where(*unused).values(revoked_at=moment), execution_options=NO_SYNC)


def without_chat(people: Sequence[Person]) -> list[Person]:
    """Those in the course whom nothing reaches."""
    return [one for one in people if one.left_on is None and (not one.chats or one.stopped)]


def _add(courses: Courses, session: Session, course: Course, name: str, language: str, participant: int | None) -> CourseMember:
    moment = courses.clock()
    member = CourseMember(
        course_id=course.id,
        participant_id=participant,
        sealed_name=courses.seal.close(name),
        language=language,
        joined_on=day_in_norway(moment),
        created_at=moment,
    )
    session.add(member)
    session.flush()
    return member


def _person(courses: Courses, session: Session, row: CourseMember) -> Person:
    chat = chat_of_member(session, row) if row.left_on is None else None
    return Person(
        row.id,
        name_of(courses, row),
        language_in(chat, row) if chat is not None else row.language,
        row.joined_on,
        row.left_on,
        len(chats_of_member(session, row)) if row.left_on is None else 0,
        chat is not None and chat.stopped is not None,
        row.participant_id is not None,
        row.shares_progress_at is not None or row.sealed_self_assessment is not None,
    )
