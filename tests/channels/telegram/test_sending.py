"""Sending when things go wrong: what was said arrives once, or the reason stands beside it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from bot.conversations.assistant import SaidMessage
from bot.conversations.history import now, open_conversation, store_unprompted
from bot.conversations.traffic.lanes import OUT, wake
from bot.storage.desk_tables import Attachment
from bot.storage.tables import Conversation, Message
from bot.storage.traffic_tables import ChannelState, Departure, Dispatch
from tests.channels.telegram.setting import Station
from tests.fake_messengers.telegram import GROUP, NAME, OTHER, PERSON, SUPERGROUP, FakeTelegram, Trouble

WAIT = Trouble(429, "Too Many Requests: retry after 7", {"retry_after": 7})
HARMLESS = [WAIT], [Trouble(429, "Too Many Requests")], [WAIT, WAIT, Trouble(401, "Unauthorized")], [Trouble(409, "Conflict")]
UNSURE = [Trouble(500)], [Trouble(502, "Bad Gateway")], [Trouble(cut="before")], [Trouble(cut="after")], [Trouble(cut="after"), WAIT]


def say(station: Station, text: str, account: str = str(PERSON), **more: object) -> None:
    """An advisor says something."""
    with station.sessions.begin() as session:
        said = SaidMessage(text, "en", "ltr", **more)  # type: ignore[arg-type]
        store_unprompted(session, station.seal, open_conversation(session, "telegram", account), said)


@pytest.mark.parametrize("troubles", [*HARMLESS, *UNSURE])
def test_once_whatever_happens(station: Station, telegram: FakeTelegram, troubles: list[Trouble]) -> None:
    telegram.writes("one")
    telegram.trouble("sendMessage", *troubles)
    station.settle()
    telegram.writes("two")
    station.settle()
    assert station.said() == ["answer to one", "answer to two"]
    assert [state for state, _ in station.departures()] == ["accepted", "accepted"]
    assert not any(dispatch.unsure for dispatch in station.dispatches())


def test_the_api_is_not_there(station: Station, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that was never made is no reason to look for anything."""
    telegram.writes("one")
    station.poll()
    real = station.channel.client._api
    elsewhere = "http://127.0.0.1:9"
    monkeypatch.setattr(station.channel.client._bot, "_base_url", f"{elsewhere}/bot{telegram.token}")
    station.work()
    assert station.departures() == [("waiting", "network")]
    assert station.dispatches() == []
    monkeypatch.setattr(station.channel.client._bot, "_base_url", f"{real}/bot{telegram.token}")
    station.settle()
    assert station.said() == ["answer to one"]
    assert telegram.called("editMessageText") == []


