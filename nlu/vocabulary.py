"""The catalog as the parser sees it: plain words, no price logic, no database.

`bot/filling.py` builds these from the shop's catalog; a `Vocabulary` is compiled from them
once, is immutable, and is swapped whole when the catalog changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every product of one catalog, by id. The parser derives from it whatever it looks up by."""

    products: Mapping[str, ProductWords]
    categories: tuple[str, ...]
    units: tuple[str, ...]
    counters: tuple[str, ...] = ()
    """What the labels of variants count beside their units: 核 of 2核4G, x of 5x, 日 of 3日券."""

    @classmethod
    def compile(cls, products: Iterable[ProductWords]) -> Vocabulary:
        """Of two products with one id the later counts."""
        by_id = {product.product_id: product for product in products}
        labels = {variant.label: variant for product in by_id.values() for variant in product.variants}
        return cls(
            products=by_id,
            categories=tuple(dict.fromkeys(product.category for product in by_id.values())),
            units=tuple(
                dict.fromkeys(variant.unit for product in by_id.values() for variant in product.variants)
            ),
            counters=tuple(
                dict.fromkeys(word for label in labels for word in _COUNTED.findall(label.lower()))
            ),
        )


_COUNTED = re.compile(r"\d ?((?:[核线路只点人端屏]|x|gb?|tb?)(?=[\d\s+/]|$)|日(?=[券票卡游\s]|$))")
