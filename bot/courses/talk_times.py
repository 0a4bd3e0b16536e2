"""Times for individual talks: which are free, who takes one, who gives it back. Of two who take one at once exactly one gets it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.courses.talk_plan import into_plan, out_of_plan
from bot.plans.moments import in_utc
from bot.plans.rows import NO_SYNC, hold_participant
from bot.storage.course_tables import CourseMember, CourseTalk


def hold_member(session: Session, member_id: int) -> None:
    """Makes other writers of a member wait until this transaction ends: after the course or the chats, before codes and times."""
    same = {"language": CourseMember.language}
    session.execute(update(CourseMember).where(CourseMember.id == member_id).values(same), execution_options=NO_SYNC)


def free_talks(session: Session, course_id: int, now: dt.datetime) -> Sequence[CourseTalk]:
    """What can still be taken, the earliest first."""
    free = (CourseTalk.member_id.is_(None), CourseTalk.cancelled_at.is_(None), CourseTalk.starts_at > now)
    return session.scalars(select(CourseTalk).where(CourseTalk.course_id == course_id, *free).order_by(CourseTalk.starts_at)).all()


def talk_of(session: Session, member: CourseMember, now: dt.datetime) -> CourseTalk | None:
    """The time a member has, if it is still to come."""
    return next(iter(_theirs(session, member, now)), None)


def talk_in(session: Session, course_id: int, number: int | None) -> CourseTalk | None:
    """A time of this course as it is in the database now; None for any other number."""
    same = (CourseTalk.id == number, CourseTalk.course_id == course_id)
    return session.scalar(select(CourseTalk).where(*same).execution_options(populate_existing=True))


def take(session: Session, member: CourseMember, talk: CourseTalk, now: dt.datetime) -> bool:
    """Takes a time for a member, who gives back any other; False when somebody else has it, or it is cancelled or over.

    The caller holds the conversation; the member is held here, because several chats may be theirs.
    """
    hold_member(session, member.id)
    session.refresh(member)
    if member.left_on is not None:
        return False  # removed at this very moment
    free = (CourseTalk.id == talk.id, CourseTalk.member_id.is_(None), CourseTalk.cancelled_at.is_(None), CourseTalk.starts_at > now)
    claim = update(CourseTalk).where(*free).values(member_id=member.id, taken_at=now, with_advisor=False)
    claimed = session.execute(claim, execution_options=NO_SYNC).rowcount == 1  # type: ignore[attr-defined]
    session.refresh(talk)
    if not claimed:
        return False
    for older in _theirs(session, member, now):
        if older.id != talk.id:
            give_back(session, member, older, now)
    into_plan(session, member, talk, now)
    return True


def give_back(session: Session, member: CourseMember, talk: CourseTalk, now: dt.datetime) -> bool:
    """Makes a member's time free again; False when it is not theirs (any more)."""
    mine = (CourseTalk.id == talk.id, CourseTalk.member_id == member.id)
    freed = update(CourseTalk).where(*mine).values(member_id=None, taken_at=None, with_advisor=False)
    if session.execute(freed, execution_options=NO_SYNC).rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.refresh(talk)
    out_of_plan(session, member, talk, now)
    return True


def free_all(session: Session, member: CourseMember, now: dt.datetime) -> int:
    """Makes what a member has taken free again, such as when they leave the course; how many times."""
    if member.participant_id is not None:
        hold_participant(session, member.participant_id)  # before the times, as whoever takes one does
    hold_member(session, member.id)
    return sum(give_back(session, member, talk, now) for talk in _theirs(session, member, now))


def ends_at(talk: CourseTalk) -> dt.datetime:
    """When a talk is over, in UTC."""
    return in_utc(talk.starts_at) + dt.timedelta(minutes=talk.minutes)


def _theirs(session: Session, member: CourseMember, now: dt.datetime) -> Sequence[CourseTalk]:
    theirs = (CourseTalk.member_id == member.id, CourseTalk.cancelled_at.is_(None), CourseTalk.starts_at > now)
    return session.scalars(select(CourseTalk).where(*theirs).order_by(CourseTalk.starts_at)).all()
