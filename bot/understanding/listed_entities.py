"""Entities a message names (level, skill, subject, occupation, municipality, language, age, amount), by matchers over lists."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content import content_folder
from bot.understanding.entity_lists import EntityMatcher, read_lists, read_occupation_lists


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ListedEntities(EntityExtractorMixin, GraphComponent):
    """Finds entities by lists and number rules. Values are ids or plain numbers: {"entity": "cefr_level", "value": "B1"}."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Nothing to set."""
        return {}

    @staticmethod
    def required_packages() -> List[str]:
        """spaCy brings the matchers."""
        return ["spacy"]

    def __init__(self, config: Dict[str, Any]) -> None:
        self._matcher = EntityMatcher(read_lists(content_folder()), read_occupation_lists(content_folder()))

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> ListedEntities:
        """Reads the lists of data/entities, data/municipalities, data/occupations and data/languages.yml. Raises ContentError."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the entities of each message; the payload of a button has its own."""
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith("/"):
                found = [{**entity, "extractor": type(self).__name__} for entity in self._matcher.entities(text)]
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Entities are no features here."""
        return training_data
