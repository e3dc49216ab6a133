"""Numbered tries at suppliers, as rows. At most one per line is open, and the database sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from orders.database import Tx
from orders.errors import WrongState
from orders.money import Fen
from orders.store.instants import moment, stamp
from orders.store.prepared import Prepared
from orders.tables import attempts


@dataclass(frozen=True, slots=True)
class Attempt:
    """One numbered try at a supplier, with its own request number."""

    order_no: str
    line_no: int
    attempt: int
    request_no: str
    supplier: str
    account: str | None
    state: str
    """`open`, then how it ended: an Outcome, or `withdrawn`."""
    supplier_ref: str
    detail: str
    queries: int
    """How often the supplier was asked what became of it."""
    absent_at: datetime | None
    """When the supplier first said that it knows nothing of it."""
    submitted_at: datetime
    ended_at: datetime | None
    supplier_code: str | None = None
    """What an outside supplier calls the goods; None where it was not chosen among several."""
    cost_fen: Fen | None = None
    """What it charges for the whole of it: expected, then told; None where nobody knows."""

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


OPEN = "open"
WITHDRAWN = "withdrawn"

_ADD = Prepared(insert(attempts))
_ONE = Prepared(
    select(attempts).where(
        attempts.c.order_no == bindparam("b_order_no"),
        attempts.c.line_no == bindparam("b_line_no"),
        attempts.c.attempt == bindparam("b_attempt"),
    )
)
_BY_REQUEST = Prepared(select(attempts).where(attempts.c.request_no == bindparam("b_request_no")))
_LEARN_COST = Prepared(
    update(attempts)
    .where(attempts.c.request_no == bindparam("b_request_no"), attempts.c.cost_fen.is_(None))
    .values(cost_fen=bindparam("n_cost_fen"))
)
_UPDATE = Prepared(
    update(attempts)
    .where(
        attempts.c.order_no == bindparam("b_order_no"),
        attempts.c.line_no == bindparam("b_line_no"),
        attempts.c.attempt == bindparam("b_attempt"),
        attempts.c.ended_at.is_(None),
    )
    .values(
        state=bindparam("n_state"),
        supplier_ref=bindparam("n_supplier_ref"),
        detail=bindparam("n_detail"),
        queries=bindparam("n_queries"),
        absent_at=bindparam("n_absent_at"),
        ended_at=bindparam("n_ended_at"),
        cost_fen=bindparam("n_cost_fen"),
    )
)


def add(tx: Tx, attempt: Attempt) -> None:
    row = {
        "order_no": attempt.order_no,
        "line_no": attempt.line_no,
        "attempt": attempt.attempt,
        "request_no": attempt.request_no,
        "supplier": attempt.supplier,
        "account": attempt.account,
        "state": attempt.state,
        "supplier_ref": attempt.supplier_ref,
        "detail": attempt.detail,
        "queries": attempt.queries,
        "submitted_at": stamp(attempt.submitted_at),
        "supplier_code": attempt.supplier_code,
        "cost_fen": attempt.cost_fen,
    }
    _ADD(tx, row)


def get(tx: Tx, order_no: str, line_no: int, attempt: int) -> Attempt | None:
    key = {"b_order_no": order_no, "b_line_no": line_no, "b_attempt": attempt}
    row = _ONE(tx, key).first()
    return _attempt(row) if row else None


def by_request_no(tx: Tx, request_no: str) -> Attempt | None:
    """The attempt that a supplier knows by this number."""
    row = _BY_REQUEST(tx, {"b_request_no": request_no}).first()
    return _attempt(row) if row else None


def learn_cost(tx: Tx, request_no: str, cost_fen: int) -> bool:
    """What the supplier charged for it; False where that was known."""
    row = {"b_request_no": request_no, "n_cost_fen": cost_fen}
    return _LEARN_COST(tx, row).rowcount == 1


def update_attempt(tx: Tx, after: Attempt) -> None:
    """Write what is known now. Raises WrongState where the attempt had ended before."""
    touched = _UPDATE(
        tx,
        {
            "b_order_no": after.order_no,
            "b_line_no": after.line_no,
            "b_attempt": after.attempt,
            "n_state": after.state,
            "n_supplier_ref": after.supplier_ref,
            "n_detail": after.detail,
            "n_queries": after.queries,
            "n_absent_at": stamp(after.absent_at) if after.absent_at else None,
            "n_ended_at": stamp(after.ended_at) if after.ended_at else None,
            "n_cost_fen": after.cost_fen,
        },
    ).rowcount
    if touched != 1:
        raise WrongState(f"attempt {after.request_no}", after.state)


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        order_no=row.order_no,
        line_no=row.line_no,
        attempt=row.attempt,
        request_no=row.request_no,
        supplier=row.supplier,
        account=row.account,
        state=row.state,
        supplier_ref=row.supplier_ref,
        detail=row.detail,
        queries=row.queries,
        absent_at=moment(row.absent_at),
        submitted_at=moment(row.submitted_at),
        ended_at=moment(row.ended_at),
        supplier_code=row.supplier_code,
        cost_fen=row.cost_fen,
    )
