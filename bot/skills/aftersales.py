"""After the order: how it stands, the list of orders, changing, calling off."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import Purpose
from bot.messages import Choice, Reply
from bot.skills import (
    calling_off,
    complaints,
    going_back,
    once_more,
    ordering,
    refunds,
    replacing,
    several_orders,
    wallet,
    which_order,
)
from bot.skills.which_order import LAST, not_found, order_meant
from bot.store.chats import Attended
from bot.turn import CANCEL, HUMAN, REFUND, REORDER, Turn, paragraphs
from orders.catalog import Delivery
from orders.errors import NotCancellable
from orders.order import CustomerState, LineState, Order, OrderPurpose, customer_state
from orders.promises import is_late

UNFINISHED = frozenset(
    {
        CustomerState.AWAITING_PAYMENT,
        CustomerState.PROCESSING,
        CustomerState.NEEDS_INFO,
        CustomerState.IN_REVIEW,
        CustomerState.REFUNDING,
    }
)


def status(turn: Turn) -> Reply:
    """How an order is getting on; without a number, the one that is under way."""
    number = turn.heard.order_ref
    if number and number != LAST:
        order = turn.shop.order(turn.tx, number, turn.customer_id)
        return standing(turn, order) if order else not_found(turn, number)
    orders = turn.shop.orders_of(turn.tx, turn.customer_id)
    if not orders:
        return complaints.without_orders(turn)
    if len(together := several_orders.meant(which_order.said_of(turn, orders), orders)) > 1:
        return several_orders.listed(turn, together)
    if named := which_order.named(turn, orders):
        number, orders = None, named
    elif len(orders) > 1 and which_order.named(turn, orders, by_goods=False) is not None:
        return history(turn)  # none of his is of that day, or of that person
    if turn.heard.broken and (order := complaints.meant(turn, orders)):
        return complaints.not_working(turn, order) or standing(turn, order)
    under_way = [order for order in orders if customer_state(order) in UNFINISHED]
    if len(under_way) > 1 and number is None:
        rows = several_orders.rows(turn, under_way[: turn.policy.limits.choices_max])
        return turn.aside(paragraphs(turn.say("status.several", count=len(under_way)), rows))
    asked_about = under_way[0] if under_way and number is None else orders[0]
    return complaints.not_there(turn, asked_about) or standing(turn, asked_about)


def standing(turn: Turn, order: Order) -> Reply:
    """How this order stands, and what can be done about it."""
    if order.purpose is OrderPurpose.DEPOSIT and order.is_payable:
        return wallet.show(turn, order)
    state = customer_state(order)
    if not order.settled_fen and turn.shop.holds_money(turn.tx, order.order_no):
        return _held(turn, order)
    text = paragraphs(
        turn.say("status.order", order_no=order.order_no, things=turn.telling.order(order)),
        turn.say(
            _status_key(turn, order, state),
            state=turn.telling.state(state, order.delivery),
            total=turn.telling.money(order.total_fen),
            left=turn.telling.money(order.settled_fen - order.refunding_fen - order.refunded_fen),
            until=turn.telling.time(order.expires_at),
            eta=turn.telling.minutes(order.eta_minutes),
            # What is under way; what arrived before was told then.
            refunded=turn.telling.money(order.refunding_fen or order.refunded_fen),
        ),
    )
    if state is CustomerState.AWAITING_PAYMENT and nothing_asked(turn):
        reply = turn.aside(text, (turn.choice("choice.cancel_order", CANCEL),))
        turn.update(replace(turn.conversation, order_no=turn.conversation.order_no or order.order_no))
        return replace(reply, pay_url=turn.telling.links.pay(order), card=turn.telling.card(order))
    if state in (CustomerState.EXPIRED, CustomerState.CANCELLED) and order.lines:
        choices: tuple[Choice, ...] = (turn.choice("choice.again", REORDER),)
    elif state is CustomerState.DELIVERED:
        choices = ()
        if any(line.has_keys for line in order.lines):
            page = turn.say("news.keys_page", url=turn.telling.links.order(order))
            text = paragraphs(text, page)
    else:
        choices = refunds.offer(turn, order)
    return replace(turn.aside(text, choices), card=turn.telling.card(order))


def _held(turn: Turn, order: Order) -> Reply:
    """Money came that does not match the order: it is not said that none came, nor asked for again."""
    text = paragraphs(
        turn.say("status.order", order_no=order.order_no, things=turn.telling.order(order)),
        turn.say("news.payment_held", order_no=order.order_no),
    )
    return replace(turn.aside(text, (turn.choice("choice.human", HUMAN),)), card=turn.telling.card(order))


def _status_key(turn: Turn, order: Order, state: CustomerState) -> str:
    """The sentence for the state, as true as it can be said: late is said, and what can be had back."""
    if state is CustomerState.EXPIRED and turn.shop.may_be_paid_unheard(turn.tx, order.order_no):
        return "status.expired_unheard"
    if state is CustomerState.PROCESSING:
        late = [line for line in order.lines if is_late(order, line, turn.policy.aftersales, turn.now)]
        if any(line.state is LineState.UNKNOWN for line in late):
            return "status.processing_unknown"
        return "status.processing_late" if late else "status.processing"
    undelivered = refunds.undelivered(order)
    if undelivered and state is not CustomerState.NEEDS_INFO:
        failed = len(undelivered) == len(order.lines) and not any(
            line.delivered_quantity for line in undelivered
        )
        return "status.failed_open" if failed else "status.partly_open"
    all_arrived = all(line.state is LineState.DONE for line in order.lines)
    if state is CustomerState.PARTLY_DELIVERED and all_arrived:
        return "status.delivered_part_refunded"
    return f"status.{state.value}"


def nothing_asked(turn: Turn) -> bool:
    return not ((question := turn.conversation.question) and question.is_open)


def history(turn: Turn) -> Reply:
    """Past orders, newest first."""
    if not (orders := turn.shop.orders_of(turn.tx, turn.customer_id, turn.policy.limits.orders_shown_max)):
        return turn.aside(turn.say("status.no_orders"))
    return turn.aside(
        paragraphs(turn.say("history.title", count=len(orders)), several_orders.rows(turn, orders)),
        (turn.choice("choice.again", REORDER),),
    )


def change(turn: Turn) -> Reply:
    """A change of what is in hand; of what arrived long ago or is over, the same once more with that changed."""
    if turn.heard.revives and turn.conversation.before:
        return going_back.go_back(turn)
    latest = turn.latest_order()
    long_there = (
        latest is not None
        and customer_state(latest) is CustomerState.DELIVERED
        and turn.now - latest.created_at >= ordering.RECENTLY
    )
    says_what = any(line.product for line in turn.heard.lines) or not turn.heard.lines
    if long_there and turn.heard.order_ref == LAST and not turn.conversation.draft.lines and not says_what:
        return once_more.reorder(turn)
    return once_more.changed_too_late(turn) or ordering.order(turn)


def refund(turn: Turn) -> Reply:
    """Money back, as far as the refund rules allow it now; of the one order that is meant."""
    number = turn.heard.order_ref
    meant = which_order.to_refund(turn) if not number or number == LAST else ()
    if len(meant) > 1:
        return refunds.which_one(turn, meant)
    order = meant[0] if meant else order_meant(turn, prefer_paid=turn.conversation.order_no is None)
    if order is None:
        return (
            not_found(turn, number) if number and number != LAST else turn.aside(turn.say("refund.nothing"))
        )
    if order.purpose is OrderPurpose.DEPOSIT and not order.is_payable:
        return wallet.not_refundable(turn, order)
    return refunds.money_back(turn, order, turn.message.text)


def wait(turn: Turn) -> Reply:
    """The customer goes on waiting for what is late."""
    return turn.done(turn.say("late.wait"))


def cancel(turn: Turn) -> Reply:
    """Drop what is under way: an order by number, the draft, or the unpaid order."""
    number = turn.heard.order_ref
    if number and number != LAST:
        order = turn.shop.order(turn.tx, number, turn.customer_id)
        return cancel_order(turn, order) if order else not_found(turn, number)
    if (reply := calling_off.called_off(turn)) is not None:
        return reply
    question = turn.conversation.question
    if number is None and question is not None and question.purpose is Purpose.BALANCE:
        # `不用了`, to whether the balance shall be used: the order is still wanted.
        return wallet.another_way(turn)
    if turn.chat.attended is Attended.QUEUED and nothing_asked(turn) and turn.conversation.order_no is None:
        return stay_with_bot(turn)
    drafting = turn.conversation.draft.lines and turn.conversation.order_no is None
    named = () if drafting else which_order.named(turn, turn.shop.orders_of(turn.tx, turn.customer_id))
    if named:
        return cancel_order(turn, named[0])
    old = replacing.replaced(turn)
    if drafting and number is None and old is not None and old.is_payable:
        return ordering.keep(turn, old)
    if drafting and number is None:
        dropped = turn.conversation.draft
        reply = turn.done(turn.say("cancel.draft"))
        turn.update(replace(turn.conversation, dropped=dropped))
        return reply
    on_table = turn.order_on_table()
    order = on_table if on_table and on_table.is_payable else turn.shop.payable(turn.tx, turn.customer_id)
    if order is not None:
        return cancel_order(turn, order)
    latest = turn.latest_order()
    looks_elsewhere = turn.conversation.browsing is not None
    recent = latest and not looks_elsewhere and turn.now - latest.created_at < ordering.RECENTLY
    if latest is not None and (number == LAST or recent or customer_state(latest) in UNFINISHED):
        return cancel_order(turn, latest)
    return turn.done(turn.say("cancel.nothing"))


def cancel_order(turn: Turn, order: Order) -> Reply:
    """An unpaid order is dropped; a paid one can only be refunded, and that is said."""
    held = not order.settled_fen and turn.shop.holds_money(turn.tx, order.order_no)
    try:
        turn.shop.cancel(turn.tx, order.order_no, turn.customer_id, turn.now)
    except NotCancellable:
        state = customer_state(order)
        human = turn.choice("choice.human", HUMAN)
        if state in (CustomerState.EXPIRED, CustomerState.CANCELLED):
            key = "cancel.held" if held else "cancel.gone_already"
            return turn.done(turn.say(key, order_no=order.order_no), (human,) if held else ())
        if order.purpose is OrderPurpose.DEPOSIT:
            return wallet.not_refundable(turn, order)
        if state in (CustomerState.REFUNDING, CustomerState.REFUNDED):
            return turn.aside(turn.say("refund.denied.already", order_no=order.order_no))
        if all(line.delivery is Delivery.TOPUP for line in order.lines):
            done = state is CustomerState.DELIVERED
            key = "refund.denied.delivered" if done else "refund.denied.in_delivery"
            return turn.aside(turn.say(key, order_no=order.order_no), (human,))
        return turn.aside(
            turn.say("cancel.paid", order_no=order.order_no),
            (turn.choice("choice.refund", REFUND), human),
        )
    text = turn.say("cancel.held" if held else "cancel.order", order_no=order.order_no)
    return turn.done(paragraphs(text, calling_off.still_open(turn)))


def stay_with_bot(turn: Turn) -> Reply:
    """The customer no longer waits for a person."""
    turn.handover.leave_queue(turn.tx, turn.chat.address)
    return turn.done(turn.say("person.left_queue"))
