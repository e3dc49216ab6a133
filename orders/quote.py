"""From a draft to a price, or to what still stands between them.

`check` is the dialogue's compass: what it finds missing *is* the next question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from orders.catalog import Catalog
from orders.draft import Draft, Slot
from orders.money import Fen


@dataclass(frozen=True, slots=True)
class Missing:
    """Line `line` needs `slot`, and nothing was said of it."""

    line: int
    slot: Slot


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several things could be meant; `options` are product or SKU ids, best first."""

    line: int
    slot: Slot
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unacceptable:
    """What was said cannot be ordered; `options` are the nearest things that can."""

    line: int
    slot: Slot
    code: str
    value: str
    options: tuple[str, ...] = ()


Finding = Missing | Ambiguous | Unacceptable


@dataclass(frozen=True, slots=True)
class QuoteLine:
    sku_id: str
    product_id: str
    quantity: int
    account: str | None
    region: str | None
    list_price_fen: Fen
    unit_price_fen: Fen
    amount_fen: Fen
    eta_minutes: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Complete, priced, valid until `expires_at`; the only thing that can be placed."""

    quote_id: str
    customer_id: str
    lines: tuple[QuoteLine, ...]
    list_fen: Fen
    price_fen: Fen
    saved_fen: Fen
    fee_fen: Fen
    total_fen: Fen
    quoted_at: datetime
    expires_at: datetime


Availability = Callable[[str], int]
"""How many of a SKU can still be sold, by SKU id."""


def findings(draft: Draft, catalog: Catalog, available: Availability) -> tuple[Finding, ...]:
    """Everything that stands between the draft and a quote, line by line, in the order to ask."""
    raise NotImplementedError
