"""How far a post has come: how many were told, what arrived, and who has no chat to be told in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.courses.membership import EVERYBODY, chats_of_member, members_of
from bot.courses.posting import KEY
from bot.plans.moments import in_utc
from bot.storage.course_tables import CourseMember, CoursePost
from bot.storage.tables import Author, Conversation, Message


@dataclass(frozen=True)
class Reach:
    """Numbers of one sent post. `waiting`: neither known to have arrived nor failed. `without`: members of that day who were not told."""

    told: int
    delivered: int
    failed: int
    without: tuple[int, ...]
    group: bool = False
    group_failed: bool = False

    @property
    def waiting(self) -> int:
        """Told, and nothing known of it yet."""
        return self.told - self.delivered - self.failed


def reach(session: Session, post: CoursePost) -> Reach:
    """How far a sent post has come."""
    return reach_of_each(session, post.course_id, [post])[post.id]


def reach_of_each(session: Session, course_id: int, posts: Sequence[CoursePost]) -> dict[int, Reach]:
    """The same for several posts of a course."""
    keys = [KEY.format(post.id) for post in posts]
    ours = (Message.external_id.in_(keys), Message.author != Author.PARTICIPANT)
    query = select(Message, Conversation.account).join(Conversation, Conversation.id == Message.conversation_id).where(*ours)
    rows = session.execute(query).tuples().all()
    members = [(one, frozenset(chats_of_member(session, one))) for one in members_of(session, course_id)]
    return {post.id: _reach(post, [row for row in rows if row[0].external_id == KEY.format(post.id)], members) for post in posts}


def _reach(post: CoursePost, rows: list[tuple[Message, str]], members: list[tuple[CourseMember, frozenset[int]]]) -> Reach:
    in_group = [row for row, account in rows if account.endswith(f":{EVERYBODY}")]
    own = [row for row, account in rows if not account.endswith(f":{EVERYBODY}")]
    told = {row.conversation_id for row in own}
    sent_at = in_utc(post.sent_at) if post.sent_at else None
    there = [(one, chats) for one, chats in members if sent_at is not None and in_utc(one.created_at) <= sent_at]
    return Reach(
        told=len(own),
        delivered=sum(row.delivered_at is not None for row in own),
        failed=sum(row.problem is not None and row.delivered_at is None for row in own),
        without=tuple(one.id for one, chats in there if not told & chats),
        group=bool(in_group),
        group_failed=any(row.problem is not None for row in in_group),
    )
