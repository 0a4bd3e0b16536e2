"""Every content check finds what it is for, and says file, line and what to do; the real content passes all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.content.checks import CHECKS, check_content
from bot.content.library import Library
from bot.settings import ROOT
from tests.content.test_selection import edit

NB, EN = "topics/support/nb.yml", "topics/support/en.yml"


def found(data: Path, check: str) -> list[str]:
    return [str(error) for error in check_content(data)[check]]


@pytest.mark.parametrize(
    ("check", "file", "change", "words"),
    [
        ("readable", NB, ("answer: |", "anwser: |"), "`anwser` is not a key here. Did you mean answer?"),
        (
            "readable",
            "topics/support/topic.yml",
            ("[support_month]", "[suport_month]"),
            "`suport_month` is no fact. Did you mean support_month?",
        ),
        ("readable", "topics/support/topic.yml", ("buttons: [more,", "buttons: [mre,"), "`mre` is no topic. Did you mean more?"),
        (
            "places",
            EN,
            ("get {support_month}", "get {support_mont}"),
            "{support_mont} is not among the facts of support. Did you mean",
        ),
        ("places", EN, ("You get {support_month} kroner", "You get money"), "`answer` lacks {support_month}"),
        ("places", "phrases/en.yml", ("at most {limit}", "at most"), "lacks {limit}"),
        ("digits", EN, ("a month", "for 12 months"), "has the digits 12. Put the number into data/facts"),
        ("digits", EN, ("a month", "for ۱۲ months"), "has the digits ۱۲"),
        (
            "script",
            EN,
            ("You get {support_month} kroner a month.", "Вы получаете {support_month} крон в месяц."),
            "not mainly written in Latn",
        ),
        ("line_starts", NB, ("Du får", "rules: du får"), "must not start with `rules:`"),
        ("buttons", EN, ("title: Support", "title: Support for all the participants"), "has 32 characters; a button takes 20"),
        ("buttons", "topics/more/en.yml", ("title: More", "title: support"), "has the same title"),
        ("buttons", "topics/more/en.yml", ("title: More\n", ""), "There is no `title`"),
        ("length", EN, ("a month.", "a month." + " It is paid when you take part." * 40), "one message takes 900"),
        ("examples", "topics/more/en.yml", ("tell me more", "How much money do I get?"), "is also an example of"),
        ("gaps", NB, ("answer: |\n  Du får {support_month} kroner i måneden.\n", ""), "support/nb.yml  This answer is missing"),
        ("gaps", EN, ("simpler: |\n  {support_month} kroner.\n", ""), "`simpler` is missing; the source wording has one"),
        ("gaps", "phrases/en.yml", ('  empty: "en: empty"\n', ""), "The phrase `empty` is missing"),
    ],
)
def test_a_check_finds_what_it_is_for(data: Path, check: str, file: str, change: tuple[str, str], words: str) -> None:
    assert not any(words in line for line in found(data, check))
    edit(data / file, *change)
    lines = [line for line in found(data, check) if words in line]
    assert lines and Path(file).name in lines[0]


def test_a_rule_that_would_print_true_is_found(data: Path) -> None:
    edit(data / "facts" / "money.yml", "    unit: kr\n    source: {title: Integ", "    unit: rule\n    source: {title: Integ")
    assert "nb.yml:3  {support_month} is a rule" in found(data, "places")[0]


def test_an_example_that_is_also_held_out_is_found(data: Path) -> None:
    held_out = data.parent / "tests" / "sentences" / "en"
    held_out.mkdir(parents=True)
    (held_out / "money.jsonl").write_text(json.dumps({"text": "how much MONEY do i get?", "topic": "support"}) + "\n")
    lines = found(data, "held_out")
    assert "money.jsonl:1" in lines[0]
    assert any("0 held-out sentences for more; 3 are needed" in line for line in lines[1:])


def test_a_listed_gap_that_is_filled_must_leave_the_list(data: Path) -> None:
    (data / "known_gaps.yml").write_text("gaps:\n  support: [nb, ar]\n")
    assert any("support in nb is written now. Take it off the list." in line for line in found(data, "gaps"))


@pytest.mark.parametrize("name", CHECKS)
def test_the_real_content_passes(name: str) -> None:
    assert [str(error) for error in check_content_once()[name]] == []


def check_content_once(kept: dict = {}) -> dict:  # noqa: B006 - read once for all names
    if not kept:
        kept.update(check_content(ROOT / "data"))
    return kept


def test_all_topics_of_the_design_are_there_as_intents(real_library: Library) -> None:
    assert len(real_library.topic_ids()) >= 132


def test_a_term_that_is_called_something_else_is_found(data: Path) -> None:
    folder = data / "glossary"
    folder.mkdir()
    (folder / "nb.yml").write_text(
        "language: nb\nterms:\n  stønad: penger du får i programmet\n  klage: å si at du er uenig\n", encoding="utf-8"
    )
    (folder / "en.yml").write_text("language: en\nterms:\n  stønad: [benefit, benefits]\n  kløge: complaint\n", encoding="utf-8")
    edit(
        data / EN,
        "You get {support_month} kroner a month.",
        "You get money (stønad): {support_month} kroner. Your benefit (stønad) is safe.",
    )
    lines = found(data, "glossary")
    assert ["«… you get money»" in line for line in lines if "calls stønad" in line] == [True]
    for words in ("`klage` has no rendering", "`kløge` is not in the source glossary", "ar.yml  This language has no glossary"):
        assert any(words in line for line in lines)


def test_a_text_like_a_law_is_found(data: Path) -> None:
    assert not any("support" in line for line in found(data, "readability"))
    heavy = "Introduksjonsprogrammet gjennomføres individuelt tilrettelagt etter kommunens kompetansekartlegging."
    edit(data / NB, "Du får {support_month} kroner i måneden.", heavy + " {support_month}")
    lines = [line for line in found(data, "readability") if "support/nb.yml" in line]
    assert "40 is the most" in lines[0]
