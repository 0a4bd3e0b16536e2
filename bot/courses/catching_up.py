"""What has been in a course, what comes next and which days it counts down to: for who joins late, was away, or asks."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.content.lines import Line, choice, line, moment, words
from bot.conversations.assistant import SaidMessage
from bot.courses.deadlines import countdown_line, deadlines_of
from bot.courses.lessons import lesson_of, only_norwegian, told
from bot.courses.parts import Courses
from bot.courses.replies import in_no_course, reply
from bot.courses.sessions import coming, held, sessions_of
from bot.courses.turn import Handler, Turn
from bot.plans.moments import day_in_norway, in_utc
from bot.storage.course_tables import Course, CourseSession

NEWEST, NEXT_DEADLINES = 8, 3


def summary_lines(courses: Courses, session: Session, course: Course, language: str) -> list[Line]:
    """The newest lessons by their titles, how many were before them, the next lesson, the next deadlines."""
    rows, now = sessions_of(session, course.id), courses.clock()
    titles, norwegian = _titles(courses, course, held(rows, now), language)
    lines: list[Line] = [line("course_summary_none")]
    if titles:
        lines = [line("course_summary_was"), *(line("course_summary_title", title=title) for title in titles[:NEWEST])]
        if len(titles) > NEWEST:
            lines.append(line("course_summary_more", count=len(titles) - NEWEST))
        if norwegian:
            lines.append(line("course_in_norwegian"))
    lines += [{}, *next_lines(courses, session, course, language)]
    today = day_in_norway(now)
    deadlines = [countdown_line(row, today) for row in deadlines_of(session, course.id, today)[:NEXT_DEADLINES]]
    return [*lines, *([{}, line("course_deadlines_are"), *deadlines] if deadlines else [])]


def next_lines(courses: Courses, session: Session, course: Course, language: str) -> list[Line]:
    """The next lesson day in two or three lines, or that there is none."""
    following = coming(sessions_of(session, course.id), courses.clock())
    return session_lines(courses, course, following[0], language, "course_next") if following else [line("course_next_none")]


def session_lines(courses: Courses, course: Course, row: CourseSession, language: str, first: str) -> list[Line]:
    """A lesson day: when it is, where, what about. `first`: the phrase that tells when."""
    lines = [line(first, when=moment(in_utc(row.starts_at)))]
    if row.place:
        lines.append(line("course_post_place", place=words(row.place)))
    title = told(courses.library, lesson_of(courses.library, course.plan, row), "title", language)
    return [*lines, line("course_about", title=title)] if title else lines


def course_summary(turn: Turn) -> list[SaidMessage]:
    """/course_summary: the summary, any time."""
    if turn.member is None or turn.course is None:
        return in_no_course(turn)
    turn.member.caught_up_at = turn.now
    lines = [line("course_summary_of", course=words(turn.course.name)), {}]
    lines += summary_lines(turn.courses, turn.session, turn.course, turn.language)
    buttons = (choice("course_button_today", "/course_today"), choice("course_button_deadlines", "/course_deadlines"))
    return reply(turn, "course_summary", *lines, choices=buttons)


def _titles(courses: Courses, course: Course, rows: list[CourseSession], language: str) -> tuple[list[Line], bool]:
    """The titles of lessons, the newest first and each once; whether some are told in Norwegian for want of the language."""
    found: dict[str, Line] = {}
    norwegian = False
    for row in reversed(rows):
        lesson = lesson_of(courses.library, course.plan, row)
        title = told(courses.library, lesson, "title", language)
        if title is not None and lesson.title not in found:
            found[lesson.title] = title
            norwegian = norwegian or only_norwegian(courses.library, lesson, "title", language)
    return list(found.values()), norwegian


HANDLERS: dict[str, Handler] = {"course_summary": course_summary}
WORDS = {"words_course_summary": "/course_summary"}
