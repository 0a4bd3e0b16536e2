"""The answer about an occupation is put together from its data, in the reader's language."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.content import ContentError, Library, Reader, occupation_answer
from bot.content.checks import check_content
from bot.content.occupations import read_occupation_names, read_occupations

TODAY = dt.date(2026, 11, 21)
LANGUAGES = "nb nn en ar fa ps ckb kmr tr ti am so sw rw uk ru fr es".split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_nurse_is_told_of_study_approval_and_level(real_library: Library, language: str) -> None:
    said = occupation_answer(real_library, "nurse", Reader(language), TODAY)
    assert "sykepleier" in said.text.casefold()
    assert "Helsedirektoratet" in said.text and "B2" in said.text and "vilbli.no" in said.text
    assert [choice.payload for choice in said.choices] == ["/higher_education_entry", "/authorisation_regulated", "/career_guidance"]
    assert {source.confidence.value for source in said.sources} >= {"unverified", "confirmed"}


def test_a_trade_in_modules_says_so_and_a_trade_without_does_not(real_library: Library) -> None:
    plumber = occupation_answer(real_library, "plumber", Reader("nb"), TODAY)
    electrician = occupation_answer(real_library, "electrician", Reader("nb"), TODAY)
    assert "moduler" in plumber.text and "/vov_modules" in [choice.payload for choice in plumber.choices]
    assert "moduler" not in electrician.text and "DSB" in electrician.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_about_an_occupation_is_too_long_or_has_a_hole(real_library: Library, language: str) -> None:
    for occupation in real_library.occupations.known:
        text = occupation_answer(real_library, occupation, Reader(language), TODAY).text
        assert len(text) <= 900 and "{" not in text, (occupation, len(text))


def test_a_sentence_with_an_expired_number_is_left_out(real_library: Library) -> None:
    said = occupation_answer(real_library, "kindergarten_assistant", Reader("nb"), dt.date(2040, 1, 1))
    assert "A2" not in said.text and "None" not in said.text


def test_a_broken_list_says_what_to_do(tmp_path: Path) -> None:
    head = "source: {title: x}\nchecked_on: 2026-11-21\nconfidence: unverified\noccupations:\n"
    for row, words in (
        ("  nurse: {norwegian: sykepleier, path: hihger, certificate: x}\n", "a `path` among"),
        ("  nurse: {norwegian: sykepleier, path: higher}\n", "needs `certificate`"),
        ("  nurse: {norwegian: sykepleier, path: open, regulatd_by: x}\n", "Did you mean regulated_by?"),
    ):
        file = tmp_path / "occupations.yml"
        file.write_text(head + row, encoding="utf-8")
        with pytest.raises(ContentError, match="occupations.yml:5") as error:
            read_occupations(file)
        assert words in str(error.value)
    file.write_text("language: nb\nnames: sykepleier\n", encoding="utf-8")
    with pytest.raises(ContentError, match="needs `language: occupations`"):
        read_occupation_names(file)


def test_names_that_are_missing_doubled_or_too_open_are_found(data: Path) -> None:
    folder = data / "occupations"
    folder.mkdir()
    (folder / "occupations.yml").write_text(
        "source: {title: x}\nchecked_on: 2026-11-21\nconfidence: unverified\noccupations:\n"
        "  nurse: {norwegian: sykepleier, path: open}\n  cook: {norwegian: kokk, path: open}\n",
        encoding="utf-8",
    )
    (folder / "nb.yml").write_text("language: nb\nnames:\n  nurse: |\n    pleier*\n    ko*\n  cook: |\n    ko*\n", encoding="utf-8")
    (folder / "en.yml").write_text("language: en\nnames:\n  nurse: nurse\n  coock: cook\n", encoding="utf-8")
    found = "\n".join(map(str, check_content(data)["occupations"]))
    for words in (
        "must be a whole word",
        "is so short",
        "is already a name of nurse",
        "Did you mean cook?",
        "`cook` has no name",
        "ar.yml",
    ):
        assert words in found
