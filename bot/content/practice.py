"""The item bank for the intake test and norskprøven: data/practice/<subject>.yml, explained in data/practice/points/<lang>.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.content.errors import ContentError, did_you_mean
from bot.content.yaml_file import LocatedDict, read_yaml

LEVELS = {"norwegian": ("A2", "B1"), "english": ("A1", "A2"), "mathematics": ("FOV",)}
SKILLS = {
    "norwegian": ("reading", "grammar", "words"),
    "english": ("reading", "grammar", "words"),
    "mathematics": ("numbers", "fractions", "percent", "measure", "geometry", "equations", "diagrams"),
}
KINDS = ("fill_in", "right_sentence", "meaning", "read", "calculate")
GAP = "___"
KEYS = ("id", "level", "skill", "kind", "point", "ask", "right", "wrong", "because", "text")


@dataclass(frozen=True)
class Item:
    """One question with its right and its three wrong answers, in the language it practises. `because` shows why, `point` explains it."""

    id: str
    subject: str
    level: str
    skill: str
    kind: str
    point: str
    ask: str
    right: str
    wrong: tuple[str, ...]
    because: str
    text: str = ""


@dataclass(frozen=True)
class Point:
    """What an item is about, explained in the mother tongue."""

    title: str
    says: str


@dataclass(frozen=True)
class Points:
    """All explanations of one language."""

    language: str
    status: str
    points: Mapping[str, Point]
    file: Path
    lines: Mapping[str, int] = field(default_factory=dict)


def practice_items(data: Path) -> dict[str, Item]:
    """All items by id, in the order of the files. Raises ContentError with file and what to do."""
    files = sorted((data / "practice").glob("*.yml"))
    return _items(tuple(files), tuple(file.stat().st_mtime_ns for file in files))


def practice_points(data: Path, language: str) -> Points | None:
    """The explanations in a language; None where there are none. Raises ContentError."""
    file = data / "practice" / "points" / f"{language}.yml"
    return _points(file, file.stat().st_mtime_ns) if file.exists() else None


@lru_cache(maxsize=4)
def _items(files: tuple[Path, ...], changed: tuple[int, ...]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for file in files:
        entry = read_yaml(file)
        subject, rows = entry.get("subject"), entry.get("items")
        if subject not in LEVELS or not isinstance(rows, list):
            raise ContentError(file, 1, f"The file needs `subject:` ({', '.join(LEVELS)}) and `items:` with a list.")
        for row in rows:
            item = _item(file, str(subject), row)
            if item.id in found:
                raise ContentError(file, row.lines["id"], f"There is another item {item.id}. Give this one an id of its own.")
            found[item.id] = item
    return found


def _item(file: Path, subject: str, row: Any) -> Item:
    if not isinstance(row, LocatedDict):
        raise ContentError(file, None, "Each item is a block that begins with `- id:`.")
    line = row.lines.get("id", next(iter(row.lines.values()), 1))
    for key in row:
        if key not in KEYS:
            raise ContentError(file, row.lines[key], f"`{key}` is not a key of an item.{did_you_mean(key, KEYS)}")
    missing = [key for key in KEYS if key != "text" and not row.get(key)]
    if missing:
        raise ContentError(file, line, f"The item needs {', '.join(f'`{key}`' for key in missing)}.")
    for key, known in (("level", LEVELS[subject]), ("skill", SKILLS[subject]), ("kind", KINDS)):
        if row[key] not in known:
            raise ContentError(file, row.lines[key], f"`{row[key]}` is no {key} here; there are {', '.join(known)}.")
    if not isinstance(row["wrong"], list) or len(row["wrong"]) != 3:
        raise ContentError(file, row.lines["wrong"], "`wrong` is a list of three answers.")
    given = {key: str(row[key]).strip() for key in KEYS if key not in ("wrong", "text")}
    return Item(subject=subject, wrong=tuple(str(one).strip() for one in row["wrong"]), text=str(row.get("text") or "").strip(), **given)


@lru_cache(maxsize=32)
def _points(file: Path, changed: int) -> Points:
    entry = read_yaml(file)
    rows = entry.get("points")
    if entry.get("language") != file.stem or not isinstance(rows, LocatedDict):
        raise ContentError(file, 1, f"The file needs `language: {file.stem}` and `points:` with one block per point.")
    found: dict[str, Point] = {}
    for key, row in rows.items():
        if not isinstance(row, dict) or not row.get("title") or not row.get("says"):
            raise ContentError(file, rows.lines[key], f"{key} needs `title` and `says`.")
        found[key] = Point(str(row["title"]).strip(), str(row["says"]).strip())
    return Points(file.stem, str(entry.get("status", "draft")), found, file, rows.lines)
