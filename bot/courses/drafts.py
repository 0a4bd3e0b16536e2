"""What is to be said to a class, before or after it is stored: one shape for the preview and for what is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.courses.parts import Courses
from bot.courses.written import opened
from bot.plans.moments import in_utc
from bot.storage.course_tables import CoursePoll, CoursePost

OWN, READY, SESSION, POLL, RESULTS = "own", "ready", "session", "poll", "results"
ANSWER, WORD, COUNTDOWN, CHEER = "answer", "word", "countdown", "cheer"
KINDS = (OWN, READY, SESSION, POLL, RESULTS, ANSWER, WORD, COUNTDOWN, CHEER)
QUIZ = "quiz"


@dataclass(frozen=True)
class PollDraft:
    """A poll or quiz. From the ready plan by `week`, else with `texts`: {"ask": {language: text}, "options": [{}], "because": {}}.

    `id` 0: not stored yet.
    """

    kind: str
    options: int
    closes_at: dt.datetime
    right: int | None = None
    week: str = ""
    texts: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True)
class Draft:
    """Something to say to a class. `texts`: the teacher's own words by language; of a ready text its fields `place` and `what`.

    `account_id`: the teacher who says it; None: it comes by itself.
    """

    kind: str
    details: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    account_id: int | None = None
    poll: PollDraft | None = None


def draft_of(courses: Courses, session: Session, post: CoursePost) -> Draft:
    """A stored post as a draft. Raises SealError for another key."""
    row = session.scalar(select(CoursePoll).where(CoursePoll.post_id == post.id)) if post.kind == POLL else None
    poll = poll_draft(courses, row) if row is not None else None
    return Draft(post.kind, dict(post.details), opened(courses.seal, post.sealed_texts), post.account_id, poll)


def poll_draft(courses: Courses, row: CoursePoll) -> PollDraft:
    """A stored poll as a draft. Raises SealError for another key."""
    texts = opened(courses.seal, row.sealed_texts)
    return PollDraft(row.kind, row.options, in_utc(row.closes_at), row.right, row.week, texts, row.id)
