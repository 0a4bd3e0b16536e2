"""The rules of each route, read from data/routes/<route>.yml; what several routes have stands in data/routes/shared/conditions.yml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content import ContentError
from bot.content.errors import did_you_mean
from bot.content.yaml_file import LocatedDict, read_yaml
from bot.guidance.routes.expressions import Test, expression

ROUTES = tuple(
    """
    vgs_adult vgs_intake_test_oslo fov vov_modules praksiskandidat fagbrev_pa_jobb apprentice laerekandidat workplace_fagbrev_lorenskog
    delkompetanse utdanningsvalg_course intensive_higher_education_baerum recognition_higher recognition_vocational recognition_no_documents
    authorisation higher_education_entry work_with_norwegian kvp jobbsjansen
    """.split()
)
OUTCOMES = ("closed", "not_yet", "ask")
ROUTE_KEYS = frozenset(["decides", "next_step", "always", "conditions"])
CONDITION_KEYS = frozenset("id use is if_not facts facts_if_not missing because next_step ask valid_from valid_to gate definition".split())


@dataclass(frozen=True)
class Condition:
    """One condition of a route.

    if_not: the verdict when it certainly fails. facts: what it rests on; facts_if_not: what is told besides when it fails.
    missing, because: what to say when it fails. next_step: what to do then; ask: what to do when an office must answer.
    valid_from, valid_to: the days of `today` between which the condition belongs to the law.
    gate: nothing else is looked at while it is unknown (the municipality of a local route).
    definition: it says what the route is and rests on no rule that may have changed, so facts that are not confirmed do not weaken it.
    """

    id: str
    test: Test
    if_not: str
    facts: tuple[str, ...]
    facts_if_not: tuple[str, ...] = ()
    missing: str = ""
    because: str = ""
    next_step: str = ""
    ask: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    gate: bool = False
    definition: bool = False

    def holds_on(self, day: dt.date) -> bool:
        """Whether the condition belongs to the law of a day, both ends included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class RouteRules:
    """One route: who decides, what to do when it is open, facts told in any case, its conditions in order."""

    id: str
    decides: str
    next_step: str
    always: tuple[str, ...]
    conditions: tuple[Condition, ...]


def read_route_rules(folder: Path) -> tuple[RouteRules, ...]:
    """The rules of all routes in the order of ROUTES. Raises ContentError with file and line."""
    shared = read_yaml(folder / "shared" / "conditions.yml")["conditions"]
    for file in sorted(folder.glob("*.yml")):
        if file.stem not in ROUTES:
            raise ContentError(file, 1, f"{file.stem} is no route.{did_you_mean(file.stem, ROUTES)}")
    return tuple(_route(folder / f"{route}.yml", shared) for route in ROUTES)


def _route(file: Path, shared: LocatedDict) -> RouteRules:
    if not file.exists():
        raise ContentError(file, None, "This route has no rules. Write them, or say `ask` for everybody with one `undecided` condition.")
    entry = read_yaml(file)
    for key in entry:
        if key not in ROUTE_KEYS:
            raise ContentError(file, entry.lines[key], f"`{key}` is not a key of a route.{did_you_mean(key, ROUTE_KEYS)}")
    for key in ("decides", "next_step", "conditions"):
        if not entry.get(key):
            raise ContentError(file, 1, f"The route needs `{key}`.")
    conditions = tuple(_condition(row, file, shared) for row in entry["conditions"])
    return RouteRules(file.stem, entry["decides"], entry["next_step"], tuple(entry.get("always") or ()), conditions)


def _condition(row: Any, file: Path, shared: Mapping[str, Any]) -> Condition:
    if not isinstance(row, LocatedDict):
        raise ContentError(file, None, "A condition is a block that begins with `id:` or `use:`.")
    line = min(row.lines.values())
    for key in row:
        if key not in CONDITION_KEYS:
            raise ContentError(file, row.lines[key], f"`{key}` is not a key of a condition.{did_you_mean(key, CONDITION_KEYS)}")
    merged: dict[str, Any] = dict(row)
    if name := merged.pop("use", None):
        if name not in shared:
            raise ContentError(file, line, f"`{name}` is no shared condition.{did_you_mean(name, shared)}")
        merged = {"id": name, **shared[name], **merged}
    for key in ("id", "is", "if_not", "facts"):
        if key not in merged:
            raise ContentError(file, line, f"The condition needs `{key}`.")
    if merged["if_not"] not in OUTCOMES:
        raise ContentError(file, line, f"`if_not` is one of {', '.join(OUTCOMES)}.")
    if merged["if_not"] == "closed" and not merged.get("because"):
        raise ContentError(file, line, "A condition that closes the route needs `because`: the code of the sentence that says why.")
    test = expression(merged.pop("is"), file, line)
    facts, besides = tuple(merged.pop("facts")), tuple(merged.pop("facts_if_not", ()))
    return Condition(test=test, facts=facts, facts_if_not=besides, **merged)
