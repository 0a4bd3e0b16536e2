"""What a member asks about the course: which it is, what is on today, the word of the day, the deadlines; and how to leave it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from bot.content.lines import Line, choice, line, listed, moment, words
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.catching_up import next_lines, session_lines
from bot.courses.courses import teachers_of
from bot.courses.deadlines import countdown_line, deadlines_of
from bot.courses.in_language import NORWEGIAN, written_lines
from bot.courses.lessons import Lesson, lesson_of, only_norwegian, told, word_in, word_only_norwegian
from bot.courses.replies import in_no_course, reply
from bot.courses.roster import leave
from bot.courses.sessions import coming, ends_at, sessions_of, todays
from bot.courses.turn import Handler, Turn
from bot.courses.voting import open_poll
from bot.courses.words import Word, word_of
from bot.plans.moments import day_in_norway, in_utc
from bot.storage.course_tables import Course, CourseSession

MOST_DEADLINES = 10
POLL = choice("course_button_poll_again", "/course_poll")


def my_course(turn: Turn) -> list[SaidMessage]:
    """/course: which course, who teaches it, the next lesson, what can be done."""
    course = turn.course
    if turn.member is None or course is None:
        return in_no_course(turn)
    lines = [line("course_mine", course=words(course.name))]
    teachers = [words(one.name) for one in teachers_of(turn.session, course)]
    if teachers:
        lines.append(line("course_joined_teacher", name=listed(teachers)))
    lines += next_lines(turn.courses, turn.session, course, turn.language)
    # Eight at most: more are folded in the web chat. The word of the day and what was done stand below the lesson.
    asked = open_poll(turn, turn.member) is not None  # its buttons are gone from the web page once something else was written
    alone = [choice("practice_start", "/practice"), POLL if asked else choice("self_start", "/self")]
    others = _buttons("deadlines", "question", "absent", "talks", "leave")
    return reply(turn, "course_mine", *lines, choices=[*_buttons("today"), *alone, *others])


def _buttons(*names: str) -> list[Line]:
    return [choice(f"course_button_{name}", f"/course_{name}") for name in names]


def today(turn: Turn) -> list[SaidMessage]:
    """/course_today: today's lesson, else the next one; in the group in short, beside it in Norwegian."""
    course = turn.course
    if course is None:
        return in_no_course(turn)
    row, note = _shown_session(turn, course)
    if row is None:
        return reply(turn, "course_today", *note, line("course_next_none"))
    first = "course_today_is" if row in todays([row], turn.now) else "course_next"
    lines = [*note, *session_lines(turn.courses, course, row, turn.language, first)]
    lesson = lesson_of(turn.courses.library, course.plan, row)
    if turn.group:
        return _with_norwegian(turn, "course_today", lines, session_lines(turn.courses, course, row, _source(turn), first))
    lines += _content(turn, lesson)
    about = json.dumps({"about": f"session:{row.id}"})
    buttons = [choice("course_button_relevant", f"/course_relevant{about}"), *_buttons("word", "summary")]
    topics = tuple(topic for topic in lesson.topics if turn.courses.library.has_topic(topic))
    return reply(turn, "course_today", *lines, choices=buttons, topics=topics[:3])


def word(turn: Turn) -> list[SaidMessage]:
    """/course_word: the word of this day, what it means, and whether it is for the test."""
    course = turn.course
    if course is None:
        return in_no_course(turn)
    found = word_of(turn.courses, course, day_in_norway(turn.now))
    if found is None:
        return reply(turn, "course_word_none")
    lines = _word_lines(turn, found, turn.language)
    if turn.group:
        return _with_norwegian(turn, "course_word", lines, _word_lines(turn, found, _source(turn)))
    return reply(turn, "course_word", *lines, choices=[choice("course_button_relevant", '/course_relevant{"about": "word"}')])


