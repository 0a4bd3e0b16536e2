"""Looks for a message whose sending was cut off, by asking Telegram to edit what may be it into exactly what it is.

The Bot API cannot list what a bot has sent. But one worker at a time sends to a chat, so any message of ours there that stands in no
record can only be the one that was cut off, and editing it into its own words changes nothing. What the API answers (all 400; read on
2026-11-22 in the threads named):
- "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of
  the message" (github.com/yi-jiayu/bus-eta-bot/issues/6, github.com/y2k/purescript-telegram-bot/issues/13): there it is.
- "message to edit not found" (github.com/TelegramBotAPI/errors/issues/7): there is no such message in this chat.
- "message can't be edited" (github.com/nickoala/telepot/issues/145, github.com/yagop/node-telegram-bot-api/issues/254): somebody else's.
In private chats and basic groups messages are numbered per bot over all of them, in a supergroup per group.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, not_, select
from sqlalchemy.orm import Session
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.channels.telegram.endings import seconds_of
from bot.conversations.channel import Envelope, Part, SendLater, SendUnsure
from bot.conversations.history import now
from bot.plans.moments import in_utc
from bot.storage.tables import Conversation, Message
from bot.storage.traffic_tables import Departure, Dispatch

MOST, PACE = 30, 0.25  # probes; seconds between two
AHEAD, AHEAD_IN_GROUP = 8, 30  # how far beyond the newest known message one is looked for: others write meanwhile
SUPERGROUP = "-100"
WINDOW = dt.timedelta(minutes=30)  # how far back other chats' messages are looked at
EDITS = {"sendMessage": "editMessageText", "sendDocument": "editMessageCaption"}
KEPT = ("text", "entities", "link_preview_options", "reply_markup", "caption", "caption_entities")
NUMBER = re.compile(r"(?:telegram:-?\d+:)?(\d+)")  # of a Dispatch, of a Message
THERE = "not modified"
NOT_THERE = (
    "message to edit not found",
    "can't be edited",
    "cant be edited",
    "message_id_invalid",
    "no text in the message",
    "no caption in",
)


@dataclass(frozen=True)
class Candidates:
    """Where it may be. `all`: nowhere else."""

    numbers: tuple[int, ...]
    all: bool


def candidates(session: Session, envelope: Envelope, before: str | None) -> Candidates | None:
    """The numbers a cut off message may have; None when nothing tells where to begin.

    Certainly above everything numbered before its sending began; most likely below what is newest by now.
    """
    begun = session.scalar(select(Dispatch.begun_at).where(Dispatch.departure_id == envelope.departure_id, Dispatch.state == "sending"))
    moment = in_utc(begun) if begun else now()
    own_count = envelope.chat.startswith(SUPERGROUP)
    known = _sent(session, envelope.chat, own_count, moment) + _heard(session, envelope.chat, own_count, moment)
    earlier = [number for number, at in known if at <= moment]
    earlier += [int(text) for text in (before, envelope.place.get("reply_to")) if text and str(text).isdigit()]
    if not earlier:
        return None
    lowest, newest = max(earlier), max([*earlier, *(number for number, _ in known)])
    taken = {number for number, _ in known}
    ahead = AHEAD_IN_GROUP if own_count else AHEAD
    free = [number for number in range(lowest + 1, newest + ahead + 1) if number not in taken]
    return Candidates(tuple(free[:MOST]), all=len(free) <= MOST and not own_count)


def look(call: Callable[[str, dict[str, Any]], Any], envelope: Envelope, part: Part, where: Candidates) -> str | None:
    """The number of the message, None when it is nowhere. Raises SendUnsure, or SendLater to look again when Telegram answers again.

    `call` is the Bot API; it may leave out of a message what the API refused before.
    """
    method = EDITS.get(part.method)
    if method is None:
        raise SendUnsure(part.method)
    body = {name: part.body[name] for name in KEPT if name in part.body}
    for index, number in enumerate(where.numbers):
        if index:
            time.sleep(PACE)
        if _is(call, method, {**body, "chat_id": int(envelope.chat), "message_id": number}):
            return str(number)
    if not where.all:
        raise SendUnsure("not_found")
    return None


def _is(call: Callable[[str, dict[str, Any]], Any], method: str, body: dict[str, Any]) -> bool:
    try:
        call(method, body)
    except RetryAfter as error:
        raise SendLater(seconds_of(error), "looking") from None
    except BadRequest as error:
        words = str(error).lower()
        if THERE in words:
            return True
        if any(said in words for said in NOT_THERE):
            return False
        raise SendUnsure("refused") from None
    except TelegramError as error:
        raise SendLater(0.0, "looking") from error
    return True  # ours, and now it says what it should


def _sent(session: Session, chat: str, own_count: bool, moment: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """Numbers of what we sent, with when we heard of each."""
    ours = select(Dispatch.external_id, Dispatch.accepted_at).join(Departure, Departure.id == Dispatch.departure_id)
    query = ours.where(Dispatch.channel == "telegram", Dispatch.external_id.is_not(None))
    query = query.where(_within(Departure.chat == chat, not_(Departure.chat.startswith(SUPERGROUP)), own_count, Dispatch.begun_at, moment))
    return _numbers(session.execute(query))


def _heard(session: Session, chat: str, own_count: bool, moment: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """Numbers of what people wrote, with when it was stored."""
    theirs = select(Message.external_id, Message.created_at).join(Conversation, Conversation.id == Message.conversation_id)
    query = theirs.where(Conversation.channel == "telegram", Message.external_id.startswith("telegram:"))
    here, counted = Message.external_id.startswith(f"telegram:{chat}:"), not_(Message.external_id.startswith(f"telegram:{SUPERGROUP}"))
    return _numbers(session.execute(query.where(_within(here, counted, own_count, Message.created_at, moment))))


def _within(
    here: ColumnElement[bool], counted: ColumnElement[bool], own_count: bool, when: Any, moment: dt.datetime
) -> ColumnElement[bool]:
    recent = when > moment - WINDOW
    return here & recent if own_count else counted & recent


def _numbers(rows: Iterable[Any]) -> list[tuple[int, dt.datetime]]:
    found = [(NUMBER.fullmatch(str(external)), at) for external, at in rows]
    return [(int(number.group(1)), in_utc(at)) for number, at in found if number and at is not None]
