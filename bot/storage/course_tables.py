"""The tables of course groups (SQLAlchemy 2): courses, who is in them, sessions, posts, polls, questions, absences, talks, outcomes.

What people wrote is sealed; an anonymous question carries nothing of who asked it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Date, DateTime, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.storage.tables import CODE, Base

OPEN_ONLY = text("ended_at IS NULL")
NAME = 80


def _course() -> Mapped[int]:
    return mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)


def _account() -> Mapped[int | None]:
    return mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class Course(Base):
    """One course group from its first day to its last. `chat`: the number of the Telegram group bound to it."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME))
    municipality: Mapped[str] = mapped_column(String(40), index=True)
    plan: Mapped[str] = mapped_column(String(CODE), default="")  # the ready plan it was copied from (data/courses/plans)
    first_day: Mapped[dt.date] = mapped_column(Date)
    last_day: Mapped[dt.date] = mapped_column(Date)
    chat: Mapped[str | None] = mapped_column(String(128), unique=True)
    bound_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    word_of_day: Mapped[bool] = mapped_column(default=True)
    countdown: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))

    teachers: Mapped[list[CourseTeacher]] = relationship(order_by="CourseTeacher.account_id", cascade="all, delete-orphan")
    sessions: Mapped[list[CourseSession]] = relationship(order_by="CourseSession.starts_at", cascade="all, delete-orphan")
    deadlines: Mapped[list[CourseDeadline]] = relationship(order_by="CourseDeadline.day", cascade="all, delete-orphan")


class CourseTeacher(Base):
    """Somebody who teaches a course and may work with it."""

    __tablename__ = "course_teacher"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True)


