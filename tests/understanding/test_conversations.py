"""Whole conversations through Rasa, the action server and the NLG class, as the gateway holds them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from bot.conversations.assistant import Asked, RasaAssistant, Understood

pytestmark = pytest.mark.model
Say = Callable[[str], Understood]
PEOPLE = count()


@pytest.fixture
def talk(rasa: str) -> Callable[..., Say]:
    """Somebody new who talks in a language."""
    assistant = RasaAssistant(rasa, timeout=30)

    def begin(language: str = "nb", municipality: str = "") -> Say:
        person = f"test{next(PEOPLE)}"
        return lambda text: assistant.ask(Asked(person, text, language, municipality))

    return begin


def keys(understood: Understood) -> list[str]:
    return [message.key for message in understood.messages]


def test_a_button_is_answered_in_the_language_asked_for(talk: Callable[..., Say]) -> None:
    for language in ("nb", "ar", "ti", "kmr"):
        message = talk(language)("/stonad_amount").messages[0]
        assert (message.key, message.language) == ("stonad_amount", language)
        assert "758" in message.text
        assert message.sources and message.choices


def test_simpler_again_and_where_from(talk: Callable[..., Say]) -> None:
    say = talk()
    whole = say("/stonad_amount").messages[0].text
    simpler = say("/not_understood").messages[0]
    assert simpler.key == "stonad_amount" and len(simpler.text) < len(whole) / 2
    assert say("/repeat").messages[0].text == whole
    sources = say("/source_question").messages[0]
    assert sources.key == "source_question"
    assert "Integreringsloven" in sources.text and "§ 20" in sources.text


def test_without_anything_said_before_these_questions_have_an_answer_too(talk: Callable[..., Say]) -> None:
    assert keys(talk()("/repeat")) == ["nothing_to_repeat"]
    assert keys(talk()("/not_understood")) == ["nothing_to_simplify"]
    assert keys(talk()("/source_question")) == ["source_question"]
    assert keys(talk()("/affirm")) == ["affirm"]
    assert keys(talk()("/deny")) == ["deny"]


@pytest.mark.parametrize(
    ("words", "topic"),
    [("og hvis jeg er 23?", "stonad_under_25"), ("jeg er 23", "stonad_under_25"), ("enn om jeg er 40 år", "stonad_amount")],
)
def test_a_follow_up_is_understood_from_what_was_answered(talk: Callable[..., Say], words: str, topic: str) -> None:
    say = talk()
    say("/stonad_amount")
    assert keys(say(words)) == [topic]


def test_a_follow_up_works_in_other_languages(talk: Callable[..., Say]) -> None:
    for language, words in {"ar": "وإذا كان عمري 23؟", "ti": "23 ዓመት እንተኾንኩኸ?", "uk": "а якщо мені 23?"}.items():
        say = talk(language)
        say("/stonad_amount")
        assert keys(say(words)) == ["stonad_under_25"], language


def test_not_understood_asks_first_and_then_offers_a_person(talk: Callable[..., Say]) -> None:
    say = talk()
    assert keys(say("/nlu_fallback")) == ["say_it_differently"]
    second = say("/nlu_fallback").messages[0]
    assert second.key == "offer_person"
    assert "/talk_to_human" in [choice["payload"] for choice in second.choices]
    assert keys(say("/affirm")) == ["talk_to_human"]
    assert keys(say("/stonad_amount")) == ["stonad_amount"]


def test_yes_to_several_asks_which(talk: Callable[..., Say]) -> None:
    say = talk()
    say("/stonad_amount")
    which = say("/affirm").messages[0]
    assert which.key == "which_one" and len(which.choices) >= 2


def test_that_is_wrong_says_sorry_and_offers_more(talk: Callable[..., Say]) -> None:
    say = talk()
    say("hvor mye penger får jeg i måneden")
    assert keys(say("/feedback_wrong"))[0] == "feedback_wrong"


def test_a_language_is_chosen_by_name_or_shown_by_names(talk: Callable[..., Say]) -> None:
    changed = talk()('/choose_language{"language": "so"}').messages[0]
    assert (changed.key, changed.language) == ("language_changed", "so")
    shown = talk()("/choose_language").messages[0]
    assert len(shown.choices) == 18


@pytest.mark.parametrize("after", ["/thanks", "/greet", "/goodbye", "/affirm", "/help_menu"])
def test_small_talk_after_danger_repeats_the_numbers(talk: Callable[..., Say], after: str) -> None:
    say = talk("en")
    assert "113" in say("/crisis_self_harm").messages[0].text
    reply = say(after).messages[0]
    assert "113" in reply.text or reply.key == "talk_to_human"


def test_a_municipality_gets_its_addition(talk: Callable[..., Say]) -> None:
    plain = talk()("/vgs_apply").messages[0].text
    oslo = talk(municipality="oslo")("/vgs_apply").messages[0].text
    assert oslo.startswith(plain) and len(oslo) > len(plain)


def test_a_long_conversation_stays_in_memory_only_with_its_last_turns(talk: Callable[..., Say]) -> None:
    say = talk()
    for _ in range(40):
        say("/stonad_amount")
    assert keys(say("/repeat")) == ["stonad_amount"]


@pytest.mark.parametrize(
    ("language", "question", "norwegian", "payload"),
    [
        ("nb", "Hvordan blir jeg elektriker?", "elektriker", "/praksiskandidat"),
        ("en", "How do I become a nurse in Norway?", "sykepleier", "/authorisation_regulated"),
        ("ar", "كيف أصبح ممرضة في النرويج؟", "sykepleier", "/authorisation_regulated"),
        ("ti", "ከመይ ገይረ ኣብ ኖርወይ ነርስ ክኸውን እኽእል?", "sykepleier", "/authorisation_regulated"),
        ("uk", "Як стати електриком у Норвегії?", "elektriker", "/praksiskandidat"),
    ],
)
def test_an_occupation_is_found_by_its_name_in_the_language(
    talk: Callable[..., Say], language: str, question: str, norwegian: str, payload: str
) -> None:
    message = talk(language)(question).messages[0]
    assert (message.key, message.language) == ("occupation_path", language)
    assert norwegian in message.text.casefold()
    assert payload in [choice["payload"] for choice in message.choices]


def test_an_occupation_alone_is_enough_after_the_question_which(talk: Callable[..., Say]) -> None:
    say = talk()
    assert "vilbli.no" in say("/occupation_path").messages[0].text
    assert "rørlegger" in say("rørlegger?").messages[0].text.casefold()


def test_a_story_is_told_by_its_button_and_the_answer_comes_back(talk: Callable[..., Say]) -> None:
    say = talk()
    answer = say("/nav_measures").messages[0]
    story = say('/nav_measures{"part": "story"}').messages[0]
    assert '/nav_measures{"part": "story"}' in [choice["payload"] for choice in answer.choices]
    assert story.key == "nav_measures" and story.text != answer.text and "2020" in story.text
    assert say("/nav_measures").messages[0].text == answer.text


def test_nobodys_words_are_printed(talk: Callable[..., Say], servers_log: Path) -> None:
    talk()("Jeg heter Zzyzx og lurer på stønaden min")
    assert "Zzyzx" not in servers_log.read_text(encoding="utf-8", errors="replace")
