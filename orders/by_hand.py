"""What people do about a line that stands still: the customer names another recipient, somebody of the staff
tells how its delivery ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from orders import delivering, errands, promises
from orders.backroom import Backroom
from orders.catalog import AccountKind
from orders.database import Tx
from orders.errors import NoSuchOrder, NotPermitted
from orders.order import ATTEMPT_OPEN, EventKind, LineState, Order, OrderState
from orders.ports import Outcome, SupplierAnswer
from orders.store import book


def change_account(
    tx: Tx, room: Backroom, order_no: str, line_no: int, customer_id: str, account: str, now: datetime
) -> Order:
    """The customer gives a right recipient; see `Shop.change_account`."""
    order = book.locked(tx, order_no)
    line = order.line(line_no) if order else None
    if order is None or line is None or order.customer_id != customer_id:
        raise NoSuchOrder(order_no)
    if line.state is not LineState.NEEDS_INFO or line.account_kind is AccountKind.NONE:
        raise NotPermitted(f"line {line_no} of order {order_no} is {line.state}; it needs no recipient")
    changed = replace(line, account=account, state=LineState.QUEUED)
    order = book.update_line(tx, order, line, changed)
    room.note(tx, order_no, EventKind.ACCOUNT_CHANGED, now, line_no)
    promises.keep_an_eye_on(tx, room, order, now)
    room.later(tx, errands.submit_line(order_no, line_no), now)
    return order


def resolve(
    tx: Tx, room: Backroom, order_no: str, line_no: int, said: SupplierAnswer, agent: str, now: datetime
) -> Order:
    """A person tells how an open attempt ended; see `Shop.resolve`."""
    order = book.locked(tx, order_no)
    line = order.line(line_no) if order else None
    if order is None or line is None:
        raise NoSuchOrder(order_no)
    if line.state is LineState.QUEUED and said.outcome is Outcome.FAILED and order.state is OrderState.PLACED:
        # Nobody can take it, and the person who was called for that gives it up.
        delivering.fail_queued(tx, room, order, line, said.reason or f"by {agent}", now)
        after = book.get(tx, order_no)
        assert after is not None
        return after
    if line.state not in ATTEMPT_OPEN:
        raise NotPermitted(f"line {line_no} of order {order_no} is {line.state}; there is nothing to tell")
    told = replace(said, supplier_ref=f"by {agent}")
    delivering.answer(tx, room, order_no, line_no, line.attempt, told, now, by_person=True)
    after = book.get(tx, order_no)
    assert after is not None
    return after
