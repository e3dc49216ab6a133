"""A line that is late is told once, as it stands; what arrived in time or waits for its customer is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.suppliers.sandbox import Manner
from orders.order import EventKind, LineState, Order
from orders.promises import is_late, late_lines
from tests.orders.test_delivering import paid
from tests.orders.world import PHONE, World, gift, mouse, topup


async def told(world: World, order: Order) -> list[str | None]:
    events = await world.database.read(lambda tx: world.shop.timeline(tx, order.order_no))
    return [event.detail for event in events if event.kind is EventKind.OVERDUE]


async def test_a_supplier_that_is_still_at_work_is_told_once(world: World) -> None:
    world.supplier.delay = timedelta(hours=3)
    order = await paid(world)
    await world.wait(minutes=9)
    assert await told(world, order) == []
    await world.wait(minutes=2)
    assert await told(world, order) == ["1:submitted"]
    await world.wait(hours=2)
    assert await told(world, order) == ["1:submitted"]
    assert await world.violations() == ()


async def test_a_silent_supplier_is_told_as_silent(world: World) -> None:
    world.supplier.told[PHONE] = Manner.MUTE
    order = await paid(world)
    await world.wait(minutes=11)
    assert await told(world, order) == ["1:unknown"]


async def test_what_came_in_time_leaves_nothing_to_look_at(world: World) -> None:
    order = await paid(world, topup(), gift())
    assert await world.database.read(world.jobs.next_due) is None
    await world.wait(hours=1)
    assert await told(world, order) == []


async def test_lines_that_are_late_together_are_told_together_and_a_later_one_by_itself(world: World) -> None:
    world.supplier.delay = timedelta(days=9)
    order = await paid(world, topup(), topup("topup-50", "13900139000"), mouse())
    await world.wait(minutes=11)
    assert await told(world, order) == ["1:submitted,2:submitted"]
    await world.wait(days=5)
    assert await told(world, order) == ["1:submitted,2:submitted", "3:submitted"]


async def test_a_line_that_waits_for_its_customer_is_promised_anew_when_he_answers(world: World) -> None:
    world.supplier.told[PHONE] = Manner.NEEDS_INFO
    order = await paid(world)
    await world.wait(hours=1)
    assert await told(world, order) == []
    world.supplier.delay = timedelta(hours=3)
    await world.write(
        lambda tx: world.shop.change_account(tx, order.order_no, 1, "c1", "13900139000", world.now)
    )
    await world.wait(minutes=9)
    assert await told(world, order) == []
    await world.wait(minutes=2)
    assert await told(world, order) == ["1:submitted"]


async def test_the_customer_of_an_order_in_review_was_told_already(world: World) -> None:
    world.supplier.told[PHONE] = Manner.MUTE
    order = await paid(world, topup())
    await world.wait(minutes=5)
    await world.write(lambda tx: _into_review(world, tx, order))
    await world.wait(minutes=10)
    assert await told(world, order) == []


def _into_review(world: World, tx: object, order: Order) -> None:
    from dataclasses import replace

    from orders.order import OrderState
    from orders.store import book

    now = book.locked(tx, order.order_no)  # type: ignore[arg-type]
    assert now is not None
    book.update_order(tx, now, replace(now, state=OrderState.IN_REVIEW))  # type: ignore[arg-type]


async def test_late_is_late_from_the_payment_on(world: World) -> None:
    world.supplier.delay = timedelta(hours=3)
    order = await world.order(await paid(world))
    patience = world.policy.aftersales.patience(3)
    assert patience == timedelta(minutes=10)
    assert order.settled_at is not None
    for wait, late in ((timedelta(0), True), (timedelta(seconds=-1), False)):
        at = order.settled_at + patience + wait
        assert is_late(order, order.lines[0], world.policy.aftersales, at) is late
    assert world.policy.aftersales.patience(2880) == timedelta(minutes=5760)


@pytest.mark.parametrize("detail", [None, ""])
def test_an_event_without_lines_names_none(detail: str | None) -> None:
    assert late_lines(detail) == {}
    assert late_lines("1:unknown,12:queued") == {1: LineState.UNKNOWN, 12: LineState.QUEUED}
