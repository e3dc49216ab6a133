"""Chats, their messages, and remembered recipients.

Moments are UTC text of fixed width, so they sort as time does on every database.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("chat_id", sa.String(128), nullable=False),
        sa.Column("customer_id", sa.String(192), nullable=False),
        sa.Column("customer_name", sa.String(128)),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attended", sa.String(16), nullable=False),
        sa.Column("agent", sa.String(64)),
        sa.Column("queued_at", sa.String(32)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("last_at", sa.String(32), nullable=False),
        sa.Column("waiting_since", sa.String(32)),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.UniqueConstraint("channel", "chat_id", name="uq_chats_address"),
    )
    op.create_index("ix_chats_customer", "chats", ["customer_id"])
    op.create_index("ix_chats_attended", "chats", ["attended", "queued_at"])
    op.create_index("ix_chats_last_at", "chats", ["last_at"])
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat", sa.Integer, sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("message_id", sa.String(128)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("means", sa.String(256)),
        sa.Column("speaker", sa.String(16)),
        sa.Column("speaker_name", sa.String(64)),
        sa.Column("reply", sa.Text),
        sa.Column("about", sa.String(32)),
        sa.Column("answers", sa.String(128)),
        sa.Column("delivery", sa.String(16)),
        sa.Column("at", sa.String(32), nullable=False),
        sa.UniqueConstraint("chat", "seq", name="uq_messages_seq"),
        sa.UniqueConstraint("chat", "message_id", name="uq_messages_message_id"),
    )
    op.create_index("ix_messages_answers", "messages", ["chat", "answers"])
    op.create_table(
        "contacts",
        sa.Column("customer_id", sa.String(192), primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("account", sa.String(256), nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("contacts")
    op.drop_table("messages")
    op.drop_table("chats")
