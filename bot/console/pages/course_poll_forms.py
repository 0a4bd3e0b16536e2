"""The form of a poll or quiz: what a teacher chose from the plan or wrote becomes a draft."""

from __future__ import annotations

import datetime as dt

from bot.console.pages.typed import Typed
from bot.courses.drafts import PollDraft
from bot.courses.parts import Courses
from bot.courses.poll_making import OPTIONS, own_poll, plan_poll
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.storage.course_tables import Course

PLAN, OWN = "plan", "own"
FORMS = (PLAN, OWN)
NUMBERS = range(OPTIONS[-1])  # the options of the form, from 0


def poll_from(courses: Courses, course: Course, form: str, typed: Typed) -> PollDraft:
    """What the form says. Raises CourseProblem, Mistyped, NoSuchCourse for a form that does not exist."""
    if form not in FORMS:
        raise NoSuchCourse
    closes = _closes(typed)
    if form == PLAN:
        return plan_poll(courses, course, typed.text("week"), closes)
    known = courses.library.languages
    codes = [code for code in known if any(name.endswith(f"-{code}") for name in typed.values)]

    def given(name: str) -> dict[str, str]:
        return {code: typed.text(f"{name}-{code}") for code in codes}

    options = [given(f"option-{number}") for number in NUMBERS]
    right = typed.text("right")
    if right and not (right.isascii() and right.isdigit() and len(right) == 1):
        raise CourseProblem("course_field_missing", field="right")
    return own_poll(typed.text("poll_kind"), given("ask"), options, closes, int(right) if right else None, given("because"))


def _closes(typed: Typed) -> dt.datetime:
    found = typed.moment("closes_day", "closes_time")
    typed.must_be_readable()
    if found is None:
        raise CourseProblem("course_field_missing", field="closes_day")
    return found
