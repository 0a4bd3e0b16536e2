"""What the assistant said last, read from the tracker."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker


def last_said(tracker: Tracker) -> dict[str, Any]:
    """The newest message the assistant said, as the NLG class described it; empty when it said none."""
    return _newest(tracker, lambda said: True)


def last_topic(tracker: Tracker) -> str:
    """The topic answered last, phrases in between passed over; an empty text when none was."""
    return str(_newest(tracker, lambda said: bool(said.get("topic"))).get("topic", ""))


def last_offer(tracker: Tracker) -> list[str]:
    """The topics the newest message offered as buttons, the way to a person left out unless it was the only one."""
    topics = [choice["payload"].lstrip("/") for choice in last_said(tracker).get("choices", [])]
    topics = [topic for topic in topics if topic.isidentifier()]
    return [topic for topic in topics if topic not in ("talk_to_human", "help_menu")] or topics[:1]


def _newest(tracker: Tracker, wanted: Any) -> dict[str, Any]:
    for event in reversed(tracker.events):
        said = (event.get("metadata") or {}).get("said") if event.get("event") == "bot" else None
        if said and wanted(said):
            return dict(said)
    return {}
