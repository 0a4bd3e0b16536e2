"""A code of a course typed into a chat: lets a member's private chat in, or binds a Telegram group. Nothing commits here.

A code that is refused is written down too, so the caller commits in every case.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.content.lines import line, words
from bot.conversations.assistant import SaidMessage
from bot.conversations.own_language import speak_own
from bot.conversations.saying import composed, spoken
from bot.courses.access import hold_course
from bot.courses.course_codes import claim, code_meant, revoke_code, why_not
from bot.courses.membership import GROUP
from bot.courses.owners import forget, is_still_theirs
from bot.courses.parts import Courses
from bot.courses.talk_times import hold_member
from bot.courses.welcome import welcome
from bot.plans.code_tries import note_try, too_many
from bot.plans.rows import NO_SYNC, hold_conversation
from bot.storage.course_tables import Course, CourseChat, CourseCode, CourseMember
from bot.storage.tables import Conversation

HELP = ("talk_to_human",)


def use_course_code(
    courses: Courses, session: Session, conversation: Conversation, text: str, language: str, group: bool
) -> SaidMessage | None:
    """What comes of a code of a course; None for a message without one, which may hold the code of a plan."""
    meant = code_meant(courses, session, text)
    if meant is None:
        return None
    hold_conversation(session, conversation.id)
    session.refresh(meant)
    moment = courses.clock()
    if too_many(session, conversation.id, moment):
        return spoken(courses.library, "link_too_many_tries", language, topics=() if group else HELP)
    if group:
        return _in_group(courses, session, conversation, meant, language, moment)
    if meant.member_id is None:
        return spoken(courses.library, "course_code_for_group", language)
    return _join(courses, session, conversation, meant, language, moment)


def chat_joined(session: Session, conversation_id: int) -> CourseChat | None:
    """The membership a chat came into by a code and is still in."""
    return session.scalar(
        select(CourseChat).where(CourseChat.conversation_id == conversation_id, is_still_theirs()).execution_options(populate_existing=True)
    )


def _join(
    courses: Courses, session: Session, conversation: Conversation, code: CourseCode, language: str, moment: dt.datetime
) -> SaidMessage:
    hold_member(session, code.member_id or 0)  # before the code, as whoever removes a member does
    member = session.get_one(CourseMember, code.member_id, populate_existing=True)
    course = session.get_one(Course, member.course_id, populate_existing=True)
    before = chat_joined(session, conversation.id)
    mine = before is not None and before.member_id == member.id
    if mine and member.left_on is None and course.closed_at is None and code.used_at is not None:
        return welcome(courses, session, course, member, language)  # the same code twice in the same chat, such as a message sent again
    if member.left_on is not None or course.closed_at is not None:
        return _refused(courses, session, conversation, "revoked", language, moment)
    if not claim(session, code, moment):
        return _refused(courses, session, conversation, why_not(code, moment) or "used", language, moment)
    if not mine:
        if before is not None and _is_classmate(courses, session, before, member):
            forget(session, conversation.id)
            session.refresh(member)
        _into(session, conversation, member, moment)
    # Held and read anew: whoever chose a language in the meantime is answered in it.
    session.refresh(conversation)
    language = speak_own(session, courses.library, conversation, member.language, language)
    conversation.municipality = conversation.municipality or course.municipality
    session.flush()
    return welcome(courses, session, course, member, language)


def _is_classmate(courses: Courses, session: Session, before: CourseChat, member: CourseMember) -> bool:
    """Whether a chat was another one's of the same class; the same name twice on a roster is one person."""
    other = session.get_one(CourseMember, before.member_id)
    names = {" ".join(courses.seal.open(one.sealed_name).split()).casefold() for one in (other, member)}
    return other.course_id == member.course_id and len(names) > 1


def _into(session: Session, conversation: Conversation, member: CourseMember, moment: dt.datetime) -> None:
    """A chat is in one course by code at a time."""
    open_one = (CourseChat.conversation_id == conversation.id, CourseChat.ended_at.is_(None))
    session.execute(update(CourseChat).where(*open_one).values(ended_at=moment), execution_options=NO_SYNC)
    session.add(CourseChat(member_id=member.id, conversation_id=conversation.id, began_at=moment))
    session.flush()


def _in_group(
    courses: Courses, session: Session, conversation: Conversation, code: CourseCode, language: str, moment: dt.datetime
) -> SaidMessage:
    if code.member_id is not None:
        revoke_code(session, code, moment)  # everybody in the group has seen it
        return spoken(courses.library, "course_code_seen", language)
    chat, colon, _ = conversation.account.partition(":")
    if conversation.channel != GROUP or not colon:
        return spoken(courses.library, "course_code_other_group", language)
    hold_course(session, code.course_id)  # before the code, as the console does
    bound = session.scalar(select(Course).where(Course.chat == chat, Course.closed_at.is_(None)))
    course = session.get_one(Course, code.course_id, populate_existing=True)
    if bound is not None and bound.id == course.id:
        claim(session, code, moment)
        return _bound(courses, course, language)
    if bound is not None:
        return spoken(courses.library, "course_group_taken", language)
    if course.closed_at is not None or not claim(session, code, moment):
        return _refused(courses, session, conversation, why_not(code, moment) or "expired", language, moment, group=True)
    try:
        with session.begin_nested():
            course.chat, course.bound_at = chat, moment
    except IntegrityError:  # at this very moment another course's code was written in the same group
        session.refresh(course)
        return spoken(courses.library, "course_group_taken", language)
    return _bound(courses, course, language)


def _bound(courses: Courses, course: Course, language: str) -> SaidMessage:
    told = [line("course_group_bound", course=words(course.name)), line("course_group_what")]
    return composed(courses.library, "course_group_bound", language, told)


def _refused(
    courses: Courses,
    session: Session,
    conversation: Conversation,
    reason: str,
    language: str,
    moment: dt.datetime,
    group: bool = False,
) -> SaidMessage:
    note_try(session, conversation.id, moment)
    return spoken(courses.library, f"course_code_{reason}", language, topics=() if group else HELP)
