"""The console's own words in nb, nn and en: data/console/<lang>/<area>.yml, each a flat list of words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.content import ContentError
from bot.content.yaml_file import read_yaml

LANGUAGES = ("nb", "nn", "en")


class Labels:
    """Words by key. A key that is missing in a language is a mistake a test finds; the page shows the Bokmål then."""

    def __init__(self, language: str, words: dict[str, str], source: dict[str, str]) -> None:
        self.language, self._words, self._source = language, words, source

    def __call__(self, key: str, **values: object) -> str:
        """The words of a key with its values filled in. Raises KeyError for a key nobody wrote."""
        text = self._words.get(key) or self._source[key]
        return text.format(**values) if values else text

    def __contains__(self, key: str) -> bool:
        return key in self._words or key in self._source


def labels(data: Path, language: str) -> Labels:
    """The words of a language; Bokmål for one the console does not speak. Raises ContentError."""
    language = language if language in LANGUAGES else LANGUAGES[0]
    return Labels(language, _read(data / "console" / language), _read(data / "console" / LANGUAGES[0]))


def _read(folder: Path) -> dict[str, str]:
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise ContentError(folder, 1, "The console's words are missing. Restore the folder.")
    return _parsed(tuple(files), tuple(file.stat().st_mtime_ns for file in files))


@lru_cache(maxsize=8)
def _parsed(files: tuple[Path, ...], changed: tuple[int, ...]) -> dict[str, str]:
    words: dict[str, str] = {}
    for file in files:
        for key, text in read_yaml(file).items():
            if key in words:
                raise ContentError(file, 1, f"`{key}` stands in another file of the folder too. Remove one.")
            words[key] = str(text)
    return words
