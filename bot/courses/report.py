"""The report about a course: no names, and no number of one to four people that could be read or computed (small_numbers.py)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.courses.absence_notes import on_roster
from bot.courses.membership import language_of
from bot.courses.outcomes import KINDS, NONE_YET, kinds_by_member
from bot.courses.sessions import held, sessions_of
from bot.courses.small_numbers import SMALL, Shown, part_within, partition, share_of, shown
from bot.storage.course_tables import Course, CourseAbsence, CourseMember, CoursePoll, CoursePost, CourseQuestion, CourseSession

ENOUGH = 5  # absent days and people before a share is told


@dataclass(frozen=True)
class Report:
    """Everything a report says. None among the numbers about people: hidden. `languages` None: not even which they are."""

    weeks: int
    sessions_held: int
    posts: int
    polls: int
    questions: int
    answered: int
    begun: Shown
    still_there: Shown
    left: Shown
    languages: Mapping[str, Shown] | None
    absence: Shown  # percent of all days of all members
    outcomes: Mapping[str, Shown]


@dataclass(frozen=True)
class Attended:
    """Days members could have been there, days they were not, and how many people were away at least once."""

    days: int
    away: int
    people: int


def report(session: Session, course: Course, now: dt.datetime) -> Report:
    """The report of this moment."""
    members = session.scalars(select(CourseMember).where(CourseMember.course_id == course.id)).all()
    lessons = held(sessions_of(session, course.id), now)
    sent = (CoursePost.course_id == course.id, CoursePost.sent_at.is_not(None))
    left = sum(member.left_on is not None for member in members)
    stayed = {"still_there": len(members) - left, "left": left}
    parts = _parts(stayed, len(members)) or dict.fromkeys(stayed)
    return Report(
        weeks=(course.last_day - course.first_day).days // 7 + 1,
        sessions_held=len(lessons),
        posts=_count(session, CoursePost.id, *sent),
        polls=_count(session, CoursePoll.id, CoursePoll.post_id.in_(select(CoursePost.id).where(*sent))),
        questions=_count(session, CourseQuestion.id, CourseQuestion.course_id == course.id),
        answered=_count(session, CourseQuestion.id, CourseQuestion.course_id == course.id, CourseQuestion.post_id.is_not(None)),
        begun=shown(len(members)),
        still_there=parts["still_there"],
        left=parts["left"],
        languages=_parts(Counter(language_of(session, member) for member in members), len(members)),
        absence=absence_share(attended(session, course, lessons)),
        outcomes=outcome_numbers(len(members), Counter(kind for kinds in kinds_by_member(session, course.id).values() for kind in kinds)),
    )


def outcome_numbers(members: int, counts: Mapping[str, int]) -> dict[str, Shown]:
    """How many members have each outcome; several may be true of one person, but "none yet" stands alone."""
    found = {kind: share_of(counts.get(kind, 0), members) for kind in KINDS}
    if found["tested"] is not None:
        found["passed"] = part_within(counts.get("passed", 0), counts.get("tested", 0), members)
    none_yet = found[NONE_YET]
    if none_yet is not None:  # who has none yet has no other: what is left of the total can be computed
        others = [count for kind, count in found.items() if kind != NONE_YET and count is not None]
        found[NONE_YET] = None if any(members - none_yet - count in SMALL for count in others) else none_yet
    return found


def absence_share(seen: Attended) -> Shown:
    """In percent; hidden where so few were away, or there, that somebody could be recognised."""
    if not seen.days:
        return None
    if seen.away and (seen.people < ENOUGH or seen.away < ENOUGH or seen.days - seen.away < ENOUGH):
        return None
    return round(100 * seen.away / seen.days)


def attended(session: Session, course: Course, lessons: Sequence[CourseSession]) -> Attended:
    """Counted over the lesson days that were held, for those who were on the roster then."""
    days, away = 0, 0
    people: set[int] = set()
    for lesson in lessons:
        there = {member.id for member in on_roster(session, course, lesson)}
        noted = set(session.scalars(select(CourseAbsence.member_id).where(CourseAbsence.session_id == lesson.id))) & there
        days, away, people = days + len(there), away + len(noted), people | noted
    return Attended(days, away, len(people))


def _parts(counts: Mapping[str, int], total: int) -> dict[str, Shown] | None:
    return None if total in SMALL else partition(counts)


def _count(session: Session, what: object, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(what)).where(*where)) or 0  # type: ignore[arg-type]
