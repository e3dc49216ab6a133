"""Money goes back to where it came from: promised here, carried out by `dispatch.py`.

The promise, the call and the answer are three transactions. A gateway that did not answer is
asked, under the same refund number, until it tells.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from orders import aftersales, closing, errands, ledger
from orders.backroom import Backroom
from orders.catalog import Delivery, RefundRule
from orders.database import Tx
from orders.errors import NoSuchOrder
from orders.money import Fen
from orders.order import EventKind, LineState, Order, OrderLine, OrderState, PaymentState
from orders.payment import (
    LineRefund,
    Payment,
    Refund,
    RefundDenied,
    RefundOutcome,
    RefundReason,
    RefundState,
)
from orders.ports import RefundAnswer, RefundAsk, RefundStatus
from orders.store import alarms, attempts, book, coupons, customers, goods, keys, money

PSP_REF_LENGTH_MAX = 255
"""No gateway's number is longer; one that is must not keep the answer from being booked."""

REFUND_WANTED = "refund_wanted"
"""The kind of alarm that rings for an undelivered line until its money goes back."""

SILENT_AFTER = timedelta(seconds=60)
"""A refund call that has not been answered by then is asked about."""


def promise_line(
    tx: Tx, room: Backroom, order: Order, line: OrderLine, out_of: str, reason: RefundReason, now: datetime
) -> Order:
    """Start to give back what was paid for the undelivered part of a line, less what staff gave back of it
    before, or for all of it where it was delivered and comes back unused (`out_of` is revenue then)."""
    amount = line.amount_fen if out_of == ledger.REVENUE else line.owed_fen
    if not amount:
        # Pieces of less than a 分 each: the delivered ones were worth all that was paid.
        return order
    return _promise_of_line(tx, room, order, line, amount, out_of, reason, now)


def promise_part(
    tx: Tx, room: Backroom, order: Order, line: OrderLine, amount: Fen, reason: RefundReason, now: datetime
) -> Order:
    """Start to give `amount` of an ended line back, whatever of it was delivered: first of what was not."""
    given = line.refunding_fen + line.refunded_fen
    assert 0 < amount <= line.amount_fen - given, f"{amount} of line {line.line_no}, {given} is given back"
    advance = Fen(min(amount, line.owed_fen))
    for out_of, part in ((ledger.ADVANCES, advance), (ledger.REVENUE, Fen(amount - advance))):
        current = order.line(line.line_no)
        assert current is not None
        if part:
            order = _promise_of_line(tx, room, order, current, part, out_of, reason, now)
    if given + amount == line.amount_fen and goods.is_key(line.delivery):
        keys.void(tx, order.order_no, line.line_no, now)
    return order


def _promise_of_line(
    tx: Tx,
    room: Backroom,
    order: Order,
    line: OrderLine,
    amount: Fen,
    out_of: str,
    reason: RefundReason,
    now: datetime,
) -> Order:
    going = replace(line, refunding_fen=Fen(line.refunding_fen + amount))
    order = book.update_line(tx, order, line, going)
    if not going.owed_fen:
        alarms.settle(tx, REFUND_WANTED, f"{order.order_no}-{line.line_no}", reason, now)
    if goods.is_key(line.delivery):
        aftersales.see_to(tx, order.order_no, line.line_no, reason, now)
    payment = money.payment_of(tx, order.order_no)
    assert payment is not None
    return _promise(tx, room, order, payment, line.line_no, amount, out_of, reason, now)


def promise_payment(
    tx: Tx, room: Backroom, order: Order, payment: Payment, reason: RefundReason, now: datetime
) -> Order:
    """Start to give a whole payment back: it came in vain, or it is surplus."""
    out_of = ledger.SURPLUS if payment.surplus else ledger.ADVANCES
    return _promise(tx, room, order, payment, None, payment.amount_fen, out_of, reason, now)


def promise_fee(tx: Tx, room: Backroom, order: Order, now: datetime) -> Order:
    """Nothing at all was delivered, so the fee goes back too."""
    payment = money.payment_of(tx, order.order_no)
    assert payment is not None
    reason = RefundReason.DELIVERY_FAILED
    return _promise(tx, room, order, payment, None, order.fee_fen, ledger.ADVANCES, reason, now)


