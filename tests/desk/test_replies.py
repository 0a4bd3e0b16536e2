"""The phrases advisors send: each in every language with its fields, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.content import ContentError, Library
from bot.desk.problems import FieldMissing, TextTooLong
from bot.desk.replies import LONGEST_FIELD, replies, reply_message
from bot.plans.checks import HoldsNationalNumber

OWN = {"advisor": "Kari Nordmann", "municipality": "Oslo"}
VALUES = {"day": "2026-12-01", "moment": "2026-12-01T10:00", "words": "Rom 2, Storgata 1", "language": "ti"}
MEETING = {"moment": "2026-12-01T10:00", "place": "Rom 2"}


def plain(text: str) -> str:
    """Without the marks that keep Latin words together in right-to-left text."""
    return text.replace("\u2068", "").replace("\u2069", "").replace("\u200f", "")


def test_every_phrase_in_every_language_with_all_its_fields(real_library: Library) -> None:
    languages = list(real_library.languages)
    assert len(languages) >= 18
    for key, reply in replies(real_library).items():
        given = {name: VALUES[kind] for name, kind in reply.fields.items()}
        texts = set()
        for language in languages:
            said = reply_message(real_library, key, language, given, OWN, "Kari Nordmann")
            text, told = plain(said.text), plain(said.norwegian)
            assert (said.key, said.language, said.author, said.by) == (key, language, "advisor", "Kari Nordmann")
            assert said.direction == real_library.languages[language].direction
            assert text and "{" not in text and "{" not in told and len(text) < 900, (key, language)
            assert bool(told) is (language != "nb"), (key, language)
            for kind in reply.fields.values():
                for shown in {"words": ["Storgata 1"], "moment": ["10", "00"], "day": ["2026"], "language": ["ትግርኛ"]}[kind]:
                    assert shown in text, (key, language, text)
            for source in reply.own.values():
                assert (OWN.get(source) or "11") in text, (key, language)  # 112 and 113
            texts.add(text)
        assert len(texts) > len(languages) / 2, key  # each language has words of its own


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "moment"),
        ({"moment": "2026-12-01T10:00"}, "place"),
        ({"moment": "2026-12-01T10:00", "place": "  "}, "place"),
        ({"moment": "tomorrow", "place": "Rom 2"}, "moment"),
        ({"moment": "2026-13-01T10:00", "place": "Rom 2"}, "moment"),
    ],
)
def test_a_field_that_is_missing_is_named(real_library: Library, given: Mapping[str, str], field: str) -> None:
    with pytest.raises(FieldMissing) as problem:
        reply_message(real_library, "reply_meeting", "en", given, OWN, "Kari")
    assert problem.value.values == {"field": field}


def test_what_is_refused(real_library: Library) -> None:
    def say(key: str, **given: str) -> None:
        reply_message(real_library, key, "en", given, OWN, "Kari")

    with pytest.raises(FieldMissing):
        say("no_such_reply")
    with pytest.raises(FieldMissing):
        say("handover_done")  # a phrase, but none an advisor sends
    with pytest.raises(FieldMissing):
        say("reply_interpreter", language="xx")
    with pytest.raises(HoldsNationalNumber):
        say("reply_bring", words="01010050053")
    with pytest.raises(TextTooLong):
        say("reply_bring", words="a" * (LONGEST_FIELD + 1))
    with pytest.raises(FieldMissing):
        reply_message(real_library, "reply_hello", "en", {}, {"advisor": "Kari", "municipality": ""}, "Kari")


def test_a_moment_is_told_as_clocks_in_norway_show_it(real_library: Library) -> None:
    summer = reply_message(real_library, "reply_meeting", "nb", MEETING | {"moment": "2026-06-01T08:00+00:00"}, OWN, "Kari")
    local = reply_message(real_library, "reply_meeting", "nb", MEETING | {"moment": "2026-06-01T10:00"}, OWN, "Kari")
    assert summer.text == local.text and "10:00" in summer.text


def test_words_are_shown_as_written_even_when_they_look_like_a_place_for_a_value(real_library: Library) -> None:
    said = reply_message(real_library, "reply_bring", "ar", {"words": "{police} <b>pass</b>"}, OWN, "Kari")
    assert "{police} <b>pass</b>" in plain(said.text)


def test_a_kind_of_field_nobody_knows_is_named(library: Library, data: Path) -> None:
    (data / "replies.yml").write_text("groups:\n  begin:\n    reply_hello: {name: wrods}\n", encoding="utf-8")
    with pytest.raises(ContentError, match="wrods"):
        replies(library)
