"""Connect this chat to my plan; disconnect it."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.case import conversation_id, is_private, plan_behind, sessions
from actions.composed import BLANK, Composed, choice, line
from bot.plans.linking import unlink

UNLINK = '/link_account{"part": "unlink"}'


class LinkAccount(Action):
    """Says whether the chat is linked, and how to change that. The code itself never comes here (bot/conversations/linking.py)."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_link_account"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Unlinks when the button says so; else tells how things are."""
        chat = conversation_id(tracker)
        if chat is not None and "unlink" in tracker.get_latest_entity_values("part") and is_private(tracker):
            with sessions().begin() as session:
                unlink(session, chat, "by_participant")
            Composed("link_ended", (line("link_ended"),), ("link_account", "help_menu"), topic=False).say(dispatcher)
        elif plan_behind(tracker) is None:
            dispatcher.utter_message(response="utter_link_account")
        else:
            lines = (line("link_linked"), BLANK, line("link_again"))
            topics = ("my_plan", "my_next_step", "my_appointments")
            Composed("link_account", lines, topics, (choice("choice_unlink", UNLINK),)).say(dispatcher)
        return []
