"""A one-time code in a chat: what the person hears, in which language, and that the assistant never sees it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.history import now
from bot.conversations.linking import Linking
from bot.conversations.reception import Incoming, Reception, Reply
from bot.plans.linking import make_code
from bot.storage.sealing import Seal
from tests.fakes import SmallIdentifier, StubAssistant
from tests.plans import people

KEY = b"k"


@pytest.fixture
def reception(sessions: sessionmaker[Session], seal: Seal, real_library: Library, assistant: StubAssistant) -> Reception:
    linking = Linking(sessions, seal, real_library, KEY)
    return Reception(sessions, seal, real_library, SmallIdentifier(), assistant, "nb", linking)  # type: ignore[arg-type]


def code_for(sessions: sessionmaker[Session], seal: Seal, language: str = "ti", reference: str = "OSL-1") -> str:
    with sessions.begin() as session:
        return make_code(session, people.person(session, seal, reference, language=language), "KN", now(), key=KEY)


def send(reception: Reception, text: str, account: str = "a", **more: object) -> Reply:
    return reception.receive(Incoming("web", account, text, **more))  # type: ignore[arg-type]


def test_the_right_code_links_and_speaks_the_plans_language(
    reception: Reception, sessions: sessionmaker[Session], seal: Seal, assistant: StubAssistant
) -> None:
    reply = send(reception, code_for(sessions, seal))
    assert reply.messages[0].key == "link_done" and reply.language == "ti"
    assert "Yonas Tekle" in reply.messages[0].text
    assert assistant.asked == []  # the code stands in no tracker


def test_a_chosen_language_stays(reception: Reception, sessions: sessionmaker[Session], seal: Seal) -> None:
    send(reception, "hei og hei", chosen="ar")
    assert send(reception, code_for(sessions, seal)).language == "ar"


@pytest.mark.parametrize("text", ["K7MP-3W4R", "k7mp3w4r"])
def test_a_wrong_code_says_what_to_do(reception: Reception, assistant: StubAssistant, text: str) -> None:
    assert send(reception, text).messages[0].key == "link_unknown"
    assert assistant.asked == []


def test_a_used_code_is_refused_in_another_chat(reception: Reception, sessions: sessionmaker[Session], seal: Seal) -> None:
    code = code_for(sessions, seal)
    send(reception, code, "a")
    assert send(reception, code, "b").messages[0].key == "link_used"


def test_many_wrong_codes_lock_the_chat_but_not_the_assistant(
    reception: Reception, sessions: sessionmaker[Session], seal: Seal, assistant: StubAssistant
) -> None:
    for _ in range(5):
        send(reception, "K7MP-3W4R")
    assert send(reception, code_for(sessions, seal)).messages[0].key == "link_too_many_tries"
    send(reception, "hvor mye penger får jeg")
    assert len(assistant.asked) == 1


def test_a_code_in_a_group_is_not_used(reception: Reception, sessions: sessionmaker[Session], seal: Seal) -> None:
    code = code_for(sessions, seal)
    assert send(reception, code, group=True).messages[0].key == "link_not_in_groups"
    assert send(reception, code, "private").messages[0].key == "link_done"


def test_the_same_message_again_gets_the_same_answer(reception: Reception, sessions: sessionmaker[Session], seal: Seal) -> None:
    code = code_for(sessions, seal)
    first = send(reception, code, external_id="m1")
    again = send(reception, code, external_id="m1")
    assert [message.text for message in again.messages] == [message.text for message in first.messages]


@pytest.mark.parametrize("text", ["velkomst", "jeg tjener 25000 kr", "12345678", "B1 og A2", "2026-11-21", "22 40 00 40"])
def test_ordinary_messages_reach_the_assistant(reception: Reception, assistant: StubAssistant, text: str) -> None:
    send(reception, text)
    assert len(assistant.asked) == 1