class CourseMember(Base):
    """One person on the roster. `participant_id` where the municipality knows the person; the person's chats are members' chats then."""

    __tablename__ = "course_member"
    __table_args__ = (UniqueConstraint("course_id", "participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = _course()
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"), index=True)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8))  # until the person chooses another in the chat
    joined_on: Mapped[dt.date] = mapped_column(Date)
    left_on: Mapped[dt.date | None] = mapped_column(Date)
    caught_up_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))  # when the person got the summary of what was
    shares_progress_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))  # consent; None: the teacher sees nothing
    sealed_self_assessment: Mapped[bytes | None] = mapped_column(LargeBinary)  # the copy the person gave the teacher
    self_assessment_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class CourseChat(Base):
    """A private chat that belongs to a member by a code, from its joining until it ends."""

    __tablename__ = "course_chat"
    __table_args__ = (Index("one_open_course_chat", "conversation_id", unique=True, sqlite_where=OPEN_ONLY, postgresql_where=OPEN_ONLY),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("course_member.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    began_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class CourseCode(Base):
    """A one-time code: with a member it lets that person's chat in, without one it binds a Telegram group. Only its hash is kept."""

    __tablename__ = "course_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = _course()
    member_id: Mapped[int | None] = mapped_column(ForeignKey("course_member.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[int | None] = _account()
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class CourseSession(Base):
    """One lesson day. `week` and `lesson` name its part of the ready plan; `content` is the teacher's copy (bot/courses/sessions.py)."""

    __tablename__ = "course_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = _course()
    starts_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(120), default="")
    area: Mapped[str] = mapped_column(String(CODE))  # personal, education, work, test
    week: Mapped[str] = mapped_column(String(40), default="")
    lesson: Mapped[int] = mapped_column(default=1)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cancelled_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class CourseDeadline(Base):
    """A day the course counts down to: an application, a test."""

    __tablename__ = "course_deadline"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = _course()
    kind: Mapped[str] = mapped_column(String(CODE))  # vgs_application, intake_test, norskprove, other
    day: Mapped[dt.date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(NAME), default="")  # in Norwegian, of one of kind other


class CoursePost(Base):
    """Something said to the whole class, now or later. `key` of the form or round that made it: a second one is the same post."""

    __tablename__ = "course_post"
    __table_args__ = (UniqueConstraint("course_id", "key"), Index("course_post_due", "sent_at", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = _course()
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(CODE))  # own, ready, session, poll, answer, word, countdown, cheer
    account_id: Mapped[int | None] = _account()  # None: by itself
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # codes and numbers: the ready text and its fields, session, poll
    sealed_texts: Mapped[bytes | None] = mapped_column(LargeBinary)  # the teacher's own words, JSON: language -> text
    due_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    cancelled_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    problem: Mapped[str | None] = mapped_column(String(CODE))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class CoursePoll(Base):
    """A question with options. From the ready plan by its week, else with the teacher's own texts."""

    __tablename__ = "course_poll"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = _course()
    post_id: Mapped[int] = mapped_column(ForeignKey("course_post.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[str] = mapped_column(String(8))  # poll, quiz
    week: Mapped[str] = mapped_column(String(40), default="")
    sealed_texts: Mapped[bytes | None] = mapped_column(LargeBinary)  # JSON: {"ask": {lang: text}, "options": [{lang: text}], "because": {}}
    options: Mapped[int]  # how many
    right: Mapped[int | None]  # quiz: which one, from 0
    closes_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class CourseVote(Base):
    """What a member chose in their own chat. Told to nobody but as a number."""

    __tablename__ = "course_vote"

    poll_id: Mapped[int] = mapped_column(ForeignKey("course_poll.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("course_member.id", ondelete="CASCADE"), primary_key=True)
    option: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class GroupPoll(Base):
    """A poll as the messenger shows it in the group. Votes there are anonymous; the messenger tells totals only."""

    __tablename__ = "group_poll"

    external_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("course_poll.id", ondelete="CASCADE"), index=True)
    counts: Mapped[list[int]] = mapped_column(JSON, default=list)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class CourseQuestion(Base):
    """A question out of the box. Nothing says who asked, and the day is all that is kept of when."""

    __tablename__ = "course_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = _course()
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8))
    topic: Mapped[str | None] = mapped_column(String(60))  # what the assistant would have answered
    asked_on: Mapped[dt.date] = mapped_column(Date)
    sealed_norwegian: Mapped[bytes | None] = mapped_column(LargeBinary)  # the question as the teacher retells it
    post_id: Mapped[int | None] = mapped_column(ForeignKey("course_post.id", ondelete="SET NULL"))  # the answer
    set_aside_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    set_aside_because: Mapped[str | None] = mapped_column(String(CODE))


class CourseAbsence(Base):
    """Somebody is not there on a day: told by the person before, or noted by the teacher. No reason is asked for."""

    __tablename__ = "course_absence"
    __table_args__ = (UniqueConstraint("session_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("course_member.id", ondelete="CASCADE"), index=True)
    told_by: Mapped[str] = mapped_column(String(CODE))  # member, teacher
    told_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    gentle_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))  # when the person got the gentle message
    wants_contact_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))  # the person asks the teacher for a word
    sealed_note: Mapped[bytes | None] = mapped_column(LargeBinary)  # the teacher's own


class CourseTalk(Base):
    """A time for an individual talk. Free until a member takes it."""

    __tablename__ = "course_talk"
    __table_args__ = (UniqueConstraint("course_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = _course()
    starts_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(120), default="")
    with_whom: Mapped[str] = mapped_column(String(NAME), default="")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("course_member.id", ondelete="SET NULL"), index=True)
    with_advisor: Mapped[bool] = mapped_column(default=False)  # the person wants the advisor (programrådgiver) there too
    taken_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    cancelled_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class CourseOutcome(Base):
    """What came of the course for a member; several may be true."""

    __tablename__ = "course_outcome"

    member_id: Mapped[int] = mapped_column(ForeignKey("course_member.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(CODE), primary_key=True)  # applied, tested, passed, pri_course, fov, practice, work, other
    noted_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    account_id: Mapped[int | None] = _account()


class PracticeCard(Base):
    """One item of the item bank as one chat knows it: when it is due again (FSRS)."""

    __tablename__ = "practice_card"
    __table_args__ = (UniqueConstraint("conversation_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    item: Mapped[str] = mapped_column(String(16))
    card: Mapped[dict[str, Any]] = mapped_column(JSON)  # fsrs.Card
    due_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    right: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class PracticeAnswer(Base):
    """One answer to an item: what levels and progress are counted from. `asked`: the number of the asking, so that a button counts once."""

    __tablename__ = "practice_answer"
    __table_args__ = (UniqueConstraint("conversation_id", "asked"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    asked: Mapped[int]
    item: Mapped[str] = mapped_column(String(16))
    right: Mapped[bool]
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class SelfAssessment(Base):
    """What somebody said about themselves in one chat; sealed, and nobody's but theirs."""

    __tablename__ = "self_assessment"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    sealed_answers: Mapped[bytes] = mapped_column(LargeBinary)  # JSON: {part: {statement: answer}}
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
