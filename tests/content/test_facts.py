"""Facts: values by date, formulas, expiry, and errors that say what to do."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.errors import ContentError
from bot.content.facts import Confidence, FactState, read_facts
from bot.content.formula import compute
from bot.content.library import Library

TODAY = dt.date(2026, 11, 21)
FACT = """
facts:
  years:
    says: "Longest"
    value: 3
    unit: years
    source: {title: Law}
    checked_on: 2026-11-21
    confidence: confirmed
"""


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "a.yml").write_text(text)
    return folder


def test_the_value_that_holds_on_the_day_is_told(library: Library) -> None:
    assert library.facts.on("g", TODAY).value == 136549
    assert library.facts.on("g", dt.date(2026, 4, 30)).value == 130160
    assert library.facts.on("g", dt.date(2025, 4, 30)).state is FactState.NOT_YET


def test_a_derived_fact_is_computed_and_as_sure_as_its_least_sure_part(library: Library) -> None:
    known = library.facts.on("support_month", TODAY)
    assert known.value == 22758
    assert known.confidence is Confidence.OLDER
    assert [fact.id for fact in known.rests_on] == ["support_month", "g"]
    assert library.facts.on("support_month", dt.date(2026, 4, 30)).value == 21693


@pytest.mark.parametrize(
    ("line", "day", "state"),
    [
        ("    valid_to: 2026-11-20", TODAY, FactState.EXPIRED),
        ("    valid_to: 2026-11-21", TODAY, FactState.VALID),
        ("    review_by: 2026-11-20", TODAY, FactState.EXPIRED),
        ("    valid_from: 2026-11-22", TODAY, FactState.NOT_YET),
    ],
)
def test_a_fact_past_its_dates_is_not_valid(tmp_path: Path, line: str, day: dt.date, state: FactState) -> None:
    facts = read_facts(write(tmp_path / "facts", FACT + line + "\n"))
    assert facts.on("years", day).state is state


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("unit: years", "unit: yaers"), "`yaers` is not a unit. Did you mean years?"),
        (("confidence: confirmed", "confidence: sure"), "confirmed, older or unverified"),
        (("value: 3", "valeu: 3"), "`valeu` is not a key of a fact. Did you mean value?"),
        (("    value: 3\n", ""), "exactly one of"),
        (("checked_on: 2026-11-21", "checked_on: soon"), "Write it as 2026-11-21"),
        (("checked_on: 2026-11-21", "checked_on: 2026-02-30"), "cannot be read"),
        (("value: 3", "formula: 2 * yers"), "`yers` in the formula is no fact"),
        (("value: 3", "formula: years + 1"), "comes back to itself"),
        (("source: {title: Law}", "source: Law"), "at least a `title`"),
        (("value: 3", "value: 3\n    value: 4"), "`value` stands twice"),
        (("facts:", "facts"), "This is not valid YAML"),
    ],
)
def test_a_broken_fact_says_file_line_and_what_to_do(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    folder = write(tmp_path / "facts", FACT.replace(*change))
    with pytest.raises(ContentError) as error:
        read_facts(folder)
    assert words in str(error.value)
    assert "a.yml" in str(error.value)


def test_formulas_are_exact_where_floats_are_not() -> None:
    assert compute("2.5 * g", {"g": Fraction(136549)}, 0) == 341373
    assert compute("share * g", {"share": Fraction("2/3"), "g": Fraction(273098)}, 0) == 182065


@given(st.integers(1, 10**7), st.integers(1, 40))
def test_rounding_is_half_up_and_never_off_by_more_than_a_half(number: int, parts: int) -> None:
    exact = Fraction(number, parts)
    rounded = compute("n / p", {"n": Fraction(number), "p": Fraction(parts)}, 0)
    assert Fraction(-1, 2) < rounded - exact <= Fraction(1, 2)


@pytest.mark.parametrize("formula", ["__import__('os')", "g.real", "[1]", "g ** 9", "print(1)"])
def test_a_formula_is_arithmetic_and_no_program(formula: str) -> None:
    with pytest.raises(Exception):  # noqa: B017 - whichever way it is refused
        compute(formula, {"g": Fraction(1)}, 0)
