"""Practising in the terminal: the items as people see them, the same questions for the same seed."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from bot.command_line.__main__ import app
from bot.content.practice import practice_items, practice_points
from bot.settings import ROOT

RUN = CliRunner()
ITEMS = practice_items(ROOT / "data")


def items_in(shown: str) -> list[str]:
    return [found for found in re.findall(r"(?:no|en|ma)_\d{3}", shown) if found in ITEMS]


@pytest.mark.parametrize("subject", ["norwegian", "english", "mathematics"])
def test_a_round_is_practised_and_ends_with_its_summary(subject: str) -> None:
    done = RUN.invoke(app, ["practice", "--subject", subject, "--seed", "7"], input="a\n" * 10)
    assert done.exit_code == 0, done.output
    asked = items_in(done.stdout)
    assert len(asked) == 11 and {ITEMS[item].subject for item in asked} == {subject}
    assert "Runden er ferdig" in done.stdout and "10 answers" in done.stderr
    first = ITEMS[asked[0]]
    assert all(one in done.stdout for one in (first.point, first.level, first.right))


def test_nothing_is_cut_off_at_the_edge() -> None:
    done = RUN.invoke(app, ["practice", "--subject", "mathematics"], input="a\nq\n")
    point = practice_points(ROOT / "data", "nb").points[ITEMS[items_in(done.stdout)[0]].point]  # type: ignore[union-attr]
    assert point.says in " ".join(line.strip("│ ") for line in done.stdout.splitlines())


def test_the_same_seed_asks_the_same(subject: str = "english") -> None:
    def run(seed: str) -> list[str]:
        return items_in(RUN.invoke(app, ["practice", "--subject", subject, "--seed", seed], input="b\nc\na\nq\n").stdout)

    assert run("1") == run("1") and len({tuple(run(seed)) for seed in "12345"}) > 1


def test_words_are_answers_and_others_are_asked_again() -> None:
    asked = items_in(RUN.invoke(app, ["practice"], input="q\n").stdout)
    right = ITEMS[asked[0]].right
    done = RUN.invoke(app, ["practice"], input=f"hva?\n{right}\nQ\n")
    assert "none of the four" in done.stderr and "Ja, det er riktig!" in done.stdout and "1 answers, 1 right" in done.stderr


@pytest.mark.parametrize("options", [["--subject", "chess"], ["--language", "xx"]])
def test_wrong_use_is_said(options: list[str]) -> None:
    done = RUN.invoke(app, ["practice", *options], input="")
    assert done.exit_code == 2 and options[1] in done.output
