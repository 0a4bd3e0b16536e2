"""Rasa asks here for every answer (endpoints.yml: nlg)."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any, Dict, Optional

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.content import Library, Part, Reader, Said, answer, answer_for, compose, content_folder, phrase, show_sources
from bot.speaking.history import asked_in, last_topic, municipality_of, occupation_named, part_asked, reading_of, said_as_dict
from bot.speaking.languages import language_choices

logger = logging.getLogger(__name__)
PREFIX = "utter_"
# Nothing light-hearted follows an answer that was about somebody's safety.
SMALL_TALK = frozenset({"greet", "thanks", "affirm", "deny", "goodbye", "bot_identity", "help_menu"})


class TopicNlg(NaturalLanguageGenerator):
    """Speaks topics and phrases from data/, in the language the message came with, as they are at this moment."""

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> None:
        self.library = Library(content_folder())

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Optional[Dict[str, Any]]:
        """A message for Rasa: text, buttons, and under `said` everything a channel or an advisor needs.

        `utter_phrase` takes `key`, `topics` and the phrase's values; `utter_sources` takes `topic`; `utter_composed` takes
        `key`, `lines`, `topics`, `choices`, `facts` and `topic` as bot.content.composed does;
        `utter_<topic>` takes `simpler`.
        """
        reader = Reader(asked_in(tracker, self.library), municipality_of(tracker))
        name = utter_action[len(PREFIX) :]
        said = self._said(name, tracker, reader, dict(kwargs))
        return {
            "text": said.text,
            "buttons": [{"title": choice.title, "payload": choice.payload} for choice in said.choices],
            "said": {**said_as_dict(said), "norwegian": self._norwegian(name, tracker, reader, said, kwargs)},
            "reading": reading_of(tracker),
        }

    def _norwegian(self, name: str, tracker: DialogueStateTracker, reader: Reader, said: Said, kwargs: Dict[str, Any]) -> str:
        """The same message in the source language, for an advisor who does not read the person's; a failure must not cost the answer."""
        source = self.library.languages.source.code
        if said.language == source:
            return ""
        given = {**kwargs, "language": source} if name == "language_changed" else dict(kwargs)
        try:
            return self._said(name, tracker, Reader(source, reader.municipality), given).text
        except Exception:
            logger.exception("No Norwegian for %s", name)
            return ""

    def _said(self, name: str, tracker: DialogueStateTracker, reader: Reader, kwargs: Dict[str, Any]) -> Said:
        today = dt.date.today()
        if name == "phrase":
            key, topics = kwargs.pop("key"), tuple(kwargs.pop("topics", ()))
            return phrase(self.library, key, reader.language, topics=topics, **kwargs)
        if name == "composed":
            return _composed(self.library, reader.language, kwargs)
        if name == "sources":
            return show_sources(self.library, answer(self.library, kwargs["topic"], reader, today))
        if name == "languages":
            return language_choices(self.library, kwargs.get("key", "choose_language"), reader.language)
        if name == "language_changed":
            return phrase(self.library, "language_changed", kwargs["language"], topics=("help_menu",))
        before = last_topic(tracker)
        if name in SMALL_TALK and before and self.library.topic(before).kind == "safety":
            return answer(self.library, before, reader, today, "simpler")
        part: Part = "simpler" if kwargs.get("simpler") else part_asked(tracker)
        return answer_for(self.library, name, occupation_named(tracker), reader, today, part)


def _composed(library: Library, language: str, kwargs: Dict[str, Any]) -> Said:
    options = {name: kwargs.get(name, ()) for name in ("choices", "facts")}
    topics = tuple(kwargs.get("topics", ()))
    return compose(library, kwargs["key"], language, kwargs["lines"], topics=topics, topic=bool(kwargs.get("topic")), **options)
