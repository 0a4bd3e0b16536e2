"""Who is in a course, and through which chats they are reached.

A member's chats are those that joined by a code and are still theirs (owners.py), and all chats of the participant the member is
linked to.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from bot.courses.owners import is_still_theirs
from bot.plans.chats import chats_of_participant, person_of
from bot.storage.course_tables import Course, CourseChat, CourseMember
from bot.storage.tables import Author, Conversation, Message

GROUP = "telegram"  # the messenger whose groups can be bound to a course
ENOUGH_TO_HIDE_AMONG = 3  # members of one language
EVERYBODY = "everybody"  # in a group, what is said to nobody in particular


def member_of(session: Session, conversation_id: int) -> CourseMember | None:
    """The member a private chat belongs to, in a course that is not over; of several the one who joined last."""
    person = person_of(session, conversation_id)
    here = (CourseChat.conversation_id == conversation_id, CourseChat.ended_at.is_(None))
    by_code = session.scalar(select(CourseChat.id).where(*here).limit(1)) is not None
    if person is None and not by_code:
        return None  # most chats, and every message asks
    joined = select(CourseChat.member_id).where(CourseChat.conversation_id == conversation_id, is_still_theirs())
    linked = false() if person is None else CourseMember.participant_id == person
    theirs = or_(CourseMember.id.in_(joined), linked) if by_code else linked
    found = select(CourseMember).join(Course, Course.id == CourseMember.course_id)
    found = found.where(theirs, CourseMember.left_on.is_(None), Course.closed_at.is_(None))
    return session.scalar(found.order_by(CourseMember.joined_on.desc(), CourseMember.id.desc()).limit(1))


def course_of_group(session: Session, channel: str, account: str) -> Course | None:
    """The course a group is bound to. `account`: of any conversation in it ("<chat>:<person>")."""
    chat, colon, _ = account.partition(":")
    if channel != GROUP or not colon:
        return None
    return session.scalar(select(Course).where(Course.chat == chat, Course.closed_at.is_(None)))


def members_of(session: Session, course_id: int) -> Sequence[CourseMember]:
    """Who is in a course now, in the order they joined."""
    present = (CourseMember.course_id == course_id, CourseMember.left_on.is_(None))
    return session.scalars(select(CourseMember).where(*present).order_by(CourseMember.joined_on, CourseMember.id)).all()


def chats_of_member(session: Session, member: CourseMember) -> tuple[int, ...]:
    """The private chats of a member, by number."""
    joined = select(CourseChat.conversation_id).where(CourseChat.member_id == member.id, is_still_theirs())
    linked = chats_of_participant(session, member.participant_id) if member.participant_id is not None else ()
    return tuple(sorted({*session.scalars(joined), *linked}))


def chat_of_member(session: Session, member: CourseMember) -> Conversation | None:
    """Where a member is told something: the chat they wrote from last, before those their messenger brings nothing to; None without any."""
    found = session.scalars(select(Conversation).where(Conversation.id.in_(chats_of_member(session, member)))).all()
    return max(found, key=lambda chat: (chat.stopped is None, _newest_words(session, chat.id), -chat.id), default=None)


def language_in(chat: Conversation, member: CourseMember) -> str:
    """The language a member hears in a chat: chosen, else settled, else the one on the roster."""
    return chat.chosen_language or chat.spoken_language or member.language


def language_of(session: Session, member: CourseMember) -> str:
    """The language a member hears, in the chat they are told in; the one on the roster without any chat."""
    chat = chat_of_member(session, member)
    return language_in(chat, member) if chat is not None else member.language


def languages_of(session: Session, course_id: int) -> tuple[str, ...]:
    """The languages of those in a course, the most spoken first."""
    spoken = [language_of(session, member) for member in members_of(session, course_id)]
    return tuple(sorted(set(spoken), key=lambda code: (-spoken.count(code), code)))


def few_speak(session: Session, course_id: int, language: str) -> bool:
    """True where so few in a class have a language that words in it tell who wrote them."""
    spoken = [language_of(session, member) for member in members_of(session, course_id)]
    return spoken.count(language) < ENOUGH_TO_HIDE_AMONG


def _newest_words(session: Session, conversation_id: int) -> int:
    theirs = (Message.conversation_id == conversation_id, Message.author == Author.PARTICIPANT)
    return session.scalar(select(func.max(Message.id)).where(*theirs)) or 0
