"""The reviewed texts a teacher can send to the whole class: data/courses/ready/<lang>.yml, their titles and fields."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from bot.content import Library
from bot.content.placeholders import places_in
from bot.courses.in_language import READY
from bot.courses.problems import CourseProblem
from bot.courses.written import LONGEST_FIELD, checked

WRITTEN_FIELDS = ("place", "what")  # the teacher's own words, sealed
TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")


def ready_titles(library: Library) -> dict[str, str]:
    """The texts by key, with the title for the teacher's list, in the order of the file. Raises ContentError."""
    found = library.texts(READY, library.languages.source.code)
    return {key: str(found["titles"].get(key, key)) for key in found["posts"]}


def fields_of(library: Library, key: str) -> tuple[str, ...]:
    """The fields of a text: day, time, place, what, session. Raises KeyError for a text that is not there."""
    return places_in(str(library.texts(READY, library.languages.source.code)["posts"][key]))


def ready_given(library: Library, key: str, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What is stored of a filled-in text: codes (`details`) and words (`texts`). `session` is checked by who knows the lessons.

    Raises CourseProblem for a field that is empty or cannot be read.
    """
    if key not in ready_titles(library):
        raise CourseProblem("course_field_missing", field="text")
    details, texts = {"text": key}, {}
    for name in fields_of(library, key):
        value = checked(name, given.get(name, ""), LONGEST_FIELD, needed=True)
        if name in WRITTEN_FIELDS:
            texts[name] = value
        elif name != "session":
            details[name] = _day(value) if name == "day" else _time(value)
    return details, texts


def _day(value: str) -> str:
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        raise CourseProblem("course_field_missing", field="day") from None


def _time(value: str) -> str:
    found = TIME.fullmatch(value)
    if found is None:
        raise CourseProblem("course_field_missing", field="time")
    return f"{int(found[1]):02}:{found[2]}"
