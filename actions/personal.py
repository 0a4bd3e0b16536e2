"""What the answers about a person's own case have in common: with a linked plan the person's own, without one the general answer."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.case import now, plan_behind
from actions.composed import Composed
from bot.plans.parts import NORWAY
from bot.plans.snapshot import PlanSnapshot


class PersonalAction(Action, ABC):
    """Answers one topic from the person's plan."""

    topic: str

    def name(self) -> str:
        """Its name in domain and rules."""
        return f"action_{self.topic}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list:
        """The person's own answer; in a chat without a plan what holds for everybody, and how to link the plan."""
        plan = plan_behind(tracker)
        if plan is None:
            dispatcher.utter_message(response=f"utter_{self.topic}")
        else:
            self.told(plan, now()).say(dispatcher)
        return []

    @abstractmethod
    def told(self, plan: PlanSnapshot, moment: dt.datetime) -> Composed:
        """The answer from a plan at a moment (UTC)."""


def today(moment: dt.datetime) -> dt.date:
    """The day it is in Norway."""
    return moment.astimezone(NORWAY).date()
