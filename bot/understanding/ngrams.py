"""Character or word n-grams as sparse features: hashed, weighed by rarity, each sentence of length one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Type

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding.trained import Trained
from bot.understanding.weighed_ngrams import WeighedNgrams

FILE = "rarity.npy"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Ngrams(Trained, SparseFeaturizer):
    """TF-IDF of hashed n-grams, without case and diacritics. Features: sentence level, shape (1, 2**bits)."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Rasa wants tokens before any featurizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`analyzer`: char_wb (inside words) or word; `shortest` and `longest` n-gram; 2**`bits` columns."""
        return {**SparseFeaturizer.get_default_config(), "analyzer": "char_wb", "shortest": 2, "longest": 5, "bits": 18}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, name: str) -> None:
        Trained.__init__(self, config, model_storage, resource, name)
        SparseFeaturizer.__init__(self, name, config)
        self._ngrams = WeighedNgrams(config["analyzer"], config["shortest"], config["longest"], config["bits"])

    def open(self, folder: Path) -> None:
        """Opens the rarities. Until then every n-gram is equally rare. Raises FileNotFoundError."""
        self._ngrams.rarity = np.load(folder / FILE)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Settings are checked by scikit-learn."""

    def train(self, training_data: TrainingData) -> Resource:
        """Learns how rare each n-gram is."""
        self._ngrams.learn([example.get(TEXT) for example in training_data.training_examples if example.get(TEXT)])
        with self._storage.write_to(self._resource) as folder:
            np.save(folder / FILE, self._ngrams.rarity)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the features of each message that has a text."""
        with_text = [message for message in messages if message.get(TEXT)]
        if with_text:
            features = self._ngrams.features([message.get(TEXT) for message in with_text])
            for row, message in enumerate(with_text):
                self.add_features_to_message(None, features[row], TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the features of all examples."""
        self.process(training_data.training_examples)
        return training_data
