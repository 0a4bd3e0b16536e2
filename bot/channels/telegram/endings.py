"""What the Bot API's errors mean for a sending: later, never, or nobody knows; and what can be left out of a message to save it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
from telegram.error import BadRequest, Conflict, EndPointNotFound, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.conversations.channel import SendLater, SendRefused, SendUnsure

Ending = SendLater | SendRefused | SendUnsure
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)  # no byte of the message left
TOKEN_PAUSE, CONFLICT_PAUSE, BUSY_PAUSE = 60.0, 30.0, 5.0  # seconds
ONE_CHAT = 30.0  # seconds; whoever is asked to wait longer has been too fast in all chats together, not in one
# What the API says (lower case) -> our code, and whether nothing else reaches this chat either.
FORBIDDEN = {"blocked": "blocked", "deactivated": "deactivated", "kicked": "removed", "not a member": "removed", "deleted": "removed"}
REFUSED = {
    "chat not found": ("no_chat", True),
    "user not found": ("no_chat", True),
    "peer_id_invalid": ("no_chat", True),
    "group chat was deactivated": ("removed", True),
    "not enough rights": ("no_rights", True),
    "have no rights": ("no_rights", True),
    "chat_write_forbidden": ("no_rights", True),
    "too long": ("too_long", False),
    "is empty": ("empty", False),
    "file is too big": ("too_large", False),
}


def ending_of(error: TelegramError) -> Ending:
    """How a sending ended that raised this. ChatMigrated is the channel's own affair, because it can be mended."""
    words = str(error).lower()
    if isinstance(error, RetryAfter):
        seconds = seconds_of(error)
        return SendLater(seconds, "busy", everybody=seconds > ONE_CHAT)
    if isinstance(error, InvalidToken | EndPointNotFound):
        return SendLater(TOKEN_PAUSE, "token", everybody=True)
    if isinstance(error, Conflict):
        return SendLater(CONFLICT_PAUSE, "conflict")
    if isinstance(error, Forbidden):
        return SendRefused(next((code for said, code in FORBIDDEN.items() if said in words), "forbidden"), stop=True)
    if isinstance(error, BadRequest):
        code, stop = next((ending for said, ending in REFUSED.items() if said in words), ("refused", False))
        return SendRefused(code, stop)
    if "too many requests" in words:
        return SendLater(BUSY_PAUSE, "busy")
    if "entity too large" in words:
        return SendRefused("too_large")
    return SendLater(0.0, "network") if unsent(error) else SendUnsure(type(error).__name__)


def seconds_of(error: RetryAfter) -> float:
    """How long the API asks us to wait; a number or a duration, depending on the library's version."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def unsent(error: TelegramError) -> bool:
    """True when the connection was never made."""
    return isinstance(error, NetworkError) and isinstance(error.__cause__, UNSENT)


def simpler(body: dict[str, Any], error: BadRequest) -> dict[str, Any] | None:
    """The message without the very thing the API does not take; None when that is the message itself.

    One button with an address it does not like has the whole message refused, and a topic of a forum can be deleted meanwhile.
    """
    words = str(error).lower()
    if "thread not found" in words or "topic_" in words:
        return _without(body, "message_thread_id")
    if "url" in words:
        return _without_addresses(body)
    if "entit" in words:
        return _without(body, "entities", "caption_entities")
    if "repl" in words:
        return _without(body, "reply_parameters")
    return None


def _without(body: dict[str, Any], *names: str) -> dict[str, Any] | None:
    kept = {name: value for name, value in body.items() if name not in names}
    return kept if len(kept) < len(body) else None


def _without_addresses(body: dict[str, Any]) -> dict[str, Any] | None:
    rows = body.get("reply_markup", {}).get("inline_keyboard", [])
    kept = [left for row in rows if (left := [button for button in row if "url" not in button])]
    if kept == rows:
        return None
    rest = {name: value for name, value in body.items() if name != "reply_markup"}
    return {**rest, "reply_markup": {"inline_keyboard": kept}} if kept else rest
