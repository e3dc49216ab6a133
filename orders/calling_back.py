"""What outside suppliers tell by themselves: the same way in as their answers to our questions.

A callback is bound to the supplier whose signature it bears and to an attempt at that very supplier:
otherwise whoever supplies one thing could settle what another one was asked for.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from orders import delivering
from orders.backroom import Backroom
from orders.database import Tx
from orders.payment import Noted, Refused, Repeated
from orders.ports import NoticeRefused, OutsideSupplier, RawNotice, SupplierAnswer
from orders.refusing import refuse
from orders.store import attempts, money
from orders.store.attempts import Attempt


def receive(
    tx: Tx, room: Backroom, supplier: OutsideSupplier, raw: RawNotice, now: datetime
) -> Noted | Repeated | Refused:
    """Record, check and act on what was posted; see `Shop.receive_callback`."""
    try:
        request_no, said = supplier.read_callback(raw)
    except NoticeRefused as refusal:
        return _refuse(tx, room, supplier, raw, refusal.reason, now)
    attempt = attempts.by_request_no(tx, request_no)
    if reason := _stranger(supplier, attempt, said):
        return _refuse(tx, room, supplier, raw, reason, now)
    assert attempt is not None
    # Callbacks have no nonce of their own: the same bytes are the same callback.
    digest = hashlib.sha256(raw.body).hexdigest()
    if money.record_notice(tx, party(supplier), raw, digest, "genuine") is not None:
        return Repeated()
    delivering.answer(tx, room, attempt.order_no, attempt.line_no, attempt.attempt, said, now)
    return Noted()


def party(supplier: OutsideSupplier) -> str:
    """Its name among those who send notices: a gateway may be called the same."""
    return f"supplier:{supplier.name}"


def _stranger(supplier: OutsideSupplier, attempt: Attempt | None, said: SupplierAnswer) -> str:
    """Why this supplier has nothing to say about the attempt; empty where it has."""
    if attempt is None:
        return "unknown_number"
    if attempt.supplier != supplier.name:
        return "not_its_order"
    if attempt.supplier_ref and said.supplier_ref and attempt.supplier_ref != said.supplier_ref:
        # Unless a person told how it ended: then that stands in the place of their number.
        return "" if attempt.supplier_ref.startswith("by ") else "other_ref"
    return ""


def _refuse(
    tx: Tx, room: Backroom, supplier: OutsideSupplier, raw: RawNotice, reason: str, now: datetime
) -> Refused:
    return refuse(tx, room, party(supplier), raw, reason, "callback_refused", supplier.name, now)
