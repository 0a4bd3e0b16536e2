"""`veiviser import` and `veiviser export`: what they say, what they write, how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.command_line.__main__ import app
from bot.plans.importing import ImportStopped, run
from bot.plans.importing.kinds import KINDS
from bot.settings import settings
from tests.plans.import_case import NATIONAL_NUMBER, PEOPLE, write, write_book

RUN = CliRunner()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty installation of the test's own."""
    monkeypatch.setenv("VEIVISER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VEIVISER_DATABASE_URL", "")
    settings.cache_clear()
    yield tmp_path / "home"
    settings.cache_clear()


def call(*arguments: object) -> tuple[int, str]:
    """Exit code and what was said, on one line."""
    result = RUN.invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, " ".join(result.output.replace("│", " ").split())


def test_files_are_imported_exported_and_imported_again(tmp_path: Path) -> None:
    goals = "reference;key;kind;text\nA1;g;final;Fagbrev som kokk\n"
    code, words = call("import", *write(tmp_path, participants=PEOPLE, goals=goals))
    assert code == 0 and "participants 2 0 0 0" in words and "Imported. 1 new version of plans." in words
    code, words = call("export", tmp_path / "csv")
    assert code == 0 and "participants 2" in words and "keep them where only the right people can read them" in words
    assert "Fagbrev som kokk" in (tmp_path / "csv" / "goals.csv").read_text(encoding="utf-8-sig")
    code, words = call("import", tmp_path / "csv")
    assert code == 0 and "participants 0 0 2 0" in words and "Imported. 0 new versions of plans." in words
    code, words = call("export", tmp_path / "book", "--format", "xlsx", "--municipality", "Bærum", "--json")
    assert code == 0 and json.loads(words)["participants"] == 1
    assert call("import", tmp_path / "book" / "veiviser.xlsx")[0] == 0


def test_a_dry_run_says_what_would_be_done(tmp_path: Path) -> None:
    [file] = write(tmp_path, participants=PEOPLE)
    code, words = call("import", file, "--dry-run")
    assert code == 0 and "participants 2 0 0 0" in words and "Nothing was written: this was a dry run." in words
    report = json.loads(call("import", file, "--dry-run", "--json")[1])
    assert (report["dry_run"], report["written"], report["problems"]) == (True, False, [])
    assert report["kinds"] == {"participants": {"created": 2, "changed": 0, "unchanged": 0, "refused": 0}}
    assert "participants 2 0 0 0" in call("import", file)[1]


def test_a_problem_ends_with_one_and_names_its_place(tmp_path: Path) -> None:
    [file] = write(tmp_path, participants="reference;name;municipality;birth_date\nA1;Åse;oslo;2026-21-11\nB2;Omar;oslo;\n")
    code, words = call("import", file)
    assert code == 1 and "participants 1 0 0 1" in words
    assert "row 2, birth_date: 2026-21-11 is no date; write 2026-11-21 or 21.11.2026." in words
    assert words.endswith("Nothing was written: 1 problem. Mend it and import again.")
    code, words = call("import", file, "--json")
    [problem] = json.loads(words)["problems"]
    assert code == 1 and problem == {
        "file": str(file),
        "sheet": None,
        "row": 2,
        "column": "birth_date",
        "value": "2026-21-11",
        "problem": "2026-21-11 is no date; write 2026-11-21 or 21.11.2026.",
    }
    assert json.loads(call("export", tmp_path / "out", "--json")[1]) == dict.fromkeys(KINDS, 0)


def test_many_problems_are_counted_and_the_first_are_shown(tmp_path: Path) -> None:
    rows = "".join(f"P{number};Åse;Utopia\n" for number in range(250))
    code, words = call("import", *write(tmp_path, participants=f"reference;name;municipality\n{rows}"))
    assert code == 1 and words.count("Utopia is no municipality") == 200
    assert "... and 50 more; --json shows all. Nothing was written: 250 problems. Mend them and import again." in words


def test_national_numbers_are_never_printed(tmp_path: Path) -> None:
    [file] = write(tmp_path, participants=f"reference;name;municipality\n{NATIONAL_NUMBER};Åse;oslo\n")
    for more in ((), ("--json",)):
        code, words = call("import", file, *more)
        assert code == 1 and NATIONAL_NUMBER not in words and "national identity number" in words


def test_columns_are_renamed_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "columns.yml").write_text("participants: {Saksnummer: reference, Navn: name, Kommune: municipality}\n")
    file = write_book(tmp_path / "uttrekk.xlsx", {"Ark1": [["Saksnummer", "Navn", "Kommune", "Skostr"], ["A1", "Åse", "Oslo", 38]]})
    code, words = call("import", file, "--columns", tmp_path / "columns.yml")
    assert code == 0 and "participants 1 0 0 0" in words and "sheet Ark1: ignored Skostr." in words


def test_templates_are_written_once(tmp_path: Path) -> None:
    code, words = call("import", "--template", tmp_path / "new")
    assert code == 0 and "data_dictionary.md explains the columns" in words
    assert call("import", "--template", tmp_path / "new")[0] == 1
    assert call("import", "--template", tmp_path / "book", "--format", "xlsx")[0] == 0 and (tmp_path / "book" / "veiviser.xlsx").exists()
    assert call("import", tmp_path / "new") == (0, "The files hold no rows.")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["import"], 2, "Name CSV or XLSX files"),
        (["import", "away.csv"], 2, "does not exist"),
        (["import", "{folder}"], 2, "Name CSV or XLSX files"),
        (["import", "{file}", "--template", "{folder}"], 2, "either files to import or a folder"),
        (["import", "{file}", "--columns", "{file}"], 1, ""),
        (["import", "--template", "{folder}", "--format", "ods"], 2, "ods"),
        (["import", "--template", "{file}/inside"], 1, "cannot be written"),
        (["export"], 2, "Missing argument"),
        (["export", "{file}"], 2, "file"),
        (["export", "{folder}", "--municipality", "dramen"], 2, "drammen"),
    ],
)
def test_wrong_use_is_explained(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    [file] = write(tmp_path, participants=PEOPLE)
    (tmp_path / "empty").mkdir()
    given = [argument.format(folder=tmp_path / "empty", file=file) for argument in arguments]
    found, spoken = call(*given)
    assert found == code and words in spoken


def test_a_database_that_is_away_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIVISER_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    settings.cache_clear()
    code, words = call("import", *write(tmp_path, participants=PEOPLE))
    assert code == 1 and "The database cannot be opened" in words and "VEIVISER_DATABASE_URL" in words


def test_an_import_the_database_stops_says_that_nothing_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*arguments: object) -> None:
        raise ImportStopped("The database did not take the import (locked). Nothing was written.")

    monkeypatch.setattr(run, "write", stopped)
    code, words = call("import", *write(tmp_path, participants=PEOPLE))
    assert code == 1 and "Nothing was written" in words
