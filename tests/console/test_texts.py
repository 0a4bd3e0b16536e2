"""Texts in the console: the coverage table, a text beside its source, proposals, and how a second person publishes them."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.console.differences import ADDED, REMOVED, differences
from bot.console.parts import Parts
from bot.content import Library, Reader, answer
from bot.content.states import State, state_of
from bot.content.topics import Wording
from bot.content.writing import text_of
from bot.desk import proposals
from bot.desk.audit import verify
from bot.desk.proposals import open_proposals
from bot.plans.moments import day_in_norway
from bot.settings import ROOT
from bot.storage.desk_tables import AuditEntry, TextProposal
from tests.console.common import Browser, words_of
from tests.console.conftest import SignedIn

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def console_library(data: Path) -> Library:
    """The small content of the tests, in a folder of this test; the words of the console are the real ones."""
    shutil.copytree(ROOT / "data/console", data / "console")
    source, file = Library(data).wording("support", "nb"), data / "topics/support/en.yml"
    assert source
    more = f'title: Support\nstatus: reviewed\nreviewed_by: Ann\nbased_on: "{source.fingerprint}"\n'
    file.write_text(text_of(file).replace("title: Support\n", more), encoding="utf-8")
    return Library(data)


@pytest.fixture
def advisor(signed_in: SignedIn) -> Browser:
    return signed_in("advisor", "oslo", name="Anne")


@pytest.fixture
def editor(signed_in: SignedIn) -> Browser:
    return signed_in("editor", "", name="Edvard")


NEW = {"title": "Støtte", "answer": "Du får {support_month} kr hver måned.", "simpler": "{support_month} kroner.", "why": "Kortere."}
NEW_EN = {
    "title": "Support",
    "answer": "You get {support_month} kroner each month.",
    "simpler": "{support_month} kroner.",
    "why": "Better.",
}


def proposed(browser: Browser, language: str = "en", **fields: str) -> str:
    """Proposes a text and gives the address of the proposal."""
    page = browser.submit(f"/console/texts/support/{language}", **fields)
    assert page.status_code == 303, words_of(page)
    return str(page.headers["location"])


def wording(parts: Parts, language: str = "en") -> Wording:
    found = parts.library.wording("support", language)
    assert found
    return found


def test_the_table_says_the_state_of_every_cell_in_words(advisor: Browser) -> None:
    page = advisor.get("/console/texts")
    assert page.status_code == 200
    said = words_of(page)
    assert "✓ Lest" in said and "∅ Mangler" in said and "✎ Utkast" in said
    assert len(re.findall(r'href="/console/texts/\w+/(?:nb|en|ar)"', page.text)) == 4 * 3


@pytest.mark.parametrize(
    ("query", "topics"),
    [
        ("group=money", {"support", "more"}),
        ("state=up_to_date", {"support"}),
        ("state=missing&language=nb", {"choose_language"}),
        ("language=en", {"support", "more", "talk_to_human", "choose_language"}),
        ("words=stø", {"support"}),
        ("words=tell", set()),
        ("group=money&words=mer", {"more"}),
    ],
)
def test_the_table_is_narrowed(advisor: Browser, query: str, topics: set[str]) -> None:
    page = advisor.get(f"/console/texts?{query}")
    assert set(re.findall(r'href="/console/texts/(\w+)/\w+"><', page.text)) == topics
    assert ("/ar" in page.text.split('id="coverage"')[1]) == ("language" not in query and bool(topics))


def test_a_text_stands_beside_its_source_with_facts_filled_in(advisor: Browser) -> None:
    page = advisor.get("/console/texts/support/en")
    said = words_of(page)
    assert "You get 22,758 kroner a month." in said and "You get {support_month} kroner a month." in said
    assert "Du får 22 758 kroner i måneden." in said.replace("\u202f", " ").replace("\xa0", " ")
    assert "Integreringsloven" in said and "support_month" in said and "eldre kilde" in said
    assert "Ann, som har språket som morsmål" in said
    assert "I Oslo spør du bydelen." in words_of(advisor.get("/console/texts/support/nb"))


def test_a_right_to_left_text_is_marked_so(advisor: Browser) -> None:
    page = advisor.get("/console/texts/support/ar")
    assert 'lang="ar" dir="rtl"' in page.text
    assert re.search(r'<textarea id="field-answer"[^>]*lang="ar" dir="rtl"', page.text)
    assert "Ingen har skrevet svaret" in words_of(page)


@pytest.mark.parametrize("address", ["nothing/en", "support/xx", "support/..%2Fnb"])
def test_what_is_not_there_is_not_found(advisor: Browser, address: str) -> None:
    assert advisor.get(f"/console/texts/{address}").status_code == 404


def test_who_may_what(signed_in: SignedIn, editor: Browser) -> None:
    teacher = signed_in("teacher", "oslo")
    for address in ("/console/texts", "/console/texts/support/en", "/console/texts/proposals"):
        assert teacher.get(address).status_code == 403
        assert editor.get(address).status_code == 200
    address = proposed(editor, **NEW_EN)
    assert signed_in("advisor", "oslo").submit(f"{address}/publish").status_code == 403
    assert signed_in("advisor", "oslo").submit(f"{address}/refuse", answer="Nei.").status_code == 403
    assert teacher.submit("/console/texts/support/en", **NEW_EN).status_code == 403
    assert signed_in("advisor", "oslo").submit("/console/texts/support/en/read", reader="A", words="x").status_code == 403


def test_checks_speak_before_anything_is_stored(advisor: Browser, sessions: sessionmaker[Session]) -> None:
    wrong = {**NEW_EN, "answer": "You get 22 000 kroner. " * 60}
    checked = advisor.submit("/console/texts/support/en/check", hx=True, **wrong)
    said = words_of(checked)
    assert "Lengde:" in said and "Tall i teksten:" in said and "lacks {support_month}" in said
    assert "<html" not in checked.text
    refused = advisor.submit("/console/texts/support/en", **wrong)
    assert refused.status_code == 422 and "You get 22 000 kroner." in refused.text and "Better." in refused.text
    fine = words_of(advisor.submit("/console/texts/support/en/check", **NEW_EN))
    assert "Sjekkene fant ingen feil." in fine and "You get 22,758 kroner each month." in fine
    with sessions() as session:
        assert not open_proposals(session)


def test_a_norwegian_text_is_measured_and_its_translations_named(advisor: Browser) -> None:
    hard = "Introduksjonsstønadsutbetalingsordningen innebærer månedsutbetalinger tilsvarende {support_month} kroner"
    said = words_of(advisor.submit("/console/texts/support/nb/check", **{**NEW, "answer": hard}))
    assert "Lesbarhet:" in said and "LIX" in said
    assert "1 oversettelsene blir utdatert" in said and "engelsk" in said


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"why": " "}, 409, "Hvorfor"),
        ({"answer": " "}, 409, "Svar"),
        ({"why": "x" * 1001}, 409, "1000"),
        ({"why": "fnr 13097248022"}, 409, "Det ble ikke lagret"),
        ({"answer": "You get {support_month} kroner a month."}, 409, "likt det som står"),
    ],
)
def test_what_cannot_be_proposed(advisor: Browser, change: dict[str, str], status: int, sentence: str) -> None:
    page = advisor.submit("/console/texts/support/en", **{**NEW_EN, **change})
    assert page.status_code == status and sentence in words_of(page)


def test_a_proposal_shows_its_difference_and_waits(advisor: Browser, parts: Parts) -> None:
    before = text_of(wording(parts).file)
    address = proposed(advisor, **NEW_EN)
    assert proposed(advisor, **NEW_EN) == address  # sent twice, stored once
    for page in (advisor.get(address), advisor.get("/console/texts/proposals")):
        assert re.search(r"<del>.*a</del><ins>.*each</ins>", page.text)
        assert "Anne" in page.text and "Better." in page.text
    assert "Forslag som venter: 1" in words_of(advisor.get("/console/texts"))
    assert "venter på en annen person" in words_of(advisor.get("/console/texts/support/en"))
    assert text_of(wording(parts).file) == before


def test_a_second_person_publishes_and_it_is_spoken_at_once(
    advisor: Browser, editor: Browser, parts: Parts, sessions: sessionmaker[Session]
) -> None:
    before = text_of(wording(parts).file)
    address = proposed(advisor, **NEW_EN)
    assert editor.submit(f"{address}/publish").status_code == 303
    said = answer(parts.library, "support", Reader("en"), TODAY)
    assert said.text == "You get 22,758 kroner each month."
    after = text_of(wording(parts).file)
    expected = before.replace("a month", "each month").replace("status: reviewed\nreviewed_by: Ann\n", "status: draft\n")
    assert after == expected  # all other lines are as they were; other words are unread words
    line = json.loads((parts.library.data / "edited/en.jsonl").read_text(encoding="utf-8"))
    assert (line["name"], line["proposed_by"], line["published_by"], line["why"]) == ("support", "Anne", "Edvard", "Better.")
    assert line["after"]["texts"] == {"answer": "You get {support_month} kroner each month."}
    with sessions() as session:
        row = session.scalars(select(TextProposal)).one()
        assert (row.state, row.decided_by) == ("published", editor.who.id)
        done = [(e.action, e.resource, e.resource_id) for e in session.scalars(select(AuditEntry)) if e.action != "read"]
        assert done == [("propose", "wording", "support/en"), ("publish", "wording", "support/en")]
        assert verify(session) is None
    assert "Publisert: Edvard" in words_of(editor.get(address))
    again = editor.submit(f"{address}/publish")
    assert again.status_code == 409 and "avgjort allerede" in words_of(again)


@pytest.mark.parametrize("role", ["editor", "administrator"])
def test_nobody_publishes_what_they_proposed(signed_in: SignedIn, parts: Parts, role: str) -> None:
    browser = signed_in(role, "")
    before = text_of(wording(parts).file)
    address = proposed(browser, **NEW_EN)
    assert f'action="{address}/publish"' not in browser.get(address).text
    page = browser.submit(f"{address}/publish")
    assert page.status_code == 403 and "foreslått dette selv" in words_of(page)
    assert text_of(wording(parts).file) == before
    assert browser.submit(f"{address}/refuse", answer="Ble feil.").status_code == 303
    assert "Trukket tilbake" in words_of(browser.get(address))


def test_a_proposal_is_refused_with_an_answer(advisor: Browser, editor: Browser) -> None:
    address = proposed(advisor, **NEW_EN)
    assert editor.submit(f"{address}/refuse", answer="").status_code == 409
    assert editor.submit(f"{address}/refuse", answer="Ordet er feil.").status_code == 303
    assert "Avslått" in words_of(advisor.get(address)) and "Ordet er feil." in words_of(advisor.get("/console/texts/proposals"))
    assert editor.submit(f"{address}/publish").status_code == 409


def test_a_norwegian_change_leaves_translations_behind_and_says_so(advisor: Browser, editor: Browser, parts: Parts) -> None:
    address = proposed(advisor, "nb", **NEW)
    said = words_of(editor.get(address))
    assert "1 oversettelser blir utdatert" in said and "engelsk" in said
    assert editor.submit(f"{address}/publish").status_code == 303
    assert state_of(wording(parts), wording(parts, "nb")) is State.OUTDATED
    assert "only in Norwegian" in answer(parts.library, "support", Reader("en"), TODAY).text
    # The translation is adapted: its words stay, and it is based on the Norwegian text as it stands now.
    same = {"title": "Support", "answer": "You get {support_month} kroner a month.", "simpler": "{support_month} kroner."}
    address = proposed(advisor, **same, why="Passer fortsatt.", adapted="yes")
    assert editor.submit(f"{address}/publish").status_code == 303
    assert wording(parts).based_on == wording(parts, "nb").fingerprint
    assert wording(parts).reviewed_by == "Ann"  # the same words were read
    assert answer(parts.library, "support", Reader("en"), TODAY).text == "You get 22,758 kroner a month."


def test_other_words_of_the_same_meaning_keep_the_translations(advisor: Browser, editor: Browser, parts: Parts) -> None:
    address = proposed(advisor, "nb", **NEW, same_meaning="yes")
    assert "oversettelser blir utdatert" not in words_of(editor.get(address))
    assert editor.submit(f"{address}/publish").status_code == 303
    assert wording(parts).based_on == wording(parts, "nb").fingerprint
    assert state_of(wording(parts), wording(parts, "nb")) is State.UP_TO_DATE


def test_a_translation_is_stamped_with_the_norwegian_text_its_maker_saw(advisor: Browser, editor: Browser, parts: Parts) -> None:
    seen = wording(parts, "nb").fingerprint
    translation = proposed(advisor, **NEW_EN, adapted="yes")
    assert editor.submit(f"{proposed(advisor, 'nb', **NEW)}/publish").status_code == 303
    assert editor.submit(f"{translation}/publish").status_code == 303
    assert wording(parts).based_on == seen != wording(parts, "nb").fingerprint
    assert state_of(wording(parts), wording(parts, "nb")) is State.OUTDATED


def test_a_missing_translation_is_written(advisor: Browser, editor: Browser, parts: Parts) -> None:
    texts = {
        "title": "الدعم",
        "answer": "تحصل على {support_month} كرونة في الشهر.",
        "simpler": "{support_month} كرونة.",
        "local.oslo": "في أوسلو اسأل.",
    }
    address = proposed(advisor, "ar", **texts, why="Manglet.")
    assert 'dir="rtl"' in editor.get(address).text
    assert editor.submit(f"{address}/publish").status_code == 303
    assert "تحصل على" in answer(parts.library, "support", Reader("ar"), TODAY).text
    assert answer(parts.library, "support", Reader("ar", "oslo"), TODAY).text.endswith("في أوسلو اسأل.")
    file = text_of(wording(parts, "ar").file)
    assert file.startswith('language: ar\ntitle: "الدعم"\nstatus: draft\nbased_on: "')


def test_a_text_changed_since_is_not_overwritten(advisor: Browser, editor: Browser, parts: Parts) -> None:
    address = proposed(advisor, **NEW_EN)
    file = wording(parts).file
    file.write_text(text_of(file).replace("You get", "One gets"), encoding="utf-8")
    changed = text_of(file)
    page = editor.submit(f"{address}/publish")
    said = words_of(page)
    assert page.status_code == 409 and "Teksten er endret siden" in said
    assert "One gets {support_month} kroner a month." in said and "each" in said
    assert text_of(file) == changed and not (parts.library.data / "edited").exists()


def test_another_part_of_the_same_text_may_change_meanwhile(advisor: Browser, editor: Browser, parts: Parts) -> None:
    title = proposed(advisor, **{**NEW_EN, "answer": "You get {support_month} kroner a month.", "title": "Money"})
    words = proposed(advisor, **NEW_EN)
    assert [editor.submit(f"{address}/publish").status_code for address in (title, words)] == [303, 303]
    assert (wording(parts).title, "each month" in wording(parts).answer) == ("Money", True)


def test_a_check_that_fails_at_publishing_leaves_the_file(advisor: Browser, editor: Browser, parts: Parts) -> None:
    address = proposed(advisor, **{**NEW_EN, "title": "Benefit"})
    file = parts.library.data / "topics/more/en.yml"
    file.write_text(text_of(file).replace("title: More", "title: Benefit"), encoding="utf-8")
    before = text_of(wording(parts).file)
    page = editor.submit(f"{address}/publish")
    assert page.status_code == 409 and "Tittel på knapp:" in words_of(page)
    assert text_of(wording(parts).file) == before and not (parts.library.data / "edited/en.jsonl").exists()
    assert f'action="{address}/publish"' in page.text  # still open


def test_when_the_database_fails_the_file_is_put_back(
    advisor: Browser, editor: Browser, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = proposed(advisor, **NEW_EN)
    before = text_of(wording(parts).file)

    def broken(*given: Any, **more: Any) -> None:
        assert "each month" in text_of(wording(parts).file)
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("bot.desk.proposals._decide", broken)
    with pytest.raises(RuntimeError, match="gone"):
        editor.submit(f"{address}/publish")
    assert text_of(wording(parts).file) == before and not (parts.library.data / "edited/en.jsonl").exists()
    monkeypatch.undo()
    assert editor.submit(f"{address}/publish").status_code == 303


def test_a_publishing_cut_short_is_finished_by_publishing_again(
    advisor: Browser, editor: Browser, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = proposed(advisor, **NEW_EN)

    @contextmanager
    def no_way_back(edits: Any) -> Any:
        for edit in edits:
            edit.file.parent.mkdir(exist_ok=True)
            edit.file.write_bytes(edit.after)
        yield

    def killed(*given: Any, **more: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("bot.desk.proposals.in_place", no_way_back)
        patch.setattr("bot.desk.proposals._decide", killed)
        with pytest.raises(RuntimeError):
            editor.submit(f"{address}/publish")
    after = text_of(wording(parts).file)
    assert "each month" in after
    assert editor.submit(f"{address}/publish").status_code == 303
    assert text_of(wording(parts).file) == after
    assert len((parts.library.data / "edited/en.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_two_decisions_at_once_are_one(advisor: Browser, editor: Browser, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a file is being written somebody refuses: the text is put back, and the refusal stands."""
    address = proposed(advisor, **NEW_EN)
    before = text_of(wording(parts).file)
    real = proposals._finish

    def refused_first(*given: Any) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("bot.desk.proposals._finish", real)
            assert advisor.submit(f"{address}/refuse", answer="Trekker det.").status_code == 303
        real(*given)

    monkeypatch.setattr("bot.desk.proposals._finish", refused_first)
    assert editor.submit(f"{address}/publish").status_code == 409
    assert text_of(wording(parts).file) == before


