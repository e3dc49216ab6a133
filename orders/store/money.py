"""Payments, the evidence for them, refunds and the ledger, as rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, bindparam, func, insert, select, text, update

from orders.database import Tx
from orders.errors import WrongState
from orders.ledger import Entries
from orders.money import Fen
from orders.order import PAYMENT_MOVES, PaymentState
from orders.payment import Charge, HeldReason, Payment, Refund, RefundState
from orders.ports import PaymentNotice, PaymentOffer, RawNotice, Scene
from orders.store.instants import moment, stamp
from orders.store.offers import offer_from_text, offer_text
from orders.store.prepared import Prepared
from orders.tables import ledger, notices, payment_evidence, payments, refunds

_ADD_PAYMENT = Prepared(insert(payments).returning(payments.c.payment_id))
_BY_TRADE_NO = Prepared(select(payments).where(payments.c.out_trade_no == bindparam("b_out_trade_no")))
_BY_PSP_REF = Prepared(
    select(payments).where(
        payments.c.gateway == bindparam("b_gateway"), payments.c.psp_ref == bindparam("b_psp_ref")
    )
)
_BY_ID = Prepared(select(payments).where(payments.c.payment_id == bindparam("b_payment_id")))
# The settled one before those that were only opened, the surplus ones last.
_OF_ORDER = Prepared(
    select(payments)
    .where(payments.c.order_no == bindparam("b_order_no"))
    .order_by(payments.c.surplus, payments.c.settled_at.is_(None), payments.c.payment_id.desc())
)
_UPDATE_PAYMENT = Prepared(
    update(payments)
    .where(payments.c.payment_id == bindparam("b_payment_id"), payments.c.state == bindparam("b_state"))
    .values(
        state=bindparam("n_state"),
        psp_ref=bindparam("n_psp_ref"),
        method=bindparam("n_method"),
        settled_at=bindparam("n_settled_at"),
        surplus=bindparam("n_surplus"),
    )
)
_PAYMENT_REFUNDED = Prepared(
    update(payments)
    .where(
        payments.c.payment_id == bindparam("b_payment_id"),
        payments.c.refunded_fen + bindparam("b_amount_fen") <= payments.c.amount_fen,
    )
    .values(refunded_fen=payments.c.refunded_fen + bindparam("b_amount_fen"), state=bindparam("n_state"))
)
_CLOSE_OPEN = Prepared(
    update(payments)
    .where(payments.c.order_no == bindparam("b_order_no"), payments.c.state == PaymentState.UNPAID.value)
    .values(state=PaymentState.CLOSED.value)
)
_SET_SCENE = Prepared(
    update(payments)
    .where(payments.c.payment_id == bindparam("b_payment_id"), payments.c.scene.is_(None))
    .values(scene=bindparam("n_scene"), created_at=bindparam("n_created_at"))
)
_SET_OFFER = Prepared(
    update(payments)
    .where(payments.c.payment_id == bindparam("b_payment_id"))
    .values(offer=bindparam("n_offer"))
)
_EVIDENCE = Prepared(
    select(payment_evidence.c.verdict, payment_evidence.c.order_no).where(
        payment_evidence.c.gateway == bindparam("b_gateway"),
        payment_evidence.c.digest == bindparam("b_digest"),
    )
)
_HELD = select(payment_evidence.c.gateway, payment_evidence.c.out_trade_no, payment_evidence.c.psp_ref).where(
    payment_evidence.c.order_no == bindparam("b_order_no"),
    payment_evidence.c.verdict.in_([reason.value for reason in HeldReason]),
)
_ADD_EVIDENCE = Prepared(insert(payment_evidence))
_ADD_NOTICE = Prepared(
    text(
        "INSERT INTO notices (gateway, nonce, digest, body, headers, verdict, received_at) "
        "VALUES (:gateway, :nonce, :digest, :body, :headers, :verdict, :received_at) "
        "ON CONFLICT (gateway, nonce) DO NOTHING"
    )
)
_REFUSED_LATELY = Prepared(
    select(func.count())
    .select_from(notices)
    .where(notices.c.received_at > bindparam("b_since"), notices.c.nonce.is_(None))
)
_NOTICE_DIGEST = Prepared(text("SELECT digest FROM notices WHERE gateway = :gateway AND nonce = :nonce"))
_ADD_REFUND = Prepared(insert(refunds))
_REFUND = Prepared(select(refunds).where(refunds.c.refund_no == bindparam("b_refund_no")))
_REFUND_COUNT = Prepared(
    select(func.count()).select_from(refunds).where(refunds.c.order_no == bindparam("b_order_no"))
)
_REFUNDED_BECAUSE = Prepared(
    select(func.coalesce(func.sum(refunds.c.amount_fen), 0)).where(
        refunds.c.order_no == bindparam("b_order_no"), refunds.c.reason == bindparam("b_reason")
    )
)
_REFUSED = Prepared(
    select(refunds.c.refund_no).where(
        refunds.c.order_no == bindparam("b_order_no"), refunds.c.state == RefundState.REFUSED.value
    )
)
_UPDATE_REFUND = Prepared(
    update(refunds)
    .where(refunds.c.refund_no == bindparam("b_refund_no"), refunds.c.state == bindparam("b_state"))
    .values(
        state=bindparam("n_state"),
        queries=bindparam("n_queries"),
        psp_ref=bindparam("n_psp_ref"),
        created_at=bindparam("n_created_at"),
        ended_at=bindparam("n_ended_at"),
    )
)
_KEPT = {
    table: update(table)
    .where(number == bindparam("b_number"))
    .values(kept_fen=table.c.kept_fen + bindparam("b_fee_fen"))
    for table, number in ((payments, payments.c.out_trade_no), (refunds, refunds.c.refund_no))
}
# Not LIKE: to it the `_` of a bank's number is any character, and to SQLite's `a` is `A`.
_BEGINS = func.substr(ledger.c.ref, 1, bindparam("b_length", type_=Integer)) == bindparam("b_begins")
_TIMES_POSTED = Prepared(select(func.count()).where(ledger.c.account == bindparam("b_account"), _BEGINS))
_POSTED = Prepared(
    select(ledger.c.account, func.sum(ledger.c.amount_fen).label("fen"))
    .where(_BEGINS)
    .group_by(ledger.c.account)
)
_TOLD_NO = Prepared(
    select(payment_evidence.c.out_trade_no).where(
        payment_evidence.c.order_no == bindparam("b_order_no"),
        payment_evidence.c.psp_ref == bindparam("b_psp_ref"),
    )
)
_POST = Prepared(insert(ledger))
_BALANCES = Prepared(
    select(ledger.c.account, func.sum(ledger.c.amount_fen).label("balance")).group_by(ledger.c.account)
)

REFUSED_BODY_KEPT_BYTES = 2048
"""Of a notice that nobody signed only so much is kept; otherwise anyone could fill the disk."""


def add_payment(tx: Tx, payment: Payment) -> int:
    """Write a new payment; returns its id, whatever `payment.payment_id` says."""
    row = {
        "order_no": payment.order_no,
        "gateway": payment.gateway,
        "out_trade_no": payment.out_trade_no,
        "amount_fen": payment.amount_fen,
        "currency": payment.currency,
        "state": payment.state.value,
        "surplus": payment.surplus,
        "psp_ref": payment.psp_ref,
        "method": payment.method,
        "created_at": stamp(payment.created_at),
        "expires_at": stamp(payment.expires_at),
        "settled_at": stamp(payment.settled_at) if payment.settled_at else None,
        "refunded_fen": 0,
        "scene": payment.scene.value if payment.scene else None,
        "charge_minor": payment.charge.minor if payment.charge else None,
        "charge_currency": payment.charge.currency if payment.charge else None,
    }
    payment_id: int = _ADD_PAYMENT(tx, row).scalar_one()
    return payment_id


def by_trade_no(tx: Tx, out_trade_no: str) -> Payment | None:
    return _payment(_BY_TRADE_NO(tx, {"b_out_trade_no": out_trade_no}).first())


def by_psp_ref(tx: Tx, gateway: str, psp_ref: str) -> Payment | None:
    return _payment(_BY_PSP_REF(tx, {"b_gateway": gateway, "b_psp_ref": psp_ref}).first())


def payment(tx: Tx, payment_id: int) -> Payment | None:
    return _payment(_BY_ID(tx, {"b_payment_id": payment_id}).first())


def payment_of(tx: Tx, order_no: str) -> Payment | None:
    """The order's payment: the settled one, else the newest."""
    return _payment(_OF_ORDER(tx, {"b_order_no": order_no}).first())


