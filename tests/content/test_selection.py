"""What may be said to whom, and what is said when nothing may be."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from bot.content import Library, Reader, answer, show_sources
from bot.content.placeholders import isolate
from bot.content.states import State, state_of

TODAY = dt.date(2026, 11, 21)
EN, NB, AR = Reader("en"), Reader("nb"), Reader("ar")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def stamp(library: Library, language: str = "en") -> None:
    source = library.wording("support", "nb")
    assert source
    file = library.data / "topics" / "support" / f"{language}.yml"
    edit(file, f"language: {language}\n", f'language: {language}\nbased_on: "{source.fingerprint}"\n')


def test_numbers_are_written_as_the_language_writes_them(library: Library) -> None:
    assert answer(library, "support", NB, TODAY).text == "Du får 22\u00a0758 kroner i måneden."
    stamp(library)
    assert answer(library, "support", EN, TODAY).text == "You get 22,758 kroner a month."


def test_a_changed_fact_is_told_at_once_in_every_language(library: Library) -> None:
    stamp(library)
    before = answer(library, "support", EN, TODAY).text
    edit(library.data / "facts" / "money.yml", "136549", "140000")
    assert "23,333" in answer(library, "support", EN, TODAY).text
    assert "23\u00a0333" in answer(library, "support", NB, TODAY).text
    assert "22,758" in before


def test_an_older_value_comes_back_with_its_date(library: Library) -> None:
    assert "21\u00a0693" in answer(library, "support", NB, dt.date(2026, 4, 30)).text


def test_missing_text_is_said_to_be_missing_in_the_readers_language_with_the_norwegian_and_a_person_offered(
    library: Library,
) -> None:
    said = answer(library, "more", EN, TODAY)
    assert said.text == "en: More only in Norwegian"
    assert [choice.payload for choice in said.choices][0] == '/more{"read_in": "nb"}'
    assert said.language == "en"


def test_a_wording_from_an_older_source_is_not_spoken(library: Library) -> None:
    stamp(library)
    edit(library.data / "topics" / "support" / "nb.yml", "Du får", "Du får nå")
    said = answer(library, "support", EN, TODAY)
    assert said.state == State.OUTDATED.value
    assert said.text == "en: Support only in Norwegian"


def test_an_expired_fact_is_never_told(library: Library) -> None:
    stamp(library)
    file = library.data / "facts" / "money.yml"
    edit(file, "{value: 136549, valid_from: 2026-05-01}", "{value: 136549, valid_from: 2026-05-01, valid_to: 2026-11-20}")
    said = answer(library, "support", NB, TODAY)
    assert "22" not in said.text
    assert said.text == "nb: Stønad may be old, see https://www.nav.no/grunnbelopet"


def test_a_draft_is_spoken_with_a_notice_or_not_at_all_as_the_deployment_decides(library: Library) -> None:
    assert answer(library, "support", NB, TODAY).note == "nb: nobody has read this"
    edit(library.data / "languages.yml", "direction: ltr, source: true", "direction: ltr, source: true, speaks_drafts: false")
    assert answer(library, "support", NB, TODAY).text == "nb: Stønad is being written"


def test_a_read_text_has_no_notice(library: Library) -> None:
    edit(library.data / "topics" / "support" / "nb.yml", "language: nb\n", "language: nb\nstatus: reviewed\nreviewed_by: kari\n")
    said = answer(library, "support", NB, TODAY)
    assert (said.note, said.state) == ("", "up_to_date")


def test_a_local_addition_is_for_people_of_the_place(library: Library) -> None:
    assert "bydelen" not in answer(library, "support", NB, TODAY).text
    assert answer(library, "support", Reader("nb", "oslo"), TODAY).text.endswith("\n\nI Oslo spør du bydelen.")


def test_simpler_is_the_core_only(library: Library) -> None:
    assert answer(library, "support", NB, TODAY, "simpler").text == "22\u00a0758 kroner."


def test_a_story_is_told_when_its_button_is_pressed(library: Library) -> None:
    assert "/support{" not in "".join(choice.payload for choice in answer(library, "support", NB, TODAY).choices)
    edit(library.data / "topics" / "support" / "nb.yml", "examples: |", "story: I en kommune fikk de {support_month} kroner.\nexamples: |")
    offered = answer(library, "support", NB, TODAY).choices[-1]
    assert (offered.title, offered.payload) == ("nb: story", '/support{"part": "story"}')
    told = answer(library, "support", NB, TODAY, "story")
    assert told.text == "I en kommune fikk de 22\u00a0758 kroner."
    assert offered not in told.choices


def test_a_topic_without_a_story_answers_instead(library: Library) -> None:
    assert answer(library, "support", NB, TODAY, "story").text == answer(library, "support", NB, TODAY).text


def test_sources_are_shown_with_date_and_doubt(library: Library) -> None:
    said = show_sources(library, answer(library, "support", NB, TODAY))
    assert said.text.splitlines() == [
        "nb: from",
        "• Integreringsloven § 20, 20. november 2026",
        "• NAV, 21. november 2026",
        "nb: older",
    ]


def test_right_to_left_text_isolates_what_runs_the_other_way(library: Library) -> None:
    said = answer(library, "more", AR, TODAY)
    assert "\u2068" in said.text and said.text.count("\u2068") == said.text.count("\u2069")


def test_states_are_computed(library: Library) -> None:
    source = library.wording("support", "nb")
    assert state_of(None, source) is State.MISSING
    assert state_of(library.wording("support", "en"), source) is State.OUTDATED
    stamp(library)
    assert state_of(library.wording("support", "en"), source) is State.DRAFT


def test_every_topic_can_be_said_in_every_offered_language_today(real_library: Library) -> None:
    for language in real_library.languages.offered:
        for topic_id in real_library.topic_ids():
            said = answer(real_library, topic_id, Reader(language.code), dt.date.today())
            assert said.text.strip(), (topic_id, language.code)
            assert "{" not in said.text, (topic_id, language.code, said.text)
            assert said.language == language.code


def test_the_number_in_stonad_amount_follows_g_in_every_language(real_library: Library, tmp_path: Path) -> None:
    import shutil

    data = tmp_path / "data"
    shutil.copytree(real_library.data, data)
    library = Library(data)
    before = {code: answer(library, "stonad_amount", Reader(code), TODAY).text for code in library.languages}
    edit(data / "facts" / "money.yml", "136549", "150000")
    for code in library.languages:
        after = answer(library, "stonad_amount", Reader(code), TODAY).text
        assert after != before[code], code
        assert "25000" in "".join(letter for letter in after if letter.isdigit()), (code, after)


def test_safety_numbers_are_spoken_even_when_due_for_review(real_library: Library) -> None:
    late = dt.date(2029, 1, 1)
    for topic in real_library.topics():
        if topic.kind != "safety" or not (topic.id.startswith("crisis") or topic.id == "emergency"):
            continue
        for language in real_library.languages.offered:
            text = answer(real_library, topic.id, Reader(language.code), late).text
            assert "112" in text or "113" in text, (topic.id, language.code, text)


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("إذن −3 + 5 = 2. وكذلك: 3 − (−2) = 3 + 2 = 5.", ["−3 + 5 = 2", "3 − (−2) = 3 + 2 = 5"]),
        ("مثال: 3 من 12 هي 3 : 12 = 0,25 = 25 %.", ["3", "12", "3 : 12 = 0,25 = 25 %"]),
        ("2(x + 3) = 10 ثم x = 2", ["2(x + 3) = 10", "x = 2"]),
        ("درجة الحرارة −6 اليوم", ["−6"]),
        ("الساعة 10:56 (fagbrev)", ["10:56", "fagbrev"]),
    ],
)
def test_a_formula_is_read_from_left_to_right_as_a_whole(text: str, formulas: list[str]) -> None:
    isolated = isolate(text)
    assert re.findall("\u2068(.*?)\u2069", isolated) == formulas
    assert re.sub("[\u2068\u2069]", "", isolated) == text
