"""Participants, programmes, plans, links, wishes and reminders"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _id() -> sa.Column:
    return sa.Column("id", sa.Integer(), primary_key=True)


def _of(table: str, name: str = "", nullable: bool = False, gone: str = "CASCADE") -> sa.Column:
    return sa.Column(name or f"{table}_id", sa.Integer(), sa.ForeignKey(f"{table}.id", ondelete=gone), nullable=nullable)


def _text(name: str, length: int = 32, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _day(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=nullable)


def _sealed(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "participant",
        _id(),
        sa.Column("reference", sa.String(40), nullable=False, unique=True),
        _sealed("sealed_name"),
        _day("birth_date"),
        _text("municipality", 40),
        _text("language", 8, True),
        _text("permit", nullable=True),
        _text("schooling", nullable=True),
        _text("living", nullable=True),
        sa.Column("partner_in_programme", sa.Boolean()),
        sa.Column("children", sa.Integer()),
        _text("english", 8, True),
        _day("settled_on"),
        sa.Column("demo", sa.Boolean(), nullable=False),
        _moment("created_at"),
        _moment("changed_at"),
    )
    op.create_index("ix_participant_municipality", "participant", ["municipality"])
    op.create_table(
        "programme",
        _id(),
        sa.Column("participant_id", sa.Integer(), sa.ForeignKey("participant.id", ondelete="CASCADE"), nullable=False, unique=True),
        *map(_day, ("offered_on", "starts_on")),
        _text("final_goal", nullable=True),
        *map(_day, ("planned_end", "extended_to", "ended_on")),
    )
    op.create_table(
        "plan_version",
        _id(),
        _of("participant"),
        sa.Column("number", sa.Integer(), nullable=False),
        _day("from_day", False),
        _text("made_by", 80),
        *(_text(f"norwegian_{part}", 4, True) for part in ("reading", "listening", "writing", "oral")),
        sa.UniqueConstraint("participant_id", "number"),
    )
    op.create_table(
        "goal",
        _id(),
        _of("plan_version", "plan_id"),
        _text("key", 40),
        _text("kind"),
        _sealed("sealed_text"),
        _day("due_on"),
        _text("state"),
    )
    op.create_table(
        "measure",
        _id(),
        _of("plan_version", "plan_id"),
        _text("key", 40),
        _text("kind"),
        _sealed("sealed_text"),
        _text("responsible"),
        _day("starts_on"),
        _day("ends_on"),
        sa.Column("hours_per_week", sa.Float()),
        _text("state"),
    )
    for table in ("goal", "measure"):
        op.create_index(f"ix_{table}_plan_id", table, ["plan_id"])
    op.create_table(
        "test_result",
        _id(),
        _of("participant"),
        *map(_text, ("test", "part", "result")),
        _day("taken_on", False),
        sa.UniqueConstraint("participant_id", "test", "part", "taken_on"),
    )
    op.create_table(
        "test_registration",
        _id(),
        _of("participant"),
        *map(_text, ("test", "part")),
        _day("test_on", False),
        sa.UniqueConstraint("participant_id", "test", "part", "test_on"),
    )
    op.create_table(
        "absence",
        _id(),
        _of("participant"),
        _text("key", 40),
        _text("kind"),
        _day("first_day", False),
        _day("last_day", False),
        sa.Column("hours", sa.Float()),
        _text("reported_by"),
        sa.UniqueConstraint("participant_id", "key"),
    )
    op.create_table(
        "appointment",
        _id(),
        _of("participant"),
        _text("key", 40),
        _text("kind"),
        _moment("starts_at"),
        sa.Column("minutes", sa.Integer()),
        _text("place", 120),
        _text("with_whom", 80),
        _text("state"),
        sa.UniqueConstraint("participant_id", "key"),
    )
    op.create_index("ix_appointment_starts_at", "appointment", ["starts_at"])
    op.create_table(
        "document",
        _id(),
        _of("participant"),
        _text("key", 40),
        *map(_text, ("kind", "state")),
        _day("changed_on"),
        sa.UniqueConstraint("participant_id", "key"),
    )
    op.create_table(
        "contact",
        _id(),
        _of("participant"),
        _text("key", 40),
        _text("role"),
        _text("name", 80),
        _text("phone", 40),
        _text("email", 120),
        sa.UniqueConstraint("participant_id", "key"),
    )
    op.create_table(
        "link_code",
        _id(),
        _of("participant"),
        sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
        _text("made_by", 80),
        *map(_moment, ("made_at", "expires_at")),
        *(_moment(name, True) for name in ("used_at", "revoked_at")),
    )
    op.create_table(
        "chat_link", _id(), _of("participant"), _of("conversation"), _moment("linked_at"), _moment("ended_at", True), _text("ended_because", nullable=True)
    )
    op.create_index("chat_link_of_conversation", "chat_link", ["conversation_id", "ended_at"])
    op.create_table("link_try", _id(), _of("conversation"), _moment("tried_at"))
    op.create_index("link_try_of_conversation", "link_try", ["conversation_id", "tried_at"])
    op.create_table(
        "wish",
        _id(),
        _of("participant"),
        _of("conversation", nullable=True, gone="SET NULL"),
        _text("kind"),
        _sealed("sealed_text"),
        sa.Column("details", sa.JSON(), nullable=False),
        _moment("made_at"),
        _moment("done_at", True),
    )
    op.create_table(
        "reminder",
        _id(),
        _of("conversation"),
        _text("about", 80),
        _moment("due_at"),
        _text("state", 12),
        sa.UniqueConstraint("conversation_id", "about"),
        sa.CheckConstraint("state in ('planned', 'sent', 'stopped')", name="reminder_state"),
    )
    op.create_index("reminder_due", "reminder", ["state", "due_at"])
    op.create_table(
        "reminder_choice",
        sa.Column("conversation_id", sa.Integer(), sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        _moment("changed_at"),
    )
    for table in OWNED:
        op.create_index(f"ix_{table}_participant_id", table, ["participant_id"])


OWNED = tuple(
    "plan_version test_result test_registration absence appointment document contact link_code chat_link wish".split()
)


def downgrade() -> None:
    """Drops them, the ones that point at others first."""
    for table in ("reminder_choice", "reminder", "link_try", "goal", "measure", *OWNED, "programme", "participant"):
        op.drop_table(table)
