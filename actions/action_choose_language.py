"""Another language."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict


class ChooseLanguage(Action):
    """Speaks another language from now on, or asks which. The gateway keeps the choice."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_choose_language"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list:
        """A named language is chosen; without one all languages are shown by their own names."""
        language = next(tracker.get_latest_entity_values("language"), None)
        if language:
            dispatcher.utter_message(response="utter_language_changed", language=language)
        else:
            dispatcher.utter_message(response="utter_languages")
        return []
