"""Which updates are stored, by the shapes of the Bot API, and that nothing malformed is stored or breaks anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.channels.telegram.attachments import attachment_of, kind_of
from bot.channels.telegram.reading import GROUP_ANONYMOUS_BOT, Me, hint_of, is_addressed, post_of, without_mention
from bot.channels.telegram.updates import parcel_of
from bot.conversations.channel import Parcel
from bot.storage.traffic_tables import CHAT, EXTERNAL

ME = Me(4242, "VeiviserTestBot")
PERSON = {"id": 7, "is_bot": False, "first_name": "Amina", "language_code": "ar"}
PRIVATE, GROUP = {"id": 7, "type": "private"}, {"id": -100500, "type": "supergroup", "title": "Kurs"}
MESSAGE = {"message_id": 12, "from": PERSON, "chat": PRIVATE, "date": 1_780_000_000, "text": "hello"}
IN_GROUP = MESSAGE | {"chat": GROUP, "text": "/help"}


def read(update: Any) -> Parcel | None:
    return parcel_of(update, lambda: ME)


@pytest.mark.parametrize(
    ("content", "chat", "speaker"),
    [
        ({"message": MESSAGE}, "7", "7"),
        ({"edited_message": MESSAGE | {"edit_date": 5}}, "7", "7"),
        ({"message": IN_GROUP}, "-100500", "-100500:7"),
        ({"message": IN_GROUP | {"sender_chat": GROUP, "from": {"id": GROUP_ANONYMOUS_BOT}}}, "-100500", "-100500:anonymous"),
        ({"message": MESSAGE | {"chat": GROUP, "text": None, "migrate_from_chat_id": -5}}, "-100500", ""),
        ({"callback_query": {"id": "1", "from": PERSON, "data": "k", "message": MESSAGE}}, "7", "7"),
        ({"callback_query": {"id": "1", "from": PERSON, "data": "k", "message": IN_GROUP | {"from": {"id": 4}}}}, "-100500", "-100500:7"),
        ({"callback_query": {"id": "1", "from": PERSON, "data": "k", "message": {"message_id": 1, "chat": GROUP, "date": 0}}}, "-100500",
         "-100500:7"),
        ({"callback_query": {"id": "1", "from": PERSON, "data": "k"}}, "7", "7"),
        ({"my_chat_member": {"chat": GROUP, "from": PERSON, "new_chat_member": {"status": "member"}}}, "-100500", ""),
        ({"poll_answer": {"poll_id": "3", "user": PERSON, "option_ids": [1]}}, "7", ""),
        ({"poll_answer": {"poll_id": "3", "voter_chat": GROUP, "option_ids": [1]}}, "-100500", ""),
    ],
)  # fmt: skip
def test_what_is_stored(content: dict, chat: str, speaker: str) -> None:
    parcel = read({"update_id": 900, **content})
    assert parcel == Parcel("u900", chat, {"update_id": 900, **content}, speaker, 900)


@pytest.mark.parametrize(
    "update",
    [
        None,
        [],
        {},
        {"update_id": "9", "message": MESSAGE},
        {"update_id": True, "message": MESSAGE},
        {"update_id": 2**70, "message": MESSAGE},
        {"update_id": 9, "message": None},
        {"update_id": 9, "message": MESSAGE | {"chat": 7}},
        {"update_id": 9, "message": MESSAGE | {"chat": {"id": -1, "type": "channel"}}},
        {"update_id": 9, "message": MESSAGE | {"chat": GROUP}},
        {"update_id": 9, "message": IN_GROUP | {"text": "/help@AnotherBot"}},
        {"update_id": 9, "callback_query": {"id": "1"}},
        {"update_id": 9, "my_chat_member": {"chat": {"id": -1, "type": "channel"}}},
        {"update_id": 9, "inline_query": {"id": "1", "from": PERSON, "query": "x"}},
    ],
)
def test_what_is_not(update: Any) -> None:
    assert read(update) is None


def test_half_a_pair_is_stored_as_a_question_mark() -> None:
    parcel = read({"update_id": 1, "message": MESSAGE | {"text": "a\ud83d"}})
    assert parcel is not None
    assert parcel.payload["message"]["text"] == "a?"


@pytest.mark.parametrize(
    ("tag", "language"), [("nb", "nb"), ("no", "nb"), ("en-GB", "en"), ("ku", "kmr"), ("pt_BR", "pt"), ("", None), (None, None), (4, None)]
)
def test_the_language_of_an_app(tag: Any, language: str | None) -> None:
    assert hint_of({"language_code": tag}) == language


NAMES = [
    "chat",
    "from",
    "text",
    "caption",
    "entities",
    "photo",
    "voice",
    "document",
    "reply_to_message",
    "id",
    "type",
    "offset",
    "length",
    "date",
]
KINDS = ["message", "edited_message", "callback_query", "my_chat_member", "poll_answer", "update_id"]
SMALL = some.one_of(
    some.none(), some.booleans(), some.integers(), some.text(max_size=5), some.sampled_from(["private", "group", "mention"])
)
ANYTHING = some.recursive(
    SMALL, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(NAMES), inner, max_size=5), max_leaves=12
)
LIKE_A_MESSAGE = some.fixed_dictionaries(
    {"message_id": some.integers(0, 9), "chat": some.sampled_from([PRIVATE, GROUP]), "from": some.sampled_from([PERSON, None])},
    optional=dict.fromkeys(("text", "entities", "photo", "voice", "reply_to_message", "caption_entities", "message_thread_id"), ANYTHING),
)


@settings(max_examples=150, deadline=None)
@given(some.dictionaries(some.sampled_from(KINDS), ANYTHING | LIKE_A_MESSAGE | some.integers(0, 99)))
def test_nothing_malformed_breaks_reading(update: dict) -> None:
    parcel = read(update)
    if parcel is not None:
        json.dumps(parcel.payload, ensure_ascii=False).encode()
        assert len(parcel.external_id) <= EXTERNAL
        assert 0 < len(parcel.chat) <= CHAT


@settings(max_examples=150, deadline=None)
@given(LIKE_A_MESSAGE)
def test_nothing_malformed_breaks_what_is_read_of_a_message(message: dict) -> None:
    post = post_of(message)
    assert post is not None
    assert isinstance(is_addressed(post, ME), bool)
    assert isinstance(without_mention(post, ME), str)
    assert post.account.partition(":")[0] == post.chat
    kind_of(post.raw)
    attachment_of(post.raw)
