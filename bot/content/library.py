"""All content, read from data/ when it is asked for and again when a file changes.

A file that breaks while the assistant runs is reported and the last good version keeps speaking; at the first read there is
no such version, so the error reaches the caller.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from bot.content.errors import ContentError
from bot.content.facts import Facts, read_facts
from bot.content.glossary import Glossary, read_glossary
from bot.content.guides import Guide, read_guide
from bot.content.languages import Languages, read_languages
from bot.content.municipalities import Municipality, read_municipality
from bot.content.occupations import LIST, OccupationNames, Occupations, read_occupation_names, read_occupations
from bot.content.phrases import Phrases, read_phrases
from bot.content.topics import Topic, Wording, read_topic, read_wording
from bot.content.yaml_file import read_yaml

logger = logging.getLogger(__name__)
T = TypeVar("T")
Stamp = tuple[tuple[str, int, int], ...]


class Library:
    """Everything in data/, by the names of the field. Safe to keep for the life of a process."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._kept: dict[str, tuple[Stamp, Any]] = {}
        self._broken: dict[str, tuple[Stamp, ContentError]] = {}

    @property
    def facts(self) -> Facts:
        """All facts."""
        folder = self.data / "facts"
        return self._keep("facts", sorted(folder.glob("*.yml")), lambda: read_facts(folder))

    @property
    def languages(self) -> Languages:
        """All languages."""
        file = self.data / "languages.yml"
        return self._keep("languages", [file], lambda: read_languages(file))

    def topic_ids(self) -> list[str]:
        """The ids of all topics, sorted."""
        return sorted(folder.name for folder in (self.data / "topics").iterdir() if folder.is_dir())

    def has_topic(self, topic_id: str) -> bool:
        """True when data/topics has a folder of this name."""
        return topic_id.isidentifier() and (self.data / "topics" / topic_id).is_dir()

    def topic(self, topic_id: str) -> Topic:
        """One topic. Raises ContentError when there is none."""
        folder = self.data / "topics" / topic_id
        return self._keep(f"topics/{topic_id}", [folder / "topic.yml"], lambda: read_topic(folder))

    def topics(self) -> Iterator[Topic]:
        """All topics, sorted by id."""
        return (self.topic(topic_id) for topic_id in self.topic_ids())

    def wording(self, topic_id: str, language: str) -> Wording | None:
        """A topic in a language, or None when nobody has written it."""
        file = self.data / "topics" / topic_id / f"{language}.yml"
        if not file.exists() and f"wording:{file}" not in self._kept:
            return None
        return self._keep(f"wording:{file}", [file], lambda: read_wording(file))

    def phrases(self, language: str) -> Phrases:
        """The phrases of a language. Raises ContentError when there is no such file."""
        file = self.data / "phrases" / f"{language}.yml"
        return self._keep(f"phrases/{language}", [file], lambda: read_phrases(file))

    def phrase(self, key: str, code: str, /, **values: object) -> str:
        """One phrase with its {places} filled. Raises KeyError for an unknown key."""
        text = self.phrases(code).texts[key]
        return text.format(**values) if values else text

    def texts(self, folder: str, language: str) -> Any:
        """The texts of a folder of its own (interests, routes/texts) in a language, as they stand there. Raises ContentError."""
        file = self.data / folder / f"{language}.yml"
        return self._keep(f"texts:{file}", [file], lambda: read_yaml(file))

    def municipalities(self) -> dict[str, Municipality]:
        """All municipalities by id."""
        files = sorted((self.data / "municipalities").glob("*.yml"))
        return self._keep("municipalities", files, lambda: {file.stem: read_municipality(file) for file in files})

    def guides(self) -> dict[str, Guide]:
        """All guides by name."""
        files = sorted((self.data / "guides").glob("*.yml"))
        return self._keep("guides", files, lambda: {file.stem: read_guide(file) for file in files})

    def glossary(self, language: str) -> Glossary | None:
        """The renderings of Norwegian terms in a language, or None when nobody has written them."""
        file = self.data / "glossary" / f"{language}.yml"
        return self._keep(f"glossary/{language}", [file], lambda: read_glossary(file)) if file.exists() else None

    @property
    def occupations_file(self) -> Path:
        """Where the list of occupations stands."""
        return self.data / "occupations" / LIST

    @property
    def occupations(self) -> Occupations:
        """All occupations."""
        file = self.occupations_file
        return self._keep("occupations", [file], lambda: read_occupations(file))

    def occupation_names(self, language: str) -> OccupationNames | None:
        """What occupations are called in a language, or None when nobody has written it."""
        file = self.data / "occupations" / f"{language}.yml"
        return self._keep(f"occupations/{language}", [file], lambda: read_occupation_names(file)) if file.exists() else None

    def _keep(self, name: str, files: list[Path], read: Callable[[], T]) -> T:
        stamp = _stamp(files)
        kept = self._kept.get(name)
        if kept and kept[0] == stamp:
            return kept[1]
        broken = self._broken.get(name)
        if broken and broken[0] == stamp and kept:
            return kept[1]
        try:
            fresh = read()
        except Exception as error:  # whatever is wrong in a file, the last good version keeps speaking
            problem = error if isinstance(error, ContentError) else _unexpected(name, error)
            if not kept:
                raise problem from error
            logger.error("The last good version keeps speaking: %s", problem)
            self._broken[name] = (stamp, problem)
            return kept[1]
        self._kept[name] = (stamp, fresh)
        self._broken.pop(name, None)
        return fresh

    def read_everything(self) -> None:
        """Reads every file once, so that each has a good version to fall back on. Raises ContentError for the first that is broken."""
        _ = self.facts, self.municipalities()
        for language in self.languages.offered:
            self.phrases(language.code)
        for topic in self.topics():
            for code in self.languages:
                self.wording(topic.id, code)

    def problems(self) -> list[ContentError]:
        """What is broken in data/ at this moment while an older version speaks."""
        return [error for _, error in self._broken.values()]


def _unexpected(name: str, error: Exception) -> ContentError:
    file = getattr(error, "filename", None) or name.removeprefix("wording:")
    return ContentError(file, None, f"This cannot be used ({type(error).__name__}: {error}). Compare it with its neighbours.")


def _stamp(files: list[Path]) -> Stamp:
    stamps = []
    for file in files:
        try:
            status = file.stat()
            stamps.append((str(file), status.st_mtime_ns, status.st_size))
        except FileNotFoundError:
            stamps.append((str(file), 0, 0))
    return tuple(stamps)
