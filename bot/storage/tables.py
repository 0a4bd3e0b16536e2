"""The tables of conversations (SQLAlchemy 2)."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, DateTime, Enum, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

CODE = 32  # the longest code name


class Base(DeclarativeBase):
    """All tables of ours."""


class ConversationState(enum.Enum):
    """Who answers: the assistant, nobody yet, a human; or the conversation is over."""

    ASSISTANT = "assistant"
    WAITING = "waiting"
    HUMAN = "human"
    CLOSED = "closed"


class Author(enum.Enum):
    """Whose words a message holds."""

    PARTICIPANT = "participant"
    ASSISTANT = "assistant"
    ADVISOR = "advisor"


def _names(kind: type[enum.Enum]) -> list[str]:
    return [member.value for member in kind]


class Conversation(Base):
    """One chat with one person over one channel."""

    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("channel", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(128))  # the channel's own id of the chat; for the web a hash of the session
    state: Mapped[ConversationState] = mapped_column(
        Enum(ConversationState, native_enum=False, values_callable=_names, length=12), default=ConversationState.ASSISTANT
    )
    chosen_language: Mapped[str | None] = mapped_column(String(8))
    spoken_language: Mapped[str | None] = mapped_column(String(8))
    other_language: Mapped[str | None] = mapped_column(String(8))
    other_count: Mapped[int] = mapped_column(default=0)
    municipality: Mapped[str] = mapped_column(String(40), default="")
    stopped: Mapped[str | None] = mapped_column(String(CODE))  # why the messenger brings nothing to this chat any more
    started_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    last_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)

    messages: Mapped[list[Message]] = relationship(back_populates="conversation", order_by="Message.id")


class Message(Base):
    """One message, in or out. Its words are sealed; what it meant is kept beside them."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "external_id"),
        Index("message_of_conversation", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    author: Mapped[Author] = mapped_column(Enum(Author, native_enum=False, values_callable=_names, length=12))
    external_id: Mapped[str | None] = mapped_column(String(128))  # the sender's own id; a second one is the same message
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str | None] = mapped_column(String(8))
    key: Mapped[str | None] = mapped_column(String(60))  # the topic or phrase said, or the intent understood
    confidence: Mapped[float | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # buttons, sources, note: nothing a person wrote
    answered_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    sealed_norwegian: Mapped[bytes | None] = mapped_column(LargeBinary)  # the same in Norwegian, for the advisor
    account_id: Mapped[int | None]  # the advisor who wrote it; no foreign key, since accounts are closed, never deleted
    delivered_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))  # when it reached the person's device
    problem: Mapped[str | None] = mapped_column(String(CODE))  # why it could not be delivered
    departure_id: Mapped[int | None] = mapped_column(index=True)  # the departure it goes out with
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))

    conversation: Mapped[Conversation] = relationship(back_populates="messages")
