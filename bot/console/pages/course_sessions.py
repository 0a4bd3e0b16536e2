"""The lesson days of a course: the list by week, and one more."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Changing, Visiting, back_to, change, courses_of_request, show
from bot.console.pages.course_session import router as one_session
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.visits import Visit
from bot.content import Library
from bot.content.courses import course_plans, week_text
from bot.courses.changing_sessions import add_session
from bot.courses.lessons import lesson_of
from bot.courses.problems import CourseProblem
from bot.courses.sessions import ends_at, sessions_of
from bot.courses.timetable import monday
from bot.plans.moments import day_in_norway, in_utc
from bot.storage.course_tables import Course

router = APIRouter(prefix="/console/courses/{number:int}/sessions")
Form = Annotated[Typed, Depends(typed)]


@router.get("")
def sessions(request: Request, visit: Visiting, number: int, done: Annotated[str, Query(max_length=40)] = "") -> HTMLResponse:
    """All lesson days, week by week."""
    return _page(request, visit, number, Tried(), done)


@router.post("")
def add(request: Request, visit: Changing, number: int, typed: Form) -> Response:
    """One more lesson day; the same form again adds none."""
    courses = courses_of_request(request)

    def do() -> None:
        starts_at, minutes = typed.moment("day", "time"), typed.whole("minutes")
        typed.must_be_readable()
        if starts_at is None or minutes is None:
            raise CourseProblem("course_field_missing", field="minutes")
        place, week = typed.text("place"), typed.text("week")
        change(request, visit, number, "added lesson", lambda s, course: add_session(courses, s, course, starts_at, minutes, place, week))

    came_back = tried(visit, "add", typed, do)
    return back_to(number, "sessions", "session_added") if came_back is None else _page(request, visit, number, came_back)


def weeks_to_choose(library: Library, plan: str) -> list[tuple[str, str]]:
    """The weeks of a plan with their Norwegian titles."""
    known = course_plans(library.data).get(plan)
    found = []
    for number, week in enumerate(known.weeks if known else (), 1):
        text = week_text(library.data, library.languages.source.code, week)
        found.append((week, f"{number}. {text.title if text else week}"))
    return found


def _page(request: Request, visit: Visit, number: int, came_back: Tried, done: str = "") -> HTMLResponse:
    courses = courses_of_request(request)
    now = courses.clock()

    def read(session: Session, course: Course) -> dict[str, Any]:
        rows = [
            (row, lesson_of(courses.library, course.plan, row), ends_at(row) <= now, monday(day_in_norway(in_utc(row.starts_at))))
            for row in sessions_of(session, course.id)
        ]
        return {
            "weeks": [(first, [one[:3] for one in group]) for first, group in groupby(rows, key=lambda one: one[3])],
            "choice_of_weeks": weeks_to_choose(courses.library, course.plan),
            "this_week": monday(day_in_norway(now)),
            "tried": came_back,
            "done": done,
        }

    return show(request, visit, number, "sessions", "course_sessions.html", read, status=came_back.status)


router.include_router(one_session)