def promise_from_balance(
    tx: Tx, room: Backroom, order: Order, amount: Fen, agent: str, now: datetime
) -> Order:
    """Start to give money of a deposit back that was just taken out of the customer's wallet."""
    payment = money.payment_of(tx, order.order_no)
    assert payment is not None
    order = _promise(tx, room, order, payment, None, amount, ledger.BALANCES, RefundReason.STAFF, now)
    room.note(tx, order.order_no, EventKind.REVIEWED, now, amount_fen=amount, detail=f"given out by {agent}")
    return order


def _promise(
    tx: Tx,
    room: Backroom,
    order: Order,
    payment: Payment,
    line_no: int | None,
    amount: Fen,
    out_of: str,
    reason: RefundReason,
    now: datetime,
) -> Order:
    refund_no = f"{order.order_no}R{money.refund_count(tx, order.order_no) + 1}"
    refund = Refund(
        refund_no, order.order_no, payment.payment_id, line_no, amount, reason, RefundState.REQUESTED, now
    )
    money.add_refund(tx, refund)
    if not payment.surplus:
        promised = Fen(order.refunding_fen + amount)
        order = book.update_order(tx, order, replace(order, refunding_fen=promised))
    entries = ledger.on_refund_promised(out_of, amount)
    money.post(tx, f"promised:{refund_no}", entries, order.order_no, now)
    room.note(tx, order.order_no, EventKind.REFUND_REQUESTED, now, line_no, amount, reason)
    room.later(tx, errands.submit_refund(refund_no), now)
    return order


def begin(tx: Tx, room: Backroom, refund_no: str, now: datetime) -> tuple[str, RefundAsk] | None:
    """Commit the intent to call the gateway, and the later question; None where there is nothing
    to call for. Returns the gateway's name and what to ask of it."""
    refund = money.refund(tx, refund_no)
    if refund is None or refund.state is not RefundState.REQUESTED:
        return None
    money.update_refund(tx, refund, replace(refund, state=RefundState.SUBMITTING), None)
    name, ask = ask_for(tx, refund)
    if name == ledger.HOUSE:
        # Back into the wallet: in our own books, so nobody is called.
        answer(tx, room, refund_no, RefundAnswer(RefundStatus.SUCCEEDED), now)
        return None
    room.later(tx, errands.query_refund(refund_no), now + SILENT_AFTER)
    return name, ask


def open_ask(tx: Tx, refund_no: str) -> tuple[str, RefundAsk] | None:
    """What to ask a gateway about a refund that it has not told the end of."""
    refund = money.refund(tx, refund_no)
    waiting = (RefundState.SUBMITTING, RefundState.PROCESSING, RefundState.UNKNOWN)
    return ask_for(tx, refund) if refund and refund.state in waiting else None


def ask_for(tx: Tx, refund: Refund) -> tuple[str, RefundAsk]:
    payment = money.payment(tx, refund.payment_id)
    assert payment is not None
    assert payment.psp_ref is not None
    order = book.get(tx, refund.order_no)
    assert order is not None
    return payment.gateway, RefundAsk(
        refund_no=refund.refund_no,
        out_trade_no=payment.out_trade_no,
        psp_ref=payment.psp_ref,
        amount_fen=Fen(payment.charged_for(refund.amount_fen)),
        paid_fen=Fen(payment.charged.minor),
        currency=payment.charged.currency,
        reason=refund.reason,
        promised_at=refund.promised_at,
        payer=order.customer_id.partition(":")[2],
    )


def answer(tx: Tx, room: Backroom, refund_no: str, said: RefundAnswer, now: datetime) -> None:
    """What the gateway made of it. An answer to a refund that has ended changes nothing, but for one: a
    gateway that refused gave the money back after all, once a person had cleared it up over there."""
    known = money.refund(tx, refund_no)
    order = book.locked(tx, known.order_no) if known else None
    refund = money.refund(tx, refund_no)
    if refund is None or order is None or not _is_news(refund, said.status):
        return
    refund = replace(refund, psp_ref=said.psp_ref[:PSP_REF_LENGTH_MAX] or refund.psp_ref)
    match said.status:
        case RefundStatus.SUCCEEDED:
            _succeeded(tx, room, order, refund, now)
        case RefundStatus.REFUSED:
            _refused(tx, room, order, refund, said.reason, now)
        case RefundStatus.ABSENT:
            # It never arrived. The same number again is the same refund, so this cannot double it.
            money.update_refund(tx, refund, replace(refund, state=RefundState.REQUESTED), None)
            room.later(tx, errands.submit_refund(refund_no), now)
        case RefundStatus.PROCESSING | RefundStatus.UNKNOWN:
            _still_open(tx, room, refund, said.status, now)


