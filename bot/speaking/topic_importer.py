"""Tells Rasa which topics exist: intents, responses, one rule each, and the examples of data/topics."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Optional, Set, Union

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content import Library, content_folder

# For trials: train on these languages only.
TRAIN_ON = os.environ.get("VEIVISER_TRAIN_ON", "").split()


START, DONE = "action_start_guide", "guide_done"


class TopicImporter(RasaFileImporter):
    """Rasa's own file importer plus the topics, so that no topic is ever listed by hand.

    A topic whose intent stands in data/conversation has its rule there; each other one is answered by `utter_<topic>`.
    """

    def __init__(
        self,
        config_file: Optional[str] = None,
        domain_path: Optional[str] = None,
        training_data_paths: Optional[Union[List[str], str]] = None,
    ) -> None:
        self.library = Library(content_folder())
        # Only data/conversation holds Rasa's own files; reading thousands of wordings to find that out takes minutes.
        conversation = str(self.library.data / "conversation")
        inside = [p for p in _paths(training_data_paths) if Path(p).resolve() != self.library.data.resolve()]
        super().__init__(config_file, domain_path, inside or [conversation])

    def get_domain(self) -> Domain:
        """The domain of domain.yml with an intent and a response for every topic."""
        topics = self.library.topic_ids()
        responses = {f"utter_{topic}": [{"text": topic}] for topic in topics}
        ours = {"intents": topics, "responses": responses, **_forms(list(self.library.guides()))}
        return super().get_domain().merge(Domain.from_dict(ours))

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """Every example of every topic in every language, with the language it is in."""
        messages = []
        for topic in self.library.topic_ids():
            for code in TRAIN_ON or self.library.languages:
                wording = self.library.wording(topic, code)
                for example in wording.examples if wording else ():
                    messages.append(Message(data={TEXT: example, INTENT: topic, "metadata": {"language": code}}))
        return super().get_nlu_data(language).merge(TrainingData(training_examples=messages))

    def get_stories(self, exclusion_percentage: Optional[int] = None) -> StoryGraph:
        """The rules and stories of data/conversation, and one rule for each topic that has none there."""
        written = super().get_stories(exclusion_percentage)
        spoken_for = {event.intent_name for step in written.story_steps for event in step.events if getattr(event, "intent_name", None)}
        guided = {guide.topic for guide in self.library.guides().values()}
        rules = [_rule(topic, guided) for topic in self.library.topic_ids() if topic not in spoken_for]
        steps = YAMLStoryReader(self.get_domain()).read_from_parsed_yaml({"rules": rules})
        return written.merge(StoryGraph(steps))


def _rule(topic: str, guided: Set[str]) -> Dict[str, Any]:
    action = START if topic in guided else f"utter_{topic}"
    return {"rule": f"answer {topic}", "steps": [{"intent": topic}, {"action": action}]}


def _forms(guides: List[str]) -> Dict[str, Any]:
    """A form for each guide. All ask for one slot, `guide_done`; what was answered so far is in the slot `guides`."""
    forms = {f"{name}_form": {"required_slots": [DONE]} for name in guides}
    return {"forms": forms, "actions": [f"validate_{form}" for form in forms]}


def _paths(paths: Optional[Union[List[str], str]]) -> List[str]:
    return [paths] if isinstance(paths, str) else list(paths or [])
