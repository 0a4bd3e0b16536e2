"""When an item comes again: the open algorithm FSRS (library `fsrs`) with its own parameters, without chance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from fsrs import Card, Rating, Scheduler
from fsrs.card import CardDict

SCHEDULER = Scheduler(enable_fuzzing=False)
LASTING = 21.0  # days of stability from which on an item counts as known


def reviewed(card: Mapping[str, Any] | None, right: bool, now: dt.datetime) -> dict[str, Any]:
    """The card after an answer (None: the first one). Right is Good, wrong is Again; nobody's time is taken."""
    before = Card(card_id=0, due=now) if card is None else Card.from_dict(cast(CardDict, dict(card)))
    moment = max(now, before.last_review or now)  # a clock that was set back is no review before the last one
    after, _ = SCHEDULER.review_card(before, Rating.Good if right else Rating.Again, moment)
    return dict(after.to_dict())


def due_at(card: Mapping[str, Any]) -> dt.datetime:
    """When a card is due."""
    return dt.datetime.fromisoformat(card["due"])


def stability(card: Mapping[str, Any]) -> float:
    """For how many days a card lasts: after so many, nine of ten people still know it."""
    return float(card["stability"] or 0.0)
