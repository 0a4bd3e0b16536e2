"""One linear layer over all features of a message: the intent classifier."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Type

import numpy as np
import scipy.sparse as sp
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding.linear_model import LinearModel, fit
from bot.understanding.nearest_examples import NearestExamples, remember
from bot.understanding.trained import Trained

RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(Trained, IntentClassifier):
    """Linear support vectors on sparse and dense sentence features beside the nearest examples, all kept as numpy arrays.

    Loading Rasa's own logistic regression scans every installed module (skops); arrays are there at once.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """At least one featurizer."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[str]:
        """scikit-learn fits the weights."""
        return []  # Rasa brings scikit-learn itself

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`dense_weight`: length of a vector beside n-grams of length one; `strength`: inverse of the regularisation;

        `sharpness`: how fast a distance becomes certainty; `margins`: a head start for labels that must not be missed;
        `nearest`: how much the nearest example counts beside the planes (0 leaves the examples out).
        Chosen by measurement, see the folder's README.
        """
        return {"dense_weight": 0.4, "strength": 0.5, "sharpness": 4.5, "nearest": 2.0, "margins": {}}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, name: str) -> None:
        super().__init__(config, model_storage, resource, name)
        self._model: Optional[LinearModel] = None
        self._nearest: Optional[NearestExamples] = None

    def open(self, folder: Path) -> None:
        """Opens the trained weights and gives the labels their head starts. Raises FileNotFoundError."""
        self._model = LinearModel.open(folder).with_margins(self._config["margins"])
        if self._config["nearest"] and NearestExamples.kept_in(folder):
            self._nearest = NearestExamples.open(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the weights on every example that has a text and an intent, and keeps them with the model."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        if not examples:
            return self._resource
        sparse, dense = _features(examples)
        labels = [e.get(INTENT) for e in examples]
        self._model = fit(sparse, dense, labels, **_settings(self._config))
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
            if self._config["nearest"] and dense.shape[1]:
                self._nearest = remember([e.get(TEXT) for e in examples], dense, labels, self._model.labels)
                self._nearest.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets intent and ranking (10 names, best first) of each message with a text."""
        for message in messages:
            if not message.get(TEXT) or self._model is None:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                continue
            sparse, dense = _features([message])
            scores = self._model.scores(sparse, dense)
            if self._nearest is not None:
                scores += self._config["nearest"] * self._nearest.nearness([message.get(TEXT)], dense)
            chances = self._model.chances(scores)[0]
            best = np.argsort(-chances)[:RANKED]
            ranking = [{"name": self._model.labels[i], "confidence": float(chances[i])} for i in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing after the classifier learns from its answers."""
        return training_data


def _settings(config: Dict[str, Any]) -> Dict[str, Any]:
    return {key: config[key] for key in ("dense_weight", "strength", "sharpness")}


def _features(messages: List[Message]) -> "tuple[sp.csr_matrix, np.ndarray]":
    sparse, dense = [], []
    for message in messages:
        _, counts = message.get_sparse_features(TEXT)
        _, vector = message.get_dense_features(TEXT)
        sparse.append(counts.features if counts else sp.csr_matrix((1, 0)))
        dense.append(vector.features if vector else np.zeros((1, 0), dtype=np.float32))
    return sp.vstack(sparse, format="csr"), np.vstack(dense)
