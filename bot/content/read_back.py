"""Which texts somebody translated back into Norwegian without the source beside them: data/read_back/<lang>.yml.

A reading holds for the words that were read: each entry has their fingerprint, so a changed text counts as unread again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.content.errors import ContentError
from bot.content.library import Library
from bot.content.yaml_file import LocatedDict, read_yaml

HEAD = "# Texts that a reader translated back into Norwegian, with the fingerprint of the words that were read.\n"


@dataclass(frozen=True)
class Reading:
    """One text read back: the fingerprint of its words, the day, who read it, and whether without seeing the source."""

    words: str
    on: dt.date
    by: str
    blind: bool


def read_readings(file: Path) -> dict[str, Reading]:
    """Topic -> its last reading; none when the file is not there. Raises ContentError."""
    if not file.exists():
        return {}
    rows = read_yaml(file).get("readings")
    if not isinstance(rows, LocatedDict):
        raise ContentError(file, 1, "The file needs `readings:`. Let `veiviser read-back` write it.")
    try:
        return {topic: Reading(**row) for topic, row in rows.items()}
    except TypeError as error:
        raise ContentError(file, None, "A reading is {words, on, by, blind}. Let `veiviser read-back` write it.") from error


def readings_file(library: Library, language: str) -> Path:
    """Where the readings of a language stand."""
    return library.data / "read_back" / f"{language}.yml"


def read_back_now(library: Library, language: str) -> list[str]:
    """The topics whose answer was read back in the words it has today."""
    readings = read_readings(readings_file(library, language))
    wordings = ((topic, library.wording(topic, language)) for topic in readings if library.has_topic(topic))
    return [topic for topic, wording in wordings if wording and wording.answer and wording.fingerprint == readings[topic].words]


def note_readings(library: Library, language: str, topics: Iterable[str], by: str, on: dt.date, *, blind: bool) -> Path:
    """Notes that topics were read back as they stand now. Raises ContentError for a topic without an answer in the language."""
    file = readings_file(library, language)
    readings = read_readings(file)
    for topic in topics:
        wording = library.wording(topic, language) if library.has_topic(topic) else None
        if wording is None or not wording.answer:
            raise ContentError(file, None, f"{topic} has no answer in {language}, so nobody can have read it.")
        readings[topic] = Reading(wording.fingerprint, on, by, blind)
    lines = [
        f'  {topic}: {{words: "{r.words}", on: {r.on.isoformat()}, by: "{r.by}", blind: {str(r.blind).lower()}}}\n'
        for topic, r in sorted(readings.items())
    ]
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{HEAD}language: {language}\nreadings:\n{''.join(lines)}", encoding="utf-8")
    return file
