"""The polls and quizzes of a course, and what was answered: in members' own chats, and in the group, where the messenger counts.

Nobody is told who voted what, and there is no ranking.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.conversations.traffic.upserts import insert_into
from bot.courses.drafts import RESULTS, Draft
from bot.courses.membership import members_of
from bot.courses.parts import Courses
from bot.courses.posting import post, send
from bot.courses.problems import NoSuchCourse
from bot.plans.rows import NO_SYNC
from bot.storage.course_tables import Course, CoursePoll, CoursePost, CourseVote, GroupPoll

MOST_VOTES = 1_000_000  # in a group; more is no count


@dataclass(frozen=True)
class Results:
    """How often each option was chosen, in members' own chats and in the group. `not_voted`: members with no vote in their own chat."""

    own: tuple[int, ...]
    group: tuple[int, ...]
    not_voted: int

    @property
    def both(self) -> tuple[int, ...]:
        """All answers together."""
        return tuple(one + other for one, other in zip(self.own, self.group, strict=True))


def polls_of(session: Session, course_id: int) -> list[tuple[CoursePoll, CoursePost]]:
    """The polls of a course with their posts, the newest first; cancelled ones are left out."""
    query = select(CoursePoll, CoursePost).join(CoursePost, CoursePost.id == CoursePoll.post_id)
    shown = query.where(CoursePoll.course_id == course_id, CoursePost.cancelled_at.is_(None))
    return list(session.execute(shown.order_by(CoursePost.due_at.desc(), CoursePoll.id.desc())).tuples())


def poll_of_course(session: Session, course: Course, number: int) -> CoursePoll:
    """A poll of this course. Raises NoSuchCourse for one of another."""
    found = session.get(CoursePoll, number)
    if found is None or found.course_id != course.id:
        raise NoSuchCourse
    return found


def close_poll(session: Session, poll: CoursePoll, now: dt.datetime) -> None:
    """Ends a poll early; one that is over stays as it is."""
    still_open = (CoursePoll.id == poll.id, CoursePoll.closes_at > now)
    session.execute(update(CoursePoll).where(*still_open).values(closes_at=now), execution_options=NO_SYNC)
    session.refresh(poll)


def vote(session: Session, poll_id: int, member_id: int, option: int, now: dt.datetime) -> None:
    """Notes what a member chose; the newest counts."""
    given = {"option": option, "at": now}
    insert = insert_into(session, CourseVote).values(poll_id=poll_id, member_id=member_id, **given)
    session.execute(insert.on_conflict_do_update(index_elements=["poll_id", "member_id"], set_=given))


def note_group_poll(session: Session, poll_id: int, external_id: str, now: dt.datetime) -> None:
    """Notes under which id a messenger shows a poll in the group; a second time changes nothing."""
    poll = session.get(CoursePoll, poll_id)
    if poll is not None:
        row = insert_into(session, GroupPoll).values(external_id=external_id, poll_id=poll_id, counts=[0] * poll.options, at=now)
        session.execute(row.on_conflict_do_nothing(index_elements=["external_id"]))


def group_totals(session: Session, external_id: str, counts: Sequence[int], now: dt.datetime) -> bool:
    """Notes what the messenger counted in a group; False, and nothing noted, for an id nobody knows or counts of another poll."""
    options = session.scalar(
        select(CoursePoll.options).join(GroupPoll, GroupPoll.poll_id == CoursePoll.id).where(GroupPoll.external_id == external_id)
    )
    if options != len(counts) or any(isinstance(one, bool) or not 0 <= one <= MOST_VOTES for one in counts):
        return False
    ours = update(GroupPoll).where(GroupPoll.external_id == external_id)
    session.execute(ours.values(counts=list(counts), at=now), execution_options=NO_SYNC)
    return True


def results(session: Session, poll: CoursePoll) -> Results:
    """The totals of a poll. A member who has left still counts, as everybody's vote does."""
    counted = select(CourseVote.option, func.count()).where(CourseVote.poll_id == poll.id).group_by(CourseVote.option)
    votes = dict(session.execute(counted).tuples().all())
    shown = session.scalars(select(GroupPoll.counts).where(GroupPoll.poll_id == poll.id)).all()
    voted = set(session.scalars(select(CourseVote.member_id).where(CourseVote.poll_id == poll.id)))
    return Results(
        own=tuple(votes.get(number, 0) for number in range(poll.options)),
        group=tuple(sum(counts[number] for counts in shown if number < len(counts)) for number in range(poll.options)),
        not_voted=sum(member.id not in voted for member in members_of(session, poll.course_id)),
    )


def results_draft(session: Session, poll: CoursePoll, account: int | None) -> Draft:
    """The totals as they would be shown to the class now."""
    return Draft(RESULTS, {"poll": poll.id, "counts": list(results(session, poll).both)}, account_id=account)


def share_results(courses: Courses, session: Session, course: Course, poll: CoursePoll, key: str, account: int | None) -> CoursePost:
    """Shows the class the totals of this moment; the same key again is the same post."""
    draft = results_draft(session, poll, account)
    made = post(courses, session, course, RESULTS, draft.details, {}, courses.clock(), key, account)
    send(courses, session, made)
    return made
