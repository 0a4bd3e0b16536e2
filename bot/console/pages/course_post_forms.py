"""The forms of posts: what a teacher filled in becomes a draft, and a stored post fills the form again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from bot.console.pages.course_trying import Tried
from bot.console.pages.typed import Typed
from bot.console.rendering import new_key
from bot.console.visits import Visit
from bot.content import ContentError
from bot.courses import posting
from bot.courses.drafts import CHEER, OWN, READY, SESSION, Draft, draft_of
from bot.courses.lessons import lesson_of
from bot.courses.membership import languages_of
from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.courses.ready import fields_of, ready_given, ready_titles
from bot.courses.sessions import coming, session_in, sessions_of
from bot.plans.moments import NORWAY, in_utc
from bot.storage.course_tables import Course, CoursePost

FORMS = (OWN, READY, SESSION, CHEER)
TEXT, FIELD = "text-", "ready-"  # before the language of own words, before the name of a ready text's field


def draft_from(courses: Courses, session: Session, course: Course, visit: Visit, kind: str, typed: Typed) -> Draft:
    """What the form says. Raises CourseProblem, NoSuchCourse for another course's lesson or a form that does not exist."""
    if kind not in FORMS:
        raise NoSuchCourse
    if kind == OWN:
        known = courses.library.languages
        given = {name.removeprefix(TEXT): typed.text(name) for name in typed.values if name.startswith(TEXT)}
        texts = posting.checked_texts(courses, OWN, {code: words for code, words in given.items() if code in known})
        return Draft(OWN, {}, texts, visit.who.id)
    if kind == SESSION:
        return Draft(SESSION, {"session": _lesson(session, course, typed.text("session"))}, {}, visit.who.id)
    if kind == CHEER:
        return Draft(CHEER, account_id=visit.who.id)
    key = typed.text("ready_text")
    details, texts = ready_given(courses.library, key, {name.removeprefix(FIELD): typed.text(name) for name in typed.values})
    if "session" in fields_of(courses.library, key):
        return Draft(READY, {**details, "session": _lesson(session, course, typed.text(f"{FIELD}session"))}, texts, visit.who.id)
    return Draft(READY, details, texts, visit.who.id)


def due_from(courses: Courses, typed: Typed) -> dt.datetime:
    """When to send it; now where no moment is given. Raises CourseProblem, Mistyped."""
    given = None
    if typed.text("due_day") or typed.text("due_time"):
        given = typed.moment("due_day", "due_time")
        typed.must_be_readable()
    return posting.due_moment(given, courses.clock())


def previews_of(courses: Courses, session: Session, course: Course, draft: Draft) -> list[posting.Preview]:
    """The preview; something that is not there any more is a problem of the form. Raises CourseProblem."""
    try:
        return posting.preview(courses, session, course, draft)
    except (KeyError, ContentError) as error:
        raise CourseProblem("course_post_nothing") from error


def filled_from(courses: Courses, session: Session, post: CoursePost) -> Typed:
    """A stored post as its form would hold it."""
    draft, due = draft_of(courses, session, post), in_utc(post.due_at).astimezone(NORWAY)
    values = {"due_day": due.date().isoformat(), "due_time": f"{due:%H:%M}"}
    if post.kind == OWN:
        values |= {f"{TEXT}{code}": words for code, words in draft.texts.items()}
    elif post.kind == READY:
        fields = {**draft.details, **draft.texts}
        values["ready_text"] = str(fields.pop("text"))
        values |= {f"{FIELD}{name}": str(value) for name, value in fields.items()}
    elif post.kind == SESSION:
        values["session"] = str(draft.details["session"])
    return Typed(values)


def form_values(courses: Courses, session: Session, course: Course, came_back: Tried, ready: str) -> dict[str, Any]:
    """What the forms are drawn from. `ready`: the ready text whose fields are shown."""
    library = courses.library
    titles, source = ready_titles(library), library.languages.source
    spoken = [library.languages[code] for code in languages_of(session, course.id) if code != source.code]
    rows = sessions_of(session, course.id)
    return {
        "tried": came_back,
        "key": came_back.value("key") or new_key(),
        "titles": titles,
        "ready": ready if ready in titles else "",
        "ready_fields": fields_of(library, ready) if ready in titles else (),
        "source": source,
        "languages": spoken,
        "lessons": [(row, lesson_of(library, course.plan, row).title) for row in (coming(rows, courses.clock()) or rows)],
    }


def _lesson(session: Session, course: Course, typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise CourseProblem("course_field_missing", field="session")
    return session_in(session, course.id, int(typed)).id
