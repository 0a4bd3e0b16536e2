"""The bot was added to a chat, removed or blocked; a group got another number."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bot.channels.telegram.moving import CHANNEL, move_chat, stop_chat
from bot.channels.telegram.reading import GROUPS, Post, entry, whole
from bot.conversations.history import open_conversation, store_unprompted
from bot.conversations.reception import Reception
from bot.conversations.saying import spoken

EVERYBODY = "everybody"  # in a group, what is said to nobody in particular
HELLO = "hello"
OUT, IN = ("left", "kicked"), ("member", "administrator", "creator", "restricted")


def changed(session: Session, reception: Reception, update: dict[str, Any], language: str) -> None:
    """What my_chat_member tells: who is out hears nothing more, who is in again does; a group is greeted once."""
    chat, member = entry(update.get("chat")), entry(update.get("new_chat_member"))
    number, status = str(whole(chat.get("id"))), member.get("status")
    group = chat.get("type") in GROUPS
    if status in OUT or (status == "restricted" and not member.get("is_member")):
        stop_chat(session, number, "removed" if group else "blocked")
        return
    if status not in IN:
        return
    stop_chat(session, number, None)
    if group:
        everybody = open_conversation(session, CHANNEL, f"{number}:{EVERYBODY}")
        store_unprompted(session, reception.seal, everybody, spoken(reception.library, "group_hello", language), HELLO)


def migrated(session: Session, post: Post) -> bool:
    """True for the two messages that tell of a group's new number, one in the old chat and one in the new."""
    new, old = whole(post.raw.get("migrate_to_chat_id")), whole(post.raw.get("migrate_from_chat_id"))
    if new is not None:
        move_chat(session, post.chat, str(new))
    elif old is not None:
        move_chat(session, str(old), post.chat)
    return new is not None or old is not None
