"""Statuses: forwards only, in any order, however often; what failed for a passing reason goes out again."""

from __future__ import annotations

import itertools
import random

import pytest

from tests.channels.whatsapp.conftest import House
from tests.fake_messengers.whatsapp import Fault, error
from tests.fake_messengers.whatsapp_payloads import AMINA, YUSUF, body_of, status_value, text, value_of, wamid


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "read"])))
def test_in_whatever_order_they_come_the_furthest_counts(house: House, order: tuple[str, ...]) -> None:
    house.writes("how much money do I get")
    for state in order:
        house.status(state)
        house.status(state)
    assert house.departures() == ["read"]


def test_a_played_recording_was_read_and_what_was_read_has_not_failed(house: House) -> None:
    house.writes("how much money do I get")
    house.status("played")
    house.status("failed", 131026)
    assert house.departures() == ["read"] and house.problems() == [None, None]


def test_a_failure_is_shown_at_the_message_and_nothing_takes_it_back(house: House) -> None:
    house.writes("how much money do I get")
    house.status("sent")
    house.status("failed", 131026)
    house.status("delivered")
    assert house.departures() == ["failed"] and house.problems() == ["131026", "131026"]


@pytest.mark.parametrize("code", [131000, 131016, 131053, 131056, 130429, 131048, 190])
def test_what_failed_for_a_passing_reason_goes_out_again(house: House, code: int) -> None:
    house.writes("how much money do I get")
    house.status("failed", code)
    assert house.departures() == ["waiting"]
    house.clock.moves(minutes=10)
    house.delivers()
    house.status("delivered")
    assert house.departures() == ["delivered"]
    assert len({one.words for one in house.graph.sent}) == 1 and len(house.graph.sent) == 2


@pytest.mark.parametrize("errors", [None, [], [{"title": "no code"}], [{"code": "soon"}], [{"code": None}]])
def test_a_failure_without_a_code_fails_that_message_and_stops_nobody(house: House, errors: list[dict[str, str | None]] | None) -> None:
    house.writes("how much money do I get")
    one = house.graph.sent[-1]
    value = status_value(one.id, "failed", one.token, one.account)
    if errors is not None:
        value["statuses"][0]["errors"] = errors
    house.hear(body_of(value))
    house.works()
    assert house.departures() == ["failed"] and set(house.problems()) == {"-1"}
    house.writes("me too", YUSUF)
    assert len(house.graph.sent_to(YUSUF)) == 1


def test_but_not_for_ever(house: House) -> None:
    house.writes("how much money do I get")
    for _ in range(12):
        house.status("failed", 131000)
        house.clock.moves(minutes=10)
        house.delivers()
    assert house.departures() == ["failed"] and len(house.graph.sent) == 9


def test_one_of_several_parts_failed_and_only_that_one_goes_again(house: House) -> None:
    house.writes("hello")
    number = house.says("x " * 3000)
    house.delivers()
    parts = len(house.dispatches(number))
    assert parts > 1 and len(house.graph.sent) == 1 + parts
    house.status("failed", 131016, number=1)
    for place in range(2, 1 + parts):
        house.status("delivered", number=place)
    house.clock.moves(minutes=1)
    house.delivers()
    assert len(house.graph.sent) == 2 + parts and house.graph.sent[-1].words == house.graph.sent[1].words
    house.status("delivered")
    assert house.departures()[-1] == "delivered"


def test_the_failure_of_an_earlier_sending_says_nothing_of_the_later_one(house: House) -> None:
    house.graph.faults["messages"].append(Fault(cut="after"))
    house.writes("how much money do I get")
    house.clock.moves(minutes=1)
    house.delivers()
    assert len(house.graph.sent) == 2  # nobody knew
    house.status("failed", 131026, number=0)
    assert house.departures() == ["accepted"]


def test_a_status_may_come_before_our_own_note_of_the_message(house: House) -> None:
    early = wamid()
    assert house.hear(body_of(status_value(early, "delivered"))) == 200
    house.works()
    assert house.arrivals_in("waiting") == [f"status:{early}:delivered"]
    for _ in range(8):
        house.clock.moves(seconds=5)
        house.works()
    assert house.arrivals_in("waiting") == house.arrivals_in("failed") == []  # not one of ours


def test_a_status_that_fails_while_its_message_is_being_sent_waits(house: House) -> None:
    house.graph.faults["messages"].append(Fault(cut="after"))
    house.writes("how much money do I get")
    house.status("failed", 131016)
    assert len(house.arrivals_in("waiting")) == 1  # nobody may take away what is being sent
    for _ in range(4):
        house.clock.moves(seconds=50)
        house.delivers()
        house.works()
    assert house.departures() == ["accepted"] and house.arrivals_in("waiting") == []


def test_statuses_do_not_wait_behind_messages(house: House) -> None:
    house.writes("first")
    house.assistant.away = True
    house.hears(text("second"))
    house.status("read")
    assert house.departures() == ["read"]


def test_a_status_with_our_token_alone_finds_its_message(house: House) -> None:
    house.writes("how much money do I get")
    (sent,) = house.graph.sent
    assert house.hear(body_of(status_value(sent.id, "read", token=""))) == 200
    house.works()
    assert house.departures() == ["read"]


def test_many_statuses_doubled_and_shuffled(house: House) -> None:
    for number in range(12):
        house.says(f"word {number}") if number else house.writes("hello")
    for _ in range(12):
        house.delivers()
        house.clock.moves(seconds=10)
    posts = [house.graph.status(one, state) for one in house.graph.sent for state in ("sent", "delivered", "read")] * 2
    random.Random(5).shuffle(posts)
    for post in posts:
        assert house.hear(post) == 200
    house.works()
    assert house.departures() == ["read"] * 12 and len(house.graph.sent) == 12


def test_unsigned_and_foreign_statuses_change_nothing(house: House) -> None:
    house.writes("how much money do I get")
    (sent,) = house.graph.sent
    assert house.hear(body_of(status_value(sent.id, "read", sent.token, number_id="999"))) == 200
    house.works()
    assert house.departures() == ["accepted"]


def test_the_payment_method_of_the_number_stops_everybody(house: House) -> None:
    house.writes("how much money do I get")
    house.status("failed", 131042)
    house.says("news")
    house.delivers()
    assert house.departures() == ["waiting", "waiting"]
    house.clock.moves(minutes=6)
    house.delivers()
    assert house.departures() == ["accepted", "accepted"]


def test_a_group_and_errors_without_number_are_taken(house: House) -> None:
    house.writes("hello")
    value = status_value(house.graph.sent[0].id, "failed", AMINA)
    value["statuses"][0]["errors"] = "none"
    assert house.hear(body_of(value, value_of(text("next")))) == 200
    house.works()
    assert house.arrivals_in("failed") == [] and error(1)["error"]["code"] == 1
