"""An order comes to its end, or back from a person's desk, by what its lines have come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from orders import errands
from orders.backroom import Backroom
from orders.database import Tx
from orders.order import EventKind, LineState, Order, OrderState
from orders.store import bills, book, money, timeline


def leave_review(tx: Tx, room: Backroom, order: Order, now: datetime) -> Order:
    """Go on by itself once nothing is left that a person was called for."""
    if order.state is not OrderState.IN_REVIEW:
        return order
    in_the_dark = any(line.state is LineState.UNKNOWN for line in order.lines)
    if in_the_dark or money.has_refused_refund(tx, order.order_no) or bills.is_denied(tx, order.order_no):
        return order
    # What was completed before it came to review is so still, and is not told again.
    completed = order.is_ended and timeline.has(tx, order.order_no, EventKind.COMPLETED)
    state = OrderState.COMPLETED if completed else OrderState.PLACED
    order = book.update_order(tx, order, replace(order, state=state))
    room.note(tx, order.order_no, EventKind.REVIEWED, now)
    for line in order.lines:
        if line.state is LineState.QUEUED:
            room.later(tx, errands.submit_line(order.order_no, line.line_no), now)
    return order


def complete(tx: Tx, room: Backroom, order: Order, now: datetime) -> Order:
    """Nothing is left to deliver."""
    order = book.update_order(tx, order, replace(order, state=OrderState.COMPLETED))
    room.never_mind(tx, errands.check_promise(order.order_no))
    room.note(tx, order.order_no, EventKind.COMPLETED, now)
    return order


def freeze(tx: Tx, room: Backroom, order: Order, why: str, now: datetime) -> Order:
    """Have a person look at it first: nothing more is delivered. An order that was given up, or is
    looked at already, stays as it is."""
    if order.state not in (OrderState.PLACED, OrderState.COMPLETED):
        return order
    order = book.update_order(tx, order, replace(order, state=OrderState.IN_REVIEW))
    room.note(tx, order.order_no, EventKind.IN_REVIEW, now, detail=why)
    return order
