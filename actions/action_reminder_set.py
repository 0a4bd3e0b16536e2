"""Remind me; stop reminding me."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.case import conversation_id, is_private, now, plan_behind, sessions
from actions.composed import BLANK, Composed, choice, day, line
from actions.guide_state import library
from actions.personal import today
from bot.conversations.reminding import OFF
from bot.plans.reminders import want, wants
from bot.plans.upcoming import coming


class ReminderSet(Action):
    """Turns reminders on for this chat, says what comes next, and how to stop them; the button of a reminder turns them off."""

    def name(self) -> str:
        """Its name in domain and rules."""
        return "action_reminder_set"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """In a group only what holds for everybody is told."""
        chat = conversation_id(tracker)
        if chat is None or not is_private(tracker):
            dispatcher.utter_message(response="utter_reminder_set")
            return []
        if "stop" in tracker.get_latest_entity_values("part") or _says_stop(tracker):
            self._turn(chat, False)
            Composed("reminder_off", (line("reminder_off"),), ("reminder_set", "help_menu"), topic=False).say(dispatcher)
            return []
        self._turn(chat, True)
        plan, moment = plan_behind(tracker), now()
        next_one = next(iter(coming(plan, library(), moment)), None)
        # When the reminder comes, not what it is about; one that is due already comes now.
        told = line("reminder_next", day=day(today(max(next_one.due_at, moment)))) if next_one else line("reminder_nothing")
        lines = (line("reminder_on" if plan else "reminder_on_general"), BLANK, told)
        topics = ("my_appointments",) if plan else ("link_account",)
        Composed("reminder_set", lines, topics, (choice("choice_reminders_off", OFF),)).say(dispatcher)
        return []

    @staticmethod
    def _turn(chat: int, on: bool) -> None:
        with sessions().begin() as session:
            if on or wants(session, chat):
                want(session, chat, on, now())


def _says_stop(tracker: Tracker) -> bool:
    """True when one of the words for stopping stands in the message, in the person's language or in Norwegian."""
    message = tracker.latest_message
    spoken, source = str((message.get("metadata") or {}).get("language") or ""), library().languages.source.code
    languages = {source, spoken if spoken in library().languages else source}
    said = str(message.get("text") or "").casefold()
    return any(word in said for language in languages for word in library().phrase("words_stop", language).casefold().split("|"))
