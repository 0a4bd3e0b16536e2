"""The command line: tables, JSON, exit codes, and a language begun and taken away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.command_line import evaluate, evaluate_language
from bot.command_line.__main__ import app
from bot.command_line.sentences import Sentence
from bot.settings import ROOT, settings

RUN = CliRunner()


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The real data/ in a scratch copy, used by every command."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.setenv("VEIVISER_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield tmp_path / "data"
    settings.cache_clear()


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_coverage_as_json_says_the_state_of_every_topic_in_every_language() -> None:
    report = json.loads(RUN.invoke(app, ["coverage", "--json"]).stdout)
    assert len(report["topics"]) == 132
    row = next(row for row in report["topics"] if row["topic"] == "stonad_amount")
    assert set(row["states"]) == set(report["required_gaps"]) and len(row["states"]) == 18
    assert set(row["states"].values()) <= {"draft", "up_to_date"}
    assert min(row["examples"].values()) >= 8
    for weight in ("required", "complete"):
        assert set(report[f"{weight}_gaps"].values()) == {0}


def test_coverage_as_a_table_shows_every_topic() -> None:
    shown = RUN.invoke(app, ["coverage"]).stdout
    assert "stonad_amount" in shown and "required, missing" in shown


def test_a_text_read_back_counts_until_it_is_changed(scratch: Path) -> None:
    def read() -> int:
        return int(json.loads(RUN.invoke(app, ["coverage", "--json"]).stdout)["read_back"]["ti"])

    assert RUN.invoke(app, ["read-back", "ti"]).exit_code == 2
    assert RUN.invoke(app, ["read-back", "xx", "--by", "Kari"]).exit_code == 2
    assert RUN.invoke(app, ["read-back", "ti", "nothing", "--by", "Kari"]).exit_code == 1
    noted = RUN.invoke(app, ["read-back", "ti", "--by", "Kari"])
    assert noted.exit_code == 0 and "132 of 132" in noted.output
    assert read() == 132
    assert 'by: "Kari", blind: true' in (scratch / "read_back" / "ti.yml").read_text()
    wording = scratch / "topics" / "greet" / "ti.yml"
    wording.write_text(wording.read_text().replace("simpler: |\n", "simpler: |\n  ሰላም!\n"))
    assert read() == 131


def test_facts_as_json_have_value_state_source_and_topics() -> None:
    rows = json.loads(RUN.invoke(app, ["facts", "--json"]).stdout)
    g = next(row for row in rows if row["id"] == "g")
    assert g["value"] == 136549 and g["confidence"] == "confirmed" and g["source"]
    support = next(row for row in rows if row["id"] == "support_month")
    assert support["value"] == 22758 and "stonad_amount" in support["topics"]


def test_facts_ends_with_one_when_a_fact_has_expired(scratch: Path) -> None:
    assert RUN.invoke(app, ["facts", "--json"]).exit_code == 0
    file = scratch / "facts" / "tests.yml"
    file.write_text(file.read_text().replace("review_by: 2027", "review_by: 2020"))
    assert RUN.invoke(app, ["facts", "--json"]).exit_code == 1


def test_check_says_file_line_and_what_to_do_and_ends_with_one(scratch: Path) -> None:
    assert RUN.invoke(app, ["check"]).exit_code == 0
    file = scratch / "topics" / "stonad_amount" / "ti.yml"
    file.write_text(file.read_text().replace("{support_month}", "22758"))
    result = RUN.invoke(app, ["check", "--json"])
    rows = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {"digits", "places"} <= {row["check"] for row in rows}
    assert all(row["file"].endswith("stonad_amount/ti.yml") and row["line"] for row in rows)


def test_a_language_is_begun_and_taken_away_again_without_a_trace(scratch: Path) -> None:
    before = snapshot(scratch)
    begun = RUN.invoke(app, ["new-language", "tlh", "--name", "tlhIngan Hol", "--english", "Klingon"])
    assert begun.exit_code == 0, begun.output
    assert "tlh" in (scratch / "languages.yml").read_text()
    assert "stay:" in (scratch / "phrases" / "tlh.yml").read_text()
    assert RUN.invoke(app, ["check"]).exit_code == 0
    wording = scratch / "topics" / "greet" / "tlh.yml"
    wording.write_text('language: tlh\ntitle: "nuqneH"\nanswer: |\n  nuqneH.\nsimpler: |\n  nuqneH.\nexamples: |\n  nuqneH\n')
    assert "tlh" not in json.loads(RUN.invoke(app, ["coverage", "--json"]).stdout)["required_gaps"]
    assert RUN.invoke(app, ["new-language", "tlh", "--remove"]).exit_code == 0
    assert snapshot(scratch) == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["new-language", "ti", "--name", "x"], 1, "already"),
        (["new-language", "ti", "--remove"], 1, "offered to participants"),
        (["new-language", "sv"], 2, "--name"),
        (["new-language", "Swedish", "--name", "x"], 2, "two or three small letters"),
        (["new-language", "sv", "--name", "x", "--script", "Runr"], 2, "script"),
        (["evaluate", "/no/such.jsonl"], 2, "There is no file"),
        (["ask", "hei", "--language", "xx"], 2, "xx is not one of"),
        (["stamp", "greet", "zz"], 2, "no wording"),
        (["no-such-command"], 2, "No such command"),
    ],
)
def test_wrong_use_is_explained(scratch: Path, arguments: list[str], code: int, words: str) -> None:
    result = RUN.invoke(app, arguments)
    assert result.exit_code == code
    assert words in " ".join(result.output.replace("│", " ").split()) or code == 1


def test_stamp_brings_a_wording_up_to_date(scratch: Path) -> None:
    nb = scratch / "topics" / "stonad_amount" / "nb.yml"
    nb.write_text(nb.read_text().replace("før skatt", "før skatten"))
    assert _state("stonad_amount", "ti") == "outdated"
    assert RUN.invoke(app, ["stamp", "stonad_amount", "ti"]).exit_code == 0
    assert _state("stonad_amount", "ti") == "draft"


def _state(topic: str, language: str) -> str:
    report = json.loads(RUN.invoke(app, ["coverage", "--json"]).stdout)
    return str(next(row for row in report["topics"] if row["topic"] == topic)["states"][language])


@pytest.mark.parametrize(
    "row",
    ['{"text": "x"}', '{"topic": "greet"}', "not json", '{"text": 5, "topic": "greet"}'],
)
def test_a_row_that_cannot_be_used_names_file_and_line(tmp_path: Path, row: str) -> None:
    file = tmp_path / "ti.jsonl"
    file.write_text('{"text": "ሰላም", "topic": "greet"}\n' + row + "\n")
    result = RUN.invoke(app, ["evaluate", str(file)])
    assert result.exit_code == 2
    assert "jsonl:2" in "".join(result.output.replace("│", "").split())


def read(intent: str) -> dict:
    return {"intent": {"name": intent, "confidence": 0.9}}


def test_the_report_counts_as_it_promises() -> None:
    found = [
        (Sentence("a", "greet", (), "nb", "plain"), read("greet")),
        (Sentence("b", "greet", ("thanks",), "nb", "short"), read("thanks")),
        (Sentence("c", "greet", (), "nb", "short"), read("deny")),
        (Sentence("d", "out_of_scope", (), "nb", "plain"), read("nlu_fallback")),
        (Sentence("e", "crisis_violence", (), "ti", "plain"), read("emergency")),
        (Sentence("f", "crisis_violence", (), "ti", "plain"), read("greet")),
    ]
    report = evaluate.report_of(found, {"crisis_violence", "emergency"})
    assert report["languages"]["nb"] == {
        "rows": 4,
        "accuracy": 75.0,
        "safety_recall": None,
        "out_of_scope_rejected": 100.0,
        "kinds": {"plain": 100.0, "short": 50.0},
    }
    assert report["languages"]["ti"]["accuracy"] == 0.0
    assert report["languages"]["ti"]["safety_recall"] == 50.0
    assert (report["mean"], report["minimum"]) == (37.5, 0.0)
    assert report["confusions"][0] in [
        {"topic": "greet", "read_as": "deny", "count": 1},
        {"topic": "crisis_violence", "read_as": "emergency", "count": 1},
    ]


def test_a_language_we_do_not_speak_counts_as_right_when_called_unknown_or_by_its_name() -> None:
    rows = [("a", "nb", "word"), ("b", "pl", "word"), ("c", "pl", "word"), ("d", "pl", "word")]
    guesses = {"a": "nb", "b": "pl", "c": "und", "d": "nb"}
    report = evaluate_language.report_of(rows, guesses.__getitem__, {"nb"})
    assert report["languages"] == {"nb": 100.0, "pl": 66.7}
    assert (report["mean"], report["mean_spoken"]) == (83.3, 100.0)


def test_a_new_key_is_a_key() -> None:
    from bot.storage.sealing import Seal

    Seal(RUN.invoke(app, ["new-key"]).stdout.strip())
