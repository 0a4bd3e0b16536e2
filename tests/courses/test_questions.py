"""The anonymous question box: what members do, what is kept, and what the teacher makes of it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import inspect, select

from bot.content import Library
from bot.conversations.history import store_answers
from bot.courses import questions
from bot.courses.posting import preview
from bot.courses.problems import NoSuchCourse
from bot.courses.question_answering import Answering, draft_of_answer, send_answer
from bot.courses.question_box import (
    KEPT,
    answered_questions,
    forget_old,
    open_questions,
    retell,
    set_aside,
    set_aside_questions,
    take_back,
)
from bot.storage.course_tables import Course, CourseQuestion
from bot.storage.tables import Message
from tests.courses.common import WORKING_HOURS, WRITTEN, Classroom, add_course, add_member, payloads, texts
from tests.courses.in_written import heard, only_written, refused, says

SECRET = "Hva skjer hvis jeg ikke består prøven?"
ISOLATES = re.compile("[\u2066-\u2069\u200f]")
OTHERS = ("ti", "ar")  # languages whose topics are written; their phrases are not all there yet


@pytest.fixture
def room(classroom: Classroom) -> Classroom:
    return only_written(classroom)


def ask(room: Classroom, text: str = SECRET, who: str = "nb", **values: object) -> int:
    """Puts a question into the box; its number."""
    before = numbers(room)
    assert says(room, questions.EXPECTS[questions.ASK], who, text=text, **values)[0].key == questions.THANKS
    return (numbers(room) - before).pop()


def numbers(room: Classroom) -> set[int]:
    """Of all questions in the box; they are drawn by chance."""
    with room.sessions() as session:
        return set(session.scalars(select(CourseQuestion.id)))


def test_asking_explains_and_waits(room: Classroom) -> None:
    said = says(room, questions.HANDLERS["course_question"])
    assert said[0].key == questions.ASK == "course_question_ask"
    assert "Ingen får vite at det er du som spør" in said[0].text
    assert payloads(said) == ["/course", "/talk_to_human"]


def test_a_question_keeps_nothing_of_who_asked(room: Classroom) -> None:
    number = ask(room, who="ti", topic="vgs_intake_test_failed")
    with room.sessions() as session:
        row = session.get_one(CourseQuestion, number)
        kept = {column.key: getattr(row, column.key) for column in inspect(CourseQuestion).columns}
        said = room.seal.open(row.sealed_text)
    expected = {"id", "course_id", "sealed_text", "language", "topic", "asked_on", "sealed_norwegian", "post_id"}
    assert set(kept) == expected | {"set_aside_at", "set_aside_because"}  # no member, no chat, no moment
    assert said == SECRET and kept["topic"] == "vgs_intake_test_failed" and kept["asked_on"] == WORKING_HOURS.date()
    assert SECRET.encode() not in kept["sealed_text"]


@pytest.mark.parametrize("topic", ["no_such_topic", "../../etc", "x" * 61, 7, None])
def test_a_strange_topic_is_none(room: Classroom, topic: object) -> None:
    number = ask(room, topic=topic)
    with room.sessions() as session:
        assert session.get_one(CourseQuestion, number).topic is None


@pytest.mark.parametrize(
    ("text", "says_why"),
    [("", "ingen ord"), ("   \x00 ", "ingen ord"), ("a" * 501, "høyst 500 tegn"), ("Nummeret er 010101 12377", "fødselsnummer")],
)
def test_what_cannot_be_kept_is_asked_again(room: Classroom, text: str, says_why: str) -> None:
    said = says(room, questions.EXPECTS[questions.ASK], text=text)
    assert said[0].key == questions.ASK  # the next words are withheld again
    assert says_why in said[0].text and "12377" not in said[0].text
    with room.sessions() as session:
        assert session.scalars(select(CourseQuestion)).all() == []


def test_five_a_day_in_a_chat(room: Classroom) -> None:
    yesterday = WORKING_HOURS - dt.timedelta(days=1)
    for number in range(6):
        with room.sessions.begin() as session:
            turn = room.turn(session, "nb", text="x")
            store_answers(session, room.seal, turn.question, questions.keep(turn))
            newest = select(Message).where(Message.key == questions.THANKS).order_by(Message.id.desc()).limit(1)
            session.scalars(newest).one().created_at = yesterday if number == 0 else WORKING_HOURS
    assert says(room, questions.ask)[0].key == "course_question_enough"
    assert says(room, questions.keep, text="En til?")[0].key == "course_question_enough"
    assert says(room, questions.ask, "ti")[0].key == questions.ASK  # another chat may
    with room.sessions() as session:
        assert len(session.scalars(select(CourseQuestion)).all()) == 6


def test_a_chat_in_no_course_is_told_what_to_do(room: Classroom) -> None:
    for handler in (*questions.HANDLERS.values(), *questions.EXPECTS.values()):
        assert says(room, handler, None, text="Hei?")[0].key == "course_none"


def test_few_of_a_language_are_warned(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        turn = classroom.turn(session, "nb", in_language="nb")
        assert turn.member is not None
        assert not questions._is_alone(turn, turn.member)
        foreign = classroom.turn(session, "ti", in_language="ti")
        assert foreign.member is not None and questions._is_alone(foreign, foreign.member)


def test_answered_for_everybody_in_one_message(room: Classroom) -> None:
    number = ask(room, who="ti")
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        given = Answering((number,), "vgs_intake_test_failed", {"nb": "Vi snakker om det mandag."})
        with refused("question_not_retold"):
            draft_of_answer(room.courses, session, course, given, room.teacher.id)
        retell(room.courses, session, course, number, "Hva skjer når man ikke består?")
        shown = preview(room.courses, session, course, draft_of_answer(room.courses, session, course, given, room.teacher.id))
        made = send_answer(room.courses, session, course, given, "key-1", room.teacher.id)
        again = send_answer(room.courses, session, course, Answering((999,)), "key-1", room.teacher.id)
        assert again.id == made.id
    for who in room.chats:
        [(_, words)] = heard(room, who)
        assert words == shown[0].text
        assert "Noen spurte:\n«Hva skjer når man ikke består?»" in words and "Læreren svarer:\nVi snakker om det mandag." in words
        assert room.courses.library.wording("vgs_intake_test_failed", "nb").answer.split("\n")[0][:40] in words  # type: ignore[union-attr]
        assert SECRET not in words  # the teacher's retelling is what Norwegian readers get
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        assert open_questions(room.courses, session, course) == []
        [(post, [asked])] = answered_questions(room.courses, session, course)
        assert asked.answered and post.sent_at is not None
        with refused("question_answered"):
            send_answer(room.courses, session, course, given, "key-2", room.teacher.id)
    said = says(room, questions.answers, "so")
    assert [message.key for message in said] == ["course_answer"] and "Noen spurte" in texts(said)


@pytest.mark.parametrize("together", [0, 2])
@pytest.mark.parametrize("language", OTHERS)
def test_those_of_the_same_language_read_the_original_too_if_they_are_several(classroom: Classroom, language: str, together: int) -> None:
    """The words of somebody who alone has the language would tell everybody else of that language, or the teacher, who asked."""
    original = {"ti": "እንታይ ክገብር እኽእል?", "ar": "ماذا أفعل؟"}[language]
    with classroom.sessions.begin() as session:
        for _ in range(together):
            add_member(session, classroom.seal, classroom.course, language)
        turn = classroom.turn(session, language, text=original)
        questions.keep(turn)
        course = session.get_one(Course, classroom.course)
        [asked] = open_questions(classroom.courses, session, course)
        retell(classroom.courses, session, course, asked.id, "Hva kan man gjøre?")
        draft = draft_of_answer(classroom.courses, session, course, Answering((asked.id,), "vgs_intake_test_failed"), None)
        shown = {one.language: ISOLATES.sub("", one.text) for one in preview(classroom.courses, session, course, draft)}
    assert (original in shown[language]) == bool(together) and "Hva kan man gjøre?" in shown[language]
    assert all(original not in text for code, text in shown.items() if code != language)
    assert all("Hva kan man gjøre?" in text for text in shown.values())
    topic = classroom.courses.library.wording("vgs_intake_test_failed", "uk")
    assert topic is not None and topic.answer.split("\n")[0][:30] in shown["uk"]  # everybody reads the answer in their own language


def test_several_questions_with_one_answer(room: Classroom) -> None:
    first, second = ask(room), ask(room, "Kan jeg ta prøven igjen?", "so")
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        for number in (first, second):
            retell(room.courses, session, course, number, f"Spørsmål {number}?")
        send_answer(room.courses, session, course, Answering((second, first, first), "", {"nb": "Ja."}), "k", room.teacher.id)
        assert {row.post_id for row in session.scalars(select(CourseQuestion))} - {None} != set()
        assert all(row.post_id is not None for row in session.scalars(select(CourseQuestion)))
    [(_, words)] = heard(room, "uk")
    assert "Flere spurte om dette:" in words and f"Spørsmål {first}?" in words and f"Spørsmål {second}?" in words


def test_an_answer_needs_something_to_say(room: Classroom) -> None:
    number = ask(room)
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        retell(room.courses, session, course, number, "Hva da?")
        for given, key in (
            (Answering((number,)), "question_no_answer"),
            (Answering((number,), "my_plan"), "question_topic"),
            (Answering((number,), "crisis_self_harm"), "question_topic"),
            (Answering((number,), "no_such"), "question_topic"),
            (Answering((number,), "", {"ti": "bare tigrinja"}), "question_norwegian"),
            (Answering((), "vgs_right"), "question_none"),
        ):
            with refused(key):
                draft_of_answer(room.courses, session, course, given, None)


def test_nobody_reaches_the_box_of_another_course(room: Classroom) -> None:
    number = ask(room)
    with room.sessions.begin() as session:
        other = session.get_one(Course, add_course(session, room.teacher, "Et annet kurs"))
        assert open_questions(room.courses, session, other) == []
        with pytest.raises(NoSuchCourse):
            retell(room.courses, session, other, number, "x")
        with pytest.raises(NoSuchCourse):
            set_aside(session, other, number, "private", WORKING_HOURS)
        with pytest.raises(NoSuchCourse):
            draft_of_answer(room.courses, session, other, Answering((number,), "vgs_right"), None)


def test_set_aside_is_kept_thirty_days_and_can_be_taken_back(room: Classroom) -> None:
    first, second = ask(room), ask(room, "Kan du hjelpe meg alene?")
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        with refused("question_reason"):
            set_aside(session, course, first, "because", WORKING_HOURS)
        for number in (first, second, first):
            set_aside(session, course, number, "private", WORKING_HOURS)
        take_back(session, course, second)
        assert [one.id for one in open_questions(room.courses, session, course)] == [second]
        assert [(one.id, one.set_aside_because) for one in set_aside_questions(room.courses, session, course)] == [(first, "private")]
        with refused("question_answered"):
            retell(room.courses, session, course, first, "x")
        assert forget_old(room.courses, session, WORKING_HOURS + KEPT) == 0
        assert forget_old(room.courses, session, WORKING_HOURS + KEPT + dt.timedelta(seconds=1)) == 1
        assert [row.id for row in session.scalars(select(CourseQuestion))] == [second]


def test_no_answers_yet(room: Classroom) -> None:
    said = says(room, questions.answers)
    assert said[0].key == "course_answers_none" and payloads(said) == ["/course_question"]


def test_all_phrases_are_there(real_library: Library) -> None:
    for language in WRITTEN:
        phrases = real_library.phrases(language).texts
        for words in questions.WORDS:
            assert phrases[words]
