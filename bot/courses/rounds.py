"""What courses do by themselves: posts that are due, the word of the day, the countdown to deadlines, and what other parts bring.

Several gateways may make rounds at once: each post is claimed by one.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.content import ContentError
from bot.courses.by_itself import BY_ITSELF, at_time, write_by_itself
from bot.courses.parts import Courses
from bot.courses.posting import send
from bot.courses.problems import CourseProblem
from bot.plans.moments import day_in_norway, in_utc
from bot.plans.rows import NO_SYNC
from bot.plans.upcoming import awake
from bot.storage.course_tables import Course, CoursePost
from bot.storage.sealing import SealError

logger = logging.getLogger(__name__)
EVERY = 20.0  # seconds
# What a teacher meant for a moment long past ("tomorrow ...") could lead people astray; the teacher decides then.
LATE = dt.timedelta(hours=12)
UNSENT = (CoursePost.sent_at.is_(None), CoursePost.cancelled_at.is_(None))
CANNOT = (KeyError, ValueError, ContentError, SealError, CourseProblem)
Also = Callable[[Courses, Session, dt.datetime], int]


@dataclass(frozen=True)
class CourseRounds:
    """What the rounds need. `also`: what other parts of the courses do now and then, each in a transaction of its own."""

    sessions: sessionmaker[Session]
    courses: Courses
    also: tuple[Also, ...] = ()

    def round(self) -> int:
        """Does what is due; how many posts were sent and other things done. Raises database errors: nothing is half done then."""
        now = in_utc(self.courses.clock())
        by_day = awake(now) == now
        if by_day:
            for number in self._open_courses(now):
                self._apart(number, lambda session, number: self._write(session, number, now))
        self._drop_late(now)
        done = sum(self._apart(number, self._send, self._note) for number in self._due(now, by_day))
        return done + sum(self._do_also(what, now) for what in self.also)

    def _open_courses(self, now: dt.datetime) -> list[int]:
        with self.sessions() as session:
            open_ones = (Course.closed_at.is_(None), Course.first_day <= day_in_norway(now))
            return list(session.scalars(select(Course.id).where(*open_ones).order_by(Course.id)))

    def _write(self, session: Session, number: int, now: dt.datetime) -> bool:
        write_by_itself(self.courses, session, session.get_one(Course, number), now)
        return True

    def _drop_late(self, now: dt.datetime) -> None:
        """What comes by itself is dropped when its day is over; a teacher's post that is late waits for the teacher."""
        midnight = at_time(day_in_norway(now), dt.time())
        old = update(CoursePost).where(*UNSENT, CoursePost.kind.in_(BY_ITSELF), CoursePost.account_id.is_(None))
        late = update(CoursePost).where(*UNSENT, CoursePost.due_at < now - LATE, CoursePost.problem.is_distinct_from("late"))
        with self.sessions.begin() as session:
            session.execute(old.where(CoursePost.due_at < midnight).values(cancelled_at=now), execution_options=NO_SYNC)
            session.execute(late.values(problem="late"), execution_options=NO_SYNC)

    def _due(self, now: dt.datetime, by_day: bool) -> list[int]:
        theirs = select(CoursePost.id).join(Course, Course.id == CoursePost.course_id).where(Course.closed_at.is_(None), *UNSENT)
        if not by_day:
            theirs = theirs.where(or_(CoursePost.kind.not_in(BY_ITSELF), CoursePost.account_id.is_not(None)))
        with self.sessions() as session:
            due = theirs.where(CoursePost.due_at <= now, CoursePost.due_at >= now - LATE)
            return list(session.scalars(due.order_by(CoursePost.due_at, CoursePost.id)))

    def _send(self, session: Session, number: int) -> bool:
        found = session.get(CoursePost, number)
        return found is not None and send(self.courses, session, found) is not None

    def _apart(self, number: int, do: Callable[[Session, int], bool], note: Callable[[int, Exception], None] | None = None) -> bool:
        """One that cannot be done must not keep the others waiting; what stands in the way is noted and it is tried again."""
        try:
            with self.sessions.begin() as session:
                return do(session, number)
        except CANNOT as error:
            if note is not None:
                note(number, error)
            else:
                logger.error("Course %s says nothing by itself now (%s).", number, type(error).__name__)
            return False

    def _note(self, number: int, error: Exception) -> None:
        problem = "key" if isinstance(error, SealError) else "text"
        unsent = update(CoursePost).where(CoursePost.id == number, *UNSENT, CoursePost.problem.is_distinct_from(problem))
        with self.sessions.begin() as session:
            noted = session.execute(unsent.values(problem=problem), execution_options=NO_SYNC)
        if noted.rowcount:  # type: ignore[attr-defined]
            logger.error("Post %s cannot be sent (%s).", number, type(error).__name__)

    def _do_also(self, what: Also, now: dt.datetime) -> int:
        try:
            with self.sessions.begin() as session:
                return what(self.courses, session, now)
        except CANNOT as error:
            logger.error("Courses: %s was left for later (%s).", getattr(what, "__name__", "something"), type(error).__name__)
            return 0


class Rounds(threading.Thread):
    """Makes a round again and again beside the gateway."""

    def __init__(self, rounds: CourseRounds) -> None:
        super().__init__(name="courses", daemon=True)
        self._rounds, self._ended = rounds, threading.Event()

    def run(self) -> None:
        """Until `end`; a database that is away for a while, or a file that cannot be read, only costs time."""
        while not self._ended.wait(EVERY):
            try:
                self._rounds.round()
            except SQLAlchemyError as error:
                logger.error("Courses wait (%s).", type(error).__name__)
            except Exception:
                logger.exception("Courses wait")

    def end(self) -> None:
        """Ends after the round that runs."""
        self._ended.set()
