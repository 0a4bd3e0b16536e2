"""Leads through a guide: starts its form, lets questions in between be answered without losing the thread, and lets danger end it.

A guide is a Rasa form (`<name>_form`, made by topic_importer.py from data/guides). Rules cannot say "any topic may interrupt any form,
then the form asks again" without one rule for each pair; this policy says it once.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_DEACTIVATE_LOOP_NAME, ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, Event, LoopInterrupted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.understanding.library_policy import LibraryPolicy

ABOVE_FOLLOW_UPS = 8
ANSWER = "answer"  # the intent of a pressed button of a question
START, RESULT, OVER = "action_start_guide", "action_guide_result", "action_guide_over"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class GuidePolicy(LibraryPolicy):
    """Decides only while a guide runs, begins or ends; everything else is the rules'."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Its place before follow-ups and rules."""
        return {"priority": ABOVE_FOLLOW_UPS}

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, rule_only_data: Optional[Dict[str, Any]] = None, **kwargs: Any
    ) -> PolicyPrediction:
        """The guide's next action; nothing where no guide is concerned."""
        action, events = self._next(tracker, domain)
        chances = self._default_predictions(domain)
        if action is not None:
            chances[domain.index_for_action(action)] = 1.0
        # As sure as a form that runs: a cry for help must come before the form's next question.
        return self._prediction(chances, events=events, is_no_user_prediction=action is not None)

    def _next(self, tracker: DialogueStateTracker, domain: Domain) -> Tuple[Optional[str], List[Event]]:
        done, rejected = since_last_message(tracker)
        forms = {f"{name}_form" for name in self._library.guides()}
        form = tracker.active_loop_name if tracker.active_loop_name in forms else None
        if done and done[-1] in (RESULT, OVER, ACTION_DEACTIVATE_LOOP_NAME):
            return ACTION_LISTEN_NAME, []
        if form is None:
            return self._without_form(tracker, done, forms), []
        if not done:
            return self._at_message(tracker, form, rejected, domain)
        if done[-1] == form:
            return ACTION_LISTEN_NAME, []
        if self._is_safety(tracker):
            return ACTION_DEACTIVATE_LOOP_NAME, []
        return form, [LoopInterrupted(False)]

    def _without_form(self, tracker: DialogueStateTracker, done: List[str], forms: "set[str]") -> Optional[str]:
        if done and done[-1] in forms:
            return RESULT
        if done and done[-1] == START:
            return ACTION_LISTEN_NAME
        return OVER if not done and _intent(tracker) == ANSWER else None

    def _at_message(self, tracker: DialogueStateTracker, form: str, rejected: bool, domain: Domain) -> Tuple[Optional[str], List[Event]]:
        if self._is_safety(tracker):
            return f"utter_{_intent(tracker)}", [LoopInterrupted(True)]
        return (self._in_between(tracker, domain), [LoopInterrupted(True)]) if rejected else (form, [])

    def _in_between(self, tracker: DialogueStateTracker, domain: Domain) -> str:
        """What answers a question somebody asks in the middle of a guide."""
        intent = _intent(tracker)
        if any(guide.topic == intent for guide in self._library.guides().values()):
            return START
        for name in (f"action_{intent}", AS_RULED.get(intent, ""), f"utter_{intent}"):
            if name in domain.action_names_or_texts:
                return name
        return "action_not_understood"

    def _is_safety(self, tracker: DialogueStateTracker) -> bool:
        intent = _intent(tracker)
        if _is_only_a_number(tracker):  # the answer to "how many hours?", whatever a classifier makes of "0"
            return False
        return self._library.has_topic(intent) and self._library.topic(intent).kind == "safety"


# Where data/conversation/rules.yml names an action that is not called after its topic.
AS_RULED = {"not_understood": "action_say_simpler", "source_question": "action_show_sources"}


def since_last_message(tracker: DialogueStateTracker) -> Tuple[List[str], bool]:
    """The actions since the newest message of the person, and whether a form could not use that message."""
    done: List[str] = []
    rejected = False
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name not in (ACTION_LISTEN_NAME, "action_extract_slots"):
            done.append(str(event.action_name))
        rejected = rejected or isinstance(event, ActionExecutionRejected)
    return done[::-1], rejected


def _is_only_a_number(tracker: DialogueStateTracker) -> bool:
    text = (tracker.latest_message.text or "") if tracker.latest_message else ""
    return any(letter.isdigit() for letter in text) and not any(letter.isalpha() for letter in text)


def _intent(tracker: DialogueStateTracker) -> str:
    message = tracker.latest_message
    return str((message.intent or {}).get("name") or "") if message else ""
