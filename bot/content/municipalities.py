"""What differs by municipality: contacts, opening hours, and which topics are local there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.errors import ContentError, did_you_mean
from bot.content.yaml_file import read_yaml

KEYS = frozenset(["id", "name", "also_called", "county", "demo", "topics", "contacts", "opening_hours"])


@dataclass(frozen=True)
class Contact:
    """Whom to reach: an office with what it helps with, telephone, web page and opening hours as facts know them."""

    office: str
    phone: str = ""
    url: str = ""
    email: str = ""
    note: str = ""


@dataclass(frozen=True)
class Municipality:
    """One municipality's overlay. `demo` marks contacts that are invented for demonstration."""

    id: str
    name: str
    also_called: tuple[str, ...]
    county: str
    demo: bool
    topics: tuple[str, ...]
    contacts: tuple[Contact, ...]
    opening_hours: dict[str, Any]
    file: Path


def read_municipality(file: Path) -> Municipality:
    """The overlay of a file. Raises ContentError."""
    entry = read_yaml(file)
    for key in entry:
        if key not in KEYS:
            raise ContentError(file, entry.lines[key], f"`{key}` is not a key here.{did_you_mean(key, KEYS)}")
    if not entry.get("name"):
        raise ContentError(file, 1, "The municipality has no `name`. Add it.")
    return Municipality(
        id=file.stem,
        name=entry["name"],
        also_called=tuple(entry.get("also_called") or ()),
        county=entry.get("county", ""),
        demo=bool(entry.get("demo", False)),
        topics=tuple(entry.get("topics") or ()),
        contacts=tuple(Contact(**row) for row in entry.get("contacts") or ()),
        opening_hours=dict(entry.get("opening_hours") or {}),
        file=file,
    )
