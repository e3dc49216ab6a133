"""A paid order whose recipient was refused: the customer gives a right one, and it goes on."""

from __future__ import annotations

from bot.messages import Reply
from bot.skills.people import known_as
from bot.turn import Turn
from nlu.understanding import Intent
from orders.errors import NotPermitted
from orders.order import CustomerState, LineState, Order, OrderLine, customer_state


def mends_a_paid_order(turn: Turn) -> bool:
    """A recipient is given while a paid order waits for a right one, and nothing else is open."""
    if _remembered(turn) is not None:
        return True
    return (
        turn.heard.intent in (Intent.PROVIDE, Intent.MODIFY)
        and not turn.conversation.draft.lines
        and len(turn.heard.lines) == 1
        and turn.heard.lines[0].account is not None
        and turn.heard.lines[0].product is None
        and order_needing_info(turn) is not None
    )


def _remembered(turn: Turn) -> str | None:
    """`老妈的`: the recipient who is remembered under the name that was said instead of a number."""
    heard, waiting = turn.heard, order_needing_info(turn)
    says_more = any(line.product or line.measure or line.account for line in heard.lines)
    if heard.contact is None or waiting is None or says_more or turn.conversation.draft.lines:
        return None
    kind = waiting[1].account_kind.value
    known = known_as(turn, heard.contact)
    return next((one.account for one in known if one.kind == kind), None)


def order_needing_info(turn: Turn) -> tuple[Order, OrderLine] | None:
    """A paid order that waits for a right recipient, and its first such line."""
    for order in turn.shop.orders_of(turn.tx, turn.customer_id):
        if customer_state(order) is CustomerState.NEEDS_INFO:
            for line in order.lines:
                if line.state is LineState.NEEDS_INFO:
                    return order, line
    return None


def give_account(turn: Turn) -> Reply:
    """The right recipient for a line that was paid and refused."""
    waiting = order_needing_info(turn)
    assert waiting is not None, "asked only when an order waits"
    said = turn.heard.lines[0].account if turn.heard.lines else None
    account = said.value if said is not None else _remembered(turn)
    assert account is not None, "asked only when a recipient was said"
    order, line = waiting
    kind = turn.telling.lexicon.accounts.get(line.account_kind.value)
    if kind is not None and not kind.accepts(account):
        return turn.aside(
            turn.say("problem.account_format", value=account, kind=turn.telling.kind(line.account_kind))
        )
    try:
        turn.shop.change_account(turn.tx, order.order_no, line.line_no, turn.customer_id, account, turn.now)
    except NotPermitted:
        return turn.aside(turn.say("order.paid_already", order_no=order.order_no))
    shown = turn.telling.account(line.account_kind, account)
    return turn.aside(turn.say("needs_info.changed", order_no=order.order_no, account=shown))
