"""The webhook: verified and signed, or refused without effect; stored before it is acknowledged."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker

from bot.channels.whatsapp.signature import HEADER, signature_of, signed
from bot.channels.whatsapp.webhook import LARGEST, PATH
from tests.channels.whatsapp.conftest import House
from tests.fake_messengers.whatsapp import sign
from tests.fake_messengers.whatsapp_payloads import AMINA, SCOPED, YUSUF, account_news, body_of, ignored, others, text, value_of

SECRET = "a secret of an app"
VERIFY = {"hub.mode": "subscribe", "hub.verify_token": "test-verify-token", "hub.challenge": "1158201444"}


def post(house: House, raw: bytes, **headers: str) -> int:
    return house.client.post(PATH, content=raw, headers={HEADER: sign(house.graph.secret, raw), **headers}).status_code


def test_meta_verifies_the_address_with_our_token_only(house: House) -> None:
    right = house.client.get(PATH, params=VERIFY)
    assert (right.status_code, right.text) == (200, "1158201444")
    assert right.headers["content-type"].startswith("text/plain")
    for wrong in (
        {"hub.verify_token": "test-verify-tokem"},
        {"hub.verify_token": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": "é"},
    ):
        assert house.client.get(PATH, params=VERIFY | wrong).status_code == 403
    assert house.client.get(PATH, params={"hub.mode": "subscribe"}).status_code == 403
    house.settings.whatsapp_verify_token = ""
    assert house.client.get(PATH, params=VERIFY | {"hub.verify_token": ""}).status_code == 403


def test_what_is_not_signed_with_our_secret_has_no_effect(house: House) -> None:
    raw, headers = house.graph.signed(body_of(value_of(text("hei"))))
    right = headers[HEADER]
    forged = [
        "",
        right[:-1],
        right.upper(),
        right.removeprefix("sha256="),
        "sha1=" + right[7:],
        right + " ",
        sign("other", raw),
        sign("", raw),
    ]
    for wrong in (*forged, "sha256=" + "0" * 64, "sha256=" + "٣" * 64):
        assert post(house, raw, **{HEADER: wrong.encode()}) == 401  # type: ignore[arg-type]
    assert house.client.post(PATH, content=raw).status_code == 401
    assert house.client.post(PATH, content=raw, headers=[(HEADER, right), (HEADER, right)]).status_code == 401
    assert house.client.post(PATH, content=raw + b" ", headers=headers).status_code == 401
    house.settings.whatsapp_app_secret = ""
    assert house.client.post(PATH, content=raw, headers={HEADER: sign("", raw)}).status_code == 401
    assert house.arrivals_in("waiting") == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[]",
        b'"text"',
        b"null",
        b"{}",
        b'{"object": "page", "entry": []}',
        b'{"object": "whatsapp_business_account"}',
        b'{"object": "whatsapp_business_account", "entry": {}}',
        b"[" * 200_000,
    ],
)
def test_signed_but_no_webhook_is_refused(house: House, raw: bytes) -> None:
    assert post(house, raw) == 400
    assert house.arrivals_in("waiting") == []


def test_a_body_beyond_three_megabytes_is_refused_announced_or_not(house: House) -> None:
    raw = b" " * (LARGEST + 1)
    assert post(house, raw) == 413
    assert house.client.post(PATH, content=iter([raw]), headers={HEADER: sign(house.graph.secret, raw)}).status_code == 413
    largest = json.dumps(body_of(value_of(text("hei")))).encode()
    assert post(house, largest + b" " * (LARGEST - len(largest))) == 200


def test_messages_of_another_number_are_ignored_without_a_word_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    foreign = value_of(text("a very private word"), number_id="999")
    own = text("hei")
    assert house.hear(body_of(foreign, value_of(own), {"messaging_product": "whatsapp"})) == 200
    assert house.arrivals_in("waiting") == [own["id"]]
    assert "another telephone number" in caplog.text
    assert "private" not in caplog.text and AMINA not in caplog.text


def test_every_message_and_status_of_every_change_is_stored_once_and_in_order(house: House) -> None:
    first, second, third = text("1"), text("2", YUSUF), text("3", SCOPED)
    body = body_of(value_of(first, first, second), value_of(third))
    body["entry"].append(body_of(value_of(first))["entry"][0])
    for _ in range(3):
        assert house.hear(body) == 200
    assert house.arrivals_in("waiting") == [first["id"], second["id"], third["id"]]
    house.works()
    assert house.words_stored() == ["1", "2", "3"]


def test_messages_come_out_of_order_and_are_answered_in_order(house: House) -> None:
    messages = [text(f"word {number}", at=1795000000 + number) for number in range(8)]
    bodies = [body_of(value_of(one)) for one in messages for _ in range(3)]
    random.Random(3).shuffle(bodies)
    for body in bodies:
        assert house.hear(body) == 200
    house.works()
    assert house.words_stored() == [f"word {number}" for number in range(8)]


def test_what_nobody_answers_is_ignored_on_purpose(house: House) -> None:
    for name, value in ignored().items():
        assert house.hear(body_of(value)) == 200, name
    assert house.arrivals_in("waiting") == []


def test_news_of_the_account_are_taken_once_and_foreign_fields_ignored(house: House) -> None:
    for news in account_news() * 2:
        assert house.hear(news) == 200
    assert len(house.arrivals_in("waiting")) == 2
    house.works()
    assert house.arrivals_in("waiting") == house.arrivals_in("failed") == []


def test_no_name_place_or_card_of_anybody_is_kept(house: House) -> None:
    house.hear(body_of(*(value_of(one) for one in others().values())))
    with house.sessions() as session:
        from bot.storage.traffic_tables import Arrival

        kept = "".join(json.dumps(house.inbox.parcel(row).payload) for row in session.query(Arrival))
    for secret in ("Secret", "59.9", "Somebody Else", "900 00 009"):
        assert secret not in kept


def test_half_a_letter_and_impossible_numbers_are_no_reason_to_lose_a_message(house: House) -> None:
    raw = json.dumps(body_of(value_of(text("hi \ud83d there\x00"), text("2", at=10**30)))).encode()
    assert post(house, raw) == 200
    house.works()
    assert sorted(house.words_stored()) == ["2", "hi \ufffd there"]


def test_while_the_database_is_away_meta_is_asked_to_send_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> Any:
        raise OperationalError("test", {}, Exception())

    with monkeypatch.context() as patched:
        patched.setattr(sessionmaker, "begin", away)
        assert house.hear(body_of(value_of(text("hei")))) == 503
    assert house.hear(body_of(value_of(text("hei")))) == 200


@given(body=st.binary(max_size=500), other=st.binary(max_size=500), place=st.integers(0, 63), letter=st.sampled_from("0123456789abcdef"))
def test_only_the_very_bytes_under_the_very_secret_are_signed(body: bytes, other: bytes, place: int, letter: str) -> None:
    right = signature_of(SECRET, body)
    assert signed(SECRET, body, [right])
    assert not signed(SECRET + "x", body, [right]) and not signed("", body, [signature_of("", body)])
    assert signed(SECRET, other, [right]) == (other == body)
    changed = right[: 7 + place] + letter + right[8 + place :]
    assert signed(SECRET, body, [changed]) == (changed == right)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PLACES = ["from", "from_user_id", "id", "timestamp", "type", "text", "context", "edit", "system", "interactive", "group_id", "errors"]


@given(
    changed=st.dictionaries(st.sampled_from(PLACES), JSON, max_size=5),
    value=st.dictionaries(st.sampled_from(["contacts", "statuses", "errors"]), JSON),
)
def test_no_shape_of_a_message_makes_the_reader_stumble(changed: dict[str, Any], value: dict[str, Any]) -> None:
    from bot.channels.whatsapp.parcels import parcels_of
    from tests.fake_messengers.whatsapp_payloads import NUMBER_ID

    whole = value_of(text("hei") | changed) | value
    for parcel in parcels_of(body_of(whole), NUMBER_ID):
        assert 0 < len(parcel.external_id) <= 200 and 0 < len(parcel.chat) <= 128
        assert 0 <= parcel.sort < 2**63
        json.dumps(parcel.payload)
