"""Prices, balances, rests and waiting: what the shop learns of its suppliers, and what it does with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orders import sourcing
from orders.database import Database
from orders.errors import NotPermitted
from orders.money import Fen
from orders.order import CustomerState, LineState, Order
from orders.ports import Outcome, Refusal, SupplierAnswer
from orders.sourcing import NO_SUPPLIER
from orders.store.attempts import Attempt
from tests.orders.world import PHONE, POLICY, topup
from tests.suppliers.hostile import Manner
from tests.suppliers.world import ALPHA, BETA, SupplierWorld


async def paid(world: SupplierWorld, account: str = PHONE, quantity: int = 1) -> Order:
    order = await world.place(topup(account=account, quantity=quantity))
    await world.pay(order)
    await world.work()
    return order


async def chosen(world: SupplierWorld, order: Order) -> list[str]:
    return [attempt.supplier for attempt in await world.attempts(order)]


async def costs(world: SupplierWorld, name: str = ALPHA) -> dict[str, tuple[int, bool]]:
    goods = await world.database.read(lambda tx: world.shop.supplier_goods(tx, name))
    return {one.sku_id: (one.cost_fen, one.enabled) for one in goods}


async def test_prices_and_balance_come_in_by_themselves(world: SupplierWorld) -> None:
    assert await costs(world) == {"topup-50": (4925, True), "topup-100": (9850, True)}
    assert (await world.health()).balance_fen == 500_000
    world.alpha.products["68"] = ("100", "98.601")
    world.alpha.balance = "4321.999"
    await world.wait(minutes=61)
    assert (await costs(world))["topup-100"] == (9861, True)
    assert (await world.health()).balance_fen == 432_199


async def test_goods_that_vanish_from_the_list_are_not_bought_there(world: SupplierWorld) -> None:
    del world.alpha.products["68"]
    await world.wait(minutes=61)
    assert await chosen(world, await paid(world)) == [BETA]


async def test_a_supplier_that_keeps_its_prices_to_itself_keeps_the_old_ones_and_calls_a_person(
    world: SupplierWorld,
) -> None:
    world.alpha.down = True
    await world.wait(minutes=61)
    assert (await costs(world))["topup-100"] == (9850, True)
    await world.wait(hours=4)
    assert "supplier_silent" in await world.alarms()


async def test_what_costs_more_than_we_take_is_not_bought_and_rings(world: SupplierWorld) -> None:
    world.alpha.products["68"] = ("100", "99.801")
    await world.wait(minutes=61)
    assert "supplier_dear" in await world.alarms()
    assert await chosen(world, await paid(world)) == [BETA]


async def test_a_balance_that_does_not_pay_the_order_makes_the_supplier_rest_before_it_is_asked(
    world: SupplierWorld,
) -> None:
    world.alpha.balance = "98.49"
    await world.wait(minutes=11)
    order = await paid(world)
    assert await chosen(world, order) == [BETA]
    assert world.alpha.submissions == []
    assert "supplier_balance" in await world.alarms()
    assert (await world.health()).pause_reason == "balance_low"
    world.alpha.balance = "9000"
    await world.wait(minutes=11)
    assert await chosen(world, await paid(world)) == [ALPHA]


async def test_what_was_spent_is_counted_until_the_balance_is_told_again(world: SupplierWorld) -> None:
    await paid(world)
    assert (await world.health()).balance_fen == 500_000 - 9850
    world.alpha.settle(state=2)
    await world.wait(minutes=1)
    assert (await world.health()).balance_fen == 500_000


async def test_a_supplier_that_says_it_lacks_our_money_rests_and_another_delivers(
    world: SupplierWorld,
) -> None:
    world.alpha.manners[PHONE] = Manner.BALANCE_LOW
    order = await paid(world)
    assert await chosen(world, order) == [ALPHA, BETA]
    world.beta.settle()
    await world.wait(minutes=2)
    assert await world.state(order) is CustomerState.DELIVERED
    assert (await world.health()).failed_in_row == 0
    assert await world.violations() == ()


async def test_failures_in_a_row_make_a_supplier_rest_for_a_while(database: Database) -> None:
    rules = replace(POLICY.suppliers, failing_costs_per_mille=0)
    world = SupplierWorld(database, policy=replace(POLICY, suppliers=rules))
    await world.open_shop()
    await world.open_suppliers()
    for number in range(rules.failures_in_row_max):
        account = f"1380000000{number}"
        world.alpha.manners[account] = Manner.REFUSE
        assert await chosen(world, await paid(world, account)) == [ALPHA, BETA]
        world.beta.settle(state=2)
        await world.wait(seconds=31)
    assert "supplier_failing" in await world.alarms()
    assert (await world.health()).pause_reason == "failures_in_row"
    await world.wait(minutes=rules.pause_minutes)
    world.beta.products.clear()
    order = await paid(world)
    assert (await chosen(world, order))[0] == ALPHA, "after its rest it may try again"
    world.alpha.settle()
    await world.wait(minutes=1)
    assert (await world.health()).failed_in_row == 0


async def test_a_rest_that_a_person_ordered_is_not_ended_by_what_the_supplier_says(
    world: SupplierWorld,
) -> None:
    until = world.now + timedelta(hours=24)
    await world.write(lambda tx: world.shop.pause_supplier(tx, ALPHA, until, "ann"))
    world.alpha.balance = "1"
    await world.wait(minutes=11)
    # An attempt from before, whose refusal is heard only now.
    order = await world.place(topup())
    attempt = Attempt(
        order.order_no, 1, 1, f"{order.order_no}-1-1", ALPHA, PHONE, "open", "", "", 0, None, world.now, None,
        supplier_code="68", cost_fen=Fen(9850),
    )  # fmt: skip
    refused = SupplierAnswer(Outcome.FAILED, reason=Refusal.BALANCE_LOW)
    await world.write(
        lambda tx: sourcing.ended(tx, world.shop.room, attempt, order.lines[0], refused, world.now)
    )
    world.alpha.balance = "9000"
    await world.wait(minutes=11)
    health = await world.health()
    assert (health.paused_until, health.pause_reason) == (until, "by ann")
    assert await chosen(world, await paid(world, account="13900139000")) == [BETA]


async def test_a_supplier_that_failed_loses_to_one_that_is_a_little_dearer(world: SupplierWorld) -> None:
    suppliers = []
    world.alpha.manners[PHONE] = Manner.REFUSE
    for _ in range(3):
        suppliers.append((await chosen(world, await paid(world)))[0])
    assert suppliers == [ALPHA, BETA, BETA]
    world.beta.settle()
    await world.wait(hours=25)
    assert (await chosen(world, await paid(world)))[0] == ALPHA, "a day later that is forgotten"


async def test_silence_on_submission_counts_as_a_failure_of_the_supplier(world: SupplierWorld) -> None:
    world.alpha.manners[PHONE] = Manner.TIME_OUT
    await paid(world)
    assert (await world.health()).failed_in_row == 1
    await world.wait(minutes=3)
    assert (await world.health()).failed_in_row == 1, "asking again does not count again"


async def test_a_line_that_nobody_can_take_waits_with_a_person_called(world: SupplierWorld) -> None:
    await pause_both(world)
    order = await paid(world)
    assert (await world.line(order)).state is LineState.QUEUED
    assert await world.alarms() == [NO_SUPPLIER]
    await world.wait(hours=2)
    assert await world.violations() == (), "a line that a person was called for does not stand still"
    await world.write(lambda tx: world.shop.pause_supplier(tx, ALPHA, None, "小王"))
    await world.wait(minutes=6)
    world.alpha.settle()
    await world.wait(minutes=1)
    assert await world.state(order) is CustomerState.DELIVERED
    assert await world.violations() == ()


async def test_or_it_fails_at_once_where_the_policy_says_so(database: Database) -> None:
    rules = replace(POLICY.suppliers, wait_for_supplier=False)
    world = SupplierWorld(database, policy=replace(POLICY, suppliers=rules))
    await world.open_shop()
    await world.open_suppliers()
    await pause_both(world)
    order = await paid(world)
    assert await world.state(order) is CustomerState.REFUNDED
    assert world.bank.refunded_fen == 9980
    assert await world.violations() == ()


async def pause_both(world: SupplierWorld) -> None:
    until = world.now + timedelta(days=1)
    for name in (ALPHA, BETA):
        await world.write(lambda tx, name=name: world.shop.pause_supplier(tx, name, until, "小王"))  # type: ignore[misc]


async def test_attempts_are_limited_also_among_many_suppliers(world: SupplierWorld) -> None:
    for hostile in (world.alpha, world.beta):
        hostile.manners[PHONE] = Manner.REFUSE
    order = await paid(world)
    assert await chosen(world, order) == [ALPHA, BETA]
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.REFUNDED
    assert world.bank.refunded_fen == 9980
    assert await world.violations() == ()


async def test_a_line_refused_for_want_of_our_money_waits_for_it(database: Database) -> None:
    world = SupplierWorld(database, connected=(ALPHA,))
    await world.open_shop()
    await world.open_suppliers()
    world.alpha.manners[PHONE] = Manner.BALANCE_LOW
    order = await paid(world)
    assert (await world.line(order)).state is LineState.QUEUED
    assert set(await world.alarms()) == {"supplier_balance", NO_SUPPLIER}
    del world.alpha.manners[PHONE]
    await world.wait(minutes=16)
    world.alpha.settle()
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.DELIVERED
    assert await world.violations() == ()


async def test_several_pieces_for_a_supplier_of_single_ones_are_given_back(world: SupplierWorld) -> None:
    order = await paid(world, quantity=2)
    assert await world.state(order) is CustomerState.REFUNDED
    assert world.alpha.submissions == world.beta.submissions == []
    assert (await world.health()).failed_in_row == 0
    assert await world.violations() == ()


async def test_goods_that_no_supplier_is_described_for_go_the_old_way(world: SupplierWorld) -> None:
    order = await world.place(replace(topup(sku="game-1", account="10001"), product_id="game", region="安卓"))
    await world.pay(order)
    await world.wait(minutes=1)
    assert await world.state(order) is CustomerState.DELIVERED
    assert await chosen(world, order) == ["sandbox"]


async def test_a_supplier_that_is_not_connected_any_more_gets_nothing_and_nobody_else_either(
    world: SupplierWorld,
) -> None:
    world.connected = ()
    world.connect(world.gateway)
    await world.open_suppliers()
    order = await paid(world)
    assert (await world.line(order)).state is LineState.QUEUED
    assert NO_SUPPLIER in await world.alarms()


async def test_before_the_first_price_a_line_waits_rather_than_go_elsewhere(database: Database) -> None:
    world = SupplierWorld(database)
    await world.open_shop()
    world.alpha.down = world.beta.down = True
    await world.open_suppliers()
    order = await paid(world)
    assert (await world.line(order)).state is LineState.QUEUED
    world.alpha.down = False
    await world.write(lambda tx: world.shop.ask_supplier(tx, ALPHA, world.now))
    await world.wait(minutes=6)
    assert await chosen(world, order) == [ALPHA]


@pytest.mark.parametrize("price", ["98.5", "99.9"])
async def test_a_cost_above_what_was_allowed_rings_although_it_was_delivered(
    world: SupplierWorld, price: str
) -> None:
    order = await paid(world)
    callback = world.alpha.callback(replace(world.alpha.taken[0], state=1, arrived="100"), total_price=price)
    await world.call_back(callback)
    assert await world.state(order) is CustomerState.DELIVERED
    assert ("supplier_overcharged" in await world.alarms()) is (price == "99.9")
    assert (await world.attempts(order))[0].cost_fen == round(float(price) * 100)


async def test_a_person_may_give_up_a_line_that_waits_for_a_supplier(world: SupplierWorld) -> None:
    await pause_both(world)
    order = await paid(world)
    failed = SupplierAnswer(Outcome.FAILED)
    await world.write(lambda tx: world.shop.resolve(tx, order.order_no, 1, failed, "小王", world.now))
    await world.wait(minutes=10)
    assert await world.state(order) is CustomerState.REFUNDED
    assert world.alpha.submissions == world.beta.submissions == []
    assert await world.violations() == ()


async def test_a_waiting_line_cannot_be_told_delivered(world: SupplierWorld) -> None:
    await pause_both(world)
    order = await paid(world)
    done = SupplierAnswer(Outcome.DONE)
    with pytest.raises(NotPermitted):
        await world.write(lambda tx: world.shop.resolve(tx, order.order_no, 1, done, "小王", world.now))


async def test_where_the_policy_allows_one_attempt_a_refusal_ends_the_line(database: Database) -> None:
    delivery = replace(POLICY.delivery, attempts_max=1)
    world = SupplierWorld(database, policy=replace(POLICY, delivery=delivery))
    await world.open_shop()
    await world.open_suppliers()
    world.alpha.manners[PHONE] = Manner.REFUSE
    order = await paid(world)
    assert await chosen(world, order) == [ALPHA]
    assert world.beta.submissions == []
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.violations() == ()
