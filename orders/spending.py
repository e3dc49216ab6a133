"""An order is paid with the money that its customer left with us.

There is no gateway to ask: the money is taken from his row and settled in one transaction, by the one
path that all money goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orders import ledger, paying, settling
from orders.backroom import HOUSE_MERCHANT, Backroom
from orders.catalog import Catalog
from orders.database import Tx
from orders.errors import NoSuchOrder, NotPermitted
from orders.money import Fen
from orders.order import OrderPurpose
from orders.payment import CURRENCY, Effect, Settled
from orders.ports import PaymentNotice, Source
from orders.store import book, customers, money


@dataclass(frozen=True, slots=True)
class PaidFromBalance:
    """What it came to, and what is left."""

    amount_fen: Fen
    balance_fen: Fen


@dataclass(frozen=True, slots=True)
class BalanceShort:
    """Nothing was taken: so much is due, and only so much is there."""

    due_fen: Fen
    balance_fen: Fen

    @property
    def missing_fen(self) -> Fen:
        return Fen(self.due_fen - self.balance_fen)


def pay(
    tx: Tx, room: Backroom, catalog: Catalog, order_no: str, customer_id: str, now: datetime
) -> PaidFromBalance | BalanceShort:
    """Pay an order for goods; see `Shop.pay_from_balance`."""
    order = book.locked(tx, order_no)
    if order is None or order.customer_id != customer_id:
        raise NoSuchOrder(order_no)
    if not order.is_payable or now >= order.expires_at:
        raise NotPermitted(f"order {order_no} is {order.state}; nothing is to be paid any more")
    if order.purpose is OrderPurpose.DEPOSIT:
        raise NotPermitted(f"order {order_no} puts money into the wallet; it is not paid out of it")
    attempt = len(money.payments_of(tx, order_no)) + 1
    payment = paying.payment_at(room, order, ledger.HOUSE, attempt, now)
    due = payment.amount_fen
    if not customers.spend(tx, customer_id, due):
        return BalanceShort(due, customers.find(tx, customer_id).balance_fen)
    money.add_payment(tx, payment)
    settled = settling.settle(tx, room, catalog, _notice(payment.out_trade_no, due, now), now)
    assert isinstance(settled, Settled), settled
    assert settled.effect is Effect.PAID, settled
    return PaidFromBalance(due, customers.find(tx, customer_id).balance_fen)


def _notice(out_trade_no: str, amount_fen: Fen, now: datetime) -> PaymentNotice:
    return PaymentNotice(
        gateway=ledger.HOUSE,
        merchant_id=HOUSE_MERCHANT.merchant_id,
        app_id=HOUSE_MERCHANT.app_id,
        out_trade_no=out_trade_no,
        psp_ref=f"{ledger.HOUSE}:{out_trade_no}",
        amount_fen=amount_fen,
        currency=CURRENCY,
        method=ledger.HOUSE,
        paid_at=now,
        source=Source.WALLET,
    )
