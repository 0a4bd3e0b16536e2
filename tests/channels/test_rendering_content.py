"""Everything there is to say, in every language, on both messengers: one message that fits, with every choice in it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache, cached_property

import pytest

from actions.action_ask_guide_done import buttons
from actions.composed import Composed
from actions.guides.all_guides import LOGIC
from actions.guides.route import RouteLogic
from bot.channels.rendering import Words
from bot.content import Library, Reader, answer, compose, content_folder, occupation_answer, phrase
from bot.content.facts import Facts
from bot.content.languages import Languages
from bot.content.selection import show_sources
from bot.conversations.about_language import about_language, unknown_language
from bot.conversations.assistant import SaidMessage
from bot.conversations.language_policy import Decision, LanguageState
from bot.conversations.saying import as_message
from bot.desk.announcing import WHY, Announcer, Phone
from bot.desk.reasons import Reason
from bot.guidance.guides.progress import Progress
from tests.actions.test_texts import LANGUAGES, personal, situation
from tests.channels.test_rendering_limits import holds_on_telegram, holds_on_whatsapp


class Still(Library):
    """Content that nobody changes meanwhile: facts and languages are not looked for again at every word."""

    @cached_property
    def facts(self) -> Facts:  # type: ignore[override]
        return super().facts

    @cached_property
    def languages(self) -> Languages:  # type: ignore[override]
        return super().languages


LIBRARY = Still(content_folder())
TODAY = dt.date(2026, 11, 21)
SAMPLE = "Karrieresenteret i Oslo, Storgata 1, 0155 Oslo"
PLACE = re.compile(r"\{\w+\}")
INNERMOST = re.compile("\u2068[^\u2068\u2069]*\u2069")
ARABIC = re.compile("[\u0620-\u06d3]")
ANSWERS = {"day": "2026-12-01", "length": "whole_day", "why": "own_illness", "about": "a", "what": "a"}
# Phrases that are never said but hold other things: what people write, what the web page shows.
UNSAID = ("words_", "web_")


@cache
def words(language: str) -> Words:
    """The words of a language; two phrases are as long as they may be where nobody has translated them yet."""
    texts, direction = LIBRARY.phrases(language).texts, LIBRARY.languages[language].direction
    own = texts.get("choose_from_list", "x" * 20), texts.get("answer_with_number", "x" * 80)
    return Words(direction, *own, texts["web_sources"], texts["trouble"], texts["web_advisor"])


def fits_in_one_message(message: SaidMessage) -> None:
    telegram = holds_on_telegram([message], words(message.language))
    assert len(telegram) == 1, message.key
    assert len(holds_on_whatsapp([message], words(message.language))) == 1, message.key
    if message.direction == "rtl":
        runs_from_the_right(telegram[0].body["text"])


def runs_from_the_right(text: str) -> None:
    """No Latin letter or digit stands bare in a line of Arabic letters."""
    for line in text.split("\n"):
        outside = line
        while "\u2068" in outside:
            outside = INNERMOST.sub("", outside)
        assert not (ARABIC.search(outside) and re.search("[A-Za-z0-9]", outside)), line


def composed(message: Composed, language: str) -> SaidMessage:
    lines = {"topics": message.topics, "choices": message.choices, "facts": message.facts}
    return as_message(compose(LIBRARY, message.key, language, message.lines, **lines))


def topic_messages(language: str) -> Iterator[SaidMessage]:
    for topic in LIBRARY.topics():
        wording = LIBRARY.wording(topic.id, language)
        assert wording is not None
        whole = answer(LIBRARY, topic.id, Reader(language), TODAY)
        yield as_message(whole)
        yield as_message(show_sources(LIBRARY, whole))
        yield as_message(answer(LIBRARY, topic.id, Reader(language), TODAY, "simpler"))
        if wording.story:
            yield as_message(answer(LIBRARY, topic.id, Reader(language), TODAY, "story"))
        yield from (as_message(answer(LIBRARY, topic.id, Reader(language, place), TODAY)) for place in wording.local)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_to_every_topic_is_one_message(language: str) -> None:
    for message in topic_messages(language):
        fits_in_one_message(message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_one_message(language: str) -> None:
    for key, text in LIBRARY.phrases(language).texts.items():
        if not key.startswith(UNSAID):
            values = {place.strip("{}"): SAMPLE for place in PLACE.findall(text)}
            fits_in_one_message(as_message(phrase(LIBRARY, key, language, topics=("talk_to_human", "help_menu"), **values)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_of_every_guide_is_one_message_with_all_its_choices(language: str) -> None:
    here = situation(language)
    for guide in LIBRARY.guides().values():
        intro = ({"phrase": f"guide_{guide.name}_intro"}, {})
        for number, question in enumerate(guide.questions):
            told = dict(ANSWERS) if guide.name == "absence" else {**ANSWERS, "why": "b"}
            lines = LOGIC[guide.name].asked(guide, question, Progress(told), here)
            choices = buttons(guide, question, resumed=number % 2 == 1)
            fits_in_one_message(as_message(compose(LIBRARY, guide.name, language, (*intro, *lines), choices=choices)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_own_case_routes_and_occupations_are_one_message_each(language: str) -> None:
    for message in personal():
        fits_in_one_message(composed(message, language))
    here, guide = situation(language), LIBRARY.guides()["route"]
    for message in RouteLogic().result(guide, Progress({"age": 35, "permit": "refugee", "municipality": "oslo"}), here):
        fits_in_one_message(composed(message, language))
    for occupation in list(LIBRARY.occupations.known)[::6]:
        fits_in_one_message(as_message(occupation_answer(LIBRARY, occupation, Reader(language), TODAY)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_replies_with_the_languages_and_words_of_the_desk_are_one_message(language: str) -> None:
    other = "nb" if language != "nb" else "ar"
    state = LanguageState()
    offers = list(about_language(LIBRARY, Decision(language, state, offer_languages=True)))
    asks = list(about_language(LIBRARY, Decision(language, state, ask_to_continue_in=other)))
    first = as_message(answer(LIBRARY, "help_menu", Reader(language), TODAY))
    texts = LIBRARY.phrases(language).texts  # a reason that is new has no words yet in any language; the desk's tests ask for them
    announcer, now = Announcer(LIBRARY, language), dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    place, phone = LIBRARY.municipalities()["oslo"], Phone("Oslo kommune", "+47 21 80 21 80")
    desk = [
        announcer.opened(reason, place, now + dt.timedelta(days=3), phone, now) for reason in Reason if WHY.get(reason, "trouble") in texts
    ]
    desk += [announcer.claimed("Kari Nordmann"), announcer.returned(), announcer.withdrawn(True), unknown_language(LIBRARY, language)]
    for turn in ([first, *offers], [first, *asks], *([message] for message in desk)):
        assert len(holds_on_telegram(turn, words(language))) == 1
        assert len(holds_on_whatsapp(turn, words(language))) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_the_renderers_fit_where_they_stand(language: str) -> None:
    assert len(words(language).choose) <= 20 and len(words(language).answer_with_number) <= 80
