"""The courses of a teacher: the list, and a new one; the tabs of each are in the files beside this one."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.console.pages.course_frame import COURSES, Changing, Visiting, address, courses_of_request
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.rendering import render
from bot.console.visits import Visit, parts_of
from bot.content.courses import course_plans
from bot.courses.access import courses_of
from bot.courses.courses import NewCourse, make_course
from bot.courses.membership import members_of
from bot.courses.problems import CourseProblem
from bot.courses.sessions import coming, sessions_of
from bot.courses.timetable import LessonDay
from bot.desk.access import everywhere, require
from bot.desk.audit import record

router = APIRouter(prefix=COURSES)
Form = Annotated[Typed, Depends(typed)]
USUAL_DAYS = (("0", "09:00"), ("2", "09:00"))  # weekday and time proposed for the two lesson days
USUAL_MINUTES, USUAL_WEEKS = "360", "22"


@router.get("")
def all_courses(request: Request, visit: Visiting, closed: str = "", done: Annotated[str, Query(max_length=40)] = "") -> HTMLResponse:
    """The list; with `closed` also those that are over."""
    parts, courses = parts_of(request), courses_of_request(request)
    with parts.transaction() as session:
        found = courses_of(session, visit.who, closed == "yes")
        record(session, visit.who, "read", "courses", visit.who.municipality, found=len(found))
        rows = []
        for course in found:
            following = coming(sessions_of(session, course.id), courses.clock())
            rows.append((course, len(members_of(session, course.id)), following[0] if following else None))
        places = parts.library.municipalities()
        return render(request, visit, "courses.html", rows=rows, places=places, closed=closed == "yes", at=address, done=done)


@router.get("/new")
def new_course(request: Request, visit: Visiting) -> HTMLResponse:
    """The form for a new course."""
    require(visit.who, "courses", "change")
    return _form(request, visit, Tried())


@router.post("/new")
def create(request: Request, visit: Changing, typed: Form) -> Response:
    """Makes a course; the same form sent again leads to the one it made."""
    require(visit.who, "courses", "change")
    parts, courses = parts_of(request), courses_of_request(request)
    made: list[int] = []

    def do() -> None:
        new = _read(visit, typed)
        with parts.transaction() as session:
            course = make_course(courses, session, visit.who, new)
            made.append(course.id)
            record(session, visit.who, "made course", "course", str(course.id), plan=new.plan, municipality=new.municipality)

    came_back = tried(visit, "new", typed, do)
    return _form(request, visit, came_back) if came_back is not None else RedirectResponse(address(made[0]) + "?done=made", status_code=303)


def _read(visit: Visit, typed: Typed) -> NewCourse:
    """What was typed. Raises Mistyped and CourseProblem."""
    first = typed.day("first_day", needed=True)
    plan = typed.text("plan")
    weeks = 0 if plan else typed.whole("weeks")
    days = tuple(_lesson_day(typed, number) for number in ("1", "2"))
    skip = tuple(_skipped(typed))
    typed.must_be_readable()
    place = typed.text("municipality") if everywhere(visit.who) else visit.who.municipality
    if first is None or not place:
        raise CourseProblem("course_field_missing", field="municipality")
    return NewCourse(typed.text("course_name"), place, first, days, plan, weeks or 0, skip)


def _lesson_day(typed: Typed, number: str) -> LessonDay:
    weekday, minutes = typed.whole(f"weekday_{number}"), typed.whole(f"minutes_{number}")
    if weekday not in range(7):
        typed.wrong[f"weekday_{number}"] = "participant_wrong_missing"
    return LessonDay(weekday or 0, time_of(typed, f"time_{number}"), minutes or 0, typed.text(f"place_{number}"))


def time_of(typed: Typed, name: str) -> dt.time:
    """A time of day such as 09:00 or 9.30; midnight, and noted as wrong, where it cannot be read."""
    try:
        return dt.time.fromisoformat(typed.text(name).replace(".", ":").zfill(5)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        typed.wrong[name] = "participant_wrong_time"
        return dt.time()


def _skipped(typed: Typed) -> list[dt.date]:
    """The days in a field, one after the other with commas, blanks or line breaks between them."""
    found = []
    for word in re.split(r"[\s,;]+", typed.text("skip")):
        one = Typed({"day": word})
        day = one.day("day")
        if one.wrong:
            typed.wrong["skip"] = "participant_wrong_day"
        elif day is not None:
            found.append(day)
    return found


def _form(request: Request, visit: Visit, came_back: Tried) -> HTMLResponse:
    library = parts_of(request).library
    plans = {name: len(plan.weeks) for name, plan in course_plans(library.data).items()}
    return render(
        request,
        visit,
        "course_new.html",
        status=came_back.status,
        tried=came_back,
        plans=plans,
        places=library.municipalities() if everywhere(visit.who) else {},
        usual_days=USUAL_DAYS,
        usual_minutes=USUAL_MINUTES,
        usual_weeks=USUAL_WEEKS,
        usual_plan=next(iter(plans), ""),
    )
