"""The second net under the safety topics: reviewed patterns that count whatever the classifier says."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import content_folder
from bot.understanding.safety_patterns import read_nets


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyNet(GraphComponent):
    """Raises a safety topic when a pattern of data/safety/<lang>.yml is found, in whatever language it is.

    Sets the intent with confidence 1.0 and `safety_net: true`. A classifier that names a safety topic too keeps its word, but no doubt.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`folder`: where the patterns are, inside data/."""
        return {"folder": "safety"}

    def __init__(self, config: Dict[str, Any]) -> None:
        self._folder = content_folder() / config["folder"]
        self._nets = read_nets(self._folder)

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SafetyNet:
        """Reads the patterns. Raises ContentError when one cannot be used."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Looks at each message; buttons (texts beginning with /) are left alone."""
        for message in messages:
            text = message.get(TEXT)
            topic = self._nets.caught(text) if text and not text.startswith("/") else None
            if topic:
                named = (message.get(INTENT) or {}).get("name")
                found = {"name": named if named in self._nets.topics else topic, "confidence": 1.0}
                message.set(INTENT, found, add_to_output=True)
                message.set("intent_ranking", [found, *(message.get("intent_ranking") or [])], add_to_output=True)
                message.set("safety_net", True, add_to_output=True)
        return messages
