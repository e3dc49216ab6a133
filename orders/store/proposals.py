"""Refunds that one person of the staff proposed and another has to agree to, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from orders.database import Tx
from orders.money import Fen
from orders.payment import RefundProposal, Verdict
from orders.store.instants import moment, stamp
from orders.tables import refund_proposals

_ADD = insert(refund_proposals).returning(refund_proposals.c.proposal_no)
_ONE = select(refund_proposals).where(refund_proposals.c.proposal_no == bindparam("b_proposal_no"))
_OPEN = (
    select(refund_proposals)
    .where(refund_proposals.c.verdict.is_(None))
    .order_by(refund_proposals.c.proposal_no)
)
_OPEN_OF_LINE = _OPEN.where(
    refund_proposals.c.order_no == bindparam("b_order_no"),
    refund_proposals.c.line_no == bindparam("b_line_no"),
)
_OF_ORDER = (
    select(refund_proposals)
    .where(refund_proposals.c.order_no == bindparam("b_order_no"))
    .order_by(refund_proposals.c.proposal_no)
)
_DECIDE = (
    update(refund_proposals)
    .where(refund_proposals.c.proposal_no == bindparam("b_proposal_no"), refund_proposals.c.verdict.is_(None))
    .values(verdict=bindparam("b_verdict"), decided_by=bindparam("b_by"), decided_at=bindparam("b_now"))
)


def add(tx: Tx, order_no: str, line_no: int, amount_fen: Fen, why: str, by: str, now: datetime) -> int:
    """Write a proposal; returns its number."""
    row = {
        "order_no": order_no,
        "line_no": line_no,
        "amount_fen": amount_fen,
        "why": why,
        "proposed_by": by,
        "proposed_at": stamp(now),
    }
    number: int = tx.execute(_ADD, row).scalar_one()
    return number


def one(tx: Tx, proposal_no: int) -> RefundProposal | None:
    row = tx.execute(_ONE, {"b_proposal_no": proposal_no}).first()
    return _proposal(row) if row else None


def open_ones(tx: Tx) -> tuple[RefundProposal, ...]:
    """Those that wait for a second person, oldest first."""
    return tuple(_proposal(row) for row in tx.execute(_OPEN))


def open_of_line(tx: Tx, order_no: str, line_no: int) -> RefundProposal | None:
    row = tx.execute(_OPEN_OF_LINE, {"b_order_no": order_no, "b_line_no": line_no}).first()
    return _proposal(row) if row else None


def of_order(tx: Tx, order_no: str) -> tuple[RefundProposal, ...]:
    """All of the order, whatever became of them, oldest first."""
    return tuple(_proposal(row) for row in tx.execute(_OF_ORDER, {"b_order_no": order_no}))


def decide(tx: Tx, proposal_no: int, verdict: Verdict, by: str, now: datetime) -> bool:
    """False where somebody decided before."""
    facts = {"b_proposal_no": proposal_no, "b_verdict": verdict.value, "b_by": by, "b_now": stamp(now)}
    return tx.execute(_DECIDE, facts).rowcount == 1


def _proposal(row: Row[Any]) -> RefundProposal:
    return RefundProposal(
        row.proposal_no,
        row.order_no,
        row.line_no,
        Fen(row.amount_fen),
        row.why,
        row.proposed_by,
        moment(row.proposed_at),
        Verdict(row.verdict) if row.verdict else None,
    )
