"""Paying, and how."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import Purpose
from bot.messages import Reply
from bot.skills import aftersales, ordering, replacing, wallet, which_order
from bot.turn import REORDER, Turn
from nlu.understanding import PaymentMethod
from orders.order import CustomerState, Order, OrderPurpose, customer_state


def pay(turn: Turn) -> Reply:
    """Pay, or say how. Paying is a yes to the quote that was shown."""
    if turn.heard.payment is PaymentMethod.BALANCE:
        return wallet.pay(turn)
    if turn.heard.payment is not None and turn.conversation.quote is not None:
        # A yes to the goods, and a no to the balance if that was asked about.
        draft = replace(turn.conversation.draft, payment=turn.heard.payment.value)
        turn.update(replace(turn.conversation, draft=draft))
    question = turn.conversation.question
    if question is not None and question.purpose is Purpose.BALANCE and turn.heard.payment is None:
        return wallet.confirmed(turn)
    if turn.conversation.quote is not None:
        return ordering.confirmed(turn)
    old = replacing.replaced(turn)
    if old is not None and old.is_payable and not turn.heard.lines:
        return ordering.keep(turn, old)
    if turn.conversation.draft.lines and turn.conversation.order_no is None:
        return ordering.put_forward(turn, ordering.filled(turn, turn.conversation.draft).draft)
    order = which_order.to_pay(turn) or turn.order_on_table()
    if order is None or not order.is_payable:
        order = turn.shop.payable(turn.tx, turn.customer_id)
    if order is None:
        return _nothing_to_pay(turn)
    if turn.shop.holds_money(turn.tx, order.order_no):
        return aftersales.standing(turn, order)
    if order.purpose is OrderPurpose.DEPOSIT:
        return wallet.show(turn, order)
    lead = turn.say(f"pay.by_{turn.heard.payment.value}") if turn.heard.payment else ""
    return ordering.show_again(turn, order, lead)


def _nothing_to_pay(turn: Turn) -> Reply:
    latest = turn.latest_order()
    if latest is not None and not latest.settled_fen and turn.shop.holds_money(turn.tx, latest.order_no):
        return aftersales.standing(turn, latest)
    if (reply := _expired(turn, latest)) is not None:
        return reply
    if latest is not None and latest.settled_fen and turn.now - latest.created_at < ordering.RECENTLY:
        # `我付完了`: the money is there, and that is what he wants to hear.
        return aftersales.standing(turn, latest)
    return turn.aside(turn.say("pay.nothing"))


def too_late(turn: Turn) -> Reply | None:
    """That the last order expired before it was paid; None where it did not, or is long gone."""
    return _expired(turn, turn.latest_order())


def _expired(turn: Turn, latest: Order | None) -> Reply | None:
    if latest is None or customer_state(latest) is not CustomerState.EXPIRED:
        return None
    again = (turn.choice("choice.again", REORDER),) if latest.lines else ()
    return turn.aside(turn.say("pay.expired", order_no=latest.order_no), again)
