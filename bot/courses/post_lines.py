"""What a post says in one language, by its kind: lines of phrases and words (bot/content/composed.py), and the buttons below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.content.lines import BLANK, Line, choice, day, line, moment, words
from bot.courses.deadlines import told_deadline
from bot.courses.drafts import ANSWER, CHEER, COUNTDOWN, OWN, POLL, READY, RESULTS, SESSION, WORD, Draft, PollDraft, poll_draft
from bot.courses.in_language import NORWEGIAN, is_written, text_in, written_lines
from bot.courses.in_language import READY as READY_TEXTS
from bot.courses.key_words import explained
from bot.courses.lessons import Lesson, lesson_of, only_norwegian, told
from bot.courses.parts import Courses
from bot.courses.poll_words import poll_choices, poll_lines, poll_words
from bot.courses.ready import fields_of
from bot.courses.words import Word, word_of
from bot.plans.moments import in_utc
from bot.storage.course_tables import Course, CourseDeadline, CoursePoll, CourseSession

BAR, WIDEST = "█", 10
DAYS_BEFORE = (28, 14, 7, 3, 1)  # a countdown; each number has a phrase of its own


@dataclass(frozen=True)
class Saying:
    """One post on its way into one language. `short`: for the group, where every language has only a paragraph."""

    courses: Courses
    session: Session
    course: Course
    draft: Draft
    language: str
    short: bool = False


def lines_of(one: Saying) -> list[Line]:
    """What it says, without who says it. Raises KeyError for a text, lesson or poll that is not there (any more)."""
    return LINES[one.draft.kind](one)


def choices_of(one: Saying) -> tuple[Line, ...]:
    """The buttons below it in a private chat."""
    if one.draft.kind == POLL:
        return poll_choices(one.courses.library, _poll(one), one.language)
    if one.draft.kind == COUNTDOWN:
        return (choice("course_button_cheer", "/course_cheer"),)
    about = {SESSION: f"session:{one.draft.details.get('session')}", WORD: "word"}.get(one.draft.kind)
    return (choice("course_button_relevant", f'/course_relevant{{"about": "{about}"}}'),) if about else ()


def has_language(one: Saying) -> bool:
    """True where the post has words in this language at all; what a teacher wrote in Norwegian alone has none in others."""
    if one.draft.kind == ANSWER and one.draft.details.get("topic"):
        return True
    return one.draft.kind not in (OWN, ANSWER) or one.language in one.draft.texts


def _own(one: Saying) -> list[Line]:
    texts = one.draft.texts
    if one.language in texts:
        return written_lines(texts[one.language])
    found = written_lines(texts["nb"])
    if one.short or one.language in NORWEGIAN:
        return found
    known = explained(one.courses, one.session, one.course, texts["nb"], one.language)
    return [line("course_in_norwegian"), BLANK, *found, *([BLANK, *known] if known else [])]


def _ready(one: Saying) -> list[Line]:
    library, key = one.courses.library, str(one.draft.details["text"])
    values = {name: _field(one, name) for name in fields_of(library, key)}
    found = text_in(library, one.language, READY_TEXTS, "posts", key, **values)
    return [*_note(one, is_written(library, one.language, READY_TEXTS, "posts", key)), found]


def _field(one: Saying, name: str) -> Line | str:
    given = one.draft.details
    if name == "day":
        return day(dt.date.fromisoformat(str(given["day"])))
    if name == "time":
        return str(given["time"])
    if name == "session":
        return told(one.courses.library, _lesson(one)[1], "title", one.language) or words("–")
    return words(one.draft.texts[name])


def _session(one: Saying) -> list[Line]:
    library, (row, lesson) = one.courses.library, _lesson(one)
    title, aim, prompt = (told(library, lesson, name, one.language) for name in ("title", "aim", "prompt"))
    lines = [line("course_post_session", title=title or words("–"))]
    lines += [line("course_post_aim", aim=aim)] if aim and not one.short else []
    lines.append(line("course_post_when", when=moment(in_utc(row.starts_at))))
    lines += [line("course_post_place", place=words(row.place))] if row.place else []
    if one.short:
        return lines
    lines += [line("course_post_prompt", prompt=prompt)] if prompt else []
    lines += [line("course_post_task", task=words(lesson.task))] if lesson.task else []
    foreign = any(only_norwegian(library, lesson, name, one.language) for name in ("title", "aim", "prompt", "task"))
    return [*lines, BLANK, line("course_in_norwegian")] if foreign else lines


def _poll_post(one: Saying) -> list[Line]:
    return poll_lines(one.courses.library, _poll(one), one.language)


def _results(one: Saying) -> list[Line]:
    row = one.session.get(CoursePoll, one.draft.details["poll"])
    if row is None or row.course_id != one.course.id:
        raise KeyError("poll")
    poll, counts = poll_draft(one.courses, row), [int(count) for count in one.draft.details["counts"]]
    asked, most = poll_words(one.courses.library, poll, one.language), max([*counts, 1])
    bars = [
        line("course_results_line", option=option, bar=_bar(count, most), count=count)
        for option, count in zip(asked.options, counts, strict=True)
    ]
    right = [line("course_results_right", right=asked.options[poll.right])] if poll.right is not None else []
    reason = [asked.because] if asked.because else []
    return [*_note(one, not asked.norwegian), line("course_results"), asked.ask, BLANK, *bars, BLANK,
            line("course_results_total", count=sum(counts)), *right, *reason]  # fmt: skip


def _bar(count: int, most: int) -> str:
    return BAR * max(1, round(WIDEST * count / most)) if count else "–"


def _word(one: Saying) -> list[Line]:
    word = _word_of(one)
    told = line("course_word_line", word=words(word.norwegian), meaning=word.meaning(one.courses, one.language))
    return [line("course_word_today"), told]


def _word_of(one: Saying) -> Word:
    word = word_of(one.courses, one.course, dt.date.fromisoformat(str(one.draft.details["day"])))
    if word is None:
        raise KeyError("word")
    return word


def _countdown(one: Saying) -> list[Line]:
    row = one.session.get(CourseDeadline, one.draft.details["deadline"])
    if row is None or row.course_id != one.course.id:
        raise KeyError("deadline")
    left = line(f"course_countdown_{one.draft.details['days']}", what=told_deadline(row), day=day(row.day))
    return [left] if one.short else [left, line("course_countdown_help")]


def _cheer(one: Saying) -> list[Line]:
    return [line("course_cheer_from_class" if one.draft.account_id is None else "course_cheer_from_teacher")]


def _lesson(one: Saying) -> tuple[CourseSession, Lesson]:
    row = one.session.get(CourseSession, one.draft.details["session"])
    if row is None or row.course_id != one.course.id:
        raise KeyError("session")
    return row, lesson_of(one.courses.library, one.course.plan, row)


def _poll(one: Saying) -> PollDraft:
    if one.draft.poll is None:
        raise KeyError("poll")
    return one.draft.poll


def _note(one: Saying, written: bool) -> list[Line]:
    """Says that a text is in Norwegian, to who reads another language."""
    return [] if written or one.short or one.language in NORWEGIAN else [line("course_in_norwegian"), BLANK]


LINES: dict[str, Callable[[Saying], list[Line]]] = {
    OWN: _own,
    READY: _ready,
    SESSION: _session,
    POLL: _poll_post,
    RESULTS: _results,
    WORD: _word,
    COUNTDOWN: _countdown,
    CHEER: _cheer,
}
