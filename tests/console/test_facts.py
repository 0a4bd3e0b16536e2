"""Facts in the console: what is due, a new value with its effect in all languages, and the assistant that speaks it at once."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.console.parts import Parts
from bot.content import ContentError, Library, Reader, answer
from bot.content.effects import effects, resting_on, topics_with, used_in
from bot.content.facts import FactState
from bot.content.writing import text_of
from bot.desk.audit import verify
from bot.desk.fact_changes import entry_with, facts_with, known_fact, value_from, value_now
from bot.desk.problems import FieldMissing
from bot.desk.proposals import open_proposals
from bot.settings import ROOT
from bot.storage.desk_tables import AuditEntry
from tests.console.common import Browser, words_of
from tests.console.conftest import SignedIn

TODAY = dt.date(2026, 11, 24)
MORE_FACTS = """
  full_age:
    says: "Full support from this age"
    value: 25
    unit: age
    review_by: 2027-01-15   # soon
    source: {title: Lov, section: "§ 2"}
    checked_on: 2026-01-10
    confidence: confirmed
  old_rule:
    says: "A rule that has run out"
    value: true
    unit: rule
    valid_to: 2026-06-30
    source: {title: Lov}
    checked_on: 2026-01-10
    confidence: unverified
  share:
    says: "A share"
    value: "2/3"
    unit: share
    source: {title: Lov}
    checked_on: 2026-01-10
    confidence: confirmed
  change_day:
    says: "Next change"
    value: 2027-05-01
    unit: date
    source: {title: Lov}
    checked_on: 2026-01-10
    confidence: confirmed
