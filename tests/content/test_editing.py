"""A changed text or fact reads as it should, and every other line of its file is byte for byte what it was."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.content import ContentError, Library
from bot.content.editing import clean, edited_fact, edited_wording, fact_entry, with_fact_entry
from bot.content.facts import read_facts
from bot.content.topics import read_wording
from bot.content.trial import Trial, new_problems, wording_problems
from bot.content.writing import edit_of, in_place, one_writer, text_of
from bot.content.yaml_file import parse_yaml
from bot.settings import ROOT

WORDING = """# Read by nobody yet.
language: ti
title: "ገንዘብ"   # a button
status: reviewed
reviewed_by: "Hagos: «reader» # one"
based_on: "1b09573a873f"
answer: |
  One {g}.

  • two
  # no comment, but prose

# between
simpler: |-
    Four blanks.
local:
  oslo: |
    In Oslo.
examples: |
  how much?
  answer: how?
"""
FACTS = """# Money
facts:
  # G
  g:
    says: "Basic amount (G)"
    values:
      - {value: 124028, valid_from: 2024-05-01, valid_to: 2025-04-30}   # old
      - {value: 130160, valid_from: 2025-05-01}
    unit: kr   # per year
    source: {title: NAV, url: "https://www.nav.no/#g"}
    checked_on: 2026-11-21
    confidence: confirmed

  # Between
  level:
    says: "Level"
    value: "B1"
    unit: level
    valid_from: 2026-01-01
    source: {title: Lov, section: "§ 1"}
    checked_on: 2026-11-20
    confidence: older
    scope: national
"""
TEXTS = st.text(st.characters(codec="utf-8"), max_size=200) | st.text("ab #:-{}'\"|>%@&*!?[]\n \t\u2068አ،", max_size=60)
FILE = Path("file.yml")


def _other_lines(text: str, key: str) -> list[str]:
    """The lines of a file without those of one key, from its first to its last that is not blank."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.startswith(f"{key}:")), len(lines))
    end = next((number for number in range(first + 1, len(lines)) if lines[number].strip() and lines[number][0] != " "), len(lines))
    while end > first and not lines[end - 1].strip():
        end -= 1
    return lines[:first] + lines[end:]


