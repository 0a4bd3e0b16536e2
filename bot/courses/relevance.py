"""The answer to "Is this relevant for the test?" (data/courses/relevance).

It says what something trains and for which test, or what else it is good for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.content import Library
from bot.content.lines import Line, choice, line, listed
from bot.conversations.assistant import SaidMessage
from bot.courses.in_language import NORWEGIAN, is_written, text_in
from bot.courses.lessons import lesson_of
from bot.courses.replies import reply
from bot.courses.sessions import coming, sessions_of
from bot.courses.turn import Handler, Turn
from bot.storage.course_tables import Course, CoursePoll, CourseSession

RELEVANCE = "courses/relevance"
PLAIN = ("word", "self_assessment", "interests")  # said as they are
ABOUT = re.compile(r"(?P<kind>[a-z_]+)(?::(?P<rest>[a-z0-9_:]+))?")


def relevance_lines(library: Library, session: Session, course: Course | None, about: str, language: str) -> list[Line] | None:
    """The answer about `session:<id>` or `poll:<id>` of this course, `word`, `practice:<subject>:<skill>`, `self_assessment`, `interests`.

    None for anything else, and for what is of another course.
    """
    found = ABOUT.fullmatch(about)
    if found is None:
        return None
    kind, rest = found["kind"], found["rest"] or ""
    if kind in PLAIN and not rest:
        return _said(library, language, kind)
    kinds: dict[str, Callable[[], list[Line] | None]] = {
        "session": lambda: _of_session(library, session, course, rest, language),
        "poll": lambda: _of_poll(library, session, course, rest, language),
        "practice": lambda: _of_practice(library, rest, language),
    }
    return kinds[kind]() if kind in kinds else None


def course_relevant(turn: Turn) -> list[SaidMessage]:
    """/course_relevant{"about": ...}: the answer, in the chat or the group of a course; practice and the like need no course."""
    about = turn.word("about")
    if about == "session" and turn.course is not None:  # typed, so about today's lesson or the next one
        following = coming(sessions_of(turn.session, turn.course.id), turn.now)
        about = f"session:{following[0].id}" if following else ""
    lines = relevance_lines(turn.courses.library, turn.session, turn.course, about, turn.language)
    if lines is None:
        return reply(turn, "course_relevant_what")
    more = [choice("practice_start", "/practice"), *([choice("course_button_course", "/course")] if turn.course is not None else [])]
    return reply(turn, "course_relevant", *lines, choices=more)


def _of_session(library: Library, session: Session, course: Course | None, number: str, language: str) -> list[Line] | None:
    row = session.get(CourseSession, _id(number)) if number else None
    if row is None or course is None or row.course_id != course.id:
        return None
    tests = lesson_of(library, course.plan, row).tests
    # One language for the whole answer: names of tests in another one inside a sentence would only confuse.
    reads = language if _is_whole(library, language, tests) else library.languages.source.code
    if not tests:
        told = text_in(library, reads, RELEVANCE, "says", "not_tested")
        return _with_note(
            library, language, [told, *_check(library, reads), text_in(library, reads, RELEVANCE, "says", f"session_{row.area}")]
        )
    names = listed([text_in(library, reads, RELEVANCE, "tests", test) for test in tests])
    told = text_in(library, reads, RELEVANCE, "says", "relevant", tests=names)
    return _with_note(library, language, [told, text_in(library, reads, RELEVANCE, "says", f"session_{row.area}"), *_check(library, reads)])


def _of_poll(library: Library, session: Session, course: Course | None, number: str, language: str) -> list[Line] | None:
    row = session.get(CoursePoll, _id(number)) if number else None
    if row is None or course is None or row.course_id != course.id:
        return None
    return _said(library, language, "poll")


def _of_practice(library: Library, what: str, language: str) -> list[Line] | None:
    key = f"practice_{what.replace(':', '_')}"
    if not is_written(library, library.languages.source.code, RELEVANCE, "says", key):
        return None
    return _with_note(library, language, [text_in(library, language, RELEVANCE, "says", key), *_check(library, language)])


def _said(library: Library, language: str, key: str) -> list[Line]:
    return _with_note(library, language, [text_in(library, language, RELEVANCE, "says", key)])


def _check(library: Library, language: str) -> list[Line]:
    return [{}, text_in(library, language, RELEVANCE, "says", "check")]


def _with_note(library: Library, language: str, lines: list[Line]) -> list[Line]:
    """A word about the language where an answer is told in Norwegian to somebody who reads another."""
    written = language in NORWEGIAN or is_written(library, language, RELEVANCE, "says", "check")
    return lines if written else [*lines, {}, line("course_only_norwegian")]


def _is_whole(library: Library, language: str, tests: tuple[str, ...]) -> bool:
    return all(is_written(library, language, RELEVANCE, "tests", test) for test in tests) and is_written(
        library, language, RELEVANCE, "says", "relevant"
    )


def _id(number: str) -> int:
    """A number as a row can have it; 0, which no row has, for anything else."""
    return int(number) if number.isdigit() and len(number) < 10 else 0


HANDLERS: dict[str, Handler] = {"course_relevant": course_relevant}
WORDS = {"words_relevant": '/course_relevant{"about": "session"}'}
