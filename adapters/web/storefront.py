"""What a visitor sees before he has said anything: a few things that sell, and one example to say."""

from __future__ import annotations

from dataclasses import dataclass

from orders.catalog import AccountKind, Catalog, Product
from orders.money import Fen

SHOWN_MAX = 6


@dataclass(frozen=True, slots=True)
class Offer:
    name: str
    price_from_fen: Fen


@dataclass(frozen=True, slots=True)
class Example:
    """The parts of a sentence that orders this shop's best-selling top-up."""

    variant: str
    word: str


@dataclass(frozen=True, slots=True)
class Storefront:
    offers: tuple[Offer, ...]
    example: Example | None


def storefront(catalog: Catalog) -> Storefront:
    """The best seller of each category, best first, and an example where the shop tops up phones."""
    best: dict[str, Product] = {}
    for product in sorted(catalog.products, key=lambda product: -product.sales):
        if product.skus:
            best.setdefault(product.category, product)
    offers = tuple(
        Offer(product.name, Fen(min(sku.price_fen for sku in product.skus)))
        for product in list(best.values())[:SHOWN_MAX]
    )
    return Storefront(offers, _example(catalog))


def _example(catalog: Catalog) -> Example | None:
    sold = [
        (sku.sales, sku.variant, product.aliases[0])
        for product in catalog.products
        if product.account_kind is AccountKind.PHONE and product.aliases
        for sku in product.skus
        if sku.unit == "元"
    ]
    if not sold:
        return None
    _, variant, word = max(sold)
    return Example(variant, word)
