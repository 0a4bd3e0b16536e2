"""Yes, in context."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.last import last_offer


class Affirm(Action):
    """Gives what was offered; asks which where several things were; else asks what the person wants."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list:
        """One offer is answered, several are shown again."""
        offered = last_offer(tracker)
        if len(offered) == 1:
            dispatcher.utter_message(response=f"utter_{offered[0]}")
        elif offered:
            dispatcher.utter_message(response="utter_phrase", key="which_one", topics=offered)
        else:
            dispatcher.utter_message(response="utter_affirm")
        return []
