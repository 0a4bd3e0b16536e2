"""What an answer to the question box says: the questions, the reviewed answer of a topic in each language, the teacher's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Library, Part, Reader, answer
from bot.content.lines import Line, line, words
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import as_message, composed
from bot.courses.in_language import NORWEGIAN, written_lines
from bot.courses.membership import few_speak
from bot.courses.parts import Courses
from bot.plans.moments import day_in_norway
from bot.storage.course_tables import Course, CourseQuestion

KEY = "course_answer"
ANSWERABLE = ("fact", "guide")  # kinds of topics that can be read by a whole class


def topics_to_choose(library: Library) -> list[str]:
    """The topics a teacher can answer with, by id."""
    return [topic.id for topic in library.topics() if topic.kind in ANSWERABLE]


def can_answer(library: Library, topic: str) -> bool:
    """True for a topic whose answer everybody in a class may read."""
    return library.has_topic(topic) and library.topic(topic).kind in ANSWERABLE


def said_answer(
    courses: Courses, session: Session, course: Course, details: Mapping[str, Any], texts: Mapping[str, str], language: str
) -> SaidMessage:
    """An answer in a language. `details`: {"questions": [numbers], "topic": its id or ""}; `texts`: the teacher's own words."""
    asked = composed(courses.library, KEY, language, _asked(courses, session, questions_in(session, course, details), language))
    topic = _of_topic(courses, course, str(details.get("topic") or ""), language)
    own = _own_words(courses.library, texts, language)
    parts = [part for part in (asked, topic, own) if part is not None]
    return replace(
        asked,
        text="\n\n".join(part.text for part in parts),
        norwegian="\n\n".join(part.norwegian for part in parts if part.norwegian),
        choices=topic.choices if topic else (),
        sources=topic.sources if topic else (),
        note=topic.note if topic else "",
    )


def questions_in(session: Session, course: Course, details: Mapping[str, Any]) -> Sequence[CourseQuestion]:
    """The questions of a course that an answer is to, the oldest day first."""
    numbers = [number for number in details.get("questions") or () if isinstance(number, int)]
    theirs = (CourseQuestion.id.in_(numbers), CourseQuestion.course_id == course.id)
    return session.scalars(select(CourseQuestion).where(*theirs).order_by(CourseQuestion.asked_on, CourseQuestion.id)).all()


def _asked(courses: Courses, session: Session, questions: Sequence[CourseQuestion], language: str) -> list[Line]:
    if not questions:
        return [line("course_answer_teacher")]
    told = [line("course_answer_asked" if len(questions) == 1 else "course_answer_asked_several")]
    for question in questions:
        told += [words(text) for text in _as_read(courses, session, question, language)]
    return told


def _as_read(courses: Courses, session: Session, question: CourseQuestion, language: str) -> list[str]:
    """The question as the teacher retold it; those who share its language read how it was asked too, unless so few do that it tells who."""
    retold = courses.seal.open(question.sealed_norwegian) if question.sealed_norwegian else ""
    source = courses.library.languages.source.code
    shared = question.language == language and (language != source or not retold)
    original = (
        courses.seal.open(question.sealed_text)
        if shared and not (retold and few_speak(session, question.course_id, question.language))
        else ""
    )
    return [f"«{text}»" for text in dict.fromkeys(filter(None, (original, retold)))]


def _of_topic(courses: Courses, course: Course, topic: str, language: str) -> SaidMessage | None:
    library = courses.library
    if not can_answer(library, topic):
        return None
    today, source = day_in_norway(courses.clock()), library.languages.source.code
    # An answer that asks back ("how old are you?") asks one person, not a class: its core is for everybody.
    part: Part = "simpler" if library.topic(topic).follow_ups else "answer"
    told = answer(library, topic, Reader(source, course.municipality), today, part).text if language != source else ""
    return as_message(answer(library, topic, Reader(language, course.municipality), today, part), told)


def _own_words(library: Library, texts: Mapping[str, str], language: str) -> SaidMessage | None:
    source = library.languages.source.code
    given = texts.get(language) or texts.get(source) or ""
    if not given:
        return None
    foreign = not texts.get(language) and language not in NORWEGIAN
    told = [line("course_answer_teacher"), *written_lines(given), *([line("course_in_norwegian")] if foreign else [])]
    said = composed(library, KEY, language, told)
    norwegian = "\n".join([library.phrase("course_answer_teacher", source), texts.get(source) or given]) if language != source else ""
    return replace(said, norwegian=norwegian)
