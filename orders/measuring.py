"""How much of a line arrived, out of what a supplier says. Pure.

A supplier counts in face values, keys or pieces; the shop delivers, charges and refunds whole pieces.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from orders.catalog import Delivery
from orders.order import OrderLine
from orders.ports import Outcome, SupplierAnswer

ODD_DELIVERY = "odd_delivery"
"""Value left, and no whole number of pieces: neither a success nor a failure to anybody but a person."""
KEYS_MISSING = "keys_missing"
"""It says that it delivered, and not all of the card keys came along."""


def measured(line: OrderLine, said: SupplierAnswer, face: Decimal | None) -> SupplierAnswer:
    """In pieces what an outside supplier tells as a face value or delivers as keys. `face` is the size of
    one piece in yuan, None where it is no amount of money."""
    if said.outcome not in (Outcome.DONE, Outcome.PARTIAL):
        return said
    if line.delivery in (Delivery.CARD, Delivery.LICENSE):
        pieces = line.quantity if said.outcome is Outcome.DONE else len(said.keys)
        if 0 < pieces <= len(said.keys):
            return replace(said, delivered_quantity=pieces)
        return replace(said, outcome=Outcome.UNKNOWN, reason=KEYS_MISSING)
    # Some leave the field at zero when all of it arrived.
    if said.arrived and face is not None:
        pieces, rest = divmod(int(said.arrived * 100), int(face * 100))
        least = line.quantity if said.outcome is Outcome.DONE else 1
        if not rest and least <= pieces <= line.quantity:
            return replace(said, delivered_quantity=pieces)
    elif said.outcome is Outcome.DONE or said.delivered_quantity > 0:
        return said
    return replace(said, outcome=Outcome.UNKNOWN, reason=ODD_DELIVERY)


def whole_pieces(line: OrderLine, said: SupplierAnswer) -> SupplierAnswer:
    """Quantities as they can be: all of it, a part of it, or nothing."""
    match said.outcome:
        case Outcome.DONE:
            return replace(said, delivered_quantity=line.quantity)
        case Outcome.PARTIAL if said.delivered_quantity >= line.quantity:
            return replace(said, outcome=Outcome.DONE, delivered_quantity=line.quantity)
        case Outcome.PARTIAL if said.delivered_quantity > 0:
            return said
        case Outcome.PARTIAL:
            return replace(said, outcome=Outcome.FAILED, delivered_quantity=0)
        case _:
            return replace(said, delivered_quantity=0)
