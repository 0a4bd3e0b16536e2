"""What a lesson day holds: its part of the ready plan, and in its place whatever the teacher has written instead.

CourseSession.content keeps only what was changed. The rest stays the plan's, which participants read in their own language; what the
teacher wrote is told as it stands, in Norwegian.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.content import Library
from bot.content.courses import PlanWeek, WeekText, plan_week, week_text
from bot.content.lines import Line, words
from bot.courses.in_language import NORWEGIAN, WEEKS, is_written, text_in
from bot.storage.course_tables import CourseSession

TOLD = ("title", "aim", "prompt")  # what participants read
TEACHERS = ("task", "notes")
LISTS = ("aims", "activities", "topics", "practice", "tests")
FIELDS = (*TOLD, *TEACHERS, *LISTS, "words")


@dataclass(frozen=True)
class KeyWord:
    """A Norwegian word and what it means, in Norwegian."""

    norwegian: str
    says: str = ""


@dataclass(frozen=True)
class Lesson:
    """A lesson day's content in Norwegian. `edited`: the fields that are the teacher's own; `week`: of the plan, empty without one."""

    week: str
    title: str = ""
    aim: str = ""
    prompt: str = ""
    task: str = ""
    notes: str = ""
    aims: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    practice: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    words: tuple[KeyWord, ...] = ()
    edited: frozenset[str] = frozenset()


def lesson_of(library: Library, plan: str, row: CourseSession) -> Lesson:
    """The content of a lesson day of a course with this plan. Raises ContentError."""
    planned = planned_lesson(library, plan, row.week, row.lesson)
    changed = {name: value for name, value in (row.content or {}).items() if name in FIELDS}
    values = {name: getattr(planned, name) for name in FIELDS}
    for name, value in changed.items():
        if name == "words":
            values[name] = tuple(KeyWord(str(word["no"]), str(word["says"])) for word in value)
        else:
            values[name] = tuple(map(str, value)) if name in LISTS else str(value)
    return Lesson(week=planned.week, edited=frozenset(changed), **values)


def planned_lesson(library: Library, plan: str, week: str, lesson: int) -> Lesson:
    """The plan's own lesson; an empty one for a week that is in no plan."""
    source = library.languages.source.code
    planned, text = plan_week(library.data, plan, week), week_text(library.data, source, week)
    if planned is None or text is None:
        return Lesson("")
    return _from_plan(planned, text, lesson)


def told(library: Library, lesson: Lesson, name: str, language: str) -> Line | None:
    """A field for participants (title, aim, prompt) as it is told in a language; None where it is empty."""
    written = str(getattr(lesson, name))
    if name in lesson.edited or not lesson.week:
        return words(written) if written else None
    return text_in(library, language, WEEKS, "weeks", lesson.week, name)


def only_norwegian(library: Library, lesson: Lesson, name: str, language: str) -> bool:
    """True where a field is told in Norwegian to somebody who reads another language."""
    if language in NORWEGIAN or not getattr(lesson, name):
        return False
    if name in TEACHERS or name in lesson.edited or not lesson.week:
        return True
    return not is_written(library, language, WEEKS, "weeks", lesson.week, name)


def word_in(library: Library, lesson: Lesson, word: KeyWord, language: str) -> Line:
    """What a key word means, in a language; in Norwegian where nobody has written it in that language."""
    if is_plan_word(library, lesson.week, word):
        return text_in(library, language, WEEKS, "weeks", lesson.week, "words", word.norwegian)
    return words(word.says)


def word_only_norwegian(library: Library, lesson: Lesson, word: KeyWord, language: str) -> bool:
    """True where a key word is explained in Norwegian to somebody who reads another language."""
    if language in NORWEGIAN:
        return False
    written = is_written(library, language, WEEKS, "weeks", lesson.week, "words", word.norwegian)
    return not (is_plan_word(library, lesson.week, word) and written)


def is_plan_word(library: Library, week: str, word: KeyWord) -> bool:
    """True where word and explanation are the plan's own, so that the explanation exists in other languages too."""
    text = week_text(library.data, library.languages.source.code, week)
    return text is not None and text.words.get(word.norwegian) == word.says


def _from_plan(planned: PlanWeek, text: WeekText, lesson: int) -> Lesson:
    return Lesson(
        week=planned.id,
        title=text.title,
        aim=text.aim,
        prompt=text.prompt,
        task=planned.task,
        notes=planned.notes,
        aims=planned.aims,
        activities=planned.lessons[min(max(lesson, 1), len(planned.lessons)) - 1],
        topics=planned.topics,
        practice=planned.practice,
        tests=planned.tests,
        words=tuple(KeyWord(word, text.words.get(word, "")) for word in planned.words),
    )
