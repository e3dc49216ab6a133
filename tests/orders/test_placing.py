"""Placing, giving up, and what each does to the stock."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from orders.draft import Draft
from orders.errors import NoSuchOrder, NotCancellable, OutOfStock, QuoteExpired, TooManyUnpaid
from orders.order import CustomerState, Order
from orders.policy import Policy
from orders.quote import Unacceptable
from tests.orders.world import POLICY, World, catalog_of, gift, topup

DAY = re.compile(r"20260105\d{6}")


async def test_an_order_keeps_its_stock_and_tells_what_it_costs(world: World) -> None:
    order = await world.place(topup(quantity=2), gift())
    assert DAY.fullmatch(order.order_no)
    assert (order.list_fen, order.total_fen, order.saved_fen) == (21000, 20910, 90)
    assert [line.amount_fen for line in order.lines] == [19960, 950]
    assert order.lines[1].account is None
    assert await world.available("topup-100") == 3
    assert await world.available("gift-10") == 2
    assert await world.state(order) is CustomerState.AWAITING_PAYMENT
    assert len({order.pay_token, order.link_token}) == 2
    assert len(order.pay_token) >= 32


async def test_the_same_quote_twice_is_one_order(world: World) -> None:
    quote = await world.quote(topup())
    first = await world.write(lambda tx: world.shop.place(tx, quote, world.now))
    again = await world.write(lambda tx: world.shop.place(tx, quote, world.now))
    assert first == again
    assert await world.available("topup-100") == 4


async def test_an_expired_quote_is_not_placed(world: World) -> None:
    quote = await world.quote(topup())
    world.clock.advance(timedelta(minutes=15))
    with pytest.raises(QuoteExpired):
        await world.write(lambda tx: world.shop.place(tx, quote, world.now))
    assert await world.available("topup-100") == 5


async def test_the_price_asked_is_the_price_quoted_although_the_catalog_changed(world: World) -> None:
    quote = await world.quote(topup())
    await world.open_shop(catalog_of(GOODS_DEARER))
    order = await world.write(lambda tx: world.shop.place(tx, quote, world.now))
    assert order.total_fen == 9980


async def test_a_good_taken_off_sale_can_not_be_placed_any_more(world: World) -> None:
    quote = await world.quote(topup())
    await world.open_shop(catalog_of(GOODS_WITHOUT_TOPUPS))
    with pytest.raises(OutOfStock):
        await world.write(lambda tx: world.shop.place(tx, quote, world.now))


async def test_a_new_catalog_leaves_orders_as_they_are(world: World) -> None:
    order = await world.place(topup())
    await world.open_shop(catalog_of(GOODS_WITHOUT_TOPUPS))
    await world.pay(order)
    await world.work()
    assert await world.state(order) is CustomerState.DELIVERED
    assert (await world.order(order)).lines[0].name == "话费"
    assert await world.violations() == ()


async def test_the_last_piece_is_sold_once(world: World) -> None:
    quotes = [await world.quote(gift(3), customer=f"c{number}") for number in range(4)]

    async def buy(number: int) -> Order | None:
        try:
            return await world.write(lambda tx: world.shop.place(tx, quotes[number], world.now))
        except OutOfStock:
            return None

    bought = await asyncio.gather(*(buy(number) for number in range(4)))
    assert len([order for order in bought if order]) == 1
    assert await world.violations() == ()


async def test_a_quote_that_cannot_be_kept_leaves_nothing_behind(world: World) -> None:
    quote = await world.quote(topup(), gift(3))
    await world.place(gift(1), customer="faster")
    with pytest.raises(OutOfStock):
        await world.write(lambda tx: world.shop.place(tx, quote, world.now))
    assert await world.available("topup-100") == 5


async def test_unpaid_it_expires_after_fifteen_minutes_and_lets_its_stock_go(world: World) -> None:
    order = await world.place(topup(quantity=5))
    await world.wait(minutes=14, seconds=59)
    assert await world.state(order) is CustomerState.AWAITING_PAYMENT
    await world.wait(seconds=1)
    assert await world.state(order) is CustomerState.EXPIRED
    assert await world.available("topup-100") == 5
    assert await world.events(order) == ["placed", "expired"]


async def test_expiring_early_or_twice_does_nothing(world: World) -> None:
    order = await world.place()
    assert not await world.write(lambda tx: world.shop.expire(tx, order.order_no, world.now))
    await world.wait(minutes=15)
    assert not await world.write(lambda tx: world.shop.expire(tx, order.order_no, world.now))
    assert await world.violations() == ()


async def test_a_cancelled_order_lets_its_stock_go_and_can_be_cancelled_again(world: World) -> None:
    order = await world.place(topup(quantity=5))
    for _ in range(2):
        after = await world.write(lambda tx: world.shop.cancel(tx, order.order_no, "c1", world.now))
        assert after.state.value == "cancelled"
    assert await world.available("topup-100") == 5
    await world.wait(minutes=16)
    assert await world.events(order) == ["placed", "cancelled"]


async def test_a_paid_order_cannot_be_cancelled(world: World) -> None:
    order = await world.place()
    await world.pay(order)
    with pytest.raises(NotCancellable):
        await world.write(lambda tx: world.shop.cancel(tx, order.order_no, "c1", world.now))


async def test_another_customers_order_is_no_order(world: World) -> None:
    order = await world.place()
    assert await world.write(lambda tx: world.shop.order(tx, order.order_no, "c2")) is None
    with pytest.raises(NoSuchOrder):
        await world.write(lambda tx: world.shop.cancel(tx, order.order_no, "c2", world.now))
    with pytest.raises(NoSuchOrder):
        await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c2", world.now))
    with pytest.raises(NoSuchOrder):
        await world.write(lambda tx: world.shop.request_refund(tx, order.order_no, "c2", world.now))
    assert await world.write(lambda tx: world.shop.orders_of(tx, "c2")) == ()
    assert await world.write(lambda tx: world.shop.payable(tx, "c2")) is None


async def test_orders_are_listed_newest_first_and_found_by_their_tokens(world: World) -> None:
    first = await world.place()
    await world.wait(seconds=1)
    second = await world.place(gift())
    listed = await world.write(lambda tx: world.shop.orders_of(tx, "c1", 10))
    assert [order.order_no for order in listed] == [second.order_no, first.order_no]
    assert await world.write(lambda tx: world.shop.payable(tx, "c1")) == second
    assert await world.write(lambda tx: world.shop.order_by_link(tx, first.link_token)) == first
    assert await world.write(lambda tx: world.shop.order_by_link(tx, first.pay_token)) is None
    found = await world.write(lambda tx: world.shop.payment_by_token(tx, second.pay_token))
    assert found is not None
    assert found[0].amount_fen == 950
    assert found[1] == second


class TestLimits:
    async def test_as_many_unpaid_orders_as_the_policy_allows_and_no_more(self, world: World) -> None:
        limit = POLICY.limits.unpaid_orders_max
        for _ in range(limit):
            await world.place(topup())
        quote = await world.quote(gift())
        with pytest.raises(TooManyUnpaid):
            await world.write(lambda tx: world.shop.place(tx, quote, world.now))
        await world.place(gift(), customer="somebody else")

    async def test_an_order_of_exactly_the_largest_total_is_taken_and_one_fen_more_is_not(
        self, world: World
    ) -> None:
        world.shop.policy = _with_limits(world, order_total_max_yuan=200)
        await world.open_shop(catalog_of(GOODS_ROUND))
        assert (await world.quote(topup(quantity=2))).total_fen == 20000
        draft = Draft((topup(quantity=2), gift()))
        found = await world.write(lambda tx: world.shop.quote(tx, draft, "c1", world.now))
        assert isinstance(found, tuple)
        assert [(f.code, f.value) for f in found if isinstance(f, Unacceptable)] == [
            ("amount_limit", "200.00")
        ]

    async def test_a_total_above_the_usual_wants_a_yes(self, world: World) -> None:
        quote = await world.quote(topup())
        limit = POLICY.limits.confirm_above_fen
        assert not world.shop.needs_confirmation(replace(quote, total_fen=limit))
        assert world.shop.needs_confirmation(replace(quote, total_fen=type(limit)(limit + 1)))

    async def test_so_many_lines_and_no_more(self, world: World) -> None:
        await world.open_shop(catalog_of(GOODS_ROUND.replace(",5,", ",99,")))
        limit = POLICY.limits.lines_max
        fits = Draft((topup(),) * limit)
        assert await world.write(lambda tx: world.shop.findings(tx, fits)) == ()
        over = Draft((topup(),) * (limit + 1))
        found = await world.write(lambda tx: world.shop.findings(tx, over))
        assert [f.code for f in found if isinstance(f, Unacceptable)] == ["lines_limit"]


def _with_limits(world: World, **limits: int) -> Policy:
    return replace(world.policy, limits=replace(world.policy.limits, **limits))


HEADINGS = (
    "sku,product,name,category,aliases,variant,face_value,unit,list_price,price,account,regions,"
    "stock,sales,eta_minutes,supplier,supplier_rating,delivery,refund\n"
)
GOODS_DEARER = HEADINGS + (
    "topup-100,topup,话费,通信,,100元,100,元,100.00,105.00,phone,,5,1,3,甲,4.9,topup,failed_only\n"
)
GOODS_WITHOUT_TOPUPS = HEADINGS + (
    "gift-10,gift,礼品卡,卡券,,10元,10,元,10.00,9.50,none,,3,7,1,乙,4.5,card,unused\n"
)
GOODS_ROUND = HEADINGS + (
    "topup-100,topup,话费,通信,,100元,100,元,100.00,100.00,phone,,5,1,3,甲,4.9,topup,failed_only\n"
    "gift-10,gift,礼品卡,卡券,,10元,10,元,10.00,0.01,none,,3,7,1,乙,4.5,card,unused\n"
)
