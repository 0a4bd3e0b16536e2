"""The reminder of an individual talk, the evening before."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.lines import line
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.membership import chats_of_member
from bot.courses.parts import Courses
from bot.courses.talk_lines import about
from bot.courses.telling import tell_member, told_before
from bot.plans.moments import NORWAY, day_in_norway, in_utc
from bot.plans.rows import hold_conversation
from bot.plans.upcoming import EVENING_BEFORE, awake
from bot.storage.course_tables import Course, CourseMember, CourseTalk
from bot.storage.sealing import SealError

logger = logging.getLogger(__name__)


def remind_talks(courses: Courses, session: Session, now: dt.datetime) -> int:
    """Reminds members who are not linked of tomorrow's talk, from five in the evening; how many. Linked ones have the plan's reminders."""
    if awake(now) != in_utc(now):
        return 0
    tomorrow = day_in_norway(now) + dt.timedelta(days=1)
    evening = dt.datetime.combine(tomorrow - dt.timedelta(days=1), EVENING_BEFORE, NORWAY).astimezone(dt.UTC)
    if now < evening:
        return 0
    first = dt.datetime.combine(tomorrow, dt.time(), NORWAY).astimezone(dt.UTC)
    ahead = (CourseTalk.starts_at >= first, CourseTalk.starts_at < first + dt.timedelta(days=1), CourseTalk.cancelled_at.is_(None))
    unlinked = (CourseMember.participant_id.is_(None), CourseMember.left_on.is_(None), CourseTalk.taken_at < evening)
    found = select(CourseTalk, CourseMember).join(CourseMember, CourseMember.id == CourseTalk.member_id)
    open_course = Course.id == CourseTalk.course_id, Course.closed_at.is_(None)
    rows = session.execute(found.join(Course, open_course[0]).where(*ahead, *unlinked, open_course[1]).order_by(CourseTalk.id)).all()
    return sum(_remind(courses, session, talk, member) for talk, member in rows)


def _remind(courses: Courses, session: Session, talk: CourseTalk, member: CourseMember) -> bool:
    key = f"talk-soon:{talk.id}:{in_utc(talk.starts_at):%Y%m%dT%H%M}"
    if told_before(session, member, key) is not None:
        return False
    for chat in chats_of_member(session, member):
        hold_conversation(session, chat)  # two rounds at once come one after the other
    if told_before(session, member, key) is not None:
        return False
    try:
        with session.begin_nested():
            return tell_member(courses, session, member, lambda language: _soon(courses, talk, language), key) is not None
    except (KeyError, SealError) as error:
        logger.error("A talk could not be reminded of (%s).", type(error).__name__)
        return False


def _soon(courses: Courses, talk: CourseTalk, language: str) -> SaidMessage:
    return composed(courses.library, "course_talk_soon", language, [line("course_talk_soon"), *about(talk)])
