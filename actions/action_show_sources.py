"""Shows where the last answer comes from."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.last import last_topic


class ShowSources(Action):
    """Shows the sources and dates behind the last answer."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_show_sources"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list:
        """The sources of the last topic; without one, what the assistant rests on in general."""
        topic = last_topic(tracker)
        if topic:
            dispatcher.utter_message(response="utter_sources", topic=topic)
        else:
            dispatcher.utter_message(response="utter_source_question")
        return []
