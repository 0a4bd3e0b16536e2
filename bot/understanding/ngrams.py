"""Character or word n-grams as sparse features: hashed, weighed by rarity, each sentence of length one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Type

import numpy as np
import scipy.sparse as sp
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import HashingVectorizer

from bot.understanding.text import bare
from bot.understanding.trained import Trained

FILE = "rarity.npy"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Ngrams(Trained, SparseFeaturizer):
    """TF-IDF of hashed n-grams, without case and diacritics. Features: sentence level, shape (1, 2**bits).

    Hashing needs no vocabulary in memory and nothing to load but one array of rarities.
    """

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
        self._rarity: Optional[np.ndarray] = None
        self._vectorizer = HashingVectorizer(
            analyzer=config["analyzer"],
            ngram_range=(config["shortest"], config["longest"]),
            n_features=2 ** config["bits"],
            norm=None,
            alternate_sign=False,
            lowercase=False,
            preprocessor=bare,
            token_pattern=r"\w+",
        )

    def open(self, folder: Path) -> None:
        """Opens the rarities. Until then every n-gram is equally rare. Raises FileNotFoundError."""
        self._rarity = np.load(folder / FILE)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Settings are checked by scikit-learn."""

    def train(self, training_data: TrainingData) -> Resource:
        """Learns how rare each n-gram is: 1 + ln((1 + sentences) / (1 + sentences that have it))."""
        counts = self._counts([example.get(TEXT) for example in training_data.training_examples if example.get(TEXT)])
        having = np.bincount(counts.indices, minlength=counts.shape[1])
        self._rarity = (1 + np.log((1 + counts.shape[0]) / (1 + having))).astype(np.float32)
        with self._storage.write_to(self._resource) as folder:
            np.save(folder / FILE, self._rarity)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the features of each message that has a text."""
        with_text = [message for message in messages if message.get(TEXT)]
        if with_text:
            features = self.features([message.get(TEXT) for message in with_text])
            for row, message in enumerate(with_text):
                self.add_features_to_message(None, features[row], TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the features of all examples."""
        self.process(training_data.training_examples)
        return training_data

    def features(self, texts: List[str]) -> sp.csr_matrix:
        """(1 + ln count) times rarity, rows of length one; shape (len(texts), 2**bits)."""
        weighed = self._counts(texts).astype(np.float32)
        weighed.data = 1 + np.log(weighed.data)
        if self._rarity is not None:
            weighed.data *= self._rarity[weighed.indices]
        lengths = np.sqrt(np.add.reduceat(np.append(weighed.data**2, 0), weighed.indptr[:-1]) * (np.diff(weighed.indptr) > 0))
        weighed.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(weighed.indptr))
        return weighed

    def _counts(self, texts: List[str]) -> sp.csr_matrix:
        return self._vectorizer.transform(texts)
