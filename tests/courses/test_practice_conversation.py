"""Practice and self-assessment through the door every message comes through: buttons, typed titles, typed words, and all that is none."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.reception import Incoming, Reception, Reply
from bot.courses.classroom import CourseRoom
from bot.courses.parts import Courses
from tests.courses.practising import ITEMS, choice_of, item_of
from tests.fakes import SmallIdentifier, StubAssistant


class Chat:
    """A web chat that is in no course."""

    def __init__(self, reception: Reception) -> None:
        self.reception = reception

    def say(self, text: str) -> Reply:
        return self.reception.receive(Incoming("web", "alone", text, chosen="nb"))


@pytest.fixture
def chat(sessions: sessionmaker[Session], courses: Courses, assistant: StubAssistant, identifier: SmallIdentifier) -> Chat:
    room = CourseRoom(courses)
    return Chat(Reception(sessions, courses.seal, courses.library, identifier, assistant, "nb", classroom=room))


def test_a_round_begun_by_a_word(chat: Chat, assistant: StubAssistant) -> None:
    assert [said.key for said in chat.say("Øv").messages] == ["practice"]
    (question,) = chat.say("Matematikk").messages
    assert question.key == "practice_question"
    (said,) = chat.say(ITEMS[item_of(question)].right).messages
    assert said.key == "practice_right"
    (question,) = chat.say("Neste spørsmål").messages
    assert "spørsmål 2 av 10" in question.text and assistant.asked == []


def test_other_words_go_to_the_assistant_and_practice_goes_on_where_it_was(chat: Chat, assistant: StubAssistant) -> None:
    (question,) = chat.say('/practice_subject{"subject": "norwegian"}').messages
    said = chat.say("Hvor mange timer er det i programmet?").messages
    assert [one.text for one in said] == ["answer to Hvor mange timer er det i programmet?"] and len(assistant.asked) == 1
    assert chat.say("b").messages[0].key == "support", "after another answer a letter is a letter"
    chat.say("/practice")
    (again,) = chat.say("Fortsett").messages
    assert again.choices == question.choices
    assert chat.say("abcd"[[one["payload"] for one in again.choices].index(choice_of(again, False))]).messages[0].key == "practice_not_yet"


def test_old_button_counts_once_through_the_door(chat: Chat) -> None:
    (question,) = chat.say('/practice_subject{"subject": "english"}').messages
    keys = [chat.say(choice_of(question, True)).messages[0].key for _ in range(3)]
    assert keys == ["practice_right", "practice_counted", "practice_counted"]


@pytest.mark.parametrize(
    "typed", ["/practice_answer{", "/practice_answer{}", "/practice_answer[1]", '/self_answer{"part": 3}', "/self_part{null}"]
)
def test_broken_buttons_are_answered(chat: Chat, typed: str) -> None:
    assert chat.say(typed).messages[0].text


def test_self_assessment_by_its_titles(chat: Chat, assistant: StubAssistant) -> None:
    assert chat.say("Hva kan jeg?").messages[0].key == "self_menu"
    assert chat.say("dette kan jeg").messages[0].text.endswith("1 av 10: Jeg kan forklare noe til andre")
    assert chat.say("Litt").messages[0].text.startswith("2 av 10") and assistant.asked == []
