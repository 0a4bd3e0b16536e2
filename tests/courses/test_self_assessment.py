"""The self-assessment: one statement at a time, the person's own until they show it, gone when they want."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.content.composed import shown
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import store_answers
from bot.courses.self_assessment.handlers import BESIDE, HANDLERS, WORDS
from bot.courses.self_assessment.parts import answers_of, parts_of, statements_of, valid
from bot.courses.self_assessment.sharing import parts_shown, shared_with_teacher
from bot.storage.course_tables import CourseMember, SelfAssessment
from tests.courses.common import Classroom, Clock, add_chat, payloads, texts, values_of
from tests.courses.practising import bare, linked, with_stand_ins

FIRST = "explain_to_others"


@dataclass
class Person:
    """A member's chat, whose buttons can be pressed."""

    room: Classroom
    who: str | None = "nb"
    language: str = ""

    def do(self, handler: str, **values: Any) -> list[SaidMessage]:
        with self.room.sessions.begin() as session:
            turn = self.room.turn(session, self.who, in_language=self.language, values=values)
            said = HANDLERS[handler](turn)
            store_answers(session, self.room.seal, turn.question, said)
            return said

    def press(self, said: list[SaidMessage], title: str) -> list[SaidMessage]:
        """Presses the button with this title."""
        (payload,) = {choice["payload"] for message in said for choice in message.choices if bare(choice["title"]) == title}
        return self.do(payload[1:].split("{")[0], **values_of(payload))

    def answer_all(self, part: str, *titles: str) -> list[SaidMessage]:
        """Answers a whole part, the answers in turn."""
        said = self.do("self_part", part=part)
        count = len(statements_of(self.room.courses.library, part))
        for number in range(count):
            said = self.press(said, titles[number % len(titles)])
        return said


@pytest.fixture
def person(classroom: Classroom) -> Person:
    return Person(classroom)


def rows(room: Classroom) -> int:
    with room.sessions() as session:
        return session.scalar(select(func.count()).select_from(SelfAssessment)) or 0


def test_menu_says_what_it_is(person: Person) -> None:
    (said,) = person.do("self")
    assert "Dette er ikke en test" in said.text and "Dette liker jeg: 0 av 30 svar" in said.text
    assert [values_of(payload)["part"] for payload in payloads([said])] == ["skills", "strengths", "values", "learning", "interests"]
    assert rows(person.room) == 0


def test_one_statement_at_a_time_with_three_buttons(person: Person) -> None:
    said = person.do("self_part", part="skills")
    assert "Tenk på hele livet ditt" in said[0].text and said[0].text.endswith("1 av 10: Jeg kan forklare noe til andre")
    assert [choice["title"] for choice in said[0].choices] == ["Ja, det stemmer", "Litt", "Nei, ikke nå"]
    said = person.press(said, "Litt")
    assert said[0].text == "2 av 10: Jeg kan planlegge en dag med mange oppgaver"


def test_leaving_and_resuming(person: Person) -> None:
    person.press(person.do("self_part", part="values"), "Litt")
    person.do("self")
    assert "Dette er viktig for meg: 1 av 8 svar" in person.do("self")[0].text
    assert person.do("self_part", part="values")[0].text.startswith("2 av 8: ")


def test_older_button_changes_that_answer_and_goes_on(person: Person) -> None:
    first = person.do("self_part", part="skills")
    second = person.press(first, "Ja, det stemmer")
    third = person.press(second, "Litt")
    changed = person.press(first, "Nei, ikke nå")
    assert changed[0].text == third[0].text, "on with what has no answer yet"
    said = person.do("self_result", part="skills")
    assert "forklare noe" not in said[0].text and "planlegge" in said[0].text
    assert rows(person.room) == 1


def test_part_ends_with_what_was_said_and_the_next_part(person: Person) -> None:
    said = person.answer_all("learning", "Ja, det stemmer", "Litt", "Nei, ikke nå")
    assert said[0].text.startswith("Slik lærer jeg\nDette sier du at du kan godt")
    assert "• Jeg lærer godt når noen viser" in said[0].text and "lese i ro" not in said[0].text
    assert said[0].choices[0]["title"] == "Dette liker jeg"
    nothing = person.answer_all("values", "Nei, ikke nå")
    assert "ikke svart ja på noe" in nothing[0].text


def test_going_through_a_part_again_keeps_the_answers_until_changed(person: Person) -> None:
    done = person.answer_all("learning", "Ja, det stemmer")
    said = person.press(done, "Svar en gang til")
    assert said[0].text.endswith("1 av 6: Jeg lærer godt når noen viser og forklarer")
    said = person.press(said, "Nei, ikke nå")
    assert said[0].text.startswith("2 av 6")
    result = person.do("self_result", part="learning")[0].text
    assert "noen viser" not in result and "• Jeg lærer godt når jeg får prøve selv" in result
    for _ in range(5):
        said = person.press(said, "Litt")
    assert said[0].key == "self_result"


