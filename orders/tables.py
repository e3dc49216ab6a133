"""The tables of the shop. The migrations make them; here they are named for the queries.

Money is whole 分, times are microseconds since 1970 in UTC: both are integers on every database,
and compare and index as such. `state` columns hold the values of the StrEnums of the domain.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A growing number. SQLite only counts up by itself in a column called INTEGER."""

shop_facts = Table(
    "shop_facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

products = Table(
    "products",
    metadata,
    Column("product_id", String(64), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("account_kind", String(16), nullable=False),
    Column("regions", Text, nullable=False),
    Column("on_sale", Boolean, nullable=False),
)

skus = Table(
    "skus",
    metadata,
    Column("sku_id", String(64), primary_key=True),
    Column("product_id", String(64), ForeignKey("products.product_id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("variant", Text, nullable=False),
    Column("face_value", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("list_price_fen", BigInteger, nullable=False),
    Column("price_fen", BigInteger, nullable=False),
    Column("sales", BigInteger, nullable=False),
    Column("eta_minutes", Integer, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("supplier_rating", Text, nullable=False),
    Column("delivery", String(16), nullable=False),
    Column("refund_rule", String(16), nullable=False),
    Column("on_sale", Boolean, nullable=False),
    CheckConstraint("price_fen > 0", name="ck_skus_price"),
)

stock = Table(
    "stock",
    metadata,
    Column("sku_id", String(64), ForeignKey("skus.sku_id"), primary_key=True),
    Column("on_hand", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    Column("sold", BigInteger, nullable=False),
    CheckConstraint("on_hand >= 0 AND reserved >= 0 AND sold >= 0", name="ck_stock_not_negative"),
)

card_keys = Table(
    "card_keys",
    metadata,
    Column("key_no", BigId, primary_key=True, autoincrement=True),
    Column("sku_id", String(64), ForeignKey("skus.sku_id"), nullable=False),
    Column("vault_key", String(64), nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("order_no", String(14)),
    Column("line_no", Integer),
    Column("added_at", BigInteger, nullable=False),
    Column("sold_at", BigInteger),
    Column("batch_no", BigInteger),
    Column("expires_at", BigInteger),
    Column("replaced_by", BigInteger),
    UniqueConstraint("sku_id", "fingerprint", name="uq_card_keys_fingerprint"),
    CheckConstraint("state NOT IN ('free', 'sold') OR (state = 'free') = (order_no IS NULL)", name="ck_card_keys_owner"),
    Index("ix_card_keys_free", "sku_id", "expires_at", "key_no", sqlite_where=text("state = 'free'"), postgresql_where=text("state = 'free'")),
    Index("ix_card_keys_order", "order_no"),
)  # fmt: skip

key_batches = Table(
    "key_batches",
    metadata,
    Column("batch_no", BigId, primary_key=True, autoincrement=True),
    Column("sku_id", String(64), ForeignKey("skus.sku_id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("added", Integer, nullable=False),
    Column("unit_cost_fen", BigInteger),
    Column("expires_at", BigInteger),
    Column("added_by", String(64), nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Index("ix_key_batches_sku", "sku_id"),
)

orders = Table(
    "orders",
    metadata,
    Column("order_no", String(14), primary_key=True),
    Column("quote_id", String(64), nullable=False, unique=True),
    Column("customer_id", String(192), nullable=False),
    Column("state", String(20), nullable=False),
    Column("payment_state", String(16), nullable=False),
    Column("list_fen", BigInteger, nullable=False),
    Column("saved_fen", BigInteger, nullable=False),
    Column("fee_fen", BigInteger, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("settled_fen", BigInteger, nullable=False),
    Column("refunding_fen", BigInteger, nullable=False),
    Column("refunded_fen", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("pay_token", String(64), nullable=False, unique=True),
    Column("link_token", String(64), nullable=False, unique=True),
    Column("purpose", String(16), nullable=False, server_default="goods"),
    Column("coupon", String(64)),
    Column("price_rules", Text, nullable=False, server_default="[]"),
    CheckConstraint("total_fen > 0", name="ck_orders_total"),
    CheckConstraint(
        "refunding_fen >= 0 AND refunded_fen >= 0 AND refunding_fen + refunded_fen <= settled_fen",
        name="ck_orders_refunds",
    ),
    Index("ix_orders_customer", "customer_id", "created_at"),
    Index("ix_orders_created", "created_at"),
    Index(
        "ix_orders_unpaid",
        "customer_id",
        "created_at",
        sqlite_where=text("state = 'awaiting_payment'"),
        postgresql_where=text("state = 'awaiting_payment'"),
    ),
    Index(
        "ix_orders_open",
        "settled_at",
        sqlite_where=text("state IN ('placed', 'in_review')"),
        postgresql_where=text("state IN ('placed', 'in_review')"),
    ),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_no", String(14), ForeignKey("orders.order_no"), primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    Column("sku_id", String(64), ForeignKey("skus.sku_id"), nullable=False),
    Column("product_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("account_kind", String(16), nullable=False),
    Column("account", Text),
    Column("region", Text),
    Column("unit_price_fen", BigInteger, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("eta_minutes", Integer, nullable=False),
    Column("delivery", String(16), nullable=False),
    Column("refund_rule", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("delivered_quantity", Integer, nullable=False),
    Column("refunding_fen", BigInteger, nullable=False),
    Column("refunded_fen", BigInteger, nullable=False),
    Column("keys_shown_at", BigInteger),
    Column("unit_price_li", BigInteger),
    CheckConstraint("quantity BETWEEN 1 AND 999", name="ck_order_lines_quantity"),
    CheckConstraint("delivered_quantity BETWEEN 0 AND quantity", name="ck_order_lines_delivered"),
    CheckConstraint(
        "refunding_fen >= 0 AND refunded_fen >= 0 AND refunding_fen + refunded_fen <= amount_fen",
        name="ck_order_lines_refunds",
    ),
)

order_events = Table(
    "order_events",
    metadata,
    Column("order_no", String(14), ForeignKey("orders.order_no"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(24), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("line_no", Integer),
    Column("amount_fen", BigInteger),
    Column("detail", Text),
)

payments = Table(
    "payments",
    metadata,
    Column("payment_id", BigId, primary_key=True, autoincrement=True),
    Column("order_no", String(14), ForeignKey("orders.order_no"), nullable=False),
    Column("gateway", String(32), nullable=False),
    Column("out_trade_no", String(64), nullable=False, unique=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("state", String(16), nullable=False),
    Column("surplus", Boolean, nullable=False),
    Column("psp_ref", String(64)),
    Column("method", String(32)),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("refunded_fen", BigInteger, nullable=False),
    Column("charge_minor", BigInteger),
    Column("charge_currency", String(3)),
    Column("scene", String(16)),
    Column("offer", Text),
    UniqueConstraint("gateway", "psp_ref", name="uq_payments_psp_ref"),
    CheckConstraint("amount_fen > 0", name="ck_payments_amount"),
    CheckConstraint("refunded_fen BETWEEN 0 AND amount_fen", name="ck_payments_refunded"),
    Index("ix_payments_order", "order_no"),
    Index(
        "uq_payments_settled_once",
        "order_no",
        unique=True,
        sqlite_where=text("psp_ref IS NOT NULL AND NOT surplus"),
        postgresql_where=text("psp_ref IS NOT NULL AND NOT surplus"),
    ),
)

payment_evidence = Table(
    "payment_evidence",
    metadata,
    Column("gateway", String(32), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("psp_ref", String(64), nullable=False),
    Column("out_trade_no", String(64), nullable=False),
    Column("order_no", String(14)),
    Column("amount_fen", BigInteger, nullable=False),
    Column("currency", String(8), nullable=False),
    Column("method", String(32), nullable=False),
    Column("source", String(16), nullable=False),
    Column("verdict", String(24), nullable=False),
    Column("paid_at", BigInteger, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
    Index("ix_payment_evidence_order", "order_no"),
)

notices = Table(
    "notices",
    metadata,
    Column("notice_no", BigId, primary_key=True, autoincrement=True),
    Column("gateway", String(32), nullable=False),
    Column("nonce", String(128)),
    Column("digest", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", Text, nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    UniqueConstraint("gateway", "nonce", name="uq_notices_nonce"),
    Index("ix_notices_received", "received_at"),
)

refunds = Table(
    "refunds",
    metadata,
    Column("refund_no", String(40), primary_key=True),
    Column("order_no", String(14), ForeignKey("orders.order_no"), nullable=False),
    Column("payment_id", BigInteger, ForeignKey("payments.payment_id"), nullable=False),
    Column("line_no", Integer),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", String(24), nullable=False),
    Column("state", String(16), nullable=False),
    Column("queries", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("psp_ref", String(64)),
    CheckConstraint("amount_fen > 0", name="ck_refunds_amount"),
    Index("ix_refunds_order", "order_no"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("order_no", String(14), primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("request_no", String(40), nullable=False, unique=True),
    Column("supplier", String(32), nullable=False),
    Column("account", Text),
    Column("state", String(16), nullable=False),
    Column("supplier_ref", String(128), nullable=False),
    Column("detail", Text, nullable=False),
    Column("queries", Integer, nullable=False),
    Column("absent_at", BigInteger),
    Column("submitted_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("supplier_code", Text),
    Column("cost_fen", BigInteger),
    ForeignKeyConstraint(["order_no", "line_no"], ["order_lines.order_no", "order_lines.line_no"]),
    Index(
        "uq_attempts_one_open",
        "order_no",
        "line_no",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_attempts_supplier", "supplier", "submitted_at"),
)

supplier_goods = Table(
    "supplier_goods",
    metadata,
    Column("supplier", String(32), primary_key=True),
    Column("sku_id", String(64), ForeignKey("skus.sku_id"), primary_key=True),
    Column("supplier_code", Text, nullable=False),
    Column("cost_fen", BigInteger, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("priced_at", BigInteger, nullable=False),
    CheckConstraint("cost_fen > 0", name="ck_supplier_goods_cost"),
    Index("ix_supplier_goods_sku", "sku_id"),
)

supplier_health = Table(
    "supplier_health",
    metadata,
    Column("supplier", String(32), primary_key=True),
    Column("failed_in_row", Integer, nullable=False),
    Column("paused_until", BigInteger),
    Column("pause_reason", String(64)),
    Column("balance_fen", BigInteger),
    Column("balance_at", BigInteger),
)

ledger = Table(
    "ledger",
    metadata,
    Column("entry_no", BigId, primary_key=True, autoincrement=True),
    Column("ref", String(80), nullable=False),
    Column("account", String(48), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("order_no", String(14)),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("ref", "account", name="uq_ledger_ref"),
    CheckConstraint("amount_fen <> 0", name="ck_ledger_amount"),
    Index("ix_ledger_account", "account"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("alarm_no", BigId, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("detail", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("closed_by", String(64)),
    Index("ix_alarms_open", "raised_at", sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
)  # fmt: skip

customers = Table(
    "customers",
    metadata,
    Column("customer_id", String(192), primary_key=True),
    Column("level", String(32), nullable=False, server_default=""),
    Column("balance_fen", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("balance_fen >= 0", name="ck_customers_balance"),
)

coupons = Table(
    "coupons",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("off_fen", BigInteger, nullable=False),
    Column("off_per_mille", Integer, nullable=False),
    Column("off_max_fen", BigInteger),
    Column("price_min_fen", BigInteger, nullable=False),
    Column("products", Text, nullable=False),
    Column("uses_max", Integer, nullable=False),
    Column("uses_per_customer_max", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_until", BigInteger, nullable=False),
    CheckConstraint("used BETWEEN 0 AND uses_max", name="ck_coupons_used"),
    CheckConstraint("(off_fen > 0) <> (off_per_mille > 0)", name="ck_coupons_one_kind"),
)

coupon_uses = Table(
    "coupon_uses",
    metadata,
    Column("order_no", String(14), ForeignKey("orders.order_no"), primary_key=True),
    Column("code", String(64), ForeignKey("coupons.code"), nullable=False),
    Column("customer_id", String(192), nullable=False),
    Column("off_fen", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    Column("given_back_at", BigInteger),
    Index("ix_coupon_uses_customer", "code", "customer_id"),
)

bills = Table(
    "bills",
    metadata,
    Column("party", String(48), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("fetched_at", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
)

bill_rows = Table(
    "bill_rows",
    metadata,
    Column("party", String(48), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("row_no", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("ref", String(128), nullable=False),
    Column("our_no", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("fee_fen", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
)

differences = Table(
    "differences",
    metadata,
    Column("difference_no", BigId, primary_key=True, autoincrement=True),
    Column("party", String(48), nullable=False),
    Column("day", String(10), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("what", String(16), nullable=False),
    Column("our_no", String(64), nullable=False),
    Column("ref", String(128), nullable=False),
    Column("ours_fen", BigInteger),
    Column("theirs_fen", BigInteger),
    Column("detail", Text, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
    Column("resolved_by", String(64)),
    Column("resolution", Text),
    UniqueConstraint("party", "kind", "what", "our_no", "ref", name="uq_differences_once"),
    Index("ix_differences_open", "found_at", sqlite_where=text("resolved_at IS NULL"), postgresql_where=text("resolved_at IS NULL")),
)  # fmt: skip

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", BigId, primary_key=True, autoincrement=True),
    Column("key", String(160), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("lane", String(160)),
    Column("payload", Text, nullable=False),
    Column("run_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease", String(32)),
    Column("error", Text),
    Column("dead_at", BigInteger),
    Index("ix_jobs_due", "run_at", sqlite_where=text("dead_at IS NULL"), postgresql_where=text("dead_at IS NULL")),
    Index("ix_jobs_lane", "lane", "job_id", sqlite_where=text("lane IS NOT NULL"), postgresql_where=text("lane IS NOT NULL")),
)  # fmt: skip
