"""The question box of a course: what waits, one question with its answer, what was answered and what was set aside."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Changing, Visiting, address, back_to, change, courses_of_request, show
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.rendering import new_key
from bot.console.visits import Visit
from bot.content import Reader, answer
from bot.content.selection import title_of
from bot.courses.answers import can_answer, topics_to_choose
from bot.courses.in_language import NORWEGIAN
from bot.courses.membership import languages_of
from bot.courses.posting import preview
from bot.courses.question_answering import Answering, draft_of_answer, send_answer
from bot.courses.question_box import (
    REASONS,
    answered_questions,
    open_questions,
    opened_question,
    question_of,
    retell,
    set_aside,
    set_aside_questions,
    take_back,
)
from bot.plans.moments import day_in_norway
from bot.storage.course_tables import Course

router = APIRouter(prefix="/console/courses/{number:int}/questions")
Form = Annotated[Typed, Depends(typed)]
DONE = Annotated[str, Query(max_length=40)]


@router.get("")
def questions(request: Request, visit: Visiting, number: int, done: DONE = "") -> HTMLResponse:
    """The box."""
    courses = courses_of_request(request)

    def read(session: Session, course: Course) -> dict[str, Any]:
        return {
            "waiting": open_questions(courses, session, course),
            "answered": answered_questions(courses, session, course),
            "aside": set_aside_questions(courses, session, course),
            "topic_title": lambda topic: title_of(courses.library, topic, "nb") if courses.library.has_topic(topic) else "",
            "direction": lambda code: courses.library.languages[code].direction,
            "done": done,
        }

    return show(request, visit, number, "questions", "course_questions.html", read)


@router.get("/{question:int}")
def one_question(request: Request, visit: Visiting, number: int, question: int, done: DONE = "") -> HTMLResponse:
    """One question, and the form to answer it."""
    return _page(request, visit, number, question, Tried(), done=done)


@router.post("/{question:int}/answer")
def answer_it(request: Request, visit: Changing, number: int, question: int, typed: Form) -> Response:
    """Keeps the retelling, then shows the answer in every language, or sends it."""
    courses, sending = courses_of_request(request), typed.text("action") == "send"

    def do(session: Session, course: Course) -> None:
        row = question_of(session, course, question)
        given = answering_of(typed, question)
        if row.post_id is None:
            retell(courses, session, course, question, typed.text("retold"))
        if sending:
            send_answer(courses, session, course, given, typed.text("key"), visit.who.id)
        else:
            draft_of_answer(courses, session, course, given, visit.who.id)

    action = "answered question" if sending else "retold question"
    came_back = tried(visit, "answer", typed, lambda: change(request, visit, number, action, do, question=question))
    if sending and came_back is None:
        return back_to(number, "questions", "question_answered")
    looking = came_back is None
    return _page(request, visit, number, question, came_back or Tried("answer", typed), looking=looking)


@router.post("/{question:int}/set-aside")
def aside(request: Request, visit: Changing, number: int, question: int, typed: Form) -> Response:
    """Puts it aside with a reason; its words are deleted after thirty days."""
    now, reason = courses_of_request(request).clock(), typed.text("reason")

    def do() -> None:
        change(request, visit, number, "set question aside", lambda s, c: set_aside(s, c, question, reason, now), question=question)

    came_back = tried(visit, "aside", typed, do)
    return back_to(number, "questions", "question_aside") if came_back is None else _page(request, visit, number, question, came_back)


@router.post("/{question:int}/take-back")
def back(request: Request, visit: Changing, number: int, question: int) -> RedirectResponse:
    """It waits for an answer again."""
    change(request, visit, number, "took question back", lambda s, c: take_back(s, c, question), question=question)
    return RedirectResponse(address(number, "questions", question), status_code=303)


def answering_of(typed: Typed, question: int) -> Answering:
    """What the form says: topic, own words by language, other questions with the same answer."""
    also = [int(name[5:]) for name in typed.values if name.startswith("also-") and name[5:].isdecimal() and len(name) < 15]
    texts = {name[5:]: typed.text(name) for name in typed.values if name.startswith("text-") and typed.text(name)}
    return Answering((question, *also), typed.text("topic"), texts)


def _page(
    request: Request, visit: Visit, number: int, question: int, tried: Tried, *, looking: bool = False, done: str = ""
) -> HTMLResponse:
    courses = courses_of_request(request)
    library = courses.library

    def read(session: Session, course: Course) -> dict[str, Any]:
        asked = opened_question(courses, question_of(session, course, question))
        topic = tried.value("topic", asked.topic if can_answer(library, asked.topic) else "")
        known, today = can_answer(library, topic), day_in_norway(courses.clock())
        given = answering_of(tried.typed, question)
        draft = draft_of_answer(courses, session, course, given, visit.who.id) if looking else None
        return {
            "asked": asked,
            "others": [one for one in open_questions(courses, session, course) if one.id != question],
            "topic": topic,
            "topic_answer": answer(library, topic, Reader("nb", course.municipality), today).text if known else "",
            "topics": sorted(((title_of(library, one, "nb"), one) for one in topics_to_choose(library)), key=lambda one: one[0].casefold()),
            "languages": [library.languages[code] for code in languages_of(session, course.id) if code not in NORWEGIAN],
            "previews": preview(courses, session, course, draft) if draft else [],
            "retold": tried.value("retold", asked.retold or (asked.text if asked.language in NORWEGIAN else "")),
            "tried": tried,
            "key": tried.value("key") or new_key(),
            "reasons": REASONS,
            "direction": lambda code: library.languages[code].direction,
            "done": done,
        }

    return show(request, visit, number, "questions", "course_question.html", read, status=tried.status)
