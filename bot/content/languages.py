"""The languages we speak: data/languages.yml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.errors import ContentError
from bot.content.yaml_file import LocatedDict, read_yaml

SCRIPTS = frozenset(["Latn", "Arab", "Cyrl", "Ethi"])


@dataclass(frozen=True)
class Language:
    """One language: its names, script and direction, and the locale whose numbers and dates it writes."""

    code: str
    name: str
    norwegian_name: str
    english_name: str
    script: str
    direction: str
    locale: str
    offered: bool
    speaks_drafts: bool
    source: bool
    also_called: tuple[str, ...]

    @property
    def right_to_left(self) -> bool:
        """True where the script runs from right to left."""
        return self.direction == "rtl"


class Languages(Mapping[str, Language]):
    """All languages by code, in the order of the file; exactly one of them is the source of all wordings."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = dict(languages)
        self.source = next(language for language in self._languages.values() if language.source)

    def __getitem__(self, code: str) -> Language:
        return self._languages[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._languages)

    def __len__(self) -> int:
        return len(self._languages)

    @property
    def offered(self) -> tuple[Language, ...]:
        """The languages a participant may choose."""
        return tuple(language for language in self._languages.values() if language.offered)


def read_languages(file: Path) -> Languages:
    """The languages of a file. Raises ContentError."""
    entries = read_yaml(file).get("languages")
    if not isinstance(entries, LocatedDict):
        raise ContentError(file, 1, "The file needs `languages:` with one entry per language code.")
    languages = {}
    for code, entry in entries.items():
        line = entries.lines[code]
        for key in ("name", "norwegian_name", "english_name", "script", "direction"):
            if not entry.get(key):
                raise ContentError(file, line, f"The language {code} has no `{key}`. Add it.")
        if entry["script"] not in SCRIPTS or entry["direction"] not in ("ltr", "rtl"):
            raise ContentError(file, line, f"`script` is one of {', '.join(sorted(SCRIPTS))}; `direction` is ltr or rtl.")
        languages[code] = Language(
            code=code,
            name=entry["name"],
            norwegian_name=entry["norwegian_name"],
            english_name=entry["english_name"],
            script=entry["script"],
            direction=entry["direction"],
            locale=entry.get("locale", code),
            offered=entry.get("offered", True),
            speaks_drafts=entry.get("speaks_drafts", True),
            source=entry.get("source", False),
            also_called=tuple(entry.get("also_called", ())),
        )
    if sum(language.source for language in languages.values()) != 1:
        raise ContentError(file, 1, "Exactly one language has `source: true`, the one all wordings come from.")
    return Languages(languages)