@given(TEXTS, st.sampled_from(["answer", "simpler", "story", "title", "based_on", "reviewed_by"]), st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_changed_key_reads_as_written_and_all_else_stays(text: str, key: str, windows: bool) -> None:
    assume(clean(text))
    before = WORDING.replace("\n", "\r\n") if windows else WORDING
    after = edited_wording(before, {key: text}, FILE)
    read = parse_yaml(after, FILE)
    assert str(read[key]).strip() == (clean(text) if key in ("answer", "simpler", "story") else " ".join(clean(text).split()))
    if key != "story":  # a new key brings new lines, and takes none away
        assert _other_lines(after, key) == _other_lines(before, key)
    else:
        assert [line for line in _other_lines(after, key) if line in before.split("\n")] == before.split("\n")
    assert windows == ("\r\n" in after)
    assert ("\n" in after.replace("\r\n", "")) == (not windows)


@given(TEXTS, st.sampled_from(["oslo", "berum"]))
@settings(max_examples=100, deadline=None)
def test_a_local_addition_reads_as_written_and_all_else_stays(text: str, place: str) -> None:
    assume(clean(text))
    after = edited_wording(WORDING, {f"local.{place}": text}, FILE)
    local = parse_yaml(after, FILE)["local"]
    assert local[place].strip() == clean(text) and set(local) == {"oslo", place}
    assert _other_lines(after, "local") == _other_lines(WORDING, "local")
    assert place == "oslo" or after.replace("In Oslo.\n", "").count("  oslo: |\n") == 1
    new = edited_wording("language: en\nanswer: Hi\nexamples: |\n  a\n", {f"local.{place}": text}, FILE)
    assert new.startswith(f"language: en\nanswer: Hi\nlocal:\n  {place}: |\n    ") and new.endswith("\nexamples: |\n  a\n")


@given(st.lists(st.tuples(st.sampled_from(["answer", "simpler", "title"]), TEXTS), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_changing_back_gives_the_file_as_it_was(changes: list[tuple[str, str]]) -> None:
    plain = edited_wording(WORDING, {"simpler": "Four blanks."}, FILE)
    old, now = parse_yaml(plain, FILE), plain
    for key, text in changes:
        assume(clean(text))
        now = edited_wording(now, {key: text}, FILE)
    back = edited_wording(now, {key: str(old[key]) for key in ("answer", "simpler", "title")}, FILE)
    assert back == plain


def test_a_file_of_its_own_layout_keeps_it() -> None:
    after = edited_wording(WORDING, {"answer": "New {g}.\n\nEnd.", "status": "draft", "reviewed_by": None, "title": "Nytt"}, FILE)
    expected = WORDING.replace("  One {g}.\n\n  • two\n  # no comment, but prose\n", "  New {g}.\n\n  End.\n")
    expected = expected.replace('reviewed_by: "Hagos: «reader» # one"\n', "").replace("reviewed\n", "draft\n").replace("ገንዘብ", "Nytt")
    assert after == expected


def test_a_new_key_stands_in_its_place() -> None:
    after = edited_wording(
        "language: en\ntitle: More\nexamples: |\n  tell me", {"based_on": "abc", "answer": "More.", "status": "draft"}, FILE
    )
    assert after == 'language: en\ntitle: More\nstatus: draft\nbased_on: "abc"\nanswer: |\n  More.\nexamples: |\n  tell me'
    assert edited_wording("language: en", {"title": "Hei"}, FILE) == 'language: en\ntitle: "Hei"\n'


@pytest.mark.parametrize("strange", ["{language: en, answer: Hi}\n", "? language\n: en\n? answer\n: Hi\n"])
def test_a_strange_layout_is_left_to_a_person(strange: str) -> None:
    with pytest.raises(ContentError, match="by hand"):
        edited_wording(strange, {"answer": "New"}, FILE)


def test_every_real_file_comes_back_as_it_was_when_its_own_words_are_written() -> None:
    for file in sorted((ROOT / "data/topics").glob("s*/[nta]*.yml")):
        if file.name == "topic.yml":
            continue
        text, wording = text_of(file), read_wording(file)
        changes = {"title": wording.title, "answer": wording.answer, "simpler": wording.simpler, "status": wording.status}
        assert edited_wording(text, changes, file) == text


def test_a_fact_gets_a_row_and_its_neighbours_stay() -> None:
    rows = [
        {"value": 124028, "valid_from": dt.date(2024, 5, 1), "valid_to": dt.date(2025, 4, 30)},
        {"value": 130160, "valid_from": dt.date(2025, 5, 1), "valid_to": dt.date(2026, 4, 30)},
        {"value": 136549, "valid_from": dt.date(2026, 5, 1)},
    ]
    after = edited_fact(FACTS, "g", {"values": rows, "checked_on": dt.date(2026, 11, 22), "review_by": dt.date(2027, 5, 1)}, FILE)
    row = "      - {value: 130160, valid_from: 2025-05-01"
    expected = FACTS.replace(f"{row}}}\n", f"{row}, valid_to: 2026-04-30}}\n      - {{value: 136549, valid_from: 2026-05-01}}\n")
    expected = expected.replace("kr   # per year\n", "kr   # per year\n    review_by: 2027-05-01\n").replace("2026-11-21", "2026-11-22")
    assert after == expected


def test_a_value_becomes_values_where_it_stands() -> None:
    rows = [{"value": "B1", "valid_to": dt.date(2026, 12, 31)}, {"value": "B2", "valid_from": dt.date(2027, 1, 1)}]
    after = edited_fact(FACTS, "level", {"values": rows, "value": None, "valid_from": None, "confidence": "confirmed"}, FILE)
    expected = FACTS.replace(
        '    value: "B1"\n',
        '    values:\n    - {value: "B1", valid_to: 2026-12-31}\n    - {value: "B2", valid_from: 2027-01-01}\n',
    )
    assert after == expected.replace("    valid_from: 2026-01-01\n", "").replace("older", "confirmed")


VALUES = (
    st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9).filter(lambda number: "e" not in repr(number))
    | st.booleans()
    | st.dates(dt.date(1990, 1, 1))
    | st.text("ab1/2 #:-{}'\"æ§", min_size=1, max_size=30)
)


@given(VALUES, st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)))
@settings(max_examples=300, deadline=None)
def test_any_value_is_read_as_it_was_set(value: Any, until: dt.date | None) -> None:
    after = edited_fact(FACTS, "level", {"value": value, "valid_to": until}, FILE)
    entry = parse_yaml(after, FILE)["facts"]["level"]
    assert (entry["value"], type(entry["value"]), entry.get("valid_to")) == (value, type(value), until)
    kept = [line for line in FACTS.split("\n") if not line.startswith("    value: ")]
    assert [line for line in after.split("\n") if line in kept and not line.startswith("    valid_to")] == kept


