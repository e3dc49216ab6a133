"""Many orders, two suppliers that misbehave at random, and the truth about what left, compared at the end."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from orders.database import Database
from orders.order import CustomerState, LineState, Order
from tests.orders.world import GOODS, catalog_of, topup
from tests.suppliers.hostile import HostileSupplier, Manner
from tests.suppliers.world import ALPHA, BETA, SupplierWorld

ORDERS = 24
ENDS = ((1, ""), (1, ""), (2, ""), (-1, ""), (3, "60"), (1, "50"))
"""State, and the face value that arrived: whole, failed, cancelled, in part, with another face value."""


async def storm(world: SupplierWorld, chance: random.Random) -> list[Order]:
    orders: list[Order] = []
    for number in range(ORDERS):
        account = f"138{number:08d}"
        for hostile in (world.alpha, world.beta):
            # A slow answer is waited for with a clock that does not run, so that has a test of its own.
            hostile.manners[account] = chance.choice([one for one in Manner if one is not Manner.SLOW])
        order = await world.place(topup(account=account), customer=f"c{number}")
        await world.pay(order)
        orders.append(order)
        await world.work()
        for name, hostile in world.suppliers_by_name.items():
            if chance.random() < 0.6:
                await end_one(world, name, hostile, chance)
        if chance.random() < 0.4:
            await world.wait(minutes=chance.choice([1, 11, 45]))
    return orders


async def end_one(world: SupplierWorld, name: str, hostile: HostileSupplier, chance: random.Random) -> None:
    working = [one for one in hostile.taken if one.state == 0]
    if not working:
        return
    one = chance.choice(working)
    state, arrived = chance.choice(ENDS)
    hostile.settle(state, arrived, one.account)
    for _ in range(chance.choice([0, 1, 2])):
        await world.call_back(hostile.callback(one), name)
    if chance.random() < 0.3:
        other = BETA if name == ALPHA else ALPHA
        await world.call_back(hostile.callback(one, key="guessed"), other)


@pytest.mark.parametrize("seed", [1, 2])
async def test_value_never_leaves_twice_and_no_order_is_lost(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    world = SupplierWorld(database)
    await world.open_shop(catalog_of(GOODS.replace(",phone,,5,", ",phone,,999,")))
    await world.open_suppliers()
    for hostile in (world.alpha, world.beta):
        # Shorter than a denial must be repeated after; whoever hides a request for longer is believed.
        hostile.clock, hostile.hides_for = world.clock, timedelta(minutes=9)
    orders = await storm(world, chance)
    for hostile in (world.alpha, world.beta):
        hostile.settle()
    await world.wait(hours=9)
    for hostile in (world.alpha, world.beta):
        hostile.settle()
    await world.wait(hours=9)

    assert await world.violations() == ()
    called_for = {alarm.subject for alarm in await world.database.read(world.shop.alarms)}
    ended = set()
    for order in orders:
        line, state = await world.line(order), await world.state(order)
        ended.add(state)
        left = world.value_left_yuan.get(line.account or "", 0)
        requests = {attempt.request_no for attempt in await world.attempts(order)}
        match state:
            case CustomerState.DELIVERED:
                assert left == 100, (order.order_no, left)
            case CustomerState.REFUNDED | CustomerState.NEEDS_INFO:
                assert left == 0, (order.order_no, left)
            case CustomerState.IN_REVIEW:
                assert left <= 100, (order.order_no, left)
                assert requests & called_for, order.order_no
            case _:
                assert line.state is LineState.QUEUED, (order.order_no, line.state)
                assert f"{order.order_no}-1" in called_for
                assert left == 0
    for hostile in (world.alpha, world.beta):
        assert len(hostile.submissions) == len(set(hostile.submissions)), "a number is submitted once"
        assert hostile.unsigned == 0
    assert {CustomerState.DELIVERED, CustomerState.REFUNDED, CustomerState.IN_REVIEW} <= ended
