"""What every rendered turn must hold, written from the channels' contracts and not from our code; tried on texts nobody would write."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.rendering import Words, key_of, picked
from bot.channels.telegram.rendering import render as for_telegram
from bot.channels.whatsapp.rendering import render as for_whatsapp
from bot.conversations.assistant import SaidMessage
from bot.conversations.channel import Part

SOURCES = "/source_question"
NOTHING_TO_SEE = "\u115f\u1160\u2800\u3164\uffa0\ufffc"
WORDS = Words("ltr", "Choose", "Answer with the number.", "Where is it written?", "Something went wrong.", "Advisor")
FROM_THE_RIGHT = Words("rtl", "اختر", "أجب برقم.", "أين هذا مكتوب؟", "حدث خطأ عندنا.", "المستشار")


def size(text: str) -> int:
    """The larger of characters and UTF-16 units."""
    return max(len(text), len(text.encode("utf-16-le")) // 2)


class Seen(dict[int, str]):
    """Each character as it is where it can be seen, else nothing; for str.translate, which asks once for each."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = letter if unicodedata.category(letter)[0] in "LNPS" and letter not in NOTHING_TO_SEE else ""
        return self[code]


SEEN = Seen()


def essence(text: str) -> str:
    """What is to be seen of a text, without blanks, marks and invisible characters."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return unicodedata.normalize("NFD", whole).translate(SEEN)


def holds_as_text(text: str, most: int) -> None:
    assert essence(text), repr(text)
    assert size(text) <= most
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]", text)
    for line in text.split("\n"):
        assert line == line.rstrip()
        depth = 0
        for isolate in re.findall("[\u2066-\u2069]", line):
            depth += -1 if isolate == "\u2069" else 1
            assert depth >= 0
        assert depth == 0, repr(line)


def expected_choices(messages: Sequence[SaidMessage]) -> tuple[list[str], list[str]]:
    """Payloads and addresses, each once, in order."""
    choices = [choice for message in messages for choice in message.choices]
    payloads = dict.fromkeys(choice["payload"] for choice in choices if choice.get("payload"))
    urls = dict.fromkeys(choice["url"] for choice in choices if not choice.get("payload") and choice.get("url"))
    return list(payloads), list(urls)


def in_order(texts: Sequence[str], messages: Sequence[SaidMessage], words: Words) -> None:
    """Every text is there whole, in its order; where there is none at all, the person hears that something went wrong."""
    told, position = essence("\n".join(texts)), 0
    for message in messages:
        found = told.find(essence(message.text), position)
        assert found >= 0, message
        position = found + len(essence(message.text))
    if not any(essence(message.text) or message.files for message in messages):
        assert essence(words.trouble) in told


def holds_on_telegram(messages: Sequence[SaidMessage], words: Words) -> tuple[Part, ...]:
    parts = for_telegram(messages, words)
    texts, pressed, opened = [], [], []
    for part in parts:
        text, entities, most = _telegram_text(part)
        if text or not part.file:
            holds_as_text(text, most)
        texts.append(text)
        assert len(entities) <= 100
        raw = text.encode("utf-16-le")
        for entity in entities:
            start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
            inner = raw[start:end].decode("utf-16-le")
            assert 0 <= start < end <= len(raw) and inner == inner.strip()
        buttons = [button for row in part.body.get("reply_markup", {}).get("inline_keyboard", []) for button in row]
        assert len(buttons) <= 100 and len(json.dumps(part.body.get("reply_markup", {}))) <= 10_000
        for button in buttons:
            holds_as_text(button["text"], 64)
            assert "\n" not in button["text"] and len(button.get("callback_data", "").encode()) <= 64
        pressed += [part.keys[button["callback_data"]] for button in buttons if "url" not in button]
        opened += [button["url"] for button in buttons if "url" in button]
        assert "parse_mode" not in part.body and not part.numbered
        json.dumps(part.body)
    payloads, urls = expected_choices(messages)
    sourced = [SOURCES] if any(message.sources for message in messages) and SOURCES not in payloads else []
    assert pressed == [*payloads, *sourced]
    for url in urls:
        assert url in opened or essence(url) in essence("\n".join(texts))
    _files_kept(parts, messages)
    in_order(texts, messages, words)
    return parts


def _telegram_text(part: Part) -> tuple[str, list[dict[str, Any]], int]:
    if part.method == "sendDocument":
        assert part.file
        return part.body.get("caption", ""), part.body.get("caption_entities", []), 1024
    assert part.method == "sendMessage" and not part.file and part.body["link_preview_options"] == {"is_disabled": True}
    return part.body["text"], part.body.get("entities", []), 4096


def holds_on_whatsapp(messages: Sequence[SaidMessage], words: Words) -> tuple[Part, ...]:
    parts = for_whatsapp(messages, words)
    texts = []
    for part in parts:
        kind = part.body["type"]
        assert part.method == kind
        json.dumps(part.body)
        if kind == "interactive":
            text = _holds_as_interactive(part)
        elif kind == "text":
            assert part.body["text"]["preview_url"] is False
            text = part.body["text"]["body"]
            holds_as_text(text, 4096)
        else:
            assert part.file and kind in ("document", "image")
            text = part.body[kind].get("caption", "")
            assert not text or essence(text) and size(text) <= 1024
        texts.append(text)
    reachable = list(parts[-1].keys.values()) or list(parts[-1].numbered)
    payloads, urls = expected_choices(messages)
    assert reachable == payloads or reachable == [*payloads, SOURCES]
    assert not any(part.keys or part.numbered for part in parts[:-1])
    for number, payload in enumerate(parts[-1].numbered, 1):
        assert re.search(rf"^[\u200e\u200f]?{number}\. ", "\n".join(texts), re.MULTILINE)
        assert number > 999 or picked(str(number), parts[-1].numbered) == payload
    for url in urls:
        assert essence(url) in essence("\n".join(texts))
    _files_kept(parts, messages)
    in_order(texts, messages, words)
    return parts


def _holds_as_interactive(part: Part) -> str:
    shown = part.body["interactive"]
    holds_as_text(shown["body"]["text"], 1024)
    if shown["type"] == "button":
        replies = [button["reply"] for button in shown["action"]["buttons"]]
        assert 1 <= len(replies) <= 3
        longest_title, longest_id = 20, 256
    else:
        assert shown["type"] == "list" and len(shown["action"]["sections"]) == 1
        holds_as_text(shown["action"]["button"], 20)
        replies = shown["action"]["sections"][0]["rows"]
        assert 1 <= len(replies) <= 10
        longest_title, longest_id = 24, 200
        for row in replies:
            if "description" in row:
                holds_as_text(row["description"], 72)
    for reply in replies:
        holds_as_text(reply["title"], longest_title)
        assert "\n" not in reply["title"] and 0 < len(reply["id"]) <= longest_id
    assert len({reply["title"] for reply in replies}) == len(replies)
    assert [part.keys[reply["id"]] for reply in replies] == list(part.keys.values())
    return str(shown["body"]["text"])


def _files_kept(parts: Sequence[Part], messages: Sequence[SaidMessage]) -> None:
    assert [part.file for part in parts if part.file] == [file["token"] for message in messages for file in message.files]


FRAGMENTS = [
    *(
        "Norsk",
        "introduksjonsprogrammet",
        "å",
        "§ 20",
        "136 549 kr",
        "+47 22 00 00 00",
        "https://www.nav.no/a?b=1_2#c",
        "kari@oslo.kommune.no",
    ),
    *("البلدية", "برنامج التقديم (introduksjonsprogram)", "٣", "شهر۔", "كِتَاب", "ትግርኛ።", "Українська", "한국어", "日本語"),
    *("👨‍👩‍👧‍👦", "👍🏽", "🇳🇴🇸🇴", "e\u0301\u0302\u0330", "a\u030a", "1️⃣", "𝔘", "\u0301", "*", "_", "(", ")", "«", "»", ". ", "! ", "? "),
    *(" ", "\n", "\n\n", "\u00a0", "\u200d", "\u200c", "\u200f", "\u2066", "\u2067", "\u2068", "\u2069", "\u202e", "\u3164"),
    *("\ud83d", "\ude00", "\x00", "\x07", "\r\n", "\u2028", "\ufeff", "\t", "\U000e0067"),
]
mixed = st.lists(st.sampled_from(FRAGMENTS) | st.text(st.characters(), max_size=6), max_size=14).map("".join)
long = st.builds(lambda text, times: (text * times)[:6_000], mixed, st.sampled_from([1, 1, 1, 1, 1, 1, 3, 60, 900]))
titles = mixed | long | st.sampled_from(["Ja", "Nei", "العربية", "Introduksjonsprogrammet", "Introduksjonsprogrammet i Oslo", ""])
payloads = st.text(min_size=1, max_size=9).map("/".__add__) | st.sampled_from(["/more", SOURCES, '/answer{"value": "' + "x" * 300 + '"}'])
addresses = st.sampled_from(
    ["https://t.me/veiviser?start=x", "http://a.no", "https://x", "tg://resolve", "mailto:a@b.no", "https://ø.no/å", "x"]
)
buttons = st.builds(lambda title, payload: {"title": title, "payload": payload}, titles, payloads)
links = st.builds(lambda title, url: {"title": title, "url": url}, titles, addresses)
files = st.builds(
    lambda token, name, kind, size: {"token": f"t{token}", "name": name, "type": kind, "size": size},
    st.integers(0, 9),
    mixed,
    st.sampled_from(["application/pdf", "image/png", "image/gif"]),
    st.sampled_from([1, 6_000_000]),
)
messages = st.builds(
    SaidMessage,
    text=long,
    language=st.just("ar"),
    direction=st.sampled_from(["ltr", "rtl"]),
    choices=st.lists(buttons | links, max_size=4).map(tuple),
    sources=st.sampled_from([(), ({"title": "NAV"},)]),
    note=mixed,
    by=st.sampled_from(["", "", "Kari Nordmann", "علي"]),
    files=st.sampled_from([(), ()]) | st.lists(files, max_size=2).map(tuple),
)
turns = st.lists(messages, min_size=1, max_size=4)


@settings(max_examples=70, deadline=None)
@given(turns, st.sampled_from([WORDS, FROM_THE_RIGHT]))
def test_nothing_breaks_a_limit_whatever_is_said(turn: list[SaidMessage], words: Words) -> None:
    assert holds_on_telegram(turn, words) == for_telegram(turn, words)
    assert holds_on_whatsapp(turn, words) == for_whatsapp(turn, words)


@settings(max_examples=25, deadline=None)
@given(
    messages,
    st.lists(buttons, min_size=4, max_size=130, unique_by=lambda choice: choice["payload"]),
    st.sampled_from([WORDS, FROM_THE_RIGHT]),
)
def test_no_choice_is_lost_however_many_there_are(message: SaidMessage, choices: list[dict[str, str]], words: Words) -> None:
    turn = [message, SaidMessage("Which one?", "en", "ltr", choices=tuple(choices))]
    holds_on_telegram(turn, words)
    holds_on_whatsapp(turn, words)


@given(st.lists(st.text(), min_size=2, unique=True))
def test_a_key_is_short_plain_and_belongs_to_one_payload(payloads: list[str]) -> None:
    keys = [key_of(payload) for payload in payloads]
    assert len(set(keys)) == len(payloads)
    assert all(re.fullmatch(r"k[A-Za-z0-9_-]{16}", key) for key in keys)