def deadlines(turn: Turn) -> list[SaidMessage]:
    """/course_deadlines: the coming deadlines of this course and how many days are left."""
    course = turn.course
    if course is None:
        return in_no_course(turn)
    now = day_in_norway(turn.now)
    found = deadlines_of(turn.session, course.id, now)[:MOST_DEADLINES]
    lines = [line("course_deadlines_are"), *(countdown_line(row, now) for row in found)] if found else [line("course_deadlines_none")]
    if turn.group:
        return _with_norwegian(turn, "course_deadlines", lines, lines)
    return reply(turn, "course_deadlines", *lines, line("course_countdown_help"), choices=_buttons("today", "talks"))


def leaving(turn: Turn) -> list[SaidMessage]:
    """/course_leave: asks first; {"sure": true} leaves, {"sure": false} stays."""
    if turn.member is None or turn.course is None:
        return in_no_course(turn)
    sure, name = (turn.values or {}).get("sure"), words(turn.course.name)
    if sure is True:
        leave(turn.courses, turn.session, turn.member)
        return reply(turn, "course_left", line("course_left", course=name))
    if sure is False:
        return reply(turn, "course_stays", line("course_stays", course=name), choices=[choice("course_button_today", "/course_today")])
    buttons = [choice("course_leave_yes", '/course_leave{"sure": true}'), choice("course_leave_no", '/course_leave{"sure": false}')]
    return reply(turn, "course_leave", line("course_leave", course=name), choices=buttons)


def _shown_session(turn: Turn, course: Course) -> tuple[CourseSession | None, list[Line]]:
    """Today's lesson that is not over, else the next one; before it a line where today's is cancelled."""
    rows = sessions_of(turn.session, course.id)
    here = todays(rows, turn.now)
    cancelled = [row for row in here if row.cancelled_at is not None and ends_at(row) > turn.now]
    note = [line("course_today_cancelled", when=moment(in_utc(row.starts_at))) for row in cancelled]
    following = coming(rows, turn.now)
    return (following[0] if following else None), note


def _word_lines(turn: Turn, found: Word, language: str) -> list[Line]:
    meaning = line("course_word_line", word=words(found.norwegian), meaning=found.meaning(turn.courses, language))
    note = [line("course_in_norwegian")] if found.only_norwegian(turn.courses, language) else []
    return [line("course_word_today"), meaning, *note]


def _content(turn: Turn, lesson: Lesson) -> list[Line]:
    """Aim, discussion question, task and key words, with one line about what is told in Norwegian only."""
    library, language = turn.courses.library, turn.language
    lines = [line(phrase, **{name: value}) for name, phrase in SHOWN if (value := told(library, lesson, name, language)) is not None]
    if lesson.task:
        first, *rest = written_lines(lesson.task)
        lines += [line("course_post_task", task=first), *rest]
    if lesson.words:
        lines += [{}, line("course_words_are")]
        lines += [
            line("course_word_line", word=words(one.norwegian), meaning=word_in(library, lesson, one, language)) for one in lesson.words
        ]
    foreign = any(only_norwegian(library, lesson, name, language) for name in ("title", "aim", "prompt", "task"))
    foreign = foreign or any(word_only_norwegian(library, lesson, one, language) for one in lesson.words)
    return [*lines, {}, line("course_in_norwegian")] if foreign else lines


def _with_norwegian(turn: Turn, key: str, lines: Sequence[Line], norwegian: Sequence[Line]) -> list[SaidMessage]:
    """In the group: in the language of the question, and the same in Norwegian below another language."""
    said = composed(turn.courses.library, key, turn.language, lines)
    if turn.language in NORWEGIAN:
        return [said]
    below = composed(turn.courses.library, key, _source(turn), norwegian)
    return [said, replace(below, norwegian="")]


def _source(turn: Turn) -> str:
    return turn.courses.library.languages.source.code


SHOWN = (("aim", "course_post_aim"), ("prompt", "course_post_prompt"))
HANDLERS: dict[str, Handler] = {
    "course": my_course,
    "course_today": today,
    "course_word": word,
    "course_deadlines": deadlines,
    "course_leave": leaving,
}
WORDS = {
    "words_course": "/course",
    "words_today": "/course_today",
    "words_word": "/course_word",
    "words_course_deadlines": "/course_deadlines",
}
IN_GROUP = frozenset({"course_today", "course_word", "course_deadlines"})
