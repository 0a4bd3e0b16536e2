"""Says the last answer again."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.last import last_topic
from actions.personal_topics import PERSONAL


class Repeat(Action):
    """Says the last answer again, as it stands in data/ at this moment."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_repeat"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list:
        """The last topic's answer, or a word that nothing was said yet."""
        topic = last_topic(tracker)
        if topic in PERSONAL:
            return PERSONAL[topic]().run(dispatcher, tracker, domain)
        if topic:
            dispatcher.utter_message(response=f"utter_{topic}")
        else:
            dispatcher.utter_message(response="utter_phrase", key="nothing_to_repeat", topics=["help_menu"])
        return []