def _is_news(refund: Refund, status: RefundStatus) -> bool:
    """A refund that was refused may still come to a good end, when the bank's own people clear it up; that
    it did is news until it is known. Everything else is an answer, and only to a refund that waits for one."""
    if status is RefundStatus.SUCCEEDED:
        return refund.state is not RefundState.SUCCEEDED
    return refund.state in (RefundState.SUBMITTING, RefundState.PROCESSING, RefundState.UNKNOWN)


def _succeeded(tx: Tx, room: Backroom, order: Order, refund: Refund, now: datetime) -> None:
    money.update_refund(tx, refund, replace(refund, state=RefundState.SUCCEEDED), now)
    room.never_mind(tx, errands.submit_refund(refund.refund_no))
    room.never_mind(tx, errands.query_refund(refund.refund_no))
    payment = money.payment(tx, refund.payment_id)
    assert payment is not None
    whole = payment.refunded_fen + refund.amount_fen == payment.amount_fen
    money.book_refund_on_payment(tx, payment.payment_id, refund.amount_fen, whole)
    entries = ledger.on_refunded(payment.gateway, refund.amount_fen)
    money.post(tx, f"refunded:{refund.refund_no}", entries, order.order_no, now)
    if payment.gateway == ledger.HOUSE:
        customers.credit(tx, order.customer_id, refund.amount_fen)
    line = order.line(refund.line_no) if refund.line_no else None
    if line:
        order = book.update_line(tx, order, line, _line_refunded(line, refund.amount_fen))
    if not payment.surplus:
        order = book.update_order(tx, order, _order_refunded(order, refund.amount_fen))
    room.note(tx, order.order_no, EventKind.REFUNDED, now, refund.line_no, refund.amount_fen, refund.reason)
    finish(tx, room, order, now)


def _line_refunded(line: OrderLine, amount: Fen) -> OrderLine:
    return replace(
        line, refunding_fen=Fen(line.refunding_fen - amount), refunded_fen=Fen(line.refunded_fen + amount)
    )


def _order_refunded(order: Order, amount: Fen) -> Order:
    refunded = Fen(order.refunded_fen + amount)
    whole = refunded == order.settled_fen
    return replace(
        order,
        refunding_fen=Fen(order.refunding_fen - amount),
        refunded_fen=refunded,
        payment_state=PaymentState.REFUNDED if whole else PaymentState.PART_REFUNDED,
    )


def _refused(tx: Tx, room: Backroom, order: Order, refund: Refund, why: str, now: datetime) -> None:
    money.update_refund(tx, refund, replace(refund, state=RefundState.REFUSED), now)
    room.never_mind(tx, errands.query_refund(refund.refund_no))
    room.note(
        tx, order.order_no, EventKind.REFUND_FAILED, now, refund.line_no, refund.amount_fen, refund.reason
    )
    room.alarm(tx, "refund_refused", refund.refund_no, why, now)
    if order.state in (OrderState.PLACED, OrderState.COMPLETED):
        book.update_order(tx, order, replace(order, state=OrderState.IN_REVIEW))
        room.note(tx, order.order_no, EventKind.IN_REVIEW, now, detail="refund_refused")


def _still_open(tx: Tx, room: Backroom, refund: Refund, status: RefundStatus, now: datetime) -> None:
    state = RefundState.PROCESSING if status is RefundStatus.PROCESSING else RefundState.UNKNOWN
    waits = room.policy.payment.refund_query_seconds
    if refund.queries == len(waits):
        room.alarm(tx, "refund_stuck", refund.refund_no, f"asked {refund.queries} times", now)
    money.update_refund(tx, refund, replace(refund, state=state, queries=refund.queries + 1), None)
    wait = timedelta(seconds=waits[min(refund.queries, len(waits) - 1)])
    room.later(tx, errands.query_refund(refund.refund_no), now + wait)


def try_again(tx: Tx, room: Backroom, refund_no: str, agent: str, now: datetime) -> bool:
    """A person has cleared up with the gateway why it refused; see `Shop.retry_refund`."""
    known = money.refund(tx, refund_no)
    order = book.locked(tx, known.order_no) if known else None
    refund = money.refund(tx, refund_no)
    if order is None or refund is None or refund.state is not RefundState.REFUSED:
        return False
    # A new promise: under its old time UnionPay would know it, and would not do it again.
    again = replace(refund, state=RefundState.REQUESTED, promised_at=now)
    money.update_refund(tx, refund, again, None)
    detail = f"again by {agent}"
    room.note(tx, order.order_no, EventKind.REFUND_REQUESTED, now, refund.line_no, refund.amount_fen, detail)
    room.later(tx, errands.submit_refund(refund_no), now)
    return True


