"""Member prices, wholesale tiers and gateways' fees, read from `data/pricing.toml`.

A rule is data: whom it is for, of what, and what it takes off. Everything in the file is checked at
the start; what is wrong is named with its file, its key and the remedy.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orders.catalog import Catalog
from orders.errors import PolicyError
from orders.money import Fen, Li, fen_from_yuan, rounded

_UNIT_PRICE = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class Cut:
    """What a rule makes of the price of one piece: a share less, or a price of its own."""

    name: str
    off_per_mille: int = 0
    unit_price_li: Li | None = None

    def applied_to(self, unit: Li) -> Li:
        """The new price of one piece, at least a 厘; never a higher one."""
        if self.unit_price_li is not None:
            return min(unit, self.unit_price_li)
        return Li(max(1, rounded(unit * (1000 - self.off_per_mille), 1000)))


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what: SKUs, products and categories by their ids; all of them empty for everything."""

    skus: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    def holds(self, sku_id: str, product_id: str, category: str) -> bool:
        if not (self.skus or self.products or self.categories):
            return True
        return sku_id in self.skus or product_id in self.products or category in self.categories


@dataclass(frozen=True, slots=True)
class LevelRule:
    level: str
    scope: Scope
    cut: Cut


@dataclass(frozen=True, slots=True)
class TierRule:
    quantity_min: int
    scope: Scope
    cut: Cut


@dataclass(frozen=True, slots=True)
class FeeRule:
    """What a gateway keeps and the payer bears."""

    per_mille: int
    min_fen: Fen

    def on(self, price_fen: int) -> Fen:
        return Fen(max(self.min_fen, rounded(price_fen * self.per_mille, 1000)))


@dataclass(frozen=True, slots=True)
class PriceRules:
    """The rules of one shop. Of several that fit the one that gives most counts."""

    level_and_tier: bool = False
    """Whether a wholesale price comes on top of a member's; else the better of the two counts."""
    below_cost: bool = False
    """Whether a rule may sell goods for less than they cost us."""
    levels: tuple[LevelRule, ...] = ()
    tiers: tuple[TierRule, ...] = ()
    fees: tuple[tuple[str, FeeRule], ...] = ()

    def for_level(self, level: str, sku_id: str, product_id: str, category: str) -> tuple[Cut, ...]:
        return tuple(
            rule.cut
            for rule in self.levels
            if rule.level == level and rule.scope.holds(sku_id, product_id, category)
        )

    def for_count(self, count: int, sku_id: str, product_id: str, category: str) -> tuple[Cut, ...]:
        return tuple(
            rule.cut
            for rule in self.tiers
            if count >= rule.quantity_min and rule.scope.holds(sku_id, product_id, category)
        )

    def fee_at(self, gateway: str, price_fen: int, per_mille: int = 0) -> Fen:
        """The fee of a price at a gateway; `per_mille` is the shop's own, on every way to pay."""
        own = rounded(price_fen * per_mille, 1000)
        rule = dict(self.fees).get(gateway)
        return Fen(own + (rule.on(price_fen) if rule else 0))

    @property
    def level_names(self) -> frozenset[str]:
        return frozenset(rule.level for rule in self.levels)

    def unknown_names(self, catalog: Catalog) -> tuple[str, ...]:
        """SKUs, products and categories that rules name and the catalog does not have."""
        scopes = [*(rule.scope for rule in self.levels), *(rule.scope for rule in self.tiers)]
        unknown = {sku for scope in scopes for sku in scope.skus if catalog.sku(sku) is None}
        unknown |= {one for scope in scopes for one in scope.products if catalog.product(one) is None}
        unknown |= {one for scope in scopes for one in scope.categories if one not in catalog.categories}
        return tuple(sorted(unknown))

    @classmethod
    def read(cls, path: Path) -> PriceRules:
        """Read and check the file. Raises PolicyError, OSError where it cannot be opened."""
        try:
            said = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PolicyError(f"{path}: not a TOML file: {error}") from error
        return _Reader(path).rules(said)


NO_RULES = PriceRules()


