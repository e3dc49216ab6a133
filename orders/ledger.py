"""Double-entry bookkeeping: where money is, and whose it is.

Every set of entries sums to zero and is only ever added. A positive amount is something we have
or gave (an asset, a debit), a negative one something we owe or earned (a credit).
"""

from __future__ import annotations

from collections.abc import Mapping

from orders.money import Fen

Entries = Mapping[str, int]

ADVANCES = "customer_advances"
"""Paid by customers, not delivered yet: we owe the goods."""
REVENUE = "revenue"
FEE_INCOME = "fee_income"
SURPLUS = "surplus_payments"
"""Paid once more than was owed: we owe it back."""
REFUNDS_DUE = "refunds_due"
"""Promised back, not yet confirmed by the gateway."""


def receivable(gateway: str) -> str:
    """What a gateway holds for us."""
    return f"receivable:{gateway}"


def on_settled(gateway: str, amount_fen: Fen, surplus: bool) -> Entries:
    return {receivable(gateway): amount_fen, SURPLUS if surplus else ADVANCES: -amount_fen}


def on_delivered(amount_fen: Fen) -> Entries:
    return {ADVANCES: amount_fen, REVENUE: -amount_fen}


def on_fee_earned(fee_fen: Fen) -> Entries:
    return {ADVANCES: fee_fen, FEE_INCOME: -fee_fen}


def on_refund_promised(out_of: str, amount_fen: Fen) -> Entries:
    """`out_of` is what the money was until now: an advance, revenue, or a surplus."""
    return {out_of: amount_fen, REFUNDS_DUE: -amount_fen}


def on_refunded(gateway: str, amount_fen: Fen) -> Entries:
    return {REFUNDS_DUE: amount_fen, receivable(gateway): -amount_fen}
