"""Which of several open orders is called off: by its goods, its recipient or its place, or all of them."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.conversation import Purpose, Question
from bot.messages import Choice, Reply
from bot.skills import which_order
from bot.turn import CANCEL_ORDER, Turn, paragraphs
from nlu.understanding import SpokenLine
from orders.draft import DraftLine
from orders.order import Order, OrderLine
from orders.shop import Shop

LOOKED_AT = 20
"""So many orders back an open one is looked for; they expire long before."""


def open_orders_of(shop: Shop, tx: Connection, customer_id: str) -> tuple[Order, ...]:
    """What the customer can still pay, oldest first."""
    newest_first = shop.orders_of(tx, customer_id, LOOKED_AT)
    return tuple(order for order in reversed(newest_first) if order.is_payable)


def called_off(turn: Turn) -> Reply | None:
    """The answer to a cancellation that says which order it means; None where it says nothing of it,
    or means the draft in hand."""
    heard = turn.heard
    standing = open_orders_of(turn.shop, turn.tx, turn.customer_id)
    if heard.every_order and standing:
        return _dropped(turn, standing)
    if heard.order_at is not None and -len(standing) <= heard.order_at < len(standing):
        return _dropped(turn, (standing[heard.order_at],))
    if standing and not _drafting(turn) and (reply := _named(turn, standing)) is not None:
        return reply
    said = tuple(line for line in heard.lines if line.product or line.account)
    if not said or not standing or any(_drafted(turn, line) for line in said):
        return None
    meant = tuple(order for order in standing if any(_is_about(order, line) for line in said))
    if len(meant) == len(said) or len(meant) == 1:
        return _dropped(turn, meant)
    if not meant and any(_is_about(order, line) for order in _recent(turn) for line in said):
        return None
    return _which(turn, meant or standing)


def _named(turn: Turn, standing: tuple[Order, ...]) -> Reply | None:
    """`昨天那单不要了`, `我妈那个取消`: of the open orders the one that was named; None where none was, or one that
    is not open any more."""
    named = which_order.named(turn, standing, by_goods=False)
    if named is None:
        return None
    if len(named) == 1:
        return _dropped(turn, named)
    if not named and which_order.named(turn, _recent(turn), by_goods=False):
        return None
    return _which(turn, named or standing)


def call_off(turn: Turn, order_no: str) -> Reply | None:
    """The order that was chosen from a list."""
    meant = turn.shop.order(turn.tx, order_no, turn.customer_id)
    return _dropped(turn, (meant,)) if meant is not None and meant.is_payable else None


def still_open(turn: Turn) -> str:
    """What can still be paid, named, so that nobody wonders which order is gone."""
    left = open_orders_of(turn.shop, turn.tx, turn.customer_id)
    if not left:
        return ""
    return "\n".join(
        turn.say("cancel.left", order_no=order.order_no, things=turn.telling.order(order)) for order in left
    )


def _dropped(turn: Turn, orders: tuple[Order, ...]) -> Reply:
    for order in orders:
        turn.shop.cancel(turn.tx, order.order_no, turn.customer_id, turn.now)
    gone = "\n".join(
        turn.say("cancel.named", order_no=order.order_no, things=turn.telling.order(order))
        for order in orders
    )
    text = paragraphs(gone, still_open(turn))
    numbers = {order.order_no for order in orders}
    if turn.conversation.order_no in numbers or (_drafting(turn) and turn.heard.every_order):
        return turn.done(text)
    return turn.aside(text)


def _which(turn: Turn, orders: tuple[Order, ...]) -> Reply:
    if len(orders) == 1:
        text = turn.say("cancel.this_one", things=turn.telling.order(orders[0]))
    else:
        text = turn.say("cancel.which", count=len(orders))
    choices = tuple(
        Choice(turn.telling.order(order), f"{CANCEL_ORDER}{order.order_no}")
        for order in orders[: turn.policy.limits.choices_max]
    )
    question = Question(Purpose.BROWSE, text, choices=choices)
    return turn.ask(question)


def _drafting(turn: Turn) -> bool:
    """Whether something is in hand that is no order yet."""
    return bool(turn.conversation.draft.lines) and turn.conversation.order_no is None


def _recent(turn: Turn) -> tuple[Order, ...]:
    return turn.shop.orders_of(turn.tx, turn.customer_id)


def _drafted(turn: Turn, said: SpokenLine) -> bool:
    """Whether it is the draft in hand that is meant, which is no order yet."""
    if turn.conversation.order_no is not None:
        return False
    return any(_fits(line, said) for line in turn.conversation.draft.lines)


def _is_about(order: Order, said: SpokenLine) -> bool:
    return any(_fits(line, said) for line in order.lines)


def _fits(line: OrderLine | DraftLine, said: SpokenLine) -> bool:
    products = {said.product.value} if said.product else set(said.product_options)
    if products and line.product_id not in products:
        return False
    if said.sku is not None and said.measure is not None and line.sku_id != said.sku.value:
        return False
    return said.account is None or said.account.value == line.account
