"""What delivered goods cost us, booked in the transaction that delivers them.

Outside suppliers take their price from what we had prepaid; card keys leave our own stock at what
their batch had cost. Where nobody knows the price yet, it is learned from the supplier's bill.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from orders import ledger
from orders.database import Tx
from orders.money import Fen
from orders.order import OrderLine
from orders.store import attempts, goods, money
from orders.store.attempts import Attempt
from orders.store.prepared import Prepared

_OF_KEYS = Prepared(
    text(
        "SELECT COALESCE(SUM(b.unit_cost_fen), 0) FROM card_keys k JOIN key_batches b ON b.batch_no = k.batch_no "
        "WHERE k.order_no = :order_no AND k.line_no = :line_no"
    )
)


def book_delivery(tx: Tx, attempt: Attempt, line: OrderLine, now: datetime) -> None:
    """Book what the attempt that delivered a line cost, as far as it is known."""
    if attempt.cost_fen:
        _book(tx, attempt.supplier, attempt.request_no, attempt.order_no, attempt.cost_fen, now)
    if goods.is_key(line.delivery):
        of_keys = int(_OF_KEYS(tx, {"order_no": attempt.order_no, "line_no": line.line_no}).scalar_one())
        if of_keys:
            ref = f"keys:{attempt.order_no}:{line.line_no}"
            money.post(tx, ref, ledger.on_keys_sold(of_keys), attempt.order_no, now)


def book_batch(tx: Tx, batch_no: int, cost_fen: int, now: datetime) -> None:
    """A batch of card keys was bought and taken in."""
    if cost_fen:
        money.post(tx, f"batch:{batch_no}", ledger.on_keys_bought(cost_fen), None, now)


def learn(tx: Tx, supplier: str, request_no: str, order_no: str, cost_fen: Fen, now: datetime) -> None:
    """What a delivery turned out to have cost; nothing where that was known."""
    if attempts.learn_cost(tx, request_no, cost_fen) and cost_fen:
        _book(tx, supplier, request_no, order_no, cost_fen, now)


def _book(tx: Tx, supplier: str, request_no: str, order_no: str, cost_fen: int, now: datetime) -> None:
    money.post(tx, f"cost:{request_no}", ledger.on_cost(supplier, cost_fen), order_no, now)
