"""What is asked of several orders at once: 刚才那两单都到了吗, and what those that wait cost altogether."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.messages import Reply
from bot.turn import Turn, paragraphs
from nlu.earlier_meant import EarlierSaid
from orders.order import CustomerState, Order, customer_state

NEVER_PAID = frozenset({CustomerState.CANCELLED, CustomerState.EXPIRED})
TOGETHER = timedelta(days=1)
"""Orders of so long before the last one are meant by `都到了吗`."""


def meant(said: EarlierSaid, orders: Sequence[Order]) -> tuple[Order, ...]:
    """Those of his orders, newest first, that are spoken of together; fewer than two where none are."""
    if said.several is None:
        return ()
    real = [order for order in orders if customer_state(order) not in NEVER_PAID]
    if said.several:
        return tuple(real[: said.several])
    return tuple(order for order in real if real[0].created_at - order.created_at <= TOGETHER)


def listed(turn: Turn, orders: Sequence[Order]) -> Reply:
    """How each of them stands."""
    return turn.aside(paragraphs(turn.say("status.these", count=len(orders)), rows(turn, orders)))


def to_pay_altogether(turn: Turn) -> Reply | None:
    """What his unpaid orders cost together, each with where it is paid; None where fewer than two wait."""
    orders = turn.shop.orders_of(turn.tx, turn.customer_id)
    waiting = [order for order in orders if order.is_payable]
    if len(waiting) < 2 or turn.heard.times is not None:
        return None
    total = turn.telling.money(sum(order.total_fen for order in waiting))
    to_pay = "\n".join(f"{_row(turn, order)} {turn.telling.links.pay(order)}" for order in waiting)
    return turn.aside(paragraphs(turn.say("price.unpaid", count=len(waiting), total=total), to_pay))


def rows(turn: Turn, orders: Iterable[Order]) -> str:
    """A list of orders, one a line."""
    return "\n".join(_row(turn, order) for order in orders)


def _row(turn: Turn, order: Order) -> str:
    return turn.say(
        "history.row",
        date=turn.telling.date(order.created_at),
        things=turn.telling.order(order),
        total=turn.telling.money(order.total_fen),
        state=turn.telling.state(customer_state(order), order.delivery),
        order_no=order.order_no,
    )
