"""In a group: the language of the question and a line in Norwegian, nothing personal, numbers but no crisis talk in front of others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library, Reader, answer
from bot.conversations.assistant import Asked, SaidMessage, Understood
from bot.conversations.in_group import LONGEST_LINE, in_private, is_personal, with_norwegian_line
from bot.conversations.reception import Incoming, Reception, Reply
from bot.conversations.saying import as_message
from bot.storage.sealing import Seal
from tests.fakes import SmallIdentifier


class Reader132:
    """Understands the name of a topic and answers it from the real content, in the language asked for."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.asked: list[Asked] = []

    def read(self, text: str) -> Understood:
        return Understood((), text.split()[0].lstrip("/"), 0.99)

    def ask(self, asked: Asked) -> Understood:
        import datetime as dt

        self.asked.append(asked)
        topic = self.read(asked.text).intent
        said = answer(self.library, topic, Reader(asked.language), dt.date.today())
        told = answer(self.library, topic, Reader("nb"), dt.date.today()).text if asked.language != "nb" else ""
        return Understood((as_message(said, told),), topic, 0.99)

    def ready(self) -> bool:
        return True


class Group:
    def __init__(self, sessions: sessionmaker[Session], seal: Seal, library: Library) -> None:
        self.assistant = Reader132(library)
        self.reception = Reception(sessions, seal, library, SmallIdentifier(), self.assistant, "nb")
        self.count = 0

    def says(self, text: str, person: str = "1", group: bool = True) -> Reply:
        self.count += 1
        account = f"-55:{person}" if group else person
        return self.reception.receive(Incoming("telegram", account, text, f"t{self.count}", group=group))


@pytest.fixture
def group(sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> Group:
    return Group(sessions, seal, real_library)


def test_each_question_is_answered_in_its_language_with_a_line_in_norwegian(group: Group) -> None:
    english = group.says("stonad_amount in plain English please")
    assert [message.language for message in english.messages] == ["en", "nb"]
    assert english.messages[1].text.startswith("På norsk: ")
    arabic = group.says("stonad_amount كم من المال في الشهر")  # the same person, another language
    assert [message.language for message in arabic.messages] == ["ar", "nb"] and arabic.messages[0].direction == "rtl"
    norwegian = group.says("stonad_amount hvor mye er det på norsk")
    assert [message.language for message in norwegian.messages] == ["nb"]
    assert all("choose_language" not in str(message.choices) for reply in (english, arabic) for message in reply.messages)


@pytest.mark.parametrize("topic", ["my_plan", "my_support_estimate", "route_finder", "link_account", "absence_report"])
def test_what_is_personal_is_not_even_asked_about(group: Group, topic: str) -> None:
    reply = group.says(f"{topic} for me in English")
    assert group.assistant.asked == []
    assert reply.messages[0].key == topic and reply.messages[0].choices == ()
    assert reply.messages[0].text == group.reception.library.phrase("group_private", "en")
    assert group.says(f"{topic} for me", person="2", group=False).messages[0].text != reply.messages[0].text


@pytest.mark.parametrize("topic", ["crisis_violence", "crisis_self_harm", "crisis_control"])
def test_danger_brings_numbers_and_a_door_and_nothing_else(group: Group, topic: str) -> None:
    reply = group.says(f"{topic} please help me now")
    assert group.assistant.asked == []
    numbers, door, line = reply.messages
    assert "112" in numbers.text and "113" in numbers.text
    assert (door.key, door.text) == (topic, group.reception.library.phrase("group_danger", "en"))
    assert "112" in line.text and line.language == "nb"
    everybody = group.says("emergency the house is burning")
    assert group.assistant.asked and "110" in everybody.messages[0].text


def test_a_long_answer_is_told_in_short(real_library: Library) -> None:
    long = SaidMessage("x", "en", "ltr", key="no_topic", norwegian="En setning. " + "Enda en lang setning med mange ord i. " * 20)
    told = with_norwegian_line(real_library, [long])[1].text
    assert len(told) <= LONGEST_LINE + len("På norsk: ") and told.endswith(".")
    endless = replace(long, norwegian="ord " * 200)
    assert with_norwegian_line(real_library, [endless])[1].text.endswith("…")


def test_services_and_facts_are_for_everybody(real_library: Library) -> None:
    for topic in real_library.topics():
        personal = in_private(real_library, Understood((), topic.id, 1.0), "en") is not None
        assert personal == (is_personal(real_library, topic.id) or (topic.kind == "safety" and topic.id != "emergency"))
