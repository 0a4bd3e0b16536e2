"""Short fixed texts: data/phrases/<lang>.yml, flat `key: text`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.errors import ContentError
from bot.content.yaml_file import LocatedDict, read_yaml


@dataclass(frozen=True)
class Phrases:
    """The phrases of one language and how far they were read."""

    language: str
    status: str
    texts: Mapping[str, str]
    file: Path
    lines: Mapping[str, int] = field(default_factory=dict)


def read_phrases(file: Path) -> Phrases:
    """The phrases of a file. Raises ContentError."""
    entry = read_yaml(file)
    texts = entry.get("phrases")
    if not isinstance(texts, LocatedDict) or entry.get("language") != file.stem:
        raise ContentError(file, 1, f"The file needs `language: {file.stem}` and `phrases:` with `key: text` lines.")
    for key, text in texts.items():
        if not isinstance(text, str):
            raise ContentError(file, texts.lines[key], f"The phrase `{key}` must be text. Put it in quotes.")
    stripped = {key: text.strip() for key, text in texts.items()}
    return Phrases(entry["language"], entry.get("status", "draft"), stripped, file, texts.lines)
