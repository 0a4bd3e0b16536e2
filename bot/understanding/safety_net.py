"""The second net under the safety topics: reviewed patterns that count whatever the classifier says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, List, Optional, Pattern, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import content_folder
from bot.content.yaml_file import read_yaml
from bot.understanding.text import bare

Net = List[Tuple[str, Pattern[str]]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyNet(GraphComponent):
    """Raises a safety topic when a pattern of data/safety/<lang>.yml is found, in whatever language it is.

    Sets the intent with confidence 1.0 and `safety_net: true`. A classifier that already names a safety topic keeps its word.
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
            topic = caught(self._nets, text) if text and not text.startswith("/") else None
            if topic and (message.get(INTENT) or {}).get("name") not in {name for name, _ in self._nets}:
                found = {"name": topic, "confidence": 1.0}
                message.set(INTENT, found, add_to_output=True)
                message.set("intent_ranking", [found, *(message.get("intent_ranking") or [])], add_to_output=True)
                message.set("safety_net", True, add_to_output=True)
        return messages


def read_nets(folder: Path) -> Net:
    """Every pattern with its topic, all languages together. A line is words that must follow each other within a few words.

    In a line `*` stands for the rest of a word and `...` for up to four words between. Raises ContentError.
    """
    nets: Net = []
    for file in sorted(folder.glob("*.yml")):
        for topic, lines in (read_yaml(file).get("patterns") or {}).items():
            nets += [(topic, pattern(line)) for line in lines.splitlines() if line.strip()]
    return nets


def pattern(line: str) -> Pattern[str]:
    """One line of a safety file as a regular expression over bare text (see text.bare)."""
    words = []
    for word in line.split():
        if word == "...":
            words.append(r"(?:\S+\s+){0,4}?")
            continue
        stem = bare(word.replace("*", ""))
        prefix = r"\S*" if word.startswith("*") else ""
        words.append(prefix + re.escape(stem) + (r"\S*" if word.endswith("*") else r"(?!\w)") + r"\W*\s*")
    return re.compile(r"(?<!\w)" + "".join(words))


def caught(nets: Net, text: str) -> Optional[str]:
    """The topic of the first pattern found in a text, or None."""
    plain = bare(text)
    return next((topic for topic, expression in nets if expression.search(plain)), None)
