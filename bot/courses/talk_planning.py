"""Individual talks as the teacher works with them: make times, see who has them, cancel one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from bot.content.lines import BLANK, line, moment
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.membership import chats_of_member, members_of
from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.courses.talk_lines import time_button, wish_details
from bot.courses.talk_plan import out_of_plan
from bot.courses.talk_times import ends_at, free_talks, talk_in
from bot.courses.telling import tell_member
from bot.courses.wishes import take_back
from bot.courses.written import checked
from bot.plans.moments import NORWAY, in_utc
from bot.plans.rows import NO_SYNC, hold_conversation
from bot.storage.course_tables import Course, CourseMember, CourseTalk

MINUTES = range(5, 181)
MOST_AT_ONCE = 60
FURTHEST = dt.timedelta(days=366)
SHOWN = 10  # free times in the message about a cancelled one


@dataclass(frozen=True)
class Slots:
    """What the form for new times says."""

    day: dt.date
    begins: dt.time
    ends: dt.time
    minutes: int
    place: str
    with_whom: str


@dataclass(frozen=True)
class Booked:
    """A time with who has it; an empty name where it is free."""

    talk: CourseTalk
    name: str
    over: bool


def make_talks(courses: Courses, session: Session, course: Course, slots: Slots) -> int:
    """Makes as many times as fit between begin and end; those that are there already are left. How many are new. Raises CourseProblem."""
    place, with_whom = checked("place", slots.place, 120), checked("with_whom", slots.with_whom, 80)
    starts = _starts(slots)
    now = courses.clock()
    if starts[0] <= now:
        raise CourseProblem("talks_past", field="day")
    if starts[0] > now + FURTHEST:
        raise CourseProblem("talks_far", field="day")
    there = {in_utc(row.starts_at): row for row in session.scalars(select(CourseTalk).where(CourseTalk.course_id == course.id))}
    wanted = [start for start in starts if start not in there or there[start].cancelled_at is not None]
    standing = [row for row in there.values() if row.cancelled_at is None]
    length = dt.timedelta(minutes=slots.minutes)
    if any(in_utc(row.starts_at) < start + length and start < ends_at(row) for row in standing for start in wanted):
        raise CourseProblem("talks_overlap", field="talk_begins")
    for start in wanted:
        row = there.get(start) or CourseTalk(course_id=course.id, starts_at=start)
        row.minutes, row.place, row.with_whom = slots.minutes, place, with_whom
        row.member_id = row.taken_at = row.cancelled_at = None
        row.with_advisor = False
        session.add(row)
    session.flush()
    return len(wanted)


def cancel_talk(courses: Courses, session: Session, course: Course, number: int, account_id: int | None) -> bool | None:
    """Cancels a time and tells who had it, with the free times. False where nobody could be told, None where nobody had it.

    Raises NoSuchCourse.
    """
    now = courses.clock()
    while True:
        talk = talk_in(session, course.id, number)
        if talk is None:
            raise NoSuchCourse
        if talk.cancelled_at is not None:
            return None
        holder = session.get(CourseMember, talk.member_id) if talk.member_id is not None else None
        for chat in chats_of_member(session, holder) if holder else ():
            hold_conversation(session, chat)  # as whoever takes or gives back a time does: conversations before times
        same = (CourseTalk.id == number, CourseTalk.member_id == (holder.id if holder else None), CourseTalk.cancelled_at.is_(None))
        if session.execute(update(CourseTalk).where(*same).values(cancelled_at=now), execution_options=NO_SYNC).rowcount:  # type: ignore[attr-defined]
            break  # else somebody took it or gave it back meanwhile
    session.refresh(talk)
    if holder is None:
        return None
    out_of_plan(session, holder, talk, now)
    knows = talk.with_advisor and take_back(courses, session, holder, "meeting", wish_details(talk))
    key = f"talk-off:{talk.id}:{now:%Y%m%dT%H%M%S}"
    return tell_member(courses, session, holder, lambda code: _cancelled(courses, session, talk, code, knows), key, account_id) is not None


def talks_of(courses: Courses, session: Session, course: Course) -> list[Booked]:
    """All times that are not cancelled, the earliest first."""
    rows = session.scalars(
        select(CourseTalk).where(CourseTalk.course_id == course.id, CourseTalk.cancelled_at.is_(None)).order_by(CourseTalk.starts_at)
    ).all()
    people = {row.id: courses.seal.open(row.sealed_name) for row in session.scalars(_people(rows))}
    now = courses.clock()
    return [Booked(row, people.get(row.member_id or 0, ""), ends_at(row) <= now) for row in rows]


def without_talk(courses: Courses, session: Session, course: Course) -> list[str]:
    """The names of members who have had and have no time."""
    taken = set(session.scalars(select(CourseTalk.member_id).where(CourseTalk.course_id == course.id, CourseTalk.cancelled_at.is_(None))))
    names = [courses.seal.open(member.sealed_name) for member in members_of(session, course.id) if member.id not in taken]
    return sorted(names, key=str.casefold)


def _cancelled(courses: Courses, session: Session, talk: CourseTalk, language: str, knows: bool) -> SaidMessage:
    library = courses.library
    free = free_talks(session, talk.course_id, courses.clock())[:SHOWN]
    lines = [line("course_talk_cancelled", when=moment(in_utc(talk.starts_at)))]
    lines += [line("course_talk_advisor_knows")] if knows else []
    lines += [BLANK, line("course_talks_free" if free else "course_talks_none")]
    return composed(library, "course_talk_cancelled", language, lines, choices=[time_button(library, language, one) for one in free])


def _starts(slots: Slots) -> list[dt.datetime]:
    """The beginnings, in UTC. Raises CourseProblem where none fits."""
    if slots.minutes not in MINUTES:
        raise CourseProblem("talks_minutes", field="minutes")
    begin, end = (dt.datetime.combine(slots.day, time, NORWAY).astimezone(dt.UTC) for time in (slots.begins, slots.ends))
    length = dt.timedelta(minutes=slots.minutes)
    count = (end - begin) // length if end > begin else 0
    if not count:
        raise CourseProblem("talks_no_room", field="talk_ends")
    if count > MOST_AT_ONCE:
        raise CourseProblem("talks_too_many", field="minutes", limit=str(MOST_AT_ONCE))
    return [begin + number * length for number in range(count)]


def _people(rows: Sequence[CourseTalk]) -> Select[CourseMember]:
    return select(CourseMember).where(CourseMember.id.in_([row.member_id for row in rows if row.member_id is not None]))
