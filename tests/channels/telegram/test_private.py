"""A person's own chat with the bot: everything is stored once and answered once, whatever it is."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.channels.telegram import albums
from bot.channels.telegram.attachments import LARGEST
from bot.plans.link_codes import new_code
from tests.channels.telegram.setting import Station, an_hour_ago, until
from tests.fake_messengers.telegram import OTHER, PERSON, FakeTelegram, Trouble

FILES = {
    "voice": {"voice": {"file_id": "f", "duration": 4, "mime_type": "audio/ogg", "file_size": 30}},
    "audio": {"audio": {"file_id": "f", "duration": 4, "mime_type": "audio/mpeg", "file_name": "memo.mp3", "file_size": 30}},
    "photo": {"photo": [{"file_id": "small", "width": 90, "height": 90}, {"file_id": "f", "width": 800, "height": 600, "file_size": 30}]},
    "document": {"document": {"file_id": "f", "file_name": "vedtak.pdf", "mime_type": "application/pdf", "file_size": 30}},
    "video": {"video": {"file_id": "f", "duration": 3, "width": 2, "height": 2}},
    "video_note": {"video_note": {"file_id": "f", "length": 2, "duration": 3}},
}
OTHERS = {
    "animation": {"animation": {"file_id": "g"}, "document": {"file_id": "g"}},
    "location": {"location": {"latitude": 59.91, "longitude": 10.75}},
    "live": {"location": {"latitude": 59.91, "longitude": 10.75, "live_period": 900}},
    "venue": {"venue": {"location": {"latitude": 59.91, "longitude": 10.75}, "title": "Voksenopplæringen", "address": "Gata 1"}},
    "contact": {"contact": {"phone_number": "+4790000000", "first_name": "Ola"}},
    "sticker": {"sticker": {"file_id": "s", "emoji": "👍", "type": "regular", "width": 512, "height": 512}},
    "poll": {"poll": {"id": "1", "question": "?", "options": [{"text": "a", "voter_count": 0}]}},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "story": {"story": {"id": 3, "chat": {"id": 9, "type": "private"}}},
    "unknown": {"something_of_next_year": {"a": [1, 2]}},
    "blank": {"text": "\u0000 \u0007"},
}


def test_a_question_gets_its_answer(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("how much money")
    station.settle()
    assert station.said(PERSON) == ["answer to how much money"]
    assert station.heard(str(PERSON)) == ["how much money"]
    until(lambda: telegram.called("sendChatAction"))
    assert station.departures() == [("accepted", None)]


def test_replayed_three_times_and_out_of_order(station: Station, telegram: FakeTelegram) -> None:
    first, second, third = telegram.writes("one"), telegram.writes("two"), telegram.writes("three", OTHER, OTHER)
    assert station.put(third, second, first) == 3
    assert station.put(first, second, third, first) == 0
    station.work()
    station.settle()
    assert station.put(second, first, third) == 0
    station.settle()
    assert station.said(PERSON) == ["answer to one", "answer to two"]  # in Telegram's order
    assert station.said(OTHER) == ["answer to three"]


def test_worked_on_twice(station: Station, telegram: FakeTelegram) -> None:
    """A worker died after the answer was stored and before the update was marked as done."""
    parcels = [station.channel.parcel(telegram.writes("one"))]
    parcels.append(station.channel.parcel(telegram.update("message", telegram.message(**FILES["voice"]))))
    telegram.files["f"] = b"OggS nothing to hear"
    for _ in range(3):
        for parcel in parcels:
            assert parcel is not None
            station.channel.work(parcel)
    station.settle()
    assert len(station.said(PERSON)) == 2
    assert len(telegram.called("getFile")) == 1


@pytest.mark.parametrize("kind", [*FILES, *OTHERS])
def test_nothing_is_met_with_silence(station: Station, telegram: FakeTelegram, kind: str) -> None:
    telegram.files["f"] = b"not what it says it is"
    update = telegram.update("message", telegram.message(**(FILES | OTHERS)[kind]))
    station.put(update, update)
    station.settle()
    assert len(telegram.sent(PERSON)) == 1
    assert telegram.sent(PERSON)[0]["text"]
    assert station.put(update) == 0
    assert station.stuck == []


@pytest.mark.parametrize("field", ["pinned_message", "new_chat_title", "write_access_allowed", "message_auto_delete_timer_changed"])
def test_what_telegram_writes_itself_is_no_message(station: Station, telegram: FakeTelegram, field: str) -> None:
    telegram.update("message", telegram.message(**{field: {"text": "x"}}))
    station.settle()
    assert station.said() == []
    assert station.heard() == []


def test_a_caption_is_the_question(station: Station, telegram: FakeTelegram) -> None:
    telegram.files["f"] = b"\xff\xd8\xff\xe0 a picture"
    telegram.update("message", telegram.message(caption="what is this letter", **FILES["photo"]))
    station.settle()
    assert station.heard() == ["what is this letter"]
    assert "answer to what is this letter" in station.said()[0]


def test_a_file_that_is_too_large_is_not_fetched(station: Station, telegram: FakeTelegram) -> None:
    telegram.update("message", telegram.message(document={"file_id": "f", "file_name": "a.pdf", "file_size": LARGEST + 1}))
    station.settle()
    assert "media_too_large" in station.said()[0]
    assert telegram.called("getFile") == []


def test_a_file_that_cannot_be_had_at_once(station: Station, telegram: FakeTelegram) -> None:
    telegram.files["f"] = b"OggS not really"
    telegram.trouble("getFile", Trouble(502, "Bad Gateway"), Trouble(429, "Too Many Requests", {"retry_after": 3}), Trouble(cut="before"))
    telegram.update("message", telegram.message(**FILES["voice"]))
    station.settle()
    assert len(telegram.called("getFile")) == 4
    assert len(station.said()) == 1
    assert "media_not_fetched" not in station.said()[0]


def test_a_file_that_cannot_be_had_at_all(station: Station, telegram: FakeTelegram) -> None:
    telegram.trouble("getFile", *[Trouble(500)] * 20)
    telegram.update("message", telegram.message(**FILES["voice"]))
    telegram.writes("hello?")
    station.settle()
    assert "media_not_fetched" in station.said()[0]
    assert station.said()[1] == "answer to hello?"
    assert len(telegram.called("getFile")) == 5


def test_an_album_is_answered_once(station: Station, telegram: FakeTelegram) -> None:
    telegram.files["f"] = b"\xff\xd8\xff\xe0 a picture"
    updates = [
        telegram.update("message", telegram.message(media_group_id="album", date=an_hour_ago(), **FILES["photo"], **caption))
        for caption in ({}, {"caption": "my letter"}, {})
    ]
    station.put(*reversed(updates))
    station.settle()
    station.put(*updates)
    station.settle()
    assert len(telegram.sent(PERSON)) == 1
    assert station.heard() == ["my letter"]
    assert len(telegram.called("getFile")) == 3  # every picture of it


def test_an_album_that_is_still_coming(station: Station, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    monkeypatch.setattr(albums, "now", lambda: moment)
    telegram.files["f"] = b"\xff\xd8\xff\xe0 a picture"
    album = {"media_group_id": "album", "date": int(moment.timestamp()), **FILES["photo"]}
    station.put(telegram.update("message", telegram.message(**album)))
    station.work()
    assert station.said() == []
    assert station.arrivals_in("waiting") == 1
    moment += dt.timedelta(seconds=albums.COMPLETE)
    station.settle()
    assert len(station.said()) == 1
    telegram.update("message", telegram.message(**album))  # too late for its album, but not lost
    station.settle()
    assert len(station.said()) == 2
    assert len(station.heard()) == 2


def test_a_button(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("how much money")
    station.settle()
    update = telegram.presses("More")
    station.put(update, update)
    station.settle()
    assert station.said(PERSON) == ["answer to how much money", "answer to /more"]
    until(lambda: telegram.called("answerCallbackQuery"))
    assert telegram.sent(PERSON)[0]["reply_markup"]  # it stays


def test_a_button_nobody_knows(station: Station, telegram: FakeTelegram) -> None:
    """Of a database that is not there any more; its message is too old to come with it."""
    old = {"message_id": 3, "chat": telegram.chat(PERSON), "date": 0}
    query = {"id": "77", "from": telegram.person(), "chat_instance": "1", "data": "k-of-long-ago"}
    telegram.update("callback_query", {**query, "message": old})
    telegram.update("callback_query", {**query, "id": "78"})
    station.settle()
    assert [asked.text for asked in station.assistant.asked] == ["help_menu", "help_menu"]
    assert len(station.said(PERSON)) == 2
    until(lambda: {body["callback_query_id"] for body in telegram.called("answerCallbackQuery")} == {"77", "78"})


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("/start", "greet"),
        ("/start@VeiviserTestBot", "greet"),
        ("/start nonsense", "greet"),
        ("/start support", "/support"),
        ("/help", "help_menu"),
        ("/HELP", "help_menu"),
        ("/language", "/choose_language"),
        ("/human", "/talk_to_human"),
        ("/plan", "/my_plan"),
        ("/nothing_like_this", "help_menu"),
        ("/ 5", "5"),
    ],
)
def test_commands(station: Station, telegram: FakeTelegram, typed: str, asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []
    monkeypatch.setattr(station.reception, "receive", lambda incoming: heard.append(incoming))
    telegram.writes(typed, entities=[{"type": "bot_command", "offset": 0, "length": len(typed.split()[0])}])
    station.settle()
    assert [one.text.lstrip("/ ") for one in heard] == [asked.lstrip("/")]


def test_a_code_in_a_link_links(office: Station, telegram: FakeTelegram) -> None:
    """The code is nobody's, so what is said shows that it was read as a code, and the assistant has not seen it."""
    telegram.writes(f"/start {new_code()}")
    office.settle()
    assert office.assistant.asked == []
    assert office.said() == [office.library.phrase("link_unknown", "en")]


