"""What must be true of the books at every instant, as queries that find what is not.

The sweep runs them in the live shop, the tests after every step. Each invariant is one query that
selects the rows that break it; an empty answer everywhere is a sound shop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import TextClause, text

from orders.database import Tx
from orders.money import PART_SQL
from orders.policy import Policy
from orders.store.instants import stamp


@dataclass(frozen=True, slots=True)
class Violation:
    """One row that breaks one invariant."""

    invariant: str
    subject: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.subject}"


SUBJECTS_MAX = 20
"""Of each broken invariant so many rows are named; a broken shop would drown the alarm."""

_DELIVERED = PART_SQL.format(amount="amount_fen", pieces="delivered_quantity", of="quantity")
_PAID = "state IN ('placed', 'completed', 'in_review')"

INVARIANTS: Mapping[str, str] = {
    "a set of ledger entries sums to zero": """
        SELECT ref AS subject FROM ledger GROUP BY ref HAVING SUM(amount_fen) <> 0
    """,
    "customers' advances are what was settled, less what was delivered, promised back, put into wallets, and fees earned": f"""
        WITH owed AS (
            SELECT order_no, -SUM(amount_fen) AS fen FROM ledger
            WHERE account = 'customer_advances' GROUP BY order_no
        ), delivered AS (
            SELECT order_no, SUM({_DELIVERED}) AS fen
            FROM order_lines GROUP BY order_no
        ), promised AS (
            SELECT r.order_no, SUM(r.amount_fen) AS fen FROM refunds r JOIN payments p USING (payment_id)
            WHERE NOT p.surplus AND NOT EXISTS
                (SELECT 1 FROM ledger g WHERE g.ref = 'promised:' || r.refund_no
                 AND g.account IN ('revenue', 'customer_balances'))
            GROUP BY r.order_no
        ), earned AS (
            SELECT order_no, -SUM(amount_fen) AS fen FROM ledger
            WHERE account = 'fee_income' OR ref LIKE 'deposited:%' AND account = 'customer_balances'
            GROUP BY order_no
        )
        SELECT o.order_no AS subject FROM orders o
        LEFT JOIN owed ON owed.order_no = o.order_no
        LEFT JOIN delivered ON delivered.order_no = o.order_no
        LEFT JOIN promised ON promised.order_no = o.order_no
        LEFT JOIN earned ON earned.order_no = o.order_no
        WHERE COALESCE(owed.fen, 0) <> o.settled_fen - COALESCE(delivered.fen, 0)
            - COALESCE(promised.fen, 0) - COALESCE(earned.fen, 0)
    """,
    # Paid out to our bank, or nobody's: neither is told by a payment.
    "what a gateway holds for us is what was settled less what was refunded and kept": """
        SELECT p.gateway AS subject FROM payments p WHERE p.gateway <> 'balance' GROUP BY p.gateway
        HAVING SUM(CASE WHEN p.psp_ref IS NULL THEN 0 ELSE p.amount_fen - p.refunded_fen - p.kept_fen END)
            - COALESCE((SELECT SUM(r.kept_fen) FROM refunds r JOIN payments q USING (payment_id)
                        WHERE q.gateway = p.gateway AND r.kept_fen <> 0), 0)
            <> COALESCE((SELECT SUM(g.amount_fen) FROM ledger g WHERE g.account = 'receivable:' || p.gateway
                         AND g.ref NOT LIKE 'payout:%' AND g.ref NOT LIKE 'unclaimed:%'), 0)
    """,
    "what gateways kept is what was written beside payments and refunds": """
        SELECT 'gateway_fees' AS subject WHERE
            COALESCE((SELECT SUM(kept_fen) FROM payments WHERE kept_fen <> 0), 0)
            + COALESCE((SELECT SUM(kept_fen) FROM refunds WHERE kept_fen <> 0), 0)
            <> COALESCE((SELECT SUM(amount_fen) FROM ledger
                         WHERE account = 'gateway_fees' AND ref LIKE 'kept:%'), 0)
    """,
    "what is due back is what refunds that have not arrived come to": """
        SELECT order_no AS subject FROM (
            SELECT order_no, amount_fen FROM ledger WHERE account = 'refunds_due'
            UNION ALL SELECT order_no, amount_fen FROM refunds WHERE state <> 'succeeded'
        ) AS due GROUP BY order_no HAVING SUM(amount_fen) <> 0
    """,
    "nothing of a surplus payment stays with us": """
        SELECT order_no AS subject FROM ledger WHERE account = 'surplus_payments'
        GROUP BY order_no HAVING SUM(amount_fen) <> 0
    """,
    # A customer's own balance is no goods, and brings no revenue.
    "revenue is the price of what was delivered, less what came back unused": f"""
        SELECT order_no AS subject FROM (
            SELECT order_no, amount_fen FROM ledger WHERE account = 'revenue'
            UNION ALL SELECT l.order_no, {_DELIVERED} FROM order_lines l
                JOIN orders o ON o.order_no = l.order_no AND o.purpose = 'goods'
            UNION ALL SELECT r.order_no, -r.amount_fen FROM refunds r
                JOIN ledger g ON g.ref = 'promised:' || r.refund_no AND g.account = 'revenue'
        ) AS earned GROUP BY order_no HAVING SUM(amount_fen) <> 0
    """,
    "whoever we owe never owes us": """
        SELECT account AS subject FROM ledger WHERE account IN ('customer_advances', 'surplus_payments',
            'refunds_due', 'customer_balances', 'revenue', 'fee_income')
        GROUP BY account HAVING SUM(amount_fen) > 0
        UNION ALL
        SELECT account FROM ledger WHERE account = 'cost_of_goods' GROUP BY account HAVING SUM(amount_fen) < 0
    """,
    "the stock of card keys is worth what its free keys had cost": """
        SELECT 'card_stock' AS subject WHERE
            COALESCE((SELECT SUM(b.unit_cost_fen) FROM card_keys k JOIN key_batches b ON b.batch_no = k.batch_no
                      WHERE k.state = 'free'), 0)
            <> COALESCE((SELECT SUM(amount_fen) FROM ledger WHERE account = 'card_stock'), 0)
    """,
    "what a supplier charged for a delivery is booked with it": """
        SELECT a.request_no AS subject FROM attempts a
        LEFT JOIN ledger g ON g.ref = 'cost:' || a.request_no AND g.account = 'cost_of_goods'
        WHERE a.state IN ('done', 'partial') AND COALESCE(a.cost_fen, 0) <> COALESCE(g.amount_fen, 0)
    """,
    "an order is settled by exactly the money of its one payment": """
        SELECT o.order_no AS subject FROM orders o
        LEFT JOIN payments p ON p.order_no = o.order_no AND p.psp_ref IS NOT NULL AND NOT p.surplus
        WHERE o.settled_fen <> COALESCE(p.amount_fen, 0)
            OR (o.settled_fen <> 0 AND o.settled_fen <> o.total_fen)
            OR (o.settled_fen = 0) <> (o.payment_state IN ('unpaid', 'closed'))
    """,
    "an order never gives back more than it got": """
        SELECT order_no AS subject FROM orders WHERE refunded_fen + refunding_fen > settled_fen
        UNION ALL
        SELECT order_no FROM payments WHERE refunded_fen > amount_fen
    """,
    "an order's refunds are the refunds that were promised": """
        SELECT o.order_no AS subject FROM orders o WHERE o.refunded_fen + o.refunding_fen <>
            COALESCE((SELECT SUM(r.amount_fen) FROM refunds r JOIN payments p USING (payment_id)
                      WHERE r.order_no = o.order_no AND NOT p.surplus), 0)
    """,
    "a customer may spend what the ledger says that we keep for him": """
        SELECT customer_id AS subject FROM (
            SELECT customer_id, balance_fen AS fen FROM customers
            UNION ALL SELECT o.customer_id, g.amount_fen FROM ledger g JOIN orders o USING (order_no)
                WHERE g.account = 'customer_balances'
        ) AS kept GROUP BY customer_id HAVING SUM(fen) <> 0
    """,
    "what all customers may spend is what we owe them": """
        SELECT 'customer_balances' AS subject
        WHERE (SELECT COALESCE(SUM(balance_fen), 0) FROM customers) <>
            -(SELECT COALESCE(SUM(amount_fen), 0) FROM ledger WHERE account = 'customer_balances')
    """,
    "a deposit is in its customer's wallet exactly when it is complete": """
        SELECT o.order_no AS subject FROM orders o
        LEFT JOIN ledger g ON g.ref = 'deposited:' || o.order_no AND g.account = 'customer_balances'
        WHERE (o.purpose = 'deposit' AND o.state IN ('completed', 'in_review')) <> (g.ref IS NOT NULL)
            OR (g.ref IS NOT NULL AND -g.amount_fen <> o.total_fen - o.fee_fen)
            OR (o.purpose = 'deposit') = EXISTS
                (SELECT 1 FROM order_lines l WHERE l.order_no = o.order_no)
    """,
    "only a paid order is delivered": f"""
        SELECT l.order_no AS subject FROM order_lines l JOIN orders o USING (order_no)
        WHERE l.state <> 'queued' AND NOT (o.{_PAID})
    """,
    "a completed order has nothing left to deliver": """
        SELECT l.order_no AS subject FROM order_lines l JOIN orders o USING (order_no)
        WHERE o.state = 'completed' AND l.state NOT IN ('done', 'partial', 'failed')
    """,
    "a placed order has something left to deliver": """
        SELECT o.order_no AS subject FROM orders o WHERE o.state = 'placed' AND NOT EXISTS
            (SELECT 1 FROM order_lines l WHERE l.order_no = o.order_no
             AND l.state NOT IN ('done', 'partial', 'failed'))
    """,
    "a line delivers no more than was ordered": """
        SELECT order_no AS subject FROM order_lines
        WHERE delivered_quantity > quantity
            OR (state = 'done') <> (delivered_quantity = quantity)
            OR (state = 'partial' AND delivered_quantity = 0)
    """,
    "a line's open attempt is its last, and there is one exactly while a supplier may hold it": """
        SELECT l.order_no AS subject FROM order_lines l
        LEFT JOIN attempts a ON a.order_no = l.order_no AND a.line_no = l.line_no AND a.ended_at IS NULL
        WHERE (l.state IN ('submitting', 'submitted', 'unknown')) <> (a.attempt IS NOT NULL)
            OR (a.attempt IS NOT NULL AND a.attempt <> l.attempt)
    """,
    "at most one attempt of a line delivered": """
        SELECT order_no AS subject FROM attempts WHERE state IN ('done', 'partial')
        GROUP BY order_no, line_no HAVING COUNT(*) > 1
    """,
    "what was promised to unpaid and undelivered lines is what is reserved": """
        SELECT s.sku_id AS subject FROM stock s LEFT JOIN
            (SELECT l.sku_id, SUM(l.quantity) AS promised FROM order_lines l JOIN orders o USING (order_no)
             WHERE o.state IN ('awaiting_payment', 'placed', 'in_review')
             AND l.state NOT IN ('done', 'partial', 'failed') GROUP BY l.sku_id) AS lines
            ON lines.sku_id = s.sku_id
        WHERE s.reserved <> COALESCE(lines.promised, 0)
    """,
    "stock was handed out as often as lines were delivered": """
        SELECT s.sku_id AS subject FROM stock s LEFT JOIN
            (SELECT sku_id, SUM(delivered_quantity) AS delivered FROM order_lines GROUP BY sku_id) AS lines
            ON lines.sku_id = s.sku_id
        WHERE s.sold <> COALESCE(lines.delivered, 0)
    """,
    "a delivered line of keys has as many keys as it delivered": """
        SELECT l.order_no AS subject FROM order_lines l
        WHERE l.delivery IN ('card', 'license') AND l.delivered_quantity <>
            (SELECT COUNT(*) FROM card_keys k WHERE k.order_no = l.order_no AND k.line_no = l.line_no
             AND k.replaced_by IS NULL)
    """,
    "a refunded line's keys are void": """
        SELECT k.order_no AS subject FROM card_keys k
        JOIN order_lines l ON l.order_no = k.order_no AND l.line_no = k.line_no
        WHERE k.replaced_by IS NULL
            AND (k.state = 'void') <> (l.refunding_fen + l.refunded_fen = l.amount_fen)
    """,
    "a replaced key is void, and its line has another one": """
        SELECT k.order_no AS subject FROM card_keys k
        LEFT JOIN card_keys n ON n.key_no = k.replaced_by AND n.key_no <> k.key_no
            AND n.order_no = k.order_no AND n.line_no = k.line_no
        WHERE k.replaced_by IS NOT NULL AND (k.state <> 'void' OR n.key_no IS NULL)
    """,
    "a key is sold to a line of its own goods": """
        SELECT k.sku_id AS subject FROM card_keys k
        LEFT JOIN order_lines l ON l.order_no = k.order_no AND l.line_no = k.line_no
        WHERE k.order_no IS NOT NULL AND (l.sku_id IS NULL OR l.sku_id <> k.sku_id)
    """,
    "one key is sold once, under whatever goods": """
        SELECT MIN(sku_id) AS subject FROM card_keys WHERE state = 'sold'
        GROUP BY fingerprint HAVING COUNT(*) > 1
    """,
    "a coupon was used as often as orders hold it": """
        SELECT c.code AS subject FROM coupons c LEFT JOIN
            (SELECT code, COUNT(*) AS uses FROM coupon_uses WHERE given_back_at IS NULL GROUP BY code) AS held
            ON held.code = c.code
        WHERE c.used <> COALESCE(held.uses, 0)
    """,
    "an order holds its coupon as long as it can be delivered": """
        SELECT o.order_no AS subject FROM orders o
        LEFT JOIN coupon_uses u ON u.order_no = o.order_no AND u.given_back_at IS NULL
        WHERE o.coupon IS NOT NULL AND
            ((u.code IS NULL AND o.state IN ('awaiting_payment', 'placed'))
            OR (u.code IS NOT NULL AND o.state IN ('expired', 'cancelled')))
    """,
    "a timeline is numbered without gaps and begins with the placing": """
        SELECT o.order_no AS subject FROM orders o
        LEFT JOIN order_events e ON e.order_no = o.order_no
        GROUP BY o.order_no
        HAVING COUNT(e.seq) <> COALESCE(MAX(e.seq), 0) OR COUNT(e.seq) = 0
            OR SUM(CASE WHEN e.kind = 'placed' AND e.seq = 1 THEN 1 ELSE 0 END) <> 1
    """,
}

_QUERIES: Mapping[str, TextClause] = {
    name: text(f"{query} LIMIT {SUBJECTS_MAX}") for name, query in INVARIANTS.items()
}

STUCK = "a settled order is in bounded time delivered, waiting for a person, or refunded"

# A line that waits for us, for its customer, or for a supplier that says it is at work stands
# still for a good reason, and so does one that no supplier can take while a person is called for it; one
# that is queued or in the dark does not.
_STUCK = text(
    f"""
    SELECT o.order_no AS subject FROM orders o
    WHERE o.state = 'placed' AND o.settled_at < :before AND EXISTS
        (SELECT 1 FROM order_lines l WHERE l.order_no = o.order_no
         AND l.state IN ('queued', 'submitting')
         AND NOT (l.state = 'queued' AND EXISTS
            (SELECT 1 FROM alarms a WHERE a.kind = 'no_supplier' AND a.closed_at IS NULL
             AND a.subject = l.order_no || '-' || CAST(l.line_no AS TEXT))))
    UNION ALL
    SELECT r.order_no FROM refunds r WHERE r.ended_at IS NULL AND r.created_at < :before
        AND r.state IN ('requested', 'submitting')
    LIMIT {SUBJECTS_MAX}
    """
)


def violations(tx: Tx, policy: Policy, now: datetime) -> tuple[Violation, ...]:
    """Everything that is wrong with the books; empty when all is well."""
    found = [Violation(name, row.subject) for name, query in _QUERIES.items() for row in tx.execute(query)]
    before = now - timedelta(minutes=policy.sweep.settled_stuck_minutes)
    found += [Violation(STUCK, row.subject) for row in tx.execute(_STUCK, {"before": stamp(before)})]
    return tuple(found)
