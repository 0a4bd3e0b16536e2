"""Why a conversation needs a person, how urgent that is, and how soon somebody should answer (DESIGN section 6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

HOUR = dt.timedelta(hours=1)
MILD_SAFETY = frozenset({"mental_health", "discrimination"})


class Reason(StrEnum):
    """The reason codes of a case."""

    CRISIS = "crisis"
    MONEY_ENDING = "money_ending"
    ASKED = "asked"
    WRONG_ANSWER = "wrong_answer"
    NOT_UNDERSTOOD_TWICE = "not_understood_twice"
    UNKNOWN_LANGUAGE = "unknown_language"
    VOICE = "voice"
    LOW_CONFIDENCE = "low_confidence"
    ABSENCE = "absence"
    MEETING = "meeting"
    PLAN_CHANGE = "plan_change"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Urgency:
    """`priority`: 1 is looked at first. `target`: hours of the office until somebody should have answered."""

    priority: int
    target: dt.timedelta


URGENCY = {
    Reason.CRISIS: Urgency(1, HOUR),
    Reason.MONEY_ENDING: Urgency(2, 4 * HOUR),
    Reason.ASKED: Urgency(3, 6 * HOUR),
    Reason.WRONG_ANSWER: Urgency(3, 6 * HOUR),
    Reason.NOT_UNDERSTOOD_TWICE: Urgency(3, 6 * HOUR),
    Reason.UNKNOWN_LANGUAGE: Urgency(3, 6 * HOUR),
    Reason.VOICE: Urgency(3, 6 * HOUR),
    Reason.ABSENCE: Urgency(3, 6 * HOUR),
    Reason.LOW_CONFIDENCE: Urgency(4, 12 * HOUR),
    Reason.MEETING: Urgency(4, 12 * HOUR),
    Reason.PLAN_CHANGE: Urgency(4, 12 * HOUR),
    Reason.DOCUMENT: Urgency(4, 12 * HOUR),
}
# An unhappy person is not always in danger: seen soon, but after those who are.
MILD = Urgency(2, 4 * HOUR)


def urgency_of(reason: Reason, topic: str = "") -> Urgency:
    """How urgent a reason is; a safety topic that is not about danger to life comes a little later."""
    return MILD if reason is Reason.CRISIS and topic in MILD_SAFETY else URGENCY[reason]
