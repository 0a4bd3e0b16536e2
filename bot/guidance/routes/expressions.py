"""What a rule tests, as data: {name of a test: its parameters}, {all: [...]}, {any: [...]} or {not: ...}. No text is evaluated."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from bot.content import ContentError
from bot.content.errors import did_you_mean
from bot.guidance.facts_on_day import FactNotKnown
from bot.guidance.routes import tests_of_approval, tests_of_persona, tests_of_trade
from bot.guidance.routes.situation import Situation
from bot.guidance.routes.truth import Found, all_of, any_of, negated, unknown

Test = Callable[[Situation], Found]
NAMED: dict[str, Callable[..., Found]] = {
    test.__name__: test
    for test in (
        tests_of_persona.one_of,
        tests_of_persona.municipality,
        tests_of_persona.age_from,
        tests_of_persona.age_to,
        tests_of_persona.school_year_age,
        tests_of_persona.norwegian,
        tests_of_persona.english,
        tests_of_persona.has_job,
        tests_of_persona.no_full_job,
        tests_of_persona.job_hours,
        tests_of_persona.not_in_programme,
        tests_of_persona.programme_over_for,
        tests_of_persona.programme_started_within,
        tests_of_persona.undecided,
        tests_of_trade.practice_as_candidate,
        tests_of_trade.practice_in_job,
        tests_of_trade.job_in_trade,
        tests_of_trade.years_of_work,
        tests_of_trade.wish_in_modules,
        tests_of_trade.trained_in_country,
        tests_of_trade.worked_in_country,
        tests_of_approval.regulated,
        tests_of_approval.approved_by,
        tests_of_approval.trained_for,
        tests_of_approval.language_for,
    )
}


def expression(entry: Any, file: Path, line: int) -> Test:
    """The test an entry describes. Raises ContentError for an unknown name or parameter."""
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise ContentError(file, line, "A test is one name with its parameters, such as {age_from: {fact: vgs_adult_age}}.")
    [(name, parameters)] = entry.items()
    if name in ("all", "any"):
        parts = [expression(part, file, line) for part in parameters or ()]
        if not parts:
            raise ContentError(file, line, f"`{name}` needs a list of tests.")
        return partial(_joined, all_of if name == "all" else any_of, parts)
    if name == "not":
        return partial(_negated, expression(parameters, file, line))
    if name not in NAMED:
        raise ContentError(file, line, f"`{name}` is no test.{did_you_mean(name, [*NAMED, 'all', 'any', 'not'])}")
    return partial(_named, name, _checked(name, parameters or {}, file, line))


def _named(name: str, parameters: Mapping[str, Any], situation: Situation) -> Found:
    try:
        return NAMED[name](situation, **parameters)
    except FactNotKnown:  # the law of that day is not known, so this part is not
        return unknown("rule_of_the_day")


def _joined(join: Callable[[list[Found]], Found], parts: list[Test], situation: Situation) -> Found:
    return join([part(situation) for part in parts])


def _negated(part: Test, situation: Situation) -> Found:
    return negated(part(situation))


def _checked(name: str, parameters: Any, file: Path, line: int) -> dict[str, Any]:
    known = {key: one for key, one in inspect.signature(NAMED[name]).parameters.items() if key != "situation"}
    if not isinstance(parameters, Mapping):
        raise ContentError(file, line, f"`{name}` takes {', '.join(known) or 'no parameters'}, written as {{name: value}}.")
    for key in parameters:
        if key not in known:
            raise ContentError(file, line, f"`{key}` is no parameter of {name}.{did_you_mean(key, known)}")
    for key, one in known.items():
        if one.default is inspect.Parameter.empty and key not in parameters:
            raise ContentError(file, line, f"`{name}` needs `{key}`.")
    return dict(parameters)
