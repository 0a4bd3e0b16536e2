"""What a turn looks like on each messenger, and what its shared parts do with the cases people meet."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from dataclasses import replace

import pytest
import telegram
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.rendering import key_of, picked, words_of
from bot.channels.rendering.isolates import isolated, isolated_title
from bot.channels.rendering.letters import boundaries, clean, shortened
from bot.channels.rendering.splitting import pieces
from bot.channels.telegram.rendering import render as for_telegram
from bot.content import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.channel import Part
from tests.channels.test_rendering_limits import FRAGMENTS, FROM_THE_RIGHT, WORDS, holds_as_text, holds_on_telegram, holds_on_whatsapp, size

NOTE = "No expert has read this."
FILE = {"token": "t1", "name": "letter.pdf", "type": "application/pdf", "size": 2000}


def said(text: str, *titles: str, **details: object) -> SaidMessage:
    choices = tuple({"title": title, "payload": f"/topic_{number}"} for number, title in enumerate(titles, 1))
    return replace(SaidMessage(text, "en", "ltr", choices=choices), **details)  # type: ignore[arg-type]


def interactive(part: Part) -> dict:
    return part.body["interactive"]


def on_telegram(part: Part) -> list[list[str]]:
    return [[button["text"] for button in row] for row in part.body["reply_markup"]["inline_keyboard"]]


def test_a_turn_of_several_messages_is_one_message_with_all_choices_at_its_end() -> None:
    turn = [said("First.", "Yes", "No", note=NOTE), said("Second.", "Yes", note=NOTE), said("Third.")]
    (part,) = holds_on_telegram(turn, WORDS)
    assert part.body["text"] == f"First.\n\nSecond.\n\n{NOTE}\n\nThird."
    assert on_telegram(part) == [["Yes", "No"]]
    (part,) = holds_on_whatsapp(turn, WORDS)
    assert interactive(part)["body"]["text"] == f"First.\n\nSecond.\n\n_{NOTE}_\n\nThird."
    assert [button["reply"]["title"] for button in interactive(part)["action"]["buttons"]] == ["Yes", "No"]
    assert part.keys == {key_of("/topic_1"): "/topic_1", key_of("/topic_2"): "/topic_2"}


def test_telegram_itself_reads_the_note_where_we_say_it_is() -> None:
    """Emoji and letters beyond the first plane take two units each; Telegram's own library counts them too."""
    (part,) = for_telegram([said("👨‍👩‍👧 𝔘 العربية", note="𝔘 note")], WORDS)
    entities = [telegram.MessageEntity.de_json(entity, None) for entity in part.body["entities"]]
    chat = telegram.Chat(1, "private")
    message = telegram.Message(1, dt.datetime.now(tz=dt.UTC), chat, text=part.body["text"], entities=entities)
    assert list(message.parse_entities().values()) == ["𝔘 note"]
    assert part.body["entities"][0]["type"] == "italic"


def test_an_advisor_is_named_once_above_their_words() -> None:
    turn = [said("Hello!", by="Kari Nordmann", author="advisor"), said("See you.", by="Kari Nordmann", author="advisor")]
    (part,) = holds_on_telegram(turn, WORDS)
    assert part.body["text"] == "Kari Nordmann · Advisor\nHello!\n\nSee you."
    assert part.body["entities"] == [{"type": "bold", "offset": 0, "length": len("Kari Nordmann · Advisor")}]
    (part,) = holds_on_whatsapp(turn, WORDS)
    assert part.body["text"]["body"].startswith("*Kari Nordmann · Advisor*\nHello!")
    (part,) = holds_on_telegram([replace(turn[0], text="مرحبا", direction="rtl")], FROM_THE_RIGHT)
    assert part.body["text"] == "\u2068Kari Nordmann\u2069 · المستشار\nمرحبا"


def test_a_teacher_is_named_and_not_called_an_advisor() -> None:
    turn = [said("Your teacher writes: bring your CV.", by="Silje Haugland", author="advisor", key="course_post")]
    (part,) = holds_on_telegram(turn, WORDS)
    assert part.body["text"] == "Silje Haugland\nYour teacher writes: bring your CV."


