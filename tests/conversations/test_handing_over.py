"""Reception and the desk together: who answers while a human has the conversation, and what happens at the same moment."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.desk.colleagues import Role
from bot.storage.sealing import Seal
from bot.storage.tables import Author, ConversationState
from tests.desk.common import Died, Place, dying_at

ARABIC = '/choose_language{"language": "ar"}'


@pytest.fixture
def place(sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> Place:
    return Place(sessions, seal, real_library)


@pytest.fixture
def held(place: Place) -> Place:
    """Kari has the conversation and has answered."""
    place.chat()
    place.says("person")
    kari = place.advisor()
    place.do(kari, "take", place.open().id)
    place.do(kari, "say_text", place.open().id, "What is it about?", "k1", "en")
    place.assistant.asked.clear()
    return place


def test_while_a_human_has_it_the_assistant_is_silent_and_the_message_reaches_the_case(held: Place) -> None:
    held.clock.go_on(minutes=5)
    reply = held.says("my money did not come", external_id="x")
    assert reply.messages == () and reply.intent == "stonad_amount"
    assert held.assistant.asked == []
    case = held.open()
    assert case.waiting_since is not None and case.state == "held"
    mine = held.said(but=None)[-1]
    assert mine.author is Author.PARTICIPANT and mine.answered_at and held.words(mine) == "my money did not come"
    count = len(held.said(but=None))
    again = held.says("my money did not come", external_id="x")
    assert again.messages == () and again.language == "en" and len(held.said(but=None)) == count


def test_a_button_of_an_older_answer_reaches_the_advisor_too(held: Place) -> None:
    assert held.says("/stonad_ends").messages == ()
    assert held.said(but=None)[-1].key == "stonad_ends"


def test_the_advisor_gets_the_message_when_the_assistant_is_away(held: Place) -> None:
    held.assistant.away = True
    assert held.says("hello?").messages == ()
    assert held.open().waiting_since is not None


def test_the_language_can_be_changed_while_a_human_has_it(held: Place) -> None:
    reply = held.says(ARABIC)
    assert reply.language == "ar" and [message.key for message in reply.messages] == ["language_changed"]
    assert held.conversation().chosen_language == "ar"
    assert held.conversation().state is ConversationState.HUMAN
    assert held.open().waiting_since is None  # nobody has to answer that
    kari = held.acting(held.advisor("Ola"))
    with held.sessions() as session:
        assert kari.preview(session, held.open(), "reply_thanks", {}).language == "ar"


def test_asking_which_languages_there_are_is_answered_while_a_human_has_it(held: Place) -> None:
    assert held.says("/choose_language").messages


def test_words_of_danger_bring_the_numbers_at_once_and_raise_the_case(held: Place) -> None:
    held.clock.go_on(minutes=1)
    reply = held.says("there is violence at home")
    assert [message.key for message in reply.messages] == ["crisis_violence"]
    assert "112" in reply.messages[0].text and "112" in reply.messages[0].norwegian
    case = held.open()
    assert (case.reason, case.priority, case.state) == ("crisis", 1, "held")
    assert case.waiting_since is not None and case.target_at is not None


def test_an_advisor_who_is_faster_than_the_assistant_gets_the_message(place: Place) -> None:
    place.chat()
    place.says("person")
    kari = place.advisor()
    place.assistant.meanwhile = lambda: place.do(kari, "take", place.open().id)
    assert place.says("money").messages == ()
    assert place.open().waiting_since is not None
    assert place.keys() == ["handover_done", "handover_claimed"]


def test_danger_said_while_an_advisor_takes_it_is_answered_and_waits_for_the_advisor(place: Place) -> None:
    place.chat()
    place.says("person")
    kari = place.advisor()

    def takes_and_answers() -> None:
        place.do(kari, "take", place.open().id)
        place.do(kari, "say_text", place.open().id, "Hello!", "k1", "en")

    place.assistant.meanwhile, place.assistant.confidence = takes_and_answers, 0.3
    reply = place.says("violence")
    assert reply.messages[0].key == "crisis_violence"
    case = place.open()
    assert case.state == "held" and case.waiting_since is not None and case.reason == "crisis"


def test_an_advisor_who_gives_it_back_while_the_message_is_read_leaves_it_to_the_assistant(held: Place) -> None:
    boss, case = held.advisor("Berit", role=Role.ADMINISTRATOR), held.open()
    read = held.assistant.read

    def reads(text: str) -> object:
        held.assistant.read = read  # type: ignore[method-assign]
        held.do(boss, "give_back", case.id, "answered")
        return read(text)

    held.assistant.read = reads  # type: ignore[method-assign, assignment]
    assert [message.key for message in held.says("money").messages] == ["stonad_amount"]


@pytest.mark.parametrize("text", ["person", "violence", "/handover_withdraw", "money"])
def test_a_process_that_dies_at_any_step_loses_and_doubles_nothing(place: Place, text: str) -> None:
    place.chat("whole")
    place.says("person", "whole") if text == "/handover_withdraw" else None
    expected = [message.key for message in place.says(text, "whole", external_id="m").messages]
    for step in range(1, 40):
        account = f"dies{step}"
        place.chat(account)
        place.says("person", account) if text == "/handover_withdraw" else None
        try:
            with dying_at(step):
                place.says(text, account, external_id="m")
            died = False
        except Died:
            died = True
        assert [message.key for message in place.says(text, account, external_id="m").messages] == expected
        assert place.keys(account) == place.keys("whole"), step
        assert (place.case(account) is None) is (place.case("whole") is None)
        if not died:
            break
    assert not died and step > 3
