"""What the pages of one course have in common: the course this colleague may see, its tabs, a change with its entry in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from bot.console.rendering import render
from bot.console.visits import Visit, changing_visit, parts_of, visit
from bot.courses.access import course_for
from bot.courses.parts import Courses
from bot.desk.audit import record
from bot.plans.link_codes import link_key
from bot.storage.course_tables import Course

COURSES = "/console/courses"
TABS = ("overview", "members", "sessions", "absences", "posts", "polls", "questions", "talks", "outcomes", "settings")
Visiting = Annotated[Visit, Depends(visit)]
Changing = Annotated[Visit, Depends(changing_visit)]
T = TypeVar("T")


def courses_of_request(request: Request) -> Courses:
    """What courses work with, of this installation."""
    parts = parts_of(request)
    return Courses(parts.seal, parts.library, link_key(parts.settings.key("text_key")), parts.now)


def address(number: int, tab: str = "overview", *more: object) -> str:
    """The address of a tab of a course."""
    base = f"{COURSES}/{number}"
    return "/".join([base if tab == "overview" else f"{base}/{tab}", *map(str, more)])


def show(
    request: Request,
    visit: Visit,
    number: int,
    tab: str,
    template: str,
    read: Callable[[Session, Course], dict[str, Any]],
    *,
    status: int = 200,
) -> HTMLResponse:
    """A tab of a course: what `read` returns goes to the template, beside `course`, `tab`, `tabs` and `at`. Reading is in the audit log."""
    parts = parts_of(request)
    with parts.transaction() as session:
        course = course_for(session, visit.who, number)
        record(session, visit.who, "read", "course", str(number), tab=tab)
        values = read(session, course)
        return render(
            request,
            visit,
            template,
            status=status,
            course=course,
            tab=tab,
            tabs=TABS,
            at=lambda name="overview", *more: address(number, name, *more),
            **values,
        )


def change(request: Request, visit: Visit, number: int, action: str, do: Callable[[Session, Course], T], **details: object) -> T:
    """A change of a course, with its entry in the audit log, both or neither; the course is held. Raises DeskProblem."""
    parts = parts_of(request)
    with parts.transaction() as session:
        course = course_for(session, visit.who, number, change=True)
        done = do(session, course)
        record(session, visit.who, action, "course", str(number), **details)
        return done


def back_to(number: int, tab: str = "overview", done: str = "") -> RedirectResponse:
    """After a form: the tab again, with the key of a word about what was done (`course_done_<key>`)."""
    return RedirectResponse(address(number, tab) + (f"?done={done}" if done else ""), status_code=303)
