"""Orders of every shape that the three axes of state allow, without a database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

from orders.catalog import AccountKind, Delivery, RefundRule
from orders.money import NOTHING, Fen
from orders.order import LINE_ENDS, LineState, Order, OrderLine, OrderState, PaymentState
from tests.orders.world import START

LINE = OrderLine(
    1, "topup-100", "topup", "话费", "100元", 2, AccountKind.PHONE, "13800138000", None, Fen(9980), Fen(19960),
    3, Delivery.TOPUP, RefundRule.FAILED_ONLY, LineState.QUEUED,
)  # fmt: skip
ORDER = Order(
    "20260105000001", "c1", "q1", OrderState.AWAITING_PAYMENT, PaymentState.UNPAID, (LINE,), Fen(20000),
    Fen(40), NOTHING, Fen(19960), NOTHING, NOTHING, NOTHING, START, START + timedelta(minutes=15), None,
    "pay", "link",
)  # fmt: skip


def orders_of_all_shapes() -> Iterator[Order]:
    yield ORDER
    for state in (OrderState.EXPIRED, OrderState.CANCELLED):
        closed = replace(ORDER, state=state, payment_state=PaymentState.CLOSED)
        yield closed
        settled = replace(closed, payment_state=PaymentState.SETTLED, settled_fen=ORDER.total_fen)
        yield replace(settled, refunding_fen=ORDER.total_fen)
        yield replace(settled, refunded_fen=ORDER.total_fen, payment_state=PaymentState.REFUNDED)
    paid = replace(ORDER, payment_state=PaymentState.SETTLED, settled_fen=ORDER.total_fen)
    for state, line_state in product((OrderState.PLACED, OrderState.IN_REVIEW), set(LineState) - LINE_ENDS):
        yield replace(paid, state=state, lines=(replace(LINE, state=line_state),))
    done = replace(LINE, state=LineState.DONE, delivered_quantity=2)
    yield replace(paid, state=OrderState.COMPLETED, lines=(done,))
    for ending, delivered, amount in (
        (LineState.FAILED, 0, Fen(19960)),
        (LineState.PARTIAL, 1, Fen(9980)),
    ):
        ended = replace(LINE, state=ending, delivered_quantity=delivered)
        completed = replace(paid, state=OrderState.COMPLETED)
        yield replace(completed, lines=(replace(ended, refunding_fen=amount),), refunding_fen=amount)
        yield replace(completed, lines=(replace(ended, refunded_fen=amount),), refunded_fen=amount)
