"""A case as an advisor reads it: every message beside its Norwegian, what was understood, and what lies around it."""

from __future__ import annotations

import pytest

from bot.desk.colleagues import Colleague
from bot.desk.problems import NoSuchCase
from bot.desk.reading import CaseView, be_present, case_for, case_view
from tests.desk.common import Place

TIGRINYA = '/choose_language{"language": "ti"}'


def view(place: Place, who: Colleague, number: int | None = None) -> CaseView:
    with place.sessions() as session:
        return case_view(session, place.seal, place.library, who, number or place.open().id, place.clock())


def test_every_message_of_the_assistant_has_its_norwegian(place: Place) -> None:
    place.linked()
    kari = place.advisor()
    place.says(TIGRINYA)
    place.says("how much money")
    place.says("/talk_to_human")
    place.do(kari, "take", place.open().id)
    place.do(kari, "say_phrase", place.open().id, "reply_thanks", {}, "k")
    place.do(kari, "say_text", place.open().id, "Hei", "k2", "nb")
    lines = view(place, kari).lines
    assert [(line.author, line.language) for line in lines[2:]] == [
        ("participant", "en"),
        ("assistant", "ti"),
        ("participant", "ti"),
        ("assistant", "ti"),
        ("assistant", "ti"),
        ("advisor", "ti"),
        ("advisor", "nb"),
    ]
    for line in lines:
        if line.author != "participant" and line.language != "nb" and line.topic != "language_changed":
            assert line.norwegian or line.text.startswith("the assistant says language_changed"), line
    asked = lines[2]
    assert (asked.text, asked.topic, asked.confidence, asked.pressed) == ("how much money", "stonad_amount", 0.95, False)
    assert asked.topic_title == "Hvor mye stønad"
    button = lines[4]
    assert button.pressed and button.trigger and not button.text.startswith("/") and button.norwegian
    assert [line.by for line in lines[-2:]] == ["Kari", "Kari"] and lines[-1].note


def test_only_the_own_municipality_can_be_read(place: Place) -> None:
    place.chat()
    place.says("person")
    number = place.open().id
    siv = place.advisor("Siv", "larvik")
    with pytest.raises(NoSuchCase):
        view(place, siv, number)
    with pytest.raises(NoSuchCase), place.sessions() as session:
        case_for(session, siv, number)
    with pytest.raises(NoSuchCase):
        view(place, place.advisor(), number + 99)


def test_what_happened_is_told_with_names(place: Place) -> None:
    place.chat()
    place.says("person")
    kari, ola, number = place.advisor("Kari"), place.advisor("Ola"), place.open().id
    place.do(kari, "take", number)
    place.do(kari, "add_note", number, "call the school", "n")
    place.do(kari, "hand_to", number, ola)
    place.do(ola, "send_on", number, "larvik")
    seen = view(place, place.advisor("Siv", "larvik"), number)
    assert [(event.kind, event.by) for event in seen.events] == [
        ("opened", ""),
        ("claimed", "Kari"),
        ("note", "Kari"),
        ("transferred", "Kari"),
        ("moved", "Ola"),
    ]
    assert seen.events[3].details["to"] == "Ola"
    assert (seen.events[4].details["before"], seen.events[4].details["to"]) == ("Oslo", "Larvik")
    assert [note.words for note in seen.notes] == ["call the school"]


def test_what_lies_around_a_case(place: Place) -> None:
    place.linked()
    kari, ola = place.advisor("Kari"), place.advisor("Ola")
    place.says("person")
    first = place.open().id
    place.do(kari, "take", first)
    place.do(kari, "give_back", first, "answered")
    place.says("person")
    number = place.open().id
    with place.sessions.begin() as session:
        be_present(session, number, kari, place.clock())
        be_present(session, number, ola, place.clock(), writing=True)
    seen = view(place, kari)
    assert seen.plan is not None and seen.plan.participant.name == "Yonas Tekle"
    assert [case.id for case in seen.earlier] == [first]
    assert seen.present == (("Ola", True),)
    place.clock.go_on(seconds=60)
    assert view(place, kari).present == ()


def test_an_unlinked_chat_has_no_plan(place: Place) -> None:
    place.chat()
    place.says("person")
    assert view(place, place.advisor()).plan is None