def test_a_native_speaker_has_read_it(advisor: Browser, editor: Browser, parts: Parts) -> None:
    address = proposed(advisor, **NEW_EN)
    editor.submit(f"{address}/publish")
    page = editor.get("/console/texts/support/en").text
    seen = re.search(r'name="words" value="(\w+)"', page)
    assert seen
    assert editor.submit("/console/texts/support/en/read", reader="", words=seen[1]).status_code == 409
    assert editor.submit("/console/texts/support/en/read", reader="Mary", words="other words").status_code == 409
    assert answer(parts.library, "support", Reader("en"), TODAY).note
    assert editor.submit("/console/texts/support/en/read", reader="Mary", words=seen[1]).status_code == 303
    assert (wording(parts).status, wording(parts).reviewed_by) == ("reviewed", "Mary")
    assert 'status: reviewed\nreviewed_by: "Mary"\nreviewed_on: "2026-11-24"\n' in text_of(wording(parts).file)
    assert not answer(parts.library, "support", Reader("en"), TODAY).note
    last = json.loads((parts.library.data / "edited/en.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["kind"], last["read_by"], last["noted_by"]) == ("read", "Mary", "Edvard")


def test_the_table_of_the_real_content_is_whole(real_library: Library, parts: Parts, app: FastAPI, advisor: Browser) -> None:
    from dataclasses import replace

    app.state.console = replace(parts, library=real_library)
    page = advisor.get("/console/texts")
    assert len(re.findall(r'href="/console/texts/\w+/\w+"><', page.text)) == 132 * 18
    for address in ("support/nb",):
        assert advisor.get(f"/console/texts/{address}").status_code == 404
    for address in ("stonad_amount/ar", "stonad_amount/ti", "crisis_violence/nb", "track_placement/fa"):
        assert advisor.get(f"/console/texts/{address}").status_code == 200
    assert day_in_norway(parts.now()) == TODAY


@pytest.mark.parametrize("language", ["nn", "en"])
def test_pages_speak_the_language_of_the_colleague(signed_in: SignedIn, language: str) -> None:
    browser: Browser = signed_in("editor", "", language=language)
    word = {"nn": "Tilstand", "en": "State"}[language]
    for address in ("/console/texts", "/console/texts/support/en", "/console/texts/proposals"):
        page = browser.get(address)
        assert f'<html lang="{language}"' in page.text
    assert word in words_of(browser.get("/console/texts"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "ny tekst"),
        ("en to tre", "en fire tre"),
        ("كرونة، في", "كرونة في الشهر"),
        ("{g} kr.\n\nSlutt", "{g} kroner.\nSlutt!"),
        ("a", ""),
    ],
)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(text for kind, text in pieces if kind != ADDED) == before
    assert "".join(text for kind, text in pieces if kind != REMOVED) == after


@pytest.mark.parametrize(
    ("old", "new"), [("22,758", "23,333"), ("22\u202f758", "22\u202f333"), ("\u206822,758\u2069", "\u206822,333\u2069")]
)
def test_a_number_changes_as_one_word(old: str, new: str) -> None:
    assert differences(f"a {old} b.", f"a {new} b.") == [("same", "a "), (REMOVED, old), (ADDED, new), ("same", " b.")]
