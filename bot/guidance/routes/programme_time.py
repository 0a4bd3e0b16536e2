"""How long the introduction programme may last, by goal, schooling and start (integreringsloven §§ 13-14, forskrift §§ 75-76).

Whoever began under older rules keeps them, so the row of data/routes/shared/programme_time.yml is chosen by the start and not by today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.content import Library
from bot.content.facts import as_number
from bot.content.yaml_file import read_yaml
from bot.guidance.routes.persona import Persona

MONTHS = 12
UPPER_SECONDARY = {"upper_secondary": True, "higher": True, "upper_secondary_unrecognised": None}  # None: the GSU list must tell


@dataclass(frozen=True)
class ProgrammeTime:
    """Longest length and longest extension in months, without leave and absence that are added; the facts; which routes they belong to."""

    months: int
    extension: int
    fact_ids: tuple[str, ...]
    facts_by_route: Mapping[str, tuple[str, ...]]


def programme_time(persona: Persona, library: Library) -> ProgrammeTime | None:
    """What the rules of the start say; None where start, goal or schooling do not tell which rule it is."""
    programme = persona.programme
    if programme is None or programme.start is None or programme.goal is None or persona.schooling is None:
        return None
    has_upper_secondary = UPPER_SECONDARY.get(persona.schooling, False)
    table = read_yaml(library.data / "routes" / "shared" / "programme_time.yml")
    for row in table["lengths"]:
        if row["upper_secondary"] == has_upper_secondary and programme.goal in row["goals"] and _holds(row, programme.start):
            return _time(row, table["routes"].get(programme.goal, ()), library)
    return None


def _holds(row: Mapping[str, Any], start: dt.date) -> bool:
    return row["from"] <= start and (row.get("to") is None or start <= row["to"])


def _time(row: Mapping[str, Any], routes: list[str], library: Library) -> ProgrammeTime:
    fact_ids = tuple(fact for fact in (row["longest"], row.get("extension")) if fact)
    longest, extension = _months(library, row["longest"]), _months(library, row.get("extension"))
    return ProgrammeTime(longest, extension, fact_ids, dict.fromkeys(routes, fact_ids))


def _months(library: Library, fact_id: str | None) -> int:
    """A fact's length in months, as the rule stood: what was the law at the start does not expire for whoever began then."""
    if fact_id is None:
        return 0
    fact = library.facts[fact_id]
    value = as_number(fact.values[-1].value)
    return int(value * MONTHS if fact.unit == "years" else value)
