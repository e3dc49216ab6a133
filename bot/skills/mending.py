"""A paid order whose recipient was refused: the customer gives a right one, and it goes on."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.messages import Reply
from bot.skills.people import known_as
from bot.turn import Turn
from nlu.understanding import Intent, SpokenLine
from orders.errors import NotPermitted
from orders.order import CustomerState, LineState, Order, OrderLine, customer_state
from orders.shop import Shop


def mends_a_paid_order(turn: Turn) -> bool:
    """A recipient is given while a paid order waits for a right one, and nothing else is open."""
    if _remembered(turn) is not None:
        return True
    if turn.conversation.draft.lines or len(turn.heard.lines) != 1 or turn.heard.lines[0].account is None:
        return False
    waiting = order_needing_info(turn)
    return waiting is not None and _says_no_more(turn.heard.intent, turn.heard.lines[0], waiting[1])


def _says_no_more(intent: Intent, said: SpokenLine, waiting: OrderLine) -> bool:
    """`13900139000`, `号码错了，是139…`, and `充到139…`, which would be an order if it named a size."""
    if said.product is None:
        return intent in (Intent.PROVIDE, Intent.MODIFY)
    bare = said.measure is None and said.quantity is None
    return intent in (Intent.ORDER, Intent.MODIFY) and bare and said.product.value == waiting.product_id


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
    return needing_info(turn.shop, turn.tx, turn.customer_id)


def needing_info(shop: Shop, tx: Connection, customer_id: str) -> tuple[Order, OrderLine] | None:
    """The same before there is a turn."""
    for order in shop.orders_of(tx, customer_id):
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
