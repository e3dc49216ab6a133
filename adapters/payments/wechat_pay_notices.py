"""Reads what WeChat Pay seals for us. Above all what is posted to our notice address: whether WeChat Pay
signed it, lately, and what it says.

Pure, and without any call: whoever posts rubbish here, under whatever serial number, makes nobody
work but himself. Certificates are read here too, but only when we have asked for them.
"""

from __future__ import annotations

from adapters.payments.wechat_pay_facts import Facts, Unreadable, payment_notice, refund_notice
from adapters.payments.wechat_pay_signing import (
    PlatformKey,
    PlatformKeys,
    Unproven,
    certificate_keys_of,
    unsealed,
)
from orders.ports import NoticeRefused, PaymentNotice, RawNotice, RefundNotice, Source

BODY_BYTES_MAX = 64 * 1024
"""A real notice has about one and a half thousand."""

PAID = "TRANSACTION.SUCCESS"
REFUND_EVENTS = frozenset({"REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"})


def read_notice(
    raw: RawNotice, keys: PlatformKeys, api_v3_key: bytes, age_max_seconds: int
) -> PaymentNotice | RefundNotice | None:
    """None for a genuine notice of something else.

    The nonce of the record is the one in the header: WeChat Pay repeats a notice under a new time
    stamp, nonce and signature, and nobody else can put a body under any but its own. Raises
    NoticeRefused: `oversize`, `unreadable`, or one of the reasons of Unproven.
    """
    if len(raw.body) > BODY_BYTES_MAX:
        raise NoticeRefused("oversize")
    try:
        nonce = keys.prove(raw.headers, raw.body, raw.received_at, age_max_seconds)
        return _translated(Facts.read(raw.body), api_v3_key, nonce)
    except Unproven as unproven:
        raise NoticeRefused(unproven.reason) from None
    except Unreadable:
        raise NoticeRefused("unreadable") from None


def _translated(notice: Facts, api_v3_key: bytes, nonce: str) -> PaymentNotice | RefundNotice | None:
    event = notice.text("event_type")
    if event != PAID and event not in REFUND_EVENTS:
        return None
    said = Facts.read(_opened(notice.inner("resource"), api_v3_key))
    if event != PAID:
        return refund_notice(said, event, nonce)
    if said.text("trade_state") != "SUCCESS":
        # REFUND, for one: it was paid once, and the money is on its way back.
        return None
    return payment_notice(said, Source.NOTICE, nonce)


def certificates_in(answer: Facts, api_v3_key: bytes) -> tuple[PlatformKey, ...]:
    """The keys of the certificates in an answer of `GET /v3/certificates`. Raises Unproven, Unreadable, and
    ValueError for what is no certificate of a key that is long enough."""
    sealed = (one.inner("encrypt_certificate") for one in answer.each("data"))
    return tuple(key for one in sealed for key in certificate_keys_of(_opened(one, api_v3_key)))


def _opened(sealed: Facts, api_v3_key: bytes) -> bytes:
    return unsealed(
        api_v3_key,
        sealed.text("algorithm"),
        sealed.text("nonce"),
        sealed.text("associated_data", default=""),
        sealed.sealed("ciphertext"),
    )
