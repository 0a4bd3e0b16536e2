"""Makes a poll or a quiz, from the ready plan or in a teacher's own words, and posts it once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.courses import plan_week
from bot.courses.drafts import POLL, QUIZ, PollDraft
from bot.courses.parts import Courses
from bot.courses.posting import post
from bot.courses.problems import CourseProblem
from bot.courses.written import checked, sealed
from bot.plans.moments import in_utc
from bot.storage.course_tables import Course, CoursePoll, CoursePost

LONGEST, SHORTEST = dt.timedelta(days=30), dt.timedelta(minutes=5)
ASK, OPTION, BECAUSE = 200, 60, 180  # characters; an option is a button, and a messenger's own poll has limits too
OPTIONS = range(2, 6)
SOURCE = "nb"


def plan_poll(courses: Courses, course: Course, week: str, closes_at: dt.datetime) -> PollDraft:
    """The poll of a week of the course's ready plan. Raises CourseProblem for a week that has none."""
    known = plan_week(courses.library.data, course.plan, week)
    if known is None:
        raise CourseProblem("course_field_missing", field="week")
    return PollDraft(known.poll.kind, known.poll.options, in_utc(closes_at), known.poll.right, week)


def own_poll(
    kind: str,
    ask: Mapping[str, str],
    options: Sequence[Mapping[str, str]],
    closes_at: dt.datetime,
    right: int | None = None,
    because: Mapping[str, str] | None = None,
) -> PollDraft:
    """A poll in a teacher's words, each text by language, Norwegian needed. An option without Norwegian words is left out.

    `right` (of a quiz) counts the options as given, from 0. Raises CourseProblem for what is missing, too long or twice there.
    """
    asked = _checked("ask", ask, ASK, needed=True)
    filled = [number for number, one in enumerate(options) if one.get(SOURCE, "").strip()]
    told = [_checked("options", options[number], OPTION, needed=True) for number in filled]
    if len(told) not in OPTIONS:
        raise CourseProblem("course_poll_options", field="options", least=str(OPTIONS[0]), most=str(OPTIONS[-1]))
    for language in {code for one in told for code in one}:
        shown = [one.get(language, one[SOURCE]).casefold() for one in told]
        if len(set(shown)) < len(shown):
            raise CourseProblem("course_poll_twice", field="options")
    if kind == QUIZ and right not in filled:
        raise CourseProblem("course_field_missing", field="right")
    reason = _checked("because", because or {}, BECAUSE) if kind == QUIZ else {}
    texts = {"ask": asked, "options": told, "because": reason if reason.get(SOURCE) else {}}
    number = filled.index(right) if kind == QUIZ and right is not None else None
    return PollDraft(kind if kind == QUIZ else POLL, len(told), in_utc(closes_at), number, texts=texts)


def post_poll(
    courses: Courses, session: Session, course: Course, poll: PollDraft, due_at: dt.datetime, key: str, account: int | None
) -> CoursePost:
    """Stores a poll with its post, for `send` or the rounds; the same key again is the same poll. Raises CourseProblem."""
    if not SHORTEST <= poll.closes_at - in_utc(due_at) <= LONGEST:
        raise CourseProblem("course_poll_moment", field="closes", days=str(LONGEST.days))
    made = post(courses, session, course, POLL, {}, {}, due_at, key, account)
    if made.kind == POLL and session.scalar(select(CoursePoll.id).where(CoursePoll.post_id == made.id)) is None:
        texts = sealed(courses.seal, poll.texts)
        row = CoursePoll(course_id=course.id, post_id=made.id, kind=poll.kind, week=poll.week, sealed_texts=texts)
        row.options, row.right, row.closes_at = poll.options, poll.right, poll.closes_at
        session.add(row)
        session.flush()
    return made


def _checked(field: str, texts: Mapping[str, str], longest: int, needed: bool = False) -> dict[str, str]:
    found = {code: checked(field, typed, longest, needed=needed and code == SOURCE) for code, typed in texts.items()}
    if needed and not found.get(SOURCE):
        raise CourseProblem("course_field_missing", field=field)
    return {code: words for code, words in found.items() if words}
