"""What an accountant asks of the ledger, answered by the database.

A positive amount is a debit: something we have or gave. Periods are whole days in China, the last
one included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, text

from orders import ledger
from orders.database import Tx
from orders.money import Fen
from orders.reconciling import start_of
from orders.store.instants import moment, stamp

_A_DAY = 86_400_000_000
_CHINA_AHEAD = 8 * 3_600_000_000
_DAY = f"(({{at}} + {_CHINA_AHEAD}) / {_A_DAY})"
"""The day in China, counted from 1970, of a time in microseconds."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included, in China."""

    first: date
    last: date

    @classmethod
    def until(cls, day: date) -> Period:
        """Everything up to the end of that day."""
        return cls(_EPOCH, day)

    @property
    def limits(self) -> dict[str, int]:
        ends = start_of(self.last + timedelta(days=1))
        return {"begins": stamp(start_of(self.first)), "ends": stamp(ends)}


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account over a period: what it stood at, what moved, and what it stands at."""

    account: str
    opening_fen: Fen
    debit_fen: Fen
    credit_fen: Fen
    closing_fen: Fen


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account; sound books come to nothing, and as much was debited as credited."""

    lines: tuple[AccountLine, ...]

    @property
    def opening_fen(self) -> Fen:
        return Fen(sum(line.opening_fen for line in self.lines))

    @property
    def debit_fen(self) -> Fen:
        return Fen(sum(line.debit_fen for line in self.lines))

    @property
    def credit_fen(self) -> Fen:
        return Fen(sum(line.credit_fen for line in self.lines))

    @property
    def closing_fen(self) -> Fen:
        return Fen(sum(line.closing_fen for line in self.lines))

    @property
    def balances(self) -> bool:
        return not self.opening_fen and not self.closing_fen and self.debit_fen == self.credit_fen


_ACCOUNTS = text(
    """
    SELECT account,
        SUM(CASE WHEN at < :begins THEN amount_fen ELSE 0 END) AS opening,
        SUM(CASE WHEN at >= :begins AND amount_fen > 0 THEN amount_fen ELSE 0 END) AS debit,
        SUM(CASE WHEN at >= :begins AND amount_fen < 0 THEN -amount_fen ELSE 0 END) AS credit,
        SUM(amount_fen) AS closing
    FROM ledger WHERE at < :ends GROUP BY account ORDER BY account
    """
)


def trial_balance(tx: Tx, period: Period) -> TrialBalance:
    rows = tx.execute(_ACCOUNTS, period.limits)
    lines = (
        AccountLine(
            row.account,
            Fen(int(row.opening)),
            Fen(int(row.debit)),
            Fen(int(row.credit)),
            Fen(int(row.closing)),
        )
        for row in rows
    )
    return TrialBalance(tuple(lines))


@dataclass(frozen=True, slots=True)
class Receivable:
    """What a gateway holds for us, by how long it has done so: the oldest is paid out first."""

    gateway: str
    fen: Fen
    day_fen: Fen
    """Since less than two days."""
    week_fen: Fen
    """Since two to seven days."""
    older_fen: Fen
    oldest: date | None