def test_interests_are_the_profile(person: Person) -> None:
    said = person.do("self_part", part="interests")
    assert "Ingen svar er feil" in said[0].text and len(said[0].choices) == 5
    with_types = {"social": "like_very_much", "artistic": "like"}
    from bot.guidance.interests import read_questionnaire

    for statement, kind in read_questionnaire(person.room.courses.library.data).types.items():
        said = person.do("self_answer", part="interests", statement=statement, answer=with_types.get(kind, "dislike"))
    text = said[0].text
    assert text.index("Sosial:") < text.index("Skapende:") and "Disse yrkene ligner" in text and "{" not in text


def test_whole_result_has_every_part_and_next_steps(person: Person) -> None:
    for part in ("skills", "strengths", "values", "learning"):
        person.answer_all(part, "Ja, det stemmer", "Litt")
    said = person.do("self_result")
    assert [one.key for one in said] == ["self_result"] * 4 + ["self_next"]
    assert {"/career_guidance", "/cv_application", "/career_choose"} <= set(payloads(said[-1:]))
    person.answer_all("interests", "Liker", "Liker ikke")
    assert "Nå er du ferdig" in person.do("self_result")[0].text


@pytest.mark.parametrize("handler", sorted(HANDLERS))
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"part": "dreams"},
        {"part": "skills", "statement": "fly", "answer": "yes"},
        {"part": "skills", "statement": FIRST, "answer": "like"},
        {"part": "interests", "statement": "draw", "answer": "yes"},
        {"part": ["skills"], "statement": {}, "answer": None, "on": "yes", "sure": "true", "again": 1},
        {"part": "skills" * 100},
    ],
)
def test_strange_buttons_lead_somewhere_and_keep_nothing(person: Person, handler: str, values: dict[str, Any]) -> None:
    said = person.do(handler, **values)
    assert said and said[-1].choices and rows(person.room) == 0


def test_it_is_for_everybody_and_shared_in_a_course_only(classroom: Classroom) -> None:
    alone = Person(classroom, None, "nb")
    assert "1 av 10" in alone.do("self_part", part="skills")[0].text
    assert alone.do("self_share", on=True)[0].key == "course_none"


def test_what_is_kept_is_sealed(person: Person) -> None:
    person.press(person.do("self_part", part="skills"), "Litt")
    with person.room.sessions() as session:
        (row,) = session.scalars(select(SelfAssessment))
        assert FIRST.encode() not in row.sealed_answers and FIRST in person.room.seal.open(row.sealed_answers)


def test_answers_to_statements_that_are_gone_are_forgotten(classroom: Classroom) -> None:
    library = classroom.courses.library
    given = {"skills": {FIRST: "yes", "gone": "yes"}, "gone": {"a": "yes"}, "values": {"good_pay": "perhaps"}, "learning": 3}
    assert valid(library, given) == {"skills": {FIRST: "yes"}} and valid(library, [1]) == {}


def test_a_person_has_one_self_assessment_over_their_chats(person: Person, classroom: Classroom, clock: Clock) -> None:
    with classroom.sessions.begin() as session:
        classroom.chats["elsewhere"] = add_chat(session)
    elsewhere = Person(classroom, "elsewhere", "nb")
    person.do("self_answer", part="skills", statement=FIRST, answer="yes")
    elsewhere.do("self_answer", part="values", statement="good_pay", answer="yes")  # at the very same moment, and newer
    linked(classroom, "nb", "elsewhere")
    assert "viktig for meg: 1 av 8" in person.do("self")[0].text and "Dette kan jeg: 0 av 10" in person.do("self")[0].text
    clock.forward(minutes=-90)
    person.do("self_answer", part="skills", statement=FIRST, answer="some")
    assert "Dette kan jeg: 1 av 10" in elsewhere.do("self")[0].text and "viktig for meg: 1 av 8" in elsewhere.do("self")[0].text
    person.do("self_delete", sure=True)
    assert rows(classroom) == 0 and "Dette er ikke en test" in elsewhere.do("self")[0].text


# --- showing the teacher


def teacher_reads(room: Classroom, who: str = "nb") -> list[str]:
    """The words on the teacher's page, in Norwegian."""
    with room.sessions() as session:
        given = shared_with_teacher(room.courses, session, session.get_one(CourseMember, room.members[who]))
    norwegian = room.courses.library.languages["nb"]
    if given is None:
        return []
    parts = parts_shown(room.courses.library, "nb", given[0])
    return [shown(room.courses.library, norwegian, one) for part in parts for row in part.rows for one in row]


