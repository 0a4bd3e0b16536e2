"""What stands on a button may be typed; figures alone are no cry for help; a place's name answers the question for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.assistant import Asked, SaidMessage, Understood
from bot.conversations.titles import says_no_words
from bot.storage.sealing import Seal
from tests.desk.common import Place

SHOWN = ({"title": "Стоп", "payload": "/more"}, {"title": "\u2068A2\u2069 …", "payload": "/support"}, {"title": "Там", "url": "https://x"})


@pytest.fixture
def place(sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> Place:
    made = Place(sessions, seal, real_library)
    made.chat(municipality="")
    return made


def shows(place: Place, monkeypatch: pytest.MonkeyPatch, choices: tuple[dict[str, str], ...] = SHOWN) -> list[str]:
    """The assistant offers choices with every answer; what it is asked."""
    asked: list[str] = []

    def ask(given: Asked) -> Understood:
        asked.append(given.text)
        return Understood((SaidMessage("look", given.language, "ltr", key="stonad_amount", choices=choices),), "stonad_amount", 0.9)

    monkeypatch.setattr(place.assistant, "ask", ask)
    return asked


@pytest.mark.parametrize(
    ("typed", "sends"), [("стоп", "/more"), (" Стоп! ", "/more"), ("a2", "/support"), ("Там", "Там"), ("зупинка", "зупинка")]
)
def test_a_typed_title_is_the_button(place: Place, monkeypatch: pytest.MonkeyPatch, typed: str, sends: str) -> None:
    monkeypatch.setattr(place.library, "has_topic", lambda topic: topic in ("more", "support", "stonad_amount"), raising=False)
    asked = shows(place, monkeypatch)
    place.says("hello")
    place.says(typed)
    assert asked[-1] == sends
    place.says("something else")
    assert asked[-1] == "something else"


def test_two_buttons_with_one_title_are_none(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = shows(place, monkeypatch, ({"title": "Yes", "payload": "/more"}, {"title": "yes", "payload": "/support"}))
    place.says("hello")
    place.says("yes")
    assert asked[-1] == "yes"


@pytest.mark.parametrize(
    ("text", "none"), [("1", True), ("11.", True), ("!", True), ("٣", True), ("112", False), ("113", False), ("1 a", False)]
)
def test_figures_and_signs_are_no_words(text: str, none: bool) -> None:
    assert says_no_words(text) is none


def test_a_figure_alone_calls_nobody(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The classifier takes a bare 1 for an emergency."""
    understood = place.assistant.ask
    monkeypatch.setattr(place.assistant, "ask", lambda asked: understood(replace(asked, text="emergency") if asked.text == "1" else asked))
    assert [message.key for message in place.says("1").messages][0] != "emergency"
    assert place.case("ali") is None
    assert "emergency" in [message.key for message in place.says("emergency").messages]


def test_a_guide_that_took_the_figure_calls_nobody(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    said = SaidMessage("and then?", "en", "ltr", key="guide_absence")
    monkeypatch.setattr(place.assistant, "ask", lambda asked: Understood((said,), "emergency", 0.9))
    place.says("3 hours")
    assert place.case("ali") is None


def test_the_name_of_a_place_answers_whose_advisors_help(place: Place) -> None:
    place.says("person")
    assert place.open().municipality == ""
    place.assistant.municipality = "oslo"
    reply = place.says("Oslo")
    assert [message.key for message in reply.messages] == ["handover_already"]
    assert place.open().municipality == "oslo"
    assert [message.key for message in place.says("how much money do I get in Oslo then?").messages] == ["stonad_amount"]
