"""A payer goes to one gateway, changes his mind, goes to another, comes back; money comes once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from orders.database import Database
from orders.money import Fen
from orders.order import CustomerState, Order, PaymentState
from orders.paying import NoWay
from orders.payment import Payment
from orders.ports import Scene, ShowCode
from orders.price_rules import NO_RULES, FeeRule, PriceRules
from orders.pricing import RuleKind
from orders.till import Till
from tests.orders.fake_gateway import FakeGateway
from tests.orders.world import MERCHANT, World


class Street:
    """A shop between two gateways."""

    def __init__(self, database: Database, price_rules: PriceRules = NO_RULES) -> None:
        self.alipay, self.wechat = FakeGateway("alipay"), FakeGateway("wechat_pay")
        merchants = {"sandbox": MERCHANT} | {each.name: each.merchant for each in (self.alipay, self.wechat)}
        self.world = World(database, merchants=merchants, price_rules=price_rules)
        gateways = {each.name: each for each in (self.world.gateway, self.alipay, self.wechat)}
        self.world.connect(*gateways.values())  # type: ignore[arg-type]
        self.till = Till(database, self.world.shop, gateways, self.world.clock)  # type: ignore[arg-type]

    async def send(self, order: Order, gateway: str, scene: Scene = Scene.QR) -> object:
        return await self.till.send(
            order.pay_token, gateway, scene, payer="", payer_ip="", return_url="https://shop/back"
        )

    async def pay_in_sandbox(self, order: Order) -> None:
        """He pays by a third way, while the others do not answer and so stay open."""
        self.alipay.silent = self.wechat.silent = True
        await self.send(order, "sandbox", Scene.PAGE)
        await self.world.pay(order)
        self.alipay.silent = self.wechat.silent = False

    async def payments(self, order: Order) -> Sequence[Payment]:
        from orders.store import money

        found = await self.world.database.read(lambda tx: money.payments_of(tx, order.order_no))
        return sorted(found, key=lambda payment: payment.payment_id)


@pytest.fixture
async def street(database: Database) -> Street:
    street = Street(database)
    await street.world.open_shop()
    return street


async def test_the_payer_is_shown_the_gateways_code(street: Street) -> None:
    order = await street.world.place()
    assert await street.send(order, "alipay") == ShowCode(f"code:alipay:{order.order_no}-2")
    asked = street.alipay.opened[0]
    assert (asked.subject, asked.amount_fen, asked.currency) == ("话费100元", 9980, "CNY")
    assert asked.return_url == "https://shop/back"


async def test_choosing_the_same_way_again_opens_nothing_anew(street: Street) -> None:
    order = await street.world.place()
    first = await street.send(order, "alipay")
    assert await street.send(order, "alipay") == first
    assert len(street.alipay.opened) == 1


async def test_another_gateway_is_another_payment_and_the_first_one_is_closed(street: Street) -> None:
    order = await street.world.place()
    await street.send(order, "alipay")
    await street.send(order, "wechat_pay")
    wechat, alipay = await street.payments(order)
    assert (alipay.state, wechat.state) == (PaymentState.CLOSED, PaymentState.UNPAID)
    assert alipay.out_trade_no in street.alipay.closed
    assert alipay.out_trade_no != wechat.out_trade_no
    # And back again: what was closed cannot be paid any more, so it gets a new number.
    await street.send(order, "alipay")
    assert [ask.out_trade_no for ask in street.alipay.opened] == [
        f"{order.order_no}-2",
        f"{order.order_no}-3",
    ]


async def test_who_comes_back_to_a_way_that_stayed_open_is_not_shut_out_of_it(street: Street) -> None:
    order = await street.world.place()
    code = await street.send(order, "alipay")
    street.alipay.silent = True
    await street.send(order, "wechat_pay")
    street.alipay.silent = False
    assert await street.send(order, "alipay") == code
    await street.world.wait(minutes=3)
    assert {one.gateway: one.state for one in await street.payments(order) if one.scene} == {
        "alipay": PaymentState.UNPAID,
        "wechat_pay": PaymentState.CLOSED,
    }


async def test_a_payments_time_begins_when_its_payer_goes_to_the_gateway(street: Street) -> None:
    order = await street.world.place()
    street.world.clock.advance(timedelta(minutes=9))
    await street.send(order, "wechat_pay")
    street.world.clock.advance(timedelta(minutes=1))
    await street.send(order, "wechat_pay")
    (payment,) = await street.payments(order)
    assert payment.created_at == order.created_at + timedelta(minutes=9)
    assert street.wechat.opened == [replace(payment.ask, subject="话费100元", return_url="https://shop/back")]


async def test_another_scene_is_another_payment(street: Street) -> None:
    order = await street.world.place()
    await street.send(order, "alipay", Scene.QR)
    await street.send(order, "alipay", Scene.WAP)
    assert [ask.out_trade_no for ask in street.alipay.opened] == [
        f"{order.order_no}-2",
        f"{order.order_no}-3",
    ]


async def test_money_that_came_at_the_first_gateway_keeps_him_from_paying_at_the_second(
    street: Street,
) -> None:
    order = await street.world.place()
    await street.send(order, "alipay")
    street.alipay.paid[f"{order.order_no}-2"] = street.world.now
    assert await street.send(order, "wechat_pay") is NoWay.PAID
    assert street.wechat.opened == []
    await street.world.work()
    assert await street.world.state(order) is CustomerState.DELIVERED


async def test_who_pays_at_two_gateways_gets_the_goods_once_and_the_surplus_back(street: Street) -> None:
    order = await street.world.place()
    await street.send(order, "alipay")
    street.alipay.silent = True
    await street.send(order, "wechat_pay")
    street.alipay.silent = False
    for gateway, number in ((street.wechat, 1), (street.alipay, 2)):
        gateway.paid[f"{order.order_no}-{number}"] = street.world.now
        payment = next(one for one in await street.payments(order) if one.out_trade_no.endswith(f"-{number}"))
        await street.till.query(payment)
    await street.world.wait(minutes=20)
    assert await street.world.state(order) is CustomerState.DELIVERED
    assert street.alipay.asked.count(f"refund {order.order_no}-2 9980") == 1
    assert [name for name in street.wechat.asked if name.startswith("refund")] == []
    assert await street.world.violations() == ()


async def test_a_paid_orders_other_payments_are_closed(street: Street) -> None:
    order = await street.world.place()
    await street.send(order, "alipay")
    await street.pay_in_sandbox(order)
    await street.world.work()
    assert f"{order.order_no}-2" in street.alipay.closed


async def test_an_order_that_expires_closes_every_payment(street: Street) -> None:
    order = await street.world.place()
    street.alipay.silent = True
    await street.send(order, "alipay")
    await street.send(order, "wechat_pay")
    street.alipay.silent = False
    await street.world.wait(minutes=16)
    assert await street.world.state(order) is CustomerState.EXPIRED
    assert f"{order.order_no}-2" in street.alipay.closed
    assert f"{order.order_no}-1" in street.wechat.closed


async def test_money_at_a_gateway_that_told_nothing_until_the_order_expired_is_found_later(
    street: Street,
) -> None:
    world, order = street.world, await street.world.place()
    await street.send(order, "alipay")
    (ask,) = street.alipay.opened
    street.alipay.paid[ask.out_trade_no] = world.now
    street.alipay.silent = True
    await world.wait(minutes=20)
    assert await world.state(order) is CustomerState.EXPIRED
    street.alipay.silent = False
    await world.wait(minutes=20)
    assert await world.state(order) is CustomerState.DELIVERED
    assert "paid_late" in await world.events(order)
    assert await world.violations() == ()


async def test_coming_back_asks_and_settles_nothing_by_itself(street: Street) -> None:
    order = await street.world.place()
    await street.send(order, "alipay")
    await street.till.look(order.pay_token)
    assert await street.world.state(order) is CustomerState.AWAITING_PAYMENT
    street.alipay.paid[f"{order.order_no}-2"] = street.world.now
    await street.till.look(order.pay_token)
    assert await street.world.state(order) is not CustomerState.AWAITING_PAYMENT


async def test_a_gateway_that_does_not_answer_is_asked_again_under_the_same_number(street: Street) -> None:
    order = await street.world.place()
    street.alipay.silent = True
    assert await street.send(order, "alipay") is NoWay.SILENT
    street.alipay.silent = False
    assert await street.send(order, "alipay") == ShowCode(f"code:alipay:{order.order_no}-2")
    assert [ask.out_trade_no for ask in street.alipay.opened] == [f"{order.order_no}-2"] * 2


async def test_why_nobody_is_sent(street: Street) -> None:
    order = await street.world.place()
    assert await street.send(order, "unionpay") is NoWay.UNKNOWN
    assert await street.send(replace(order, pay_token="guessed"), "alipay") is NoWay.UNKNOWN
    assert await street.send(order, "alipay", Scene.JSAPI) is NoWay.UNKNOWN
    street.alipay.refuses = True
    assert await street.send(order, "alipay") is NoWay.REFUSED
    await street.pay_in_sandbox(order)
    assert await street.send(order, "wechat_pay") is NoWay.PAID
    late = await street.world.place(customer="c2")
    await street.world.wait(minutes=16)
    assert await street.send(late, "alipay") is NoWay.ENDED


async def test_a_payer_who_plays_with_the_ways_is_stopped(street: Street) -> None:
    order = await street.world.place()
    answers = [
        await street.send(order, ("alipay", "wechat_pay")[turn % 2])
        for turn in range(street.world.policy.payment.attempts_max + 4)
    ]
    assert answers[-2] is NoWay.TOO_OFTEN
    assert len(await street.payments(order)) == street.world.policy.payment.attempts_max


async def test_customers_of_a_channel_are_offered_its_ways(street: Street) -> None:
    shop = street.world.shop
    assert shop.ways_to_pay("web:1") == ("wechat_pay", "alipay", "sandbox")
    assert shop.ways_to_pay("wechat:o-1") == ("wechat_pay", "sandbox")
    assert shop.ways_to_pay("telegram:7") == ("sandbox",)


async def test_a_gateway_that_costs_more_is_asked_for_more_and_the_order_then_tells_that_fee(
    database: Database,
) -> None:
    street = Street(database, PriceRules(fees=(("alipay", FeeRule(6, Fen(1))),)))
    await street.world.open_shop()
    order = await street.world.place()
    assert (order.total_fen, order.fee_fen) == (9980, 0)
    await street.send(order, "alipay")
    ask = street.alipay.opened[0]
    assert ask.amount_fen == 10040
    street.alipay.paid[ask.out_trade_no] = street.world.now
    await street.world.wait(minutes=1)
    after = await street.world.order(order)
    assert (after.settled_fen, after.total_fen, after.fee_fen, after.price_fen) == (10040, 10040, 60, 9980)
    assert [rule.off_fen for rule in after.price_rules if rule.kind is RuleKind.FEE] == [-60]
    assert await street.world.state(order) is CustomerState.DELIVERED
    assert await street.world.violations() == ()
