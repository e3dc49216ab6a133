"""What moved between us and a gateway or a supplier, as it stands in our books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, TextClause, bindparam, text

from orders.database import Tx
from orders.money import NOTHING, Fen
from orders.payment import RefundState
from orders.ports import BillKind, BillRow
from orders.reconciling import Books, Movement, Party, Side, Stand, start_of
from orders.store import attempts, bills
from orders.store.bills import chunks
from orders.store.instants import moment, stamp

# A payment that is charged in another currency stands on the bill in that one.
_PAYMENT = """
    SELECT p.payment_id, p.order_no, p.out_trade_no AS our_no, p.psp_ref AS ref, p.kept_fen,
        p.settled_at AS at, COALESCE(p.charge_minor, p.amount_fen) AS amount_fen, p.amount_fen AS worth_fen
    FROM payments p WHERE p.gateway = :party AND """
_REFUND = """
    SELECT r.order_no, r.refund_no AS our_no, r.psp_ref AS ref, r.kept_fen, r.ended_at AS at, r.state,
        CASE WHEN p.charge_minor IS NULL THEN r.amount_fen
            ELSE p.charge_minor * r.amount_fen / p.amount_fen END AS amount_fen,
        r.amount_fen AS worth_fen
    FROM refunds r JOIN payments p USING (payment_id) WHERE p.gateway = :party AND """
_ATTEMPT = """
    SELECT a.order_no, a.request_no AS our_no, a.supplier_ref AS ref, 0 AS kept_fen, a.ended_at AS at,
        a.state, a.cost_fen AS amount_fen, l.amount_fen AS worth_fen
    FROM attempts a JOIN order_lines l ON l.order_no = a.order_no AND l.line_no = a.line_no
    WHERE a.supplier = :party AND """


# Some gateways know a refund by nothing but the payment that it gives back.
_REFUND_OF_PAYMENT = _REFUND.replace("r.psp_ref AS ref", "p.psp_ref AS ref")


def _named(query: str, column: str) -> TextClause:
    return text(f"{query} {column} IN :numbers").bindparams(bindparam("numbers", expanding=True))


_PAYMENTS_BY_REF = _named(_PAYMENT, "p.psp_ref")
_PAYMENTS_BY_NO = _named(_PAYMENT, "p.out_trade_no")
_REFUNDS_BY_REF = _named(_REFUND, "r.psp_ref")
_REFUNDS_BY_NO = _named(_REFUND, "r.refund_no")
_REFUNDS_OF_PAYMENTS = _named(_REFUND_OF_PAYMENT, "p.psp_ref")
_CHARGES_OTHERWISE = text(
    "SELECT 1 FROM payments WHERE gateway = :party AND charge_currency IS NOT NULL LIMIT 1"
)
_ATTEMPTS_BY_NO = _named(_ATTEMPT, "a.request_no")
_PAYMENTS_OF_DAY = text(f"{_PAYMENT} p.settled_at >= :begins AND p.settled_at < :ends")
_REFUNDS_OF_DAY = text(f"{_REFUND} r.state = 'succeeded' AND r.ended_at >= :begins AND r.ended_at < :ends")
_ATTEMPTS_OF_DAY = text(
    f"{_ATTEMPT} a.state IN ('done', 'partial') AND a.ended_at >= :begins AND a.ended_at < :ends "
    # The index knows when they began.
    "AND a.submitted_at >= :begun AND a.submitted_at < :ends"
)

DELIVERY_LONGEST = timedelta(days=60)
"""A delivery that took longer is not called missing on its supplier's bill."""


def books(tx: Tx, party: Party, day: date, rows: Sequence[BillRow]) -> Books:
    """Everything of ours that a bill of that day is to be compared with."""
    mentioned = _mentioned(tx, party, rows)
    of_day = _of_day(tx, party, day)
    known = (*mentioned, *of_day)
    refs = (*(row.ref for row in rows), *(movement.ref for movement in known))
    numbers = (*(row.our_no for row in rows), *(movement.our_no for movement in known))
    return Books(
        mentioned=mentioned,
        of_day=of_day,
        elsewhere=bills.on_other_days(tx, party, day, refs, numbers),
        has_before=bills.bill(tx, party, day - timedelta(days=1)) is not None,
        has_after=bills.bill(tx, party, day + timedelta(days=1)) is not None,
        begun_elsewhere=bills.begun_on_other_days(tx, party, day, _refund_numbers(of_day)),
    )


