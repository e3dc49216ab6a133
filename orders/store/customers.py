"""Customers as rows: what level they have, and what we keep for them. Who has neither has no row."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select, text, update

from orders.database import Tx
from orders.money import NOTHING, Fen
from orders.tables import customers


@dataclass(frozen=True, slots=True)
class Customer:
    customer_id: str
    level: str = ""
    balance_fen: Fen = NOTHING


_BY_ID = select(customers).where(customers.c.customer_id == bindparam("b_customer_id"))
_CREDIT = text(
    "INSERT INTO customers (customer_id, level, balance_fen) VALUES (:customer_id, '', :amount_fen) "
    "ON CONFLICT (customer_id) DO UPDATE SET balance_fen = customers.balance_fen + excluded.balance_fen"
)
_SPEND = (
    update(customers)
    .where(
        customers.c.customer_id == bindparam("b_customer_id"),
        customers.c.balance_fen >= bindparam("b_amount_fen"),
    )
    .values(balance_fen=customers.c.balance_fen - bindparam("b_amount_fen"))
)
_SET_LEVEL = text(
    "INSERT INTO customers (customer_id, level, balance_fen) VALUES (:customer_id, :level, 0) "
    "ON CONFLICT (customer_id) DO UPDATE SET level = excluded.level"
)


def find(tx: Tx, customer_id: str) -> Customer:
    """The customer; one without a row is an ordinary customer with an empty wallet."""
    row = tx.execute(_BY_ID, {"b_customer_id": customer_id}).first()
    if row is None:
        return Customer(customer_id)
    return Customer(customer_id, row.level, Fen(row.balance_fen))


def set_level(tx: Tx, customer_id: str, level: str) -> None:
    """Prices that were quoted before hold; the next quote knows the level."""
    tx.execute(_SET_LEVEL, {"customer_id": customer_id, "level": level})


def credit(tx: Tx, customer_id: str, amount_fen: Fen) -> None:
    """Put money into the wallet. The ledger is told in the same transaction, by the caller."""
    tx.execute(_CREDIT, {"customer_id": customer_id, "amount_fen": amount_fen})


def spend(tx: Tx, customer_id: str, amount_fen: Fen) -> bool:
    """Take money out; False, and nothing taken, where there is too little. The caller tells the ledger."""
    row = {"b_customer_id": customer_id, "b_amount_fen": amount_fen}
    return tx.execute(_SPEND, row).rowcount == 1
