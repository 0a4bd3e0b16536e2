"""Every type of message a person can send: answered once, or ignored on purpose."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.rendering import key_of
from bot.conversations.reception import Incoming
from bot.conversations.traffic import outbox
from bot.storage.tables import Message
from bot.storage.traffic_tables import Dispatch
from tests.channels.whatsapp.conftest import House
from tests.fake_messengers.whatsapp import Fault
from tests.fake_messengers.whatsapp_payloads import (
    AMINA,
    SCOPED,
    body_of,
    button_reply,
    file,
    list_reply,
    others,
    quick_reply,
    text,
    value_of,
)

OGG, PDF, JPEG = b"OggS" + b"\0" * 60, b"%PDF-1.7\n" + b"x" * 50, b"\xff\xd8\xff\xe0" + b"x" * 50


@pytest.fixture
def received(house: House, monkeypatch: pytest.MonkeyPatch) -> list[Incoming]:
    """What the reception was handed."""
    seen: list[Incoming] = []
    receive = house.reception.receive

    def watched(incoming: Incoming) -> Any:
        seen.append(incoming)
        return receive(incoming)

    monkeypatch.setattr(house.reception, "receive", watched)
    return seen


def keys(house: House, **pairs: str) -> None:
    with house.sessions.begin() as session:
        outbox.keep_keys(session, pairs)


def test_words_are_answered_in_one_message_with_its_buttons(house: House) -> None:
    house.writes("how much money do I get")
    (sent,) = house.graph.sent_to(AMINA)
    assert sent.body["to"] == AMINA and "recipient" not in sent.body
    assert "answer to how much money do I get" in sent.words
    assert sent.body["type"] == "interactive"
    assert house.departures() == ["accepted"]
    (read,) = house.graph.reads
    assert read["typing_indicator"] == {"type": "text"} and read["message_id"].startswith("wamid.")


def test_a_person_without_telephone_number_is_answered_at_the_id(house: House) -> None:
    house.writes("how much money do I get", SCOPED)
    (sent,) = house.graph.sent_to(SCOPED)
    assert sent.body["recipient"] == SCOPED and "to" not in sent.body and not sent.dropped


def test_the_same_message_three_times_is_one_message(house: House) -> None:
    body = body_of(value_of(text("hei og hå")))
    for _ in range(3):
        assert house.hear(body) == 200
        house.works()
        house.delivers()
    assert house.words_stored() == ["hei og hå"]
    assert len(house.graph.sent) == len(house.assistant.asked) == 1


def test_a_pressed_button_is_its_payload_and_an_unknown_one_its_title(house: House, received: list[Incoming]) -> None:
    keys(house, **{key_of("/more"): "/more"})
    house.hears(button_reply(key_of("/more"), "Mer"))
    house.hears(list_reply(key_of("/more"), "Mer om det"))
    house.hears(quick_reply(key_of("/more"), "Mer"))
    house.hears(button_reply("kUnknown", "Fortell mer"), list_reply("", "Ja takk"), quick_reply("x" * 5000, "Les"))
    assert [one.text for one in received] == ["/more", "/more", "/more", "Fortell mer", "Ja takk", "Les"]
    assert {one.kind for one in received} == {"text"}


def test_a_bare_number_is_what_the_newest_or_the_quoted_list_has_there(house: House, received: list[Incoming]) -> None:
    house.writes("a question")
    with house.sessions.begin() as session:
        dispatch = session.scalars(select(Dispatch)).one()
        dispatch.numbered = ["/first", "/second"]
        older = dispatch.external_id
    house.hears(text("2"), text("٢"), text("3"), text("2 kroner"))
    assert [one.text for one in received[1:]] == ["/second", "/second", "3", "2 kroner"]
    house.delivers()  # newer answers, without numbers
    house.hears(text("1"), text("1", context={"from": "4721000000", "id": older}))
    assert [one.text for one in received[5:]] == ["1", "/first"]


def test_a_number_keeps_its_meaning_while_the_assistant_is_away(house: House) -> None:
    house.writes("a question")
    with house.sessions.begin() as session:
        session.scalars(select(Dispatch)).one().numbered = ["/more"]
    house.assistant.away = True
    house.hears(text("1"))
    with house.sessions.begin() as session:
        session.scalars(select(Dispatch)).one().numbered = []
    house.assistant.away = False
    house.clock.moves(seconds=60)
    house.works()
    assert house.assistant.asked[-1].text == "/more"
    assert house.arrivals_in("waiting") == []


def test_every_other_type_reaches_the_reception_as_what_it_is(house: House, received: list[Incoming]) -> None:
    house.hears(*others().values())
    kinds = dict(zip(others(), (one.kind for one in received), strict=True))
    assert kinds == {
        "location": "location",
        "contacts": "contact",
        "sticker": "sticker",
        "order": "other",
        "unsupported": "other",
        "unsupported_kind": "other",
        "no_content": "other",
        "of_tomorrow": "other",
        "form": "other",
        "edit": "edited",
        "empty": "other",
    }
    assert [one.text for one in received if one.kind == "edited"] == ["what I meant"]
    assert house.arrivals_in("waiting") == house.arrivals_in("failed") == []
    with house.sessions() as session:
        asked = session.scalars(select(Message).where(Message.external_id.is_not(None))).all()
        assert len(asked) == len(received) and all(message.answered_at for message in asked)


def test_an_advertisement_one_came_by_changes_nothing(house: House, received: list[Incoming]) -> None:
    house.hears(text("hei og hå", referral={"source_url": "https://fb.me/x", "headline": "x", "ctwa_clid": "x"}))
    assert [(one.text, one.kind) for one in received] == [("hei og hå", "text")]


@pytest.mark.parametrize(
    ("kind", "content", "mime", "more", "ours"),
    [
        ("audio", OGG, "audio/ogg; codecs=opus", {"voice": True}, "voice"),
        ("audio", OGG, "audio/ogg", {"voice": False}, "voice"),
        ("image", JPEG, "image/jpeg", {"caption": "my letter"}, "photo"),
        ("document", PDF, "application/pdf", {"caption": "my letter", "filename": "../../etc/x<y>.pdf"}, "document"),
    ],
)
def test_files_are_fetched_with_their_caption(
    house: House, received: list[Incoming], kind: str, content: bytes, mime: str, more: dict[str, Any], ours: str
) -> None:
    media_id = house.graph.put_file(content, mime)
    house.hears(file(kind, media_id, content, "text/html", **more))
    (incoming,) = received
    assert (incoming.kind, incoming.text) == (ours, more.get("caption", ""))
    (media,) = incoming.media
    assert (media.kind, media.content, media.problem) == (ours, content, "")
    assert media.content_type == mime.split(";")[0]  # as the API has it, whatever the webhook or the name say
    assert "/" not in media.name


def test_a_film_is_not_fetched(house: House, received: list[Incoming]) -> None:
    house.hears(file("video", house.graph.put_file(b"film", "video/mp4"), b"film", "video/mp4", caption="look"))
    assert [(one.kind, one.text, one.media) for one in received] == [("other", "look", ())]
    assert "media" not in house.graph.calls


@pytest.mark.parametrize(
    ("fault", "problem", "fetched"),
    [("huge", "too_large", 0), ("expired", "not_fetched", 0), ("lying", "too_large", 1), ("hash", "not_fetched", 5)],
)
def test_a_file_that_is_too_large_gone_or_another_one(
    house: House, received: list[Incoming], fault: str, problem: str, fetched: int
) -> None:
    content = b"\xff\xd8\xff" + b"x" * (11_000_000 if fault == "lying" else 100)
    media_id = house.graph.put_file(content, "image/jpeg")
    house.graph.file_faults[media_id] = fault
    house.hears(file("image", media_id, content, "image/jpeg"))
    for _ in range(6):
        house.clock.moves(minutes=1)
        house.works()
    assert [(one.media[0].problem, one.media[0].content) for one in received] == [(problem, b"")]
    assert house.graph.calls.count("download") == fetched


def test_a_file_is_asked_for_again_while_the_api_stumbles_or_the_token_fails(house: House, received: list[Incoming]) -> None:
    media_id = house.graph.put_file(PDF, "application/pdf")
    house.graph.faults["media"].extend([Fault(status=500), Fault(cut="before"), Fault(status=401, answer={"error": {"code": 190}})])
    house.graph.faults["download"].append(Fault(status=503))
    house.hears(file("document", media_id, PDF, "application/pdf"))
    for _ in range(6):
        house.clock.moves(minutes=2)
        house.works()
    assert [one.media[0].content for one in received] == [PDF]


def test_a_message_is_not_kept_waiting_for_a_token_that_nobody_replaces(house: House, received: list[Incoming]) -> None:
    media_id = house.graph.put_file(OGG, "audio/ogg")
    house.graph.faults["media"].extend([Fault(status=401, answer={"error": {"code": 190}})] * 9)
    house.hears(file("audio", media_id, OGG, "audio/ogg", voice=True))
    waited = 0
    while not received and waited < 20:
        house.clock.moves(seconds=61)
        house.works()
        waited += 1
    assert waited == 3 and house.stuck == []  # an advisor would be called after five minutes
    assert [(one.kind, one.media[0].problem) for one in received] == [("voice", "not_fetched")]
    assert house.words_stored() == [""] and house.arrivals_in("waiting") == []


def test_the_address_of_a_file_wants_our_token_and_runs_out(house: House) -> None:
    at = house.channel.graph.media(house.graph.put_file(PDF, "application/pdf"))
    assert at.sha256 == hashlib.sha256(PDF).hexdigest() and at.size == len(PDF)
    assert house.channel.graph.download(at.url, 10**6) == PDF
    assert house.graph.client.get(at.url).status_code == 401
    house.clock.moves(minutes=6)
    assert house.graph.client.get(at.url, headers={"Authorization": "Bearer test-token"}).status_code == 404


def test_a_file_that_came_with_an_answered_message_is_not_fetched_again(house: House) -> None:
    media_id = house.graph.put_file(JPEG, "image/jpeg")
    house.hears(file("image", media_id, JPEG, "image/jpeg"))
    parcel_of = house.graph.calls.count("media")
    with house.sessions.begin() as session:
        from bot.storage.traffic_tables import Arrival

        row = session.scalars(select(Arrival)).one()
        row.state, row.sealed_payload = (
            "waiting",
            house.seal.close('{"kind": "message", "id": "' + row.external_id + '", "message": {"type": "image", "image": {"id": "1"}}}'),
        )
        from bot.conversations.traffic.lanes import IN, wake

        wake(session, IN, "whatsapp", row.chat, house.clock())
    house.works()
    assert house.arrivals_in("waiting") == [] and house.graph.calls.count("media") == parcel_of == 1


def test_read_marks_never_keep_an_answer_from_anybody(house: House) -> None:
    house.graph.faults["read"].extend([Fault(cut="before")])
    house.writes("how much money do I get")
    assert len(house.graph.sent) == 1
    house.writes("and next year")  # no second try for a while
    assert len(house.graph.sent) == 2 and house.graph.calls.count("read") == 1


def test_an_assistant_that_is_away_answers_later(house: House) -> None:
    house.assistant.away = True
    house.writes("how much money do I get")
    assert house.graph.sent == []
    house.assistant.away = False
    house.clock.moves(minutes=1)
    house.works()
    house.delivers()
    assert len(house.graph.sent) == 1
