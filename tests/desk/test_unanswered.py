"""Whose message waits is told so, and an advisor is called once; what an advisor decided is not undone by the next try."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from bot.conversations.channel import Unanswered
from bot.desk.unanswered import Patience
from bot.storage.desk_tables import CaseEvent
from bot.storage.tables import ConversationState
from tests.desk.common import Place


@pytest.fixture
def patience(place: Place) -> Patience:
    return Patience(place.sessions, place.desk, "nb")


def waiting(place: Place, account: str = "7001", given_up: bool = False) -> Unanswered:
    return Unanswered("telegram", account, place.clock() - dt.timedelta(minutes=6), given_up)


def test_the_person_hears_once_that_it_takes_longer(place: Place, patience: Patience) -> None:
    place.chat("7001", channel="telegram")
    for _ in range(3):
        patience.slow(waiting(place))
    assert place.keys("7001") == ["answer_later"]
    assert place.case("7001") is None


def test_an_advisor_is_called_once_and_what_they_decide_holds(place: Place, patience: Patience) -> None:
    place.chat("7001", channel="telegram")
    told = waiting(place)
    for _ in range(5):
        patience.stuck(told)
    case = place.open("7001")
    assert (case.reason, case.state) == ("low_confidence", "waiting") and place.keys("7001") == ["handover_done"]
    with place.sessions() as session:
        assert [event.kind for event in session.scalars(select(CaseEvent))] == ["opened"]
    who = place.advisor("Kari")
    place.do(who, "take", case.id)
    place.do(who, "give_back", case.id, "answered")
    patience.stuck(told)
    assert place.conversation("7001").state is ConversationState.ASSISTANT


def test_a_message_that_was_given_up_is_told_although_a_case_is_open(place: Place, patience: Patience) -> None:
    place.chat("7001", channel="telegram")
    place.says("person", "7001")
    patience.stuck(waiting(place, given_up=True))
    assert place.keys("7001")[-1] == "handover_done"


def test_in_a_group_nobody_is_called(place: Place, patience: Patience) -> None:
    place.chat("-5:7001", channel="telegram")
    patience.stuck(waiting(place, "-5:7001"))
    assert place.keys("-5:7001") == []
    patience.stuck(waiting(place, "-5:7001", given_up=True))
    assert place.keys("-5:7001") == ["trouble"] and place.case("-5:7001") is None


def test_who_has_no_conversation_yet_gets_one(place: Place, patience: Patience) -> None:
    place.channels["7009"] = "telegram"
    patience.stuck(waiting(place, "7009"))
    assert place.case("7009") is not None
