"""No, in context."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.last import last_said


class Deny(Action):
    """After suggestions that did not fit, asks for other words; else a friendly word."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_deny"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list:
        """What "no" means depends on what was said last."""
        before = last_said(tracker).get("key")
        if before == "suggest":
            dispatcher.utter_message(response="utter_phrase", key="say_it_differently", topics=["talk_to_human", "help_menu"])
        elif before == "offer_person":
            dispatcher.utter_message(response="utter_phrase", key="all_right", topics=["help_menu"])
        else:
            dispatcher.utter_message(response="utter_deny")
        return []
