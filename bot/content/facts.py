"""Facts: values with unit, source and dates. Prose borrows them; nothing else in the project holds a number of the law."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from bot.content.errors import ContentError, did_you_mean
from bot.content.formula import compute, names_in
from bot.content.yaml_file import LocatedDict, read_yaml

Value = int | float | str | dt.date | bool
UNITS = frozenset("kr percent years months weeks days hours minutes times age level date phone url email share count name rule".split())
NATIONAL = "national"


class Confidence(str, Enum):
    """How well a fact is known, as its source was judged. Ordered from best to worst."""

    CONFIRMED = "confirmed"
    OLDER = "older"
    UNVERIFIED = "unverified"


class FactState(str, Enum):
    """Whether a fact may be told as valid on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Source:
    """Where a fact stands: a law and its section, or an official page."""

    title: str
    section: str = ""
    url: str = ""


@dataclass(frozen=True)
class DatedValue:
    """A value and the days between which it holds; None is open."""

    value: Value | None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """True from valid_from to valid_to, both days included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Fact:
    """One fact as its file states it: a value, several values by date, or a formula over other facts."""

    id: str
    says: str
    unit: str
    source: Source
    checked_on: dt.date
    confidence: Confidence
    values: tuple[DatedValue, ...] = ()
    formula: str = ""
    round: int | None = None
    review_by: dt.date | None = None
    scope: str = NATIONAL
    rule: str = ""
    file: Path = Path()
    line: int = 0


@dataclass(frozen=True)
class Known:
    """What a fact says on one day: its value, how sure, until when, and every fact it rests on (itself first)."""

    fact: Fact
    value: Value | None
    state: FactState
    confidence: Confidence
    expires_on: dt.date | None
    rests_on: tuple[Fact, ...]


class Facts(Mapping[str, Fact]):
    """All facts of data/facts, looked up by id; derived ones are computed for a day."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = dict(facts)
        for fact in self._facts.values():
            self._check_formula(fact)

    def __getitem__(self, fact_id: str) -> Fact:
        return self._facts[fact_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def on(self, fact_id: str, day: dt.date) -> Known:
        """What the fact says on a day. Raises KeyError for an unknown id."""
        fact = self._facts[fact_id]
        return self._derived(fact, day) if fact.formula else _stated(fact, day)

    def _derived(self, fact: Fact, day: dt.date) -> Known:
        inputs = {name: self.on(name, day) for name in names_in(fact.formula)}
        states = [known.state for known in inputs.values()]
        state = next((s for s in (FactState.EXPIRED, FactState.NOT_YET) if s in states), FactState.VALID)
        expiries = [known.expires_on for known in inputs.values() if known.expires_on]
        if fact.review_by:
            expiries.append(fact.review_by)
            state = FactState.EXPIRED if day > fact.review_by else state
        value = None
        if state is FactState.VALID:
            value = compute(fact.formula, {name: as_number(known.value) for name, known in inputs.items()}, fact.round)
        rests_on = tuple(dict.fromkeys((fact, *(f for known in inputs.values() for f in known.rests_on))))
        order = list(Confidence)
        worst = max((fact.confidence, *(known.confidence for known in inputs.values())), key=order.index)
        return Known(fact, value, state, worst, min(expiries, default=None), rests_on)

    def _check_formula(self, fact: Fact, above: tuple[str, ...] = ()) -> None:
        for name in names_in(fact.formula):
            if name not in self._facts:
                raise ContentError(fact.file, fact.line, f"`{name}` in the formula is no fact.{did_you_mean(name, self._facts)}")
            if name in above or name == fact.id:
                raise ContentError(fact.file, fact.line, f"The formula of {fact.id} comes back to itself through {name}.")
            self._check_formula(self._facts[name], (*above, fact.id))


def as_number(value: Value | None) -> Fraction:
    """A stated value as an exact number; shares may be written as "2/3". Raises ValueError for text."""
    return Fraction(str(value))


def _stated(fact: Fact, day: dt.date) -> Known:
    current = next((dated for dated in fact.values if dated.holds_on(day)), None)
    if current is None:
        starts = [d.valid_from for d in fact.values if d.valid_from]
        state = FactState.NOT_YET if starts and day < min(starts) else FactState.EXPIRED
        return Known(fact, None, state, fact.confidence, None, (fact,))
    expires_on = min((d for d in (current.valid_to, fact.review_by) if d), default=None)
    state = FactState.EXPIRED if fact.review_by and day > fact.review_by else FactState.VALID
    return Known(fact, current.value, state, fact.confidence, expires_on, (fact,))


def read_facts(folder: Path) -> Facts:
    """All facts of a folder's *.yml files. Raises ContentError with file and line for what cannot be used."""
    facts: dict[str, Fact] = {}
    for file in sorted(folder.glob("*.yml")):
        entries = read_yaml(file).get("facts") or LocatedDict()
        for fact_id, entry in entries.items():
            line = entries.lines[fact_id]
            if fact_id in facts:
                raise ContentError(file, line, f"The fact `{fact_id}` also stands in {facts[fact_id].file}. Keep one.")
            facts[fact_id] = fact_from(fact_id, entry, file, line)
    return Facts(facts)


KEYS = frozenset(
    """
    says value values formula round unit valid_from valid_to review_by source checked_on confidence rule scope note
    """.split()
)


def fact_from(fact_id: str, entry: LocatedDict, file: Path, line: int) -> Fact:
    """One entry of a facts file as a Fact. Raises ContentError."""

    def wrong(problem: str, key: str = "") -> ContentError:
        return ContentError(file, entry.lines.get(key, line) if isinstance(entry, LocatedDict) else line, problem)

    if not isinstance(entry, LocatedDict):
        raise wrong(f"The fact {fact_id} needs `value`, `unit`, `source` and the other keys below it.")
    for key in entry:
        if key not in KEYS:
            raise wrong(f"`{key}` is not a key of a fact.{did_you_mean(key, KEYS)}", key)
    for key in ("says", "unit", "source", "checked_on", "confidence"):
        if key not in entry:
            raise wrong(f"The fact {fact_id} has no `{key}`. Add it.")
    if entry["unit"] not in UNITS:
        raise wrong(f"`{entry['unit']}` is not a unit.{did_you_mean(entry['unit'], UNITS)}", "unit")
    if entry["confidence"] not in [c.value for c in Confidence]:
        raise wrong("`confidence` is confirmed, older or unverified.", "confidence")
    if sum(key in entry for key in ("value", "values", "formula")) != 1:
        raise wrong(f"The fact {fact_id} needs exactly one of `value`, `values` and `formula`.")
    return Fact(
        id=fact_id,
        says=entry["says"],
        unit=entry["unit"],
        source=_source(entry["source"], wrong),
        checked_on=_day(entry, "checked_on", wrong) or dt.date.min,
        confidence=Confidence(entry["confidence"]),
        values=_values(entry, wrong),
        formula=str(entry.get("formula", "")),
        round=entry.get("round"),
        review_by=_day(entry, "review_by", wrong),
        scope=entry.get("scope", NATIONAL),
        rule=entry.get("rule", ""),
        file=file,
        line=line,
    )


def _source(entry: Any, wrong: Any) -> Source:
    if not isinstance(entry, dict) or "title" not in entry:
        raise wrong("`source` needs at least a `title`, better also `section` and `url`.", "source")
    return Source(entry["title"], str(entry.get("section", "")), entry.get("url", ""))


def _values(entry: LocatedDict, wrong: Any) -> tuple[DatedValue, ...]:
    if "value" in entry:
        return (DatedValue(entry["value"], _day(entry, "valid_from", wrong), _day(entry, "valid_to", wrong)),)
    dated = []
    for row in entry.get("values", []):
        if "value" not in row:
            raise wrong("Each row of `values` needs a `value` and its dates.", "values")
        dated.append(DatedValue(row["value"], _day(row, "valid_from", wrong), _day(row, "valid_to", wrong)))
    return tuple(dated)


def _day(entry: Mapping[str, Any], key: str, wrong: Any) -> dt.date | None:
    day = entry.get(key)
    if day is None or isinstance(day, dt.date):
        return day
    raise wrong(f"`{key}: {day}` is not a day. Write it as 2026-11-21.", key)
