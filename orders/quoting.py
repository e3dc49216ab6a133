"""Prices a draft: reads what the price depends on (level, coupon, costs) and has it reckoned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from orders.backroom import Backroom
from orders.catalog import Catalog
from orders.coupon import Coupon, CouponDenied
from orders.database import Tx
from orders.draft import Draft, Slot
from orders.money import Fen, yuan
from orders.policy import Limits
from orders.pricing import Item, Price, RuleKind, price_of
from orders.quote import Finding, Quote, Unacceptable, priced
from orders.store import coupons, customers
from orders.tables import supplier_goods

_COSTS = (
    select(supplier_goods.c.sku_id, func.min(supplier_goods.c.cost_fen).label("cost_fen"))
    .where(supplier_goods.c.sku_id.in_(bindparam("b_sku_ids", expanding=True)), supplier_goods.c.enabled)
    .group_by(supplier_goods.c.sku_id)
)


@dataclass(frozen=True, slots=True)
class Pricing:
    """What the price of one draft for one customer depends on, as long as one transaction lasts."""

    tx: Tx
    room: Backroom
    catalog: Catalog

    def quote(self, draft: Draft, customer_id: str, now: datetime) -> Quote:
        """The quote of a draft in which `findings` found nothing."""
        items = self._items(draft)
        level = customers.find(self.tx, customer_id).level if self.room.price_rules.levels else ""
        # Gateways differ in their fees; the customer is quoted the way he is offered first.
        gateway = self.room.ways_to_pay(customer_id)[0]
        coupon = coupons.find(self.tx, draft.coupon) if draft.coupon else None
        price = self._price(items, level, None, gateway)
        denied = self._denied(draft, items, price, coupon, customer_id, now)
        if coupon is not None and denied is None:
            cheaper = self._price(items, level, coupon, gateway)
            gives = any(rule.kind is RuleKind.COUPON and rule.off_fen for rule in cheaper.rules)
            price, denied = (cheaper, None) if gives else (price, CouponDenied.NOTHING_LEFT)
        return priced(
            draft,
            self.catalog,
            price,
            quote_id=self.room.chance.token(16),
            customer_id=customer_id,
            coupon=coupon.code if coupon and denied is None else None,
            denied=denied,
            now=now,
            good_for=self.room.policy.quote.good_for,
        )

    def _price(self, items: Sequence[Item], level: str, coupon: Coupon | None, gateway: str) -> Price:
        return price_of(
            items, self.room.price_rules, level, coupon, gateway, self.room.policy.quote.fee_per_mille
        )

    def _denied(
        self,
        draft: Draft,
        items: Sequence[Item],
        before: Price,
        coupon: Coupon | None,
        customer_id: str,
        now: datetime,
    ) -> CouponDenied | None:
        """Why the draft's coupon cannot be used; None where it can, or none was named."""
        if draft.coupon is None:
            return None
        if coupon is None:
            return CouponDenied.UNKNOWN
        denied = coupon.denied(coupons.used_by(self.tx, coupon.code, customer_id), now)
        if denied is not None:
            return denied
        subject = [
            line.amount_fen
            for item, line in zip(items, before.lines, strict=True)
            if coupon.is_good_for(item.product_id)
        ]
        if not subject:
            return CouponDenied.OTHER_GOODS
        if sum(subject) < coupon.price_min_fen:
            return CouponDenied.TOO_CHEAP
        return None

    def _items(self, draft: Draft) -> tuple[Item, ...]:
        costs = self._costs(draft)
        items: list[Item] = []
        for line in draft.lines:
            sku = self.catalog.sku(line.sku_id or "")
            assert sku is not None, "only a draft without findings is priced"
            product = self.catalog.product(sku.product_id)
            assert product is not None
            items.append(
                Item(
                    sku_id=sku.sku_id,
                    product_id=sku.product_id,
                    category=product.category,
                    quantity=line.quantity,
                    list_price_fen=sku.list_price_fen,
                    price_fen=sku.price_fen,
                    cost_fen=costs.get(sku.sku_id),
                )
            )
        return tuple(items)

    def _costs(self, draft: Draft) -> Mapping[str, Fen]:
        """What the cheapest supplier asks for a piece; read only where something might be taken off."""
        rules = self.room.price_rules
        if rules.below_cost or not (rules.levels or rules.tiers or draft.coupon):
            return {}
        sku_ids = sorted({line.sku_id for line in draft.lines if line.sku_id})
        return {row.sku_id: Fen(row.cost_fen) for row in self.tx.execute(_COSTS, {"b_sku_ids": sku_ids})}


def within_limits(
    found: tuple[Finding, ...], draft: Draft, catalog: Catalog, limits: Limits
) -> tuple[Finding, ...]:
    """What was found wrong with a draft, and whether it asks for more than the shop takes in one order."""
    if len(draft.lines) > limits.lines_max:
        over = Unacceptable(limits.lines_max, Slot.QUANTITY, "lines_limit", str(len(draft.lines)))
        found = (over, *found)
    if found:
        return found
    skus = ((catalog.sku(line.sku_id or ""), line.quantity) for line in draft.lines)
    if sum(sku.price_fen * quantity for sku, quantity in skus if sku) > limits.order_total_max_fen:
        return (Unacceptable(0, Slot.QUANTITY, "amount_limit", yuan(limits.order_total_max_fen)),)
    return ()
