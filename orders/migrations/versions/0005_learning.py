"""What was not understood, and what the shop was taught.

`lessons` is a log: its newest version is the version of the shop's words, so that a running process
sees with one look whether there is news, and of two who teach at once one must look again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "misses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat", sa.Integer, sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("phrase", sa.String(240), nullable=False),
        sa.Column("words", sa.String(32), nullable=False),
        sa.Column("asked", sa.String(48), nullable=False),
        sa.Column("in_hand", sa.String(64)),
        sa.Column("intent", sa.String(24), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("product", sa.String(64)),
        sa.Column("meant", sa.String(64)),
        sa.Column("at", sa.String(32), nullable=False),
        sa.UniqueConstraint("chat", "kind", "phrase", name="uq_misses_phrase"),
    )
    op.create_index("ix_misses_at", "misses", ["at"])
    op.create_index("ix_misses_chat", "misses", ["chat", "seq"])
    op.create_table(
        "lessons",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("act", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("words", sa.String(240), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("lessons")
    op.drop_table("misses")
