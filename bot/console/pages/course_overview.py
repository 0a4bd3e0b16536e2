"""The first tab of a course: today, next, who is not reached, what waits; and the code that binds the Telegram group."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Changing, Visiting, back_to, change, courses_of_request, show
from bot.console.pages.course_slips import group_way
from bot.courses.absence_notes import wants_contact
from bot.courses.course_codes import GROUP_DAYS, make_group_code, unbind_group
from bot.courses.looking_over import overview
from bot.plans.moments import day_in_norway
from bot.storage.course_tables import Course

router = APIRouter(prefix="/console/courses/{number:int}")


@router.get("")
def course(request: Request, visit: Visiting, number: int, done: Annotated[str, Query(max_length=40)] = "") -> HTMLResponse:
    """The course at this moment."""
    courses = courses_of_request(request)
    now = courses.clock()

    def read(session: Session, course: Course) -> dict[str, Any]:
        seen = overview(courses, session, course, now)
        return {"seen": seen, "contacts": wants_contact(session, course), "now_day": day_in_norway(now), "done": done}

    return show(request, visit, number, "overview", "course_overview.html", read)


@router.post("/group-code")
def group_code(request: Request, visit: Changing, number: int) -> HTMLResponse:
    """A new code for the Telegram group, shown once; the older one stops working."""
    courses = courses_of_request(request)
    code = change(
        request,
        visit,
        number,
        "made group code",
        lambda session, course: make_group_code(courses, session, course, visit.who.id),
        days=GROUP_DAYS,
    )

    def read(session: Session, course: Course) -> dict[str, Any]:
        return {"code": code, "way": group_way(session, code), "until": courses.clock() + dt.timedelta(days=GROUP_DAYS)}

    return show(request, visit, number, "overview", "course_group_code.html", read)


@router.post("/group-unbind")
def unbind(request: Request, visit: Changing, number: int) -> Response:
    """The group is no longer the course's."""
    change(request, visit, number, "unbound group", unbind_group)
    return back_to(number, done="unbound")
