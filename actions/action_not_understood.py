"""Two steps when a message was not understood: suggestions first, then a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

SUGGESTED = 3
# Below this a topic is no nearer than any other, and suggesting it would only puzzle.
LEAST_CHANCE = 0.03
NEVER_SUGGESTED = frozenset("affirm deny greet goodbye thanks not_understood repeat nlu_fallback out_of_scope".split())


class NotUnderstood(Action):
    """Suggests the three nearest topics the first time, offers a person the second time in a row."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list:
        """What the buttons offer stays readable in the tracker, so that yes and no have a meaning afterwards."""
        nearest = nearest_topics(tracker)
        if in_a_row(tracker) > 0:
            dispatcher.utter_message(response="utter_phrase", key="offer_person", topics=["talk_to_human", "help_menu"])
        elif nearest:
            dispatcher.utter_message(response="utter_phrase", key="suggest", topics=[*nearest, "talk_to_human"])
        else:
            dispatcher.utter_message(response="utter_phrase", key="say_it_differently", topics=["help_menu", "talk_to_human"])
        return []


def nearest_topics(tracker: Tracker) -> list[str]:
    """The topics the classifier thought of first, without small talk."""
    ranking: list[dict[str, Any]] = tracker.latest_message.get("intent_ranking") or []
    likely = [row["name"] for row in ranking if row["name"] not in NEVER_SUGGESTED and row["confidence"] >= LEAST_CHANCE]
    return likely[:SUGGESTED]


def in_a_row(tracker: Tracker) -> int:
    """How many messages directly before this one were not understood either."""
    times, skipped_newest = 0, False
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            if not skipped_newest:
                skipped_newest = True
                continue
            intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
            if intent != "nlu_fallback":
                break
            times += 1
    return times
