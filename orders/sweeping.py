"""Looks through the books for what is wrong, and for work that nobody is going to do.

Every step of an order leaves a job behind, in the same transaction; so this should never find
anything. It is here for the day on which it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, literal_column, select

from orders import errands, stockroom
from orders.backroom import Backroom
from orders.database import Tx
from orders.delivering import HOUSE
from orders.errands import Errand
from orders.invariants import Violation
from orders.order import LineState, OrderState
from orders.payment import RefundState
from orders.store.instants import stamp
from orders.tables import attempts, notices, order_lines, orders, refunds

JOB_GIVEN_UP = "job_given_up"

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
    .where(attempts.c.ended_at.is_(None), ~attempts.c.supplier.startswith(HOUSE))
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
    .where(
        orders.c.state == literal_column(f"'{OrderState.AWAITING_PAYMENT.value}'"),
        orders.c.expires_at <= bindparam("b_now"),
    )
    .order_by(orders.c.expires_at)
    .limit(LOOKED_AT_MAX)
)
_FORGET = delete(notices).where(notices.c.nonce.is_(None), notices.c.received_at < bindparam("b_before"))


def begin(tx: Tx, room: Backroom, now: datetime) -> None:
    """Have the sweep come around; harmless where it does already."""
    if room.jobs.missing(tx, (errands.SWEEP.key,)):
        _come_again(tx, room, now)


def sweep(tx: Tx, room: Backroom, found: Sequence[Violation], now: datetime) -> int:
    """Ring for what is broken, take up what was dropped, and come again. Returns how much was
    taken up."""
    for violation in found:
        room.alarm(tx, "invariant", violation.subject, violation.invariant, now)
    for key, error in room.jobs.dead(tx):
        room.alarm(tx, JOB_GIVEN_UP, key, error, now)
    stockroom.retire(tx, room, now)
    tx.execute(_FORGET, {"b_before": stamp(now - REFUSED_NOTICES_KEPT)})
    _come_again(tx, room, now)
    return _take_up(tx, room, now)


def _come_again(tx: Tx, room: Backroom, now: datetime) -> None:
    at = now + timedelta(minutes=room.policy.sweep.every_minutes)
    room.later(tx, errands.SWEEP, at)


def _take_up(tx: Tx, room: Backroom, now: datetime) -> int:
    """Write the job again for whatever waits for one that is not there."""
    waiting: list[Errand] = []
    waiting += [errands.submit_line(row.order_no, row.line_no) for row in tx.execute(_QUEUED)]
    waiting += [
        errands.query_attempt(row.order_no, row.line_no, row.attempt, row.request_no)
        for row in tx.execute(_OPEN)
    ]
    waiting += [errands.submit_refund(row.refund_no) for row in tx.execute(_REQUESTED)]
    waiting += [errands.query_refund(row.refund_no) for row in tx.execute(_ASKED)]
    waiting += [errands.expire_order(row.order_no) for row in tx.execute(_UNPAID, {"b_now": stamp(now)})]
    missing = room.jobs.missing(tx, tuple(errand.key for errand in waiting))
    dropped = [errand for errand in waiting if errand.key in missing]
    for errand in dropped:
        room.later(tx, errand, now)
    if dropped:
        room.alarm(tx, "work_dropped", "jobs", f"{len(dropped)} taken up again", now)
    return len(dropped)
