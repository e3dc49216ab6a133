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
BALANCES = "customer_balances"
"""What customers left with us, to be spent later."""
UNCLAIMED = "unclaimed"
"""Money that a gateway has and nobody of ours paid: whose it is, a person finds out."""
GATEWAY_FEES = "gateway_fees"
"""What gateways kept for themselves: an expense."""
COST_OF_GOODS = "cost_of_goods"
"""What delivered goods had cost us: an expense."""
CARD_STOCK = "card_stock"
"""What the card keys that are still ours had cost."""
STOCK_LOSSES = "stock_losses"
"""What card keys had cost that expired or were struck off: an expense."""
BANK = "bank"
"""Our own account at a bank, as far as the shop moves it."""

HOUSE = "balance"
"""The gateway that is the shop itself: who pays at it spends what he left with us."""

_RECEIVABLE, _PREPAYMENT = "receivable:", "supplier_prepayment:"


def receivable(gateway: str) -> str:
    """What a gateway holds for us; where that is ourselves, what the customer left with us."""
    return BALANCES if gateway == HOUSE else _RECEIVABLE + gateway


def prepayment(supplier: str) -> str:
    """What we paid a supplier in advance, and it has not delivered for yet."""
    return _PREPAYMENT + supplier


def on_settled(gateway: str, amount_fen: Fen, surplus: bool) -> Entries:
    return {receivable(gateway): amount_fen, SURPLUS if surplus else ADVANCES: -amount_fen}


def on_delivered(amount_fen: Fen) -> Entries:
    return {ADVANCES: amount_fen, REVENUE: -amount_fen}


def on_deposited(amount_fen: Fen) -> Entries:
    """What was paid into the wallet is no advance any more; it is the customer's to spend."""
    return {ADVANCES: amount_fen, BALANCES: -amount_fen}


def on_fee_earned(fee_fen: Fen) -> Entries:
    return {ADVANCES: fee_fen, FEE_INCOME: -fee_fen}


def on_refund_promised(out_of: str, amount_fen: Fen) -> Entries:
    """`out_of` is what the money was until now: an advance, revenue, a surplus, or a balance."""
    return {out_of: amount_fen, REFUNDS_DUE: -amount_fen}


def on_refunded(gateway: str, amount_fen: Fen) -> Entries:
    return {REFUNDS_DUE: amount_fen, receivable(gateway): -amount_fen}


def on_kept(gateway: str, fee_fen: int) -> Entries:
    """A gateway kept a fee, or gave one back where it is negative."""
    return {GATEWAY_FEES: fee_fen, receivable(gateway): -fee_fen}


def on_unclaimed(gateway: str, amount_fen: int, fee_fen: int) -> Entries:
    """Money that came to a gateway, or left it where it is negative, for no reason that we know."""
    return {
        receivable(gateway): amount_fen - fee_fen,
        GATEWAY_FEES: fee_fen,
        UNCLAIMED: -amount_fen,
    }


def on_cost(supplier: str, cost_fen: int) -> Entries:
    """A supplier delivered, and took its price from what we had prepaid."""
    return {COST_OF_GOODS: cost_fen, prepayment(supplier): -cost_fen}


def on_keys_sold(cost_fen: int) -> Entries:
    """Card keys out of our own stock, at what their batches had cost."""
    return {COST_OF_GOODS: cost_fen, CARD_STOCK: -cost_fen}


def on_keys_lost(cost_fen: int) -> Entries:
    return {STOCK_LOSSES: cost_fen, CARD_STOCK: -cost_fen}


def on_keys_bought(cost_fen: int) -> Entries:
    return {CARD_STOCK: cost_fen, BANK: -cost_fen}


def on_payout(gateway: str, amount_fen: int) -> Entries:
    """A gateway sent what it held for us to our bank."""
    return {BANK: amount_fen, receivable(gateway): -amount_fen}


def on_prepaid(supplier: str, amount_fen: int) -> Entries:
    """We paid a supplier in advance."""
    return {prepayment(supplier): amount_fen, BANK: -amount_fen}
