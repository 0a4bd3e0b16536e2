"""The queue: who is looked at first, who sees what, and what the filters find."""

from __future__ import annotations

import pytest

from bot.desk.colleagues import Colleague, Role
from bot.desk.queue import Queue, Wanted, pulse, queue
from tests.desk.common import Place, at


def seen(place: Place, who: Colleague, **wanted: str) -> Queue:
    with place.sessions() as session:
        return queue(session, place.seal, who, Wanted(**wanted), place.clock())


def order(place: Place, who: Colleague, **wanted: str) -> list[str]:
    """The newest words of the cases, which here name the chat."""
    return [row.excerpt.split(":")[0] for row in seen(place, who, **wanted).rows]


def ask(place: Place, account: str, words: str, municipality: str = "oslo", language: str = "en") -> None:
    place.chat(account, municipality, language)
    place.says(f"{account}: {words}", account)
    place.clock.go_on(minutes=10)


@pytest.fixture
def kari(place: Place) -> Colleague:
    return place.advisor()


def test_danger_first_then_money_then_who_should_be_answered_first(place: Place, kari: Colleague) -> None:
    ask(place, "first", "a person")
    ask(place, "second", "a person")
    ask(place, "money", "it ends")
    ask(place, "danger", "violence")
    assert order(place, kari) == ["danger", "money", "first", "second"]
    place.do(kari, "take", place.open("first").id)
    assert order(place, kari) == ["danger", "money", "first", "second"]  # taken is not answered
    place.do(kari, "say_text", place.open("first").id, "Hello", "k", "en")
    assert order(place, kari) == ["danger", "money", "second", "first"]  # nobody waits there any more
    assert order(place, kari, state="waiting") == ["danger", "money", "second"]
    assert order(place, kari, state="mine") == order(place, kari, state="held") == ["first"]


def test_without_opening_hours_who_has_waited_longest_comes_first_after_those_with_a_target(place: Place, kari: Colleague) -> None:
    ask(place, "nowhere1", "a person", "")
    ask(place, "nowhere2", "a person", "")
    ask(place, "oslo", "a person")
    assert order(place, kari) == ["oslo", "nowhere1", "nowhere2"]


def test_who_sees_which_cases(place: Place, kari: Colleague) -> None:
    ask(place, "o", "a person", "oslo"), ask(place, "l", "a person", "larvik"), ask(place, "n", "a person", "")
    larvik, boss = place.advisor("Siv", "larvik"), place.advisor("Berit", "", Role.ADMINISTRATOR)
    local = place.advisor("Leo", "larvik", Role.ADMINISTRATOR)
    assert sorted(order(place, kari)) == ["n", "o"]
    assert sorted(order(place, larvik)) == sorted(order(place, local)) == ["l", "n"]
    assert sorted(order(place, boss)) == ["l", "n", "o"]
    assert seen(place, kari).counts == {"open": 2, "waiting": 2, "held": 0, "mine": 0}
    assert order(place, kari, municipality="larvik") == []


def test_the_filters(place: Place, kari: Colleague) -> None:
    ask(place, "a", "a person", language="en"), ask(place, "b", "violence", language="ar"), ask(place, "c", "it ends", language="ar")
    assert sorted(order(place, kari, language="ar")) == ["b", "c"]
    assert order(place, kari, reason="crisis") == ["b"]
    assert order(place, kari, reason="money_ending", language="ar") == ["c"]
    assert order(place, kari, words="VIOLENCE") == ["b"]
    assert order(place, kari, words=str(place.open("a").id)) and order(place, kari, words="nothing like it") == []
    number = place.open("a").id
    place.do(kari, "take", number)
    place.do(kari, "give_back", number, "answered")
    assert order(place, kari, state="closed") == ["a"] and len(seen(place, kari).rows) == 2


def test_a_row_says_what_one_needs(place: Place, kari: Colleague) -> None:
    place.linked()
    place.says("I  want\na person, " + "please " * 40)
    row = seen(place, kari).rows[0]
    assert (row.reason, row.priority, row.state, row.language, row.municipality, row.channel) == (
        "asked",
        3,
        "waiting",
        "en",
        "oslo",
        "web",
    )
    assert row.participant == "Yonas Tekle" and row.excerpt.startswith("I want a person, please") and len(row.excerpt) == 120
    assert row.waiting_since == place.clock() and row.target_at == at("2026-11-24 10:00") and not row.late
    assert seen(place, kari, words="yonas").rows and (row.holder, row.mine) == ("", False)
    place.clock.now = at("2026-11-24 10:01")
    assert seen(place, kari).rows[0].late
    place.do(kari, "take", row.id)
    taken = seen(place, kari).rows[0]
    assert (taken.holder, taken.mine, taken.late) == ("Kari", True, True)
    assert seen(place, place.advisor("Ola")).counts == {"open": 1, "waiting": 0, "held": 1, "mine": 0}


def test_the_pulse_changes_with_everything_that_changes_the_queue(place: Place, kari: Colleague) -> None:
    pulses = []

    def beat() -> None:
        with place.sessions() as session:
            pulses.append(pulse(session, kari))

    beat()
    ask(place, "a", "a person")
    beat()
    number = place.open("a").id
    for action, more in (("take", ()), ("say_text", ("Hello", "k", "en")), ("put_back", ()), ("give_back", ("not_needed",))):
        place.do(kari, action, number, *more)
        beat()
    assert len(set(pulses)) == len(pulses)
    beat()
    assert pulses[-1] == pulses[-2]
    ask(place, "elsewhere", "a person", "larvik")
    beat()
    assert pulses[-1] == pulses[-2]  # of no concern to Oslo
