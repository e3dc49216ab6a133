"""The catalog as the parser sees it: plain words, no price logic, no database.

`bot/filling.py` builds these from the shop's catalog; a `Vocabulary` is compiled from them
once, is immutable, and is swapped whole when the catalog changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class VariantWords:
    """One SKU as it can be named. `face_value` counts in `unit` (元, 月, 天, 点券, 美元 ...)."""

    sku_id: str
    label: str
    face_value: Decimal
    unit: str
    list_price_fen: int
    sales: int = 0


@dataclass(frozen=True, slots=True)
class ProductWords:
    """One product as it can be named. `account_kind` is one of the catalog's recipient kinds."""

    product_id: str
    name: str
    category: str
    aliases: tuple[str, ...]
    account_kind: str
    regions: tuple[str, ...]
    variants: tuple[VariantWords, ...]
    sales: int = 0
