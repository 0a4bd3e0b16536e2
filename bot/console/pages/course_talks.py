"""Times for individual talks: new ones, who has them, cancel."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Changing, Visiting, back_to, change, courses_of_request, show
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.visits import Visit
from bot.courses.problems import CourseProblem
from bot.courses.talk_planning import Slots, cancel_talk, make_talks, talks_of, without_talk
from bot.plans.moments import day_in_norway
from bot.storage.course_tables import Course

router = APIRouter(prefix="/console/courses/{number:int}/talks")
Form = Annotated[Typed, Depends(typed)]


@router.get("")
def talks(request: Request, visit: Visiting, number: int, done: Annotated[str, Query(max_length=40)] = "") -> HTMLResponse:
    """All times, and the form for new ones."""
    return _page(request, visit, number, Tried(), done)


@router.post("")
def make(request: Request, visit: Changing, number: int, typed: Form) -> Response:
    """Makes times; the same form again makes none twice."""
    courses = courses_of_request(request)

    def do() -> None:
        slots = _slots(typed)
        change(request, visit, number, "made talks", lambda session, course: make_talks(courses, session, course, slots))

    came_back = tried(visit, "talks", typed, do)
    return back_to(number, "talks", "talks_made") if came_back is None else _page(request, visit, number, came_back)


@router.post("/{talk:int}/cancel")
def cancel(request: Request, visit: Changing, number: int, talk: int) -> Response:
    """Cancels a time; who had it is told, with the free times."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> bool | None:
        return cancel_talk(courses, session, course, talk, visit.who.id)

    told = change(request, visit, number, "cancelled talk", do, talk=talk)
    return back_to(number, "talks", {True: "talk_told", False: "talk_not_told", None: "talk_cancelled"}[told])


def _slots(typed: Typed) -> Slots:
    day, minutes = typed.day("day", needed=True), typed.whole("minutes")
    begins, ends = _time(typed, "talk_begins"), _time(typed, "talk_ends")
    typed.must_be_readable()
    if day is None or minutes is None:
        raise CourseProblem("talks_minutes", field="minutes")
    return Slots(day, begins, ends, minutes, typed.text("place"), typed.text("with_whom"))


def _time(typed: Typed, name: str) -> dt.time:
    """A time of day such as 10:00 or 9.30; midnight, and noted as wrong, where it cannot be read."""
    text = typed.text(name).replace(".", ":")
    try:
        return dt.time.fromisoformat(text.zfill(5)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        typed.wrong[name] = "participant_wrong_time"
        return dt.time()


def _page(request: Request, visit: Visit, number: int, tried: Tried, done: str = "") -> HTMLResponse:
    courses = courses_of_request(request)

    def read(session: Session, course: Course) -> dict[str, Any]:
        return {
            "booked": talks_of(courses, session, course),
            "without": without_talk(courses, session, course),
            "tried": tried,
            "wrong": tried.typed.wrong,
            "usual_teacher": visit.who.name,
            "deadlines": [one for one in course.deadlines if one.day >= day_in_norway(courses.clock())],
            "done": done,
        }

    return show(request, visit, number, "talks", "course_talks.html", read, status=tried.status)
