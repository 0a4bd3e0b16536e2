"""The person behind a chat: the plan it is linked to, opened for one question and closed again."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from rasa_sdk import Tracker
from sqlalchemy.orm import Session, sessionmaker

from bot.plans.reading import plan_of_conversation
from bot.plans.snapshot import PlanSnapshot
from bot.settings import settings
from bot.storage.database import engine_for
from bot.storage.sealing import Seal

CONVERSATION = re.compile(r"c(\d+)")


@lru_cache(maxsize=1)
def sessions() -> sessionmaker[Session]:
    """Sessions on our database. The gateway brings its tables up to date; nothing reaches an action before that."""
    return sessionmaker(engine_for(settings().database), expire_on_commit=False)


@lru_cache(maxsize=1)
def seal() -> Seal:
    """What opens names and texts."""
    return Seal(settings().key("text_key"))


def conversation_id(tracker: Tracker) -> int | None:
    """The number of the chat in our tables; None in `rasa shell`, where there is none."""
    found = CONVERSATION.fullmatch(tracker.sender_id or "")
    return int(found.group(1)) if found else None


def is_private(tracker: Tracker) -> bool:
    """False in a group: no personal word is ever said there."""
    return not (tracker.latest_message.get("metadata") or {}).get("group")


def plan_behind(tracker: Tracker) -> PlanSnapshot | None:
    """The plan of a private, linked chat; None everywhere else."""
    chat = conversation_id(tracker)
    if chat is None or not is_private(tracker):
        return None
    with sessions()() as session:
        return plan_of_conversation(session, seal(), chat)


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)
