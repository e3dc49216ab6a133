"""What channels remember: order cards, how often we may still write, messages that wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_cards",
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("chat_id", sa.String(128), primary_key=True),
        sa.Column("order_no", sa.String(32), primary_key=True),
        sa.Column("place", sa.String(64), nullable=False),
    )
    op.create_table(
        "send_allowances",
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("chat_id", sa.String(128), primary_key=True),
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("messages_left", sa.Integer, nullable=False),
        sa.Column("kept_for_staff", sa.Integer, nullable=False),
        sa.Column("ends_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "held_messages",
        sa.Column("outgoing_id", sa.Integer, sa.ForeignKey("messages.id"), primary_key=True),
        sa.Column("given_with", sa.String(128)),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_held_messages_at", "held_messages", ["at"])


def downgrade() -> None:
    op.drop_table("held_messages")
    op.drop_table("send_allowances")
    op.drop_table("order_cards")
