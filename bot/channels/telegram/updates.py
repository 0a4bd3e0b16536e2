"""Which updates are stored, and as what: updates in, parcels out. What concerns nobody here is not stored at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bot.channels.telegram.reading import Me, Post, entry, is_addressed, post_of, whole
from bot.conversations.channel import Parcel

# Telegram sends these only when they are asked for by name.
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "poll_answer", "poll")


LONGEST_POLL_ID = 64


def parcel_of(update: Any, me: Callable[[], Me]) -> Parcel | None:
    """An update as it is to be stored; None for one that is of no concern: of a channel, of a group that speaks to somebody else.

    `me` is only asked about groups, since it may have to ask Telegram; what it raises comes through.
    """
    number = whole(update.get("update_id")) if isinstance(update, dict) else None
    if number is None:
        return None
    for kind in ("message", "edited_message"):
        if kind in update:
            return _of_message(update, number, kind, me)
    if "callback_query" in update:
        return _of_button(update, number)
    if "my_chat_member" in update:
        return _of_membership(update, number)
    if "poll" in update:
        return _of_totals(update, number)
    return _of_vote(update, number) if "poll_answer" in update else None


def button_post(query: dict[str, Any]) -> Post | None:
    """The message below which a button was pressed, as if the presser had written there.

    An old one is inaccessible: only its chat and number come. Without any, the button was pressed in the person's own chat.
    """
    person, message = entry(query.get("from")), entry(query.get("message"))
    if whole(person.get("id")) is None:
        return None
    if not message:
        message = {"message_id": 0, "chat": {"id": person["id"], "type": "private"}}
    # The one who pressed, never the bot that wrote; a button has no anonymous presser.
    return post_of({**{key: message[key] for key in _PLACE if key in message}, "from": person})


_PLACE = ("message_id", "chat", "message_thread_id", "is_topic_message")


def _of_message(update: dict[str, Any], number: int, kind: str, me: Callable[[], Me]) -> Parcel | None:
    post = post_of(update[kind])
    if post is None:
        return None
    moved = "migrate_to_chat_id" in post.raw or "migrate_from_chat_id" in post.raw
    if post.group and not moved and not is_addressed(post, me()):
        return None
    return _parcel(update, number, post.chat, "" if moved else post.account)


def _of_button(update: dict[str, Any], number: int) -> Parcel | None:
    post = button_post(entry(update["callback_query"]))
    return _parcel(update, number, post.chat, post.account) if post else None


def _of_membership(update: dict[str, Any], number: int) -> Parcel | None:
    chat = entry(entry(update["my_chat_member"]).get("chat"))
    if whole(chat.get("id")) is None or chat.get("type") == "channel":
        return None
    return _parcel(update, number, str(chat["id"]), "")


def _of_totals(update: dict[str, Any], number: int) -> Parcel | None:
    poll = entry(update["poll"]).get("id")
    return _parcel(update, number, f"poll {poll}", "") if isinstance(poll, str) and 0 < len(poll) <= LONGEST_POLL_ID else None


def _of_vote(update: dict[str, Any], number: int) -> Parcel | None:
    vote = entry(update["poll_answer"])
    chat = whole((entry(vote.get("user")) or entry(vote.get("voter_chat"))).get("id"))
    return _parcel(update, number, str(chat), "") if chat is not None else None


def _parcel(update: dict[str, Any], number: int, chat: str, speaker: str) -> Parcel:
    # Half a surrogate pair passes as JSON, but cannot be stored.
    payload = json.loads(json.dumps(update, ensure_ascii=False).encode("utf-8", "replace"))
    return Parcel(f"u{number}", chat, payload, speaker, number)
