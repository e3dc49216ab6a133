"""What a draft costs, and which rule gave what: pure arithmetic, the same for everybody who asks.

Rules apply in one fixed order, and each leaves its trace:

    list price -> catalog price -> best of level and tier (or both) -> coupon -> fee

Unit prices are whole 厘 and lines whole 分, each rounded once, half up. A coupon is spread over
the lines so exactly that the lines sum to the price: whatever goes back later is a part of a line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from orders.coupon import Coupon
from orders.money import LI_PER_FEN, NOTHING, Fen, Li, rounded
from orders.price_rules import Cut, PriceRules


class RuleKind(StrEnum):
    CATALOG = "catalog"
    """The shop's own price beside the official one."""
    LEVEL = "level"
    TIER = "tier"
    COUPON = "coupon"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class PriceRule:
    """One step on the way to the price: what it took off, of which line, and under which name."""

    kind: RuleKind
    name: str
    off_fen: Fen
    """Taken off; what was put on, as a fee, is negative."""
    line: int | None = None
    """Counted from 1; None for the whole order."""
    cut_fen: Fen = NOTHING
    """What the rule would have taken off besides, had the price not come to its floor."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line to be priced."""

    sku_id: str
    product_id: str
    category: str
    quantity: int
    list_price_fen: Fen
    price_fen: Fen
    cost_fen: Fen | None = None
    """What one piece costs us at least; None where nobody said."""


@dataclass(frozen=True, slots=True)
class LinePrice:
    unit_price_li: Li
    """Of one piece, before the coupon."""
    amount_fen: Fen
    """What is paid for the whole line."""


@dataclass(frozen=True, slots=True)
class Price:
    """The lines in their order. `price_fen` is their sum; the fee comes on top of it."""

    lines: tuple[LinePrice, ...]
    rules: tuple[PriceRule, ...]
    list_fen: Fen
    price_fen: Fen
    fee_fen: Fen


def price_of(
    items: Sequence[Item],
    rules: PriceRules,
    level: str,
    coupon: Coupon | None,
    gateway: str,
    fee_per_mille: int,
) -> Price:
    """The price of the lines for a customer of `level`, to be paid at `gateway`."""
    counted = Counter[str]()
    for item in items:
        counted[item.sku_id] += item.quantity
    lines: list[LinePrice] = []
    trace: list[PriceRule] = []
    for number, item in enumerate(items, start=1):
        line, gave = _line_price(item, counted[item.sku_id], rules, level)
        lines.append(line)
        trace += [replace(rule, line=number) for rule in gave]
    if coupon is not None:
        lines, gave = _with_coupon(items, lines, coupon, rules.below_cost)
        trace += gave
    price_fen = Fen(sum(line.amount_fen for line in lines))
    fee_fen = rules.fee_at(gateway, price_fen, fee_per_mille)
    list_fen = Fen(sum(item.list_price_fen * item.quantity for item in items))
    return Price(tuple(lines), with_fee(trace, gateway, fee_fen), list_fen, price_fen, fee_fen)


def with_fee(trace: Sequence[PriceRule], gateway: str, fee_fen: Fen) -> tuple[PriceRule, ...]:
    """The trace with the fee of this gateway, and of no other one."""
    rest = tuple(rule for rule in trace if rule.kind is not RuleKind.FEE)
    return (*rest, PriceRule(RuleKind.FEE, gateway, Fen(-fee_fen))) if fee_fen else rest


def floor_of(item: Item, below_cost: bool) -> Fen:
    """No rule brings a line under this: never under a 分, nor under cost unless that is allowed. Goods
    whose catalog price lies under their cost already are not made dearer; they get no discount."""
    cost = 0 if item.cost_fen is None or below_cost else item.cost_fen * item.quantity
    return Fen(max(1, min(cost, item.price_fen * item.quantity)))


