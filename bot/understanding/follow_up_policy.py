"""Understands "and if I am 23?" after an answer: a short message whose entity changes what was just asked."""

from __future__ import annotations

from typing import Any, Dict, Optional

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.understanding.library_policy import LibraryPolicy

ABOVE_RULES = 7  # RulePolicy has 6
LONGEST = 9  # words: a longer message stands by itself
SHORT = 6
# From here on a message has found its own topic; a very short one says little but its entity, so it must be surer.
SURE, SURE_WHEN_SHORT = 0.75, 0.97


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class FollowUpPolicy(LibraryPolicy):
    """Answers the topic that `follow_ups` of the last topic names for an entity in a short, otherwise unclear message."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Its place before the rules."""
        return {"priority": ABOVE_RULES}

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The follow-up's answer, then listen; nothing where there is no follow-up."""
        topic = self._follow_up(tracker)
        if topic is None:
            return self._prediction(self._default_predictions(domain))
        done = tracker.latest_action_name == f"utter_{topic}"
        chances = self._default_predictions(domain)
        chances[domain.index_for_action(ACTION_LISTEN_NAME if done else f"utter_{topic}")] = 1.0
        return self._prediction(chances)

    def _follow_up(self, tracker: DialogueStateTracker) -> Optional[str]:
        message = tracker.latest_message
        if message is None or not message.text or message.text.startswith("/"):
            return None
        if len(message.text.split()) > LONGEST or not message.entities:
            return None
        before = _topic_before(tracker)
        if before is None or not self._library.has_topic(before):
            return None
        follow_ups = self._library.topic(before).follow_ups
        intent = (message.intent or {}).get("name")
        if intent and self._library.has_topic(intent) and self._library.topic(intent).kind == "safety":
            return None
        near = {before, *(follow_up.topic for follow_up in follow_ups), *self._library.topic(before).related}
        sure = SURE_WHEN_SHORT if len(message.text.split()) <= SHORT else SURE
        if (message.intent or {}).get("confidence", 0.0) >= sure and intent not in near:
            return None
        for entity in message.entities:
            for follow_up in follow_ups:
                if entity.get("entity") == follow_up.entity and follow_up.fits(str(entity.get("value"))):
                    return follow_up.topic
        return None


def _topic_before(tracker: DialogueStateTracker) -> Optional[str]:
    """The topic of the last answer before the newest message."""
    asked = False
    for event in reversed(tracker.events):
        if event.type_name == "user":
            asked = True
        elif asked and isinstance(event, BotUttered):
            said = (event.metadata or {}).get("said") or {}
            if said.get("topic"):
                return str(said["topic"])
    return None