def test_an_edited_message_is_not_answered_again(station: Station, telegram: FakeTelegram) -> None:
    written = telegram.writes("how much mony")["message"]
    station.settle()
    edit = telegram.update("edited_message", {**written, "text": "how much money", "edit_date": an_hour_ago()})
    same = telegram.update("edited_message", {**written, "edit_date": an_hour_ago() + 1})  # a preview was added: no new words
    station.put(edit, same, edit)
    station.settle()
    station.put(same, edit)
    station.settle()
    assert len(station.said()) == 2
    assert "media_edited" in station.said()[1]
    assert station.heard() == ["how much mony", "how much money"]
    assert len([asked for asked in station.assistant.asked if asked.text.startswith("how much")]) == 1


def test_an_edit_of_a_message_that_never_came_is_the_message(station: Station, telegram: FakeTelegram) -> None:
    message = telegram.message(text="hello")
    telegram.update("edited_message", {**message, "text": "hello you", "edit_date": an_hour_ago()})
    station.settle()
    telegram.update("message", message)
    station.settle()
    assert station.said() == ["answer to hello you"]


def test_a_place_that_moves_on(station: Station, telegram: FakeTelegram) -> None:
    message = telegram.message(location={"latitude": 59.0, "longitude": 10.0, "live_period": 900})
    telegram.update("message", message)
    for step in range(3):
        telegram.update("edited_message", {**message, "location": {"latitude": 59.0 + step, "longitude": 10.0}, "edit_date": step})
    station.settle()
    assert len(station.said()) == 1


