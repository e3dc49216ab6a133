"""A promised time that has passed: the customer is told how it stands, unasked and once a line.

One look for an order is written down when its money comes in; it looks again for lines that were
promised for later. What is said is the announcer's; here it is only found out that it is late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from orders import errands
from orders.backroom import Backroom
from orders.database import Tx
from orders.order import EventKind, LineState, Order, OrderLine, OrderState
from orders.policy import AfterSalesPolicy
from orders.store import book, timeline

UNDER_WAY = frozenset({LineState.QUEUED, LineState.SUBMITTING, LineState.SUBMITTED, LineState.UNKNOWN})
"""Lines that the customer waits for us with; one that needs info waits for him."""


def is_late(order: Order, line: OrderLine, policy: AfterSalesPolicy, now: datetime) -> bool:
    """Whether the line is still open although its time has passed."""
    paid_at = order.settled_at
    return (
        line.state in UNDER_WAY and paid_at is not None and paid_at + policy.patience(line.eta_minutes) <= now
    )


def keep_an_eye_on(tx: Tx, room: Backroom, order: Order, begun_at: datetime) -> None:
    """Look at the order when the first of its lines should have arrived, counted from `begun_at`."""
    waits = [
        room.policy.aftersales.patience(line.eta_minutes) for line in order.lines if line.state in UNDER_WAY
    ]
    if waits:
        room.later(tx, errands.check_promise(order.order_no), begun_at + min(waits))


def look(tx: Tx, room: Backroom, order_no: str, now: datetime) -> None:
    """Note the lines that are late and were not told yet; look again when the next one is due."""
    order = book.locked(tx, order_no)
    if order is None or order.state is not OrderState.PLACED or order.settled_at is None:
        # A person looks at it already, and that was told.
        return
    events = timeline.all_of(tx, order_no)
    told = set().union(*(late_lines(event.detail) for event in events if event.kind is EventKind.OVERDUE))
    begun = {event.line_no: event.at for event in events if event.kind is EventKind.ACCOUNT_CHANGED}
    due = {
        line.line_no: begun.get(line.line_no, order.settled_at)
        + room.policy.aftersales.patience(line.eta_minutes)
        for line in order.lines
        if line.state in UNDER_WAY and line.line_no not in told
    }
    late = [line for line in order.lines if line.line_no in due and due[line.line_no] <= now]
    if late:
        one = late[0].line_no if len(late) == 1 else None
        room.note(tx, order_no, EventKind.OVERDUE, now, one, detail=_written(late))
    coming = [at for at in due.values() if at > now]
    if coming:
        room.later(tx, errands.check_promise(order_no), min(coming))


def late_lines(detail: str | None) -> Mapping[int, LineState]:
    """The lines that an OVERDUE event is about, with the state that each was in."""
    parts = (part.partition(":") for part in (detail or "").split(",") if part)
    return {int(line_no): LineState(state) for line_no, _, state in parts}


def _written(lines: Iterable[OrderLine]) -> str:
    return ",".join(f"{line.line_no}:{line.state}" for line in lines)