def request(
    tx: Tx,
    room: Backroom,
    order_no: str,
    customer_id: str,
    now: datetime,
    only: Collection[int] | None = None,
) -> RefundOutcome:
    """The customer wants his money back; see `Shop.request_refund`."""
    order = book.locked(tx, order_no)
    if order is None or order.customer_id != customer_id:
        raise NoSuchOrder(order_no)
    results: list[LineRefund] = []
    for line_no in (line.line_no for line in order.lines if only is None or line.line_no in only):
        line = order.line(line_no)
        assert line is not None
        denied, before = refund_denied(order, line), line.refunding_fen
        if denied is None:
            order = take_back(tx, room, order, line, RefundReason.CUSTOMER_ASKED, now)
        line = order.line(line_no)
        assert line is not None
        results.append(LineRefund(line_no, Fen(line.refunding_fen - before), denied))
    return RefundOutcome(order_no, tuple(results))


def refund_denied(order: Order, line: OrderLine) -> RefundDenied | None:
    """Why the line cannot be given back now by its rule; None where it can."""
    if order.settled_fen == 0:
        return RefundDenied.NOT_PAID
    if order.refunded_fen + order.refunding_fen >= order.settled_fen:
        return RefundDenied.ALREADY
    if line.state in (LineState.FAILED, LineState.PARTIAL) and line.owed_fen:
        # What never came goes back, also where staff gave a part of it back before; what came is the customer's.
        return None
    if line.refunding_fen or line.refunded_fen:
        return RefundDenied.ALREADY
    if line.state is LineState.NEEDS_INFO:
        return None
    if line.state in (LineState.FAILED, LineState.PARTIAL):
        return RefundDenied.DELIVERED
    match line.refund_rule:
        case RefundRule.FAILED_ONLY:
            return RefundDenied.DELIVERED if line.state is LineState.DONE else RefundDenied.IN_DELIVERY
        case RefundRule.UNUSED:
            if line.state is not LineState.DONE:
                return RefundDenied.IN_DELIVERY
            return RefundDenied.KEY_SHOWN if line.keys_shown_at or not line.has_keys else None
        case RefundRule.UNSHIPPED:
            if line.state is LineState.DONE:
                return RefundDenied.SHIPPED
            waits_for_us = line.delivery is Delivery.PHYSICAL and line.state in (
                LineState.QUEUED,
                LineState.SUBMITTED,
            )
            return None if waits_for_us else RefundDenied.IN_DELIVERY


def take_back(
    tx: Tx, room: Backroom, order: Order, line: OrderLine, reason: RefundReason, now: datetime
) -> Order:
    """Start to give back what `refund_denied` does not deny."""
    if line.state is LineState.DONE:
        # An unseen key: nobody may use it any more, and nobody else gets it either.
        keys.void(tx, order.order_no, line.line_no, now)
        return promise_line(tx, room, order, line, ledger.REVENUE, reason, now)
    if line.state not in (LineState.FAILED, LineState.PARTIAL):
        attempt = attempts.get(tx, order.order_no, line.line_no, line.attempt)
        if attempt and attempt.is_open:
            attempts.update_attempt(tx, replace(attempt, state=attempts.WITHDRAWN, ended_at=now))
        failed = replace(line, state=LineState.FAILED)
        order = book.update_line(tx, order, line, failed)
        goods.release(tx, line.sku_id, line.quantity)
        line = failed
    order = promise_line(tx, room, order, line, ledger.ADVANCES, reason, now)
    return finish(tx, room, order, now)


def finish(tx: Tx, room: Backroom, order: Order, now: datetime) -> Order:
    """Complete the order if nothing is left to deliver or to look at. Its fee is earned then; where
    nothing at all was delivered, it goes back with the rest."""
    order = closing.leave_review(tx, room, order, now)
    if order.state is not OrderState.PLACED or not order.is_ended:
        return order
    order = closing.complete(tx, room, order, now)
    if order.coupon is not None and not any(line.delivered_quantity for line in order.lines):
        coupons.give_back(tx, order.order_no, now)
    if not order.fee_fen:
        return order
    if any(line.delivered_quantity for line in order.lines):
        entries = ledger.on_fee_earned(order.fee_fen)
        money.post(tx, f"fee:{order.order_no}", entries, order.order_no, now)
        return order
    return promise_fee(tx, room, order, now)
