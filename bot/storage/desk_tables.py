"""The tables of the desk (SQLAlchemy 2): advisors and their sign-ins, cases, what happened in them, and who read what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.storage.tables import CODE, Base, Conversation

OPEN_ONLY = text("state <> 'closed'")


class Account(Base):
    """Somebody who works with the console: an advisor, a teacher, an editor or an administrator."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)  # in small letters, most often an e-mail address
    name: Mapped[str] = mapped_column(String(80))  # as participants see it
    role: Mapped[str] = mapped_column(String(CODE))
    municipality: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(8), default="nb")  # of the console: nb, nn or en
    speaks: Mapped[list[str]] = mapped_column(JSON, default=list)
    password_hash: Mapped[str] = mapped_column(String(200))
    sealed_totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(default=0)  # the step of the last code used, so that none is used twice
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class SignIn(Base):
    """One browser that is signed in. Only the hash of its cookie is kept."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    form_key: Mapped[str] = mapped_column(String(64))  # stands in every form, so that no other site can send one
    began_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))

    account: Mapped[Account] = relationship()


class Case(Base):
    """A conversation that needs a person. At most one is open per conversation."""

    __tablename__ = "desk_case"
    __table_args__ = (
        Index("one_open_case", "conversation_id", unique=True, sqlite_where=OPEN_ONLY, postgresql_where=OPEN_ONLY),
        Index("case_queue", "state", "priority", "target_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    municipality: Mapped[str] = mapped_column(String(40), default="", index=True)
    language: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(CODE))
    priority: Mapped[int]  # 1 is the most urgent
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, held, closed
    trigger_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    opened_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    waiting_since: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))  # when the person last wrote unanswered
    target_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    held_since: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    last_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    requeued: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(String(CODE))
    version: Mapped[int] = mapped_column(default=1)

    conversation: Mapped[Conversation] = relationship()
    holder: Mapped[Account | None] = relationship()
    events: Mapped[list[CaseEvent]] = relationship(order_by="CaseEvent.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # two who change one case at once: the second is told


class CaseEvent(Base):
    """Something that happened in a case; a private note is one too, its words sealed."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("desk_case.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(CODE))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    key: Mapped[str | None] = mapped_column(String(64))  # of the form that asked for it; a second one is the same event
    sealed_text: Mapped[bytes | None] = mapped_column(LargeBinary)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))

    account: Mapped[Account | None] = relationship()


class CasePresence(Base):
    """Who looks at a case right now."""

    __tablename__ = "case_presence"

    case_id: Mapped[int] = mapped_column(ForeignKey("desk_case.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    writing: Mapped[bool] = mapped_column(default=False)


class Attachment(Base):
    """A file that belongs to a message, its bytes sealed."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)  # its address; nobody can guess it
    name: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sealed_bytes: Mapped[bytes] = mapped_column(LargeBinary)
    seconds: Mapped[int | None]  # how long a voice message is
    sealed_words: Mapped[bytes | None] = mapped_column(LargeBinary)  # what was heard in it


class AuditEntry(Base):
    """Who read or changed what. Each entry carries the hash of the one before, so that none can be taken out unseen."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("previous"), Index("audit_of_resource", "resource", "resource_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(String(40))  # ISO, in UTC, exactly as it was hashed
    account_id: Mapped[int | None]  # no foreign key: the entry outlives the account
    who: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(CODE))
    resource: Mapped[str] = mapped_column(String(CODE))
    resource_id: Mapped[str] = mapped_column(String(80), default="")
    details: Mapped[str] = mapped_column(Text, default="{}")  # JSON, exactly as it was hashed
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class TextProposal(Base):
    """A better wording or a new value of a fact that somebody proposes; a second person publishes it."""

    __tablename__ = "text_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(CODE))  # wording or fact
    name: Mapped[str] = mapped_column(String(60))  # topic or fact
    language: Mapped[str] = mapped_column(String(8), default="")
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    why: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(String(12), default="open")  # open, published, refused
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    decided_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str] = mapped_column(Text, default="")

    maker: Mapped[Account | None] = relationship(foreign_keys=[made_by])
    decider: Mapped[Account | None] = relationship(foreign_keys=[decided_by])
