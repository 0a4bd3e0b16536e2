"""A number or a short word typed where a poll or a statement of the self-assessment was shown last: the button it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import Author, Message

CHOSEN = ("/course_vote{", "/self_answer{")
FORM = "/answer"  # a guide of the assistant waits, and a number is for it
AROUND = " \t\n.,:;!?()«»\"'“”"


def typed_choice(session: Session, conversation_id: int, text: str) -> str:
    """The payload of the choice that a whole message names: by its number from 1, or by its words up to the first comma. Else empty."""
    ours = (Message.conversation_id == conversation_id, Message.author != Author.PARTICIPANT)
    newest = select(Message.details).where(*ours).order_by(Message.id.desc()).limit(1)
    shown = _choices(session.scalar(newest))
    payloads = [str(one.get("payload", "")) for one in shown]
    if not payloads or not all(payload.startswith(CHOSEN) for payload in payloads):
        return ""
    asked = _choices(session.scalar(newest.where(Message.answers_id.is_not(None))))
    if any(str(one.get("payload", "")).startswith(FORM) for one in asked):
        return ""
    word = _plain(text)
    if word.isdecimal():
        return payloads[int(word) - 1] if len(word) < 3 and 1 <= int(word) <= len(payloads) else ""
    begins = [_plain(str(one.get("title", "")).split(",")[0].split("،")[0]) for one in shown]
    return payloads[begins.index(word)] if word and begins.count(word) == 1 else ""


def _choices(details: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    found = (details or {}).get("choices")
    return list(found) if isinstance(found, list) else []


def _plain(text: str) -> str:
    """Without case, blanks, signs around it and the marks of texts from right to left."""
    return text.translate(dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))).casefold().strip(AROUND)