# The parsed file is the one place where a value may be anything at all.
class _Reader:
    """Checks the file key by key; `at` is how a shopkeeper finds the key: `tiers[2].quantity_min`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rules(self, said: Mapping[str, Any]) -> PriceRules:
        self._only(said, "", {"level_and_tier", "below_cost", "levels", "tiers", "fees"})
        return PriceRules(
            level_and_tier=self._switch(said, "level_and_tier"),
            below_cost=self._switch(said, "below_cost"),
            levels=self._each(said, "levels", self._level),
            tiers=self._each(said, "tiers", self._tier),
            fees=self._fees(said),
        )

    def _wrong(self, at: str, why: str) -> PolicyError:
        return PolicyError(f"{self._path}: {at} {why}")

    def _only(self, said: Mapping[str, Any], at: str, known: set[str]) -> None:
        if unknown := sorted(set(said) - known):
            raise self._wrong(f"{at}{unknown[0]}", f"is not known; known are {', '.join(sorted(known))}")

    def _switch(self, said: Mapping[str, Any], key: str) -> bool:
        value = said.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, f"is {value!r}; write true or false")
        return value

    def _each(self, said: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any], str], Any]) -> Any:
        tables = said.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._wrong(key, f"is no list of rules; begin each with [[{key}]]")
        return tuple(read(table, f"{key}[{number}].") for number, table in enumerate(tables, start=1))

    def _level(self, said: Mapping[str, Any], at: str) -> LevelRule:
        self._only(said, at, {"level", "skus", "products", "categories", "off_per_mille", "unit_price_yuan"})
        level = self._name(said, at, "level")
        return LevelRule(level, self._scope(said, at), self._cut(said, at, level))

    def _tier(self, said: Mapping[str, Any], at: str) -> TierRule:
        self._only(
            said, at, {"quantity_min", "skus", "products", "categories", "off_per_mille", "unit_price_yuan"}
        )
        least = self._whole(said, at, "quantity_min", 2, 10**6)
        return TierRule(least, self._scope(said, at), self._cut(said, at, f"{least}+"))

    def _fees(self, said: Mapping[str, Any]) -> tuple[tuple[str, FeeRule], ...]:
        fees = said.get("fees", {})
        if not isinstance(fees, dict) or not all(isinstance(fee, dict) for fee in fees.values()):
            raise self._wrong("fees", "is no table; write [fees.alipay] with per_mille and min_yuan")
        return tuple((gateway, self._fee(fee, f"fees.{gateway}.")) for gateway, fee in fees.items())

    def _fee(self, said: Mapping[str, Any], at: str) -> FeeRule:
        self._only(said, at, {"per_mille", "min_yuan"})
        least = said.get("min_yuan", "0")
        try:
            min_fen = fen_from_yuan(least if isinstance(least, str) else "?")
        except ValueError as error:
            raise self._wrong(
                f"{at}min_yuan", f'is {least!r}; write yuan as a text, such as "0.10"'
            ) from error
        return FeeRule(self._whole(said, at, "per_mille", 0, 1000), min_fen)

    def _scope(self, said: Mapping[str, Any], at: str) -> Scope:
        return Scope(*(self._names(said, at, key) for key in ("skus", "products", "categories")))

    def _cut(self, said: Mapping[str, Any], at: str, name: str) -> Cut:
        if ("off_per_mille" in said) == ("unit_price_yuan" in said):
            raise self._wrong(at.rstrip("."), "needs either off_per_mille or unit_price_yuan")
        if "off_per_mille" in said:
            return Cut(name, off_per_mille=self._whole(said, at, "off_per_mille", 1, 999))
        price = said["unit_price_yuan"]
        match = _UNIT_PRICE.fullmatch(price) if isinstance(price, str) else None
        li = int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0")) if match else 0
        if li < 1:
            raise self._wrong(f"{at}unit_price_yuan", f'is {price!r}; write yuan as a text, such as "0.965"')
        return Cut(name, unit_price_li=Li(li))

    def _name(self, said: Mapping[str, Any], at: str, key: str) -> str:
        value = said.get(key)
        if not isinstance(value, str) or not value or len(value) > 32:
            raise self._wrong(f"{at}{key}", f"is {value!r}; write a name of at most 32 characters")
        return value

    def _names(self, said: Mapping[str, Any], at: str, key: str) -> frozenset[str]:
        value = said.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self._wrong(f"{at}{key}", f'is {value!r}; write a list of ids, such as ["topup"]')
        if key in said and not value:
            raise self._wrong(f"{at}{key}", "is empty; leave it out where the rule is for everything")
        return frozenset(value)

    def _whole(self, said: Mapping[str, Any], at: str, key: str, least: int, most: int) -> int:
        value = said.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self._wrong(f"{at}{key}", f"is {value!r}; write a whole number from {least} to {most}")
        return value
