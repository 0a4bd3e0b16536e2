"""The tables of participants and their plans (SQLAlchemy 2). Names and words people wrote are sealed; the rest is codes and dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, DateTime, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.storage.tables import CODE, Base


def _owner() -> Mapped[int]:
    return mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)


class Participant(Base):
    """A person in the programme. `reference` is the municipality's own number for the person, never a national identity number."""

    __tablename__ = "participant"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    birth_date: Mapped[dt.date | None] = mapped_column(Date)
    municipality: Mapped[str] = mapped_column(String(40), index=True)
    language: Mapped[str | None] = mapped_column(String(8))
    permit: Mapped[str | None] = mapped_column(String(CODE))
    schooling: Mapped[str | None] = mapped_column(String(CODE))
    living: Mapped[str | None] = mapped_column(String(CODE))
    partner_in_programme: Mapped[bool | None]
    children: Mapped[int | None]
    english: Mapped[str | None] = mapped_column(String(8))
    settled_on: Mapped[dt.date | None] = mapped_column(Date)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))

    programme: Mapped[Programme | None] = relationship(back_populates="participant", cascade="all, delete-orphan")
    plans: Mapped[list[PlanVersion]] = relationship(order_by="PlanVersion.number", cascade="all, delete-orphan")
    results: Mapped[list[TestResult]] = relationship(order_by="TestResult.taken_on", cascade="all, delete-orphan")
    registrations: Mapped[list[TestRegistration]] = relationship(order_by="TestRegistration.test_on", cascade="all, delete-orphan")
    absences: Mapped[list[Absence]] = relationship(order_by="Absence.first_day", cascade="all, delete-orphan")
    appointments: Mapped[list[Appointment]] = relationship(order_by="Appointment.starts_at", cascade="all, delete-orphan")
    documents: Mapped[list[Document]] = relationship(order_by="Document.id", cascade="all, delete-orphan")
    contacts: Mapped[list[Contact]] = relationship(order_by="Contact.id", cascade="all, delete-orphan")


class Programme(Base):
    """The introduction programme of a participant. `offered_on` decides which durations of the law apply."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), unique=True)
    offered_on: Mapped[dt.date | None] = mapped_column(Date)
    starts_on: Mapped[dt.date | None] = mapped_column(Date)
    final_goal: Mapped[str | None] = mapped_column(String(CODE))
    planned_end: Mapped[dt.date | None] = mapped_column(Date)
    extended_to: Mapped[dt.date | None] = mapped_column(Date)
    ended_on: Mapped[dt.date | None] = mapped_column(Date)

    participant: Mapped[Participant] = relationship(back_populates="programme")


class PlanVersion(Base):
    """One version of the integration plan (integreringsplan); the highest number is the one in force."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("participant_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    number: Mapped[int]
    from_day: Mapped[dt.date] = mapped_column(Date)
    made_by: Mapped[str] = mapped_column(String(80), default="")
    norwegian_reading: Mapped[str | None] = mapped_column(String(4))
    norwegian_listening: Mapped[str | None] = mapped_column(String(4))
    norwegian_writing: Mapped[str | None] = mapped_column(String(4))
    norwegian_oral: Mapped[str | None] = mapped_column(String(4))

    goals: Mapped[list[Goal]] = relationship(order_by="Goal.id", cascade="all, delete-orphan")
    measures: Mapped[list[Measure]] = relationship(order_by="Measure.starts_on, Measure.id", cascade="all, delete-orphan")


class Goal(Base):
    """A goal as it was written, in whatever language: final (sluttmål), long-term or part-goal (delmål)."""

    __tablename__ = "goal"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(CODE))
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary)
    due_on: Mapped[dt.date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(CODE), default="open")


