"""What a person answered to a guide: flags on a result, and errors that say what to ask or correct."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Amount = int | Decimal | Fraction


@dataclass(frozen=True)
class Flag:
    """Something to say beside a result: a code, the facts it rests on, and who must be asked (empty: it is only told)."""

    code: str
    fact_ids: tuple[str, ...] = ()
    ask: str = ""


class MissingAnswer(Exception):
    """A reckoning needs an answer that is not there; `field` names it."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        super().__init__(f"`{field}` is missing. {why}")


class ImpossibleAnswer(Exception):
    """An answer cannot be true; `field` names it and the message says what is possible."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        super().__init__(f"`{field}`: {problem}")


def exact(field: str, amount: Amount, least: int = 0, most: int | None = None) -> Fraction:
    """An amount as an exact number. Raises ImpossibleAnswer outside least..most and for what is no number."""
    try:
        number = Fraction(str(amount))
    except ValueError as error:
        raise ImpossibleAnswer(field, f"{amount} is no number.") from error
    if number < least:
        raise ImpossibleAnswer(field, f"{amount} is too little. Write {least} or more.")
    if most is not None and number > most:
        raise ImpossibleAnswer(field, f"{amount} is too much. Write {most} or less.")
    return number


def rounded(number: Fraction) -> int:
    """The nearest whole number, halves away from zero, as offices round money."""
    whole = (2 * abs(number.numerator) + number.denominator) // (2 * number.denominator)
    return whole if number >= 0 else -whole