# What went out is taken from the oldest days first; what is left of a day is what its running total
# exceeds that by, and never more than came on it.
_RECEIVABLE = text(
    f"""
    WITH days AS (
        SELECT account, {_DAY.format(at="at")} AS day,
            SUM(CASE WHEN amount_fen > 0 THEN amount_fen ELSE 0 END) AS came
        FROM ledger WHERE account LIKE 'receivable:%' AND at < :ends GROUP BY account, {_DAY.format(at="at")}
    ), gone AS (
        SELECT account, SUM(CASE WHEN amount_fen < 0 THEN -amount_fen ELSE 0 END) AS fen, SUM(amount_fen) AS stands
        FROM ledger WHERE account LIKE 'receivable:%' AND at < :ends GROUP BY account
    ), running AS (
        SELECT account, day, came, SUM(came) OVER (PARTITION BY account ORDER BY day) AS so_far FROM days
    ), remaining AS (
        SELECT r.account, r.day, CASE WHEN r.so_far <= g.fen THEN 0
            WHEN r.so_far - g.fen < r.came THEN r.so_far - g.fen ELSE r.came END AS fen
        FROM running r JOIN gone g ON g.account = r.account
    )
    SELECT g.account, g.stands,
        COALESCE(SUM(CASE WHEN l.day > :today - 2 THEN l.fen END), 0) AS day_fen,
        COALESCE(SUM(CASE WHEN l.day <= :today - 2 AND l.day >= :today - 7 THEN l.fen END), 0) AS week_fen,
        COALESCE(SUM(CASE WHEN l.day < :today - 7 THEN l.fen END), 0) AS older_fen,
        MIN(CASE WHEN l.fen > 0 THEN l.day END) AS oldest
    FROM gone g LEFT JOIN remaining l ON l.account = g.account
    GROUP BY g.account, g.stands ORDER BY g.account
    """
)


