"""Three-valued logic (Kleene 1938): yes, no, and unknown, which no rule ever turns into a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Truth(IntEnum):
    """Ordered so that `all` is the least and `any` the greatest of its parts."""

    NO = 0
    UNKNOWN = 1
    YES = 2


@dataclass(frozen=True)
class Missing:
    """Something that is missing: a field of the persona that nobody told, or a code with its amount, such as 14 months of practice."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "_".join((self.code, *self.values.values()))

    def __hash__(self) -> int:
        return hash(str(self))


@dataclass(frozen=True)
class Found:
    """What a test found: the truth, what is missing when it is not yes, values for the sentence that says so, facts it rests on besides."""

    truth: Truth
    missing: tuple[Missing, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[str, ...] = ()


YES, NO = Found(Truth.YES), Found(Truth.NO)


def unknown(*codes: str) -> Found:
    """Unknown, because these fields or answers are missing."""
    return Found(Truth.UNKNOWN, tuple(Missing(code) for code in codes))


def yes_if(holds: bool, *otherwise: Missing, **values: str) -> Found:
    """Yes or no; what is missing is named when it is no."""
    return YES if holds else Found(Truth.NO, otherwise, values)


def all_of(parts: Iterable[Found]) -> Found:
    """Yes when every part is, no when one is no. Missing is what keeps it from being yes."""
    parts = tuple(parts)
    return _joined(min(part.truth for part in parts), parts)


def any_of(parts: Iterable[Found]) -> Found:
    """Yes when one part is, no when every part is no. Missing is what each part lacks: one of them is enough."""
    parts = tuple(parts)
    return _joined(max(part.truth for part in parts), parts)


def negated(part: Found) -> Found:
    """Yes for no and no for yes; unknown stays unknown."""
    return Found(Truth(Truth.YES - part.truth), part.missing if part.truth is Truth.UNKNOWN else (), facts=part.facts)


def _joined(truth: Truth, parts: tuple[Found, ...]) -> Found:
    speaking = [part for part in parts if part.truth is truth]
    missing = dict.fromkeys(one for part in speaking for one in part.missing) if truth is not Truth.YES else {}
    values = {name: value for part in speaking for name, value in part.values.items()}
    facts = dict.fromkeys(fact for part in speaking for fact in part.facts)
    return Found(truth, tuple(missing), values, tuple(facts))
