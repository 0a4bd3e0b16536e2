"""The 24 hours: knocked for once a day, everything else once the person has written."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.whatsapp.templates import template_languages
from bot.content.library import Library
from bot.settings import ROOT
from tests.channels.whatsapp.conftest import House
from tests.fake_messengers.whatsapp import Fault, Sent, error
from tests.fake_messengers.whatsapp_payloads import AMINA, YUSUF, template_news


def kinds(sent: list[Sent]) -> list[str]:
    return [one.body["type"] for one in sent]


def test_within_a_day_everything_goes_out_and_after_it_a_knock(house: House) -> None:
    house.writes("hello")
    house.clock.moves(hours=23)
    house.says("within")
    house.delivers()
    house.clock.moves(hours=2)
    house.says("after")
    house.delivers()
    assert kinds(house.graph.sent)[1:] == ["text", "template"]
    assert house.departures()[-1] == "held" and house.graph.refused == {}


def test_one_knock_for_all_that_waits_and_all_of_it_after_a_word(house: House) -> None:
    house.writes("hello")
    house.clock.moves(hours=30)
    for number in range(3):
        house.says(f"waiting {number}")
    house.delivers()
    assert kinds(house.graph.sent)[1:] == ["template"]
    assert house.departures()[1:] == ["held"] * 3
    house.writes("yes")
    assert [one.words.split("\n")[-1] for one in house.graph.sent[2:5]] == ["waiting 0", "waiting 1", "waiting 2"]
    assert "answer to yes" in house.graph.sent[5].words
    assert house.departures()[1:] == ["accepted"] * 4 and house.graph.refused == {}


def test_a_day_later_it_is_knocked_again_for_something_new(house: House) -> None:
    house.writes("hello")
    for hours in (30, 10, 20):
        house.clock.moves(hours=hours)
        house.says("news")
        house.delivers()
    assert kinds(house.graph.sent)[1:] == ["template", "template"]
    assert house.departures()[1:] == ["held"] * 3


def test_without_a_template_the_advisor_sees_that_it_did_not_arrive(house: House) -> None:
    house.writes("hello")
    house.channel.templates.name = ""
    house.clock.moves(hours=30)
    house.says("lost")
    house.delivers()
    assert house.departures()[-1] == "failed" and house.problems()[-1] == "window_closed"
    assert len(house.graph.sent) == 1


def test_who_never_wrote_is_knocked_for(house: House) -> None:
    house.says("hello", YUSUF)
    house.delivers()
    assert kinds(house.graph.sent_to(YUSUF)) == ["template"]


def test_whatsapp_says_that_the_window_is_closed_though_we_thought_it_open(house: House) -> None:
    house.writes("hello")
    house.graph.faults["messages"].append(Fault(answer=error(131047)))
    house.says("news")
    house.delivers()
    house.clock.moves(seconds=90)
    house.delivers()
    assert kinds(house.graph.sent)[1:] == ["template"] and house.departures()[-1] == "held"
    house.writes("yes")
    assert [one.words.split("\n")[-1] for one in house.graph.sent[2:3]] == ["news"]
    assert house.departures()[-2:] == ["accepted", "accepted"]


def test_whatsapp_says_so_only_after_it_has_taken_the_message(house: House) -> None:
    house.writes("hello")
    number = house.says("news")
    house.delivers()
    house.status("failed", 131047)
    assert house.departures()[-1] == "waiting" and house.dispatches(number) == []
    house.delivers()
    assert kinds(house.graph.sent)[2:] == ["template"] and house.departures()[-1] == "held"
    house.writes("yes")
    assert house.graph.sent[3].words.split("\n")[-1] == "news" and house.departures()[-2:] == ["accepted", "accepted"]


def test_a_knock_that_does_not_arrive_is_shown_at_everything_that_waits(house: House) -> None:
    house.writes("hello")
    house.clock.moves(hours=30)
    house.says("one")
    house.says("two")
    house.delivers()
    assert house.departures()[1:] == ["held", "held"]
    house.status("failed", 131049)
    assert house.departures()[1:] == ["failed", "failed"] and house.problems()[-2:] == ["131049", "131049"]


def test_a_knock_that_stumbles_is_knocked_again(house: House) -> None:
    house.writes("hello")
    house.clock.moves(hours=30)
    house.says("one")
    house.delivers()
    house.status("failed", 131000)
    house.clock.moves(minutes=5)
    house.delivers()
    assert kinds(house.graph.sent)[1:] == ["template", "template"] and house.departures()[-1] == "held"


def test_who_writes_while_we_knock_gets_it_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.writes("hello")
    house.clock.moves(hours=30)
    house.says("news")
    send = house.channel._sender.send

    def interrupted(envelope: Any, part: Any, *rest: Any) -> str:
        found = send(envelope, part, *rest)
        if part.method == "template":
            from tests.fake_messengers.whatsapp_payloads import text

            house.hears(text("are you there"))
        return found

    monkeypatch.setattr(house.channel._sender, "send", interrupted)
    house.delivers()
    assert "news" in house.graph.sent[2].words and house.departures()[-2:] == ["accepted", "accepted"]


def test_news_of_the_template_are_minded(house: House) -> None:
    house.writes("hei og hå")
    house.graph.templates[("knock", "nb")] = "APPROVED"
    for event, language in (("PAUSED", "nb"), ("REJECTED", "en"), ("PAUSED", "ar")):
        assert house.hear(template_news(event, "knock", language)) == 200
    assert house.hear(template_news("APPROVED", "knock", "ar")) == 200
    assert house.hear(template_news("PAUSED", "another", "ar")) == 200
    house.works()
    assert house.channel.templates.usable(["nb", "en", "ar"]) == ["ar"]


def test_every_language_of_ours_has_a_template_language(real_library: Library) -> None:
    languages = template_languages(ROOT / "data")
    for code in real_library.languages:
        assert languages.of(code)[-2:] == ("en", "nb") or code in ("nb", "nn", "en")
        assert set(languages.of(code)) >= {"en", "nb"}
    assert languages.of("ar")[0] == "ar" and languages.of("rw")[0] == "rw_RW"
    assert languages.of("ti") == languages.of("so") == languages.of("am") == ("en", "nb")
    assert languages.of("ps") == ("fa", "en", "nb") and languages.of("nn") == ("nb", "en")


def test_a_knock_is_in_the_language_of_the_person(house: House) -> None:
    house.writes("سلام عليكم كيف الحال", AMINA)
    house.clock.moves(hours=30)
    house.says("news")
    house.delivers()
    assert house.graph.sent[-1].body["template"]["language"]["code"] == "ar"
