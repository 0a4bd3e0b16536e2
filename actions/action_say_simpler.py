"""Says the last answer in one or two short sentences."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.last import last_topic


class SaySimpler(Action):
    """Says the last answer more simply, from its `simpler` wording."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_say_simpler"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list:
        """The last topic, simpler; without one, the question what is unclear."""
        topic = last_topic(tracker)
        if topic:
            dispatcher.utter_message(response=f"utter_{topic}", simpler=True)
        else:
            dispatcher.utter_message(response="utter_phrase", key="nothing_to_simplify", topics=["help_menu", "talk_to_human"])
        return []
