"""Receipts and keys again: the page of the order that is meant. A key is never said in a chat."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import Reply
from bot.skills import ordering, which_order
from bot.skills.aftersales import nothing_asked, standing
from bot.skills.which_order import LAST, not_found, order_meant
from bot.turn import Turn, paragraphs
from orders.catalog import Delivery
from orders.order import CustomerState, Order, OrderPurpose, customer_state

KEYED = frozenset({Delivery.CARD, Delivery.LICENSE})


def receipt(turn: Turn) -> Reply:
    """The order's page: amounts, and card keys behind a click. A key is never said in a chat."""
    order = _keyed(turn) or order_meant(turn, prefer_paid=True)
    if order is not None and order.purpose is OrderPurpose.DEPOSIT:
        return standing(turn, order)
    if order is not None and order.is_payable and nothing_asked(turn):
        return ordering.show_again(turn, order, turn.say("receipt.unpaid"))
    if order is None or not order.settled_fen:
        number = turn.heard.order_ref
        return (
            not_found(turn, number) if number and number != LAST else turn.aside(turn.say("receipt.nothing"))
        )
    if customer_state(order) in (CustomerState.REFUNDING, CustomerState.REFUNDED):
        void = any(line.delivery in KEYED for line in order.lines)
        reply = standing(turn, order)
        lead = turn.say("receipt.keys_void") if void else ""
        return replace(reply, text=paragraphs(reply.text, lead))
    key = "receipt.keys" if any(line.has_keys for line in order.lines) else "receipt.page"
    if any(line.delivery in KEYED for line in order.lines) and not any(line.has_keys for line in order.lines):
        key = "receipt.keys_coming"
    text = turn.say(
        key,
        order_no=order.order_no,
        things=turn.telling.order(order),
        total=turn.telling.money(order.total_fen),
        url=turn.telling.links.order(order),
    )
    return replace(turn.aside(text), card=turn.telling.card(order))


def _keyed(turn: Turn) -> Order | None:
    """`卡密再发我一下`: who speaks of a key means the latest that sells one; None where no key is spoken of, or which
    order is meant was said by its number or its place."""
    of_keys = turn.telling.lexicon.words("complaints.of_keys")
    if turn.heard.order_ref or turn.heard.order_at or not any(word in turn.message.text for word in of_keys):
        return None
    orders = turn.shop.orders_of(turn.tx, turn.customer_id, which_order.LOOKED_AT)
    keyed = [
        order
        for order in which_order.named(turn, orders) or orders
        if order.settled_fen and any(line.delivery in KEYED for line in order.lines)
    ]
    valid = (order for order in keyed if customer_state(order) not in which_order.GOING_BACK)
    return next(valid, next(iter(keyed), None))
