"""What the shop sells. An immutable value: a new catalog replaces the old one whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from orders.money import Fen


class AccountKind(StrEnum):
    """Whom or what a product is delivered to."""

    NONE = "none"
    PHONE = "phone"
    QQ = "qq"
    UID = "uid"
    GAME_ID = "game_id"
    EMAIL = "email"
    FUEL_CARD = "fuel_card"
    ADDRESS = "address"


class Delivery(StrEnum):
    TOPUP = "topup"
    CARD = "card"
    LICENSE = "license"
    PHYSICAL = "physical"


class RefundRule(StrEnum):
    """Until when the customer may have the money back."""

    FAILED_ONLY = "failed_only"
    """Only when delivery definitively failed."""
    UNUSED = "unused"
    """Until the key was shown."""
    UNSHIPPED = "unshipped"
    """Until the parcel left."""


@dataclass(frozen=True, slots=True)
class Sku:
    """One thing with a price. `stock` and `sales` are as of when the catalog was read."""

    sku_id: str
    product_id: str
    variant: str
    face_value: Decimal
    unit: str
    list_price_fen: Fen
    price_fen: Fen
    stock: int
    sales: int
    eta_minutes: int
    supplier: str
    supplier_rating: Decimal
    delivery: Delivery
    refund_rule: RefundRule

    @property
    def discount(self) -> Decimal:
        """Fraction of the list price that is paid; 1 where the list price is zero."""
        return Decimal(self.price_fen) / self.list_price_fen if self.list_price_fen else Decimal(1)


@dataclass(frozen=True, slots=True)
class Product:
    product_id: str
    name: str
    category: str
    aliases: tuple[str, ...]
    account_kind: AccountKind
    regions: tuple[str, ...]
    skus: tuple[Sku, ...]

    @property
    def sales(self) -> int:
        return sum(sku.sales for sku in self.skus)


@dataclass(frozen=True)
class Catalog:
    """All products, in the order of the shop's file. Equal content, equal `version`."""

    products: tuple[Product, ...]
    version: str = ""

    @classmethod
    def of(cls, products: Iterable[Product], version: str = "") -> Catalog:
        return cls(tuple(products), version)

    @cached_property
    def _products_by_id(self) -> dict[str, Product]:
        return {product.product_id: product for product in self.products}

    @cached_property
    def _skus_by_id(self) -> dict[str, Sku]:
        return {sku.sku_id: sku for sku in self}

    def __iter__(self) -> Iterator[Sku]:
        for product in self.products:
            yield from product.skus

    def product(self, product_id: str) -> Product | None:
        return self._products_by_id.get(product_id)

    def sku(self, sku_id: str) -> Sku | None:
        return self._skus_by_id.get(sku_id)

    def product_of(self, sku_id: str) -> Product | None:
        sku = self.sku(sku_id)
        return self.product(sku.product_id) if sku else None

    @cached_property
    def categories(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(product.category for product in self.products))