class Measure(Base):
    """One measure (tiltak) of a plan: what, who is responsible, when."""

    __tablename__ = "measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(CODE))
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary)
    responsible: Mapped[str] = mapped_column(String(CODE))
    starts_on: Mapped[dt.date | None] = mapped_column(Date)
    ends_on: Mapped[dt.date | None] = mapped_column(Date)
    hours_per_week: Mapped[float | None]
    state: Mapped[str] = mapped_column(String(CODE), default="planned")


class TestResult(Base):
    """One result of one part of a test; a passed level is not lost by a later worse result."""

    __tablename__ = "test_result"
    __table_args__ = (UniqueConstraint("participant_id", "test", "part", "taken_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    test: Mapped[str] = mapped_column(String(CODE))
    part: Mapped[str] = mapped_column(String(CODE))
    result: Mapped[str] = mapped_column(String(CODE))
    taken_on: Mapped[dt.date] = mapped_column(Date)


class TestRegistration(Base):
    """A registration for a part of a test."""

    __tablename__ = "test_registration"
    __table_args__ = (UniqueConstraint("participant_id", "test", "part", "test_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    test: Mapped[str] = mapped_column(String(CODE))
    part: Mapped[str] = mapped_column(String(CODE))
    test_on: Mapped[dt.date] = mapped_column(Date)


class Absence(Base):
    """Days or hours away from the programme."""

    __tablename__ = "absence"
    __table_args__ = (UniqueConstraint("participant_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(CODE))
    first_day: Mapped[dt.date] = mapped_column(Date)
    last_day: Mapped[dt.date] = mapped_column(Date)
    hours: Mapped[float | None]
    reported_by: Mapped[str] = mapped_column(String(CODE))


class Appointment(Base):
    """A meeting of the participant, with its moment in UTC."""

    __tablename__ = "appointment"
    __table_args__ = (UniqueConstraint("participant_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(CODE))
    starts_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)
    minutes: Mapped[int | None]
    place: Mapped[str] = mapped_column(String(120), default="")
    with_whom: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(CODE), default="planned")


class Document(Base):
    """A paper of the participant and how far it has come: missing, found, sent for translation, recognised ..."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("participant_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(CODE))
    state: Mapped[str] = mapped_column(String(CODE))
    changed_on: Mapped[dt.date | None] = mapped_column(Date)


class Contact(Base):
    """Somebody at the municipality, the school or NAV who works with the participant."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("participant_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    key: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(CODE))
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(120), default="")


class LinkCode(Base):
    """A one-time code that links a chat to a participant. Only its hash is kept."""

    __tablename__ = "link_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class ChatLink(Base):
    """A chat that belongs to a participant, from its linking until it ends."""

    __tablename__ = "chat_link"
    __table_args__ = (Index("chat_link_of_conversation", "conversation_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    linked_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    ended_because: Mapped[str | None] = mapped_column(String(CODE))


class LinkTry(Base):
    """A code that was tried in a chat and was not right; many of them lock the chat for a while."""

    __tablename__ = "link_try"
    __table_args__ = (Index("link_try_of_conversation", "conversation_id", "tried_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    tried_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class Wish(Base):
    """Something a participant asks the advisor for in the chat: a change of the plan, a meeting, a note of absence."""

    __tablename__ = "wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = _owner()
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    case_id: Mapped[int | None]  # the case where an advisor sees it; cases go with their conversation
    kind: Mapped[str] = mapped_column(String(CODE))
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Reminder(Base):
    """One reminder to one chat. Sent once: the row is claimed in the transaction that stores the message."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("conversation_id", "about"),
        Index("reminder_due", "state", "due_at"),
        CheckConstraint("state in ('planned', 'sent', 'stopped')", name="reminder_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    about: Mapped[str] = mapped_column(String(80))  # what it is about and for which day, such as appointment:17
    due_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(String(12), default="planned")


class ReminderChoice(Base):
    """Whether a chat wants reminders; without a row it does not."""

    __tablename__ = "reminder_choice"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    wanted: Mapped[bool]
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