def test_the_form_on_whatsapp_follows_the_number_of_choices() -> None:
    for count, kind in ((1, "button"), (3, "button"), (4, "list"), (10, "list")):
        (part,) = holds_on_whatsapp([said("Which?", *(f"Choice {number}" for number in range(count)))], WORDS)
        assert interactive(part)["type"] == kind
    (part,) = holds_on_whatsapp([said("Which?", *(f"Choice {number}" for number in range(11)))], WORDS)
    assert part.body["text"]["body"].startswith("Which?\n\n1. Choice 0\n2. Choice 1\n")
    assert part.body["text"]["body"].endswith("11. Choice 10\n\nAnswer with the number.")
    assert part.numbered[10] == "/topic_11" and not part.keys


def test_long_titles_end_with_an_ellipsis_and_a_list_tells_them_whole() -> None:
    title = "Introduksjonsprogrammet i kommunen"
    (part,) = holds_on_whatsapp([said("Which?", title)], WORDS)
    assert interactive(part)["action"]["buttons"][0]["reply"]["title"] == "Introduksjonsprogra…"
    (part,) = holds_on_whatsapp([said("Which?", title, "A", "B", "C")], WORDS)
    row = interactive(part)["action"]["sections"][0]["rows"][0]
    assert row["title"] == "Introduksjonsprogrammet…" and row["description"] == title
    assert interactive(part)["action"]["button"] == "Choose"


def test_titles_that_a_short_form_cannot_tell_apart_go_where_they_can_be() -> None:
    (part,) = holds_on_whatsapp([said("Which?", "Norskprøven muntlig A2", "Norskprøven muntlig B1")], WORDS)
    assert interactive(part)["type"] == "list"  # 24 characters tell them apart
    (part,) = holds_on_whatsapp([said("Which?", "Introduksjonsprogrammet i Oslo", "Introduksjonsprogrammet i Bærum")], WORDS)
    assert "2. Introduksjonsprogrammet i Bærum" in part.body["text"]["body"] and len(part.numbered) == 2


def test_a_text_too_long_for_buttons_on_whatsapp_has_numbered_choices_in_the_same_message() -> None:
    (part,) = holds_on_whatsapp([said("word " * 210, "Yes", "No")], WORDS)
    assert part.numbered == ("/topic_1", "/topic_2") and "1. Yes\n2. No" in part.body["text"]["body"]


def test_the_button_to_the_sources_is_added_where_there_is_room() -> None:
    answer = said("Answer.", "A", "B", sources=({"title": "NAV"},))
    (part,) = holds_on_telegram([answer], WORDS)
    assert on_telegram(part)[-1][-1] == WORDS.sources
    for titles, there in ((("A", "B"), True), (("A", "B", "C"), False), (("A", "B", "C", "D"), True), ((), True)):
        (part,) = holds_on_whatsapp([said("Answer.", *titles, sources=({"title": "NAV"},))], WORDS)
        assert ("/source_question" in part.keys.values()) is there, titles
    (part,) = holds_on_whatsapp([said("word " * 210, sources=({"title": "NAV"},))], WORDS)
    assert part.body["type"] == "text" and not part.numbered


def test_addresses_open_by_a_button_on_telegram_where_it_takes_them_and_are_read_elsewhere() -> None:
    group = SaidMessage(
        "Go there.",
        "en",
        "ltr",
        choices=({"title": "Private chat", "url": "https://t.me/veiviser_bot?start=q1"}, {"title": "Write", "url": "mailto:a@oslo.no"}),
    )
    (part,) = holds_on_telegram([group], WORDS)
    (row,) = part.body["reply_markup"]["inline_keyboard"]
    assert row == [{"text": "Private chat", "url": "https://t.me/veiviser_bot?start=q1"}]
    assert part.body["text"] == "Go there.\n\nWrite: mailto:a@oslo.no" and part.keys == {}
    (part,) = holds_on_whatsapp([group], WORDS)
    assert part.body["text"]["body"] == "Go there.\n\nPrivate chat: https://t.me/veiviser_bot?start=q1\nWrite: mailto:a@oslo.no"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://localhost/", "https://x", "https://a b.no", "http://a.no:99999/", "https://u@a.no"]
)
def test_an_address_that_would_have_the_message_refused_is_no_button(url: str) -> None:
    (part,) = holds_on_telegram([SaidMessage("Go.", "en", "ltr", choices=({"title": "There", "url": url},))], WORDS)
    assert "reply_markup" not in part.body and url in part.body["text"]