def test_an_entry_is_taken_out_and_put_back(tmp_path: Path) -> None:
    entry = fact_entry(FACTS, "g", FILE)
    assert entry.startswith("  g:\n") and entry.endswith("confidence: confirmed\n")
    assert with_fact_entry(FACTS, "g", entry, FILE) == FACTS
    with pytest.raises(ContentError):
        with_fact_entry(FACTS, "g", entry + "  more:\n    value: 1\n", FILE)
    with pytest.raises(ContentError, match="no fact `h`"):
        fact_entry(FACTS, "h", FILE)


def test_every_real_fact_can_be_checked_again() -> None:
    for file in sorted((ROOT / "data/facts").glob("*.yml")):
        text = text_of(file)
        for fact in list(parse_yaml(text, file)["facts"])[::7]:
            after = edited_fact(text, fact, {"checked_on": dt.date(2030, 1, 1)}, file)
            changed = [(a, b) for a, b in zip(text.split("\n"), after.split("\n"), strict=True) if a != b]
            assert len(changed) == 1 and changed[0][1] == "    checked_on: 2030-01-01"


def test_files_change_together_or_not_at_all(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yml", tmp_path / "new" / "two.yml"
    one.write_text("a: 1\n")
    one.chmod(0o640)
    edits = [edit_of(one, "a: 2\n", "a: 1\n"), edit_of(two, "b: 2\n", None)]
    with pytest.raises(RuntimeError), in_place(edits):
        assert (one.read_text(), two.read_text()) == ("a: 2\n", "b: 2\n")
        raise RuntimeError
    assert one.read_text() == "a: 1\n" and not two.exists()
    with in_place(edits):
        pass
    assert (one.read_text(), two.read_text()) == ("a: 2\n", "b: 2\n")
    assert one.stat().st_mode & 0o777 == 0o640
    with pytest.raises(ContentError, match="same moment"), in_place(edits):
        pass
    assert sorted(file.name for file in tmp_path.iterdir()) == ["new", "one.yml"]


def test_a_change_and_its_return_are_both_seen_at_once(library: Library) -> None:
    file = library.data / "topics/support/nb.yml"
    text = text_of(file)
    for word in ("kroner", "kronar", "kronor", "kroner"):
        new = text.replace("kroner i", f"{word} i")
        with one_writer(library.data), in_place([edit_of(file, new, text_of(file))]):
            wording = library.wording("support", "nb")
            assert wording and f"{word} i" in wording.answer


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with one_writer(tmp_path):
            order.append("second")

    with one_writer(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_a_trial_checks_what_no_file_says_yet(library: Library) -> None:
    from dataclasses import replace

    wording = library.wording("support", "en")
    assert wording
    now = wording_problems(library, "support", "en")
    long = wording_problems(library, "support", "en", replace(wording, answer="You get {support_month} kroner. " * 60))
    assert [name for name, _, _ in new_problems(now, long)] == ["length"]
    without = wording_problems(library, "support", "en", replace(wording, answer="You get 20 000 kroner.\nintents: no"))
    assert {name for name, _, _ in new_problems(now, without)} == {"places", "digits", "line_starts"}
    same_title = wording_problems(library, "support", "en", replace(wording, title="More"))
    assert [name for name, _, _ in new_problems(now, same_title)] == ["buttons"]
    assert library.wording("support", "en") is wording


def test_a_trial_stands_still_while_files_change(library: Library, tmp_path: Path) -> None:
    still = Trial(library)
    g = still.facts.on("g", dt.date(2026, 11, 22)).value
    file = library.data / "facts/money.yml"
    file.write_text(file.read_text().replace("136549", "140000"))
    assert still.facts.on("g", dt.date(2026, 11, 22)).value == g == 136549
    assert library.facts.on("g", dt.date(2026, 11, 22)).value == 140000


def test_the_real_facts_hold_after_a_change(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data/facts", tmp_path / "facts")
    file = tmp_path / "facts/money.yml"
    day = dt.date(2027, 5, 1)
    entry = parse_yaml(text_of(file), file)["facts"]["g"]
    rows = [dict(row) for row in entry["values"]] + [{"value": 140000, "valid_from": day}]
    file.write_text(edited_fact(text_of(file), "g", {"values": rows, "review_by": dt.date(2028, 5, 1)}, file), encoding="utf-8")
    assert read_facts(tmp_path / "facts").on("g", day).value == 140000
