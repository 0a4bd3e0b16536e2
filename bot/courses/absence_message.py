"""The gentle message to somebody who was away: we missed you, what we did, when we meet again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.content.lines import BLANK, Line, choice, day, line, moment, words
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.lesson_days import next_of
from bot.courses.lessons import lesson_of, told
from bot.courses.parts import Courses
from bot.plans.moments import day_in_norway, in_utc
from bot.storage.course_tables import Course, CourseSession

KEY = "course_missed"


def missed(courses: Courses, session: Session, course: Course, lesson: CourseSession, language: str) -> SaidMessage:
    """The message in a language; nobody is asked why."""
    lines: list[Line] = [line("course_missed", when=day(day_in_norway(lesson.starts_at)))]
    content = lesson_of(courses.library, course.plan, lesson)
    title, aim = (told(courses.library, content, name, language) for name in ("title", "aim"))
    if title:
        lines += [BLANK, line("course_missed_did", title=title), *([aim] if aim else [])]
    upcoming = next_of(session, course.id, courses.clock())
    if upcoming is not None and upcoming.id != lesson.id:
        lines += [BLANK, _next(upcoming)]
    choices = [
        choice("course_missed_contact", f'/course_contact{{"session": {lesson.id}}}'),
        choice("course_missed_coming", "/course_coming"),
    ]
    return composed(courses.library, KEY, language, lines, choices=choices, topics=("talk_to_human",))


def _next(lesson: CourseSession) -> Line:
    when = moment(in_utc(lesson.starts_at))
    if lesson.place:
        return line("course_missed_next_at", when=when, place=words(lesson.place))
    return line("course_missed_next", when=when)