def _refund_numbers(of_day: Sequence[Movement]) -> Iterable[str]:
    return (movement.our_no for movement in of_day if movement.kind is BillKind.REFUND)


def _mentioned(tx: Tx, party: Party, rows: Sequence[BillRow]) -> tuple[Movement, ...]:
    refs = {kind: [row.ref for row in rows if row.kind is kind] for kind in BillKind}
    numbers = {kind: [row.our_no for row in rows if row.kind is kind] for kind in BillKind}
    if party.side is Side.SUPPLIER:
        found = _look_up(tx, party, _ATTEMPTS_BY_NO, numbers[BillKind.DELIVERY])
        return tuple(_delivery(row) for row in found)
    nameless = [row.ref for row in rows if row.kind is BillKind.REFUND and not row.our_no]
    known = {
        (movement.kind, movement.our_no): movement
        for query, read, wanted in (
            (_REFUNDS_OF_PAYMENTS, _refund, nameless),
            (_PAYMENTS_BY_REF, _payment, refs[BillKind.PAYMENT]),
            (_PAYMENTS_BY_NO, _payment, numbers[BillKind.PAYMENT]),
            (_REFUNDS_BY_REF, _refund, refs[BillKind.REFUND]),
            (_REFUNDS_BY_NO, _refund, numbers[BillKind.REFUND]),
        )
        for movement in map(read, _look_up(tx, party, query, wanted))
    }
    return tuple(known.values())


def _look_up(tx: Tx, party: Party, query: TextClause, numbers: Iterable[str]) -> Iterable[Row[Any]]:
    for some in chunks(numbers):
        yield from tx.execute(query, {"party": party.name, "numbers": some})


def _of_day(tx: Tx, party: Party, day: date) -> tuple[Movement, ...]:
    begins = start_of(day)
    limits = {"party": party.name, "begins": stamp(begins), "ends": stamp(start_of(day + timedelta(days=1)))}
    if party.side is Side.SUPPLIER:
        limits |= {"begun": stamp(begins - DELIVERY_LONGEST)}
        return tuple(_delivery(row) for row in tx.execute(_ATTEMPTS_OF_DAY, limits))
    return (
        *(_payment(row) for row in tx.execute(_PAYMENTS_OF_DAY, limits)),
        *(_refund(row) for row in tx.execute(_REFUNDS_OF_DAY, limits)),
    )


def _payment(row: Row[Any]) -> Movement:
    return _movement(BillKind.PAYMENT, row, Stand.OPEN if row.ref is None else Stand.SUCCEEDED)


_REFUND_ENDS = {RefundState.SUCCEEDED: Stand.SUCCEEDED, RefundState.REFUSED: Stand.FAILED}


def _refund(row: Row[Any]) -> Movement:
    return _movement(BillKind.REFUND, row, _REFUND_ENDS.get(RefundState(row.state), Stand.OPEN))


def _delivery(row: Row[Any]) -> Movement:
    if row.state == attempts.OPEN:
        return _movement(BillKind.DELIVERY, row, Stand.OPEN)
    delivered = row.state in ("done", "partial")
    return _movement(BillKind.DELIVERY, row, Stand.SUCCEEDED if delivered else Stand.FAILED)


def _movement(kind: BillKind, row: Row[Any], stand: Stand) -> Movement:
    return Movement(
        kind=kind,
        our_no=row.our_no,
        ref=row.ref or "",
        order_no=row.order_no,
        amount_fen=None if row.amount_fen is None else Fen(row.amount_fen),
        kept_fen=Fen(row.kept_fen or NOTHING),
        stand=stand,
        at=moment(row.at),
        worth_fen=Fen(row.worth_fen),
    )


def charges_otherwise(tx: Tx, party: Party) -> bool:
    """Whether a gateway takes another money than ours, so that its amounts are no 分."""
    return tx.execute(_CHARGES_OTHERWISE, {"party": party.name}).first() is not None


def one(tx: Tx, party: Party, kind: BillKind, our_no: str) -> Movement | None:
    """A movement as it stands now."""
    query, read = {
        BillKind.PAYMENT: (_PAYMENTS_BY_NO, _payment),
        BillKind.REFUND: (_REFUNDS_BY_NO, _refund),
        BillKind.DELIVERY: (_ATTEMPTS_BY_NO, _delivery),
    }[kind]
    return next(map(read, _look_up(tx, party, query, [our_no])), None)
