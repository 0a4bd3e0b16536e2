"""The fields of the forms about participants: what each is called, what it may hold, and what is chosen from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.console.labels import Labels
from bot.guidance import codes

Option = tuple[str, str]  # the value and its words


@dataclass(frozen=True)
class Field:
    """One field. `kind`: text, date, time, number, telephone (tel), email, long (a text of several lines) or choice."""

    name: str
    kind: str = "text"
    needed: bool = False
    longest: int = 0
    options: tuple[Option, ...] = ()
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    hint: str = ""  # the key of a sentence below the field

    @property
    def fixed(self) -> bool:
        """True where one of the options is always chosen."""
        return self.needed and self.kind == "choice"


def word(t: Labels, code: str | None) -> str:
    """The words of a code; the code itself where an older file brought one that nobody has words for; empty for none."""
    key = f"code_{code}"
    return t(key) if key in t else code or ""


def options(t: Labels, known: Iterable[str]) -> tuple[Option, ...]:
    """Codes with their words."""
    return tuple((code, word(t, code)) for code in known)


def choice(t: Labels, name: str, known: Iterable[str], needed: bool = False) -> Field:
    """A field to choose one of several codes."""
    return Field(name, "choice", needed, options=options(t, known))


def test_parts(t: Labels) -> Field:
    """One field for test and part, since the parts differ by test; its values are such as norskprove:reading."""
    groups = ((word(t, test), tuple((f"{test}:{part}", _part(t, test, part)) for part in parts)) for test, parts in codes.PARTS.items())
    return Field("test_part", "choice", True, groups=tuple(groups))


def test_and_part(value: str) -> tuple[str, str]:
    """The test and the part of such a value."""
    test, _, part = value.partition(":")
    return test, part


def _part(t: Labels, test: str, part: str) -> str:
    return word(t, test) if part == "whole" else f"{word(t, test)}: {word(t, part)}"
