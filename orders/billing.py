"""A bill is taken in, laid beside our books, and what differs becomes work for somebody.

All of it may be done again at any time: the same bill changes nothing, a corrected one is compared
anew, and what has come to agree closes by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from orders import costs, ledger, refunding
from orders.backroom import Backroom
from orders.database import Tx
from orders.money import NOTHING, Fen
from orders.ports import BillKind
from orders.reconciling import Comparison, Difference, Found, Movement, Party, compare
from orders.store import bills, book, money, movements

ITSELF = "reconciliation"
"""Who resolved what came to agree."""


def compare_day(tx: Tx, room: Backroom, party: Party, day: date, now: datetime) -> bool:
    """Lay the bill of a day, as it was last taken in, beside our books as they stand. False where there
    is no bill of that day."""
    # Two who compare the same day at the same time would book its fees twice.
    if bills.bill(tx, party, day, locked=True) is None:
        return False
    comparison, differing = _compared(tx, room, party, day)
    _book_fees(tx, party, day, comparison.fees, now)
    for movement, cost in comparison.costs:
        costs.learn(tx, party.name, movement.our_no, movement.order_no, cost, now)
    news = [found for found in differing if bills.note(tx, party, day, found, now)]
    for difference in _agreeing(tx, party, day, differing):
        bills.resolve(tx, difference.difference_no, ITSELF, "agrees_now", now)
        release(tx, room, party, difference.found.kind, difference.found.our_no, now)
    bills.agreed(tx, party, day, comparison.agreed)
    if news:
        room.alarm(tx, "bill_differs", f"{party} {day}", f"{len(news)} differences", now)
    return True


def would_change(tx: Tx, room: Backroom, party: Party, day: date) -> bool:
    """Whether to compare a day now would change anything. It only reads: a long bill takes seconds to
    compare, in which nobody else could write."""
    bill = bills.bill(tx, party, day)
    if bill is None:
        return False
    comparison, differing = _compared(tx, room, party, day)
    return bool(
        comparison.fees
        or comparison.costs
        or comparison.agreed != bill.agreed
        or any(bills.is_news(tx, party, found) for found in differing)
        or _agreeing(tx, party, day, differing)
    )


def _compared(tx: Tx, room: Backroom, party: Party, day: date) -> tuple[Comparison, Sequence[Found]]:
    """What a comparison comes to, and everything that differs."""
    rows = bills.rows(tx, party, day)
    books = movements.books(tx, party, day, rows)
    comparison = compare(day, rows, books, room.policy.reconciliation)
    return comparison, (*comparison.found, *_taken_back(tx, party, day, comparison))


def _agreeing(tx: Tx, party: Party, day: date, differing: Sequence[Found]) -> Sequence[Difference]:
    """Work items of the day that differ in nothing any more."""
    still = {found.key for found in differing}
    return [one for one in bills.open_of_day(tx, party, day) if one.found.key not in still]


def _taken_back(tx: Tx, party: Party, day: date, comparison: Comparison) -> Sequence[Found]:
    """What was booked apart as nobody's, and a corrected bill knows nothing of any more."""
    still = {found.key for found in comparison.found}
    return [
        replace(difference.found, theirs_fen=NOTHING)
        for difference in bills.unclaimed_of_day(tx, party, day)
        if difference.found.key not in still
        and any(money.booked(tx, f"unclaimed:{difference.difference_no}:").values())
    ]


def _book_fees(tx: Tx, party: Party, day: date, fees: Sequence[tuple[Movement, Fen]], now: datetime) -> None:
    """What the gateway kept of a day's movements, in one set of entries."""
    if not fees:
        return
    for movement, fee in fees:
        note_kept(tx, movement.kind, movement.our_no, fee)
    ref = f"kept:{party.name}:{day}:"
    times = money.times_posted(tx, ledger.GATEWAY_FEES, ref)
    post_kept(tx, party.name, f"{ref}{times + 1}", sum(fee for _, fee in fees), None, now)


def note_kept(tx: Tx, kind: BillKind, our_no: str, fee_fen: int) -> None:
    """Write beside the movement what the gateway kept of it."""
    if kind is BillKind.PAYMENT:
        money.keep_of_payment(tx, our_no, fee_fen)
    else:
        money.keep_of_refund(tx, our_no, fee_fen)


def post_kept(tx: Tx, gateway: str, ref: str, fee_fen: int, order_no: str | None, now: datetime) -> None:
    if fee_fen:
        money.post(tx, ref, ledger.on_kept(gateway, fee_fen), order_no, now)


def release(tx: Tx, room: Backroom, party: Party, kind: BillKind, our_no: str, now: datetime) -> None:
    """Let an order go on, if it was frozen for this alone."""
    movement = movements.one(tx, party, kind, our_no)
    order = book.locked(tx, movement.order_no) if movement else None
    if order is not None:
        refunding.finish(tx, room, order, now)
