"""What a course is called and says by itself, its deadlines, who teaches it, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import COURSES, Changing, Visiting, address, back_to, change, courses_of_request, show
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.visits import Visit
from bot.courses.courses import add_teacher, change_course, close_course, possible_teachers, remove_teacher, teachers_of
from bot.courses.deadlines import KINDS, add_deadline, deadlines_of, remove_deadline, youth_deadline
from bot.courses.problems import CourseProblem
from bot.desk.colleagues import Role
from bot.plans.moments import day_in_norway
from bot.storage.course_tables import Course

router = APIRouter(prefix="/console/courses/{number:int}/settings")
Form = Annotated[Typed, Depends(typed)]
Do = Callable[[Session, Course], object]


@router.get("")
def settings(request: Request, visit: Visiting, number: int, done: Annotated[str, Query(max_length=40)] = "") -> HTMLResponse:
    """Everything that can be set."""
    return _page(request, visit, number, Tried(), done)


@router.post("")
def save(request: Request, visit: Changing, number: int, typed: Form) -> Response:
    """The name, the word of the day, the countdown."""
    wanted = {name: name in typed.values for name in ("word_of_day", "countdown")}

    def do(session: Session, course: Course) -> None:
        change_course(session, course, typed.text("course_name"), **wanted)

    return _tried(request, visit, number, typed, "settings", "changed course", do, "settings_saved", **wanted)


@router.post("/deadlines")
def new_deadline(request: Request, visit: Changing, number: int, typed: Form) -> Response:
    """One more deadline."""
    kind, on = typed.text("deadline_kind"), typed.day("day", needed=True)

    def do(session: Session, course: Course) -> None:
        typed.must_be_readable()
        if on is None:
            raise CourseProblem("course_field_missing", field="day")
        add_deadline(session, course, kind, on, typed.text("deadline_name"))

    return _tried(request, visit, number, typed, "deadline", "added deadline", do, "deadline_added", kind=kind[:32])


@router.post("/deadlines/{deadline:int}/remove")
def no_deadline(request: Request, visit: Changing, number: int, deadline: int) -> Response:
    """Takes a deadline out."""
    change(request, visit, number, "removed deadline", lambda session, course: remove_deadline(session, course, deadline))
    return back_to(number, "settings", "deadline_removed")


@router.post("/teachers")
def new_teacher(request: Request, visit: Changing, number: int, typed: Form) -> Response:
    """Somebody else teaches the course too."""
    account = typed.whole("teacher") or 0

    def do(session: Session, course: Course) -> None:
        add_teacher(session, course, account)

    return _tried(request, visit, number, typed, "teacher", "added teacher", do, "teacher_added", account=account)


@router.post("/teachers/{account:int}/remove")
def no_teacher(request: Request, visit: Changing, number: int, account: int) -> Response:
    """Somebody does not teach the course any more; who takes themselves out comes back to the list."""

    def do(session: Session, course: Course) -> None:
        remove_teacher(session, course, account)

    came_back = tried(visit, "teachers", Typed(), lambda: change(request, visit, number, "removed teacher", do, account=account))
    if came_back is not None:
        return _page(request, visit, number, came_back)
    if account == visit.who.id and visit.who.role is Role.TEACHER:
        return RedirectResponse(f"{COURSES}?done=teacher_removed", status_code=303)
    return back_to(number, "settings", "teacher_removed")


@router.post("/close")
def close(request: Request, visit: Changing, number: int, typed: Form) -> Response:
    """Ends the course, once the box is ticked."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        if "sure" not in typed.values:
            raise CourseProblem("course_close_unsure", field="sure")
        close_course(courses, session, course)

    came_back = tried(visit, "close", typed, lambda: change(request, visit, number, "closed course", do))
    return (
        _page(request, visit, number, came_back)
        if came_back is not None
        else RedirectResponse(address(number) + "?done=closed", status_code=303)
    )


def _tried(
    request: Request, visit: Visit, number: int, typed: Typed, form: str, action: str, do: Do, done: str, **details: object
) -> Response:
    came_back = tried(visit, form, typed, lambda: change(request, visit, number, action, do, **details))
    return back_to(number, "settings", done) if came_back is None else _page(request, visit, number, came_back)


def _page(request: Request, visit: Visit, number: int, came_back: Tried, done: str = "") -> HTMLResponse:
    courses = courses_of_request(request)
    today = day_in_norway(courses.clock())

    def read(session: Session, course: Course) -> dict[str, Any]:
        return {
            "teachers": teachers_of(session, course),
            "possible": possible_teachers(session, course),
            "deadlines": deadlines_of(session, course.id),
            "kinds": KINDS,
            "youth": youth_deadline(courses.library, today),
            "today": today,
            "tried": came_back,
            "done": done,
        }

    return show(request, visit, number, "settings", "course_settings.html", read, status=came_back.status)
