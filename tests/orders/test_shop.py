"""The life of an order, on both databases."""

from __future__ import annotations

from orders.order import CustomerState
from tests.orders.world import World, topup


async def test_a_paid_order_is_delivered(world: World) -> None:
    order = await world.place(topup())
    assert await world.pay(order)
    await world.work()
    assert await world.state(order) is CustomerState.DELIVERED
    assert await world.events(order) == ["placed", "paid", "delivered", "completed"]
    assert await world.violations() == ()
