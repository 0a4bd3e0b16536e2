"""Topics and their wordings: data/topics/<id>/topic.yml and <lang>.yml."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.content.errors import ContentError, did_you_mean
from bot.content.yaml_file import LocatedDict, read_yaml

WEIGHTS = ("required", "complete")
KINDS = ("fact", "guide", "case", "service", "safety")
STATUSES = ("draft", "machine", "reviewed")
TOPIC_KEYS = frozenset("group weight kind scope asks facts buttons related literals follow_ups owner".split())
WORDING_KEYS = frozenset("language title answer simpler story local examples based_on status reviewed_by reviewed_on".split())


@dataclass(frozen=True)
class FollowUp:
    """A short follow-up that changes the answer: an entity, the values that count, the topic to answer."""

    entity: str
    topic: str
    below: float | None = None
    at_least: float | None = None
    equals: str | None = None

    def fits(self, value: str) -> bool:
        """True when the value said is one that counts; text where a number is due does not fit."""
        if self.equals is not None:
            return value.casefold() == self.equals.casefold()
        if self.below is None and self.at_least is None:
            return True
        try:
            number = float(value)
        except ValueError:
            return False
        return (self.below is None or number < self.below) and (self.at_least is None or number >= self.at_least)


@dataclass(frozen=True)
class Topic:
    """What a topic is, without any prose: weight, kind, place, facts, buttons, neighbours."""

    id: str
    group: str
    weight: str
    kind: str
    scope: str
    asks: str
    facts: tuple[str, ...]
    buttons: tuple[str, ...]
    related: tuple[str, ...]
    literals: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]
    owner: str
    file: Path


@dataclass(frozen=True)
class Wording:
    """One topic in one language: title, answer, simpler answer, a true story from one place, local additions, and how people ask."""

    topic: str
    language: str
    title: str
    answer: str
    simpler: str
    story: str
    local: Mapping[str, str]
    examples: tuple[str, ...]
    based_on: str
    status: str
    reviewed_by: str
    file: Path
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def texts(self) -> Mapping[str, str]:
        """Every text that a participant may read, by its key in the file."""
        local = {f"local.{place}": text for place, text in self.local.items()}
        story = {"story": self.story} if self.story else {}
        return {"title": self.title, "answer": self.answer, "simpler": self.simpler, **story, **local}

    def line_of(self, key: str) -> int | None:
        """The line of a key in the file."""
        return self.lines.get(key.split(".")[0])

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits over the prose; a translation names the one it was made from."""
        words = " ".join(" ".join((self.answer, self.simpler, self.story, *(self.local[k] for k in sorted(self.local)))).split())
        return hashlib.sha256(words.encode()).hexdigest()[:12]


def read_topic(folder: Path) -> Topic:
    """The topic of a folder. Raises ContentError with file and line."""
    file = folder / "topic.yml"
    if not file.exists():
        raise ContentError(folder, None, "The folder has no topic.yml. Add it or remove the folder.")
    entry = read_yaml(file)
    _known_keys(entry, TOPIC_KEYS, file)
    for key, allowed in (("weight", WEIGHTS), ("kind", KINDS)):
        if entry.get(key) not in allowed:
            raise ContentError(file, entry.lines.get(key), f"`{key}` is one of {', '.join(allowed)}.")
    return Topic(
        id=folder.name,
        group=entry.get("group", ""),
        weight=entry["weight"],
        kind=entry["kind"],
        scope=entry.get("scope", "national"),
        asks=entry.get("asks", ""),
        facts=tuple(entry.get("facts") or ()),
        buttons=tuple(entry.get("buttons") or ()),
        related=tuple(entry.get("related") or ()),
        literals=tuple(str(word) for word in entry.get("literals") or ()),
        follow_ups=tuple(_follow_up(row, file, entry.lines["follow_ups"]) for row in entry.get("follow_ups") or ()),
        owner=entry.get("owner", "content"),
        file=file,
    )


def read_wording(file: Path) -> Wording:
    """One language of one topic. Raises ContentError with file and line."""
    entry = read_yaml(file)
    _known_keys(entry, WORDING_KEYS, file)
    if entry.get("language") != file.stem:
        raise ContentError(file, entry.lines.get("language", 1), f"`language` must be {file.stem}, as the file is called.")
    if entry.get("status", "draft") not in STATUSES:
        raise ContentError(file, entry.lines.get("status"), f"`status` is one of {', '.join(STATUSES)}.")
    return Wording(
        topic=file.parent.name,
        language=entry["language"],
        title=_text(entry, "title", file),
        answer=_text(entry, "answer", file),
        simpler=_text(entry, "simpler", file),
        story=_text(entry, "story", file),
        local={place: str(text).strip() for place, text in (entry.get("local") or {}).items()},
        examples=tuple(line.strip() for line in _text(entry, "examples", file).splitlines() if line.strip()),
        based_on=str(entry.get("based_on") or ""),
        status=entry.get("status", "draft"),
        reviewed_by=str(entry.get("reviewed_by") or ""),
        file=file,
        lines=entry.lines,
    )


def _text(entry: LocatedDict, key: str, file: Path) -> str:
    text = entry.get(key) or ""
    if not isinstance(text, str):
        raise ContentError(file, entry.lines.get(key), f"`{key}` must be text. Put it in quotes or below `{key}: |`.")
    return text.strip()


def _known_keys(entry: LocatedDict, known: frozenset[str], file: Path) -> None:
    for key in entry:
        if key not in known:
            raise ContentError(file, entry.lines[key], f"`{key}` is not a key here.{did_you_mean(key, known)}")


def _follow_up(row: Any, file: Path, line: int) -> FollowUp:
    try:
        return FollowUp(**row)
    except TypeError as error:
        raise ContentError(file, line, "A follow-up is {entity, topic} with below, at_least or equals.") from error