def test_teacher_reads_exactly_what_the_person_hears(person: Person, classroom: Classroom) -> None:
    person.answer_all("learning", "Ja, det stemmer", "Litt")
    person.answer_all("interests", "Liker", "Liker ikke", "Liker veldig godt", "Midt imellom")
    asked = person.do("self_share")
    assert teacher_reads(classroom) == [] and [choice["title"] for choice in asked[-1].choices] == ["Ja, vis læreren", "Nei, ikke vis"]
    told = person.press(asked, "Ja, vis læreren")
    read, heard = teacher_reads(classroom), texts(told)
    assert len(read) == 2 * (6 + 3) and all(one in heard for one in read)
    said = [line for line in heard.split("\n") if line.startswith("• ")]
    assert len(said) == 6 + 3, "and nothing else"
    assert texts(asked).split("\n")[1:-1] == heard.split("\n")[1:-1], "what was asked about is what is shown"
    assert all(teacher_reads(classroom, other) == [] for other in ("ti", "ar", "uk", "so"))


def test_later_answers_are_not_shown_until_shared_again(person: Person, classroom: Classroom) -> None:
    person.do("self_answer", part="skills", statement=FIRST, answer="yes")
    person.do("self_share", on=True)
    person.do("self_answer", part="skills", statement=FIRST, answer="no")
    assert "Ja, det stemmer" in teacher_reads(classroom)
    assert {"/self_share", '/self_share{"on": false}'} <= set(payloads(person.do("self_result")))
    person.press(person.press(person.do("self_result"), "Vis læreren"), "Ja, vis læreren")
    assert "Nei, ikke nå" in teacher_reads(classroom)


def test_copy_is_deleted_when_it_is_taken_back(person: Person, classroom: Classroom) -> None:
    person.do("self_answer", part="skills", statement=FIRST, answer="yes")
    told = person.do("self_share", on=True)
    person.press(told, "Ta det tilbake")
    with classroom.sessions() as session:
        member = session.get_one(CourseMember, classroom.members["nb"])
        assert member.sealed_self_assessment is None and member.self_assessment_at is None
    assert rows(classroom) == 1, "the person's own answers stay"


def test_deleting_asks_first_and_deletes_the_copy_too(person: Person, classroom: Classroom) -> None:
    person.do("self_answer", part="skills", statement=FIRST, answer="yes")
    person.do("self_share", on=True)
    asked = person.do("self_delete")
    assert "lærerens kopi" in asked[0].text and rows(classroom) == 1 and teacher_reads(classroom)
    person.press(asked, "Ja, slett alt")
    assert rows(classroom) == 0 and teacher_reads(classroom) == []
    assert person.press(person.do("self_delete"), "Nei, behold")[0].key == "self_menu"


def test_nothing_is_shared_where_nothing_was_said(person: Person, classroom: Classroom) -> None:
    assert person.do("self_share", on=True)[0].key == "self_nothing_yet" and teacher_reads(classroom) == []
    person.do("self_answer", part="interests", statement="draw", answer="like")  # too little for a profile
    assert person.do("self_share", on=True)[0].key == "self_nothing_yet" and teacher_reads(classroom) == []


def test_nothing_is_shown_of_who_left(person: Person, classroom: Classroom) -> None:
    person.do("self_answer", part="skills", statement=FIRST, answer="yes")
    person.do("self_share", on=True)
    with classroom.sessions.begin() as session:
        session.get_one(CourseMember, classroom.members["nb"]).left_on = dt.date(2026, 11, 24)
    assert teacher_reads(classroom) == []


# --- languages


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_other_languages_hear_their_own_words_and_the_advisor_norwegian(classroom: Classroom, tmp_path: Path, language: str) -> None:
    classroom.courses = replace(classroom.courses, library=with_stand_ins(tmp_path / "data", language))
    person = Person(classroom, "ar", language)
    said = person.do("self_part", part="interests")[0]
    assert said.direction == "rtl" and "Å reparere en sykkel" in said.norwegian and "Å reparere en sykkel" not in said.text
    person.do("self_answer", part="interests", statement="repair_bicycle", answer="like")


def test_what_is_offered_is_there(classroom: Classroom) -> None:
    library = classroom.courses.library
    phrases = library.phrases("nb").texts
    for topics, title, payload, members_only in BESIDE:
        assert all(library.has_topic(topic) for topic in topics) and len(phrases[title]) <= 24 and payload[1:] in HANDLERS
        assert members_only == (topics == {"help_menu"})
    assert all(phrases[key].split("|") and payload[1:] in HANDLERS for key, payload in WORDS.items())
    assert all(len(statements_of(library, part)) >= 6 and len(answers_of(library, part)) in (3, 5) for part in parts_of(library))
