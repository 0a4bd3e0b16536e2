"""Says something nobody asked for: to one member, to everybody in a course, to the group of a course. Nothing commits here.

`key` names what is said: the same key again is the same message, to whichever chat of the member it went the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.assistant import SaidMessage
from bot.conversations.history import open_conversation, store_unprompted
from bot.courses.membership import EVERYBODY, GROUP, chat_of_member, chats_of_member, language_in, members_of
from bot.courses.parts import Courses
from bot.storage.course_tables import Course, CourseMember
from bot.storage.tables import Message

Say = Callable[[str], SaidMessage]  # a message in a language


@dataclass(frozen=True)
class Told:
    """How many heard it, and who could not, because no chat of theirs is known. `group`: it went to the group too."""

    members: int
    unreachable: tuple[int, ...] = ()
    group: bool = False


def tell_member(
    courses: Courses, session: Session, member: CourseMember, say: Say, key: str, account_id: int | None = None
) -> Message | None:
    """Says it in the chat the member used last; None where no chat is known."""
    known = told_before(session, member, key)
    if known is not None:
        return known
    chat = chat_of_member(session, member)
    if chat is None:
        return None
    return store_unprompted(session, courses.seal, chat, say(language_in(chat, member)), key, account_id)


def tell_class(
    courses: Courses,
    session: Session,
    course: Course,
    say: Say,
    key: str,
    *,
    group: SaidMessage | None = None,
    account_id: int | None = None,
) -> Told:
    """Says it to each member in their language, and to the group in its own words."""
    unreachable, told = [], 0
    for member in _in_order(session, course.id):
        if tell_member(courses, session, member, say, key, account_id) is None:
            unreachable.append(member.id)
        else:
            told += 1
    in_group = group is not None and tell_group(courses, session, course, group, key, account_id) is not None
    return Told(told, tuple(unreachable), in_group)


def _in_order(session: Session, course_id: int) -> list[CourseMember]:
    """The members by their chats: who tells several classes at once never waits for who waits for them."""
    chats = {member.id: chat_of_member(session, member) for member in members_of(session, course_id)}
    return sorted(members_of(session, course_id), key=lambda member: (chat.id if (chat := chats[member.id]) else 0, member.id))


def tell_group(
    courses: Courses, session: Session, course: Course, said: SaidMessage, key: str, account_id: int | None = None
) -> Message | None:
    """Says it in the Telegram group; None where none is bound."""
    if course.chat is None:
        return None
    everybody = open_conversation(session, GROUP, f"{course.chat}:{EVERYBODY}")
    return store_unprompted(session, courses.seal, everybody, said, key, account_id)


def told_before(session: Session, member: CourseMember, key: str) -> Message | None:
    """The message of this key in any chat of a member."""
    same = (Message.conversation_id.in_(chats_of_member(session, member)), Message.external_id == key)
    return session.scalar(select(Message).where(*same).order_by(Message.id).limit(1))