"""


@pytest.fixture
def console_library(data: Path) -> Library:
    shutil.copytree(ROOT / "data/console", data / "console")
    file = data / "facts/money.yml"
    file.write_text(text_of(file) + MORE_FACTS.lstrip("\n"), encoding="utf-8")
    english, source = data / "topics/support/en.yml", Library(data).wording("support", "nb")
    assert source
    english.write_text(text_of(english).replace("title: Support", f'title: Support\nbased_on: "{source.fingerprint}"'), encoding="utf-8")
    return Library(data)


@pytest.fixture
def advisor(signed_in: SignedIn) -> Browser:
    return signed_in("advisor", "oslo", name="Anne")


@pytest.fixture
def editor(signed_in: SignedIn) -> Browser:
    return signed_in("editor", "", name="Edvard")


def form(**fields: str) -> dict[str, str]:
    return {"checked_on": "2026-11-24", "confidence": "confirmed", "why": "Nytt rundskriv.", **fields}


NEW_G = form(value="140 000", valid_from="2026-10-01", review_by="2027-05-31")


def proposed(browser: Browser, fact: str, fields: dict[str, str]) -> str:
    page = browser.submit(f"/console/facts/{fact}", **fields)
    assert page.status_code == 303, words_of(page)
    return str(page.headers["location"])


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


def test_what_is_due_stands_first(advisor: Browser) -> None:
    page = advisor.get("/console/facts")
    said = plain(words_of(page))
    assert page.status_code == 200 and "2 må ses på" in said
    due, _, rest = said.partition("Penger (")
    assert due.index("old_rule") < due.index("full_age") and "136 549" not in due
    assert "136 549 kroner" in rest and "22 758 kroner" in rest and "regnet ut" in rest and "Stønad" in rest
    assert "✕ Utløpt, ikke bekreftet" in due


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("state=expired", {"old_rule"}),
        ("confidence=older", {"support_month"}),
        ("words=grunnbeløpet", set()),
        ("words=basic amount", {"g"}),
        ("words=support&area=money", {"g", "support_month", "full_age"}),
        ("area=nothing", set()),
    ],
)
def test_the_list_is_narrowed(advisor: Browser, query: str, ids: set[str]) -> None:
    assert set(re.findall(r'href="/console/facts/(\w+)"', advisor.get(f"/console/facts?{query}").text)) == ids


def test_one_fact_with_its_sources_and_topics(advisor: Browser) -> None:
    said = plain(words_of(advisor.get("/console/facts/support_month")))
    assert "2 * g / 12" in said and "Integreringsloven § 20" in said and "Stønad" in said and "Verdien blir regnet ut" in said
    assert 'name="valid_from"' not in advisor.get("/console/facts/support_month").text
    assert 'type="date" maxlength="200" required' in advisor.get("/console/facts/change_day").text
    assert advisor.get("/console/facts/nothing").status_code == 404


def test_the_effect_is_shown_in_all_languages_before_it_is_proposed(
    advisor: Browser, parts: Parts, sessions: sessionmaker[Session]
) -> None:
    before = text_of(parts.library.data / "facts/money.yml")
    page = advisor.submit("/console/facts/g/preview", **NEW_G)
    said = plain(words_of(page))
    assert "4 tekster på 2 språk blir annerledes" in said
    assert re.search(r"<del>.*22\s758</del><ins>.*23\s333</ins>", plain(page.text))  # bokmål: 2 * 140000 / 12
    assert re.search(r"<del>.*22,758</del><ins>.*23,333</ins>", page.text)
    assert 'name="valid_from" value="2026-10-01"' in page.text and "Send som forslag" in said
    assert text_of(parts.library.data / "facts/money.yml") == before
    with sessions() as session:
        assert not open_proposals(session)


def test_a_value_that_begins_later_is_shown_as_of_that_day(advisor: Browser) -> None:
    page = advisor.submit("/console/facts/g/preview", **{**NEW_G, "valid_from": "2027-05-01", "review_by": "2028-05-01"})
    assert "Vist slik det blir 1. mai 2027" in words_of(page) and re.search(r"23,333</ins>", page.text)
    expiring = advisor.submit("/console/facts/g/preview", **{**NEW_G, "valid_from": "2027-06-01", "review_by": "2027-05-01"})
    assert "Noen svar blir borte" in words_of(expiring)


def test_a_second_person_publishes_and_the_assistant_speaks_it_at_once(
    advisor: Browser, editor: Browser, parts: Parts, sessions: sessionmaker[Session]
) -> None:
    file = parts.library.data / "facts/money.yml"
    before = text_of(file)
    assert plain(answer(parts.library, "support", Reader("nb"), TODAY).text) == "Du får 22 758 kroner i måneden."
    address = proposed(advisor, "g", NEW_G)
    assert proposed(advisor, "g", NEW_G) == address
    assert text_of(file) == before
    said = plain(words_of(editor.get(address)))
    assert "140000" in said and "Nytt rundskriv." in said and "4 tekster på 2 språk" in said
    assert editor.submit(f"{address}/publish").status_code == 303
    assert plain(answer(parts.library, "support", Reader("nb"), TODAY).text) == "Du får 23 333 kroner i måneden."
    assert "23,333" in answer(parts.library, "support", Reader("en"), TODAY).text
    expected = before.replace(
        "    - {value: 136549, valid_from: 2026-05-01}\n",
        "    - {value: 136549, valid_from: 2026-05-01, valid_to: 2026-09-30}\n    - {value: 140000, valid_from: 2026-10-01}\n",
    )
    expected = expected.replace('grunnbelopet"}\n    checked_on: 2026-11-21\n', 'grunnbelopet"}\n    checked_on: 2026-11-24\n')
    expected = expected.replace("    unit: kr\n    source: {title: NAV", "    unit: kr\n    review_by: 2027-05-31\n    source: {title: NAV")
    assert text_of(file) == expected
    line = json.loads((parts.library.data / "edited/facts.jsonl").read_text(encoding="utf-8"))
    assert (line["name"], line["after"]["value"], line["proposed_by"], line["published_by"]) == ("g", 140000, "Anne", "Edvard")
    with sessions() as session:
        done = [(e.action, e.resource, e.resource_id) for e in session.scalars(select(AuditEntry)) if e.action != "read"]
        assert done == [("propose", "fact", "g"), ("publish", "fact", "g")] and verify(session) is None


def test_nobody_publishes_their_own_value_and_advisors_none(signed_in: SignedIn, editor: Browser, advisor: Browser, parts: Parts) -> None:
    before = text_of(parts.library.data / "facts/money.yml")
    address = proposed(editor, "g", NEW_G)
    own = editor.submit(f"{address}/publish")
    assert own.status_code == 403 and "foreslått dette selv" in words_of(own)
    assert advisor.submit(f"{address}/publish").status_code == 403
    teacher = signed_in("teacher", "oslo")
    assert teacher.get("/console/facts").status_code == teacher.get("/console/facts/g").status_code == 403
    assert teacher.submit("/console/facts/g", **NEW_G).status_code == 403
    assert teacher.submit("/console/facts/g/preview", **NEW_G).status_code == 403
    assert text_of(parts.library.data / "facts/money.yml") == before


def test_a_fact_changed_since_is_not_overwritten(advisor: Browser, editor: Browser, parts: Parts) -> None:
    address = proposed(advisor, "full_age", form(value="26", review_by="2027-11-01"))
    file = parts.library.data / "facts/money.yml"
    file.write_text(text_of(file).replace("value: 25", "value: 27"), encoding="utf-8")
    changed = text_of(file)
    page = editor.submit(f"{address}/publish")
    assert page.status_code == 409 and "value: 27" in page.text and "26" in words_of(page)
    assert text_of(file) == changed


def test_a_neighbour_may_change_meanwhile(advisor: Browser, editor: Browser, parts: Parts) -> None:
    first, second = proposed(advisor, "full_age", form(value="26")), proposed(advisor, "share", form(value="3/4"))
    assert [editor.submit(f"{address}/publish").status_code for address in (first, second)] == [303, 303]
    facts = parts.library.facts
    assert (facts.on("full_age", TODAY).value, facts.on("share", TODAY).value) == (26, "3/4")


def test_a_check_that_fails_leaves_the_file(advisor: Browser, editor: Browser, parts: Parts) -> None:
    english = parts.library.data / "topics/support/en.yml"
    long = text_of(english).replace("You get", "You get " + "word " * 174)
    source = parts.library.wording("support", "nb")
    assert source
    english.write_text(long, encoding="utf-8")
    before = text_of(parts.library.data / "facts/money.yml")
    page = advisor.submit("/console/facts/g/preview", **{**NEW_G, "value": "99999999999"})
    assert "Lengde:" in words_of(page) and "Send som forslag" not in words_of(page)
    refused = advisor.submit("/console/facts/g", **{**NEW_G, "value": "99999999999"})
    assert refused.status_code == 409 and "Sjekkene fant feil" in words_of(refused)
    assert text_of(parts.library.data / "facts/money.yml") == before


@pytest.mark.parametrize(
    ("fact", "fields", "sentence"),
    [
        ("g", {**NEW_G, "value": "mange"}, "Verdi"),
        ("g", {**NEW_G, "value": ""}, "Verdi"),
        ("g", {**NEW_G, "valid_from": "i mai"}, "Gjelder fra"),
        ("g", {**NEW_G, "checked_on": ""}, "Sjekket i kilden"),
        ("g", {**NEW_G, "checked_on": "2030-01-01"}, "Sjekket i kilden"),
        ("g", {**NEW_G, "valid_to": "2026-09-01"}, "Gjelder til og med"),
        ("g", {**NEW_G, "review_by": "2026-01-01"}, "Må ses på igjen"),
        ("g", {**NEW_G, "confidence": "sure"}, "Hvor sikkert"),
        ("g", {**NEW_G, "why": ""}, "Hvorfor"),
        ("share", form(value="2/0"), "Verdi"),
        ("old_rule", form(value="True"), "Verdi"),
        ("change_day", form(value="1. mai"), "Verdi"),
        ("full_age", form(value="25", review_by="2027-01-15", checked_on="2026-01-10"), "likt det som står"),
    ],
)
def test_what_cannot_be_proposed(advisor: Browser, parts: Parts, fact: str, fields: dict[str, str], sentence: str) -> None:
    before = text_of(parts.library.data / "facts/money.yml")
    page = advisor.submit(f"/console/facts/{fact}", **fields)
    assert page.status_code == 409 and sentence in words_of(page)
    assert text_of(parts.library.data / "facts/money.yml") == before


@pytest.mark.parametrize(
    ("fact", "fields", "wanted"),
    [
        ("full_age", {"value": "26", "valid_from": "2027-01-01"}, [(25, None, dt.date(2026, 12, 31)), (26, dt.date(2027, 1, 1), None)]),
        ("full_age", {"value": "26,5"}, [(26.5, None, None)]),
        ("old_rule", {"value": "no", "valid_from": "2026-07-01"}, [(True, None, dt.date(2026, 6, 30)), (False, dt.date(2026, 7, 1), None)]),
        ("old_rule", {"value": "yes", "valid_to": "2027-06-30"}, [(True, None, dt.date(2027, 6, 30))]),
        ("change_day", {"value": "2028-05-01"}, [(dt.date(2028, 5, 1), None, None)]),
        (
            "g",
            {"value": "136600", "valid_from": "2026-05-01"},
            [(130160, dt.date(2025, 5, 1), dt.date(2026, 4, 30)), (136600, dt.date(2026, 5, 1), None)],
        ),
        (
            "g",
            {"value": "131000", "valid_from": "2025-12-01"},
            [
                (130160, dt.date(2025, 5, 1), dt.date(2025, 11, 30)),
                (131000, dt.date(2025, 12, 1), dt.date(2026, 4, 30)),
                (136549, dt.date(2026, 5, 1), None),
            ],
        ),
    ],
)
def test_values_and_their_days(console_library: Library, fact: str, fields: dict[str, str], wanted: list[tuple[Any, Any, Any]]) -> None:
    known = known_fact(console_library, fact)
    entry = entry_with(console_library, known, value_from(known, form(**fields), TODAY), TODAY)
    changed = facts_with(console_library, fact, entry)[fact]
    assert [(row.value, row.valid_from, row.valid_to) for row in changed.values] == wanted
    assert (changed.checked_on, changed.review_by) == (TODAY, None)
    assert console_library.facts[fact] == known


def test_a_formula_keeps_its_value_and_takes_new_dates(console_library: Library) -> None:
    known = known_fact(console_library, "support_month")
    new = value_from(known, form(value="1", review_by="2027-01-01"), TODAY)
    changed = facts_with(console_library, "support_month", entry_with(console_library, known, new, TODAY))
    assert (changed["support_month"].formula, changed.on("support_month", TODAY).value) == ("2 * g / 12", 22758)
    assert changed.on("support_month", TODAY).expires_on == dt.date(2027, 1, 1)
    with pytest.raises(FieldMissing):
        value_from(known, {"confidence": "confirmed"}, TODAY)


def test_what_rests_on_a_fact(console_library: Library) -> None:
    assert resting_on(console_library.facts, "g") == {"g", "support_month"}
    assert topics_with(console_library, "g") == ["support"] == used_in(console_library)["g"]
    assert used_in(console_library)["share"] == []


def test_the_real_basic_amount_changes_every_language(tmp_path: Path) -> None:
    """A new G, in a copy of the real facts: answers in all eighteen languages change, and none that does not rest on it."""
    shutil.copytree(ROOT / "data/facts", tmp_path / "data/facts")
    for name in ("topics", "phrases", "municipalities", "glossary", "languages.yml"):
        (tmp_path / "data" / name).symlink_to(ROOT / "data" / name)
    library = Library(tmp_path / "data")
    known = known_fact(library, "g")
    new = replace(value_now(known, TODAY), value=150000, valid_from=dt.date(2026, 11, 1), valid_to=None)
    entry = entry_with(library, known, new, TODAY)
    facts = facts_with(library, "g", entry)
    found = effects(library, facts, "g", TODAY, TODAY)
    assert {effect.language for effect in found} == {language.code for language in library.languages.offered}
    assert {effect.topic for effect in found} <= set(topics_with(library, "g"))
    assert ("stonad_amount", "ti", "answer") in {(effect.topic, effect.language, effect.part) for effect in found}
    assert all(effect.state != "expired" for effect in found)
    amharic = next(effect for effect in found if (effect.topic, effect.language, effect.part) == ("stonad_amount", "am", "answer"))
    assert "25,000" in amharic.after and "25,000" not in amharic.before
    assert library.facts.on("g", TODAY).value == 136549
    with pytest.raises(ContentError):
        facts_with(library, "g", entry.replace("confidence: confirmed", "confidence: sure"))


def test_the_real_facts_are_listed(real_library: Library, parts: Parts, app: FastAPI, advisor: Browser) -> None:
    app.state.console = replace(parts, library=real_library)
    page = advisor.get("/console/facts")
    assert page.status_code == 200
    assert set(re.findall(r'href="/console/facts/(\w+)"', page.text)) == set(real_library.facts)
    for fact in ("g", "support_month", "support_law", "g_next_change"):
        assert advisor.get(f"/console/facts/{fact}").status_code == 200
    assert real_library.facts.on("g", TODAY).state is FactState.VALID
