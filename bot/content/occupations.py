"""Occupations people ask about: data/occupations/occupations.yml, and their names in data/occupations/<lang>.yml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.content.errors import ContentError, did_you_mean
from bot.content.facts import Confidence, Source
from bot.content.yaml_file import LocatedDict, read_yaml

PATHS = ("trade", "open_trade", "higher", "course", "open")
LANGUAGE_DEMANDS = ("health", "childcare", "higher")
LIST = "occupations.yml"
OPEN_END = "*"


@dataclass(frozen=True)
class Occupation:
    """One occupation: the way to it and who must approve. Names of programmes and certificates are Norwegian."""

    id: str
    norwegian: str
    path: str
    certificate: str = ""
    programme: str = ""
    modules: bool = False
    regulated_by: str = ""
    language: str = ""


@dataclass(frozen=True)
class Occupations:
    """All occupations by id, and how far the list can be trusted."""

    known: Mapping[str, Occupation]
    source: Source
    checked_on: dt.date
    confidence: Confidence
    file: Path


@dataclass(frozen=True)
class OccupationNames:
    """What occupations are called in one language; the first name is said, all are recognised."""

    language: str
    status: str
    names: Mapping[str, tuple[str, ...]]
    file: Path
    lines: Mapping[str, int] = field(default_factory=dict)


def read_occupations(file: Path) -> Occupations:
    """The list of occupations. Raises ContentError with file and line."""
    entry = read_yaml(file)
    rows = entry.get("occupations")
    if not isinstance(rows, LocatedDict):
        raise ContentError(file, 1, "The file needs `occupations:` with one line per occupation.")
    try:
        source, confidence, checked_on = Source(**entry["source"]), Confidence(entry["confidence"]), entry["checked_on"]
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(file, 1, "The file needs `source: {title, url}`, `checked_on` and `confidence`.") from error
    known = {key: _occupation(key, row, file, rows.lines[key]) for key, row in rows.items()}
    return Occupations(known, source, checked_on, confidence, file)


def read_occupation_names(file: Path) -> OccupationNames:
    """The names in one language. Raises ContentError with file and line."""
    entry = read_yaml(file)
    names = entry.get("names")
    if entry.get("language") != file.stem or not isinstance(names, LocatedDict):
        raise ContentError(file, 1, f"The file needs `language: {file.stem}` and `names:` with one block per occupation.")
    lists = {key: tuple(line.strip() for line in str(text or "").splitlines() if line.strip()) for key, text in names.items()}
    return OccupationNames(entry["language"], entry.get("status", "draft"), lists, file, names.lines)


def _occupation(key: str, row: Any, file: Path, line: int) -> Occupation:
    if not isinstance(row, dict):
        raise ContentError(file, line, f"Write {key} as {{norwegian: ..., path: ...}}.")
    known = Occupation.__dataclass_fields__
    for name in row:
        if name not in known or name == "id":
            raise ContentError(file, line, f"`{name}` is not a key of an occupation.{did_you_mean(name, known)}")
    if not row.get("norwegian") or row.get("path") not in PATHS:
        raise ContentError(file, line, f"{key} needs `norwegian` and a `path` among {', '.join(PATHS)}.")
    if row.get("language", LANGUAGE_DEMANDS[0]) not in LANGUAGE_DEMANDS:
        raise ContentError(file, line, f"`language` is one of {', '.join(LANGUAGE_DEMANDS)}.")
    if row["path"] != "open" and not row.get("certificate"):
        raise ContentError(file, line, f"{key} needs `certificate`: what one ends with, in Norwegian.")
    return Occupation(id=key, **row)