def test_files_are_sent_one_by_one_with_the_words_as_caption() -> None:
    turn = [said("Look at this."), said("The letter.", files=(FILE,)), said("Bye.", "More")]
    first, document, last = holds_on_telegram(turn, WORDS)
    assert document.method == "sendDocument" and document.file == "t1" and document.body == {"caption": "The letter."}
    assert first.body["text"] == "Look at this." and last.keys
    first, document, last = holds_on_whatsapp(turn, WORDS)
    assert document.body == {"type": "document", "document": {"caption": "The letter.", "filename": "letter.pdf"}}
    assert document.method == "document" and interactive(last)["type"] == "button"


def test_words_too_long_for_a_caption_come_before_the_file() -> None:
    turn = [said("word " * 300, files=(FILE, replace_file(token="t2", type="image/png")))]
    text, first, second = holds_on_telegram(turn, WORDS)
    assert text.body["text"].startswith("word") and first.body == {} and second.file == "t2"
    text, first, second = holds_on_whatsapp(turn, WORDS)
    assert second.body == {"type": "image", "image": {}} and second.method == "image"


def test_choices_of_a_message_with_a_file_stay_with_its_words() -> None:
    (part,) = holds_on_telegram([said("The letter.", "Thanks", files=(FILE,))], WORDS)
    assert part.body["caption"] == "The letter." and on_telegram(part) == [["Thanks"]]
    document, asking = holds_on_whatsapp([said("The letter.", "Thanks", files=(FILE,))], WORDS)
    assert document.body["document"] == {"filename": "letter.pdf"} and interactive(asking)["body"]["text"] == "The letter."
    _, asking = holds_on_whatsapp([said("", "Thanks", files=(FILE,))], WORDS)
    assert interactive(asking)["body"]["text"] == WORDS.choose


def replace_file(**changes: object) -> dict:
    return {**FILE, **changes}


def test_where_nothing_is_to_be_seen_the_person_hears_of_the_trouble() -> None:
    for turn in ([], [said("")], [said(" \u200b\u2068\u2069\x00"), said("\n", note=NOTE)]):
        (part,) = holds_on_telegram(turn, WORDS)
        assert part.body["text"] == WORDS.trouble
        (part,) = holds_on_whatsapp(turn, WORDS)
        assert part.body["text"]["body"] == WORDS.trouble
    (part,) = holds_on_telegram([said(""), said("Here.")], WORDS)
    assert part.body["text"] == "Here."


def test_languages_stand_in_even_columns_and_long_titles_alone() -> None:
    names = ["Norsk bokmål", "English", "العربية", "Kurdî (Kurmancî)", "Türkçe", "Soomaali", "Español"]
    choices = tuple({"title": name, "payload": "/choose_language" + json.dumps({"language": name})} for name in names)
    more = ({"title": "Talk to a person who can help", "payload": "/talk_to_human"}, {"title": "Yes", "payload": "/affirm"})
    (part,) = holds_on_telegram([replace(said("Which language?"), choices=(*choices, *more))], WORDS)
    assert [len(row) for row in on_telegram(part)] == [2, 2, 2, 1, 1, 1]
    assert telegram.InlineKeyboardMarkup.de_json(part.body["reply_markup"], None).inline_keyboard[0][0].text == "Norsk bokmål"


def test_a_long_answer_is_cut_between_paragraphs_and_carries_its_buttons_last() -> None:
    turn = [said("\n\n".join(f"{number}. " + "Setning her. " * 100 for number in range(6)), "More")]
    parts = holds_on_telegram(turn, WORDS)
    assert [bool(part.keys) for part in parts] == [False, True]
    assert [part.body["text"][:2] for part in parts] == ["0.", "3."]


def test_a_keyboard_too_large_for_telegram_goes_on_in_another_message() -> None:
    parts = holds_on_telegram([said("Which?", *(f"Choice {number}" for number in range(230)))], WORDS)
    assert [part.body["text"] for part in parts] == ["Which?", "Choose", "Choose"]


