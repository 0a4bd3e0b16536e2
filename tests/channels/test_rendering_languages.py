"""The offer of languages below an answer leaves room for the answer's own buttons."""

from __future__ import annotations

from datetime import date

import pytest

from bot.channels.rendering import with_one_language_button, words_of
from bot.channels.telegram import rendering as telegram
from bot.channels.whatsapp import rendering as whatsapp
from bot.content import Library, Reader, answer
from bot.conversations.about_language import CHOOSE, about_language
from bot.conversations.language_policy import Decision, LanguageState
from bot.conversations.saying import as_message


@pytest.mark.parametrize("language", ["nb", "ar", "ti"])
def test_a_first_answer_keeps_its_buttons_and_names_every_language(real_library: Library, language: str) -> None:
    first = as_message(answer(real_library, "stonad_amount", Reader(language), date.today()))
    (offer,) = about_language(real_library, Decision(language, LanguageState(), offer_languages=True))
    messages = with_one_language_button((first, offer), real_library, language)
    words = words_of(real_library, language)

    (on_whatsapp,) = whatsapp.render(messages, words)
    assert on_whatsapp.method == "interactive" and not on_whatsapp.numbered
    assert set(on_whatsapp.keys.values()) >= {choice["payload"] for choice in first.choices} | {CHOOSE}
    (on_telegram,) = telegram.render(messages, words)
    assert CHOOSE in on_telegram.keys.values()
    for one in real_library.languages.offered:
        assert one.code == language or one.name in on_telegram.body["text"]


def test_the_list_of_languages_itself_stays_a_list(real_library: Library) -> None:
    (offer,) = about_language(real_library, Decision("nb", LanguageState(), offer_languages=True))
    assert with_one_language_button((offer,), real_library, "nb") == (offer,)
    (numbered,) = whatsapp.render((offer,), words_of(real_library, "nb"))
    assert len(numbered.numbered) == len(real_library.languages.offered) - 1


def test_where_there_is_no_room_for_all_names_the_buttons_matter_more(real_library: Library) -> None:
    for language in ("so", "fr", "ps"):
        first = as_message(answer(real_library, "stonad_amount", Reader(language), date.today()))
        (offer,) = about_language(real_library, Decision(language, LanguageState(), offer_languages=True))
        messages = with_one_language_button((first, offer), real_library, language, 1024)
        (part,) = whatsapp.render(messages, words_of(real_library, language))
        assert part.method == "interactive", language
