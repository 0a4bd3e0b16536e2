"""Posts to a whole class, now or later: stored once by their key, previewed as will be said, changed until they are sent, sent once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.conversations.assistant import SaidMessage
from bot.courses.drafts import KINDS, OWN, SESSION, Draft, draft_of
from bot.courses.membership import language_of, members_of
from bot.courses.parts import Courses
from bot.courses.post_message import group_message, message
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.courses.telling import Told, tell_class
from bot.courses.written import checked, sealed
from bot.plans.moments import in_utc
from bot.plans.rows import NO_SYNC
from bot.storage.course_tables import Course, CoursePost, CourseSession

FURTHEST = dt.timedelta(days=366)
KEY = "post:{}"  # of the messages of a post, by its number


@dataclass(frozen=True)
class Preview:
    """What is read in one language, and by how many members. `group`: what the Telegram group reads, in several languages at once."""

    language: str
    direction: str
    text: str
    choices: tuple[str, ...]
    members: int
    group: bool = False


def post(
    courses: Courses,
    session: Session,
    course: Course,
    kind: str,
    details: Mapping[str, Any],
    texts: Mapping[str, str],
    due_at: dt.datetime,
    key: str,
    account: int | None,
) -> CoursePost:
    """Stores something to say, for `send` or the rounds. The same key again is the same post, whatever else is given.

    `account`: the teacher who says it; None: it comes by itself. Raises CourseProblem for words that are missing or too long.
    """
    known = post_of_key(session, course.id, key)
    if known is not None:
        return known
    made = CoursePost(
        course_id=course.id,
        key=key,
        kind=kind,
        account_id=account,
        details=dict(details),
        sealed_texts=sealed(courses.seal, checked_texts(courses, kind, texts)),
        due_at=in_utc(due_at),
        created_at=courses.clock(),
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        known = post_of_key(session, course.id, key)
        if known is None:
            raise
        return known
    return made


def change(
    courses: Courses, session: Session, post: CoursePost, details: Mapping[str, Any], texts: Mapping[str, str], due_at: dt.datetime
) -> None:
    """Other words, another moment. Raises CourseProblem, also where it was sent or cancelled meanwhile."""
    stored = sealed(courses.seal, checked_texts(courses, post.kind, texts))
    _unsent(session, post, details=dict(details), sealed_texts=stored, due_at=in_utc(due_at), problem=None)


def cancel(courses: Courses, session: Session, post: CoursePost) -> None:
    """It will not be sent; one that was cancelled before stays so. Raises CourseProblem where it was sent."""
    if post.cancelled_at is None:
        _unsent(session, post, cancelled_at=courses.clock())


def preview(courses: Courses, session: Session, course: Course, post_or_draft: CoursePost | Draft) -> list[Preview]:
    """What is read in each language of the class, the most spoken first, and in the group, if one is bound: as it will be stored.

    Raises KeyError for something the post is about that is not there any more.
    """
    draft = draft_of(courses, session, post_or_draft) if isinstance(post_or_draft, CoursePost) else post_or_draft
    spoken = Counter(language_of(session, member) for member in members_of(session, course.id))
    languages = sorted(spoken, key=lambda code: (-spoken[code], code)) or [courses.library.languages.source.code]
    found = [_preview(message(courses, session, course, draft, code), spoken[code]) for code in languages]
    if course.chat is not None:
        said = group_message(courses, session, course, draft)
        door = courses.library.phrase("open_private", said.language)  # the channel adds it, and shows the poll
        shown = tuple({"title": title} for title in (*(said.poll or {}).get("options", ()), door))
        found.append(_preview(replace(said, choices=shown), 0, group=True))
    return found


def send(courses: Courses, session: Session, post: CoursePost) -> Told | None:
    """Tells everybody, in this transaction; None where it was sent or cancelled already. Two senders at once: one of them sends.

    Raises KeyError, ContentError, SealError or CourseProblem where it cannot be said; the caller's transaction then ends without it.
    """
    open_ones = (CoursePost.id == post.id, CoursePost.sent_at.is_(None), CoursePost.cancelled_at.is_(None))
    claim = update(CoursePost).where(*open_ones).values(sent_at=courses.clock(), problem=None)
    if not session.execute(claim, execution_options=NO_SYNC).rowcount:  # type: ignore[attr-defined]
        return None
    session.refresh(post)
    course, draft = session.get_one(Course, post.course_id), draft_of(courses, session, post)
    if draft.poll is not None and draft.poll.closes_at <= courses.clock():
        raise CourseProblem("course_poll_moment", field="closes", days="30")  # nobody could answer any more
    if post.kind == SESSION and _is_cancelled(session, post):
        raise CourseProblem("course_lesson_cancelled", field="session")  # it would bring people to a lesson that is not held
    return tell_class(
        courses,
        session,
        course,
        lambda language: message(courses, session, course, draft, language),
        KEY.format(post.id),
        group=group_message(courses, session, course, draft) if course.chat is not None else None,
        account_id=post.account_id,
    )


def _is_cancelled(session: Session, post: CoursePost) -> bool:
    lesson = session.get(CourseSession, post.details.get("session") or 0)
    return lesson is None or lesson.cancelled_at is not None


def post_of(session: Session, course: Course, number: int) -> CoursePost:
    """A post of this course. Raises NoSuchCourse for one of another."""
    found = session.get(CoursePost, number)
    if found is None or found.course_id != course.id:
        raise NoSuchCourse
    return found


def post_of_key(session: Session, course_id: int, key: str) -> CoursePost | None:
    """The post of a key."""
    return session.scalar(select(CoursePost).where(CoursePost.course_id == course_id, CoursePost.key == key))


def due_moment(given: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """The moment to send at: the one given, else now. Raises CourseProblem for one that is over or more than a year away."""
    if given is None:
        return now
    if not now - dt.timedelta(minutes=1) <= in_utc(given) <= now + FURTHEST:
        raise CourseProblem("course_moment_wrong", field="due")
    return in_utc(given)


def checked_texts(courses: Courses, kind: str, texts: Mapping[str, str]) -> dict[str, str]:
    """The teacher's words by language (or name of a field), empty ones left out. Raises CourseProblem; ValueError for an unknown kind."""
    if kind not in KINDS:
        raise ValueError(f"There is no kind of post {kind!r}.")
    languages = courses.library.languages
    named = {name: languages[name].norwegian_name if name in languages else name for name in texts}
    found = {name: checked(named[name], typed) for name, typed in texts.items()}
    if kind == OWN and not found.get(languages.source.code):
        raise CourseProblem("course_field_missing", field=languages.source.norwegian_name)
    return {name: words for name, words in found.items() if words}


def _preview(said: SaidMessage, members: int, group: bool = False) -> Preview:
    return Preview(said.language, said.direction, said.text, tuple(choice["title"] for choice in said.choices), members, group)


def _unsent(session: Session, post: CoursePost, **values: Any) -> None:
    """Changes a post only while nobody has sent or cancelled it."""
    open_ones = (CoursePost.id == post.id, CoursePost.sent_at.is_(None), CoursePost.cancelled_at.is_(None))
    if not session.execute(update(CoursePost).where(*open_ones).values(**values), execution_options=NO_SYNC).rowcount:  # type: ignore[attr-defined]
        raise CourseProblem("course_post_gone")
    session.refresh(post)