def test_pieces_are_cut_after_a_line_a_sentence_or_a_word() -> None:
    assert pieces("a" * 30 + "\n" + "b" * 30, 40) == ["a" * 30, "b" * 30]
    assert pieces("Den første er her. Den andre setningen er der.", 34) == ["Den første er her.", "Den andre setningen er der."]
    assert pieces("ord " * 20, 40) == [" ".join(["ord"] * 10), " ".join(["ord"] * 10)]
    assert pieces("Til sammen er det 136\u00a0549\u202f000 kroner", 32)[0] == "Til sammen er det 136\u00a0549\u202f000"
    assert pieces("Til sammen blir summen da 136\u00a0549\u202f000", 32)[1] == "136\u00a0549\u202f000"


def test_an_isolate_is_cut_only_when_it_is_longer_than_a_piece_and_is_whole_on_both_sides() -> None:
    text = "كلمة " * 6 + "\u2068lov om integrering\u2069 كلمة"
    assert all("\u2068lov om integrering\u2069" in piece or "lov" not in piece for piece in pieces(text, 40))
    assert pieces("\u2068" + "a" * 100 + "\u2069", 42) == [
        "\u2068" + "a" * 40 + "\u2069",
        "\u2068" + "a" * 40 + "\u2069",
        "\u2068" + "a" * 20 + "\u2069",
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=200).map("".join), st.integers(32, 200))
def test_no_piece_is_too_long_or_leaves_an_isolate_open(text: str, limit: int) -> None:
    for piece in pieces(clean(text), limit):
        holds_as_text(piece, limit)


LETTERS = [
    "a",
    "å",
    "e\u0301\u0302",
    "👨‍👩‍👧‍👦",
    "👍🏽",
    "🇳🇴",
    "🇸🇴",
    "1️⃣",
    "كِ",
    "ት",
    "한",
    "🏴\U000e0067\U000e0062\U000e0065\U000e007f",
    "क्",
    "𝔘",
]


@given(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=40), st.integers(20, 24))
def test_a_shortened_title_ends_between_what_a_reader_sees_as_letters(letters: list[str], limit: int) -> None:
    whole = "".join(letters)
    short = shortened(whole, limit)
    assert size(short) <= limit
    assert boundaries(whole) == sorted({len("".join(letters[:count])) for count in range(len(letters) + 1)})
    if short != whole:
        assert short[-1] == "…" and short[:-1] in {"".join(letters[:count]) for count in range(len(letters))}


def test_a_title_gives_up_its_isolates_before_its_letters() -> None:
    title = isolated_title("المستوى B1 كتابيًا", "rtl")
    assert title == "المستوى \u2068B1\u2069 كتابيًا"
    assert shortened(title, 19) == "المستوى B1 كتابيًا"
    assert isolated_title("\u2068Oslo\u2069", "rtl") == "Oslo" and isolated_title("العربية", "ltr") == "العربية"


