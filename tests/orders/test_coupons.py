"""Coupons and price rules in a whole shop: quoted, held, taken once, given back, and paid back exactly."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.suppliers.sandbox import Manner
from orders.coupon import CouponDenied
from orders.database import Database
from orders.errors import CouponGone
from orders.money import Fen, Li
from orders.order import CustomerState, EventKind, LineState
from orders.price_rules import Cut, FeeRule, LevelRule, PriceRules, Scope, TierRule
from orders.pricing import RuleKind
from tests.orders.test_placing import GOODS_DEARER
from tests.orders.world import PHONE, World, catalog_of, coupon, gift, topup


async def used(world: World, code: str = "NEW5") -> int:
    found = await world.database.read(world.shop.coupons)
    return next(one.used for one in found if one.code == code)


@pytest.fixture
async def couponed(world: World) -> World:
    """A shop that gave out NEW5: five yuan off, twice in all, once for each."""
    await world.write(lambda tx: world.shop.add_coupon(tx, coupon()))
    return world


@pytest.fixture
async def ruled(database: Database) -> World:
    """A shop with a member price, a wholesale tier in 厘, and a fee."""
    rules = PriceRules(
        levels=(LevelRule("gold", Scope(), Cut("gold", 10)),),
        tiers=(TierRule(3, Scope(skus=frozenset({"gift-10"})), Cut("3+", unit_price_li=Li(9333))),),
        fees=(("sandbox", FeeRule(6, Fen(10))),),
    )
    world = World(database, price_rules=rules)
    await world.open_shop()
    return world


async def test_a_quote_tells_which_rule_gave_what_and_the_order_keeps_it(ruled: World) -> None:
    await ruled.write(lambda tx: ruled.shop.set_level(tx, "c1", "gold"))
    await ruled.write(lambda tx: ruled.shop.add_coupon(tx, coupon()))
    quote = await ruled.quote(topup(), gift(3), coupon="NEW5")
    gave = {(rule.kind, rule.line): rule.off_fen for rule in quote.rules}
    assert gave[RuleKind.LEVEL, 1] == 100
    assert gave[RuleKind.TIER, 2] == 50
    assert gave[RuleKind.COUPON, None] == 500
    assert quote.price_fen == 9880 + 2800 - 500
    assert (quote.fee_fen, quote.total_fen) == (73, 12253)
    order = await ruled.write(lambda tx: ruled.shop.place(tx, quote, ruled.now))
    kept = await ruled.order(order)
    assert kept == order
    assert (kept.price_rules, kept.coupon) == (quote.rules, "NEW5")
    assert kept.lines[1].unit_price_li == 9333
    assert sum(line.amount_fen for line in kept.lines) + kept.fee_fen == kept.total_fen


async def test_another_customer_pays_the_plain_price(ruled: World) -> None:
    await ruled.write(lambda tx: ruled.shop.set_level(tx, "c1", "gold"))
    assert (await ruled.quote(topup(), customer="c2")).price_fen == 9980


async def test_the_price_holds_whatever_catalog_level_and_coupon_do_meanwhile(couponed: World) -> None:
    quote = await couponed.quote(topup(), coupon="NEW5")
    await couponed.open_shop(catalog_of(GOODS_DEARER))
    await couponed.write(lambda tx: couponed.shop.set_level(tx, "c1", "gold"))
    assert await couponed.write(lambda tx: couponed.shop.end_coupon(tx, "NEW5", couponed.now))
    order = await couponed.write(lambda tx: couponed.shop.place(tx, quote, couponed.now))
    assert order.total_fen == 9480
    assert await used(couponed) == 1


async def test_two_orders_that_race_for_the_last_use_are_not_both_placed(world: World) -> None:
    await world.write(lambda tx: world.shop.add_coupon(tx, coupon(uses=1)))
    first = await world.quote(topup(), coupon="NEW5")
    second = await world.quote(topup(), customer="c2", coupon="NEW5")
    await world.write(lambda tx: world.shop.place(tx, first, world.now))
    with pytest.raises(CouponGone):
        await world.write(lambda tx: world.shop.place(tx, second, world.now))
    assert await used(world) == 1
    again = await world.quote(topup(), customer="c2", coupon="NEW5")
    assert (again.coupon, again.denied, again.total_fen) == (None, CouponDenied.USED_UP, 9980)
    assert await world.available("topup-100") == 4


async def test_at_the_same_instant_only_one_of_them_has_it(world: World) -> None:
    await world.write(lambda tx: world.shop.add_coupon(tx, coupon(uses=1)))
    quotes = [await world.quote(topup(), customer=one, coupon="NEW5") for one in ("c1", "c2", "c3")]
    placings = (
        world.write(lambda tx, quote=quote: world.shop.place(tx, quote, world.now)) for quote in quotes
    )  # type: ignore[misc]
    outcomes = await asyncio.gather(*placings, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CouponGone", "CouponGone", "Order"]
    assert await used(world) == 1
    assert await world.violations() == ()


async def test_one_customer_does_not_use_it_more_often_than_he_may(couponed: World) -> None:
    first = await couponed.quote(topup(), coupon="NEW5")
    second = await couponed.quote(gift(), coupon="NEW5")
    await couponed.write(lambda tx: couponed.shop.place(tx, first, couponed.now))
    with pytest.raises(CouponGone):
        await couponed.write(lambda tx: couponed.shop.place(tx, second, couponed.now))
    assert (await couponed.quote(gift(), coupon="NEW5")).denied is CouponDenied.USED_BEFORE
    assert await used(couponed) == 1
    assert await couponed.violations() == ()


@pytest.mark.parametrize("end", ["cancelled", "expired"])
async def test_an_order_that_came_to_nothing_gives_its_coupon_back(couponed: World, end: str) -> None:
    order = await couponed.place(coupon="NEW5")
    assert await used(couponed) == 1
    if end == "cancelled":
        for _ in range(2):
            await couponed.write(lambda tx: couponed.shop.cancel(tx, order.order_no, "c1", couponed.now))
    else:
        await couponed.wait(minutes=16)
    assert await used(couponed) == 0
    assert (await couponed.place(coupon="NEW5")).total_fen == 9480
    assert await couponed.violations() == ()


async def test_a_delivered_order_keeps_its_coupon_and_a_failed_one_gives_it_back(couponed: World) -> None:
    order = await couponed.place(coupon="NEW5")
    await couponed.pay(order)
    couponed.supplier.told["13900139000"] = Manner.FAIL
    failing = await couponed.place(topup(account="13900139000"), customer="c2", coupon="NEW5")
    await couponed.pay(failing)
    await couponed.wait(minutes=1)
    assert await couponed.state(order) is CustomerState.DELIVERED
    assert await couponed.state(failing) is CustomerState.REFUNDED
    assert couponed.bank.refunded_fen == 9480
    assert await used(couponed) == 1
    assert await couponed.violations() == ()


async def test_late_money_is_taken_where_the_coupon_can_be_used_again(couponed: World) -> None:
    order = await couponed.place(coupon="NEW5")
    await couponed.wait(minutes=16)
    await couponed.pay(order, although_closed=True)
    await couponed.work()
    assert await couponed.state(order) is CustomerState.DELIVERED
    assert await used(couponed) == 1
    assert await couponed.violations() == ()


@pytest.mark.parametrize("why", ["others used it up", "it ended"])
async def test_late_money_goes_back_where_the_coupon_is_gone(couponed: World, why: str) -> None:
    order = await couponed.place(coupon="NEW5")
    await couponed.wait(minutes=16)
    if why == "it ended":
        await couponed.write(lambda tx: couponed.shop.end_coupon(tx, "NEW5", couponed.now))
    else:
        for customer in ("c2", "c3"):
            await couponed.place(gift(), customer=customer, coupon="NEW5")
    held = await used(couponed)
    await couponed.pay(order, although_closed=True)
    await couponed.work()
    assert EventKind.PAID_IN_VAIN in await couponed.events(order)
    assert await couponed.state(order) is CustomerState.REFUNDED
    assert await used(couponed) == held
    assert await couponed.available("topup-100") == 5
    assert await couponed.violations() == ()


async def test_late_money_for_a_discounted_order_compares_the_catalogs_price(ruled: World) -> None:
    await ruled.write(lambda tx: ruled.shop.set_level(tx, "c1", "gold"))
    order = await ruled.place()
    dear = await ruled.place(topup(), customer="c2")
    await ruled.wait(minutes=16)
    await ruled.pay(order, although_closed=True)
    await ruled.work()
    assert await ruled.state(order) is CustomerState.DELIVERED
    await ruled.open_shop(catalog_of(GOODS_DEARER))
    await ruled.pay(dear, although_closed=True)
    await ruled.work()
    assert await ruled.state(dear) is CustomerState.REFUNDED
    assert await ruled.violations() == ()


async def test_a_part_of_a_discounted_line_goes_back_to_the_last_fen(couponed: World) -> None:
    couponed.supplier.told[PHONE] = Manner.PARTIAL
    order = await couponed.place(topup(quantity=3), gift(), coupon="NEW5")
    await couponed.pay(order)
    await couponed.work()
    after = await couponed.order(order)
    line = after.lines[0]
    assert line.state is LineState.PARTIAL
    assert line.amount_fen % 3
    assert line.delivered_fen + line.refunded_fen == line.amount_fen
    assert couponed.bank.refunded_fen == line.refunded_fen
    assert await couponed.violations() == ()


@pytest.mark.parametrize(
    ("made", "denied"),
    [
        (coupon(products=("gift",)), CouponDenied.OTHER_GOODS),
        (coupon(price_min_fen=Fen(9981)), CouponDenied.TOO_CHEAP),
        (coupon("OLD5"), CouponDenied.UNKNOWN),
    ],
)
async def test_a_coupon_that_gives_nothing_says_why(world: World, made: object, denied: CouponDenied) -> None:
    await world.write(lambda tx: world.shop.add_coupon(tx, made))  # type: ignore[arg-type]
    quote = await world.quote(topup(), coupon="NEW5")
    assert (quote.denied, quote.coupon, quote.total_fen) == (denied, None, 9980)


async def test_no_coupon_sells_under_what_a_supplier_asks(couponed: World) -> None:
    cost = (
        "INSERT INTO supplier_goods (supplier, sku_id, supplier_code, cost_fen, enabled, priced_at) "
        "VALUES ('s', 'topup-100', 'x', 9700, true, 0)"
    )
    await couponed.write(lambda tx: tx.execute(text(cost)))
    quote = await couponed.quote(topup(), coupon="NEW5")
    assert quote.total_fen == 9700
    assert [(rule.off_fen, rule.cut_fen) for rule in quote.rules if rule.kind is RuleKind.COUPON] == [
        (280, 220)
    ]


async def test_a_code_is_given_out_once_and_ends_once(couponed: World) -> None:
    shop, now = couponed.shop, couponed.now
    assert not await couponed.write(lambda tx: shop.add_coupon(tx, replace(coupon(), off_fen=Fen(1))))
    assert await couponed.write(lambda tx: shop.coupons_among(tx, {"NEW5", "OTHER1"})) == {"NEW5"}
    assert await couponed.write(lambda tx: shop.gives_coupons(tx, now))
    later = now + timedelta(minutes=1)
    assert await couponed.write(lambda tx: shop.end_coupon(tx, "NEW5", later))
    assert not await couponed.write(lambda tx: shop.end_coupon(tx, "NEW5", later))
    assert not await couponed.write(lambda tx: shop.gives_coupons(tx, later))
