"""Every button, word and answer of the classroom through reception: the right part answers, in every language, and nothing breaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.reception import Incoming, Reception, Reply
from bot.courses import registered
from bot.courses.classroom import CourseRoom, button_in, plain
from bot.settings import ROOT
from bot.storage.course_tables import Course, CourseQuestion
from bot.storage.tables import Conversation
from tests.courses.common import GROUP_CHAT, LANGUAGES, NUMBERS, Classroom
from tests.desk.common import SmallAssistant
from tests.fakes import SmallIdentifier

PRIVATE = sorted(set(registered.HANDLERS) - registered.IN_GROUP)


class Chats:
    """A class that writes through reception."""

    def __init__(self, classroom: Classroom, library: Library) -> None:
        self.classroom, self.assistant, self.library = classroom, SmallAssistant(), library
        room = CourseRoom(classroom.courses)
        self.reception = Reception(
            classroom.sessions, classroom.seal, library, SmallIdentifier(), self.assistant, "nb", None, None, None, room
        )
        with classroom.sessions.begin() as session:
            self.accounts = {}
            for language, chat in classroom.chats.items():
                row = session.get_one(Conversation, chat)
                row.chosen_language = language
                self.accounts[language] = row.account

    def says(self, text: str, who: str = "nb", external_id: str = "") -> Reply:
        """A member writes; one who is none has an account of that name."""
        number = external_id or f"m{next(NUMBERS)}"
        return self.reception.receive(Incoming("web", self.accounts.get(who, who), text, number))

    def in_group(self, text: str, person: int = 7) -> Reply:
        return self.reception.receive(Incoming("telegram", f"{GROUP_CHAT}:{person}", text, f"g{next(NUMBERS)}", group=True))

    def bind(self) -> None:
        with self.classroom.sessions.begin() as session:
            session.get_one(Course, self.classroom.course).chat = GROUP_CHAT


@pytest.fixture
def chats(classroom: Classroom, real_library: Library) -> Chats:
    return Chats(classroom, real_library)


def texts(reply: Reply) -> str:
    return "\n".join(message.text for message in reply.messages)


@pytest.mark.parametrize("who", [*LANGUAGES, "nobody"])
def test_every_button_is_answered_in_every_language(chats: Chats, who: str) -> None:
    for name in sorted(registered.HANDLERS):
        reply = chats.says(f"/{name}", who)
        assert reply.messages and all(message.text.strip() for message in reply.messages), name
        assert "{" not in texts(reply), name
        if who in LANGUAGES:
            assert reply.messages[0].language == who, name
    assert chats.assistant.asked == []


@pytest.mark.parametrize(
    "values",
    [
        {"poll": 10**12, "option": -1, "talk": "1", "session": [], "about": {}, "subject": "x", "part": "..", "item": "no_001"},
        {"poll": True, "talk": None, "asked": 0, "choice": 99, "item": "no_999", "about": "session:99999999999", "on": "yes", "sure": 1},
        {"statement": "x" * 5000, "answer": "yes", "part": "skills", "about": "poll:-1", "talk": 2**31, "poll": 2**63, "option": 2**40},
    ],
)
def test_nothing_typed_into_a_button_breaks_it(chats: Chats, values: dict) -> None:
    for name in sorted(registered.HANDLERS):
        for who in ("so", "nobody"):
            reply = chats.says(f"/{name}{json.dumps(values)}", who)
            assert reply.messages and all(message.text.strip() for message in reply.messages), name


@settings(max_examples=300)
@given(st.text(max_size=80), st.sampled_from(sorted(registered.HANDLERS)))
def test_no_text_is_a_broken_button(tail: str, name: str) -> None:
    for text in (tail, f"/{name}{tail}", f"/{name}{{{tail}}}", f"/ {name}"):
        found, values = button_in(text)
        assert isinstance(values, dict) and (found == "" or registered.is_ours(found))


def words() -> Iterator[tuple[str, str, str]]:
    library = Library(ROOT / "data")
    for language in LANGUAGES:
        for phrase, payload in registered.WORDS.items():
            for word in library.phrases(language).texts.get(phrase, "").split("|"):
                if word:
                    yield language, word, payload


def test_words_stand_for_one_button_in_their_language() -> None:
    seen: dict[tuple[str, str], str] = {}
    for language, word, payload in words():
        assert seen.setdefault((language, plain(word)), payload) == payload, (language, word)


def test_a_typed_word_is_the_button_for_members_and_nothing_for_others(chats: Chats, real_library: Library) -> None:
    word = real_library.phrases("so").texts["words_today"].split("|")[0]
    assert chats.says(word.upper() + " !", "so").messages[0].key == chats.says("/course_today", "so").messages[0].key
    chats.says(word, "nobody")
    assert [asked.text for asked in chats.assistant.asked] == [word]
    practise = real_library.phrases("nb").texts["words_practice"].split("|")[0]
    assert chats.says(practise, "nobody").messages[0].key.startswith("practice")


def test_in_the_group_what_is_private_has_a_door(chats: Chats) -> None:
    chats.bind()
    for name in PRIVATE:
        said = chats.in_group(f"/{name}").messages
        assert [message.key for message in said] == [f"door_{name}"] and said[0].choices == ()


@pytest.mark.parametrize("name", sorted(registered.IN_GROUP))
def test_in_the_group_what_is_for_all_is_answered(chats: Chats, name: str) -> None:
    chats.bind()
    said = chats.in_group(f"/{name}").messages
    assert said and not said[0].key.startswith("door_")
    elsewhere = chats.reception.receive(Incoming("telegram", "-77:1", f"/{name}", f"e{next(NUMBERS)}", group=True))
    assert elsewhere.messages and elsewhere.messages[0].text.strip()  # a group of no course


def test_an_anonymous_question_and_its_thanks(chats: Chats, sessions: sessionmaker[Session]) -> None:
    chats.says("/course_question", "so")
    asked = "Miyaan lacag bixinayaa imtixaanka?"
    reply = chats.says(asked, "so", "q1")
    assert reply.messages[0].key == "course_question_thanks" and reply.messages[0].language == "so"
    chats.says(asked, "so", "q1")
    with sessions() as session:
        rows = session.scalars(select(CourseQuestion)).all()
        assert [(chats.classroom.seal.open(row.sealed_text), row.topic) for row in rows] == [(asked, "stonad_amount")]


def test_after_something_else_was_said_words_are_no_question(chats: Chats, sessions: sessionmaker[Session]) -> None:
    chats.says("/course_question", "so")
    chats.says("/course_today", "so")
    chats.says("Miyaan lacag bixinayaa?", "so")
    with sessions() as session:
        assert session.scalars(select(CourseQuestion)).all() == []
    assert [asked.text for asked in chats.assistant.asked] == ["Miyaan lacag bixinayaa?"]


def test_buttons_below_the_assistants_answers(chats: Chats) -> None:
    def payloads(key: str, who: str) -> list[str]:
        with chats.classroom.sessions() as session:
            row = session.get_one(Conversation, chats.classroom.chats[who]) if who in LANGUAGES else Conversation(id=0, channel="web")
            said = [SaidMessage("x", "so", "rtl", key=key)]
            return [choice["payload"] for choice in CourseRoom(chats.classroom.courses).beside(session, row, said)[-1].choices]

    assert payloads("norskprove_prepare", "so") == ["/practice"]
    assert payloads("career_choose", "so") == ["/self"]
    assert payloads("utdanningsvalg_course", "so") == ["/course"]
    assert payloads("utdanningsvalg_course", "nobody") == []
    assert payloads("stonad_amount", "so") == []
    assert payloads("absence_report", "so") == ["/course_absent"] and payloads("absence_report", "nobody") == []
    with chats.classroom.sessions() as session:
        row = session.get_one(Conversation, chats.classroom.chats["so"])
        said = SaidMessage("x", "so", "ltr", key="absence_report", choices=({"title": "A", "payload": "/other"},))
        shown = CourseRoom(chats.classroom.courses).beside(session, row, [said])[-1].choices
        assert [choice["payload"] for choice in shown] == ["/course_absent", "/other"]  # the teacher waits for it today
