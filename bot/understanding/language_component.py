"""Which language a message is in, as a Rasa component around bot.identification."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content import Library, content_folder
from bot.identification import Identifier
from bot.identification.train import train_identifier
from bot.understanding.trained import Trained

FILE = "identifier.bin"
PLACE = re.compile(r"\{\w+\}")
SENTENCE_END = re.compile(r"(?<=[.!?؟።])\s+|\n+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LanguageIdentifier(Trained):
    """Sets `language: {code, confidence, latin}` on each message. Learns from the examples, whose language is known."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`seed` makes two trainings alike."""
        return {"seed": 7}

    @staticmethod
    def required_packages() -> List[str]:
        """fastText trains; the prediction needs only fasttext-predict."""
        return []  # Rasa wants one name for package and module, and fasttext has two

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, name: str) -> None:
        super().__init__(config, model_storage, resource, name)
        self._identifier: Optional[Identifier] = None

    def open(self, folder: Path) -> None:
        """Opens the trained identifier. Raises FileNotFoundError, ValueError."""
        self._identifier = Identifier(folder / FILE)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on every example that says its language, and on the prose of data/."""
        texts = [
            (example.get(TEXT), example.get("metadata")["language"])
            for example in training_data.training_examples
            if example.get(TEXT) and (example.get("metadata") or {}).get("language")
        ]
        with self._storage.write_to(self._resource) as folder:
            train_identifier([*texts, *prose(Library(content_folder()))], folder / FILE, self._config["seed"])
            self._identifier = Identifier(folder / FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the language of each message with a text."""
        for message in messages:
            text = message.get(TEXT)
            if text and self._identifier and not text.startswith("/"):
                found = self._identifier.identify(text)
                plain = {"code": found.code, "confidence": round(found.confidence, 4), "latin": found.latin}
                message.set("language", plain, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add: the examples say their language."""
        return training_data


def prose(library: Library) -> Iterator[Tuple[str, str]]:
    """Every sentence the assistant can say, with its language: words that no participant's question has."""
    for code in library.languages:
        wordings = (library.wording(topic, code) for topic in library.topic_ids())
        texts = [text for wording in wordings if wording for text in wording.texts.values()]
        texts += library.phrases(code).texts.values() if (library.data / "phrases" / f"{code}.yml").exists() else []
        for sentence in (part for text in texts for part in SENTENCE_END.split(PLACE.sub(" ", text))):
            if len(sentence.split()) > 1:
                yield sentence, code