def receivables(tx: Tx, on: date) -> tuple[Receivable, ...]:
    """At the end of that day."""
    limits = {"ends": stamp(start_of(on + timedelta(days=1))), "today": (on - _EPOCH).days}
    return tuple(
        Receivable(
            gateway=row.account.removeprefix(ledger.receivable("")),
            fen=Fen(int(row.stands)),
            day_fen=Fen(int(row.day_fen)),
            week_fen=Fen(int(row.week_fen)),
            older_fen=Fen(int(row.older_fen)),
            oldest=_day(row.oldest),
        )
        for row in tx.execute(_RECEIVABLE, limits)
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """What we owe one customer: goods, money on its way back, and what he left with us."""

    customer_id: str
    advances_fen: Fen
    refunds_fen: Fen
    balance_fen: Fen

    @property
    def total_fen(self) -> Fen:
        return Fen(self.advances_fen + self.refunds_fen + self.balance_fen)


_OWED = text(
    """
    SELECT customer_id, SUM(advances) AS advances, SUM(refunds) AS refunds, SUM(balance) AS balance FROM (
        SELECT o.customer_id,
            CASE WHEN g.account = 'customer_advances' THEN -g.amount_fen ELSE 0 END AS advances,
            CASE WHEN g.account = 'customer_advances' THEN 0 ELSE -g.amount_fen END AS refunds,
            0 AS balance
        FROM ledger g JOIN orders o ON o.order_no = g.order_no
        WHERE g.account IN ('customer_advances', 'surplus_payments', 'refunds_due')
        UNION ALL
        SELECT customer_id, 0, 0, balance_fen FROM customers WHERE balance_fen <> 0
    ) AS parts GROUP BY customer_id
    HAVING SUM(advances) <> 0 OR SUM(refunds) <> 0 OR SUM(balance) <> 0
    ORDER BY SUM(advances) + SUM(refunds) + SUM(balance) DESC, customer_id LIMIT :limit
    """
)


def owed(tx: Tx, limit: int) -> tuple[Owed, ...]:
    """What we owe customers now, the most first."""
    return tuple(
        Owed(row.customer_id, Fen(int(row.advances)), Fen(int(row.refunds)), Fen(int(row.balance)))
        for row in tx.execute(_OWED, {"limit": limit})
    )


@dataclass(frozen=True, slots=True)
class Earned:
    """Revenue and cost of a product on a day. Without a product: fees, what gateways kept, lost keys."""

    day: date
    product_id: str
    product: str
    revenue_fen: Fen
    cost_fen: Fen

    @property
    def margin_fen(self) -> Fen:
        return Fen(self.revenue_fen - self.cost_fen)


# A set of entries says by its ref what it is about: a line delivered, a refund promised, an attempt paid.
_EARNED = text(
    f"""
    SELECT {_DAY.format(at="g.at")} AS day, COALESCE(l.product_id, '') AS product_id,
        COALESCE(MAX(l.name), '') AS product,
        SUM(CASE WHEN g.account IN ('revenue', 'fee_income') THEN -g.amount_fen ELSE 0 END) AS revenue,
        SUM(CASE WHEN g.account IN ('revenue', 'fee_income') THEN 0 ELSE g.amount_fen END) AS cost
    FROM ledger g
    LEFT JOIN refunds r ON g.ref LIKE 'promised:%' AND r.refund_no = SUBSTR(g.ref, 10)
    LEFT JOIN attempts a ON g.ref LIKE 'cost:%' AND a.request_no = SUBSTR(g.ref, 6)
    LEFT JOIN order_lines l ON l.order_no = g.order_no AND (l.line_no = r.line_no OR l.line_no = a.line_no
        OR g.ref = 'delivered:' || l.order_no || ':' || CAST(l.line_no AS TEXT)
        OR g.ref = 'keys:' || l.order_no || ':' || CAST(l.line_no AS TEXT)
        OR g.ref LIKE 'keys:' || l.order_no || ':' || CAST(l.line_no AS TEXT) || ':%')
    WHERE g.account IN ('revenue', 'fee_income', 'cost_of_goods', 'gateway_fees', 'stock_losses')
        AND g.at >= :begins AND g.at < :ends
    GROUP BY {_DAY.format(at="g.at")}, COALESCE(l.product_id, '')
    ORDER BY 1, 2
    """
)


def earned(tx: Tx, period: Period) -> tuple[Earned, ...]:
    """By day and product."""
    rows = tx.execute(_EARNED, period.limits)
    return tuple(
        Earned(
            _EPOCH + timedelta(days=row.day),
            row.product_id,
            row.product,
            Fen(int(row.revenue)),
            Fen(int(row.cost)),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Refunded:
    """Refunds promised for one reason: how many, and what became of them."""

    reason: str
    count: int
    fen: Fen
    arrived_fen: Fen
    refused_fen: Fen

    @property
    def under_way_fen(self) -> Fen:
        return Fen(self.fen - self.arrived_fen - self.refused_fen)


_REFUNDED = text(
    """
    SELECT reason, COUNT(*) AS count_, SUM(amount_fen) AS fen,
        SUM(CASE WHEN state = 'succeeded' THEN amount_fen ELSE 0 END) AS arrived,
        SUM(CASE WHEN state = 'refused' THEN amount_fen ELSE 0 END) AS refused
    FROM refunds WHERE created_at >= :begins AND created_at < :ends GROUP BY reason ORDER BY reason
    """
)


def refunded(tx: Tx, period: Period) -> tuple[Refunded, ...]:
    """By reason, as promised in the period and as they stand now."""
    return tuple(
        Refunded(row.reason, row.count_, Fen(int(row.fen)), Fen(int(row.arrived)), Fen(int(row.refused)))
        for row in tx.execute(_REFUNDED, period.limits)
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger, as it was written."""

    entry_no: int
    at: datetime
    ref: str
    account: str
    amount_fen: Fen
    order_no: str


ENTRIES_AT_ONCE = 5000

_ENTRIES = text(
    "SELECT entry_no, at, ref, account, amount_fen, order_no FROM ledger "
    "WHERE entry_no > :after AND at >= :begins AND at < :ends ORDER BY entry_no LIMIT :limit"
)


def entries(tx: Tx, period: Period) -> Iterator[Entry]:
    """Every line of the period, in the order of writing; so many at a time are in memory."""
    after = 0
    while rows := tx.execute(_ENTRIES, period.limits | {"after": after, "limit": ENTRIES_AT_ONCE}).all():
        yield from map(_entry, rows)
        after = rows[-1].entry_no


def _entry(row: Row[Any]) -> Entry:
    at, amount = moment(row.at), Fen(int(row.amount_fen))
    return Entry(row.entry_no, at.astimezone(UTC), row.ref, row.account, amount, row.order_no or "")


def _day(number: int | None) -> date | None:
    return None if number is None else _EPOCH + timedelta(days=int(number))
