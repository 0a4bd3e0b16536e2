"""The talk of a linked member in the plan (bot/plans/entries.py): written, moved and cancelled together with the time in the course."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot.plans.checks import NoSuchEntry
from bot.plans.entries import add_appointment, cancel_appointment
from bot.plans.moments import in_utc
from bot.storage.course_tables import CourseMember, CourseTalk

KIND = "other"  # of bot/guidance/codes.py: neither career guidance nor the talk about the plan


def key_of(talk: CourseTalk) -> str:
    """The key of its appointment."""
    return f"course-{talk.id}"


def into_plan(session: Session, member: CourseMember, talk: CourseTalk, now: dt.datetime) -> None:
    """Writes the talk into the plan of a linked member; one that is there is moved."""
    if member.participant_id is not None:
        add_appointment(
            session,
            member.participant_id,
            KIND,
            in_utc(talk.starts_at),
            minutes=talk.minutes,
            place=talk.place,
            with_whom=talk.with_whom,
            key=key_of(talk),
            now=now,
        )


def out_of_plan(session: Session, member: CourseMember, talk: CourseTalk, now: dt.datetime) -> None:
    """Cancels it there."""
    if member.participant_id is None:
        return
    try:
        cancel_appointment(session, member.participant_id, key_of(talk), now=now)
    except NoSuchEntry:
        return  # linked only after the talk was taken