def payments_of(tx: Tx, order_no: str) -> tuple[Payment, ...]:
    rows = _OF_ORDER(tx, {"b_order_no": order_no})
    return tuple(found for found in map(_payment, rows) if found)


def update_payment(tx: Tx, before: Payment, after: Payment) -> Payment:
    """Raises WrongState where the payment is not any more as it was."""
    assert after.state in PAYMENT_MOVES[before.state], (before.state, after.state)
    touched = _UPDATE_PAYMENT(
        tx,
        {
            "b_payment_id": before.payment_id,
            "b_state": before.state.value,
            "n_state": after.state.value,
            "n_psp_ref": after.psp_ref,
            "n_method": after.method,
            "n_settled_at": stamp(after.settled_at) if after.settled_at else None,
            "n_surplus": after.surplus,
        },
    ).rowcount
    if touched != 1:
        raise WrongState(f"payment {before.out_trade_no}", after.state)
    return after


def set_scene(tx: Tx, payment: Payment, scene: Scene, now: datetime) -> Payment:
    """The payer goes to the gateway this way, and its time begins. Raises WrongState where he went another
    way before."""
    row = {"b_payment_id": payment.payment_id, "n_scene": scene.value, "n_created_at": stamp(now)}
    if _SET_SCENE(tx, row).rowcount != 1:
        raise WrongState(f"payment {payment.out_trade_no}", scene)
    return replace(payment, scene=scene, created_at=now)


