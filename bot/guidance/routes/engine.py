"""Which verdict the conditions of a route give together.

ask      the municipality of a local route is not known (a gate), so nothing else is said of it
closed   a condition certainly fails that cannot be mended
not_yet  a condition certainly fails that time or work can mend; what is unknown besides stands in `missing`
ask      something is unknown: nobody told it, or an office must answer it
open     every condition of the law that a person can tell of is met: one can apply or register now, and the office decides

A condition whose facts are not confirmed, or do not hold on the day, never decides: yes and no both become unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.content import Library
from bot.guidance.routes.definitions import Condition, RouteRules, read_route_rules
from bot.guidance.routes.persona import Persona
from bot.guidance.routes.programme_time import programme_time
from bot.guidance.routes.situation import Situation
from bot.guidance.routes.truth import Found, Missing, Truth

OPEN, NOT_YET, CLOSED, ASK = VERDICTS = ("open", "not_yet", "closed", "ask")
TELL_MORE = "tell_more"
FIELDS = tuple("age permit municipality schooling norwegian english experience work programme wish".split())


@dataclass(frozen=True)
class RouteAnswer:
    """The answer for one route. `because`: code of the sentence that says why it is closed, with its `values`; `decides`: who decides."""

    route: str
    verdict: str
    reasons: tuple[str, ...]
    missing: tuple[Missing, ...]
    next_step: str
    decides: str
    because: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """What `veiviser route --json` prints."""
        return {
            "route": self.route,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "missing": [str(one) for one in self.missing],
            "next_step": self.next_step,
        }


@dataclass(frozen=True)
class _Judged:
    condition: Condition
    found: Found

    @property
    def undecided(self) -> bool:
        """Unknown, or certainly not met where somebody may still say yes."""
        return self.found.truth is Truth.UNKNOWN or (self.found.truth is Truth.NO and self.condition.if_not == ASK)

    @property
    def facts(self) -> tuple[str, ...]:
        """What the condition rests on, with what is told only where it fails."""
        failing = self.condition.facts_if_not if self.found.truth is Truth.NO else ()
        return (*self.condition.facts, *self.found.facts, *failing)

    def fails_as(self, verdict: str) -> bool:
        """Certainly not met, with this verdict."""
        return self.found.truth is Truth.NO and self.condition.if_not == verdict


def find_routes(persona: Persona, library: Library, rules: tuple[RouteRules, ...] | None = None) -> list[RouteAnswer]:
    """The answers for all routes in their order. Raises ContentError when the rules cannot be read."""
    situation = Situation(persona, library)
    programme = programme_time(persona, library)
    beside = programme.facts_by_route if programme else {}
    return [_answer(route, situation, beside.get(route.id, ())) for route in rules or read_route_rules(library.data / "routes")]


def is_field(missing: Missing) -> bool:
    """Whether a field of the persona is missing, which the person can tell, and not an answer of somebody else."""
    return missing.code.split(".")[0] in FIELDS and not missing.values


def _answer(route: RouteRules, situation: Situation, beside: Iterable[str]) -> RouteAnswer:
    judged = [_Judged(one, _judge(one, situation)) for one in route.conditions if one.holds_on(situation.persona.today)]
    verdict, speaking = _verdict(judged)
    told = [] if verdict == CLOSED else [fact for fact in (*route.always, *beside) if situation.facts.holds(fact)]
    reasons = dict.fromkeys([*(fact for one in speaking for fact in one.facts), *told])
    missing: dict[Missing, None] = {}
    if verdict in (NOT_YET, ASK):
        undecided = [one for one in judged if one.undecided and one not in speaking] if verdict == NOT_YET else []
        missing = dict.fromkeys(code for one in (*speaking, *undecided) for code in _missing(one))
    first = speaking[0] if speaking else None
    closed = verdict == CLOSED and first is not None
    return RouteAnswer(
        route=route.id,
        verdict=verdict,
        reasons=tuple(reasons),
        missing=tuple(missing),
        next_step=_next_step(route, verdict, speaking),
        decides=route.decides,
        because=first.condition.because if closed and first else "",
        values=first.found.values if closed and first else {},
    )


def _verdict(judged: list[_Judged]) -> tuple[str, list[_Judged]]:
    """The verdict and the conditions that give it."""
    if gates := [one for one in judged if one.condition.gate and one.undecided]:
        return ASK, gates
    if closing := [one for one in judged if one.fails_as(CLOSED)]:
        return CLOSED, closing
    if failing := [one for one in judged if one.fails_as(NOT_YET)]:
        return NOT_YET, failing
    if undecided := [one for one in judged if one.undecided]:
        return ASK, undecided
    return OPEN, judged


def _judge(condition: Condition, situation: Situation) -> Found:
    found = condition.test(situation)
    if found.truth is Truth.NO and condition.missing:
        found = Found(Truth.NO, (Missing(condition.missing),), found.values, found.facts)
    if condition.definition or not situation.facts.unsure(condition.facts):
        return found
    answered_by_others = found.truth is Truth.UNKNOWN and not all(map(is_field, found.missing))
    confirmation = () if answered_by_others else (Missing("confirmation"),)
    return Found(Truth.UNKNOWN, (*found.missing, *confirmation), found.values, found.facts)


def _missing(one: _Judged) -> tuple[Missing, ...]:
    return one.found.missing or (Missing("confirmation"),)


def _next_step(route: RouteRules, verdict: str, speaking: list[_Judged]) -> str:
    if verdict == OPEN:
        return route.next_step
    if verdict == ASK:
        asking = [one for one in speaking if not all(map(is_field, _missing(one)))]
        return next(
            (one.condition.ask or one.condition.next_step for one in asking if one.condition.ask or one.condition.next_step), TELL_MORE
        )
    return next((one.condition.next_step for one in speaking if one.condition.next_step), "ask_advisor")
