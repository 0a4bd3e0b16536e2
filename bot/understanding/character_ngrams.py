"""Character n-grams as sparse features, hashed, so that nothing has to be loaded but a number."""

from __future__ import annotations

from typing import Any, Dict, List, Text, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
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


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class CharacterNgrams(SparseFeaturizer, GraphComponent):
    """Counts of character n-grams inside words, without diacritics. Features: sentence level, shape (1, 2**bits)."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Rasa wants tokens before any featurizer."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> List[Text]:
        """scikit-learn hashes."""
        return []  # Rasa brings scikit-learn itself

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`shortest` and `longest` n-gram in characters; 2**`bits` columns."""
        return {**SparseFeaturizer.get_default_config(), "shortest": 2, "longest": 5, "bits": 17}

    def __init__(self, config: Dict[Text, Any], name: Text) -> None:
        super().__init__(name, config)
        self._vectorizer = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(config["shortest"], config["longest"]),
            n_features=2 ** config["bits"],
            norm=None,  # raw counts: normalising cost many points
            alternate_sign=False,
            lowercase=False,
            preprocessor=bare,
        )

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CharacterNgrams:
        """Creates the component."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Settings are checked by scikit-learn."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the counts to each message that has a text."""
        with_text = [message for message in messages if message.get(TEXT)]
        if with_text:
            counts = self._vectorizer.transform([message.get(TEXT) for message in with_text])
            for row, message in enumerate(with_text):
                self.add_features_to_message(None, counts[row].tocoo(), TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the counts to all examples."""
        self.process(training_data.training_examples)
        return training_data