def set_offer(tx: Tx, payment: Payment, offer: PaymentOffer) -> None:
    _SET_OFFER(tx, {"b_payment_id": payment.payment_id, "n_offer": offer_text(offer)})


def close_payments(tx: Tx, order_no: str) -> None:
    """Nothing is expected any more; money that comes all the same is late, and still booked."""
    _CLOSE_OPEN(tx, {"b_order_no": order_no})


def book_refund_on_payment(tx: Tx, payment_id: int, amount_fen: int, whole: bool) -> None:
    state = PaymentState.REFUNDED if whole else PaymentState.PART_REFUNDED
    touched = _PAYMENT_REFUNDED(
        tx, {"b_payment_id": payment_id, "b_amount_fen": amount_fen, "n_state": state.value}
    ).rowcount
    assert touched == 1, f"payment {payment_id} would be refunded by more than was paid"


def statement_digest(notice: PaymentNotice) -> str:
    """Names what was said about money, apart from who brought it and when."""
    said = (
        notice.merchant_id, notice.app_id, notice.out_trade_no, notice.psp_ref,
        str(notice.amount_fen), notice.currency,
    )  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def evidence_verdict(tx: Tx, gateway: str, digest: str) -> str | None:
    """What was made of the same statement before."""
    row = _EVIDENCE(tx, {"b_gateway": gateway, "b_digest": digest}).first()
    return row.verdict if row else None


def held(tx: Tx, order_no: str) -> tuple[tuple[str, str, str], ...]:
    """Gateway, our number and theirs of money that came for the order and was not booked."""
    rows = tx.execute(_HELD, {"b_order_no": order_no})
    return tuple((row.gateway, row.out_trade_no, row.psp_ref) for row in rows)


def add_evidence(
    tx: Tx, notice: PaymentNotice, digest: str, order_no: str | None, verdict: str, now: datetime
) -> None:
    row = {
        "gateway": notice.gateway,
        "digest": digest,
        "psp_ref": notice.psp_ref,
        "out_trade_no": notice.out_trade_no,
        "order_no": order_no,
        "amount_fen": notice.amount_fen,
        "currency": notice.currency,
        "method": notice.method,
        "source": notice.source.value,
        "verdict": verdict,
        "paid_at": stamp(notice.paid_at),
        "heard_at": stamp(now),
    }
    _ADD_EVIDENCE(tx, row)


def refused_lately(tx: Tx, since: datetime) -> int:
    """How many notices that nobody signed were kept since then."""
    return _REFUSED_LATELY(tx, {"b_since": stamp(since)}).count()


def record_notice(tx: Tx, gateway: str, raw: RawNotice, nonce: str | None, verdict: str) -> str | None:
    """Keep a posted notice. Where its nonce came before, returns the digest of that body."""
    digest = hashlib.sha256(raw.body).hexdigest()
    row = {
        "gateway": gateway,
        "nonce": nonce,
        "digest": digest,
        "body": raw.body if nonce else raw.body[:REFUSED_BODY_KEPT_BYTES],
        "headers": json.dumps(dict(raw.headers), ensure_ascii=False)[: 2 * REFUSED_BODY_KEPT_BYTES],
        "verdict": verdict,
        "received_at": stamp(raw.received_at),
    }
    if _ADD_NOTICE(tx, row).rowcount == 1:
        return None
    earlier: str = _NOTICE_DIGEST(tx, {"gateway": gateway, "nonce": nonce}).scalar_one()
    return earlier


def add_refund(tx: Tx, refund: Refund) -> None:
    row = {
        "refund_no": refund.refund_no,
        "order_no": refund.order_no,
        "payment_id": refund.payment_id,
        "line_no": refund.line_no,
        "amount_fen": refund.amount_fen,
        "reason": refund.reason,
        "state": refund.state.value,
        "queries": 0,
        "created_at": stamp(refund.promised_at),
    }
    _ADD_REFUND(tx, row)


