"""A poll of the class as Telegram's own poll in the group, and what Telegram tells of it.

Anonymous there: nobody in the group sees who chose what, and the Bot API tells totals only (update `poll`, for polls the bot sent itself).
Limits of sendPoll (core.telegram.org/bots/api, PollLimit of python-telegram-bot): question 300, option 100, explanation 200 characters;
it closes by itself at `close_date`, at most 2 628 000 seconds ahead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from telegram.constants import PollLimit

from bot.channels.rendering.letters import shortened
from bot.channels.telegram.reading import entry, whole
from bot.conversations.channel import Part

LONGEST_OPEN, SHORTEST_OPEN = 2_628_000, 5  # seconds


def poll_part(poll: Mapping[str, Any], now: dt.datetime) -> Part:
    """The sending of a poll. One that stays open longer than Telegram allows has no end there; ours counts all the same."""
    options = [{"text": shortened(str(option), PollLimit.MAX_OPTION_LENGTH)} for option in poll["options"]]
    body: dict[str, Any] = {
        "question": shortened(str(poll["question"]), PollLimit.MAX_QUESTION_LENGTH),
        "options": options,
        "is_anonymous": True,
    }
    if poll.get("kind") == "quiz" and poll.get("right") is not None:
        # Bot API 10 takes several right options, older servers the one.
        body |= {"type": "quiz", "correct_option_id": poll["right"], "correct_option_ids": [poll["right"]]}
        if poll.get("because"):
            body["explanation"] = shortened(str(poll["because"]), PollLimit.MAX_EXPLANATION_LENGTH)
    closes_at = dt.datetime.fromisoformat(str(poll["closes_at"])) if poll.get("closes_at") else None
    if closes_at is not None and SHORTEST_OPEN < (closes_at - now).total_seconds() < LONGEST_OPEN:
        body["close_date"] = int(closes_at.timestamp())
    return Part("sendPoll", body, poll=int(poll["id"]))


def poll_id_of(sent: Any) -> str:
    """Telegram's own id of a poll just sent; empty where it tells none."""
    number = entry(entry(sent).get("poll")).get("id")
    return number if isinstance(number, str) else ""


def totals_of(poll: Any) -> tuple[str, list[int]] | None:
    """Which poll, and how many chose each option; None for what is no poll."""
    given = entry(poll)
    options = given.get("options")
    if not isinstance(given.get("id"), str) or not isinstance(options, list):
        return None
    return given["id"], [max(whole(entry(option).get("voter_count")) or 0, 0) for option in options]
