"""Gateways, suppliers, batches of keys, prices, wallets and reconciliation.

Payments know what the gateway was asked for and how; attempts what they cost; keys their batch
and their last day. New tables hold what suppliers sell, whom a coupon served, and other people's
bills beside our books.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWNER = "ck_card_keys_owner"
FREE = "state = 'free'"
REFERENCE = sa.String(255).with_variant(sa.String(64), "sqlite")


def upgrade() -> None:
    _keys()
    _refund_proposals()
    _orders_and_payments()
    _suppliers()
    _prices()
    _bills()


def _keys() -> None:
    op.drop_index("ix_card_keys_free", "card_keys")
    _may_be_void_unsold()
    op.add_column("card_keys", sa.Column("batch_no", sa.BigInteger))
    op.add_column("card_keys", sa.Column("expires_at", sa.BigInteger))
    op.add_column("card_keys", sa.Column("replaced_by", sa.BigInteger))
    op.add_column("card_keys", sa.Column("void_reason", sa.Text))
    op.add_column("card_keys", sa.Column("voided_by", sa.String(64)))
    op.add_column("card_keys", sa.Column("voided_at", sa.BigInteger))
    op.create_index("ix_card_keys_fingerprint", "card_keys", ["fingerprint"])
    op.create_index("ix_card_keys_batch", "card_keys", ["batch_no"])
    op.create_index(
        "ix_card_keys_free",
        "card_keys",
        ["sku_id", "expires_at", "key_no"],
        sqlite_where=sa.text(FREE),
        postgresql_where=sa.text(FREE),
    )
    op.create_table(
        "key_batches",
        sa.Column("batch_no", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("sku_id", sa.String(64), sa.ForeignKey("skus.sku_id"), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("unit_cost_fen", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_key_batches_sku", "key_batches", ["sku_id"])


def _may_be_void_unsold() -> None:
    """A key that expired before anybody bought it is void and has no order."""
    owner = "state NOT IN ('free', 'sold') OR (state = 'free') = (order_no IS NULL)"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(OWNER, "card_keys")
        op.create_check_constraint(OWNER, "card_keys", owner)
        return
    # SQLite changes no constraint in place, and makes a table anew without losing a row.
    old = sa.Table(
        "card_keys",
        sa.MetaData(),
        sa.Column("key_no", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("sku_id", sa.String(64), sa.ForeignKey("skus.sku_id"), nullable=False),
        sa.Column("vault_key", sa.String(64), nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("order_no", sa.String(14)),
        sa.Column("line_no", sa.Integer),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("sold_at", sa.BigInteger),
        sa.UniqueConstraint("sku_id", "fingerprint", name="uq_card_keys_fingerprint"),
        sa.CheckConstraint(owner, name=OWNER),
        sa.Index("ix_card_keys_order", "order_no"),
    )
    with op.batch_alter_table("card_keys", copy_from=old, recreate="always"):
        pass


def _refund_proposals() -> None:
    op.create_table(
        "refund_proposals",
        sa.Column("proposal_no", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("order_no", sa.String(14), sa.ForeignKey("orders.order_no"), nullable=False),
        sa.Column("line_no", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.String(16)),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", sa.BigInteger),
        sa.CheckConstraint("amount_fen > 0", name="ck_refund_proposals_amount"),
        sa.CheckConstraint(
            "decided_by IS NULL OR verdict <> 'confirmed' OR decided_by <> proposed_by",
            name="ck_refund_proposals_four_eyes",
        ),
    )
    op.create_index(
        "uq_refund_proposals_open",
        "refund_proposals",
        ["order_no", "line_no"],
        unique=True,
        sqlite_where=sa.text("verdict IS NULL"),
        postgresql_where=sa.text("verdict IS NULL"),
    )


def _orders_and_payments() -> None:
    op.add_column("orders", sa.Column("purpose", sa.String(16), nullable=False, server_default="goods"))
    op.add_column("orders", sa.Column("coupon", sa.String(64)))
    op.add_column("orders", sa.Column("price_rules", sa.Text, nullable=False, server_default="[]"))
    op.add_column("order_lines", sa.Column("unit_price_li", sa.BigInteger))
    op.add_column("payments", sa.Column("charge_minor", sa.BigInteger))
    op.add_column("payments", sa.Column("charge_currency", sa.String(3)))
    op.add_column("payments", sa.Column("scene", sa.String(16)))
    op.add_column("payments", sa.Column("offer", sa.Text))
    op.add_column("payments", sa.Column("kept_fen", sa.BigInteger, nullable=False, server_default="0"))
    settled = sa.text("settled_at IS NOT NULL")
    op.create_index(
        "ix_payments_settled", "payments", ["settled_at"], sqlite_where=settled, postgresql_where=settled
    )
    op.add_column("refunds", sa.Column("psp_ref", REFERENCE))
    op.add_column("refunds", sa.Column("kept_fen", sa.BigInteger, nullable=False, server_default="0"))
    op.create_index("ix_refunds_ended", "refunds", ["ended_at"])
    op.create_index("ix_refunds_psp_ref", "refunds", ["psp_ref"])
    _longer_references(255)


def _longer_references(length: int) -> None:
    """Of gateways' numbers. SQLite heeds no lengths."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("payments", "payment_evidence"):
            op.alter_column(table, "psp_ref", type_=sa.String(length))


