"""Posts to the whole class: writing one with a preview in every language, what is planned, what was sent and how far it came."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Changing, Visiting, back_to, change, courses_of_request, show
from bot.console.pages.course_post_forms import FORMS, draft_from, due_from, filled_from, form_values, previews_of
from bot.console.pages.course_post_short import in_short
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.rendering import new_key, render
from bot.console.visits import Visit, parts_of
from bot.courses import posting
from bot.courses.access import course_for
from bot.courses.drafts import draft_of
from bot.courses.reach import reach_of_each
from bot.plans.moments import in_utc
from bot.storage.course_tables import Course, CoursePost
from bot.storage.desk_tables import Account

router = APIRouter(prefix="/console/courses/{number:int}/posts")
Form = Annotated[Typed, Depends(typed)]
MOST_SENT = 50
DONE = Annotated[str, Query(max_length=40)]


@router.get("")
def posts(
    request: Request, visit: Visiting, number: int, ready: Annotated[str, Query(max_length=40)] = "", done: DONE = ""
) -> HTMLResponse:
    """The tab. `ready`: the ready text whose fields are shown."""
    return _page(request, visit, number, Tried(), ready=ready, done=done)


@router.get("/{post:int}")
def one_post(request: Request, visit: Visiting, number: int, post: int) -> HTMLResponse:
    """A post that is not sent yet, with its form."""
    return _one(request, visit, number, post, Tried())


@router.post("/{kind:str}/new")
def write(request: Request, visit: Changing, number: int, kind: str, typed: Form) -> Response:
    """Shows a post in every language, or stores it and sends it when its moment is now."""
    courses, sending = courses_of_request(request), typed.text("action") == "send"
    sent: list[bool] = []

    def do(session: Session, course: Course) -> None:
        draft, due = draft_from(courses, session, course, visit, kind, typed), due_from(courses, typed)
        previews_of(courses, session, course, draft)
        made = posting.post(
            courses, session, course, kind, draft.details, draft.texts, due, typed.text("key")[:64] or new_key(), visit.who.id
        )
        sent.append(in_utc(made.due_at) <= courses.clock())
        if sent[0]:
            posting.send(courses, session, made)

    if not sending:
        return _preview(request, visit, number, kind, typed)
    came_back = tried(visit, kind, typed, lambda: change(request, visit, number, "posted", do, kind=kind))
    if came_back is not None:
        return _page(request, visit, number, came_back, ready=typed.text("ready_text"))
    return back_to(number, "posts", "post_sent" if sent[0] else "post_planned")


@router.post("/{post:int}/change")
def change_one(request: Request, visit: Changing, number: int, post: int, typed: Form) -> Response:
    """Other words, another moment; or the preview of them."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        row = posting.post_of(session, course, post)
        draft = draft_from(courses, session, course, visit, row.kind, typed)
        previews_of(courses, session, course, draft)
        posting.change(courses, session, row, draft.details, draft.texts, due_from(courses, typed))

    if typed.text("action") != "save":
        return _preview(request, visit, number, "", typed, post)
    came_back = tried(visit, "change", typed, lambda: change(request, visit, number, "changed post", do, post=post))
    return back_to(number, "posts", "post_changed") if came_back is None else _one(request, visit, number, post, came_back)


@router.post("/{post:int}/cancel")
def cancel(request: Request, visit: Changing, number: int, post: int) -> Response:
    """It will not be sent."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        posting.cancel(courses, session, posting.post_of(session, course, post))

    came_back = tried(visit, "list", Typed(), lambda: change(request, visit, number, "cancelled post", do, post=post))
    return back_to(number, "posts", "post_cancelled") if came_back is None else _page(request, visit, number, came_back)


@router.post("/{post:int}/send")
def send_now(request: Request, visit: Changing, number: int, post: int) -> Response:
    """Sends a planned post now; one that was sent meanwhile stays as it is."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        row = posting.post_of(session, course, post)
        previews_of(courses, session, course, draft_of(courses, session, row))
        posting.send(courses, session, row)

    came_back = tried(visit, "list", Typed(), lambda: change(request, visit, number, "sent post", do, post=post))
    return back_to(number, "posts", "post_sent") if came_back is None else _page(request, visit, number, came_back)


def _preview(request: Request, visit: Visit, number: int, kind: str, typed: Typed, post: int | None = None) -> HTMLResponse:
    """The preview alone for HTMX, else the page with what was typed and the preview. Nothing is stored."""
    courses, found = courses_of_request(request), []

    def do() -> None:
        with parts_of(request).transaction() as session:
            course = course_for(session, visit.who, number)
            wanted = kind or posting.post_of(session, course, post or 0).kind
            draft = draft_from(courses, session, course, visit, wanted, typed)
            due_from(courses, typed)
            found.extend(previews_of(courses, session, course, draft))

    came_back = tried(visit, kind or "change", typed, do)
    if request.headers.get("HX-Request"):
        sorry = came_back.sorry if came_back else ""
        return render(request, visit, "course_previews.html", status=409 if sorry else 200, previews=found, sorry=sorry)
    back = came_back or Tried(kind or "change", typed)
    if post is not None:
        return _one(request, visit, number, post, back, found)
    return _page(request, visit, number, back, found, ready=typed.text("ready_text"))


def _page(
    request: Request,
    visit: Visit,
    number: int,
    came_back: Tried,
    previews: list[posting.Preview] | None = None,
    *,
    ready: str = "",
    done: str = "",
) -> HTMLResponse:
    courses = courses_of_request(request)

    def read(session: Session, course: Course) -> dict[str, Any]:
        rows = session.scalars(select(CoursePost).where(CoursePost.course_id == course.id, CoursePost.cancelled_at.is_(None))).all()
        sent = sorted((row for row in rows if row.sent_at), key=lambda row: (in_utc(row.sent_at or row.due_at), row.id), reverse=True)[
            :MOST_SENT
        ]
        planned = sorted((row for row in rows if row.sent_at is None), key=lambda row: (in_utc(row.due_at), row.id))
        accounts = {row.account_id for row in rows}
        named = select(Account.id, Account.name).where(Account.id.in_(accounts - {None}))
        return {
            **form_values(courses, session, course, came_back, ready),
            "planned": planned,
            "sent": sent,
            "reached": reach_of_each(session, course.id, sent),
            "names": dict(session.execute(named).tuples().all()),
            "short": lambda post: in_short(courses, session, course, post),
            "changeable": FORMS,
            "previews": previews or [],
            "done": done,
        }

    return show(request, visit, number, "posts", "course_posts.html", read, status=came_back.status)


def _one(
    request: Request, visit: Visit, number: int, post: int, came_back: Tried, previews: list[posting.Preview] | None = None
) -> HTMLResponse:
    courses = courses_of_request(request)

    def read(session: Session, course: Course) -> dict[str, Any]:
        row = posting.post_of(session, course, post)
        shown = came_back if came_back.form else Tried("change", filled_from(courses, session, row))
        values = form_values(courses, session, course, shown, shown.value("ready_text"))
        return {**values, "post": row, "changeable": FORMS, "previews": previews or [], "short": in_short(courses, session, course, row)}

    return show(request, visit, number, "posts", "course_post.html", read, status=came_back.status)
