"""Polls of a class as Telegram's own: sent with the text before them, their totals told, never sent twice because of a slip of ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from bot.channels.telegram.polls import LONGEST_OPEN, poll_part, totals_of
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import open_conversation, store_unprompted
from tests.channels.telegram.setting import Station
from tests.fake_messengers.telegram import GROUP, PERSON, FakeTelegram, Trouble

NOW = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
POLL = {"id": 7, "question": "Hva vil du?", "options": ["Ja", "Nei"], "kind": "poll", "right": None, "because": ""}


class Room:
    """What the courses would note."""

    def __init__(self) -> None:
        self.polls: dict[str, int] = {}
        self.totals: dict[str, list[int]] = {}

    def group_poll(self, session: Session, poll: int, external_id: str) -> None:
        self.polls[external_id] = poll

    def group_totals(self, session: Session, external_id: str, counts: Sequence[int]) -> None:
        self.totals[external_id] = list(counts)


def say(station: Station, account: str = f"{GROUP}:everybody", poll: dict = POLL) -> None:
    with station.sessions.begin() as session:
        chat = open_conversation(session, "telegram", account)
        store_unprompted(session, station.seal, chat, SaidMessage("Svar her", "nb", "ltr", "poll", poll=poll))


def polls(telegram: FakeTelegram, chat: int = GROUP) -> list[dict]:
    return [sent["poll"] for sent in telegram.sent(chat) if "poll" in sent]


def test_text_then_poll_then_totals(station: Station, telegram: FakeTelegram) -> None:
    room = station.reception.classroom = Room()  # type: ignore[assignment]
    closes_at = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).isoformat()
    say(station, poll={**POLL, "closes_at": closes_at})
    station.settle()
    assert [sent.get("text", "poll") for sent in telegram.sent(GROUP)] == ["Svar her", "poll"]
    (sent,) = polls(telegram)
    assert (sent["question"], [option["text"] for option in sent["options"]], sent["is_anonymous"]) == ("Hva vil du?", ["Ja", "Nei"], True)
    assert room.polls == {sent["id"]: 7}
    assert telegram.called("sendPoll")[0]["close_date"] > 0
    for option in (1, 1, 0):
        telegram.votes(option)
    station.settle()
    assert room.totals == {sent["id"]: [1, 2]}
    assert "poll" in telegram.called("getUpdates")[-1]["allowed_updates"]


def test_a_quiz_has_its_right_answer_and_reason(station: Station, telegram: FakeTelegram) -> None:
    say(station, poll={**POLL, "kind": "quiz", "right": 1, "because": "Fordi."})
    station.settle()
    assert polls(telegram)[0]["type"] == "quiz"
    assert telegram.called("sendPoll")[0]["explanation"] == "Fordi."


def test_in_a_persons_own_chat_there_is_no_native_poll(station: Station, telegram: FakeTelegram) -> None:
    say(station, str(PERSON))
    station.settle()
    assert polls(telegram, PERSON) == [] and station.said(PERSON) == ["Svar her"]


def test_a_poll_cut_off_is_sent_again_and_marked(station: Station, telegram: FakeTelegram) -> None:
    """Nobody can tell whether it left; twice is better than never."""
    telegram.trouble("sendPoll", Trouble(cut="after"))
    say(station)
    station.settle()
    assert len(polls(telegram)) == 2
    assert [one.unsure for one in station.dispatches()] == [False, True]


def test_a_slip_of_ours_does_not_send_it_again(station: Station, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> None:
    room = station.reception.classroom = Room()  # type: ignore[assignment]

    def broken(*_: object) -> None:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("x", {}, Exception("away"))

    monkeypatch.setattr(room, "group_poll", broken)
    say(station)
    station.settle()
    assert len(polls(telegram)) == 1 and station.departures()[-1][0] == "accepted"


def test_limits() -> None:
    long = {
        **POLL,
        "question": "å" * 400,
        "options": ["x" * 150, "y"],
        "closes_at": (NOW + dt.timedelta(seconds=LONGEST_OPEN + 9)).isoformat(),
    }
    body = poll_part(long, NOW).body
    assert len(body["question"]) <= 300 and len(body["options"][0]["text"]) <= 100 and "close_date" not in body


@pytest.mark.parametrize("poll", [None, {}, {"id": 3, "options": []}, {"id": "x", "options": "no"}, [], "x"])
def test_what_is_no_poll(poll: object) -> None:
    assert totals_of(poll) is None


def test_strange_counts_are_none() -> None:
    assert totals_of({"id": "x", "options": [{"voter_count": -2}, {"voter_count": "3"}, None, {"voter_count": 4}]}) == ("x", [0, 0, 0, 4])
