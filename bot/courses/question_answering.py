"""Answers questions of the box for everybody: a topic's reviewed answer, the teacher's own words, or both; several questions at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from bot.courses.answers import can_answer
from bot.courses.drafts import ANSWER, Draft
from bot.courses.parts import Courses
from bot.courses.posting import post, post_of_key, send
from bot.courses.problems import CourseProblem
from bot.courses.question_box import to_answer
from bot.courses.written import checked
from bot.storage.course_tables import Course, CoursePost


@dataclass(frozen=True)
class Answering:
    """An answer as the teacher put it together: to which questions, with which topic ("": none), in which own words by language."""

    questions: tuple[int, ...]
    topic: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def details(self) -> dict[str, object]:
        """As the post keeps it."""
        return {"questions": sorted(set(self.questions)), "topic": self.topic}


def draft_of_answer(courses: Courses, session: Session, course: Course, given: Answering, account_id: int | None) -> Draft:
    """The answer for a preview. Raises NoSuchCourse, CourseProblem."""
    to_answer(session, course, given.questions)
    return Draft(ANSWER, given.details, _checked(courses, given), account_id)


def send_answer(courses: Courses, session: Session, course: Course, given: Answering, key: str, account_id: int | None) -> CoursePost:
    """Tells everybody now; the same form sent twice is one answer. Raises NoSuchCourse, CourseProblem."""
    if not key:
        raise CourseProblem("question_answered")
    made_before = post_of_key(session, course.id, key)
    if made_before is not None:
        return made_before
    questions = to_answer(session, course, given.questions)
    made = post(courses, session, course, ANSWER, given.details, _checked(courses, given), courses.clock(), key, account_id)
    for question in questions:
        question.post_id = made.id
    session.flush()
    send(courses, session, made)
    return made


def _checked(courses: Courses, given: Answering) -> dict[str, str]:
    """The own words of the languages there are. Raises CourseProblem where neither a topic nor Norwegian words are given."""
    texts = {code: checked("own_words", words) for code, words in given.texts.items() if code in courses.library.languages}
    texts = {code: words for code, words in texts.items() if words}
    if given.topic and not can_answer(courses.library, given.topic):
        raise CourseProblem("question_topic", field="answer_topic")
    if texts and not texts.get(courses.library.languages.source.code):
        raise CourseProblem("question_norwegian", field="own_words")
    if not texts and not given.topic:
        raise CourseProblem("question_no_answer", field="answer_topic")
    return texts
