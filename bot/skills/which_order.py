"""Which earlier order a message means: by its number, by its place, else the latest that fits."""

from __future__ import annotations

from bot.messages import Reply
from bot.turn import HISTORY, HUMAN, Turn
from orders.order import Order

LAST = "last"

HISTORY_MAX = 1000
"""So far back an order is found by its place (`第一次那个`)."""


def order_meant(turn: Turn, *, prefer_paid: bool = False) -> Order | None:
    """The order that was meant: by number, else the latest that fits."""
    number = turn.heard.order_ref
    if number and number != LAST:
        return turn.shop.order(turn.tx, number, turn.customer_id)
    at = turn.heard.order_at
    orders = turn.shop.orders_of(turn.tx, turn.customer_id, HISTORY_MAX if at is not None else 10)
    if at is not None:
        # Counted from the oldest, or back from the newest; `orders` begins with the newest.
        place = -1 - at
        return orders[place] if -len(orders) <= place < len(orders) else None
    paid = [order for order in orders if order.settled_fen]
    return next(iter(paid if prefer_paid and paid else orders), None)


def not_found(turn: Turn, number: str) -> Reply:
    """The same words whether there is no such order or it is somebody else's."""
    return turn.aside(
        turn.say("status.not_found", order_no=number),
        (turn.choice("choice.history", HISTORY), turn.choice("choice.human", HUMAN)),
    )
