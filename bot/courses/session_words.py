"""Title and aim of a lesson day as members read them, for who has no plan at hand (bot/courses/lessons.py has the whole lesson)."""

from __future__ import annotations

from bot.content import Library
from bot.content.lines import Line, words
from bot.courses.in_language import WEEKS, is_written, text_in
from bot.storage.course_tables import CourseSession


def session_text(library: Library, row: CourseSession, language: str, name: str) -> Line | None:
    """Its `title`, `aim` or `prompt`: the teacher's own, else the week's in the language; None where it has none."""
    if name in row.content:
        return words(str(row.content[name])) if row.content[name] else None
    source = library.languages.source.code
    return (
        text_in(library, language, WEEKS, "weeks", row.week, name) if is_written(library, source, WEEKS, "weeks", row.week, name) else None
    )