def test_blocked_and_back(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("hello")
    station.settle()
    blocked = {"chat": telegram.chat(PERSON), "from": telegram.person(), "date": 1, "old_chat_member": {"status": "member"}}
    telegram.update("my_chat_member", {**blocked, "new_chat_member": {"status": "kicked"}})
    station.settle()
    assert station.conversations() == {str(PERSON): "blocked"}
    telegram.update("my_chat_member", {**blocked, "new_chat_member": {"status": "member"}})
    station.settle()
    assert station.conversations() == {str(PERSON): None}
    assert len(station.said()) == 1


def test_the_language_of_the_app_is_a_hint(office: Station, telegram: FakeTelegram) -> None:
    message = telegram.message(text="/start")
    telegram.update("message", {**message, "from": telegram.person(language_code="nb-NO")})
    office.settle()
    assert office.assistant.asked[0].language == "nb"


def test_votes_and_strange_updates_have_no_effect(station: Station, telegram: FakeTelegram) -> None:
    telegram.update("poll_answer", {"poll_id": "1", "user": telegram.person(), "option_ids": [0]})
    telegram.update("of_next_year", {"chat": telegram.chat(PERSON)})
    telegram.update("message", {"message_id": 1, "chat": {"id": -1009, "type": "channel", "title": "x"}, "date": 1, "text": "news"})
    station.settle()
    assert station.said() == []
    assert station.heard() == []
    assert station.arrivals_in("done") == 1  # the vote, kept until it means something