def _suppliers() -> None:
    op.add_column("attempts", sa.Column("supplier_code", sa.Text))
    op.add_column("attempts", sa.Column("cost_fen", sa.BigInteger))
    op.create_index("ix_attempts_supplier", "attempts", ["supplier", "submitted_at"])
    op.create_table(
        "supplier_goods",
        sa.Column("supplier", sa.String(32), primary_key=True),
        sa.Column("sku_id", sa.String(64), sa.ForeignKey("skus.sku_id"), primary_key=True),
        sa.Column("supplier_code", sa.Text, nullable=False),
        sa.Column("cost_fen", sa.BigInteger, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("priced_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("cost_fen > 0", name="ck_supplier_goods_cost"),
    )
    op.create_index("ix_supplier_goods_sku", "supplier_goods", ["sku_id"])
    op.create_table(
        "supplier_health",
        sa.Column("supplier", sa.String(32), primary_key=True),
        sa.Column("failed_in_row", sa.Integer, nullable=False),
        sa.Column("paused_until", sa.BigInteger),
        sa.Column("pause_reason", sa.String(64)),
        sa.Column("balance_fen", sa.BigInteger),
        sa.Column("balance_at", sa.BigInteger),
        sa.Column("rating_tenths", sa.Integer, nullable=False, server_default="50"),
        sa.CheckConstraint("rating_tenths BETWEEN 0 AND 50", name="ck_supplier_health_rating"),
    )


def _prices() -> None:
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.String(192), primary_key=True),
        sa.Column("level", sa.String(32), nullable=False, server_default=""),
        sa.Column("balance_fen", sa.BigInteger, nullable=False, server_default="0"),
        sa.CheckConstraint("balance_fen >= 0", name="ck_customers_balance"),
    )
    op.create_table(
        "coupons",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("off_fen", sa.BigInteger, nullable=False),
        sa.Column("off_per_mille", sa.Integer, nullable=False),
        sa.Column("off_max_fen", sa.BigInteger),
        sa.Column("price_min_fen", sa.BigInteger, nullable=False),
        sa.Column("products", sa.Text, nullable=False),
        sa.Column("uses_max", sa.Integer, nullable=False),
        sa.Column("uses_per_customer_max", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("valid_from", sa.BigInteger, nullable=False),
        sa.Column("valid_until", sa.BigInteger, nullable=False),
        sa.CheckConstraint("used BETWEEN 0 AND uses_max", name="ck_coupons_used"),
        sa.CheckConstraint("(off_fen > 0) <> (off_per_mille > 0)", name="ck_coupons_one_kind"),
    )
    op.create_table(
        "coupon_uses",
        sa.Column("order_no", sa.String(14), sa.ForeignKey("orders.order_no"), primary_key=True),
        sa.Column("code", sa.String(64), sa.ForeignKey("coupons.code"), nullable=False),
        sa.Column("customer_id", sa.String(192), nullable=False),
        sa.Column("off_fen", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
        sa.Column("given_back_at", sa.BigInteger),
    )
    op.create_index("ix_coupon_uses_customer", "coupon_uses", ["code", "customer_id"])


def _bills() -> None:
    op.create_table(
        "bills",
        sa.Column("party", sa.String(48), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("fetched_at", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("agreed", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_table(
        "bill_rows",
        sa.Column("party", sa.String(48), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("row_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("ref", REFERENCE, nullable=False),
        sa.Column("our_no", sa.String(64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("fee_fen", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_bill_rows_ref", "bill_rows", ["party", "ref"])
    op.create_index("ix_bill_rows_our_no", "bill_rows", ["party", "our_no"])
    op.create_table(
        "differences",
        sa.Column("difference_no", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("party", sa.String(48), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("our_no", sa.String(64), nullable=False),
        sa.Column("ref", REFERENCE, nullable=False),
        sa.Column("ours_fen", sa.BigInteger),
        sa.Column("theirs_fen", sa.BigInteger),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("openings", sa.Integer, nullable=False),
        sa.Column("found_at", sa.BigInteger, nullable=False),
        sa.Column("denied_at", sa.BigInteger),
        sa.Column("resolved_at", sa.BigInteger),
        sa.Column("resolved_by", sa.String(64)),
        sa.Column("resolution", sa.Text),
        sa.UniqueConstraint("party", "kind", "what", "our_no", "ref", name="uq_differences_once"),
    )
    op.create_index(
        "ix_differences_open",
        "differences",
        ["found_at"],
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )


def downgrade() -> None:
    _longer_references(64)
    for table in ("differences", "bill_rows", "bills", "coupon_uses", "coupons", "customers"):
        op.drop_table(table)
    op.drop_table("supplier_health")
    op.drop_table("supplier_goods")
    op.drop_index("ix_attempts_supplier", "attempts")
    op.drop_index("ix_refunds_psp_ref", "refunds")
    op.drop_index("ix_refunds_ended", "refunds")
    op.drop_index("ix_payments_settled", "payments")
    for table, names in (
        ("attempts", ("supplier_code", "cost_fen")),
        ("refunds", ("psp_ref", "kept_fen")),
        ("payments", ("charge_minor", "charge_currency", "scene", "offer", "kept_fen")),
        ("order_lines", ("unit_price_li",)),
        ("orders", ("purpose", "coupon", "price_rules")),
    ):
        for name in names:
            op.drop_column(table, name)
    op.drop_table("refund_proposals")
    op.drop_table("key_batches")
    for index in ("ix_card_keys_free", "ix_card_keys_fingerprint", "ix_card_keys_batch"):
        op.drop_index(index, "card_keys")
    for name in ("batch_no", "expires_at", "replaced_by", "void_reason", "voided_by", "voided_at"):
        op.drop_column("card_keys", name)
    op.create_index(
        "ix_card_keys_free",
        "card_keys",
        ["sku_id", "key_no"],
        sqlite_where=sa.text(FREE),
        postgresql_where=sa.text(FREE),
    )
