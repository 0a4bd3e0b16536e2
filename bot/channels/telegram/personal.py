"""In a group nobody's own case is told; below such an answer stands a button that opens the person's own chat with the bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telegram.helpers import create_deep_linked_url

from bot.content import Library
from bot.conversations.assistant import SaidMessage

CODE_IN_GROUP = "link_not_in_groups"


def with_private_button(messages: Sequence[SaidMessage], library: Library, username: str) -> tuple[SaidMessage, ...]:
    """Messages of a group, each that is about the person's own affairs with the button."""
    return tuple(_with_button(message, library, username) for message in messages)


def is_personal(library: Library, key: str) -> bool:
    """True for a topic that is answered from the person's plan, or that asks the person about themselves."""
    if not library.has_topic(key):
        return False
    topic = library.topic(key)
    return topic.kind in ("case", "guide") or (topic.group == "personal" and topic.kind == "service")


def _with_button(message: SaidMessage, library: Library, username: str) -> SaidMessage:
    topic = "link_account" if message.key == CODE_IN_GROUP else message.key
    if not is_personal(library, topic):
        return message
    language = message.language if message.language in library.languages else library.languages.source.code
    title = library.phrase("open_private", language)
    return replace(message, choices=(*message.choices, {"title": title, "url": create_deep_linked_url(username, topic)}))
