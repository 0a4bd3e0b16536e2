"""The question box through reception: cries for help, advisors, codes and words that are no question; and what is kept of who asked."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.media import MediaIn
from bot.courses.classroom import CourseRoom
from bot.courses.questions import keep
from bot.desk.reading import conversation_lines
from bot.storage.course_tables import CourseQuestion
from bot.storage.desk_tables import Attachment, Case
from bot.storage.tables import Author, Conversation, Message
from tests.courses.common import Classroom
from tests.courses.in_written import only_written
from tests.desk.common import Place


@pytest.fixture
def place(classroom: Classroom, real_library: Library) -> Place:
    """A desk whose web chat "nb" is a member's."""
    only_written(classroom)
    made = Place(classroom.sessions, classroom.seal, real_library)
    made.reception.classroom = CourseRoom(classroom.courses)
    object.__setattr__(made.reception._class, "classroom", made.reception.classroom)
    with classroom.sessions.begin() as session:
        row = session.get_one(Conversation, classroom.chats["nb"])
        row.account, row.municipality, row.chosen_language = "nb", "oslo", "nb"
    return made


def in_the_box(place: Place) -> list[str]:
    with place.sessions() as session:
        return [place.seal.open(row.sealed_text) for row in session.scalars(select(CourseQuestion).order_by(CourseQuestion.id))]


def kept(place: Place) -> list[str]:
    """The person's own words in the history."""
    with place.sessions() as session:
        rows = session.scalars(select(Message).where(Message.author == Author.PARTICIPANT).order_by(Message.id))
        return [place.seal.open(row.sealed_text) for row in rows]


def test_a_cry_for_help_is_answered_and_not_put_into_the_box(place: Place) -> None:
    place.says("/course_question", "nb")
    assert place.says("violence at home", "nb").messages[0].key == "crisis_violence"
    assert in_the_box(place) == [] and place.case("nb") is not None


def test_an_answer_to_an_advisor_is_the_advisors(place: Place) -> None:
    place.says("a person please", "nb")
    kari = place.advisor()
    case = place.open("nb")
    place.do(kari, "take", case.id)
    place.says("/course_question", "nb")
    place.do(kari, "say_text", case.id, "Kan du komme i morgen?", "k1", "nb")
    place.says("ja, jeg kommer", "nb")
    assert in_the_box(place) == [] and kept(place)[-1] == "ja, jeg kommer"
    place.says("/course_question", "nb")
    place.says("Hva koster skolen?", "nb")
    assert in_the_box(place) == ["Hva koster skolen?"] and kept(place)[-1] == ""


@pytest.mark.parametrize("text", [" /course_nothing", '\t/self_share{"on": true}'])
def test_what_looks_like_a_button_is_a_question(place: Place, text: str) -> None:
    place.says("/course_question", "nb")
    assert place.says(text, "nb").messages[0].key == "course_question_thanks"
    assert in_the_box(place) == [text.strip()]


def test_a_word_for_a_part_of_the_course_is_no_question(place: Place) -> None:
    place.says("/course_question", "nb")
    assert place.says("Når er neste kursdag?", "nb").messages[0].key == "course_today"
    assert in_the_box(place) == []


def test_a_code_is_no_question(place: Place) -> None:
    place.says("/course_question", "nb")
    assert place.says("K7MP-3W4R", "nb").messages[0].key == "link_unknown"
    assert in_the_box(place) == []


def test_advisors_see_nothing_of_the_box(place: Place) -> None:
    for text in ("/course_question", "Hva koster skolen?", "/course_answers"):
        place.says(text, "nb")
    place.says("a person please", "nb")
    with place.sessions() as session:
        lines = conversation_lines(session, place.seal, place.library, session.scalars(select(Case)).one())
        assert [line.text for line in lines if line.author == "participant"] == ["a person please"]


OGG_VOICE = MediaIn("voice", "voice.ogg", "audio/ogg", b"OggS" + b"\x00" * 60)


@pytest.mark.parametrize(("kind", "words"), [("voice", ""), ("photo", "Hva betyr dette?"), ("location", ""), ("sticker", "")])
def test_what_is_no_text_is_kept_nowhere_and_asked_for_in_words(place: Place, kind: str, words: str) -> None:
    place.says("/course_question", "nb")
    media = (OGG_VOICE,) if kind == "voice" else ()
    said = place.says(words, "nb", kind=kind, media=media).messages
    assert said[0].key == "course_question_ask" and "Skriv spørsmålet" in said[0].text
    assert kept(place)[-1] == "" and in_the_box(place) == [] and place.case("nb") is None
    with place.sessions() as session:
        assert session.scalars(select(Attachment)).all() == []
    place.says("Hva koster skolen?", "nb")
    assert in_the_box(place) == ["Hva koster skolen?"]


def test_danger_in_a_caption_is_danger(place: Place) -> None:
    place.says("/course_question", "nb")
    place.says("violence at home", "nb", kind="photo")
    assert kept(place)[-1] == "violence at home" and place.case("nb") is not None


def test_the_language_of_the_words_is_the_questions(place: Place) -> None:
    place.says("/course_question", "nb")
    place.says("What does the school cost for adults?", "nb")
    with place.sessions() as session:
        assert session.scalars(select(CourseQuestion.language)).all() == ["en"]


def test_numbers_of_questions_tell_no_order(place: Place, sessions: sessionmaker[Session]) -> None:
    for number in range(5):
        place.says("/course_question", "nb")
        place.says(f"Spørsmål {number}?", "nb")
    with sessions() as session:
        numbers = {place.seal.open(row.sealed_text): row.id for row in session.scalars(select(CourseQuestion))}
    found = [numbers[f"Spørsmål {number}?"] for number in range(5)]
    assert max(found) - min(found) > 1000  # drawn, not counted


def test_advisors_see_no_typed_word_or_answer_of_practice(place: Place) -> None:
    for text in ("Hva er jeg god til?", "Jeg vil øve", '/practice_subject{"subject": "norwegian"}', "b", "spørsmålsboksen", "nei"):
        assert place.says(text, "nb").messages
    place.says("a person please", "nb")
    with place.sessions() as session:
        lines = conversation_lines(session, place.seal, place.library, session.scalars(select(Case)).one())
        assert [line.text for line in lines if line.author == "participant"] == ["nei", "a person please"]


def test_a_question_is_said_to_be_in_the_language_of_its_words(classroom: Classroom) -> None:
    """Somebody alone with Somali who follows the advice to write in Norwegian is not betrayed by the language of the chat."""
    for heard, language in (("nb", "nb"), ("", "so"), ("th", "so")):
        classroom.say(keep, "so", text=f"Hva koster det? {heard}", heard=heard)
        with classroom.sessions() as session:
            assert {classroom.seal.open(row.sealed_text): row.language for row in session.scalars(select(CourseQuestion))}[
                f"Hva koster det? {heard}".strip()
            ] == language
