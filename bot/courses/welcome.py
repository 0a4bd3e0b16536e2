"""What somebody hears who joins a course: which it is, who teaches it, when it meets next; who comes late also what has been."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.content.lines import choice, line, listed, words
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.catching_up import next_lines, summary_lines
from bot.courses.courses import teachers_of
from bot.courses.parts import Courses
from bot.courses.sessions import held, sessions_of
from bot.storage.course_tables import Course, CourseMember

KEY = "course_joined"
AFTERWARDS = (choice("course_button_today", "/course_today"), choice("course_button_question", "/course_question"))


def welcome(courses: Courses, session: Session, course: Course, member: CourseMember, language: str) -> SaidMessage:
    """The message, with the summary for whoever joins a course that has had lessons; that they got it is noted."""
    name = words(courses.seal.open(member.sealed_name))
    lines = [line("course_joined", name=name, course=words(course.name))]
    teachers = [words(one.name) for one in teachers_of(session, course)]
    if teachers:
        lines.append(line("course_joined_teacher", name=listed(teachers)))
    if held(sessions_of(session, course.id), courses.clock()):
        lines += [{}, line("course_joined_late"), *summary_lines(courses, session, course, language)]
        member.caught_up_at = courses.clock()
    else:
        lines += next_lines(courses, session, course, language)
    lines += [{}, line("course_joined_private")]
    return composed(courses.library, KEY, language, lines, choices=AFTERWARDS)
