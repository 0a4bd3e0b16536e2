"""The page of the web chat, and its labels in every language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import HTTPException
from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.content import Library
from bot.content.languages import Language
from bot.content.selection import choices_for
from bot.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"
LABEL = "web_"
ALSO_SHOWN = ("privacy_short", "too_long", "trouble", "empty", "handover_withdraw", "handover_delivered")
FIRST_TOPICS = ("programme_what", "norskprove_register", "fagbrev_routes", "stonad_amount", "talk_to_human")


class Page:
    """Renders the page and answers for its labels."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library, self._settings = library, settings
        self._templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape())

    def html(self, code: str) -> str:
        """The whole page in a language."""
        language = self._library.languages[code]
        return self._templates.get_template("chat.html").render(
            language=language,
            languages=self._library.languages.offered,
            longest=self._settings.longest_message,
            labels=self._labels(language),
            topics=self._topics(language),
        )

    def texts(self, language: str) -> dict[str, Any]:
        """Labels, first topics and direction of a language; 404 for one we do not speak."""
        if language not in self._library.languages:
            raise HTTPException(404, "There is no such language here.")
        spoken = self._library.languages[language]
        return {
            "language": spoken.code,
            "direction": spoken.direction,
            "labels": self._labels(spoken),
            "topics": self._topics(spoken),
        }

    def _labels(self, language: Language) -> dict[str, str]:
        texts = self._library.phrases(language.code).texts
        return {key: text for key, text in texts.items() if key.startswith(LABEL) or key in ALSO_SHOWN}

    def _topics(self, language: Language) -> list[dict[str, str]]:
        choices = choices_for(self._library, FIRST_TOPICS, language)
        return [{"title": choice.title, "payload": choice.payload} for choice in choices]
