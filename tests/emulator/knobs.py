"""Everything that goes wrong between a payment gateway and a shop, each to be turned on by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from tests.emulator.books import Movement


class RefundPath(StrEnum):
    """What a gateway makes of a refund that it accepts."""

    AT_ONCE = "at_once"
    PROCESSING_THEN_SUCCESS = "processing_then_success"
    PROCESSING_THEN_ABNORMAL = "processing_then_abnormal"


NO_TIME = timedelta()


@dataclass
class Knobs:
    """All off: an honest gateway on a quiet day. Turn them at any time; they work from then on."""

    notice_delay: timedelta = NO_TIME
    """A notice sets out so long after what it tells of."""
    notices_lost: int = 0
    """The next so many posts never arrive; counts down to 0."""
    notice_copies: int = 1
    """Every notice arrives so many times."""
    copies_at_once: bool = False
    """The copies arrive at the same instant, not one after the other."""
    refund_notice_first: bool = False
    """The notice of a payment is kept back until a refund of it was told."""
    amount_told_fen: int | None = None
    """Notices tell this amount, whatever was paid."""
    merchant_told: str | None = None
    """Notices name this merchant as the one who was paid."""
    bad_signature: bool = False
    """Notices are signed by a stranger's key."""
    bad_answer_signature: bool = False
    """Answers to calls are signed by a stranger's key."""
    notice_age: timedelta = NO_TIME
    """Notices carry, and sign, a time stamp so long past."""
    notice_before_answer: bool = False
    """The payer is so fast that the shop is told before the answer to its call that created the payment."""
    pay_after_close: bool = False
    """A payer who has the old code pays although the payment is closed."""
    fail_after_commit: int = 0
    """The next so many calls are carried out and answered with a 500; counts down to 0."""
    slow_seconds: float = 0.0
    """Every call is carried out at once and answered so much later."""
    clock_skew: timedelta = NO_TIME
    """The gateway's clock is ahead of ours by so much; behind, where it is negative."""
    refund_path: RefundPath = RefundPath.AT_ONCE
    refund_takes: timedelta = timedelta(minutes=5)
    """How long a refund is processing, on a path that has such a state."""
    bill_missing: frozenset[str] = frozenset()
    """Our numbers of movements that the bill leaves out, spelled as the gateway knows them."""
    bill_extra: tuple[Movement, ...] = ()
    """Movements on the bill of their day that never happened."""
    bill_differs_fen: Mapping[str, int] = field(default_factory=dict)
    """By our number: the amount that the bill gives for it."""
