"""Starts the guide a topic stands for."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.case import plan_behind
from actions.guide_state import library, progress_of, situation_of
from actions.guides.all_guides import LOGIC


class StartGuide(Action):
    """Hands over to the guide's form; a guide about the person's own case needs a linked chat and else explains the way to one."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_start_guide"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """The form, more about one part of its result, or the topic's general answer."""
        topic = (tracker.latest_message.get("intent") or {}).get("name")
        guide = next((guide for guide in library().guides().values() if guide.topic == topic), None)
        if guide is None or (guide.personal and plan_behind(tracker) is None):
            dispatcher.utter_message(response=f"utter_{topic}")
            return []
        part = next(tracker.get_latest_entity_values("part"), None)
        told = LOGIC[guide.name].part(part, guide, progress_of(tracker, guide), situation_of(tracker)) if part else None
        if told:
            told.say(dispatcher)
            return []
        return [SlotSet("guide_done", None), FollowupAction(f"{guide.name}_form")]
