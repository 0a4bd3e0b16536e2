"""The word of the day: walks through the key words of the week a course is in, one a day, the same for everybody on that day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import object_session

from bot.content.lines import Line
from bot.courses.lessons import KeyWord, Lesson, lesson_of, word_in, word_only_norwegian
from bot.courses.parts import Courses
from bot.courses.sessions import sessions_of, week_on
from bot.storage.course_tables import Course


@dataclass(frozen=True)
class Word:
    """A Norwegian word with its article, what it means in Norwegian, and the lesson it belongs to."""

    norwegian: str
    says: str
    lesson: Lesson

    def meaning(self, courses: Courses, language: str) -> Line:
        """What it means, in a language."""
        return word_in(courses.library, self.lesson, KeyWord(self.norwegian, self.says), language)

    def only_norwegian(self, courses: Courses, language: str) -> bool:
        """True where it is explained in Norwegian to somebody who reads another language."""
        return word_only_norwegian(courses.library, self.lesson, KeyWord(self.norwegian, self.says), language)


def word_of(courses: Courses, course: Course, day: dt.date) -> Word | None:
    """The word of a day; None in a course whose lesson days have no words. The course must be in a session."""
    session = object_session(course)
    assert session is not None
    rows = sessions_of(session, course.id)
    found = week_on(rows, day)
    if found is None:
        return None
    week, monday = found
    theirs = [row for row in rows if row.week == week and row.cancelled_at is None]
    words: dict[str, tuple[KeyWord, Lesson]] = {}
    for row in theirs:
        lesson = lesson_of(courses.library, course.plan, row)
        for word in lesson.words:
            words.setdefault(word.norwegian, (word, lesson))
    if not words:
        return None
    chosen, lesson = list(words.values())[(day - monday).days % len(words)]
    return Word(chosen.norwegian, chosen.says, lesson)
