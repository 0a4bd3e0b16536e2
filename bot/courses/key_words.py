"""The key words of the week that stand in a Norwegian text, with what they mean in somebody's language."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from bot.content.lines import Line, line, words
from bot.courses.in_language import NORWEGIAN
from bot.courses.lessons import KeyWord, Lesson, lesson_of, word_in, word_only_norwegian
from bot.courses.parts import Courses
from bot.courses.sessions import sessions_of, week_on
from bot.plans.moments import day_in_norway
from bot.storage.course_tables import Course

ARTICLE = re.compile(r"^(?:en|ei|et|å)\s+", re.IGNORECASE)
# Endings of nouns, verbs and adjectives; a wrong guess here only explains a word too many.
ENDINGS = "(?:a|ane|ar|d|dd|dde|de|e|en|ene|enes|ens|er|ere|es|est|este|et|ets|n|ne|nes|r|re|s|t|te)?"


def explained(courses: Courses, session: Session, course: Course, written: str, language: str) -> list[Line]:
    """Lines that explain the key words of this week that stand in a text; none for who reads Norwegian, and for words that nobody has
    explained in the language."""
    if language in NORWEGIAN:
        return []
    known = words_in(_of_this_week(courses, session, course), written)
    lines = [
        line("course_word_line", word=words(word.norwegian), meaning=word_in(courses.library, lesson, word, language))
        for word, lesson in known
        if not word_only_norwegian(courses.library, lesson, word, language)
    ]
    return [line("course_key_words"), *lines] if lines else []


def words_in(known: list[tuple[KeyWord, Lesson]], written: str) -> list[tuple[KeyWord, Lesson]]:
    """The words that stand in a text, in any of their forms."""
    return [(word, lesson) for word, lesson in known if _form_of(word.norwegian).search(written)]


def _of_this_week(courses: Courses, session: Session, course: Course) -> list[tuple[KeyWord, Lesson]]:
    rows = sessions_of(session, course.id)
    found = week_on(rows, day_in_norway(courses.clock()))
    if found is None:
        return []
    lessons = [lesson_of(courses.library, course.plan, row) for row in rows if row.week == found[0] and row.cancelled_at is None]
    return list({word.norwegian: (word, lesson) for lesson in reversed(lessons) for word in lesson.words}.values())


def _form_of(word: str) -> re.Pattern[str]:
    """Matches "målet" and "mål" for "et mål", "velger" for "å velge"."""
    core = ARTICLE.sub("", word).strip()
    stem = core[:-1] if core.endswith("e") and len(core) > 2 else core
    return re.compile(rf"(?<!\w){re.escape(stem)}{ENDINGS}(?!\w)", re.IGNORECASE)
