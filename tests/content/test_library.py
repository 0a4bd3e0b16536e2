"""A broken file never takes the running assistant down."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.content import ContentError, Library, Reader, answer

TODAY = dt.date(2026, 11, 21)
BROKEN = {
    "facts/money.yml": "facts:\n  g: [",
    "topics/support/nb.yml": "language: nb\nanswer: 'open",
    "topics/support/topic.yml": "weight: hevy\n",
    "phrases/nb.yml": "language: sv\n",
    "languages.yml": "languages: {}\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_last_good_version_keeps_speaking(library: Library, name: str) -> None:
    before = answer(library, "support", Reader("nb"), TODAY)
    file = library.data / name
    good = file.read_text(encoding="utf-8")
    file.write_text(BROKEN[name], encoding="utf-8")
    assert answer(library, "support", Reader("nb"), TODAY) == before
    assert [Path(problem.file).name for problem in library.problems()] == [Path(name).name]
    file.write_text(good + "\n", encoding="utf-8")
    assert answer(library, "support", Reader("nb"), TODAY) == before
    assert not library.problems()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("facts/money.yml", 'formula: "2 * g / 12"', 'formula: "2 * "'),
        ("facts/money.yml", "facts:", "facts: 5\nothers:"),
        ("topics/support/en.yml", "language: en", "language: en\nlocal: hei"),
        ("topics/support/nb.yml", "title: St", "title: \x07St"),
    ],
)
def test_whatever_is_wrong_in_a_file_the_last_good_version_speaks(library: Library, name: str, old: str, new: str) -> None:
    library.read_everything()
    before = [answer(library, "support", Reader(language), TODAY) for language in ("nb", "en")]
    file = library.data / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert [answer(library, "support", Reader(language), TODAY) for language in ("nb", "en")] == before
    assert library.problems()


def test_a_misspelt_fact_means_no_answer_and_no_braces(library: Library) -> None:
    file = library.data / "topics" / "support" / "topic.yml"
    file.write_text(file.read_text().replace("[support_month]", "[suport_month]"))
    said = answer(library, "support", Reader("nb"), TODAY)
    assert "{" not in said.text and said.text


def test_a_file_that_disappears_keeps_speaking(library: Library) -> None:
    before = answer(library, "support", Reader("nb"), TODAY)
    (library.data / "topics" / "support" / "nb.yml").unlink()
    assert answer(library, "support", Reader("nb"), TODAY) == before


def test_at_the_first_read_the_error_reaches_the_caller(library: Library) -> None:
    (library.data / "facts" / "money.yml").write_text(BROKEN["facts/money.yml"])
    with pytest.raises(ContentError) as error:
        _ = library.facts
    assert "money.yml" in str(error.value) and error.value.line


@pytest.mark.parametrize("topic", ["../facts", "", "support/..", "no_such", "restart"])
def test_only_folders_of_topics_are_topics(library: Library, topic: str) -> None:
    assert not library.has_topic(topic)
