"""Conversations and their messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the two tables."""
    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("account", sa.String(128), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("chosen_language", sa.String(8)),
        sa.Column("spoken_language", sa.String(8)),
        sa.Column("other_language", sa.String(8)),
        sa.Column("other_count", sa.Integer(), nullable=False),
        sa.Column("municipality", sa.String(40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("channel", "account"),
    )
    op.create_index("ix_conversation_last_at", "conversation", ["last_at"])
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.Integer(), sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
        sa.Column("author", sa.String(12), nullable=False),
        sa.Column("external_id", sa.String(128)),
        sa.Column("answers_id", sa.Integer(), sa.ForeignKey("message.id", ondelete="CASCADE")),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(8)),
        sa.Column("key", sa.String(60)),
        sa.Column("confidence", sa.Float()),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("conversation_id", "external_id"),
    )
    op.create_index("message_of_conversation", "message", ["conversation_id", "id"])
    op.create_index("ix_message_answers_id", "message", ["answers_id"])


def downgrade() -> None:
    """Drops them."""
    op.drop_table("message")
    op.drop_table("conversation")
