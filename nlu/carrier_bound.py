"""Goods of one mobile network, and the number that says which of them is meant.

Credit of three carriers is three products, or one whose variants name them, or one for all: whoever says 话费
and gives a number need not say whose it is, and whose it is not he must not be sold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from nlu.mention import EQUAL_WITHIN
from nlu.name_table import NameTable
from nlu.roles import COST, Role
from nlu.variants import Sizes
from nlu.vocabulary import Vocabulary
from nlu.wanted import Wanted

PRODUCTS_KEPT = 4096
PHONE = "phone"


class CarrierBound:
    """Tells the goods of one catalog by their carriers. Immutable."""

    def __init__(self, vocabulary: Vocabulary, table: NameTable, sizes: Sizes) -> None:
        self._vocabulary, self._table, self._sizes = vocabulary, table, sizes
        self._in_labels = lru_cache(maxsize=PRODUCTS_KEPT)(self._read_labels)

    def chargeable(self, left: Mapping[str, float], carrier: str) -> Mapping[str, float]:
        """Those that a number of this carrier can be charged with, where no carrier was said."""
        if not any(self._table.carriers_of(product_id) for product_id in left):
            return left
        same = {one: cost for one, cost in left.items() if carrier in self._table.carriers_of(one)}
        if plain := self.for_all(left):
            # 三网话费 beside 移动话费: whoever names no carrier means the one for all.
            return {**plain, **same}
        # The number says the carrier, so nobody misses it in the name.
        return {one: max(0.0, cost - COST[Role.CARRIER]) for one, cost in same.items()} or left

    def for_all(self, options: Mapping[str, float]) -> Mapping[str, float]:
        """The options that are no one carrier's, as far as their names are as near as the others': 三网慢充
        beside 移动话费 is not what 话费 means, whosever number it is for."""
        most = min(options.values()) + EQUAL_WITHIN
        return {
            one: cost for one, cost in options.items() if cost <= most and not self._table.carriers_of(one)
        }

    def conflict(self, wanted: Wanted, product_id: str | None = None, sku_id: str | None = None) -> bool:
        """Whether the number is not of the carrier that was named, by itself or in the goods' name or the
        variant's label."""
        if wanted.carrier is None:
            return False
        said = {meaning for role, meaning in wanted.qualifiers if role is Role.CARRIER}
        sold = self._sold_for(product_id, sku_id) if product_id is not None else frozenset()
        return any(named and wanted.carrier not in named for named in (said, sold))

    def carriers_of(self, product_id: str) -> frozenset[str]:
        """The carriers that the product's name says it is for; none where it is for all."""
        return frozenset(self._table.carriers_of(product_id))

    def _sold_for(self, product_id: str, sku_id: str | None) -> frozenset[str]:
        """The carriers whose numbers alone can be charged with it; none where it is for all."""
        if self._vocabulary.products[product_id].account_kind != PHONE:
            return frozenset()
        return self._table.carriers_of(product_id) | self._in_labels(product_id).get(
            sku_id or "", frozenset()
        )

    def word_for(self, carrier: str | None, product_id: str, said: Iterable[str]) -> list[str]:
        """The word that names the carrier of the number in the labels of its variants (移动 of 移动50元,
        联通50元), where what was said of them names none."""
        if carrier is None or not self._in_labels(product_id) or any(map(self._named_in, said)):
            return []
        words = (word for word in self._sizes.words(product_id) if self._meaning(word) == carrier)
        return [*words][:1]

    def goods_of(self, carrier: str) -> tuple[str, ...]:
        """Everything that by its names is for this carrier."""
        return self._goods.get(carrier, ())

    @cached_property
    def _goods(self) -> Mapping[str, tuple[str, ...]]:
        goods: dict[str, list[str]] = {}
        for product_id in self._vocabulary.products:
            for carrier in self._table.carriers_of(product_id):
                goods.setdefault(carrier, []).append(product_id)
        return {carrier: tuple(products) for carrier, products in goods.items()}

    def _meaning(self, word: str) -> str | None:
        role = self._table.namer.role_of(word)
        return role[1] if role is not None and role[0] is Role.CARRIER else None

    def _named_in(self, label: str) -> frozenset[str]:
        tokens = self._table.namer.tokens(label)
        return frozenset(token.meaning for token in tokens if token.role is Role.CARRIER)

    def _read_labels(self, product_id: str) -> Mapping[str, frozenset[str]]:
        """SKU id -> the carriers that its label names, where the product is charged to a phone."""
        product = self._vocabulary.products[product_id]
        if product.account_kind != PHONE:
            return {}
        named = {variant.sku_id: self._named_in(variant.label) for variant in product.variants}
        return {sku_id: carriers for sku_id, carriers in named.items() if carriers}