def _line_price(
    item: Item, count: int, rules: PriceRules, level: str
) -> tuple[LinePrice, tuple[PriceRule, ...]]:
    """`count`: how many of the SKU the whole order holds; twenty recipients are twenty pieces."""
    trace: list[PriceRule] = []
    catalog_fen = item.price_fen * item.quantity
    official_fen = item.list_price_fen * item.quantity
    if catalog_fen != official_fen:
        trace.append(PriceRule(RuleKind.CATALOG, "", Fen(official_fen - catalog_fen)))
    unit = Li(item.price_fen * LI_PER_FEN)
    for kind, cut in _cuts(item, unit, count, rules, level):
        before = _amount(unit, item.quantity)
        unit = cut.applied_to(unit)
        trace.append(PriceRule(kind, cut.name, Fen(before - _amount(unit, item.quantity))))
    amount, floor = _amount(unit, item.quantity), floor_of(item, rules.below_cost)
    if amount >= floor:
        return LinePrice(unit, amount), tuple(trace)
    unit = Li(rounded(floor * LI_PER_FEN, item.quantity))
    return LinePrice(unit, floor), _cut_back(trace, floor - amount)


def _cut_back(trace: Sequence[PriceRule], missing: int) -> tuple[PriceRule, ...]:
    """Rules that went under the floor take off only what there is to take; the last one gives in first."""
    kept: list[PriceRule] = []
    for rule in reversed(trace):
        cut = min(missing, rule.off_fen) if rule.kind in (RuleKind.LEVEL, RuleKind.TIER) else 0
        missing -= cut
        kept.append(replace(rule, off_fen=Fen(rule.off_fen - cut), cut_fen=Fen(cut)) if cut else rule)
    return tuple(reversed(kept))


def _cuts(
    item: Item, unit: Li, count: int, rules: PriceRules, level: str
) -> tuple[tuple[RuleKind, Cut], ...]:
    """The rules that make this line cheaper, in the order in which they apply."""
    of_level = rules.for_level(level, item.sku_id, item.product_id, item.category)
    of_tier = rules.for_count(count, item.sku_id, item.product_id, item.category)
    best_level = min(of_level, key=lambda cut: cut.applied_to(unit), default=None)
    best_tier = min(of_tier, key=lambda cut: cut.applied_to(unit), default=None)
    found: list[tuple[RuleKind, Cut]] = []
    if best_level is not None and best_level.applied_to(unit) < unit:
        found.append((RuleKind.LEVEL, best_level))
    if best_tier is not None and best_tier.applied_to(unit) < unit:
        found.append((RuleKind.TIER, best_tier))
    if len(found) < 2:
        return tuple(found)
    if not rules.level_and_tier:
        # Equally good: the level, which the customer is told he has.
        return (min(found, key=lambda one: one[1].applied_to(unit)),)
    (_, first), (_, second) = found
    with_level = first.applied_to(unit)
    # A wholesale price that is no better than the level's gives nothing on top of it.
    return tuple(found) if second.applied_to(with_level) < with_level else (found[0],)


def _amount(unit: Li, quantity: int) -> Fen:
    return Fen(rounded(unit * quantity, LI_PER_FEN))


def _with_coupon(
    items: Sequence[Item], lines: Sequence[LinePrice], coupon: Coupon, below_cost: bool
) -> tuple[list[LinePrice], tuple[PriceRule, ...]]:
    """Taken off the lines that it is good for, off each in proportion to what it can still give."""
    good_for = [coupon.is_good_for(item.product_id) for item in items]
    subject_fen = sum(line.amount_fen for line, good in zip(lines, good_for, strict=True) if good)
    room = [
        max(0, line.amount_fen - floor_of(item, below_cost)) if good else 0
        for item, line, good in zip(items, lines, good_for, strict=True)
    ]
    wanted = coupon.off(Fen(subject_fen))
    given = Fen(min(wanted, sum(room)))
    shares = spread(given, room)
    cheaper = [
        replace(line, amount_fen=Fen(line.amount_fen - share))
        for line, share in zip(lines, shares, strict=True)
    ]
    return cheaper, (PriceRule(RuleKind.COUPON, coupon.code, given, cut_fen=Fen(wanted - given)),)


def spread(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """The amount in whole parts, in proportion to the weights, exactly: the largest remainders get
    the last 分, the earlier of equal ones first. No part is larger than its weight where the amount
    is no larger than their sum."""
    total = sum(weights)
    if not total:
        return (0,) * len(weights)
    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(amount * weights[at] % total), at))
    for at in by_remainder[: amount - sum(parts)]:
        parts[at] += 1
    return tuple(parts)
