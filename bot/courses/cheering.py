"""Cheering the class, without a name: `/course_cheer` in a member's own chat or in the group. The rounds bring it to everybody.

Nothing says who cheered. That somebody did today is seen by the thanks in their own chats.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select

from bot.conversations.assistant import SaidMessage
from bot.courses.drafts import CHEER
from bot.courses.membership import GROUP, chats_of_member
from bot.courses.posting import post, post_of_key
from bot.courses.replies import in_no_course, reply
from bot.courses.turn import Handler, Turn
from bot.plans.moments import NORWAY, day_in_norway, in_utc
from bot.plans.upcoming import awake
from bot.storage.course_tables import Course
from bot.storage.tables import Conversation, Message

MOST = 3  # for a class and day
THANKS = "course_cheer_thanks"


def handle_cheer(turn: Turn) -> list[SaidMessage]:
    """Cheers everybody once today; a kind sentence where the person or the class has had its share."""
    if turn.course is None or (turn.member is None and not turn.group):
        return in_no_course(turn)
    if _has_cheered(turn):
        return reply(turn, "course_cheer_already")
    return reply(turn, THANKS if _stored(turn, turn.course) else "course_cheer_enough")


def _stored(turn: Turn, course: Course) -> bool:
    """Takes one of the day's places; two people at once get different ones."""
    today = day_in_norway(turn.now)
    for place in range(MOST):
        key = f"cheer:{today:%Y%m%d}:{place}"
        if post_of_key(turn.session, course.id, key) is not None:
            continue
        details = {"question": turn.question.id}  # tells which of two at once took the place; gone as soon as it is known
        made = post(turn.courses, turn.session, course, CHEER, details, {}, awake(turn.now), key, None)
        if made.details == details:
            made.details = {}
            turn.session.flush()
            return True
    return False


def _has_cheered(turn: Turn) -> bool:
    chats = {turn.conversation.id, *_others(turn)}
    written = day_in_norway(in_utc(turn.question.created_at))  # the messages' own clock
    since = dt.datetime.combine(written, dt.time(), NORWAY).astimezone(dt.UTC)
    thanked = (Message.conversation_id.in_(chats), Message.key == THANKS, Message.created_at >= since)
    return turn.session.scalar(select(Message.id).where(*thanked).limit(1)) is not None


def _others(turn: Turn) -> set[int]:
    """The same person's other chats: a member's own, and what the person writes in the group of the course."""
    own = set(chats_of_member(turn.session, turn.member)) if turn.member is not None else set()
    if turn.course is None or turn.course.chat is None:
        return own
    if turn.group:
        _, _, person = turn.conversation.account.partition(":")
        return own | set(turn.session.scalars(select(Conversation.id).where(Conversation.channel == GROUP, Conversation.account == person)))
    accounts = select(Conversation.account).where(Conversation.id.in_({turn.conversation.id, *own}), Conversation.channel == GROUP)
    in_group = [f"{turn.course.chat}:{account}" for account in turn.session.scalars(accounts)]
    there = or_(*(Conversation.account == account for account in in_group)) if in_group else None
    if there is None:
        return own
    return own | set(turn.session.scalars(select(Conversation.id).where(Conversation.channel == GROUP, there)))


HANDLERS: dict[str, Handler] = {"course_cheer": handle_cheer}
WORDS = {"words_cheer": "/course_cheer"}
IN_GROUP = frozenset({"course_cheer"})
