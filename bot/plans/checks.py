"""What may be written into a plan. Every refusal says what is wrong and what to write instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from bot.content import Library
from bot.content.errors import did_you_mean
from bot.plans.national_numbers import holds_national_number

OLDEST = 110  # years; an older birth date is a slip of the keyboard


class PlanProblem(Exception):
    """Something about a plan cannot be done or written; the text says what to do."""


class UnknownCode(PlanProblem):
    """A word stands where one of a few code words belongs."""


class LanguageNotOffered(PlanProblem):
    """A participant cannot be answered in this language."""


class EndBeforeStart(PlanProblem):
    """Something ends before it starts."""


class ImpossibleDay(PlanProblem):
    """A day that cannot be, such as a birth date in the future."""


class ImpossibleNumber(PlanProblem):
    """A number outside of what can be."""


class TextMissing(PlanProblem):
    """A text that is needed is empty or too long."""


class HoldsNationalNumber(PlanProblem):
    """A text holds a national identity number or a D-number."""


class NoSuchParticipant(PlanProblem):
    """There is no participant with this id or reference."""


class NoSuchEntry(PlanProblem):
    """There is no appointment, wish or other entry with this key."""


class ReferenceTaken(PlanProblem):
    """Another participant has this reference."""


@dataclass(frozen=True)
class Places:
    """What is there to choose from: codes of the languages offered, ids of the municipalities."""

    languages: tuple[str, ...]
    municipalities: tuple[str, ...]


def places_of(library: Library) -> Places:
    """The languages and municipalities of data/. Raises ContentError."""
    languages = tuple(language.code for language in library.languages.offered)
    return Places(languages, tuple(library.municipalities()))


def check_code(what: str, word: str | None, allowed: Collection[str], needed: bool = False) -> None:
    """Refuses a word that is not one of the codes; None is allowed where it is not needed. Raises UnknownCode."""
    if word is None and not needed:
        return
    if word not in allowed:
        near = did_you_mean(word or "", allowed)
        raise UnknownCode(f"{word!r} is no {what}.{near} Write one of: {', '.join(allowed)}.")


def check_language(language: str | None, places: Places) -> None:
    """Refuses a language that is not offered. Raises LanguageNotOffered."""
    if language is not None and language not in places.languages:
        raise LanguageNotOffered(
            f"The language {language!r} is not offered. Write one of {', '.join(places.languages)}, or leave it empty: "
            "then the assistant answers in the language the person writes in."
        )


def check_order(what: str, start: dt.date | None, end: dt.date | None) -> None:
    """Refuses an end before its start; where one of them is not known there is nothing to compare. Raises EndBeforeStart."""
    if start is not None and end is not None and end < start:
        raise EndBeforeStart(f"The {what} ends {end.isoformat()}, before it starts {start.isoformat()}. Correct one of the two days.")


def check_birth_date(born: dt.date | None, today: dt.date) -> None:
    """Refuses a birth date in the future or more than 110 years ago. Raises ImpossibleDay."""
    if born is None:
        return
    if born > today:
        raise ImpossibleDay(f"The birth date {born.isoformat()} is in the future. Correct the year.")
    if today.year - born.year > OLDEST:
        raise ImpossibleDay(f"The birth date {born.isoformat()} is more than {OLDEST} years ago. Correct the year.")


def check_text(what: str, text: str, longest: int, needed: bool = True) -> str:
    """The text without blanks around it. Raises TextMissing for an empty or too long one, HoldsNationalNumber."""
    text = text.replace("\x00", "").strip()  # PostgreSQL keeps no NUL
    if needed and not text:
        raise TextMissing(f"The {what} is empty. Write one.")
    if len(text) > longest:
        raise TextMissing(f"The {what} has {len(text)} characters; there is room for {longest}. Shorten it.")
    check_no_national_number(what, text)
    return text


def check_no_national_number(what: str, text: str) -> None:
    """Raises HoldsNationalNumber; the number itself is not repeated, because errors are shown and logged."""
    if holds_national_number(text):
        raise HoldsNationalNumber(
            f"The {what} holds an eleven-digit national identity number or D-number. "
            "Do not write national identity numbers here; use the municipality's own number for the person."
        )


def check_number(what: str, number: float | None, lowest: float, highest: float) -> None:
    """Refuses a number outside the limits; None is not known and allowed. Raises ImpossibleNumber."""
    if number is not None and not lowest <= number <= highest:
        raise ImpossibleNumber(f"{number:g} {what} cannot be. Write a number from {lowest:g} to {highest:g}.")
