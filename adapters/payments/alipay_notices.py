"""Reads what is posted to the notice address and believes of it what Alipay signed, if it is new enough.

Alipay tells of a refund by a notice of the payment, still `TRADE_SUCCESS` after a refund in part. It names
all that was ever given back and not what this refund gave, so it cannot end one of ours: the answer to
our call, or to our question, does that. Such a notice is heard, and says nothing that we act on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from adapters.payments.alipay_account import AlipayAccount
from adapters.payments.alipay_signing import SIGN_TYPE, fen_of, from_beijing, is_genuine, our_no
from orders.ports import NoticeRefused, PaymentNotice, RawNotice

NAME = "alipay"
CURRENCY = "CNY"
PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
"""`TRADE_FINISHED` is the same money once more, when it cannot be given back any longer."""
NOT_PAID = frozenset({"WAIT_BUYER_PAY", "TRADE_CLOSED"})

BODY_BYTES_MAX = 32_768
PARAMETERS_MAX = 100
CLOCKS_APART_MAX = timedelta(minutes=10)
"""A notice from further in the future is not believed."""

_NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")


def payment_told(raw: RawNotice, account: AlipayAccount, key: RSAPublicKey) -> PaymentNotice | None:
    """Raises NoticeRefused: `unreadable`, `unsigned`, `forged` or `stale`. See `Gateway.read_notice`.

    The headers are not signed, so nothing is taken from them.
    """
    told = _form(raw.body)
    if not told.get("sign") or told.get("sign_type") != SIGN_TYPE:
        raise NoticeRefused("unsigned")
    if not is_genuine(told, key):
        raise NoticeRefused("forged")
    told = {name: value for name, value in told.items() if value}
    _expect_fresh(told, raw.received_at, account)
    status = told.get("trade_status")
    if status in NOT_PAID or (status in PAID and _is_of_refund(told)):
        return None
    if status not in PAID:
        raise NoticeRefused("unreadable")
    try:
        return PaymentNotice(
            gateway=NAME,
            merchant_id=told["seller_id"],
            app_id=told["app_id"],
            out_trade_no=our_no(_number(told["out_trade_no"])),
            psp_ref=_number(told["trade_no"]),
            amount_fen=fen_of(told["total_amount"]),
            currency=CURRENCY,
            method=NAME,
            # Money is not left lying because a date beside it is missing.
            paid_at=from_beijing(told.get("gmt_payment") or told["notify_time"]),
            # Not notify_id, which stays the same when Alipay repeats a notice at a later time.
            nonce=hashlib.sha256(raw.body).hexdigest(),
        )
    except (KeyError, ValueError):
        raise NoticeRefused("unreadable") from None


def _form(body: bytes) -> Mapping[str, str]:
    """A parameter that stands there twice has no value that both sides are sure to mean: refused."""
    if len(body) > BODY_BYTES_MAX:
        raise NoticeRefused("unreadable")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=PARAMETERS_MAX,
        )
    except ValueError:
        raise NoticeRefused("unreadable") from None
    told = dict(pairs)
    if len(told) < len(pairs):
        raise NoticeRefused("unreadable")
    return told


def _expect_fresh(told: Mapping[str, str], received_at: datetime, account: AlipayAccount) -> None:
    try:
        age = received_at - from_beijing(told["notify_time"])
    except (KeyError, ValueError):
        raise NoticeRefused("unreadable") from None
    if not -CLOCKS_APART_MAX <= age <= account.notice_age_max:
        raise NoticeRefused("stale")


def _is_of_refund(told: Mapping[str, str]) -> bool:
    return any(name in told for name in ("refund_fee", "gmt_refund", "out_biz_no"))


def _number(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValueError("no number of a payment")
    return text
