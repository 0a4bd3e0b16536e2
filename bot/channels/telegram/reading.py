"""Reads a message of the Bot API as it came, without insisting on anything: who wrote where, the words, what is attached.

Shapes: core.telegram.org/bots/api, objects Update, Message, MessageEntity, CallbackQuery, ChatMemberUpdated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.channels.given import CONTROL, language_hint

GROUPS = ("group", "supergroup")
ANONYMOUS = "anonymous"
GROUP_ANONYMOUS_BOT = 1087968824  # Telegram's own account behind which administrators of a group stay anonymous
COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{3,64}))?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Me:
    """The bot itself: its number and its name."""

    id: int
    username: str


@dataclass(frozen=True)
class Command:
    """A command such as "/start K7MP-3W4R", addressed or not."""

    name: str
    to: str
    rest: str


@dataclass(frozen=True)
class Post:
    """A message in a chat. `person` is empty in a private chat, else the number of who wrote, or "anonymous"."""

    chat: str
    group: bool
    message_id: int
    person: str
    hint: str | None
    thread: int | None
    raw: dict[str, Any]

    @property
    def account(self) -> str:
        """As in Conversation.account."""
        return f"{self.chat}:{self.person}" if self.group else self.chat

    @property
    def external_id(self) -> str:
        """As in Message.external_id."""
        return external_id(self.chat, self.message_id)

    @property
    def place(self) -> dict[str, int]:
        """Where the answer belongs: in a group below the message, in a forum in its topic."""
        place = {"thread": self.thread} if self.thread is not None else {}
        return {**place, "reply_to": self.message_id} if self.group else place

    @property
    def words(self) -> str:
        """The text or the caption as written."""
        return clean(_text(self.raw.get("text")) or _text(self.raw.get("caption")))

    @property
    def command(self) -> Command | None:
        """The command the message is, if it is one."""
        found = COMMAND.fullmatch(self.words.strip())
        return Command(found.group(1).lower(), (found.group(2) or "").lower(), (found.group(3) or "").strip()) if found else None


def external_id(chat: str, message_id: int | str) -> str:
    """Our id of a message: unique in Telegram."""
    return f"telegram:{chat}:{message_id}"


def post_of(message: Any) -> Post | None:
    """A message of a private chat or a group; None for one of a channel, and for anything that is no message."""
    chat = entry(entry(message).get("chat"))
    kind, number, message_id = chat.get("type"), whole(chat.get("id")), whole(entry(message).get("message_id"))
    if number is None or message_id is None or kind not in ("private", *GROUPS):
        return None
    person = entry(message.get("from"))
    thread = whole(message.get("message_thread_id")) if message.get("is_topic_message") else None
    return Post(
        str(number), kind in GROUPS, message_id, person_of(message) if kind in GROUPS else "", hint_of(person), thread, dict(message)
    )


def person_of(message: dict[str, Any]) -> str:
    """Who wrote in a group. An administrator who stays anonymous, and a channel that writes in it, have no number of a person."""
    number = whole(entry(message.get("from")).get("id"))
    if number is None or number == GROUP_ANONYMOUS_BOT or message.get("sender_chat"):
        return ANONYMOUS
    return str(number)


def hint_of(person: dict[str, Any]) -> str | None:
    """The language of the person's app, as our codes name it: a hint, nothing more."""
    return language_hint(_text(person.get("language_code")))


def is_addressed(post: Post, me: Me) -> bool:
    """True when a message of a group is meant for the bot: its name, an answer to it, or a command that is not somebody else's."""
    command = post.command
    if command is not None and command.to:
        return command.to == me.username.lower()
    return command is not None or any(True for _ in _mentions(post.raw, me)) or _answers(post.raw, me)


def without_mention(post: Post, me: Me) -> str:
    """The words without the bot's name."""
    words = _utf16(_text(post.raw.get("text")) or _text(post.raw.get("caption")))
    for entity in reversed(list(_mentions(post.raw, me))):
        start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
        words = words[:start] + words[end:]
    return re.sub(r"[ \t]{2,}", " ", clean(words.decode("utf-16-le", "ignore"))).strip(" \t\n,:")


def _mentions(message: dict[str, Any], me: Me) -> Iterator[dict[str, Any]]:
    words = _utf16(_text(message.get("text")) or _text(message.get("caption")))
    entities = message.get("entities") or message.get("caption_entities") or []
    for entity in map(entry, entities if isinstance(entities, list) else []):
        offset, length = whole(entity.get("offset")), whole(entity.get("length"))
        if offset is None or length is None or min(offset, length) < 0:
            continue
        said = words[2 * offset : 2 * (offset + length)].decode("utf-16-le", "ignore")
        named = entity.get("type") == "mention" and said.lower() == f"@{me.username}".lower()
        if named or (entity.get("type") == "text_mention" and entry(entity.get("user")).get("id") == me.id):
            yield entity


def _answers(message: dict[str, Any], me: Me) -> bool:
    """In a forum every message formally answers the one that opened its topic, which says nothing."""
    before = entry(message.get("reply_to_message"))
    return entry(before.get("from")).get("id") == me.id and "forum_topic_created" not in before


def clean(text: str) -> str:
    """Text without characters that nobody can type."""
    return CONTROL.sub("", text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore").strip()


def whole(value: Any) -> int | None:
    """A whole number that fits into the database's; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def entry(value: Any) -> dict[str, Any]:
    """An object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
