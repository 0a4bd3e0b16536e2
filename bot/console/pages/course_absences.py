"""Who was not there on a lesson day: ticks, the teacher's own notes, the gentle message."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Changing, Visiting, address, change, courses_of_request, show
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.visits import Visit
from bot.courses.absence_message import missed
from bot.courses.absence_notes import attendance, contact_days, had_contact, mark, send_gentle, write_note
from bot.courses.lesson_days import begun_of, next_of
from bot.courses.sessions import session_in, sessions_of
from bot.plans.moments import in_utc
from bot.storage.course_tables import Course, CourseSession

router = APIRouter(prefix="/console/courses/{number:int}/absences")
Form = Annotated[Typed, Depends(typed)]


@router.get("")
def absences(
    request: Request,
    visit: Visiting,
    number: int,
    lesson: Annotated[str, Query(max_length=12)] = "",
    done: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """The page of a lesson day: the one asked for, else the newest that has begun, else the next."""
    wanted = int(lesson) if lesson.isascii() and lesson.isdigit() else None
    return _page(request, visit, number, wanted, Tried(), done)


@router.post("/{lesson:int}")
def tick(request: Request, visit: Changing, number: int, lesson: int, typed: Form) -> Response:
    """Notes who was away. Only what was changed in this form is changed: a colleague's tick of meanwhile stays."""
    away, there = _changes(typed)
    now = courses_of_request(request).clock()

    def do(session: Session, course: Course) -> None:
        mark(session, course, session_in(session, course.id, lesson), away, there, now)

    came_back = tried(visit, "ticks", typed, lambda: change(request, visit, number, "noted absences", do, lesson=lesson))
    return _answered(request, visit, number, lesson, came_back, "absences_saved")


@router.post("/{lesson:int}/{member:int}/note")
def note(request: Request, visit: Changing, number: int, lesson: int, member: int, typed: Form) -> Response:
    """The teacher's own note."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        write_note(courses, session, session_in(session, course.id, lesson), member, typed.text("note"))

    came_back = tried(visit, f"note-{member}", typed, lambda: change(request, visit, number, "noted", do, lesson=lesson, member=member))
    return _answered(request, visit, number, lesson, came_back, "absences_note")


@router.post("/{lesson:int}/{member:int}/message")
def message(request: Request, visit: Changing, number: int, lesson: int, member: int, typed: Form) -> Response:
    """The gentle message, once."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        send_gentle(courses, session, course, session_in(session, course.id, lesson), member, visit.who.id)

    came_back = tried(visit, "message", typed, lambda: change(request, visit, number, "sent message", do, lesson=lesson, member=member))
    return _answered(request, visit, number, lesson, came_back, "absences_sent")


@router.post("/{lesson:int}/{member:int}/talked")
def talked(request: Request, visit: Changing, number: int, lesson: int, member: int) -> Response:
    """The teacher has talked with somebody who asked for it."""

    def do(session: Session, course: Course) -> None:
        had_contact(session, session_in(session, course.id, lesson), member)

    change(request, visit, number, "had contact", do, lesson=lesson, member=member)
    return _answered(request, visit, number, lesson, None, "absences_talked")


def _answered(request: Request, visit: Visit, number: int, lesson: int, came_back: Tried | None, done: str) -> Response:
    if came_back is not None:
        return _page(request, visit, number, lesson, came_back)
    return RedirectResponse(f"{address(number, 'absences')}?lesson={lesson}&done={done}", status_code=303)


def _changes(typed: Typed) -> tuple[set[int], set[int]]:
    """Who was ticked and who was unticked, against what stood in the form when it was opened."""
    had = {name[4:]: value == "yes" for name, value in typed.values.items() if name.startswith("had-") and name[4:].isdecimal()}
    ticked = {member: f"away-{member}" in typed.values for member in had if len(member) < 10}
    away = {int(member) for member, now in ticked.items() if now and not had[member]}
    return away, {int(member) for member, now in ticked.items() if not now and had[member]}


def _page(request: Request, visit: Visit, number: int, wanted: int | None, tried: Tried, done: str = "") -> HTMLResponse:
    courses = courses_of_request(request)
    now = courses.clock()

    def read(session: Session, course: Course) -> dict[str, Any]:
        row = session_in(session, course.id, wanted) if wanted is not None else _usual(session, course, now)
        rows = attendance(courses, session, course, row, now) if row else []
        return {
            "lesson": row,
            "lessons": list(reversed(sessions_of(session, course.id))),
            "rows": rows,
            "gentle": missed(courses, session, course, row, "nb").text if row else "",
            "begun": row is not None and row.cancelled_at is None and in_utc(row.starts_at) <= now,
            "contacts": contact_days(session, course),
            "tried": tried,
            "done": done,
        }

    def _usual(session: Session, course: Course, now: Any) -> CourseSession | None:
        return next(iter(begun_of(session, course.id, now)), None) or next_of(session, course.id, now)

    return show(request, visit, number, "absences", "course_absences.html", read, status=tried.status)
