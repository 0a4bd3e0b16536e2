"""A button of a question that is not asked any more."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.composed import Composed, line
from actions.guide_state import library


class GuideOver(Action):
    """Says that the questions are over and offers the guides anew."""

    def name(self) -> str:
        """Its name in domain and policy."""
        return "action_guide_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """The word and the guides that need no plan."""
        guides = tuple(guide.topic for guide in library().guides().values() if not guide.personal)
        Composed("guide_over", (line("guide_over"),), (*guides, "help_menu"), topic=False).say(dispatcher)
        return []
