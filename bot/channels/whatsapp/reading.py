"""What a stored message says: its words, or the button that was pressed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.given import CONTROL
from bot.channels.rendering import picked
from bot.conversations.history import conversation_of
from bot.conversations.traffic.outbox import numbered_of, payload_of
from bot.storage.tables import Message
from bot.storage.traffic_tables import Dispatch

CHANNEL = "whatsapp"
REPLIES = ("button_reply", "list_reply")


def stored(session: Session, account: str, external_id: str) -> Message | None:
    """The message of this id, where it was handed over before."""
    conversation = conversation_of(session, CHANNEL, account)
    if conversation is None:
        return None
    same = (Message.conversation_id == conversation.id, Message.external_id == external_id)
    return session.scalar(select(Message).where(*same))


def words_of(session: Session, account: str, message: dict[str, Any]) -> str:
    """The text, the payload of what was chosen, or ""; a number stands for what the newest list (or the quoted one) has there."""
    kind = message.get("type")
    if kind == "text":
        text = _clean(_inside(message, "text").get("body"))
        return picked(text, _numbered(session, account, message)) or text
    if kind == "button":
        button = _inside(message, "button")
        return _pressed(session, button.get("payload"), button.get("text"))
    if kind == "interactive":
        interactive = _inside(message, "interactive")
        reply: dict[str, Any] = next((interactive[name] for name in REPLIES if isinstance(interactive.get(name), dict)), {})
        return _pressed(session, reply.get("id"), reply.get("title"))
    if kind in ("image", "document", "video"):
        return _clean(_inside(message, kind).get("caption"))
    return ""


def _numbered(session: Session, account: str, message: dict[str, Any]) -> tuple[str, ...]:
    quoted = message.get("quotes")
    if isinstance(quoted, str):
        ours = (Dispatch.channel == CHANNEL, Dispatch.external_id == quoted)
        found = session.scalar(select(Dispatch.numbered).where(*ours).limit(1))
        if found:
            return tuple(found)
    return numbered_of(session, CHANNEL, account)


def _pressed(session: Session, key: Any, title: Any) -> str:
    """A button of ours by its key; of one we do not know, its title, as if it had been written."""
    known = payload_of(session, key) if isinstance(key, str) and len(key) <= 256 else None
    return known or _clean(title)


def _inside(message: dict[str, Any], name: str) -> dict[str, Any]:
    found = message.get(name)
    return found if isinstance(found, dict) else {}


def _clean(text: Any) -> str:
    return CONTROL.sub("", text).strip() if isinstance(text, str) else ""
