"""Which goods to show: by what was named, within what was asked for, best first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from orders.catalog import Catalog, Sku
from orders.money import Fen
from orders.quote import Availability


class Sort(StrEnum):
    """What the customer wants the most of first (contract: frame)."""

    PRICE = "price"
    SALES = "sales"
    ETA = "eta"
    RATING = "rating"
    DISCOUNT = "discount"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`product_ids` are ranked as given; empty means all. Discounts are fractions of the list
    price that is paid: at most 0.9 is 九折 or better."""

    product_ids: tuple[str, ...] = ()
    sku_ids: tuple[str, ...] = ()
    category: str | None = None
    max_price_fen: Fen | None = None
    min_price_fen: Fen | None = None
    max_eta_minutes: int | None = None
    max_discount: Decimal | None = None
    min_discount: Decimal | None = None
    min_rating: Decimal | None = None
    sort: Sort | None = None
    limit: int = 8
    in_stock_only: bool = True


def search(catalog: Catalog, request: SearchRequest, available: Availability) -> tuple[Sku, ...]:
    """The goods that fit, in the order to show them."""
    rank = {product_id: place for place, product_id in enumerate(request.product_ids)}
    fitting = [
        sku
        for sku in _named(catalog, request)
        if _fits(sku, request) and (not request.in_stock_only or available(sku.sku_id) > 0)
    ]
    fitting.sort(key=lambda sku: (_sort_key(sku, request.sort), rank.get(sku.product_id, 0), -sku.sales))
    return tuple(fitting[: request.limit])


def _named(catalog: Catalog, request: SearchRequest) -> Iterable[Sku]:
    wanted_products = frozenset(request.product_ids)
    wanted_skus = frozenset(request.sku_ids)
    for product in catalog.products:
        if wanted_products and product.product_id not in wanted_products:
            continue
        if request.category and product.category != request.category:
            continue
        yield from (sku for sku in product.skus if not wanted_skus or sku.sku_id in wanted_skus)


def _fits(sku: Sku, request: SearchRequest) -> bool:
    return all(
        (
            request.max_price_fen is None or sku.price_fen <= request.max_price_fen,
            request.min_price_fen is None or sku.price_fen >= request.min_price_fen,
            request.max_eta_minutes is None or sku.eta_minutes <= request.max_eta_minutes,
            request.max_discount is None or sku.discount <= request.max_discount,
            request.min_discount is None or sku.discount >= request.min_discount,
            request.min_rating is None or sku.supplier_rating >= request.min_rating,
        )
    )


def _sort_key(sku: Sku, sort: Sort | None) -> Decimal:
    match sort:
        case Sort.PRICE:
            return Decimal(sku.price_fen)
        case Sort.SALES:
            return Decimal(-sku.sales)
        case Sort.ETA:
            return Decimal(sku.eta_minutes)
        case Sort.RATING:
            return -sku.supplier_rating
        case Sort.DISCOUNT:
            return sku.discount
        case None:
            return Decimal(0)
