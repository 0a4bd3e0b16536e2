"""That is wrong: sorry, other readings of the question, and a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_not_understood import NEVER_SUGGESTED
from actions.last import last_topic

SUGGESTED = 2


class FeedbackWrong(Action):
    """Apologises and offers what the question before may have meant instead."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_feedback_wrong"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list:
        """The answer of the topic, then the second-best readings of the question as buttons."""
        others = [topic for topic in readings_before(tracker) if topic != last_topic(tracker)][:SUGGESTED]
        dispatcher.utter_message(response="utter_feedback_wrong")
        if others:
            dispatcher.utter_message(response="utter_phrase", key="suggest", topics=[*others, "talk_to_human"])
        return []


def readings_before(tracker: Tracker) -> list[str]:
    """How else the question before this message could be read, best first."""
    users: list[dict[str, Any]] = [event for event in tracker.events if event.get("event") == "user"]
    if len(users) < 2:
        return []
    ranking = (users[-2].get("parse_data") or {}).get("intent_ranking") or []
    return [row["name"] for row in ranking if row["name"] not in NEVER_SUGGESTED]
