"""A payer chooses a way to pay: every way is a payment of its own, with a number of its own.

A gateway knows a payment by its number, and takes another amount, scene or merchant under the same number
for a fault; so nothing is ever asked for twice under one. Several payments of an order may come to be paid
all the same: the second one is surplus and goes back (`settling.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from orders import errands
from orders.backroom import Backroom
from orders.database import Tx
from orders.money import NOTHING, Fen
from orders.order import Order, PaymentState
from orders.payment import CURRENCY, STARS, TELEGRAM, Charge, Payment
from orders.ports import PaymentOffer, Scene
from orders.store import book, money

CLOSE_AFTER = timedelta(seconds=60)
"""A payment that another one takes the place of is closed at once; this is for a process that dies first."""


INVOICE_AFTER = timedelta(seconds=1)


class NoWay(StrEnum):
    """Why a payer cannot be sent to a gateway now."""

    UNKNOWN = "unknown"
    """There is no such link, or no such gateway for it."""
    PAID = "paid"
    ENDED = "ended"
    """Expired, cancelled, or gone."""
    TOO_OFTEN = "too_often"
    """So many payments were opened for this order that it looks like play."""
    REFUSED = "refused"
    """The gateway will not take this payment."""
    SILENT = "silent"
    """The gateway did not answer. Nothing is lost: the same way may be tried again."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The payment that the payer is sent to, and those that it takes the place of."""

    payment: Payment
    order: Order
    left: tuple[Payment, ...]


def first_payment(room: Backroom, order: Order) -> Payment:
    """The payment that an order is placed with, at the gateway that its customer is offered first;
    nobody was sent there yet."""
    gateway = room.ways_to_pay(order.customer_id)[0]
    return _payment(room, order, gateway, f"{order.order_no}-1", order.total_fen, order.created_at)


def payment_at(room: Backroom, order: Order, gateway: str, attempt: int, now: datetime) -> Payment:
    """Another payment of the order, for what it costs at this gateway."""
    number = f"{order.order_no}-{attempt}"
    return _payment(room, order, gateway, number, room.due_at(gateway, order), now)


def _payment(
    room: Backroom, order: Order, gateway: str, out_trade_no: str, amount_fen: Fen, now: datetime
) -> Payment:
    return Payment(
        payment_id=0,
        order_no=order.order_no,
        gateway=gateway,
        out_trade_no=out_trade_no,
        amount_fen=amount_fen,
        currency=CURRENCY,
        state=PaymentState.UNPAID,
        surplus=False,
        psp_ref=None,
        method=None,
        created_at=now,
        expires_at=order.expires_at,
        settled_at=None,
        refunded_fen=NOTHING,
        charge=room.charge(gateway, amount_fen),
    )


def invoice(tx: Tx, room: Backroom, order: Order, payment: Payment, now: datetime) -> None:
    """Who orders in Telegram and pays in stars needs no page: the invoice comes into his chat by itself,
    behind the quote."""
    if payment.gateway == STARS and order.customer_id.startswith(f"{TELEGRAM}:"):
        room.later(tx, errands.send_invoice(order.order_no), now + INVOICE_AFTER)


def begin(tx: Tx, room: Backroom, pay_token: str, gateway: str, scene: Scene, now: datetime) -> Begun | NoWay:
    """Write the payment down before the gateway hears of it: its notice may be faster than its answer.

    Choosing the same way again is the same payment. From now on the gateway is asked by ourselves, too.
    """
    found = book.by_pay_token(tx, pay_token)
    order = book.locked(tx, found.order_no) if found else None
    if order is None or gateway not in room.ways_to_pay(order.customer_id):
        return NoWay.UNKNOWN
    if order.settled_fen:
        return NoWay.PAID
    if not order.is_payable or now >= order.expires_at:
        return NoWay.ENDED
    payments = money.payments_of(tx, order.order_no)
    payment = _same_way(payments, gateway, scene)
    if payment is None:
        if len(payments) >= room.policy.payment.attempts_max:
            return NoWay.TOO_OFTEN
        payment = replace(payment_at(room, order, gateway, len(payments) + 1, now), scene=scene)
        payment = replace(payment, payment_id=money.add_payment(tx, payment))
    elif payment.scene is None:
        # No gateway has heard of it. UnionPay takes only a payment that was made just now.
        payment = money.set_scene(tx, payment, scene, now)
    # He may have left this way before, and come back to it.
    room.never_mind(tx, errands.close_payment(payment.out_trade_no))
    # To a payment without a scene nobody was ever sent.
    left = tuple(
        one for one in payments if one.may_be_paid and one.scene and one.out_trade_no != payment.out_trade_no
    )
    for one in left:
        room.later(tx, errands.close_payment(one.out_trade_no), now + CLOSE_AFTER)
    wait = timedelta(seconds=room.policy.payment.query_seconds[0])
    room.later(tx, errands.query_payment(payment.out_trade_no), now + wait)
    return Begun(payment, order, left)


def objection(tx: Tx, out_trade_no: str, customer_id: str, offered: Charge, now: datetime) -> NoWay | None:
    """Why a payer who has his finger on the button must be stopped; None where he may pay. Only reads.

    What he is let through to pay can still come too late, or twice; that is settled like any money."""
    payment = money.by_trade_no(tx, out_trade_no)
    order = book.get(tx, payment.order_no) if payment else None
    if payment is None or order is None or order.customer_id != customer_id:
        return NoWay.UNKNOWN
    if order.settled_fen:
        return NoWay.PAID
    if not order.is_payable or not payment.may_be_paid or now >= order.expires_at:
        return NoWay.ENDED
    return None if offered == payment.charged else NoWay.REFUSED


def _same_way(payments: tuple[Payment, ...], gateway: str, scene: Scene) -> Payment | None:
    fitting = (
        one for one in payments if one.may_be_paid and one.gateway == gateway and one.scene in (None, scene)
    )
    return next(fitting, None)


def keep_offer(tx: Tx, payment: Payment, offer: PaymentOffer) -> None:
    """What the gateway gave for it, so that a page that is opened again need not ask again."""
    money.set_offer(tx, payment, offer)


def closed(tx: Tx, room: Backroom, out_trade_no: str) -> None:
    """The gateway says that nobody can pay it any more."""
    payment = money.by_trade_no(tx, out_trade_no)
    if payment is not None and payment.may_be_paid:
        money.update_payment(tx, payment, replace(payment, state=PaymentState.CLOSED))
    room.never_mind(tx, errands.close_payment(out_trade_no))
    room.never_mind(tx, errands.query_payment(out_trade_no))
