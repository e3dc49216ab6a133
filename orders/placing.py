"""A quote becomes an order, and an order that nobody paid is given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from orders import errands, paying
from orders.backroom import Backroom
from orders.catalog import Catalog, Product
from orders.clock import CHINA
from orders.database import Tx
from orders.errors import CouponGone, NoSuchOrder, NotCancellable, OutOfStock, QuoteExpired, TooManyUnpaid
from orders.money import NOTHING, Fen
from orders.order import EventKind, LineState, Order, OrderLine, OrderState, PaymentState
from orders.pricing import RuleKind
from orders.quote import Quote, QuoteLine
from orders.store import book, coupons, goods, money, timeline

ORDER_NO_TRIES = 20


def place(tx: Tx, room: Backroom, catalog: Catalog, quote: Quote, now: datetime) -> Order:
    """Make the quote an order; see `Shop.place`."""
    if (placed := book.by_quote(tx, quote.quote_id)) is not None:
        return placed
    if now >= quote.expires_at:
        raise QuoteExpired(quote.expires_at)
    if book.unpaid_count(tx, quote.customer_id) >= room.policy.limits.unpaid_orders_max:
        raise TooManyUnpaid(room.policy.limits.unpaid_orders_max)
    order = _order_from(room, quote, catalog, fresh_order_no(tx, room, now), now)
    for line in order.lines_by_sku:
        if not goods.reserve(tx, line.sku_id, line.quantity):
            raise OutOfStock(line.sku_id, line.quantity, goods.available(tx, line.sku_id))
    book.add(tx, order)
    _use_coupon(tx, order, now)
    first = paying.first_payment(room, order)
    money.add_payment(tx, first)
    room.note(tx, order.order_no, EventKind.PLACED, now, amount_fen=order.total_fen)
    room.later(tx, errands.expire_order(order.order_no), order.expires_at)
    paying.invoice(tx, room, order, first, now)
    return order


def _use_coupon(tx: Tx, order: Order, now: datetime) -> None:
    """Only its uses are looked at: the price that was quoted holds, even if the coupon has ended since."""
    if order.coupon is None:
        return
    coupon = coupons.find(tx, order.coupon)
    off_fen = Fen(sum(rule.off_fen for rule in order.price_rules if rule.kind is RuleKind.COUPON))
    if coupon is None or not coupons.take(tx, coupon, order.customer_id, order.order_no, off_fen, now):
        raise CouponGone(order.coupon)


def cancel(tx: Tx, room: Backroom, order_no: str, customer_id: str, now: datetime) -> Order:
    """Drop an unpaid order; see `Shop.cancel`."""
    order = book.locked(tx, order_no)
    if order is None or order.customer_id != customer_id:
        raise NoSuchOrder(order_no)
    if order.state is OrderState.CANCELLED:
        return order
    if order.state is not OrderState.AWAITING_PAYMENT:
        raise NotCancellable(order_no, order.state)
    open_payments = [one for one in money.payments_of(tx, order_no) if one.may_be_paid]
    order = _give_up(tx, room, order, OrderState.CANCELLED, EventKind.CANCELLED, now)
    room.never_mind(tx, errands.expire_order(order_no))
    for payment in open_payments:
        # The payer may stand at the gateway's till right now; tell it, outside of this transaction.
        room.later(tx, errands.close_payment(payment.out_trade_no), now)
    return order


UNHEARD = "unheard"
"""Detail of an expiry that happened although a gateway did not say whether the order was paid."""


def expire(tx: Tx, room: Backroom, order_no: str, now: datetime, *, unheard: bool) -> bool:
    """Give up an order that was not paid in time; see `Shop.expire`."""
    order = book.locked(tx, order_no)
    if order is None or order.state is not OrderState.AWAITING_PAYMENT or now < order.expires_at:
        return False
    _give_up(tx, room, order, OrderState.EXPIRED, EventKind.EXPIRED, now, UNHEARD if unheard else None)
    return True


def may_be_paid_unheard(tx: Tx, order_no: str) -> bool:
    """Whether the order expired while a gateway kept silent: nobody is to be told that nothing was paid."""
    return timeline.has(tx, order_no, EventKind.EXPIRED, UNHEARD)


def _give_up(
    tx: Tx,
    room: Backroom,
    order: Order,
    state: OrderState,
    event: EventKind,
    now: datetime,
    detail: str | None = None,
) -> Order:
    after = book.update_order(tx, order, replace(order, state=state, payment_state=PaymentState.CLOSED))
    for line in order.lines_by_sku:
        goods.release(tx, line.sku_id, line.quantity)
    if order.coupon is not None:
        coupons.give_back(tx, order.order_no, now)
    money.close_payments(tx, order.order_no)
    room.note(tx, order.order_no, event, now, detail=detail)
    return after


def fresh_order_no(tx: Tx, room: Backroom, now: datetime) -> str:
    day = now.astimezone(CHINA).strftime("%Y%m%d")
    for _ in range(ORDER_NO_TRIES):
        order_no = f"{day}{room.chance.below(1_000_000):06d}"
        if not book.is_taken(tx, order_no):
            return order_no
    raise AssertionError(f"{ORDER_NO_TRIES} random order numbers of {day} were all taken")


def _order_from(room: Backroom, quote: Quote, catalog: Catalog, order_no: str, now: datetime) -> Order:
    return Order(
        order_no=order_no,
        customer_id=quote.customer_id,
        quote_id=quote.quote_id,
        state=OrderState.AWAITING_PAYMENT,
        payment_state=PaymentState.UNPAID,
        lines=tuple(_line_from(number, line, catalog) for number, line in enumerate(quote.lines, start=1)),
        list_fen=quote.list_fen,
        saved_fen=quote.saved_fen,
        fee_fen=quote.fee_fen,
        total_fen=quote.total_fen,
        settled_fen=NOTHING,
        refunding_fen=NOTHING,
        refunded_fen=NOTHING,
        created_at=now,
        expires_at=quote.expires_at,
        settled_at=None,
        pay_token=room.chance.token(24),
        link_token=room.chance.token(24),
        coupon=quote.coupon,
        price_rules=quote.rules,
    )


def _line_from(number: int, line: QuoteLine, catalog: Catalog) -> OrderLine:
    sku = catalog.sku(line.sku_id)
    product: Product | None = catalog.product(line.product_id)
    if sku is None or product is None:
        # Taken off sale between quote and order; for the customer that is the same as sold out.
        raise OutOfStock(line.sku_id, line.quantity, 0)
    return OrderLine(
        line_no=number,
        sku_id=line.sku_id,
        product_id=line.product_id,
        name=product.name,
        variant=sku.variant,
        quantity=line.quantity,
        account_kind=product.account_kind,
        account=line.account,
        region=line.region,
        unit_price_fen=line.unit_price_fen,
        amount_fen=line.amount_fen,
        eta_minutes=line.eta_minutes,
        delivery=sku.delivery,
        refund_rule=sku.refund_rule,
        state=LineState.QUEUED,
        unit_price_li=line.unit_price_li,
    )
