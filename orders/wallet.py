"""Money that customers leave with us: put in by paying for it, told to the ledger, given out again.

Putting money in is an order without lines: it expires, is paid late, twice or in several ways like
any other, and is complete the moment it is paid. What a customer may spend is one number in his row,
moved in the same transaction as the ledger; `spending.py` pays orders with it.
"""

from __future__ import annotations

from datetime import datetime

from orders import closing, errands, ledger, paying, placing, refunding
from orders.backroom import Backroom
from orders.database import Tx
from orders.errors import NoSuchOrder, NotPermitted, TooManyUnpaid
from orders.money import NOTHING, Fen, yuan
from orders.order import EventKind, Order, OrderPurpose, OrderState, PaymentState
from orders.payment import CURRENCY
from orders.pricing import with_fee
from orders.store import book, customers, money


def open_deposit(tx: Tx, room: Backroom, customer_id: str, amount_fen: Fen, now: datetime) -> Order:
    """An order for money in the wallet; see `Shop.open_deposit`."""
    limits = room.policy.wallet
    held = customers.find(tx, customer_id).balance_fen
    if not limits.deposit_min_fen <= amount_fen <= limits.deposit_max_fen:
        raise NotPermitted(f"{yuan(amount_fen)} is no deposit of {limits.deposit_min_yuan} yuan or more")
    # All that was asked for may be paid at once.
    if held + book.deposits_open(tx, customer_id) + amount_fen > limits.balance_max_fen:
        raise NotPermitted(
            f"with {yuan(amount_fen)} more the wallet would hold over {limits.balance_max_yuan}"
        )
    if book.unpaid_count(tx, customer_id) >= room.policy.limits.unpaid_orders_max:
        raise TooManyUnpaid(room.policy.limits.unpaid_orders_max)
    gateway = room.ways_to_pay(customer_id)[0]
    fee = room.price_rules.fee_at(gateway, amount_fen)
    order = Order(
        order_no=placing.fresh_order_no(tx, room, now),
        customer_id=customer_id,
        quote_id=f"deposit:{room.chance.token(16)}",
        state=OrderState.AWAITING_PAYMENT,
        payment_state=PaymentState.UNPAID,
        lines=(),
        list_fen=amount_fen,
        saved_fen=NOTHING,
        fee_fen=fee,
        total_fen=Fen(amount_fen + fee),
        settled_fen=NOTHING,
        refunding_fen=NOTHING,
        refunded_fen=NOTHING,
        created_at=now,
        expires_at=now + room.policy.quote.good_for,
        settled_at=None,
        pay_token=room.chance.token(24),
        link_token=room.chance.token(24),
        price_rules=with_fee((), gateway, fee),
        purpose=OrderPurpose.DEPOSIT,
    )
    book.add(tx, order)
    first = paying.first_payment(room, order)
    money.add_payment(tx, first)
    room.note(tx, order.order_no, EventKind.PLACED, now, amount_fen=order.total_fen)
    room.later(tx, errands.expire_order(order.order_no), order.expires_at)
    paying.invoice(tx, room, order, first, now)
    return order


def credit(tx: Tx, room: Backroom, order: Order, now: datetime) -> Order:
    """A deposit is paid: the money is the customer's to spend, and the order complete at once."""
    assert order.purpose is OrderPurpose.DEPOSIT, f"order {order.order_no} is for goods"
    amount = order.price_fen
    entries = ledger.on_deposited(amount)
    money.post(tx, f"deposited:{order.order_no}", entries, order.order_no, now)
    customers.credit(tx, order.customer_id, amount)
    if order.fee_fen:
        money.post(tx, f"fee:{order.order_no}", ledger.on_fee_earned(order.fee_fen), order.order_no, now)
    return closing.complete(tx, room, order, now)


def give_out(tx: Tx, room: Backroom, order_no: str, amount_fen: Fen, agent: str, now: datetime) -> Order:
    """Send money of a deposit back to where it came from; see `Shop.give_out`."""
    order = book.locked(tx, order_no)
    if order is None:
        raise NoSuchOrder(order_no)
    if order.purpose is not OrderPurpose.DEPOSIT or order.state is not OrderState.COMPLETED:
        raise NotPermitted(f"order {order_no} is no deposit that was paid")
    left = order.price_fen - order.refunded_fen - order.refunding_fen
    if not 1 <= amount_fen <= left:
        raise NotPermitted(f"{yuan(left)} of deposit {order_no} can go back, and not {yuan(amount_fen)}")
    payment = money.payment_of(tx, order_no)
    if payment is not None and payment.charged.currency != CURRENCY and amount_fen != order.settled_fen:
        raise NotPermitted(
            f"deposit {order_no} was paid in {payment.charged.currency}; it goes back whole only"
        )
    if not customers.spend(tx, order.customer_id, amount_fen):
        held = customers.find(tx, order.customer_id).balance_fen
        raise NotPermitted(f"the wallet holds {yuan(held)}; the rest of deposit {order_no} is spent")
    return refunding.promise_from_balance(tx, room, order, amount_fen, agent, now)
