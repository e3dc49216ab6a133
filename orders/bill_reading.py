"""Other people's bills as they come: read whole and within bounds, or not at all."""

from __future__ import annotations

from dataclasses import replace

from orders.ports import BillAnswer, BillRow
from orders.reconciling import BILL_STATES

ROWS_MAX = 200_000
"""A bill of more rows is not read at once; a shop of that size reads its bills elsewhere."""
NUMBER_LENGTH_MAX, OUR_NO_LENGTH_MAX = 255, 64
AMOUNT_MAX_FEN = 10**12


class BillUnreadable(Exception):
    """There is no bill, or it says what cannot be; `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def rows_of(answer: BillAnswer) -> tuple[BillRow, ...]:
    """The rows of a bill, in an order of ours, so that the same bill is the same rows. Raises
    BillUnreadable."""
    if answer.rows is None:
        raise BillUnreadable(answer.reason or "no_bill")
    if len(answer.rows) > ROWS_MAX:
        raise BillUnreadable("too_long")
    return tuple(sorted(map(_readable, answer.rows), key=lambda row: (row.kind, row.ref, row.our_no, row.at)))


def _readable(row: BillRow) -> BillRow:
    if row.state not in BILL_STATES:
        raise BillUnreadable(f"state {row.state[:20]!r}")
    if not 0 <= row.amount_fen <= AMOUNT_MAX_FEN or abs(row.fee_fen) > AMOUNT_MAX_FEN:
        raise BillUnreadable("amount")
    if row.at.tzinfo is None:
        raise BillUnreadable("time")
    return replace(
        row, ref=_number(row.ref, NUMBER_LENGTH_MAX), our_no=_number(row.our_no, OUR_NO_LENGTH_MAX)
    )


def _number(text: str, length_max: int) -> str:
    """A database takes no NUL, and no number of anybody's has one."""
    return text.replace("\0", "").strip()[:length_max]
