"""What delivered goods cost us, booked in the transaction that delivers them.

Outside suppliers take their price from what we had prepaid; card keys leave our own stock at what
their batch had cost. Where nobody knows the price yet, it is learned from the supplier's bill.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, text

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


_OF_SOME = text(
    "SELECT COALESCE(SUM(b.unit_cost_fen), 0) FROM card_keys k JOIN key_batches b ON b.batch_no = k.batch_no "
    "WHERE k.key_no IN :keys"
).bindparams(bindparam("keys", expanding=True))

KEYS_AT_ONCE = 500
"""So many are looked up in one query; databases limit how many they take."""


def book_delivery(tx: Tx, attempt: Attempt, line: OrderLine, now: datetime) -> None:
    """Book what the attempt that delivered a line cost, as far as it is known."""
    if attempt.cost_fen:
        _book(tx, attempt.supplier, attempt.request_no, attempt.order_no, attempt.cost_fen, now)
    if goods.is_key(line.delivery):
        of_keys = int(_OF_KEYS(tx, {"order_no": attempt.order_no, "line_no": line.line_no}).scalar_one())
        if of_keys:
            ref = f"keys:{attempt.order_no}:{line.line_no}"
            money.post(tx, ref, ledger.on_keys_sold(of_keys), attempt.order_no, now)


def book_replacement(tx: Tx, order_no: str, line_no: int, key_no: int, now: datetime) -> None:
    """Another key went out for one that does not work."""
    if cost := _cost_of(tx, [key_no]):
        ref = f"keys:{order_no}:{line_no}:{key_no}"
        money.post(tx, ref, ledger.on_keys_sold(cost), order_no, now)


def write_off(tx: Tx, key_nos: Sequence[int], now: datetime) -> None:
    """Free keys expired, or were struck off. A key is so only once, so the first of them names it all."""
    if cost := _cost_of(tx, key_nos):
        money.post(tx, f"struck:{min(key_nos)}", ledger.on_keys_lost(cost), None, now)


def _cost_of(tx: Tx, key_nos: Sequence[int]) -> int:
    some = (key_nos[at : at + KEYS_AT_ONCE] for at in range(0, len(key_nos), KEYS_AT_ONCE))
    return sum(int(tx.execute(_OF_SOME, {"keys": list(keys)}).scalar_one()) for keys in some)


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
