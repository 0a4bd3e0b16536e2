"""No language may drop: held-out accuracy, safety recall and out-of-scope, per language, against figures that only rise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.command_line.evaluate import report_of
from bot.command_line.sentences import sentences
from bot.content.library import Library
from bot.processes.reader import Reader
from bot.settings import ROOT, Settings

pytestmark = pytest.mark.model
GATES = yaml.safe_load((Path(__file__).parent / "gates.yml").read_text(encoding="utf-8"))
LANGUAGES = list(GATES["languages"])


@pytest.fixture(scope="session")
def report(reads: Reader) -> dict[str, Any]:
    library = Library(ROOT / "data")
    rows = sentences(sorted((ROOT / "tests" / "sentences").glob("*/*.jsonl")), library.languages)
    safety = {topic.id for topic in library.topics() if topic.kind == "safety"}
    figures = report_of([(row, reads.read(row.text)) for row in rows], safety)
    kept = Settings().home / "evaluation.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    return figures


def test_every_language_has_its_gate(report: dict[str, Any], real_library: Library) -> None:
    assert set(report["languages"]) == set(LANGUAGES) == {language.code for language in real_library.languages.offered}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("figure", ["accuracy", "safety_recall", "out_of_scope_rejected"])
def test_no_language_drops(report: dict[str, Any], language: str, figure: str) -> None:
    assert report["languages"][language][figure] >= GATES["languages"][language][figure]


def test_the_mean_does_not_drop(report: dict[str, Any]) -> None:
    assert report["mean"] >= GATES["mean"]


def test_plain_sentences_do_not_drop(report: dict[str, Any]) -> None:
    assert report["kinds"]["plain"] >= GATES["plain"]
