"""Messages put together from phrases: values as each language writes them, somebody's own words untouched."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.content import Library, compose
from bot.content.lines import day, line, listed, moment, words


def said(library: Library, language: str, *lines: dict) -> str:
    return compose(library, "test", language, lines).text


def test_days_and_moments_are_written_in_norwegian_time_and_the_persons_language(real_library: Library) -> None:
    when = moment(dt.datetime(2026, 7, 1, 7, 5, tzinfo=dt.UTC))  # summer: 09:05 in Norway
    text = said(real_library, "nb", line("appointment_line", when=when, what=line("appointment_course")))
    assert text == "• onsdag 1. juli 2026 kl. 09:05: kurs"
    assert "среда" in said(real_library, "ru", line("reminder_vgs", day=day(dt.date(2026, 7, 1))))


def test_somebodys_own_words_stay_as_written_and_do_not_turn_an_arabic_message_around(real_library: Library) -> None:
    text = said(real_library, "ar", line("plan_part_goal", words=words("Ta fagbrev {som} kokk")))
    assert "Ta fagbrev {som} kokk" in text.replace("\u2068", "").replace("\u2069", "")
    assert text.startswith("\u200f")


def test_lists_have_the_languages_comma(real_library: Library) -> None:
    levels = listed([line("skill_and_level", skill=line(f"skill_{skill}"), level="A2") for skill in ("reading", "oral")])
    assert "،" in said(real_library, "ar", line("plan_norwegian", levels=levels))
    assert "lese A2, snakke A2" in said(real_library, "nb", line("plan_norwegian", levels=levels))


@pytest.mark.parametrize(
    ("language", "months", "text"),
    [("nb", 25, "2 år og 1 måned"), ("ru", 60, "5 лет"), ("en", 1, "1 month"), ("nb", 0, "0 måneder"), ("sw", 14, "")],
)
def test_durations_have_their_plural(real_library: Library, language: str, months: int, text: str) -> None:
    assert text in said(real_library, language, line("practice_missing", time={"duration": months}))


def test_a_message_shows_the_sources_of_its_facts(real_library: Library) -> None:
    message = compose(real_library, "test", "nb", [line("step_none")], facts=["support_month", "not_a_fact"])
    assert [source.section for source in message.sources]


def test_what_is_not_there_is_an_error_and_not_a_blank(real_library: Library) -> None:
    with pytest.raises(KeyError):
        said(real_library, "nb", line("no_such_phrase"))
    with pytest.raises(KeyError, match="unknown value"):
        said(real_library, "nb", {"dey": "2026-12-01"})


def test_a_line_that_begins_with_norwegian_words_stands_at_the_right_in_arabic(real_library: Library) -> None:
    text = said(real_library, "ar", line("course_word_line", word=words("et besøk"), meaning=words("زيارة قصيرة")))
    assert text.startswith("\u200f")  # browsers look into isolates for the first letter
    assert not said(real_library, "ar", line("plan_part_goal", words=words("طباخ"))).startswith("\u200f")
    assert "\u200f" not in said(real_library, "so", line("course_word_line", word=words("et besøk"), meaning=words("booqasho")))
