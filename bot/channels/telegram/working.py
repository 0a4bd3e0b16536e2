"""Does what an update asks for. Everything here may happen twice: what was said before is not said again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.rendering import picked
from bot.channels.telegram.albums import Album, album_id, album_of
from bot.channels.telegram.attachments import attachment_of, fetched, kind_of
from bot.channels.telegram.client import Client
from bot.channels.telegram.commands import GREET, HELP, PAYLOADS, payload_of_command
from bot.channels.telegram.membership import changed, migrated
from bot.channels.telegram.moving import CHANNEL
from bot.channels.telegram.polls import totals_of
from bot.channels.telegram.reading import Me, Post, post_of, whole, without_mention
from bot.channels.telegram.updates import button_post
from bot.conversations.channel import Parcel
from bot.conversations.history import conversation_of
from bot.conversations.in_class import WITHHELD
from bot.conversations.media import MediaIn
from bot.conversations.reception import Incoming, Reception
from bot.conversations.traffic.outbox import numbered_of, payload_of
from bot.storage.tables import Message
from bot.storage.traffic_tables import Arrival


class Work:
    """What works on the updates of one bot. `language`: where nobody chose one; `bot`: our own account."""

    def __init__(self, reception: Reception, client: Client, me: Callable[[], Me], bot: str, language: str) -> None:
        self._reception, self._client, self._me, self._bot, self._language = reception, client, me, bot, language

    def do(self, parcel: Parcel) -> None:
        """Deals with an update. Raises AssistantAway or TryLater to be called again.

        Who voted what in a poll (poll_answer) has no effect: our polls are anonymous, and others' are no concern of ours.
        """
        update = parcel.payload
        if "message" in update:
            self._message(parcel, update["message"])
        elif "edited_message" in update:
            self._edited(parcel, update["edited_message"])
        elif "callback_query" in update:
            self._pressed(update["callback_query"])
        elif "my_chat_member" in update:
            with self._reception.sessions.begin() as session:
                changed(session, self._reception, update["my_chat_member"], self._language)
        elif "poll" in update and self._reception.classroom is not None and (totals := totals_of(update["poll"])) is not None:
            with self._reception.sessions.begin() as session:
                self._reception.classroom.group_totals(session, *totals)

    def _message(self, parcel: Parcel, message: dict[str, Any]) -> None:
        post = post_of(message)
        kind = kind_of(post.raw) if post else None
        if post is None or self._migrated(post) or kind is None:
            return
        if kind == "text":
            asked = self._asked(post)
            if asked:
                self._typing(post)
                self._receive(post, asked, post.external_id, kind)
            return
        album = album_of(self._reception, self._bot, post, parcel)
        if album is None or self._answered(post, album.external_id):
            return
        self._typing(post)
        words = self._plain(post) if post.group else album.words
        self._receive(post, words, album.external_id, kind, self._files(album, parcel), album.place)

    def _edited(self, parcel: Parcel, message: dict[str, Any]) -> None:
        """An edited message is not answered again; what is said about it, or who reads it, is decided by reception, once per edit."""
        post = post_of(message)
        if post is None or not post.words:
            return  # a place that moves on, a keyboard that changed
        with self._reception.sessions() as session:
            before = self._stored(session, post, post.external_id, album_id(post))
            known = None if before is None else self._reception.seal.open(before.sealed_text)
            if before is not None and before.details.get("kind") == WITHHELD:
                return  # its words are nowhere with the person, and stay so
        words = self._asked(post) if kind_of(post.raw) == "text" else self._plain(post)
        if known is None:
            self._message(parcel, message)  # as it was before, it never came or was not meant for the bot
        elif words and words != known:
            self._receive(post, words, f"{post.external_id}:edited:{whole(message.get('edit_date')) or 0}", "edited")

    def _pressed(self, query: dict[str, Any]) -> None:
        """The button stops turning whatever comes of it; one that nobody knows any more brings the menu."""
        number, post = str(query.get("id", "")), button_post(query)
        self._client.cast("answerCallbackQuery", {"callback_query_id": number})
        if post is None or not number:
            return
        self._typing(post)
        with self._reception.sessions() as session:
            payload = payload_of(session, str(query.get("data", ""))) or HELP
        self._receive(post, payload, f"telegram:button:{number}")

    def _receive(
        self,
        post: Post,
        text: str,
        external_id: str,
        kind: str = "text",
        media: tuple[MediaIn, ...] = (),
        place: dict[str, Any] | None = None,
    ) -> None:
        where = post.place if place is None else place
        self._reception.receive(
            Incoming(CHANNEL, post.account, text, external_id, hint=post.hint, group=post.group, place=where, kind=kind, media=media)
        )

    def _asked(self, post: Post) -> str:
        """The words, a command or a bare number as what they stand for; empty for a command that is another bot's affair."""
        command = post.command
        if command is not None:
            # In a group an unknown command may be meant for any bot there.
            if post.group and not command.to and command.name not in PAYLOADS:
                return ""
            return payload_of_command(command, self._reception.library)
        words = self._plain(post)
        if not words:
            return GREET  # nothing but the bot's name
        with self._reception.sessions() as session:
            return picked(words, numbered_of(session, CHANNEL, post.account)) or words

    def _plain(self, post: Post) -> str:
        return without_mention(post, self._me()) if post.group else post.words

    def _files(self, album: Album, parcel: Parcel) -> tuple[MediaIn, ...]:
        """What is attached, fetched; in a group nothing is, because it goes to nobody."""
        if album.posts[0].group:
            return ()
        attachments = [one for post in album.posts if (one := attachment_of(post.raw)) is not None]
        return tuple(fetched(self._client, one, lambda: self._tries(parcel)) for one in attachments)

    def _tries(self, parcel: Parcel) -> int:
        """How often this update was tried before."""
        same = (Arrival.channel == CHANNEL, Arrival.account == self._bot, Arrival.external_id == parcel.external_id)
        with self._reception.sessions() as session:
            return session.scalar(select(Arrival.attempts).where(*same)) or 0

    def _answered(self, post: Post, external_id: str) -> bool:
        """True when a message was answered, so that its files need not be fetched again."""
        with self._reception.sessions() as session:
            before = self._stored(session, post, external_id)
            return before is not None and before.answered_at is not None

    @staticmethod
    def _stored(session: Session, post: Post, *external_ids: str | None) -> Message | None:
        conversation = conversation_of(session, CHANNEL, post.account)
        if conversation is None:
            return None
        same = (Message.conversation_id == conversation.id, Message.external_id.in_([one for one in external_ids if one]))
        return session.scalar(select(Message).where(*same).limit(1))

    def _typing(self, post: Post) -> None:
        """Shows that somebody is at it; whether that is seen or not costs nothing."""
        topic = {} if post.thread is None else {"message_thread_id": post.thread}
        self._client.cast("sendChatAction", {"chat_id": int(post.chat), "action": "typing", **topic})

    def _migrated(self, post: Post) -> bool:
        with self._reception.sessions.begin() as session:
            return migrated(session, post)