@pytest.mark.parametrize(
    ("text", "direction", "shown"),
    [
        ("اتصل على +47 22 00 00 00 اليوم", "rtl", "اتصل على \u2068+47 22 00 00 00\u2069 اليوم"),
        ("انظر https://www.nav.no/a?b=1_2#c الآن", "rtl", "انظر \u2068https://www.nav.no/a?b=1_2#c\u2069 الآن"),
        ("اكتب إلى kari@oslo.kommune.no.", "rtl", "اكتب إلى \u2068kari@oslo.kommune.no\u2069."),
        ("برنامج (introduksjonsprogram) جديد", "rtl", "برنامج (\u2068introduksjonsprogram\u2069) جديد"),
        ("قائمة GSU (GSU-listen) هنا", "rtl", "قائمة \u2068GSU (GSU-listen)\u2069 هنا"),
        ("قائمة \u2068GSU (GSU-listen\u2069) هنا", "rtl", "قائمة \u2068GSU (GSU-listen)\u2069 هنا"),
        ("انظر \u2068https://www.udi.no/a\u2069?\u2068b\u2069=\u20681\u2069", "rtl", "انظر \u2068https://www.udi.no/a?b=1\u2069"),
        ("الحساب \u2068موجود B1\u2069 و A2", "rtl", "الحساب \u2068موجود B1\u2069 و \u2068A2\u2069"),
        ("\u2068Storgata 1\u2069", "rtl", "\u200f\u2068Storgata 1\u2069"),
        ("22 00 00 00", "rtl", "\u200f\u206822 00 00 00\u2069"),
        ("Møtet er mandag.", "rtl", "Møtet er mandag."),
        ("You can use العربية or دری / فارسی here", "ltr", "You can use \u2068العربية\u2069 or \u2068دری / فارسی\u2069 here"),
        ("هل نكمل بـ English؟\nGo on?", "ltr", "هل نكمل بـ \u2068English\u2069؟\nGo on?"),
        ("بدء \u2068ord\nنهاية\u2069 هنا", "rtl", "بدء \u2068ord\u2069\nنهاية هنا"),
        ("من ٣ إلى ٥", "rtl", "من ٣ إلى ٥"),
    ],
)
def test_what_runs_the_other_way_is_isolated(text: str, direction: str, shown: str) -> None:
    assert isolated(text, direction) == shown
    assert isolated(shown, direction) == shown


def test_a_numbered_list_runs_the_way_of_its_language() -> None:
    names = ["Norsk", "العربية", *(f"x{number}" for number in range(10))]
    (part,) = holds_on_whatsapp([replace(said("اختر", *names), direction="rtl")], FROM_THE_RIGHT)
    assert "\n\u200f1. \u2068Norsk\u2069\n2. العربية\n" in part.body["text"]["body"]
    (part,) = holds_on_whatsapp([said("Which?", *names)], WORDS)
    assert "\n1. Norsk\n\u200e2. \u2068العربية\u2069\n" in part.body["text"]["body"]


def test_text_is_cleaned_but_not_changed() -> None:
    assert clean("a\u030a \r\n\x00b\ud83d\ude00\ud83d\t \n\n\n\nc\u202e ") == "å\nb😀\n\nc"
    assert clean("\u2067\u2067x\u2069") == "\u2067\u2067x\u2069\u2069" and clean("x\u2069") == "x" and clean("\u2068\u2069") == ""


NUMBERED = tuple(f"/{number}" for number in range(1, 25))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            ("3", 3),
            (" 3 ", 3),
            ("3.", 3),
            ("24", 24),
            ("٣", 3),
            ("١٢.", 12),
            ("۳", 3),
            ("۲۴", 24),
            ("፫", 3),
            ("፲፪", 12),
            ("፳", 20),
            ("\u200f٣\u200f", 3),
        ),
        *(
            ("\u20683\u2069", 3),
            ("0", 0),
            ("25", 0),
            ("٠", 0),
            ("03", 0),
            ("-3", 0),
            ("3..", 0),
            ("3 4", 0),
            ("3a", 0),
            ("3,5", 0),
            ("³", 0),
            ("III", 0),
        ),
        *(("3️⃣", 0), ("", 0), ("3\n4", 0), ("१", 0), ("1٣", 0), ("፻", 0), ("፫፫", 0), ("99999999999999999999", 0)),
    ],
)
def test_a_bare_number_picks_its_line(text: str, number: int) -> None:
    assert picked(text, NUMBERED) == (f"/{number}" if number else None)


@given(st.text(max_size=6))
def test_nothing_but_a_number_picks(text: str) -> None:
    if picked(text, NUMBERED):
        assert any(unicodedata.category(letter) in ("Nd", "No") for letter in text)
        assert not any(unicodedata.category(letter)[0] == "L" for letter in text)
    assert picked(text, ()) is None


def test_words_are_read_in_the_language_of_the_turn(library: Library) -> None:
    words = words_of(library, "ar")
    assert words.direction == "rtl" and words.choose == "ar: choose" and words.answer_with_number == "ar: answer with a number"
    assert (words.sources, words.advisor) == ("ar: from where?", "ar: advisor") and words.trouble.startswith("ar: ")
    assert words_of(library, "xx").choose == "nb: choose"  # a language we do not speak: still no message lost
