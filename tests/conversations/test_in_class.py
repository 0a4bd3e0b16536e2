"""The classroom in a conversation: whose message it is, whose words are kept nowhere, and that nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.assistant import AssistantAway, NotStored, SaidMessage
from bot.conversations.classroom import InClass
from bot.conversations.in_class import WITHHELD
from bot.conversations.shown import shown_text
from bot.desk.reading import conversation_lines
from bot.storage.desk_tables import Case
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message
from tests.desk.common import Place


class Classroom:
    """Asks for a secret at /course_ask, keeps what it got; everything else of it begins with /course, /self or /practice."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.fails = 0

    def withholds(self, session: Session, conversation: Conversation, text: str) -> bool:
        last = select(Message.key).where(Message.conversation_id == conversation.id, Message.answers_id.is_not(None))
        return session.scalar(last.order_by(Message.id.desc()).limit(1)) == "course_ask"

    def code(self, session: Session, conversation: Conversation, text: str, language: str, group: bool) -> SaidMessage | None:
        return SaidMessage("welcome", language, "ltr", key="course_joined") if text == "CQ3D-5F7H" else None

    def concerns(self, session: Session, conversation: Conversation, text: str, group: bool, buttons_only: bool) -> bool:
        return text.startswith(("/course", "/self", "/practice")) or (text == "my course" and not buttons_only)

    def answer(self, session: Session, conversation: Conversation, question: Message, said: InClass) -> list[SaidMessage]:
        if self.fails:
            self.fails -= 1
            raise AssistantAway("answered meanwhile")
        if said.withheld is not None:
            self.kept.append(said.text)
            return [SaidMessage("thanks", said.language, "ltr", key="course_thanks")]
        key = said.text[1:].partition("{")[0] if said.text.startswith("/") else "words"
        return [SaidMessage("in class", said.language, "ltr", key=key, choices=({"title": "Choose me", "payload": "/self_answer"},))]

    def beside(self, session: Session, conversation: Conversation, messages: Sequence[SaidMessage]) -> list[SaidMessage]:
        last = messages[-1]
        return [*messages[:-1], replace(last, choices=(*last.choices, {"title": "Practise", "payload": "/practice"}))]

    def group_poll(self, session: Session, poll: int, external_id: str) -> None: ...

    def group_totals(self, session: Session, external_id: str, counts: Sequence[int]) -> None: ...


@pytest.fixture
def classroom() -> Classroom:
    return Classroom()


@pytest.fixture
def place(sessions: sessionmaker[Session], seal: Seal, real_library: Library, classroom: Classroom) -> Place:
    made = Place(sessions, seal, real_library)
    made.chat()
    made.reception.classroom = classroom
    object.__setattr__(made.reception._class, "classroom", classroom)
    return made


def stored(place: Place) -> list[tuple[str, str | None]]:
    """What is kept of the person's own messages: words and key."""
    with place.sessions() as session:
        rows = session.scalars(select(Message).where(Message.author == Author.PARTICIPANT).order_by(Message.id))
        return [(place.seal.open(row.sealed_text), row.key) for row in rows]


def test_an_anonymous_question_stands_nowhere_in_the_history(place: Place, classroom: Classroom, real_library: Library) -> None:
    place.says("/course_ask")
    place.says("is it true that I must pay", external_id="q1")
    assert classroom.kept == ["is it true that I must pay"]
    assert stored(place)[-1] == ("", WITHHELD)
    again = place.says("is it true that I must pay", external_id="q1")  # sent again by a phone that heard nothing
    assert classroom.kept == ["is it true that I must pay"] and again.messages[0].key == "course_thanks"
    assert stored(place)[-1] == ("", WITHHELD)
    assert shown_text(real_library, "", "en", {"kind": WITHHELD}) == real_library.phrase("choice_course_question", "en")


def test_a_cry_for_help_in_the_box_is_answered_and_stored(place: Place, classroom: Classroom) -> None:
    place.says("/course_ask")
    reply = place.says("violence at home")
    assert classroom.kept == [] and reply.messages[0].key == "crisis_violence"
    assert stored(place)[-1][0] == "violence at home"
    assert place.case() is not None


def test_while_nobody_can_tell_a_cry_for_help_nothing_is_taken(place: Place, classroom: Classroom) -> None:
    place.says("/course_ask")
    before = stored(place)
    place.assistant.away = True
    with pytest.raises(NotStored):
        place.says("a question", external_id="q2")
    assert stored(place) == before and classroom.kept == []
    place.assistant.away = False
    place.says("a question", external_id="q2")
    assert classroom.kept == ["a question"]


def test_words_withheld_stay_so_after_a_stumble(place: Place, classroom: Classroom) -> None:
    place.says("/course_ask")
    classroom.fails = 1
    with pytest.raises(AssistantAway):
        place.says("only for the box", external_id="q3")
    assert stored(place)[-1][0] == ""
    place.says("only for the box", external_id="q3")
    assert classroom.kept == ["only for the box"] and len([one for one in stored(place) if one[1] == WITHHELD]) == 1


def test_advisors_are_not_shown_what_somebody_says_of_themselves(place: Place, seal: Seal, real_library: Library) -> None:
    place.says("/self_answer")
    place.says("/practice_answer")
    place.says("/course_today")
    place.says("a person please")
    with place.sessions() as session:
        lines = conversation_lines(session, seal, real_library, session.scalars(select(Case)).one())
        texts = [line.text for line in lines]
    assert "a person please" in texts and not any("self" in text or "practice" in text for text in texts)
    assert sum(text == "in class" for text in texts) == 1


def test_while_a_human_talks_buttons_work_and_words_are_the_humans(place: Place) -> None:
    place.says("a person please")
    place.do(place.advisor(), "take", place.open().id)
    assert place.says("/course_today").messages[0].key == "course_today"
    assert place.says("my course").messages == ()


def test_a_pressed_button_is_shown_by_its_title(place: Place) -> None:
    place.says("/self")
    place.says("Choose me")  # typed as it stands on the button
    with place.sessions() as session:
        row = session.scalars(select(Message).where(Message.author == Author.PARTICIPANT).order_by(Message.id.desc())).first()
        assert row is not None and shown_text(place.library, place.seal.open(row.sealed_text), "en", row.details) == "Choose me"


def test_a_code_of_a_course_is_used_before_a_plans(place: Place) -> None:
    assert place.says("CQ3D-5F7H").messages[0].key == "course_joined"
    assert place.says("KQ3D-5F7H").messages[0].key == "link_unknown"


def test_buttons_fit_below_answers_but_not_below_danger(place: Place) -> None:
    assert any(choice["payload"] == "/practice" for choice in place.says("how much money").messages[-1].choices)
    assert "/practice" not in str(place.says("violence at home").messages)


def test_nothing_is_understood_without_a_classroom(place: Place) -> None:
    place.reception.classroom = None
    object.__setattr__(place.reception._class, "classroom", None)
    assert place.says("/course_today").messages[0].key == "stonad_amount"
