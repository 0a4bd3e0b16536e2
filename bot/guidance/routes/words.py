"""The words of the route finder in one language: data/routes/texts/<lang>.yml. Nothing falls back to another language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from babel.dates import format_date

from bot.content import Library
from bot.guidance.routes.engine import RouteAnswer
from bot.guidance.routes.truth import Missing

FOLDER = "routes/texts"


class RouteWords:
    """Sentences for the codes of an answer. Raises ContentError when nobody has written the language, KeyError for a code without text."""

    def __init__(self, library: Library, language: str) -> None:
        self._texts = library.texts(FOLDER, language)
        self._locale = library.languages[language].locale

    def name(self, route: str) -> str:
        """What a route is called."""
        return str(self._texts["routes"][route]["name"])

    def what(self, route: str) -> str:
        """What a route is, in one sentence."""
        return str(self._texts["routes"][route]["what"])

    def verdict(self, verdict: str) -> str:
        """The verdict in a word or two."""
        return str(self._texts["verdicts"][verdict])

    def meaning(self, verdict: str) -> str:
        """What the verdict means."""
        return str(self._texts["meanings"][verdict])

    def missing(self, missing: Missing) -> str:
        """What is missing, with its amount."""
        return self._filled("missing", missing.code, missing.values)

    def because(self, answer: RouteAnswer) -> str:
        """Why a route is closed; empty for another verdict."""
        return self._filled("because", answer.because, answer.values) if answer.because else ""

    def next_step(self, answer: RouteAnswer) -> str:
        """What to do next."""
        return str(self._texts["next_steps"][answer.next_step])

    def decides(self, answer: RouteAnswer) -> str:
        """Who decides."""
        return str(self._texts["decides"][answer.decides])

    def table(self, key: str, **values: str) -> str:
        """A heading or line of the command's table."""
        return self._filled("table", key, values)

    def day(self, day: dt.date) -> str:
        """A day as the language writes it."""
        return str(format_date(day, "long", locale=self._locale))

    def _filled(self, block: str, code: str, values: Mapping[str, str]) -> str:
        shown = {name: self.day(dt.date.fromisoformat(value)) if name == "date" else value for name, value in values.items()}
        return str(self._texts[block][code]).format(**shown)
