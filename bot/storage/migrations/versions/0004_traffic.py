"""What comes in and goes out over messengers: lanes, arrivals, departures, dispatches"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("speaker", sa.String(length=128), nullable=False),
        sa.Column("sort", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("problem", sa.String(length=32)),
        sa.Column("sealed_payload", sa.LargeBinary()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "account", "external_id"),
    )
    op.create_index("arrival_of_lane", "arrival", ["channel", "chat", "state", "sort", "id"], unique=False)
    op.create_index("arrival_state", "arrival", ["state", "received_at"], unique=False)
    op.create_table(
        "other_address",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("other", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("channel", "other"),
    )
    op.create_index("ix_other_address_account", "other_address", ["account"], unique=False)
    op.create_table(
        "button_key",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True)),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.Column("problem", sa.String(length=32)),
        sa.Column("address", sa.String(length=200)),
        sa.Column("offset", sa.BigInteger()),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "lane",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("worker", sa.String(length=64)),
        sa.Column("free_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("direction", "channel", "chat"),
    )
    op.create_index("lane_due", "lane", ["direction", "due_at"], unique=False)
    op.create_table(
        "departure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(length=32)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("departure_of_lane", "departure", ["channel", "chat", "state", "id"], unique=False)
    op.create_index("departure_state", "departure", ["state", "created_at"], unique=False)
    op.create_index("ix_departure_conversation_id", "departure", ["conversation_id"], unique=False)
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("departure_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("external_id", sa.String(length=200)),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("numbered", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(length=32)),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["departure_id"], ["departure.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("departure_id", "part"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("dispatch_external", "dispatch", ["channel", "external_id"], unique=False)
    op.add_column("attachment", sa.Column("seconds", sa.Integer()))
    op.add_column("attachment", sa.Column("sealed_words", sa.LargeBinary()))
    op.add_column("conversation", sa.Column("stopped", sa.String(length=32)))
    op.add_column("message", sa.Column("departure_id", sa.Integer()))
    op.create_index("ix_message_departure_id", "message", ["departure_id"], unique=False)


def downgrade() -> None:
    """Drops them, the ones that point at others first."""
    op.drop_index("ix_message_departure_id", table_name="message")
    op.drop_column("message", "departure_id")
    op.drop_column("conversation", "stopped")
    op.drop_column("attachment", "sealed_words")
    op.drop_column("attachment", "seconds")
    op.drop_index("dispatch_external", table_name="dispatch")
    op.drop_table("dispatch")
    op.drop_index("ix_departure_conversation_id", table_name="departure")
    op.drop_index("departure_state", table_name="departure")
    op.drop_index("departure_of_lane", table_name="departure")
    op.drop_table("departure")
    op.drop_index("lane_due", table_name="lane")
    op.drop_table("lane")
    op.drop_table("channel_state")
    op.drop_index("ix_other_address_account", table_name="other_address")
    op.drop_table("other_address")
    op.drop_table("button_key")
    op.drop_index("arrival_state", table_name="arrival")
    op.drop_index("arrival_of_lane", table_name="arrival")
    op.drop_table("arrival")
