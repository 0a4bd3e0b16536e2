"""Who is in a course: the roster, new members, their one-time codes, leaving and coming back."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Changing, Visiting, back_to, change, courses_of_request, show
from bot.console.pages.course_slips import Slip, slip
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.visits import Visit, parts_of
from bot.courses.course_codes import MEMBER_DAYS, make_member_code
from bot.courses.membership import language_of
from bot.courses.once import done_before
from bot.courses.problems import CourseProblem
from bot.courses.roster import add_member, add_participant, come_back, leave, member_in, name_of, roster, without_chat
from bot.storage.course_tables import Course, CourseMember

router = APIRouter(prefix="/console/courses/{number:int}/members")
Form = Annotated[Typed, Depends(typed)]
ADDED = "added member"


@router.get("")
def members(request: Request, visit: Visiting, number: int, done: Annotated[str, Query(max_length=40)] = "") -> HTMLResponse:
    """The roster, and the form for one more."""
    return _page(request, visit, number, Tried(), done)


@router.post("")
def add(request: Request, visit: Changing, number: int, typed: Form) -> Response:
    """Adds a member, by the municipality's reference or by name and language; the same form again adds nobody."""
    courses, key = courses_of_request(request), typed.text("key")[:64]

    def do(session: Session, course: Course) -> None:
        if done_before(session, course.id, ADDED, key):
            return
        if typed.text("reference"):
            add_participant(courses, session, course, typed.text("reference"))
        else:
            add_member(courses, session, course, typed.text("member_name"), typed.text("language"))

    came_back = tried(visit, "add", typed, lambda: change(request, visit, number, ADDED, do, form=key))
    return back_to(number, "members", "member_added") if came_back is None else _page(request, visit, number, came_back)


@router.post("/codes")
def codes(request: Request, visit: Changing, number: int) -> Response:
    """A slip for everybody whom nothing reaches; their older unused codes stop working."""

    def do(session: Session, course: Course) -> list[Slip]:
        courses = courses_of_request(request)
        waiting = [member_in(session, course.id, one.id) for one in without_chat(roster(courses, session, course.id))]
        if not waiting:
            raise CourseProblem("course_all_reached")
        return [_slip(request, visit, session, member) for member in waiting]

    return _slips(request, visit, number, do)


@router.post("/{member:int}/code")
def code(request: Request, visit: Changing, number: int, member: int) -> Response:
    """One member's slip; older unused codes stop working."""
    return _slips(request, visit, number, lambda session, course: [_slip(request, visit, session, member_in(session, course.id, member))])


@router.post("/{member:int}/leave")
def remove(request: Request, visit: Changing, number: int, member: int) -> Response:
    """Ends a membership."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        leave(courses, session, member_in(session, course.id, member))

    change(request, visit, number, "removed member", do, member=member)
    return back_to(number, "members", "member_removed")


@router.post("/{member:int}/back")
def bring_back(request: Request, visit: Changing, number: int, member: int) -> Response:
    """A member again."""
    change(
        request,
        visit,
        number,
        "brought back",
        lambda session, course: come_back(session, member_in(session, course.id, member)),
        member=member,
    )
    return back_to(number, "members", "member_back")


def _slip(request: Request, visit: Visit, session: Session, member: CourseMember) -> Slip:
    parts, courses = parts_of(request), courses_of_request(request)
    made = make_member_code(courses, session, member, visit.who.id)
    until = courses.clock() + dt.timedelta(days=MEMBER_DAYS)
    language = language_of(session, member)
    return slip(session, parts.library, parts.settings.public, name_of(courses, member), language, made, until)


def _slips(request: Request, visit: Visit, number: int, do: Any) -> Response:
    """The page with the slips. It cannot be had again: only the hashes of the codes are kept."""
    made: list[Slip] = []
    came_back = tried(visit, "codes", Typed(), lambda: made.extend(change(request, visit, number, "made codes", do, days=MEMBER_DAYS)))
    if came_back is not None:
        return _page(request, visit, number, came_back)
    return show(request, visit, number, "members", "course_slips.html", lambda session, course: {"slips": made})


def _page(request: Request, visit: Visit, number: int, came_back: Tried, done: str = "") -> HTMLResponse:
    courses = courses_of_request(request)

    def read(session: Session, course: Course) -> dict[str, Any]:
        people = roster(courses, session, course.id)
        offered = [(one.code, f"{one.norwegian_name} ({one.name})") for one in courses.library.languages.offered]
        present = [one for one in people if one.left_on is None]
        gone = [one for one in people if one.left_on is not None]
        return {
            "present": present,
            "gone": gone,
            "unreached": without_chat(people),
            "offered": offered,
            "tried": came_back,
            "done": done,
        }

    return show(request, visit, number, "members", "course_members.html", read, status=came_back.status)
