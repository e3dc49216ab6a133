"""Looks through the books for what is wrong, and for work that nobody is going to do.

Every step of an order leaves a job behind, in the same transaction; so this should never find
anything. It is here for the day on which it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import bindparam, delete, select

from orders import delivering, placing, refunding, settling
from orders.backroom import Backroom
from orders.database import Tx
from orders.invariants import Violation
from orders.order import LineState, OrderState
from orders.payment import RefundState
from orders.store.instants import stamp
from orders.tables import attempts, notices, order_lines, orders, refunds

KEY = "sweep"

LOOKED_AT_MAX = 500
"""Of each kind so many are looked at in one sweep, the oldest first; the next one goes on."""

REFUSED_NOTICES_KEPT = timedelta(days=30)

_QUEUED = (
    select(order_lines.c.order_no, order_lines.c.line_no)
    .join(orders, orders.c.order_no == order_lines.c.order_no)
    .where(orders.c.state == OrderState.PLACED.value, order_lines.c.state == LineState.QUEUED.value)
    .order_by(orders.c.settled_at)
    .limit(LOOKED_AT_MAX)
)
_OPEN = (
    select(attempts.c.order_no, attempts.c.line_no, attempts.c.attempt, attempts.c.request_no)
    .where(attempts.c.ended_at.is_(None), ~attempts.c.supplier.startswith(delivering.HOUSE))
    .order_by(attempts.c.submitted_at)
    .limit(LOOKED_AT_MAX)
)
_REQUESTED = (
    select(refunds.c.refund_no)
    .where(refunds.c.state == RefundState.REQUESTED.value)
    .order_by(refunds.c.created_at)
    .limit(LOOKED_AT_MAX)
)
_ASKED = (
    select(refunds.c.refund_no)
    .where(
        refunds.c.state.in_(
            [RefundState.SUBMITTING.value, RefundState.PROCESSING.value, RefundState.UNKNOWN.value]
        )
    )
    .order_by(refunds.c.created_at)
    .limit(LOOKED_AT_MAX)
)
_UNPAID = (
    select(orders.c.order_no)
    .where(orders.c.state == OrderState.AWAITING_PAYMENT.value, orders.c.expires_at <= bindparam("b_now"))
    .order_by(orders.c.expires_at)
    .limit(LOOKED_AT_MAX)
)
_FORGET = delete(notices).where(notices.c.nonce.is_(None), notices.c.received_at < bindparam("b_before"))


def begin(tx: Tx, room: Backroom, now: datetime) -> None:
    """Have the sweep come around; harmless where it does already."""
    if room.jobs.missing(tx, (KEY,)):
        _come_again(tx, room, now)


def sweep(tx: Tx, room: Backroom, found: Sequence[Violation], now: datetime) -> int:
    """Ring for what is broken, take up what was dropped, and come again. Returns how much was
    taken up."""
    for violation in found:
        room.alarm(tx, "invariant", violation.subject, violation.invariant, now)
    for key, error in room.jobs.dead(tx):
        room.alarm(tx, "job_given_up", key, error, now)
    tx.execute(_FORGET, {"b_before": stamp(now - REFUSED_NOTICES_KEPT)})
    _come_again(tx, room, now)
    return _take_up(tx, room, now)


def _come_again(tx: Tx, room: Backroom, now: datetime) -> None:
    at = now + timedelta(minutes=room.policy.sweep.every_minutes)
    room.jobs.enqueue(tx, KEY, KEY, {}, at)


def _take_up(tx: Tx, room: Backroom, now: datetime) -> int:
    """Write the job again for whatever waits for one that is not there."""
    waiting: dict[str, Callable[[], None]] = {}
    for row in tx.execute(_QUEUED):
        key = settling.submit_key(row.order_no, row.line_no)
        waiting[key] = partial(settling.submit_later, tx, room, row.order_no, row.line_no, now)
    for open_one in tx.execute(_OPEN):
        waiting[delivering.query_key(open_one.request_no)] = partial(
            delivering.query_later,
            tx,
            room,
            open_one.order_no,
            open_one.line_no,
            open_one.attempt,
            open_one.request_no,
            now,
        )
    for row in tx.execute(_REQUESTED):
        key = refunding.submit_key(row.refund_no)
        waiting[key] = partial(refunding.submit_later, tx, room, row.refund_no, now)
    for row in tx.execute(_ASKED):
        key = refunding.query_key(row.refund_no)
        waiting[key] = partial(refunding.query_later, tx, room, row.refund_no, now)
    for row in tx.execute(_UNPAID, {"b_now": stamp(now)}):
        key = placing.expiry_key(row.order_no)
        waiting[key] = partial(placing.expire_later, tx, room, row.order_no, now)
    dropped = room.jobs.missing(tx, tuple(waiting))
    for key in dropped:
        waiting[key]()
    if dropped:
        room.alarm(tx, "work_dropped", "jobs", f"{len(dropped)} taken up again", now)
    return len(dropped)
