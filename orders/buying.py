"""A line that outside suppliers sell is bought from the best of them, or waits for one."""

from __future__ import annotations

from datetime import datetime

from orders import delivering, sourcing
from orders.backroom import Backroom
from orders.database import Tx
from orders.ports import DeliveryAsk


def buy(tx: Tx, room: Backroom, order_no: str, line_no: int, now: datetime) -> tuple[str, DeliveryAsk] | None:
    """Open the next attempt at the best supplier of the line: its name, and what to ask of it.

    None where there is nothing to deliver now, or nobody to ask: then the line waits with a person called,
    or fails, as the policy says."""
    ready = delivering.queued(tx, order_no, line_no)
    if ready is None:
        return None
    order, line = ready
    offer = sourcing.choose(tx, room, order, line, now)
    if offer is not None:
        ask = delivering.begin(tx, room, order_no, line_no, offer.supplier, True, now, offer)
        assert ask is not None, "the line is held"
        return offer.supplier, ask
    sourcing.nobody(tx, room, order, line, now)
    if not room.policy.suppliers.wait_for_supplier:
        delivering.fail_queued(tx, room, order, line, sourcing.NO_SUPPLIER, now)
    return None
