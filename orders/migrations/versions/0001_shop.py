"""Goods, orders, money, deliveries and jobs.

Money is whole 分 and times are microseconds since 1970, UTC. The ledger and the timelines only
grow; the database itself refuses to change or delete what was written there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = ("ledger", "order_events", "payment_evidence")


def upgrade() -> None:
    _goods()
    _orders()
    _lines()
    _payments()
    _refunds_and_books()
    _work()
    for table in APPEND_ONLY:
        _append_only(table)


def _goods() -> None:
    op.create_table(
        "shop_facts",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "products",
        sa.Column("product_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("aliases", sa.Text, nullable=False),
        sa.Column("account_kind", sa.String(16), nullable=False),
        sa.Column("regions", sa.Text, nullable=False),
        sa.Column("on_sale", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("product_id"),
    )
    op.create_table(
        "skus",
        sa.Column("sku_id", sa.String(64), nullable=False),
        sa.Column("product_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("variant", sa.Text, nullable=False),
        sa.Column("face_value", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("list_price_fen", sa.BigInteger, nullable=False),
        sa.Column("price_fen", sa.BigInteger, nullable=False),
        sa.Column("sales", sa.BigInteger, nullable=False),
        sa.Column("eta_minutes", sa.Integer, nullable=False),
        sa.Column("supplier", sa.Text, nullable=False),
        sa.Column("supplier_rating", sa.Text, nullable=False),
        sa.Column("delivery", sa.String(16), nullable=False),
        sa.Column("refund_rule", sa.String(16), nullable=False),
        sa.Column("on_sale", sa.Boolean, nullable=False),
        sa.CheckConstraint("price_fen > 0", name="ck_skus_price"),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.product_id"],
        ),
        sa.PrimaryKeyConstraint("sku_id"),
    )
    op.create_table(
        "stock",
        sa.Column("sku_id", sa.String(64), nullable=False),
        sa.Column("on_hand", sa.BigInteger, nullable=False),
        sa.Column("reserved", sa.BigInteger, nullable=False),
        sa.Column("sold", sa.BigInteger, nullable=False),
        sa.CheckConstraint("on_hand >= 0 AND reserved >= 0 AND sold >= 0", name="ck_stock_not_negative"),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["skus.sku_id"],
        ),
        sa.PrimaryKeyConstraint("sku_id"),
    )
    op.create_table(
        "card_keys",
        sa.Column("key_no", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("sku_id", sa.String(64), nullable=False),
        sa.Column("vault_key", sa.String(64), nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("order_no", sa.String(14)),
        sa.Column("line_no", sa.Integer),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("sold_at", sa.BigInteger),
        sa.CheckConstraint("(state = 'free') = (order_no IS NULL)", name="ck_card_keys_owner"),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["skus.sku_id"],
        ),
        sa.PrimaryKeyConstraint("key_no"),
        sa.UniqueConstraint("sku_id", "fingerprint", name="uq_card_keys_fingerprint"),
    )
    op.create_index(
        "ix_card_keys_free",
        "card_keys",
        ["sku_id", "key_no"],
        sqlite_where=sa.text("state = 'free'"),
        postgresql_where=sa.text("state = 'free'"),
    )
    op.create_index("ix_card_keys_order", "card_keys", ["order_no"])


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("order_no", sa.String(14), nullable=False),
        sa.Column("quote_id", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(192), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("payment_state", sa.String(16), nullable=False),
        sa.Column("list_fen", sa.BigInteger, nullable=False),
        sa.Column("saved_fen", sa.BigInteger, nullable=False),
        sa.Column("fee_fen", sa.BigInteger, nullable=False),
        sa.Column("total_fen", sa.BigInteger, nullable=False),
        sa.Column("settled_fen", sa.BigInteger, nullable=False),
        sa.Column("refunding_fen", sa.BigInteger, nullable=False),
        sa.Column("refunded_fen", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("pay_token", sa.String(64), nullable=False),
        sa.Column("link_token", sa.String(64), nullable=False),
        sa.CheckConstraint(
            "refunding_fen >= 0 AND refunded_fen >= 0 AND refunding_fen + refunded_fen <= settled_fen",
            name="ck_orders_refunds",
        ),
        sa.CheckConstraint("total_fen > 0", name="ck_orders_total"),
        sa.PrimaryKeyConstraint("order_no"),
        sa.UniqueConstraint("link_token"),
        sa.UniqueConstraint("pay_token"),
        sa.UniqueConstraint("quote_id"),
    )
    op.create_index("ix_orders_created", "orders", ["created_at"])
    op.create_index(
        "ix_orders_unpaid",
        "orders",
        ["customer_id", "created_at"],
        sqlite_where=sa.text("state = 'awaiting_payment'"),
        postgresql_where=sa.text("state = 'awaiting_payment'"),
    )
    op.create_index("ix_orders_customer", "orders", ["customer_id", "created_at"])
    op.create_index(
        "ix_orders_open",
        "orders",
        ["settled_at"],
        sqlite_where=sa.text("state IN ('placed', 'in_review')"),
        postgresql_where=sa.text("state IN ('placed', 'in_review')"),
    )


def _lines() -> None:
    op.create_table(
        "order_lines",
        sa.Column("order_no", sa.String(14), nullable=False),
        sa.Column("line_no", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("sku_id", sa.String(64), nullable=False),
        sa.Column("product_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("variant", sa.Text, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("account_kind", sa.String(16), nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("region", sa.Text),
        sa.Column("unit_price_fen", sa.BigInteger, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("eta_minutes", sa.Integer, nullable=False),
        sa.Column("delivery", sa.String(16), nullable=False),
        sa.Column("refund_rule", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("delivered_quantity", sa.Integer, nullable=False),
        sa.Column("refunding_fen", sa.BigInteger, nullable=False),
        sa.Column("refunded_fen", sa.BigInteger, nullable=False),
        sa.Column("keys_shown_at", sa.BigInteger),
        sa.CheckConstraint("delivered_quantity BETWEEN 0 AND quantity", name="ck_order_lines_delivered"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name="ck_order_lines_quantity"),
        sa.CheckConstraint(
            "refunding_fen >= 0 AND refunded_fen >= 0 AND refunding_fen + refunded_fen <= amount_fen",
            name="ck_order_lines_refunds",
        ),
        sa.ForeignKeyConstraint(
            ["order_no"],
            ["orders.order_no"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["skus.sku_id"],
        ),
        sa.PrimaryKeyConstraint("order_no", "line_no"),
    )
    op.create_table(
        "order_events",
        sa.Column("order_no", sa.String(14), nullable=False),
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("line_no", sa.Integer),
        sa.Column("amount_fen", sa.BigInteger),
        sa.Column("detail", sa.Text),
        sa.ForeignKeyConstraint(
            ["order_no"],
            ["orders.order_no"],
        ),
        sa.PrimaryKeyConstraint("order_no", "seq"),
    )


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("payment_id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("order_no", sa.String(14), nullable=False),
        sa.Column("gateway", sa.String(32), nullable=False),
        sa.Column("out_trade_no", sa.String(64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("surplus", sa.Boolean, nullable=False),
        sa.Column("psp_ref", sa.String(64)),
        sa.Column("method", sa.String(32)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("refunded_fen", sa.BigInteger, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="ck_payments_amount"),
        sa.CheckConstraint("refunded_fen BETWEEN 0 AND amount_fen", name="ck_payments_refunded"),
        sa.ForeignKeyConstraint(
            ["order_no"],
            ["orders.order_no"],
        ),
        sa.PrimaryKeyConstraint("payment_id"),
        sa.UniqueConstraint("gateway", "psp_ref", name="uq_payments_psp_ref"),
        sa.UniqueConstraint("out_trade_no"),
    )
    op.create_index("ix_payments_order", "payments", ["order_no"])
    op.create_index(
        "uq_payments_settled_once",
        "payments",
        ["order_no"],
        unique=True,
        sqlite_where=sa.text("psp_ref IS NOT NULL AND NOT surplus"),
        postgresql_where=sa.text("psp_ref IS NOT NULL AND NOT surplus"),
    )
    op.create_table(
        "payment_evidence",
        sa.Column("gateway", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("psp_ref", sa.String(64), nullable=False),
        sa.Column("out_trade_no", sa.String(64), nullable=False),
        sa.Column("order_no", sa.String(14)),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(8), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.Column("paid_at", sa.BigInteger, nullable=False),
        sa.Column("heard_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("gateway", "digest"),
    )
    op.create_index("ix_payment_evidence_order", "payment_evidence", ["order_no"])
    op.create_table(
        "notices",
        sa.Column("notice_no", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("gateway", sa.String(32), nullable=False),
        sa.Column("nonce", sa.String(128)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("notice_no"),
        sa.UniqueConstraint("gateway", "nonce", name="uq_notices_nonce"),
    )
    op.create_index("ix_notices_received", "notices", ["received_at"])


def _refunds_and_books() -> None:
    op.create_table(
        "refunds",
        sa.Column("refund_no", sa.String(40), nullable=False),
        sa.Column("order_no", sa.String(14), nullable=False),
        sa.Column("payment_id", sa.BigInteger, nullable=False),
        sa.Column("line_no", sa.Integer),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("queries", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.CheckConstraint("amount_fen > 0", name="ck_refunds_amount"),
        sa.ForeignKeyConstraint(
            ["order_no"],
            ["orders.order_no"],
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments.payment_id"],
        ),
        sa.PrimaryKeyConstraint("refund_no"),
    )
    op.create_index("ix_refunds_order", "refunds", ["order_no"])
    op.create_table(
        "ledger",
        sa.Column("entry_no", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("account", sa.String(48), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("order_no", sa.String(14)),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name="ck_ledger_amount"),
        sa.PrimaryKeyConstraint("entry_no"),
        sa.UniqueConstraint("ref", "account", name="uq_ledger_ref"),
    )
    op.create_index("ix_ledger_account", "ledger", ["account"])


def _work() -> None:
    op.create_table(
        "attempts",
        sa.Column("order_no", sa.String(14), nullable=False),
        sa.Column("line_no", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("attempt", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("request_no", sa.String(40), nullable=False),
        sa.Column("supplier", sa.String(32), nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("supplier_ref", sa.String(128), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("queries", sa.Integer, nullable=False),
        sa.Column("absent_at", sa.BigInteger),
        sa.Column("submitted_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.ForeignKeyConstraint(
            ["order_no", "line_no"],
            ["order_lines.order_no", "order_lines.line_no"],
        ),
        sa.PrimaryKeyConstraint("order_no", "line_no", "attempt"),
        sa.UniqueConstraint("request_no"),
    )
    op.create_index(
        "uq_attempts_one_open",
        "attempts",
        ["order_no", "line_no"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "alarms",
        sa.Column("alarm_no", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("raised_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("closed_by", sa.String(64)),
        sa.PrimaryKeyConstraint("alarm_no"),
    )
    op.create_index(
        "ix_alarms_open",
        "alarms",
        ["raised_at"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "jobs",
        sa.Column("job_id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("lane", sa.String(160)),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("run_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", sa.String(32)),
        sa.Column("error", sa.Text),
        sa.Column("dead_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("job_id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "ix_jobs_due",
        "jobs",
        ["run_at"],
        sqlite_where=sa.text("dead_at IS NULL"),
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.create_index(
        "ix_jobs_lane",
        "jobs",
        ["lane", "job_id"],
        sqlite_where=sa.text("lane IS NOT NULL"),
        postgresql_where=sa.text("lane IS NOT NULL"),
    )


def _append_only(table: str) -> None:
    if op.get_context().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()"
    )
