"""The copy somebody gives the teacher: made when they ask for it, in codes, sealed; gone when they take it back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.content import Library
from bot.content.lines import Line, line, text
from bot.courses.consent import can_be_taken_back
from bot.courses.owners import is_still_theirs
from bot.courses.parts import Courses
from bot.courses.self_assessment.parts import INTERESTS, Answers, answer, statement, title, valid
from bot.courses.self_assessment.result import profile_in
from bot.guidance.interests import TYPES
from bot.guidance.interests.lines import shown_types
from bot.plans.chats import person_of
from bot.plans.moments import in_utc
from bot.storage.course_tables import CourseChat, CourseMember


@dataclass(frozen=True)
class Shared:
    """One part of the copy as it is read: what is said, and the answer to it."""

    part: str
    title: Line
    rows: tuple[tuple[Line, Line], ...]


def copy_of(library: Library, answers: Answers) -> dict[str, Any]:
    """What the teacher gets: each answer, and of the interests only the types that are liked best."""
    types = list(shown_types(profile_in(library, answers)))
    return {**{part: given for part, given in answers.items() if part != INTERESTS}, **({INTERESTS: types} if types else {})}


def parts_shown(library: Library, language: str, copy: dict[str, Any]) -> list[Shared]:
    """A copy in words. The person hears, and the teacher reads, exactly this."""
    found = [
        Shared(
            part,
            title(library, language, part),
            tuple((statement(library, language, part, name), answer(library, language, part, said)) for name, said in given.items()),
        )
        for part, given in valid(library, {part: given for part, given in copy.items() if part != INTERESTS}).items()
    ]
    types = [name for name in copy.get(INTERESTS, ()) if name in TYPES]
    liked = tuple((text(INTERESTS, "types", name, "name"), text(INTERESTS, "types", name, "says")) for name in types)
    return [*found, Shared(INTERESTS, title(library, language, INTERESTS), liked)] if liked else found


def shown_lines(part: Shared) -> list[Line]:
    """A part as lines of a message."""
    return [part.title, *(line("self_statement_answer", statement=said, answer=given) for said, given in part.rows)]


def give(courses: Courses, member: CourseMember, copy: dict[str, Any], now: dt.datetime) -> None:
    """Gives the teacher this copy in place of an earlier one."""
    member.sealed_self_assessment, member.self_assessment_at = courses.seal.close(json.dumps(copy)), now


def take_back(member: CourseMember) -> None:
    """Deletes the teacher's copy."""
    member.sealed_self_assessment = member.self_assessment_at = None


def shared_with_teacher(courses: Courses, session: Session, member: CourseMember) -> tuple[dict[str, Any], dt.datetime] | None:
    """The copy a member gave, and when; None where there is none, and when it could no longer be taken back."""
    if member.sealed_self_assessment is None or member.self_assessment_at is None or not can_be_taken_back(session, member):
        return None
    return json.loads(courses.seal.open(member.sealed_self_assessment)), in_utc(member.self_assessment_at)


def all_memberships(session: Session, conversation_id: int, chats: Collection[int]) -> list[CourseMember]:
    """Every membership of a person, also in courses that are over."""
    joined = select(CourseChat.member_id).where(CourseChat.conversation_id.in_(chats), is_still_theirs())
    person = person_of(session, conversation_id)
    theirs = CourseMember.id.in_(joined)
    return list(
        session.scalars(select(CourseMember).where(theirs if person is None else or_(theirs, CourseMember.participant_id == person)))
    )
