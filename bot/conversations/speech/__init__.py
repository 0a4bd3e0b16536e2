"""Speech to text as an optional extra: the contract with whatever listens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

# A longer speech is no question that "is that right?" can be asked about; a person hears it.
LONGEST = 60  # seconds
LONGEST_WORDS = 700  # characters
SURE = 0.5  # below this the machine was guessing


@dataclass(frozen=True)
class Heard:
    """What was heard, in which language (a code of ours where it is one), and how sure the machine is, 0 to 1."""

    text: str
    language: str
    sure: float


class CannotHear(Exception):
    """Nothing was heard; the text says why, in a word without anything of the recording."""


class Listener(Protocol):
    """Whatever turns a recording into words, on this machine."""

    def hear(self, content: bytes, content_type: str, language_hint: str | None) -> Heard:
        """The words of a recording. `language_hint`: the language the person chose or wrote, as our codes name it. Raises CannotHear."""