def refund(tx: Tx, refund_no: str) -> Refund | None:
    row = _REFUND(tx, {"b_refund_no": refund_no}).first()
    if row is None:
        return None
    return Refund(
        refund_no=row.refund_no,
        order_no=row.order_no,
        payment_id=row.payment_id,
        line_no=row.line_no,
        amount_fen=Fen(row.amount_fen),
        reason=row.reason,
        state=RefundState(row.state),
        promised_at=moment(row.created_at),
        queries=row.queries,
        psp_ref=row.psp_ref,
    )


def refund_count(tx: Tx, order_no: str) -> int:
    return _REFUND_COUNT(tx, {"b_order_no": order_no}).count()


def refunded_because(tx: Tx, order_no: str, reason: str) -> Fen:
    """What was given back of the order for one reason, what is on its way included."""
    return Fen(int(_REFUNDED_BECAUSE(tx, {"b_order_no": order_no, "b_reason": reason}).scalar_one()))


def has_refused_refund(tx: Tx, order_no: str) -> bool:
    """A gateway would not give the order's money back, and nobody has found another way yet."""
    return _REFUSED(tx, {"b_order_no": order_no}).first() is not None


def update_refund(tx: Tx, before: Refund, after: Refund, ended_at: datetime | None) -> Refund:
    touched = _UPDATE_REFUND(
        tx,
        {
            "b_refund_no": before.refund_no,
            "b_state": before.state.value,
            "n_state": after.state.value,
            "n_queries": after.queries,
            "n_psp_ref": after.psp_ref,
            "n_created_at": stamp(after.promised_at),
            "n_ended_at": stamp(ended_at) if ended_at else None,
        },
    ).rowcount
    if touched != 1:
        raise WrongState(f"refund {before.refund_no}", after.state)
    return after


def post(tx: Tx, ref: str, entries: Entries, order_no: str | None, now: datetime) -> None:
    """Book one set of entries. `ref` is unique: the same thing is never booked twice."""
    assert sum(entries.values()) == 0, f"{ref} does not balance: {entries}"
    rows = [
        {"ref": ref, "account": account, "amount_fen": amount, "order_no": order_no, "at": stamp(now)}
        for account, amount in entries.items()
        if amount
    ]
    _POST.each(tx, rows)


def times_posted(tx: Tx, account: str, begins: str) -> int:
    """How many sets of entries whose ref begins so moved the account."""
    return _TIMES_POSTED(tx, {"b_account": account, "b_begins": begins, "b_length": len(begins)}).count()


def booked(tx: Tx, begins: str) -> Mapping[str, Fen]:
    """What the sets of entries whose ref begins so come to, by account."""
    rows = _POSTED(tx, {"b_begins": begins, "b_length": len(begins)})
    return {row.account: Fen(int(row.fen)) for row in rows}


def keep_of_payment(tx: Tx, out_trade_no: str, fee_fen: int) -> None:
    """The gateway kept so much more of a payment."""
    tx.execute(_KEPT[payments], {"b_number": out_trade_no, "b_fee_fen": fee_fen})


def keep_of_refund(tx: Tx, refund_no: str, fee_fen: int) -> None:
    """The gateway kept so much more for a refund, or gave it back where that is negative."""
    tx.execute(_KEPT[refunds], {"b_number": refund_no, "b_fee_fen": fee_fen})


def told_trade_no(tx: Tx, order_no: str, psp_ref: str) -> str | None:
    """The payment number under which a gateway told of its transaction: not that of the payment which
    we booked it on, where a payment was paid twice."""
    number: str | None = _TOLD_NO(tx, {"b_order_no": order_no, "b_psp_ref": psp_ref}).scalar()
    return number


def balances(tx: Tx) -> Mapping[str, Fen]:
    """What each account stands at."""
    return {row.account: Fen(int(row.balance)) for row in _BALANCES(tx)}


def _payment(row: Row[Any] | None) -> Payment | None:
    if row is None:
        return None
    return Payment(
        payment_id=row.payment_id,
        order_no=row.order_no,
        gateway=row.gateway,
        out_trade_no=row.out_trade_no,
        amount_fen=Fen(row.amount_fen),
        currency=row.currency,
        state=PaymentState(row.state),
        surplus=bool(row.surplus),
        psp_ref=row.psp_ref,
        method=row.method,
        created_at=moment(row.created_at),
        expires_at=moment(row.expires_at),
        settled_at=moment(row.settled_at),
        refunded_fen=Fen(row.refunded_fen),
        scene=Scene(row.scene) if row.scene else None,
        offer=offer_from_text(row.offer) if row.offer else None,
        charge=Charge(row.charge_minor, row.charge_currency) if row.charge_currency else None,
    )