def test_a_token_that_is_taken_back_stops_the_channel_and_loses_nothing(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("one")
    telegram.writes("two", OTHER, OTHER)
    telegram.trouble("sendMessage", Trouble(401, "Unauthorized"))
    station.poll()
    station.work()
    with station.sessions() as session:
        state = session.get_one(ChannelState, "telegram")
        assert (state.problem, state.paused_until is None) == ("token", False)
    assert station.said() == []
    station.settle()
    assert sorted(station.said()) == ["answer to one", "answer to two"]


@pytest.mark.parametrize(
    ("trouble", "code", "stopped"),
    [
        (Trouble(403, "Forbidden: bot was blocked by the user"), "blocked", "blocked"),
        (Trouble(403, "Forbidden: user is deactivated"), "deactivated", "deactivated"),
        (Trouble(403, "Forbidden: bot can't initiate conversation with a user"), "forbidden", "forbidden"),
        (Trouble(400, "Bad Request: chat not found"), "no_chat", "no_chat"),
        (Trouble(400, "Bad Request: something new"), "refused", None),
        (Trouble(413, "Request Entity Too Large"), "too_large", None),
    ],
)
def test_never(station: Station, telegram: FakeTelegram, trouble: Trouble, code: str, stopped: str | None) -> None:
    telegram.writes("one")
    telegram.trouble("sendMessage", trouble)
    station.settle()
    assert station.departures() == [("failed", code)]
    assert station.conversations() == {str(PERSON): stopped}
    with station.sessions() as session:
        assert session.scalars(select(Message.problem).order_by(Message.id)).first() is None  # the person's own words arrived
        assert code in session.scalars(select(Message.problem)).all()
    telegram.writes("two")  # whoever writes is there again
    station.settle()
    assert station.said() == ["answer to two"]
    assert station.conversations() == {str(PERSON): None}


def test_an_address_that_telegram_does_not_take(station: Station, telegram: FakeTelegram) -> None:
    refusal = Trouble(400, "Bad Request: inline keyboard button URL 'https://x.example' is invalid: Wrong HTTP URL")
    telegram.writes("hello")
    station.settle()
    telegram.trouble("sendMessage", refusal)
    say(station, "look", choices=({"title": "More", "payload": "/more"}, {"title": "There", "url": "https://x.example"}))
    station.settle()
    sent = telegram.sent(PERSON)[-1]
    assert sent["text"] == "look"
    assert [button["text"] for row in sent["reply_markup"]["inline_keyboard"] for button in row] == ["More"]


def test_the_rates(station: Station) -> None:
    assert station.channel.rates("7").chat_interval == 1.0
    assert 60 / station.channel.rates("-5").chat_interval + station.channel.rates("-5").chat_burst <= 20.2


def test_many_at_once_to_a_strict_api(station: Station, telegram: FakeTelegram) -> None:
    telegram.per_second = 3
    for number in range(12):
        telegram.writes(f"{number}", PERSON if number % 2 else OTHER, PERSON if number % 2 else OTHER)
    station.settle(1000)
    assert station.said(PERSON) == [f"answer to {number}" for number in range(1, 12, 2)]
    assert station.said(OTHER) == [f"answer to {number}" for number in range(0, 12, 2)]


@pytest.mark.parametrize("cut", ["", "before", "after"])
@pytest.mark.parametrize("words", ["", "here it is"])
def test_a_file_of_an_advisor(station: Station, telegram: FakeTelegram, words: str, cut: str) -> None:
    telegram.writes("hello")
    station.settle()
    content = b"%PDF-1.7 \xff words"
    with station.sessions.begin() as session:
        said = SaidMessage(words, "en", "ltr", author="advisor", files=({"token": "t" * 43, "name": "vedtak.pdf"},))
        row = store_unprompted(session, station.seal, open_conversation(session, "telegram", str(PERSON)), said)
        sealed = station.seal.close_bytes(content)
        kind = {"name": "vedtak ÆØÅ.pdf", "content_type": "application/pdf", "size": len(content)}
        session.add(Attachment(message_id=row.id, token="t" * 43, sealed_bytes=sealed, **kind))
    if cut:
        telegram.trouble("sendDocument", Trouble(cut=cut))
    station.settle()
    sent = telegram.sent(PERSON)[1:]
    assert [message["document"] for message in sent] == [{"file_name": "vedtak ÆØÅ.pdf", "content": content.decode("latin-1")}]
    assert sent[0].get("caption", "") == words
    assert not any(dispatch.unsure for dispatch in station.dispatches())


# What was cut off


def cut_off(station: Station) -> None:
    """The worker dies right before Telegram's answer is written down."""
    with station.sessions.begin() as session:
        session.execute(delete(Dispatch))
        departure = session.scalars(select(Departure).order_by(Departure.id.desc())).first()
        assert departure is not None
        departure.state, departure.done_at = "waiting", None
        session.add(Dispatch(departure_id=departure.id, part=0, channel="telegram", token="t" * 22, begun_at=now(), numbered=[]))
        wake(session, OUT, "telegram", departure.chat, now())


def test_found_after_a_crash_among_the_numbers_of_others(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("one")
    telegram.writes("meanwhile", OTHER, OTHER)
    station.poll()
    telegram.trouble("sendMessage", Trouble(cut="after"))
    station.work()
    later = station.again()
    for number in range(4):
        telegram.writes(f"others write {number}", OTHER, OTHER)
    later.settle()
    assert later.said(PERSON) == ["answer to one"]
    assert not any("edited" in message for message in telegram.sent())
    assert len(telegram.called("sendMessage")) == 6


def test_sent_once_when_it_had_not_left(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("one")
    telegram.trouble("sendMessage", Trouble(cut="before"))
    station.settle()
    assert station.said() == ["answer to one"]
    assert not station.dispatches()[0].unsure
    assert 0 < len(telegram.called("editMessageText")) <= 30


def test_looking_goes_on_when_telegram_is_busy(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("one")
    telegram.trouble("sendMessage", Trouble(cut="after"))
    telegram.trouble("editMessageText", WAIT, Trouble(500), Trouble(cut="after"), Trouble(401, "Unauthorized"))
    station.settle()
    assert station.said() == ["answer to one"]
    assert [state for state, _ in station.departures()] == ["accepted"]


def test_nobody_can_tell(station: Station, telegram: FakeTelegram) -> None:
    """Where Telegram refuses to say, it is sent again and marked: twice is better than never."""
    telegram.writes("one")
    telegram.trouble("sendMessage", Trouble(cut="after"))
    telegram.trouble("editMessageText", Trouble(400, "Bad Request: something new"))
    station.settle()
    assert station.said() == ["answer to one", "answer to one"]
    assert [dispatch.unsure for dispatch in station.dispatches()] == [True]


def test_nothing_is_known_of_the_chat(station: Station, telegram: FakeTelegram) -> None:
    """No message of anybody tells where to begin."""
    say(station, "good morning")
    telegram.trouble("sendMessage", Trouble(cut="after"))
    station.settle()
    assert station.said() == ["good morning"] * 2
    assert [dispatch.unsure for dispatch in station.dispatches()] == [True]


def test_found_in_a_supergroup(station: Station, telegram: FakeTelegram) -> None:
    """Its numbers are its own; others speak there without our hearing it."""
    entities = [{"type": "mention", "offset": 0, "length": len(NAME) + 1}]
    telegram.writes(f"@{NAME} one", SUPERGROUP, entities=entities)
    station.poll()
    for _ in range(7):
        telegram.message(SUPERGROUP, OTHER, text="chatter")
    telegram.trouble("sendMessage", Trouble(cut="after"))
    station.settle()
    assert station.said(SUPERGROUP) == ["answer to one"]
    assert not station.dispatches()[0].unsure


def test_a_basic_group_counts_with_private_chats(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("/help", GROUP)
    telegram.writes("hello", OTHER, OTHER)
    telegram.trouble("sendMessage", Trouble(cut="after"), Trouble(cut="after"))
    station.settle()
    assert (len(station.said(GROUP)), station.said(OTHER)) == (1, ["answer to hello"])


def test_a_crash_after_the_message_left(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("one")
    station.settle()
    cut_off(station)
    later = station.again()
    later.settle()
    assert later.said() == ["answer to one"]
    with later.sessions() as session:
        assert session.scalars(select(Conversation.stopped)).all() == [None]
    assert [dispatch.external_id for dispatch in later.dispatches()] == [str(telegram.sent()[0]["message_id"])]
