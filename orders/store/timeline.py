"""What happened to an order, numbered without gaps. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, text

from orders.database import Tx
from orders.money import Fen
from orders.order import EventKind, OrderEvent
from orders.store.instants import moment, stamp
from orders.store.prepared import Prepared
from orders.tables import order_events

# The order's row is locked by whoever writes an event, so two never take the same number.
_APPEND = Prepared(
    text(
        "INSERT INTO order_events (order_no, seq, kind, at, line_no, amount_fen, detail) "
        "VALUES (:order_no, "
        "(SELECT COALESCE(MAX(seq), 0) + 1 FROM order_events WHERE order_no = :same_order), "
        ":kind, :at, :line_no, :amount_fen, :detail) RETURNING seq"
    )
)
_ALL = Prepared(
    select(order_events)
    .where(order_events.c.order_no == bindparam("b_order_no"))
    .order_by(order_events.c.seq)
)
_ONE = Prepared(
    select(order_events).where(
        order_events.c.order_no == bindparam("b_order_no"), order_events.c.seq == bindparam("b_seq")
    )
)
_HAS = Prepared(
    select(order_events.c.detail).where(
        order_events.c.order_no == bindparam("b_order_no"), order_events.c.kind == bindparam("b_kind")
    )
)


def append(
    tx: Tx,
    order_no: str,
    kind: EventKind,
    at: datetime,
    line_no: int | None = None,
    amount_fen: int | None = None,
    detail: str | None = None,
) -> int:
    """Write the next event; returns its number."""
    row = {
        "order_no": order_no,
        # PostgreSQL deduces one type for each parameter, and here it would deduce two.
        "same_order": order_no,
        "kind": kind.value,
        "at": stamp(at),
        "line_no": line_no,
        "amount_fen": amount_fen,
        "detail": detail,
    }
    seq: int = _APPEND(tx, row).scalar_one()
    return seq


def all_of(tx: Tx, order_no: str) -> tuple[OrderEvent, ...]:
    return tuple(_event(row) for row in _ALL(tx, {"b_order_no": order_no}))


def one(tx: Tx, order_no: str, seq: int) -> OrderEvent | None:
    row = _ONE(tx, {"b_order_no": order_no, "b_seq": seq}).first()
    return _event(row) if row else None


def has(tx: Tx, order_no: str, kind: EventKind, detail: str | None = None) -> bool:
    """Whether that ever happened to the order; with `detail`, exactly that."""
    details = _HAS(tx, {"b_order_no": order_no, "b_kind": kind.value}).scalars()
    return bool(details) if detail is None else detail in details


def _event(row: Row[Any]) -> OrderEvent:
    return OrderEvent(
        order_no=row.order_no,
        seq=row.seq,
        kind=EventKind(row.kind),
        at=moment(row.at),
        line_no=row.line_no,
        amount_fen=None if row.amount_fen is None else Fen(row.amount_fen),
        detail=row.detail,
    )
