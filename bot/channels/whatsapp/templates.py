"""The one template that knocks outside the 24 hours, and in which of Meta's languages it is sent.

The template has no parameters: it says that there is a message and that any answer brings it. Meta has no Tigrinya, Somali, Amharic,
Kurdish or Pashto; those languages fall back as data/channels/whatsapp.yml says.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.yaml_file import read_yaml
from bot.conversations.channel import Part

logger = logging.getLogger(__name__)
TEMPLATE = "template"
DEFAULT = ("en", "nb")
ASK_AGAIN = 3600.0  # seconds after which a language that was refused is tried again
GOOD, BAD = frozenset({"APPROVED", "REINSTATED", "UNPAUSED"}), frozenset({"DISABLED", "FLAGGED", "PAUSED", "PENDING_DELETION", "REJECTED"})


@dataclass(frozen=True)
class TemplateLanguages:
    """`codes`: Meta's code for ours. `instead`: ours to use in place of another. `default`: ours that come last."""

    codes: dict[str, str] = field(default_factory=lambda: {code: code for code in DEFAULT})
    instead: dict[str, tuple[str, ...]] = field(default_factory=dict)
    default: tuple[str, ...] = DEFAULT

    def of(self, language: str) -> tuple[str, ...]:
        """Meta's codes for a language of ours, the best one first."""
        ours = (language, *self.instead.get(language, ()), *self.default)
        return tuple(dict.fromkeys(self.codes[one] for one in ours if one in self.codes))


def template_languages(data: Path) -> TemplateLanguages:
    """As data/channels/whatsapp.yml has them; an installation without that file uses English and bokmål. Raises ContentError."""
    file = data / "channels" / "whatsapp.yml"
    if not file.exists():
        return TemplateLanguages()
    entry = read_yaml(file)
    codes = {str(ours): str(theirs) for ours, theirs in (entry.get("template_languages") or {}).items()}
    instead = {str(ours): tuple(map(str, others)) for ours, others in (entry.get("instead") or {}).items()}
    return TemplateLanguages(codes, instead, tuple(map(str, entry.get("default") or DEFAULT)))


class Templates:
    """The template of this installation. Which languages were refused is remembered for an hour, in this process."""

    def __init__(self, name: str, languages: TemplateLanguages) -> None:
        self.name, self.languages = name, languages
        self._refused: dict[str, float] = {}
        self._lock = threading.Lock()

    def knock(self, language: str) -> Part | None:
        """What knocks for a person who speaks this language; None where no template is set."""
        return Part(TEMPLATE, {"name": self.name, "languages": list(self.languages.of(language))}) if self.name else None

    def usable(self, languages: Sequence[str]) -> list[str]:
        """Those languages of the template that were not refused lately; all of them when all were."""
        with self._lock:
            fresh = [one for one in languages if self._refused.get(one, 0.0) <= time.monotonic()]
        return fresh or list(languages)

    def refused(self, language: str, why: str) -> None:
        """WhatsApp did not take the template in this language."""
        logger.error("The template %s is not taken in %s (%s).", self.name, language, why)
        with self._lock:
            self._refused[language] = time.monotonic() + ASK_AGAIN

    def news(self, name: str, language: str, event: str, reason: str) -> None:
        """What Meta tells of a template."""
        if name != self.name:
            return
        if event in BAD:
            self.refused(language, f"{event} {reason}".strip())
            return
        logger.warning("The template %s in %s: %s.", name, language, event)
        if event in GOOD:
            with self._lock:
                self._refused.pop(language, None)
