"""An album comes as several messages within a moment; they are put together and answered once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.telegram.moving import CHANNEL
from bot.channels.telegram.reading import Post, external_id, post_of, whole
from bot.conversations.channel import Parcel, TryLater
from bot.conversations.history import conversation_of, now
from bot.conversations.reception import Reception
from bot.conversations.traffic.inbox import Inbox
from bot.storage.tables import Message
from bot.storage.traffic_tables import Arrival

COMPLETE = 2.0  # seconds after which no more of an album is on its way


@dataclass(frozen=True)
class Album:
    """What is answered together: messages in order, under one id. A message that is no album is one of its own."""

    posts: tuple[Post, ...]
    external_id: str

    @property
    def words(self) -> str:
        """The caption, which stands at one of them."""
        return next((post.words for post in self.posts if post.words), "")

    @property
    def place(self) -> dict[str, Any]:
        """Where the answer belongs, and which messages it answers."""
        first = self.posts[0]
        together = {} if self.external_id == first.external_id else {"album": [post.message_id for post in self.posts]}
        return {**first.place, **together}


def album_id(post: Post) -> str | None:
    """Our id of the album a message belongs to."""
    group = post.raw.get("media_group_id")
    return external_id(post.chat, f"album:{group}") if isinstance(group, str) and group and not post.group else None


def album_of(reception: Reception, account: str, post: Post, parcel: Parcel) -> Album | None:
    """The album of a message with whatever of it has come; None when it was answered. Raises TryLater while more of it may come.

    A straggler that comes after its album was answered is a message of its own, so that nothing sent is lost.
    """
    own = Album((post,), post.external_id)
    shared = album_id(post)
    if shared is None:
        return own
    with reception.sessions() as session:
        known = _stored(session, post, shared)
        if known is not None:
            if post.message_id not in known.details.get("place", {}).get("album", ()):
                return own
            if known.answered_at is not None:
                return None
        posts = _waiting(session, reception, account, post, parcel)
    newest = max(whole(one.raw.get("date")) or 0 for one in posts)
    if known is None and abs(now().timestamp() - newest) < COMPLETE:
        raise TryLater("album", COMPLETE / 2)
    return Album(tuple(posts), shared)


def _stored(session: Session, post: Post, shared: str) -> Message | None:
    conversation = conversation_of(session, CHANNEL, post.account)
    if conversation is None:
        return None
    return session.scalar(select(Message).where(Message.conversation_id == conversation.id, Message.external_id == shared))


def _waiting(session: Session, reception: Reception, account: str, post: Post, parcel: Parcel) -> list[Post]:
    """Everything of the album that waits in the inbox, this message among it."""
    inbox = Inbox(reception.sessions, reception.seal)
    theirs = (Arrival.channel == CHANNEL, Arrival.account == account, Arrival.chat == parcel.chat, Arrival.state == "waiting")
    found = {post.message_id: post}
    for arrival in session.scalars(select(Arrival).where(*theirs).order_by(Arrival.sort)):
        other = post_of(inbox.parcel(arrival).payload.get("message"))
        if other is not None and other.raw.get("media_group_id") == post.raw["media_group_id"]:
            found[other.message_id] = other
    return [found[number] for number in sorted(found)]
