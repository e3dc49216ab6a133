"""Money that customers leave with the shop: put in, spent, given back, never lost and never spent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.suppliers.sandbox import Manner
from orders.database import Database
from orders.errors import NoSuchOrder, NotPermitted, TooManyUnpaid
from orders.ledger import ADVANCES, BALANCES, FEE_INCOME
from orders.money import Fen
from orders.order import CustomerState, Order, OrderPurpose, OrderState
from orders.price_rules import FeeRule, PriceRules
from orders.spending import BalanceShort, PaidFromBalance
from tests.orders.world import PHONE, World, gift, topup


async def deposit(world: World, amount_fen: int = 20000, customer: str = "c1") -> Order:
    return await world.write(lambda tx: world.shop.open_deposit(tx, customer, Fen(amount_fen), world.now))


async def deposited(world: World, amount_fen: int = 20000, customer: str = "c1") -> Order:
    order = await deposit(world, amount_fen, customer)
    await world.pay(order)
    await world.work()
    return order


async def balance(world: World, customer: str = "c1") -> int:
    found = await world.database.read(lambda tx: world.shop.customer(tx, customer))
    return found.balance_fen


async def ledger(world: World) -> Mapping[str, Fen]:
    return await world.database.read(world.shop.balances)


async def spend(world: World, order: Order, customer: str = "c1") -> PaidFromBalance | BalanceShort:
    return await world.write(lambda tx: world.shop.pay_from_balance(tx, order.order_no, customer, world.now))


async def test_a_paid_deposit_is_complete_at_once_and_can_be_spent(world: World) -> None:
    order = await deposited(world)
    after = await world.order(order)
    assert (after.purpose, after.state) == (OrderPurpose.DEPOSIT, OrderState.COMPLETED)
    assert await world.state(order) is CustomerState.DELIVERED
    assert await world.events(order) == ["placed", "paid", "completed"]
    assert await balance(world) == 20000
    books = await ledger(world)
    assert (books[BALANCES], books[ADVANCES]) == (-20000, 0)
    assert await world.violations() == ()


async def test_an_order_is_paid_from_the_balance_and_delivered_like_any_other(world: World) -> None:
    await deposited(world)
    order = await world.place()
    assert await spend(world, order) == PaidFromBalance(Fen(9980), Fen(10020))
    await world.work()
    assert await world.state(order) is CustomerState.DELIVERED
    payment = await world.database.read(lambda tx: world.shop.payment_of(tx, order.order_no))
    assert payment is not None
    assert (payment.gateway, payment.psp_ref) == ("balance", f"balance:{payment.out_trade_no}")
    assert (await ledger(world))[BALANCES] == -10020
    assert await world.violations() == ()


async def test_too_little_takes_nothing_and_tells_what_is_missing(world: World) -> None:
    await deposited(world, 5000)
    order = await world.place()
    short = await spend(world, order)
    assert short == BalanceShort(Fen(9980), Fen(5000))
    assert isinstance(short, BalanceShort)
    assert short.missing_fen == 4980
    assert await world.state(order) is CustomerState.AWAITING_PAYMENT
    assert await balance(world) == 5000
    await world.pay(order)
    await world.work()
    assert await world.state(order) is CustomerState.DELIVERED
    assert await world.violations() == ()


async def test_two_orders_at_the_same_instant_do_not_spend_the_same_money(world: World) -> None:
    await deposited(world, 10000)
    orders = [await world.place(), await world.place(topup(account="13900139000"))]
    outcomes = await asyncio.gather(*(spend(world, order) for order in orders))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BalanceShort", "PaidFromBalance"]
    assert await balance(world) == 20
    assert await world.violations() == ()


async def test_an_order_is_paid_once_however_often_it_is_asked_for(world: World) -> None:
    await deposited(world)
    order = await world.place()
    await spend(world, order)
    with pytest.raises(NotPermitted):
        await spend(world, order)
    assert await balance(world) == 10020


async def test_nobody_pays_with_anothers_money_or_a_deposit_with_itself(world: World) -> None:
    await deposited(world, customer="c2")
    order = await world.place()
    with pytest.raises(NoSuchOrder):
        await spend(world, order, "c2")
    with pytest.raises(NotPermitted):
        await spend(world, await deposit(world, customer="c2"), "c2")
    assert await balance(world, "c2") == 20000


async def test_money_that_also_comes_through_a_gateway_goes_back_there(world: World) -> None:
    await deposited(world)
    order = await world.place()
    first = await world.database.read(lambda tx: world.shop.payment_of(tx, order.order_no))
    await spend(world, order)
    assert first is not None
    await world.bank.pay(first.ask, "wechat", although_closed=True)
    await world.work()
    assert "paid_twice" in await world.events(order)
    assert world.bank.refunded_fen == 9980
    assert await balance(world) == 10020
    assert await world.violations() == ()


async def test_what_was_paid_from_the_balance_goes_back_into_it(world: World) -> None:
    await deposited(world)
    world.supplier.told[PHONE] = Manner.FAIL
    order = await world.place(topup(), gift())
    await spend(world, order)
    await world.work()
    assert await balance(world) == 20000 - 950
    assert world.bank.refunded_fen == 0
    assert await world.state(order) is CustomerState.PARTLY_DELIVERED
    outcome = await world.write(lambda tx: world.shop.request_refund(tx, order.order_no, "c1", world.now))
    assert outcome.amount_fen == 950
    await world.work()
    assert await world.state(order) is CustomerState.REFUNDED
    assert await balance(world) == 20000
    assert await world.violations() == ()


async def test_a_deposit_that_nobody_pays_expires_and_late_money_is_still_put_in(world: World) -> None:
    order = await deposit(world)
    await world.wait(minutes=16)
    assert await world.state(order) is CustomerState.EXPIRED
    await world.pay(order, although_closed=True)
    await world.work()
    assert await balance(world) == 20000
    assert await world.violations() == ()


async def test_a_deposit_that_is_paid_twice_or_after_a_cancellation_gives_the_surplus_back(
    world: World,
) -> None:
    twice, cancelled = await deposit(world), await deposit(world, 3000)
    for _ in range(2):
        await world.pay(twice, again=True)
    await world.write(lambda tx: world.shop.cancel(tx, cancelled.order_no, "c1", world.now))
    await world.pay(cancelled, although_closed=True)
    await world.work()
    assert await balance(world) == 20000
    assert world.bank.refunded_fen == 23000
    assert await world.violations() == ()


async def test_several_deposits_that_are_paid_together_keep_within_the_limit(world: World) -> None:
    limits = world.policy.wallet
    whole, rest = divmod(limits.balance_max_fen, limits.deposit_max_fen)
    assert not rest
    opened = [await deposit(world, limits.deposit_max_fen) for _ in range(whole)]
    with pytest.raises(NotPermitted):
        await deposit(world, limits.deposit_min_fen)
    await deposit(world, limits.deposit_min_fen, customer="c2")
    for order in opened:
        await world.pay(order)
    assert await balance(world) == limits.balance_max_fen
    await spend(world, await world.place())
    await deposit(world, limits.deposit_min_fen)


@pytest.mark.parametrize("amount", [0, 999, 500001, -100])
async def test_a_deposit_has_its_limits(world: World, amount: int) -> None:
    with pytest.raises(NotPermitted):
        await deposit(world, amount)


async def test_a_wallet_holds_no_more_than_the_policy_allows(world: World) -> None:
    for _ in range(4):
        await deposited(world, 500000)
    with pytest.raises(NotPermitted):
        await deposit(world, 1000)
    assert await balance(world) == 2000000


async def test_unpaid_deposits_count_among_unpaid_orders(world: World) -> None:
    for _ in range(world.policy.limits.unpaid_orders_max):
        await deposit(world)
    with pytest.raises(TooManyUnpaid):
        await deposit(world)


async def test_a_deposit_is_no_order_for_goods(world: World) -> None:
    order = await deposited(world)
    assert await world.database.read(lambda tx: world.shop.orders_of(tx, "c1")) == ()
    assert await world.database.read(lambda tx: world.shop.recent_orders(tx)) == (await world.order(order),)
    unpaid = await deposit(world)
    assert await world.database.read(lambda tx: world.shop.payable(tx, "c1")) == unpaid


async def test_a_deposit_goes_back_to_its_origin_as_far_as_it_is_not_spent(world: World) -> None:
    order = await deposited(world)
    await spend(world, await world.place())
    give = world.shop.give_out
    with pytest.raises(NotPermitted, match=r"holds 100\.20"):
        await world.write(lambda tx: give(tx, order.order_no, Fen(10021), "小王", world.now))
    await world.write(lambda tx: give(tx, order.order_no, Fen(10020), "小王", world.now))
    await world.work()
    assert (await balance(world), world.bank.refunded_fen) == (0, 10020)
    assert await world.state(order) is CustomerState.DELIVERED
    with pytest.raises(NotPermitted):
        await world.write(lambda tx: give(tx, order.order_no, Fen(9981), "小王", world.now))
    assert await world.violations() == ()


async def test_a_deposit_that_was_paid_in_stars_goes_back_whole_or_not_at_all(world: World) -> None:
    order = await deposited(world)
    stars = text("UPDATE payments SET charge_minor = 700, charge_currency = 'XTR'")
    await world.write(lambda tx: tx.execute(stars))
    with pytest.raises(NotPermitted, match="whole"):
        await world.write(lambda tx: world.shop.give_out(tx, order.order_no, Fen(10000), "小王", world.now))
    assert await balance(world) == 20000
    await world.write(lambda tx: world.shop.give_out(tx, order.order_no, Fen(20000), "小王", world.now))
    assert await balance(world) == 0


async def test_only_a_paid_deposit_is_given_out(world: World) -> None:
    goods, unpaid = await world.place(), await deposit(world)
    for order in (goods, unpaid):
        with pytest.raises(NotPermitted):
            await world.write(
                lambda tx, no=order.order_no: world.shop.give_out(tx, no, Fen(1), "小王", world.now)  # type: ignore[misc]
            )
    with pytest.raises(NoSuchOrder):
        await world.write(lambda tx: world.shop.give_out(tx, "20260105000000", Fen(1), "小王", world.now))


async def test_a_gateway_that_refuses_to_give_a_deposit_back_calls_a_person(world: World) -> None:
    order = await deposited(world)
    world.bank.refuse_refunds = True
    await world.write(lambda tx: world.shop.give_out(tx, order.order_no, Fen(20000), "小王", world.now))
    await world.work()
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert await balance(world) == 0
    assert await world.violations() == ()
    world.bank.refuse_refunds = False
    await world.write(lambda tx: world.shop.retry_refund(tx, f"{order.order_no}R1", "小王", world.now))
    await world.work()
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.violations() == ()


async def test_the_gateways_fee_is_paid_on_top_and_is_not_the_customers(database: Database) -> None:
    world = World(database, price_rules=PriceRules(fees=(("sandbox", FeeRule(6, Fen(0))),)))
    await world.open_shop()
    order = await deposited(world)
    assert (order.total_fen, order.fee_fen) == (20120, 120)
    assert await balance(world) == 20000
    assert (await ledger(world))[FEE_INCOME] == -120
    goods = await world.place()
    assert goods.total_fen == 10040
    assert await spend(world, goods) == PaidFromBalance(Fen(9980), Fen(10020))
    await world.work()
    after = await world.order(goods)
    assert (after.total_fen, after.fee_fen, after.settled_fen) == (9980, 0, 9980)
    assert await world.violations() == ()


async def test_an_order_whose_time_is_over_is_not_paid_from_the_balance(world: World) -> None:
    await deposited(world)
    order = await world.place()
    world.clock.advance(timedelta(minutes=15))
    with pytest.raises(NotPermitted):
        await spend(world, order)
    assert await balance(world) == 20000
