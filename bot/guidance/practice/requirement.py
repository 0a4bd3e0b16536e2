"""How much practice a trade needs of a praksiskandidat (opplæringslova § 23-2): data/practice_time.yml over the facts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bot.content import ContentError, Library
from bot.content.errors import did_you_mean
from bot.content.occupations import Occupation
from bot.content.yaml_file import read_yaml
from bot.guidance.facts_on_day import FactsOnDay
from bot.guidance.practice.months import MONTHS_IN_A_YEAR

FILE = "practice_time.yml"
TRADE_CERTIFICATES = ("fagbrev", "svennebrev")
ROW_KEYS = {"occupations", "years", "months", "municipality", "whole_group"}


class UnknownOccupation(Exception):
    """The id stands in no row of data/occupations."""

    def __init__(self, occupation: str, known: Any) -> None:
        super().__init__(f"{occupation} is no occupation of data/occupations.{did_you_mean(occupation, known)}")


class NoTradeCertificate(Exception):
    """The occupation does not end with a fagbrev or svennebrev, so nobody becomes it as praksiskandidat."""

    def __init__(self, occupation: Occupation) -> None:
        self.occupation = occupation
        ending = occupation.certificate or "no certificate"
        super().__init__(f"{occupation.norwegian} ends with {ending}, not with fagbrev or svennebrev. Ask about another way to it.")


@dataclass(frozen=True)
class Requirement:
    """Full-time months a trade needs; `longest` is more than `months` where some counties ask for more."""

    months: Fraction
    longest: Fraction
    fact_ids: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """True where the county must be asked which of the two it is."""
        return self.longest > self.months


def requirement(library: Library, facts: FactsOnDay, occupation_id: str | None, municipality: str | None) -> Requirement:
    """What a trade needs where the person lives; with occupation None what trades need in general.

    Where a longer time is stated for the municipality and every trade of its row, that is the time. Elsewhere, or where only some trades of
    the row need it, both times are given. Raises UnknownOccupation, NoTradeCertificate, FactNotKnown, ContentError.
    """
    if occupation_id is not None:
        check_trade(library, occupation_id)
    table = read_yaml(library.data / FILE)
    general = table["general"]
    months = facts.number(general) * MONTHS_IN_A_YEAR
    for row in table["longer"]:
        if occupation_id in row["occupations"]:
            longer = facts.number(row["years"]) * MONTHS_IN_A_YEAR + facts.number(row["months"])
            fact_ids = (general, row["years"], row["months"])
            sure = row["whole_group"] and (municipality or "").casefold() == row["municipality"]
            return Requirement(longer if sure else months, longer, fact_ids)
    return Requirement(months, months, (general,))


def check_table(library: Library) -> None:
    """Whether every row of the table can be used. Raises ContentError that says what to do."""
    file = library.data / FILE
    table = read_yaml(file)
    _known(file, "general", table.get("general"), library.facts)
    for row in table.get("longer") or []:
        line = min(row.lines.values())
        if set(row) != ROW_KEYS:
            raise ContentError(file, line, f"A row needs exactly the keys {', '.join(sorted(ROW_KEYS))}.")
        for occupation in row["occupations"]:
            _known(file, "occupations", occupation, library.occupations.known)
        for key in ("years", "months"):
            _known(file, key, row[key], library.facts)
        _known(file, "municipality", row["municipality"], library.municipalities())


def _known(file: Path, key: str, name: Any, known: Any) -> None:
    if name not in known:
        raise ContentError(file, None, f"`{key}: {name}` is not known.{did_you_mean(str(name), known)}")


def check_trade(library: Library, occupation_id: str) -> None:
    """Whether the occupation ends with a fagbrev or svennebrev. Raises UnknownOccupation, NoTradeCertificate."""
    known = library.occupations.known
    if occupation_id not in known:
        raise UnknownOccupation(occupation_id, known)
    if not known[occupation_id].certificate.startswith(TRADE_CERTIFICATES):
        raise NoTradeCertificate(known[occupation_id])
