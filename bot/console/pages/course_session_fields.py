"""The form about what a lesson day holds: how each field is written in it, and how it is read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.console.pages.typed import Typed
from bot.content import Library
from bot.content.composed import shown
from bot.content.languages import Language
from bot.courses.lessons import TOLD, KeyWord, Lesson, only_norwegian, told, word_in, word_only_norwegian
from bot.courses.problems import CourseProblem

TEXTS = ("title", "aim", "prompt", "task", "notes")
LINES = ("aims", "activities")
NOTHING = dict.fromkeys((*TEXTS, *LINES, "words", "area"), "")
TICKED = {"topics": "topic-", "practice": "practice-", "tests": "test-"}


@dataclass(frozen=True)
class ToldIn:
    """What members of a language read: title, aim, question and key words, each with the language it is in.

    `norwegian`: some of it is only in Norwegian.
    """

    language: Language
    texts: tuple[tuple[str, Language], ...]
    words: tuple[tuple[str, str, Language], ...]
    norwegian: bool


def as_typed(lesson: Lesson, area: str) -> dict[str, str]:
    """What stands in the form when nothing was typed."""
    values = {name: str(getattr(lesson, name)) for name in TEXTS}
    values |= {name: "\n".join(getattr(lesson, name)) for name in LINES}
    values["words"] = "\n".join(f"{word.norwegian}: {word.says}" for word in lesson.words)
    for name, before in TICKED.items():
        values |= {f"{before}{code}": "yes" for code in getattr(lesson, name)}
    return {**values, "area": area}


def written_in(typed: Typed) -> dict[str, Any]:
    """The fields of a Lesson as they were typed. Raises CourseProblem for key words without a colon."""
    written: dict[str, Any] = {name: typed.text(name) for name in TEXTS}
    written |= {name: [line.strip() for line in typed.text(name).split("\n") if line.strip()] for name in LINES}
    for name, before in TICKED.items():
        written[name] = [field.removeprefix(before) for field in typed.values if field.startswith(before)]
    if typed.text("new_topic"):
        written["topics"].append(typed.text("new_topic"))
    written["words"] = [_word(line) for line in typed.text("words").split("\n") if line.strip()]
    return written


def told_in(library: Library, lesson: Lesson, code: str) -> ToldIn:
    """What is read in a language."""
    language, source = library.languages[code], library.languages.source
    lines = {name: told(library, lesson, name, code) for name in TOLD}
    texts = tuple(
        (shown(library, language, line), source if only_norwegian(library, lesson, name, code) else language)
        for name, line in lines.items()
        if line is not None
    )
    words = tuple(
        (
            word.norwegian,
            shown(library, language, word_in(library, lesson, word, code)),
            source if word_only_norwegian(library, lesson, word, code) else language,
        )
        for word in lesson.words
    )
    foreign = language != source and source in {*(one[1] for one in texts), *(one[2] for one in words)}
    return ToldIn(language, texts, words, foreign)


def _word(line: str) -> KeyWord:
    norwegian, colon, says = line.partition(":")
    if not colon or not norwegian.strip() or not says.strip():
        raise CourseProblem("course_words_colon", field="words")
    return KeyWord(norwegian.strip(), says.strip())
