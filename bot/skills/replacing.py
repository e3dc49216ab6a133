"""An unpaid order is replaced by another one only at the moment that one is placed.

While a change lacks something or is refused, the order stays as it was and can be paid; so nothing
that was misread, half said or not sold ever takes an order away.
"""

from __future__ import annotations

from bot.turn import Turn
from orders.draft import Draft, DraftLine
from orders.order import Order
from orders.quote import Finding, Quote


def replaced(turn: Turn) -> Order | None:
    """The order that the draft in hand shall replace, whatever became of it."""
    number = turn.conversation.supersedes
    return turn.shop.order(turn.tx, number, turn.customer_id) if number else None


def quoted(turn: Turn, draft: Draft) -> Quote | tuple[Finding, ...]:
    """The quote, or what it lacks. What the replaced order keeps in stock is free for the new one."""
    old = replaced(turn)
    if old is None or not old.is_payable:
        return turn.shop.quote(turn.tx, draft, turn.customer_id, turn.now)
    with turn.tx.begin_nested() as trial:
        turn.shop.cancel(turn.tx, old.order_no, turn.customer_id, turn.now)
        result = turn.shop.quote(turn.tx, draft, turn.customer_id, turn.now)
        trial.rollback()
    return result


def placed(turn: Turn, quote: Quote) -> Order:
    """Place the order, and give up the one it replaces: both or neither. Raises as `Shop.place`."""
    old = replaced(turn)
    with turn.tx.begin_nested():
        if old is not None and old.is_payable:
            turn.shop.cancel(turn.tx, old.order_no, turn.customer_id, turn.now)
        return turn.shop.place(turn.tx, quote, turn.now)


def still_good(turn: Turn) -> tuple[str, ...]:
    """Said once, when a change begins that cannot be placed yet."""
    old = replaced(turn)
    if old is None or not old.is_payable or turn.chat.conversation.supersedes == old.order_no:
        return ()
    return (turn.say("order.kept", order_no=old.order_no),)


def draft_of(order: Order) -> Draft:
    """The order as a draft, for whoever changes it after all."""
    return Draft(
        tuple(
            DraftLine(
                product_id=line.product_id,
                sku_id=line.sku_id,
                quantity=line.quantity,
                account=line.account,
                region=line.region,
            )
            for line in order.lines
        ),
        coupon=order.coupon,
    )
