"""In a group nobody's own case is told; below such an answer stands a button that opens the person's own chat with the bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telegram.helpers import create_deep_linked_url

from bot.content import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.in_group import is_danger, is_personal

CODE_IN_GROUP = "link_not_in_groups"
POST = "course_post"  # what a teacher says to the class; each member reads it in their language in the private chat
DOOR = "door_"  # before the name of what the classroom does in private only


def with_private_button(messages: Sequence[SaidMessage], library: Library, username: str) -> tuple[SaidMessage, ...]:
    """Messages of a group, each that is about the person's own affairs with the button."""
    return tuple(_with_button(message, library, username) for message in messages)


def door_of(library: Library, key: str) -> str:
    """What the private chat is opened with below a message of this key; empty where the message is for everybody."""
    if key == CODE_IN_GROUP:
        return "link_account"
    if key == POST:
        return "course"
    if key.startswith(DOOR):
        return key.removeprefix(DOOR)
    return key if is_personal(library, key) or is_danger(library, key) else ""


def _with_button(message: SaidMessage, library: Library, username: str) -> SaidMessage:
    door = door_of(library, message.key)
    if not door:
        return message
    language = message.language if message.language in library.languages else library.languages.source.code
    title = library.phrase("open_private", language)
    return replace(message, choices=(*message.choices, {"title": title, "url": create_deep_linked_url(username, door)}))
