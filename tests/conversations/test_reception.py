"""Reception: stored, answered once, never silent; on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.content.library import Library
from bot.conversations.assistant import AssistantAway
from bot.conversations.reception import Incoming, Reception, Turns
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message
from tests.fakes import SmallIdentifier, StubAssistant

QUESTION = Incoming("web", "somebody", "how much money do I get", external_id="1")


@pytest.fixture
def reception(
    sessions: sessionmaker[Session], seal: Seal, library: Library, identifier: SmallIdentifier, assistant: StubAssistant
) -> Reception:
    return Reception(sessions, seal, library, identifier, assistant, "nb")  # type: ignore[arg-type]


def count(sessions: sessionmaker[Session], author: Author) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(Message).where(Message.author == author)) or 0


def test_a_message_is_answered_in_its_language_and_the_languages_are_offered_once(reception: Reception) -> None:
    first = reception.receive(QUESTION)
    assert [m.key for m in first.messages] == ["support", "offer_languages"]
    assert first.messages[0].language == "en"
    assert '/choose_language{"language": "ar"}' in [c["payload"] for c in first.messages[1].choices]
    second = reception.receive(replace(QUESTION, external_id="2"))
    assert [m.key for m in second.messages] == ["support"]


def test_the_same_message_again_gets_the_same_answer_and_is_not_asked_twice(
    reception: Reception, assistant: StubAssistant, sessions: sessionmaker[Session]
) -> None:
    first, second = reception.receive(QUESTION), reception.receive(QUESTION)
    assert [m.text for m in second.messages] == [m.text for m in first.messages]
    assert len(assistant.asked) == 1
    assert count(sessions, Author.PARTICIPANT) == 1


def test_the_same_message_from_many_threads_at_once_has_one_effect(
    reception: Reception, assistant: StubAssistant, sessions: sessionmaker[Session]
) -> None:
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda _: reception.receive(QUESTION), range(24)))
    assert {reply.messages[0].text for reply in replies} == {"answer to how much money do I get"}
    assert len(assistant.asked) == 1
    assert count(sessions, Author.ASSISTANT) == 2


def test_two_people_get_two_conversations(reception: Reception, sessions: sessionmaker[Session]) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: reception.receive(replace(QUESTION, account=f"person{n % 4}", external_id=str(n))), range(16)))
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Conversation)) == 4
    assert count(sessions, Author.PARTICIPANT) == 16


def test_when_the_assistant_is_away_the_message_is_kept_and_answered_when_sent_again(
    reception: Reception, assistant: StubAssistant, sessions: sessionmaker[Session]
) -> None:
    assistant.away = True
    with pytest.raises(AssistantAway):
        reception.receive(QUESTION)
    assert count(sessions, Author.PARTICIPANT) == 1
    assistant.away = False
    assert reception.receive(QUESTION).messages[0].key == "support"
    assert count(sessions, Author.PARTICIPANT) == 1


def test_an_assistant_that_says_nothing_never_means_silence(reception: Reception, assistant: StubAssistant) -> None:
    assistant.silent = True
    reply = reception.receive(QUESTION)
    assert reply.messages[0].text == "en: something went wrong, it is stored"


def test_the_words_are_sealed_in_the_database(reception: Reception, sessions: sessionmaker[Session], seal: Seal) -> None:
    reception.receive(QUESTION)
    with sessions() as session:
        for message in session.scalars(select(Message)):
            assert b"money" not in message.sealed_text
            assert "money" not in str(message.details)
            assert seal.open(message.sealed_text)


def test_a_chosen_language_stays_and_another_one_is_only_asked_for_after_two_messages(reception: Reception) -> None:
    chosen = reception.receive(replace(QUESTION, text='/choose_language{"language": "en"}'))
    assert chosen.language == "en"
    first = reception.receive(replace(QUESTION, text="hvor mye penger får jeg", external_id="2"))
    assert [(m.key, m.language) for m in first.messages] == [("support", "en")]
    second = reception.receive(replace(QUESTION, text="jeg vil ha svar på det", external_id="3"))
    assert [m.key for m in second.messages] == ["support", "continue_in"]
    assert second.messages[1].text == "nb: go on in Norsk bokmål?\nen: go on in Norsk bokmål?"
    assert [c["payload"] for c in second.messages[1].choices] == [
        '/choose_language{"language": "nb"}',
        '/choose_language{"language": "en"}',
    ]


def test_a_language_picked_in_the_channels_menu_counts_as_chosen(reception: Reception) -> None:
    assert reception.receive(replace(QUESTION, chosen="ar")).messages[0].language == "ar"
    assert reception.receive(replace(QUESTION, external_id="2")).messages[0].language == "ar"


def test_a_language_nobody_speaks_is_said_to_be_one_and_a_person_is_offered(reception: Reception, assistant: StubAssistant) -> None:
    reply = reception.receive(replace(QUESTION, text="สวัสดีครับ ผมอยากถาม", hint="en"))
    assert reply.messages[0].text == "en: I do not know this language"


def test_norwegian_terms_alone_do_not_settle_norwegian(reception: Reception) -> None:
    assert reception.receive(replace(QUESTION, text="introduksjonsprogrammet stønad NAV", hint="ar")).messages[0].language == "ar"
    assert reception.receive(replace(QUESTION, text="كم المبلغ في الشهر", external_id="2")).messages[0].language == "ar"


def test_the_languages_are_offered_after_a_first_message_that_had_to_be_sent_again(reception: Reception, assistant: StubAssistant) -> None:
    assistant.away = True
    with pytest.raises(AssistantAway):
        reception.receive(QUESTION)
    assistant.away = False
    assert [m.key for m in reception.receive(QUESTION).messages] == ["support", "offer_languages"]


@pytest.mark.parametrize("text", ["/restart", "/session_start", "/back", "//restart", "/ restart"])
def test_rasas_own_commands_are_only_words(reception: Reception, assistant: StubAssistant, text: str) -> None:
    reception.receive(replace(QUESTION, text=text))
    assert not assistant.asked[0].text.startswith("/")


@pytest.mark.parametrize("text", ["/support", '/support{"read_in": "nb"}'])
def test_buttons_reach_the_assistant_as_they_are(reception: Reception, assistant: StubAssistant, text: str) -> None:
    reception.receive(replace(QUESTION, text=text))
    assert assistant.asked[0].text == text


def test_turns_forget_conversations_nobody_waits_for() -> None:
    turns = Turns()
    with turns.of("a"), turns.of("b"):
        assert len(turns._locks) == 2
    assert not turns._locks
