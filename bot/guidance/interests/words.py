"""The words of the interest profile in one language: data/interests/<lang>.yml. Nothing falls back to another language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.errors import ContentError, did_you_mean
from bot.content.occupations import PATHS
from bot.content.yaml_file import LocatedDict, read_yaml
from bot.guidance.interests.questionnaire import TYPES, Questionnaire
from bot.guidance.interests.talking_points import CODES

NOTICES = ("begin", "start_for_talk", "not_enough", "tie", "flat", "occupations")


@dataclass(frozen=True)
class TypeWords:
    """A type's name and one plain sentence about it."""

    name: str
    says: str


@dataclass(frozen=True)
class InterestWords:
    """Everything the profile says in one language, by the codes of the other modules. `schooling` is by the paths of data/occupations."""

    language: str
    status: str
    statements: Mapping[str, str]
    answers: Mapping[str, str]
    types: Mapping[str, TypeWords]
    notices: Mapping[str, str]
    schooling: Mapping[str, str]
    talking_points: Mapping[str, str]


def read_interest_words(data: Path, language: str, questionnaire: Questionnaire) -> InterestWords | None:
    """The words of a language, None when nobody has written them. Raises ContentError with file and line."""
    file = data / "interests" / f"{language}.yml"
    if not file.exists():
        return None
    entry = read_yaml(file)
    if entry.get("language") != language:
        raise ContentError(file, 1, f"The file needs `language: {language}`.")
    types = _block(entry, "types", TYPES, file)
    for name, words in types.items():
        if not isinstance(words, dict) or set(words) != {"name", "says"}:
            raise ContentError(file, types.lines[name], f"Write {name} as {{name: ..., says: ...}}.")
    return InterestWords(
        language=language,
        status=entry.get("status", "draft"),
        statements=_texts(entry, "statements", questionnaire.types, file),
        answers=_texts(entry, "answers", questionnaire.points, file),
        types={name: TypeWords(words["name"], words["says"]) for name, words in types.items()},
        notices=_texts(entry, "notices", NOTICES, file),
        schooling=_texts(entry, "schooling", PATHS, file),
        talking_points=_texts(entry, "talking_points", CODES, file),
    )


def _texts(entry: LocatedDict, key: str, wanted: Iterable[str], file: Path) -> dict[str, str]:
    block = _block(entry, key, wanted, file)
    for name, text in block.items():
        if not isinstance(text, str) or not text.strip():
            raise ContentError(file, block.lines[name], f"`{name}` must be text. Put it in quotes.")
    return {name: text.strip() for name, text in block.items()}


def _block(entry: LocatedDict, key: str, wanted: Iterable[str], file: Path) -> LocatedDict:
    block, names = entry.get(key), list(wanted)
    if not isinstance(block, LocatedDict):
        raise ContentError(file, 1, f"The file needs `{key}:` with {', '.join(names)}.")
    for name in names:
        if name not in block:
            raise ContentError(file, entry.lines[key], f"`{key}` has no `{name}`. Write it.")
    for name in block:
        if name not in names:
            raise ContentError(file, block.lines[name], f"`{name}` is not known below `{key}`.{did_you_mean(name, names)}")
    return block
