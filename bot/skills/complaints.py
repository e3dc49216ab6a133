"""What was delivered is said not to work: `卡密无效`, `会员用不了`. Whoever says so is heard at once.

A key that nobody has seen can go back by itself. One that was seen may have been used, so a person
looks: his desk shows the order, its keys, and the two ways to settle it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages import Reply
from bot.turn import BOT, HUMAN, REFUND, Turn, paragraphs
from orders.aftersales import Replaced, case_of
from orders.card_key import KeyState
from orders.order import CustomerState, Order, OrderLine, customer_line_state, customer_state
from orders.refunding import refund_denied

BY_ITSELF = "the shop itself"
"""Who replaced a key, where no person did."""


def meant(turn: Turn, orders: Sequence[Order]) -> Order | None:
    """The order that is complained of: who speaks of a key means the latest that has one."""
    paid = [order for order in orders if order.settled_fen]
    if any(word in turn.message.text for word in turn.telling.lexicon.words("complaints.of_keys")):
        paid = [order for order in paid if keyed_lines(order)] or paid
    return next(iter(paid), None)


def of_what_was_bought(turn: Turn) -> Reply | None:
    """`激活码激活不了怎么办` from somebody who has one of ours; None from anybody else."""
    order = meant(turn, turn.shop.orders_of(turn.tx, turn.customer_id))
    return not_working(turn, order) if order is not None and keyed_lines(order) else None


def not_there(turn: Turn, order: Order) -> Reply | None:
    """`怎么还没到` of a top-up that was delivered: a person looks. None for anything else."""
    words = turn.telling.lexicon.words("complaints.not_there")
    if keyed_lines(order) or not any(word in turn.message.text for word in words):
        return None
    return not_working(turn, order)


def is_open(turn: Turn, order: Order) -> bool:
    """Whether a person looks at a key of this order already."""
    open_cases = turn.shop.aftersales.complaints(turn.tx)
    return any(case_of(order.order_no, line.line_no) in open_cases for line in order.lines)


def keyed_lines(order: Order) -> tuple[OrderLine, ...]:
    """The lines whose keys the customer has."""
    return tuple(
        line
        for line in order.lines
        if line.has_keys
        and customer_line_state(order, line) in (CustomerState.DELIVERED, CustomerState.PARTLY_DELIVERED)
    )


def not_working(turn: Turn, order: Order) -> Reply | None:
    """What can be done about it, and always a person. None where nothing was delivered yet."""
    keyed = keyed_lines(order)
    human = turn.choice("choice.human", HUMAN)
    if not keyed:
        if customer_state(order) is not CustomerState.DELIVERED:
            return None
        return turn.aside(turn.say("broken.delivered", order_no=order.order_no), (human,))
    if all(refund_denied(order, line) is None for line in keyed):
        ways = (turn.choice("choice.refund", REFUND), human)
        url = turn.telling.links.order(order)
        return turn.aside(turn.say("broken.unseen", order_no=order.order_no, url=url), ways)
    return _replaced(turn, order, keyed) or _case(turn, order, keyed)


def _replaced(turn: Turn, order: Order, keyed: Sequence[OrderLine]) -> Reply | None:
    """Another key at once, where the shopkeeper allows it and it is plain which one is meant."""
    aftersales = turn.shop.aftersales
    if not turn.policy.aftersales.replace_by_itself or len(keyed) != 1:
        return None
    sold = [key for key in aftersales.keys_of(turn.tx, order.order_no) if key.state is KeyState.SOLD]
    if len(sold) != 1:
        return None
    done = aftersales.replace_key(
        turn.tx, order.order_no, sold[0].key_no, BY_ITSELF, "said not to work", turn.now
    )
    if not isinstance(done, Replaced):
        return None
    url = turn.telling.links.order(order)
    return turn.aside(turn.say("broken.replaced", order_no=order.order_no, url=url))


def _case(turn: Turn, order: Order, keyed: Sequence[OrderLine]) -> Reply:
    """Call a person, who finds everything on his screen; say what happens next."""
    new = [
        turn.shop.aftersales.complain(turn.tx, order.order_no, line.line_no, turn.customer_id, turn.now)
        for line in keyed
        if refund_denied(order, line) is not None
    ]
    position = turn.handover.queue(turn.tx, turn.chat.address, turn.now)
    said = turn.say("broken.case" if any(new) else "broken.case_open", order_no=order.order_no)
    key = "person.queued_next" if position <= 1 else "person.queued"
    place = turn.say(key, position=position, ahead=position - 1)
    return turn.aside(paragraphs(said, place), (turn.choice("choice.bot", BOT),))


def without_orders(turn: Turn) -> Reply:
    """How it stands, asked by somebody who has no order: the one that he is in the midst of is none yet."""
    drafting = turn.conversation.draft.lines and not turn.heard.broken
    said = turn.say("status.drafting") if drafting else turn.say("status.no_orders")
    return turn.aside(said, (turn.choice("choice.human", HUMAN),))
