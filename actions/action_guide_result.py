"""The end of a guide: what the answers come to, or that they are kept for later."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.composed import Composed, line
from actions.guide_state import library, progress_of, situation_of
from actions.guides.all_guides import LOGIC


class GuideResult(Action):
    """Says what a finished guide comes to."""

    def name(self) -> str:
        """Its name in domain and policy."""
        return "action_guide_result"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """The result; for a guide that was left, that its answers are kept."""
        guide = library().guides().get(str(tracker.get_slot("guide_done") or ""))
        if guide is None:
            Composed("guide_left", (line("guide_left"),), ("help_menu", "talk_to_human"), topic=False).say(dispatcher)
        else:
            for message in LOGIC[guide.name].result(guide, progress_of(tracker, guide), situation_of(tracker)):
                message.say(dispatcher)
        return [SlotSet("guide_done", None), SlotSet("guide_asked", None), SlotSet("guide_note", None)]
