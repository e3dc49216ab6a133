"""A delivered key that does not work is replaced by another one, once the line has one to give."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from orders.aftersales import NotReplaced, Replaced
from orders.card_key import KeyState, SoldKey
from orders.database import Database
from orders.errors import NoSuchOrder
from orders.order import CustomerState, Order
from tests.orders.test_delivering import paid
from tests.orders.test_refunding import wish
from tests.orders.test_stockroom import TODAY, numbered, seen, take_in
from tests.orders.world import POLICY, World, gift, topup

ONE_EACH = replace(
    POLICY,
    aftersales=replace(POLICY.aftersales, replacements_per_line_max=1),
    stock=replace(POLICY.stock, low_at=1),
)


@pytest.fixture
async def world(database: Database) -> World:
    """A shop with three real keys."""
    world = World(database, ONE_EACH, demo_keys=False)
    await world.open_shop()
    await take_in(world, *numbered(3))
    return world


async def keys_of(world: World, order: Order) -> tuple[SoldKey, ...]:
    return await world.database.read(lambda tx: world.shop.aftersales.keys_of(tx, order.order_no))


async def replaced(world: World, order: Order, key_no: int) -> Replaced | NotReplaced:
    return await world.write(
        lambda tx: world.shop.aftersales.replace_key(tx, order.order_no, key_no, "小王", "blank", world.now)
    )


async def complain(world: World, order: Order, customer: str = "c1") -> bool:
    return await world.write(
        lambda tx: world.shop.aftersales.complain(tx, order.order_no, 1, customer, world.now)
    )


async def test_the_line_gets_another_key_and_the_old_one_is_void(world: World) -> None:
    order = await paid(world, gift())
    assert await seen(world, order.order_no) == ["KEY-0000"]
    done = await replaced(world, order, 1)
    assert done == Replaced(1, 1, 2)
    assert await seen(world, order.order_no) == ["KEY-0001"]
    old, new = await keys_of(world, order)
    assert (old.state, old.replaced_by, new.state) == (KeyState.VOID, 2, KeyState.SOLD)
    assert await world.available("gift-10") == 1
    assert await world.state(order) is CustomerState.DELIVERED
    assert (await world.events(order))[-1] == "key_replaced"
    assert await world.violations() == ()


async def test_a_replaced_key_is_not_replaced_twice_whoever_presses(world: World) -> None:
    order = await paid(world, gift())
    done = await asyncio.gather(replaced(world, order, 1), replaced(world, order, 1))
    assert sorted(type(one).__name__ for one in done) == ["NotReplaced", "Replaced"]
    assert len(await seen(world, order.order_no)) == 1
    assert await world.violations() == ()


async def test_a_line_has_so_many_replacements_and_no_more(world: World) -> None:
    order = await paid(world, gift())
    assert isinstance(await replaced(world, order, 1), Replaced)
    assert await replaced(world, order, 2) is NotReplaced.TOO_MANY
    assert await world.available("gift-10") == 1


async def test_without_a_key_that_nobody_was_promised_nothing_changes(world: World) -> None:
    order = await paid(world, gift())
    await world.place(gift(2), customer="c2")
    assert await replaced(world, order, 1) is NotReplaced.OUT_OF_STOCK
    assert await seen(world, order.order_no) == ["KEY-0000"]
    assert await world.violations() == ()


async def test_a_key_near_its_end_replaces_none(database: Database) -> None:
    world = World(database, POLICY, demo_keys=False)
    await world.open_shop()
    await take_in(world, *numbered(2), expires=TODAY.replace(day=25))
    order = await paid(world, gift())
    await world.wait(days=15)
    assert await replaced(world, order, 1) is NotReplaced.OUT_OF_STOCK
    assert await world.available("gift-10") == 0
    assert await world.violations() == ()


async def test_only_a_key_that_the_order_has_is_replaced(world: World) -> None:
    order, other = await paid(world, gift()), await paid(world, gift())
    assert await replaced(world, order, 2) is NotReplaced.NOT_THEIRS
    assert await replaced(world, other, 99) is NotReplaced.NOT_THEIRS
    with pytest.raises(NoSuchOrder):
        await world.write(
            lambda tx: world.shop.aftersales.replace_key(tx, "20200101000000", 1, "x", "y", world.now)
        )


async def test_a_key_whose_money_went_back_is_not_replaced(world: World) -> None:
    order = await paid(world, gift())
    await wish(world, order)
    assert await replaced(world, order, 1) is NotReplaced.GIVEN_BACK


async def test_a_sandbox_makes_the_other_key_up(database: Database) -> None:
    world = World(database)
    await world.open_shop()
    order = await paid(world, topup(), gift(2))
    before = await seen(world, order.order_no)
    (first, _) = await keys_of(world, order)
    assert isinstance(await replaced(world, order, first.key_no), Replaced)
    after = await seen(world, order.order_no)
    assert (len(set(before) & set(after)), len(after)) == (1, 2)
    assert await world.available("gift-10") == 0
    assert await world.violations() == ()


async def test_a_complaint_calls_a_person_once_and_a_new_key_ends_it(world: World) -> None:
    order = await paid(world, gift())
    assert await complain(world, order)
    assert not await complain(world, order)
    assert await world.alarms() == ["key_complaint"]
    assert await world.database.read(world.shop.aftersales.complaints) == {f"{order.order_no}-1"}
    await replaced(world, order, 1)
    assert await world.alarms() == []
    assert (await world.events(order))[-2:] == ["complained", "key_replaced"]
    assert await complain(world, order)


async def test_a_complaint_of_another_customer_is_not_heard(world: World) -> None:
    order = await paid(world, gift())
    with pytest.raises(NoSuchOrder):
        await complain(world, order, "c2")


async def test_money_that_goes_back_ends_the_complaint(world: World) -> None:
    order = await paid(world, gift())
    await complain(world, order)
    await wish(world, order)
    assert await world.alarms() == []


async def test_staff_see_the_end_of_a_long_key_and_nothing_of_a_short_one(world: World) -> None:
    await take_in(world, "ABCD-EFGH-3F7K", name="long.txt")
    order = await paid(world, gift(4))
    assert [key.hint for key in await keys_of(world, order)] == ["****", "****", "****", "****3F7K"]
