"""What a post is about in a few Norwegian words, for the lists of a teacher: which text, which poll, which lesson, which word."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot.content import ContentError
from bot.content.composed import compose
from bot.content.lines import Line
from bot.courses.deadlines import told_deadline
from bot.courses.drafts import COUNTDOWN, POLL, READY, RESULTS, SESSION, WORD, Draft, draft_of, poll_draft
from bot.courses.lessons import lesson_of
from bot.courses.parts import Courses
from bot.courses.poll_words import poll_words
from bot.courses.ready import ready_titles
from bot.courses.words import word_of
from bot.storage.course_tables import Course, CourseDeadline, CoursePoll, CoursePost, CourseSession
from bot.storage.sealing import SealError

LONGEST = 160


def in_short(courses: Courses, session: Session, course: Course, post: CoursePost) -> str:
    """What a post is about; empty where its kind says it all, where that is gone, and where it was sealed with another key."""
    try:
        return _about(courses, session, course, draft_of(courses, session, post))[:LONGEST]
    except (KeyError, ValueError, ContentError, SealError):
        return ""


def _about(courses: Courses, session: Session, course: Course, draft: Draft) -> str:
    library, details = courses.library, draft.details
    if draft.kind == READY:
        return ready_titles(library).get(str(details.get("text")), "")
    if draft.kind in (POLL, RESULTS):
        row = session.get(CoursePoll, details["poll"]) if draft.kind == RESULTS else None
        poll = poll_draft(courses, row) if row is not None else draft.poll
        return _said(courses, poll_words(library, poll, library.languages.source.code).ask) if poll is not None else ""
    if draft.kind == SESSION:
        lesson = session.get(CourseSession, details["session"])
        return lesson_of(library, course.plan, lesson).title if lesson is not None else ""
    if draft.kind == WORD:
        word = word_of(courses, course, dt.date.fromisoformat(str(details["day"])))
        return word.norwegian if word is not None else ""
    if draft.kind == COUNTDOWN:
        deadline = session.get(CourseDeadline, details["deadline"])
        return _said(courses, told_deadline(deadline)) if deadline is not None else ""
    return draft.texts.get(library.languages.source.code, "")


def _said(courses: Courses, line: Line) -> str:
    return compose(courses.library, "short", courses.library.languages.source.code, [line]).text
