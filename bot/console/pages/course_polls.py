"""Polls and quizzes of a course: a new one from the plan or in own words, what was answered in numbers, closing, showing the results."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Changing, Visiting, back_to, change, courses_of_request, show
from bot.console.pages.course_poll_forms import NUMBERS, poll_from
from bot.console.pages.course_post_forms import due_from, previews_of
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.rendering import new_key, render
from bot.console.visits import Visit, parts_of
from bot.content import compose
from bot.content.courses import course_plans
from bot.courses import posting
from bot.courses.access import course_for
from bot.courses.drafts import POLL, Draft, poll_draft
from bot.courses.membership import languages_of
from bot.courses.parts import Courses
from bot.courses.poll_making import post_poll
from bot.courses.poll_words import poll_words
from bot.courses.polls import close_poll, poll_of_course, polls_of, results, results_draft, share_results
from bot.courses.sessions import sessions_of, week_on
from bot.plans.moments import NORWAY, day_in_norway, in_utc
from bot.storage.course_tables import Course, CoursePoll, CoursePost

router = APIRouter(prefix="/console/courses/{number:int}/polls")
Form = Annotated[Typed, Depends(typed)]
OPEN_FOR = dt.timedelta(days=7)  # what the form proposes
DONE = Annotated[str, Query(max_length=40)]


@router.get("")
def polls(request: Request, visit: Visiting, number: int, done: DONE = "") -> HTMLResponse:
    """The tab."""
    return _page(request, visit, number, Tried(), done=done)


@router.get("/{poll:int}")
def one_poll(request: Request, visit: Visiting, number: int, poll: int) -> HTMLResponse:
    """One poll with its results, and how they would be shown to the class."""
    courses = courses_of_request(request)

    def read(session: Session, course: Course) -> dict[str, Any]:
        row = poll_of_course(session, course, poll)
        draft = results_draft(session, row, visit.who.id)
        post = session.get_one(CoursePost, row.post_id)
        sent = post.sent_at is not None
        return {
            "one": _shown(courses, session, row, post),
            "previews": previews_of(courses, session, course, draft) if sent else [],
        }

    return show(request, visit, number, "polls", "course_poll.html", read)


@router.post("/{form:str}/new")
def write(request: Request, visit: Changing, number: int, form: str, typed: Form) -> Response:
    """Shows a poll in every language, or stores it and sends it when its moment is now."""
    courses, sending = courses_of_request(request), typed.text("action") == "send"
    sent: list[bool] = []

    def do(session: Session, course: Course) -> None:
        poll, due = poll_from(courses, course, form, typed), due_from(courses, typed)
        previews_of(courses, session, course, Draft(POLL, account_id=visit.who.id, poll=poll))
        made = post_poll(courses, session, course, poll, due, typed.text("key")[:64] or new_key(), visit.who.id)
        sent.append(in_utc(made.due_at) <= courses.clock())
        if sent[0]:
            posting.send(courses, session, made)

    if not sending:
        return _preview(request, visit, number, form, typed)
    came_back = tried(visit, form, typed, lambda: change(request, visit, number, "posted", do, kind=POLL))
    if came_back is not None:
        return _page(request, visit, number, came_back)
    return back_to(number, "polls", "poll_sent" if sent[0] else "poll_planned")


@router.post("/{poll:int}/close")
def close(request: Request, visit: Changing, number: int, poll: int) -> Response:
    """Ends a poll early."""
    now = courses_of_request(request).clock()

    def do(session: Session, course: Course) -> None:
        close_poll(session, poll_of_course(session, course, poll), now)

    change(request, visit, number, "closed poll", do, poll=poll)
    return back_to(number, "polls", "poll_closed")


@router.post("/{poll:int}/share")
def share(request: Request, visit: Changing, number: int, poll: int, typed: Form) -> Response:
    """Shows everybody the totals of this moment, once for each form."""
    courses = courses_of_request(request)

    def do(session: Session, course: Course) -> None:
        share_results(courses, session, course, poll_of_course(session, course, poll), typed.text("key")[:64] or new_key(), visit.who.id)

    change(request, visit, number, "shared results", do, poll=poll)
    return back_to(number, "polls", "poll_shared")


def _preview(request: Request, visit: Visit, number: int, form: str, typed: Typed) -> HTMLResponse:
    """The preview alone for HTMX, else the page with what was typed and the preview. Nothing is stored."""
    courses, found = courses_of_request(request), []

    def do() -> None:
        with parts_of(request).transaction() as session:
            course = course_for(session, visit.who, number)
            poll = poll_from(courses, course, form, typed)
            due_from(courses, typed)
            found.extend(previews_of(courses, session, course, Draft(POLL, account_id=visit.who.id, poll=poll)))

    came_back = tried(visit, form, typed, do)
    if request.headers.get("HX-Request"):
        sorry = came_back.sorry if came_back else ""
        return render(request, visit, "course_previews.html", status=409 if sorry else 200, previews=found, sorry=sorry)
    return _page(request, visit, number, came_back or Tried(form, typed), found)


def _page(
    request: Request, visit: Visit, number: int, came_back: Tried, previews: list[posting.Preview] | None = None, *, done: str = ""
) -> HTMLResponse:
    courses = courses_of_request(request)
    library, now = courses.library, courses.clock()
    proposed = (now + OPEN_FOR).astimezone(NORWAY)

    def read(session: Session, course: Course) -> dict[str, Any]:
        rows = [_shown(courses, session, row, post) for row, post in polls_of(session, course.id)]
        week = week_on(sessions_of(session, course.id), day_in_norway(now))
        return {
            "tried": came_back,
            "weeks": _weeks(courses, course),
            "week": came_back.value("week") or (week[0] if week else ""),
            "source": library.languages.source,
            "languages": [library.languages[code] for code in languages_of(session, course.id) if code != library.languages.source.code],
            "numbers": NUMBERS,
            "closes": (proposed.date().isoformat(), f"{proposed:%H:%M}"),
            "groups": [(state, [row for row in rows if row["state"] == state]) for state in ("open", "planned", "closed")],
            "previews": previews or [],
            "done": done,
        }

    return show(request, visit, number, "polls", "course_polls.html", read, status=came_back.status)


def _weeks(courses: Courses, course: Course) -> list[tuple[str, str, str]]:
    """The weeks of the course's plan: id, kind of poll, its question in Norwegian."""
    plan, source = course_plans(courses.library.data).get(course.plan), courses.library.languages.source.code
    texts = courses.library.texts("courses/weeks", source)["weeks"] if plan else {}
    return [(week.id, week.poll.kind, str(texts[week.id]["poll"]["ask"])) for week in plan.weeks.values()] if plan else []


def _shown(courses: Courses, session: Session, row: CoursePoll, post: CoursePost) -> dict[str, Any]:
    """A poll in Norwegian with its numbers."""
    library, source = courses.library, courses.library.languages.source.code
    told, found = poll_words(library, poll_draft(courses, row), source), results(session, row)
    over = in_utc(row.closes_at) <= courses.clock()
    return {
        "id": row.id,
        "post": post,
        "kind": row.kind,
        "right": row.right,
        "closes_at": row.closes_at,
        "ask": compose(library, POLL, source, [told.ask]).text,
        "options": [compose(library, POLL, source, [option]).text for option in told.options],
        "results": found,
        "most": max([*found.both, 1]),
        "state": "planned" if post.sent_at is None else "closed" if over else "open",
    }
