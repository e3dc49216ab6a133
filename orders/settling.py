"""The one way in for money. Whoever brings the evidence, it is booked here, once.

The payment and its order are locked first, so that two notices of the same money, at the same
instant, come out as one booking and one repetition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from orders import errands, ledger, promises, refunding, wallet
from orders.backroom import Backroom
from orders.catalog import Catalog
from orders.database import Tx
from orders.money import NOTHING, Fen
from orders.order import EventKind, Order, OrderLine, OrderPurpose, OrderState, PaymentState
from orders.payment import (
    CURRENCY,
    Effect,
    Held,
    HeldReason,
    Noted,
    NoticeOutcome,
    Payment,
    RefundReason,
    Refused,
    Repeated,
    Settled,
    effect_of,
    held_reason,
)
from orders.ports import (
    Gateway,
    NoticeRefused,
    PaymentNotice,
    RawNotice,
    RefundAnswer,
    RefundNotice,
    RefundStatus,
)
from orders.refusing import refuse
from orders.store import alarms, book, coupons, goods, money

PAYMENT_HELD = "payment_held"
"""The kind of alarm that rings for money that was not booked, until a person has seen to it."""

EVENTS = {
    Effect.PAID: EventKind.PAID,
    Effect.LATE: EventKind.PAID_LATE,
    Effect.IN_VAIN: EventKind.PAID_IN_VAIN,
    Effect.SURPLUS: EventKind.PAID_TWICE,
}


def receive(
    tx: Tx, room: Backroom, catalog: Catalog, gateway: Gateway, raw: RawNotice, now: datetime
) -> NoticeOutcome:
    """Record, check and settle what was posted; see `Shop.receive_notice`."""
    try:
        notice = gateway.read_notice(raw)
    except NoticeRefused as refusal:
        return _refuse(tx, room, gateway, raw, refusal.reason, now)
    if notice is None:
        return Noted()
    earlier = money.record_notice(tx, gateway.name, raw, notice.nonce, "genuine")
    if earlier is not None:
        if earlier == hashlib.sha256(raw.body).hexdigest():
            return Repeated()
        return _refuse(tx, room, gateway, raw, "replayed", now)
    if isinstance(notice, RefundNotice):
        return _refund_told(tx, room, gateway, notice, now)
    return settle(tx, room, catalog, notice, now)


def _refund_told(
    tx: Tx, room: Backroom, gateway: Gateway, notice: RefundNotice, now: datetime
) -> Noted | Refused:
    """The gateway tells the end of a refund by itself; the same path as its answer to our question."""
    if notice.merchant_id != gateway.merchant.merchant_id:
        return Refused("wrong_merchant")
    refund = money.refund(tx, notice.refund_no)
    payment = money.payment(tx, refund.payment_id) if refund else None
    if refund is None or payment is None or payment.gateway != gateway.name:
        room.alarm(tx, "refund_unknown", notice.refund_no, f"{gateway.name}: {notice.status}", now)
        return Noted()
    if notice.status not in (RefundStatus.SUCCEEDED, RefundStatus.REFUSED):
        # Nothing new; and it was not asked for, so it is no answer that puts off the next question.
        return Noted(refund.refund_no)
    if notice.status is RefundStatus.SUCCEEDED and notice.amount_fen != refund.amount_fen:
        detail = f"{gateway.name} gave {notice.amount_fen} of {refund.amount_fen}"
        room.alarm(tx, "refund_differs", refund.refund_no, detail, now)
        return Noted(refund.refund_no)
    said = RefundAnswer(notice.status, notice.reason, notice.psp_ref)
    refunding.answer(tx, room, refund.refund_no, said, now)
    return Noted(refund.refund_no)


def _refuse(tx: Tx, room: Backroom, gateway: Gateway, raw: RawNotice, reason: str, now: datetime) -> Refused:
    return refuse(tx, room, gateway.name, raw, reason, "notice_refused", gateway.name, now)


def settle(tx: Tx, room: Backroom, catalog: Catalog, notice: PaymentNotice, now: datetime) -> Settled | Held:
    """Book the money; see `Shop.settle`."""
    known = money.by_trade_no(tx, notice.out_trade_no)
    order = book.locked(tx, known.order_no) if known else None
    # Read again: before the order was locked, somebody else may have booked the same money.
    payments = money.payments_of(tx, order.order_no) if order else ()
    payment = next((one for one in payments if one.out_trade_no == notice.out_trade_no), None)
    digest = money.statement_digest(notice)
    verdict = money.evidence_verdict(tx, notice.gateway, digest)
    order_no = order.order_no if order else None
    if verdict is not None:
        return _as_before(payment, verdict)
    booked = money.by_psp_ref(tx, notice.gateway, notice.psp_ref)
    reason = held_reason(notice, payment, room.merchant_at(notice.gateway))
    if reason is None and booked is not None:
        reason = HeldReason.REUSED_TRANSACTION
    if reason is not None or order is None or payment is None:
        return _hold(tx, room, notice, digest, order_no, reason or HeldReason.UNKNOWN_PAYMENT, now)
    others = tuple(one for one in payments if one is not payment)
    return _book(tx, room, catalog, notice, digest, order, payment, others, now)


def _as_before(payment: Payment | None, verdict: str) -> Settled | Held:
    if verdict in set(HeldReason):
        return Held(HeldReason(verdict), payment.order_no if payment else None, first=False)
    assert payment is not None
    return Settled(payment.order_no, Effect(verdict), payment.amount_fen, first=False)


def _hold(
    tx: Tx,
    room: Backroom,
    notice: PaymentNotice,
    digest: str,
    order_no: str | None,
    reason: HeldReason,
    now: datetime,
) -> Held:
    """Nothing is booked on a statement that does not match; a person compares it with the bill."""
    money.add_evidence(tx, notice, digest, order_no, reason, now)
    subject = _case(notice.gateway, notice.out_trade_no, notice.psp_ref)
    room.alarm(tx, PAYMENT_HELD, subject, reason, now)
    if order_no:
        # The customer is told an amount only where it is one of 分.
        amount = notice.amount_fen if notice.currency == CURRENCY else None
        room.note(tx, order_no, EventKind.PAYMENT_HELD, now, amount_fen=amount, detail=reason)
    return Held(reason, order_no, first=True)


def _case(gateway: str, out_trade_no: str, psp_ref: str) -> str:
    return f"{gateway} {out_trade_no} {psp_ref}"


def holds_money(tx: Tx, order_no: str) -> bool:
    """Whether money came for the order that does not match it, and nobody has seen to it yet."""
    return any(alarms.rings(tx, PAYMENT_HELD, _case(*numbers)) for numbers in money.held(tx, order_no))


def _book(
    tx: Tx,
    room: Backroom,
    catalog: Catalog,
    notice: PaymentNotice,
    digest: str,
    order: Order,
    payment: Payment,
    others: Sequence[Payment],
    now: datetime,
) -> Settled:
    already = order.settled_fen > 0
    stands = not already and order.state is OrderState.EXPIRED and _keep_again(tx, catalog, order, now)
    effect = effect_of(order.state, already, stands)
    money.add_evidence(tx, notice, digest, order.order_no, effect, now)
    payment = _settle_payment(tx, notice, payment, already, now)
    # From here on in 分, whatever money the payer paid with.
    amount = payment.amount_fen
    entries = ledger.on_settled(notice.gateway, amount, payment.surplus)
    money.post(tx, f"settled:{payment.payment_id}", entries, order.order_no, now)
    if not already:
        order = _settle_order(tx, room, order, payment, others, effect, now)
    room.note(tx, order.order_no, EVENTS[effect], now, amount_fen=amount, detail=notice.method)
    match effect:
        case Effect.PAID | Effect.LATE if order.purpose is OrderPurpose.DEPOSIT:
            wallet.credit(tx, room, order, now)
        case Effect.PAID | Effect.LATE:
            _start_delivery(tx, room, order, now)
        case Effect.IN_VAIN:
            refunding.promise_payment(tx, room, order, payment, RefundReason.PAID_IN_VAIN, now)
        case Effect.SURPLUS:
            refunding.promise_payment(tx, room, order, payment, RefundReason.PAID_TWICE, now)
    return Settled(order.order_no, effect, amount, first=True)


def _settle_payment(tx: Tx, notice: PaymentNotice, payment: Payment, surplus: bool, now: datetime) -> Payment:
    """Book the money on its payment; where that has money already, on one of its own."""
    settled = replace(
        payment,
        state=PaymentState.SETTLED,
        psp_ref=notice.psp_ref,
        method=notice.method,
        settled_at=now,
        surplus=surplus,
    )
    if payment.state in (PaymentState.UNPAID, PaymentState.CLOSED):
        return money.update_payment(tx, payment, settled)
    count = len(money.payments_of(tx, payment.order_no))
    extra = replace(settled, out_trade_no=f"{payment.order_no}-again{count}", refunded_fen=NOTHING)
    return replace(extra, payment_id=money.add_payment(tx, extra))


def _settle_order(
    tx: Tx,
    room: Backroom,
    order: Order,
    payment: Payment,
    others: Sequence[Payment],
    effect: Effect,
    now: datetime,
) -> Order:
    room.never_mind(tx, errands.expire_order(order.order_no))
    room.never_mind(tx, errands.query_payment(payment.out_trade_no))
    for other in others:
        if other.may_be_paid:
            # The payer had begun to pay in another way as well; nobody shall go on there.
            room.later(tx, errands.close_payment(other.out_trade_no), now)
    if payment.amount_fen != order.total_fen:
        # Paid in another way than the first one that was offered: the fee is that way's.
        order = book.charge_fee(tx, order, payment.gateway, Fen(payment.amount_fen - order.price_fen))
    paid = replace(order, payment_state=PaymentState.SETTLED, settled_fen=payment.amount_fen, settled_at=now)
    if effect in (Effect.PAID, Effect.LATE):
        paid = replace(paid, state=OrderState.PLACED)
    return book.update_order(tx, order, paid)


def _keep_again(tx: Tx, catalog: Catalog, order: Order, now: datetime) -> bool:
    """Take the stock and the coupon of an expired order back, if all of it is there, the catalog asks
    what it asked then, and the coupon could be used now, too."""
    for line in order.lines:
        sku = catalog.sku(line.sku_id)
        if sku is None or sku.price_fen != line.unit_price_fen:
            return False
    kept: list[OrderLine] = []
    for line in order.lines_by_sku:
        if not goods.reserve(tx, line.sku_id, line.quantity):
            _let_go(tx, kept)
            return False
        kept.append(line)
    if order.coupon is not None and not coupons.take_again(tx, order.order_no, now):
        _let_go(tx, kept)
        return False
    return True


def _let_go(tx: Tx, kept: Sequence[OrderLine]) -> None:
    for line in kept:
        goods.release(tx, line.sku_id, line.quantity)


def _start_delivery(tx: Tx, room: Backroom, order: Order, now: datetime) -> None:
    for line in order.lines:
        room.later(tx, errands.submit_line(order.order_no, line.line_no), now)
    promises.keep_an_eye_on(tx, room, order, now)
