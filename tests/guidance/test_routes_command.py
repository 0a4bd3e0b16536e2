"""`veiviser route`: the contract of its JSON, its table, and what it says about files it cannot use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.command_line.__main__ import app
from bot.content import Library
from bot.guidance.routes import ROUTES, VERDICTS

RUN = CliRunner()
PERSONA = {
    "today": "2026-11-21",
    "age": 30,
    "permit": "refugee",
    "municipality": "Oslo",
    "schooling": "primary",
    "experience": [{"occupation": "cleaner", "years": 1, "percent": 80, "country": "Norway", "documented": True}],
    "work": {"occupation": "cleaner", "percent": 80, "permanent": False},
    "programme": {"start": "2026-03-01", "goal": "full_vgo", "end": "2030-02-28"},
    "wish": "cleaner",
}


def run(tmp_path: Path, persona: Any, *options: str) -> Any:
    file = tmp_path / "persona.json"
    file.write_text(persona if isinstance(persona, str) else json.dumps(persona), encoding="utf-8")
    return RUN.invoke(app, ["route", "--persona", str(file), *options])


def test_the_json_has_every_route_once_in_order_with_its_five_keys(tmp_path: Path, real_library: Library) -> None:
    result = run(tmp_path, PERSONA, "--json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    assert tuple(row["route"] for row in rows) == ROUTES
    for row in rows:
        assert list(row) == ["route", "verdict", "reasons", "missing", "next_step"]
        assert row["verdict"] in VERDICTS
        assert row["reasons"] and all(fact in real_library.facts for fact in row["reasons"])
        assert all(isinstance(code, str) for code in row["missing"]) and isinstance(row["next_step"], str) and row["next_step"]
    verdicts = {row["route"]: row["verdict"] for row in rows}
    assert verdicts["vgs_adult"] == verdicts["fagbrev_pa_jobb"] == "open"
    assert verdicts["vgs_intake_test_oslo"] == "ask" and verdicts["fov"] == "closed" and verdicts["praksiskandidat"] == "not_yet"


def test_the_table_is_norwegian_with_sources_and_without_holes(tmp_path: Path) -> None:
    result = run(tmp_path, PERSONA)
    assert result.exit_code == 0
    for words in ("Videregående for voksne", "Åpen", "Må avklares", "Opplæringslova § 18-3", "48 måneder", "Dette er informasjon"):
        assert words in result.stdout
    assert "{" not in result.stdout and "None" not in result.stdout


def test_what_is_not_understood_is_said_beside_the_json(tmp_path: Path) -> None:
    result = run(tmp_path, {"wish": "astronaut"}, "--json")
    assert result.exit_code == 0 and len(json.loads(result.stdout)) == 20
    assert "astronaut" in result.stderr


@pytest.mark.parametrize(
    ("persona", "words"),
    [
        ({"permit": "tourist"}, "collective_protection"),
        ({"colour": "blue"}, "colour"),
        ({"municipality": "Olso"}, "Oslo"),
        ("{not json", "is not JSON"),
        ("[1]", "A persona is an object"),
    ],
)
def test_a_wrong_persona_ends_with_2_and_says_what_is_allowed(tmp_path: Path, persona: Any, words: str) -> None:
    result = run(tmp_path, persona, "--json")
    assert result.exit_code == 2 and words in result.output
    assert not result.stdout.strip()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["route", "--persona", str(tmp_path / "nobody.json")])
    assert result.exit_code == 2 and "cannot be read" in result.output


def test_a_persona_from_standard_input() -> None:
    result = RUN.invoke(app, ["route", "--persona", "-", "--json"], input="{}")
    assert result.exit_code == 0
    assert {row["verdict"] for row in json.loads(result.stdout)} == {"ask"}
