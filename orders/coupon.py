"""A coupon: what it takes off, of what, for whom and until when. A row of the database, made by
`xiadan coupon add`, so that it can be given out without a restart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orders.money import Fen, rounded

CODE = re.compile(r"(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*[0-9])[A-Z0-9](?:[A-Z0-9-]{2,30})[A-Z0-9]")
"""Letters and digits, both of them, so that no word and no number of a customer's is taken for one."""


class CouponDenied(StrEnum):
    """Why a coupon gives nothing."""

    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    OVER = "over"
    USED_UP = "used_up"
    """As often as it may be used at all."""
    USED_BEFORE = "used_before"
    """As often as this customer may use it."""
    OTHER_GOODS = "other_goods"
    TOO_CHEAP = "too_cheap"
    """The goods it is good for cost less than its minimum."""
    NOTHING_LEFT = "nothing_left"
    """The price is at its floor already."""


@dataclass(frozen=True, slots=True)
class Coupon:
    """`off_fen` or `off_per_mille` is 0: it takes off either an amount or a share, up to `off_max_fen`."""

    code: str
    off_fen: Fen
    off_per_mille: int
    off_max_fen: Fen | None
    price_min_fen: Fen
    """What the goods it is good for must cost at least, before the coupon."""
    products: tuple[str, ...]
    """Product ids; empty for everything."""
    uses_max: int
    uses_per_customer_max: int
    valid_from: datetime
    valid_until: datetime
    used: int = 0

    def is_good_for(self, product_id: str) -> bool:
        return not self.products or product_id in self.products

    def off(self, price_fen: Fen) -> Fen:
        """What it takes off a price; never more than the price."""
        off = self.off_fen or rounded(price_fen * self.off_per_mille, 1000)
        if self.off_max_fen is not None:
            off = min(off, self.off_max_fen)
        return Fen(min(off, price_fen))

    def denied(self, used_by_customer: int, now: datetime) -> CouponDenied | None:
        """Why this customer cannot use it now; what it is used for is looked at elsewhere."""
        if now < self.valid_from:
            return CouponDenied.NOT_YET
        if now >= self.valid_until:
            return CouponDenied.OVER
        if used_by_customer >= self.uses_per_customer_max:
            return CouponDenied.USED_BEFORE
        if self.used >= self.uses_max:
            return CouponDenied.USED_UP
        return None


def normal_code(text: str) -> str:
    """A code as it is stored, however it was typed: in capitals and plain ASCII."""
    return unicodedata.normalize("NFKC", text).strip().upper()
