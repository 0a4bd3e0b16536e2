"""The verdicts of the route finder: a table of personas, each citing its rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content import Library
from bot.guidance.routes import ROUTES, VERDICTS, PersonaReader, RouteAnswer, find_routes

FILE = Path(__file__).parent / "personas" / "routes.yml"
TABLE: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["table"]


def answers(library: Library, persona: dict[str, Any]) -> dict[str, RouteAnswer]:
    return {answer.route: answer for answer in find_routes(PersonaReader(library).read(persona), library)}


@pytest.mark.parametrize("row", TABLE, ids=[row["name"] for row in TABLE])
def test_a_persona_gets_the_verdicts_of_the_law(real_library: Library, row: dict[str, Any]) -> None:
    found = answers(real_library, row["persona"])
    assert {route: found[route].verdict for route in row["expect"]} == row["expect"]
    for route, codes in row.get("missing", {}).items():
        assert set(codes) <= set(map(str, found[route].missing)), (route, [str(one) for one in found[route].missing])


def test_the_table_is_large_enough_and_cites_facts_that_exist(real_library: Library) -> None:
    assert len(TABLE) >= 60
    assert len({row["name"] for row in TABLE}) == len(TABLE)
    for row in TABLE:
        assert row["cites"] and all(fact in real_library.facts for fact in row["cites"]), row["name"]
    assert {route for row in TABLE for route in row["expect"]} == set(ROUTES)
    seen = {(route, verdict) for row in TABLE for route, verdict in row["expect"].items()}
    assert {verdict for _, verdict in seen} == set(VERDICTS)


@pytest.mark.parametrize("row", TABLE, ids=[row["name"] for row in TABLE])
def test_every_answer_has_reasons_and_says_what_is_missing(real_library: Library, row: dict[str, Any]) -> None:
    found = answers(real_library, row["persona"])
    assert list(found) == list(ROUTES)
    for answer in found.values():
        assert answer.reasons and set(answer.reasons) <= set(real_library.facts)
        assert len(set(answer.reasons)) == len(answer.reasons)
        assert bool(answer.missing) == (answer.verdict in ("not_yet", "ask")), answer
        assert bool(answer.because) == (answer.verdict == "closed")
        assert answer.next_step and answer.decides
