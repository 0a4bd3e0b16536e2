"""One lesson day: what it holds, in Norwegian to edit and in the languages of the class to read; move, cancel, take out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Changing, Visiting, address, back_to, change, courses_of_request, show
from bot.console.pages.course_session_fields import NOTHING, as_typed, told_in, written_in
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.visits import Visit
from bot.content.courses import AREAS, SUBJECTS, TESTS
from bot.content.selection import title_of
from bot.courses.changing_sessions import cancel_session, edit_session, move_session, remove_session, restore_session
from bot.courses.lessons import lesson_of, planned_lesson
from bot.courses.membership import languages_of
from bot.courses.problems import CourseProblem
from bot.courses.sessions import ends_at, session_in
from bot.plans.moments import NORWAY, in_utc
from bot.storage.course_tables import Course

router = APIRouter(prefix="/{lesson:int}")
Form = Annotated[Typed, Depends(typed)]


@router.get("")
def lesson_day(
    request: Request, visit: Visiting, number: int, lesson: int, done: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """The page of a lesson day."""
    return _page(request, visit, number, lesson, Tried(), done)


@router.post("/edit")
def edit(request: Request, visit: Changing, number: int, lesson: int, typed: Form) -> Response:
    """Keeps what was written; what is the same as in the plan stays the plan's."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        edit_session(courses, session, course, session_in(session, course.id, lesson), written_in(typed), typed.text("area"))

    came_back = tried(visit, "edit", typed, lambda: change(request, visit, number, "edited lesson", do, lesson=lesson))
    return _answered(request, visit, number, lesson, came_back, "session_saved")


@router.post("/move")
def move(request: Request, visit: Changing, number: int, lesson: int, typed: Form) -> Response:
    """Another day, time or place."""

    def do() -> None:
        starts_at, minutes = typed.moment("day", "time"), typed.whole("minutes")
        typed.must_be_readable()
        if starts_at is None or minutes is None:
            raise CourseProblem("course_field_missing", field="minutes")

        def moved(session: Session, course: Course) -> None:
            move_session(session, course, session_in(session, course.id, lesson), starts_at, minutes, typed.text("place"))

        change(request, visit, number, "moved lesson", moved, lesson=lesson)

    return _answered(request, visit, number, lesson, tried(visit, "move", typed, do), "session_moved")


@router.post("/cancel")
def cancel(request: Request, visit: Changing, number: int, lesson: int) -> Response:
    """It is not held."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        cancel_session(courses, session, session_in(session, course.id, lesson))

    change(request, visit, number, "cancelled lesson", do, lesson=lesson)
    return _answered(request, visit, number, lesson, None, "session_cancelled")


@router.post("/restore")
def restore(request: Request, visit: Changing, number: int, lesson: int) -> Response:
    """It is held after all."""

    def do(session: Session, course: Course) -> None:
        restore_session(session, session_in(session, course.id, lesson))

    change(request, visit, number, "restored lesson", do, lesson=lesson)
    return _answered(request, visit, number, lesson, None, "session_restored")


@router.post("/remove")
def remove(request: Request, visit: Changing, number: int, lesson: int) -> Response:
    """Takes it out of the course."""

    def do(session: Session, course: Course) -> None:
        remove_session(session, session_in(session, course.id, lesson))

    came_back = tried(visit, "remove", Typed(), lambda: change(request, visit, number, "removed lesson", do, lesson=lesson))
    return back_to(number, "sessions", "session_removed") if came_back is None else _page(request, visit, number, lesson, came_back)


def _answered(request: Request, visit: Visit, number: int, lesson: int, came_back: Tried | None, done: str) -> Response:
    if came_back is not None:
        return _page(request, visit, number, lesson, came_back)
    return RedirectResponse(f"{address(number, 'sessions', lesson)}?done={done}", status_code=303)


def _page(request: Request, visit: Visit, number: int, lesson: int, came_back: Tried, done: str = "") -> HTMLResponse:
    courses = courses_of_request(request)
    library = courses.library

    def read(session: Session, course: Course) -> dict[str, Any]:
        row = session_in(session, course.id, lesson)
        content, here = lesson_of(library, course.plan, row), in_utc(row.starts_at).astimezone(NORWAY)
        values = {**NOTHING, **came_back.typed.values} if came_back.form == "edit" else as_typed(content, row.area)
        chosen = [name.removeprefix("topic-") for name in values if name.startswith("topic-")]
        source = library.languages.source.code
        return {
            "row": row,
            "lesson": content,
            "plan": planned_lesson(library, course.plan, row.week, row.lesson),
            "values": values,
            "when": {"day": here.date().isoformat(), "time": f"{here:%H:%M}", "minutes": str(row.minutes), "place": row.place},
            "topics": [(topic, title_of(library, topic, source) or topic) for topic in chosen if library.has_topic(topic)],
            "all_topics": [(topic, title_of(library, topic, source) or topic) for topic in library.topic_ids()],
            "in_class": [told_in(library, content, code) for code in languages_of(session, course.id) if code != source],
            "areas": AREAS,
            "subjects": SUBJECTS,
            "tests": TESTS,
            "over": ends_at(row) <= courses.clock(),
            "tried": came_back,
            "done": done,
        }

    return show(request, visit, number, "sessions", "course_session.html", read, status=came_back.status)
