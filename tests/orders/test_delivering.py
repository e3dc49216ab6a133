"""Suppliers that deliver, fail, fall silent, lose things, and change their minds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from adapters.suppliers.sandbox import Manner, SandboxSupplier
from orders import delivering
from orders.catalog import Delivery
from orders.database import Database, Tx
from orders.dispatch import Dispatch
from orders.draft import DraftLine
from orders.errors import NotPermitted
from orders.order import CustomerState, LineState, Order
from orders.ports import DeliveryAsk, Job, Outcome, SupplierAnswer
from tests.orders.world import PHONE, POLICY, World, gift, mouse, topup

T = TypeVar("T")


async def paid(world: World, *lines: DraftLine, coupon: str | None = None) -> Order:
    order = await world.place(*(lines or (topup(),)), coupon=coupon)
    await world.pay(order)
    await world.work()
    return order


async def line_of(world: World, order: Order) -> LineState:
    return (await world.order(order)).lines[0].state


async def test_a_slow_supplier_is_waited_for(world: World) -> None:
    world.supplier.delay = timedelta(minutes=3)
    order = await paid(world)
    assert await world.state(order) is CustomerState.PROCESSING
    assert await line_of(world, order) is LineState.SUBMITTED
    await world.wait(minutes=3)
    assert await world.state(order) is CustomerState.DELIVERED
    assert await world.violations() == ()


async def test_a_failed_delivery_gives_the_money_back_by_itself(world: World) -> None:
    world.supplier.told[PHONE] = Manner.FAIL
    order = await paid(world)
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.events(order) == [
        "placed", "paid", "failed", "refund_requested", "completed", "refunded",
    ]  # fmt: skip
    assert world.bank.refunded_fen == 9980
    assert await world.available("topup-100") == 5
    assert await world.violations() == ()


async def test_one_of_two_lines_fails(world: World) -> None:
    world.supplier.told["13900139000"] = Manner.FAIL
    order = await paid(world, topup(), topup("topup-50", "13900139000"))
    assert await world.state(order) is CustomerState.PARTLY_DELIVERED
    assert world.bank.refunded_fen == 4990
    assert await world.violations() == ()


async def test_a_partial_delivery_gives_back_the_rest(world: World) -> None:
    world.supplier.told[PHONE] = Manner.PARTIAL
    order = await paid(world, topup(quantity=4))
    assert await world.state(order) is CustomerState.PARTLY_DELIVERED
    assert world.bank.refunded_fen == 2 * 9980
    assert await world.available("topup-100") == 3
    assert await world.violations() == ()


async def test_a_silent_supplier_is_asked_and_never_tried_again(world: World) -> None:
    world.supplier.told[PHONE] = Manner.SILENT
    order = await paid(world)
    assert await line_of(world, order) is LineState.UNKNOWN
    assert await world.state(order) is CustomerState.PROCESSING
    await world.wait(minutes=1)
    assert await world.state(order) is CustomerState.DELIVERED
    assert len(world.supplier.delivered) == 1
    assert (await world.order(order)).lines[0].attempt == 1
    assert await world.violations() == ()


async def test_a_silent_failure_is_found_by_asking_and_refunded(world: World) -> None:
    world.supplier.told[PHONE] = Manner.SILENT_FAIL
    order = await paid(world)
    await world.wait(minutes=1)
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.violations() == ()


async def test_a_supplier_that_never_answers_ends_with_a_person(world: World) -> None:
    world.supplier.told[PHONE] = Manner.MUTE
    order = await paid(world)
    await world.wait(hours=6)
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert "delivery_unknown" in await world.alarms()
    assert world.bank.refunded_fen == 0
    assert await world.violations() == ()
    failed = SupplierAnswer(Outcome.FAILED, reason="asked by telephone")
    await world.write(lambda tx: world.shop.resolve(tx, order.order_no, 1, failed, "小王", world.now))
    await world.work()
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.violations() == ()


async def test_evidence_that_comes_in_the_end_is_taken(world: World) -> None:
    world.supplier.told[PHONE] = Manner.MUTE
    order = await paid(world)
    await world.wait(hours=6)
    for request in world.supplier._requests.values():
        request.manner = Manner.DELIVER
    await world.wait(hours=2)
    assert await world.state(order) is CustomerState.DELIVERED
    assert await world.violations() == ()


async def test_a_lost_request_is_tried_again_only_when_it_was_denied_twice(world: World) -> None:
    world.supplier.told[PHONE] = Manner.LOST
    order = await paid(world)
    await world.wait(minutes=1)
    assert await line_of(world, order) is LineState.UNKNOWN
    del world.supplier.told[PHONE]
    await world.wait(minutes=12)
    assert await world.state(order) is CustomerState.DELIVERED
    assert (await world.order(order)).lines[0].attempt == 2
    assert "retried" in await world.events(order)
    assert len(world.supplier.delivered) == 1
    assert await world.violations() == ()


async def test_a_first_denial_leaves_the_line_in_the_dark_and_is_written_down(world: World) -> None:
    order = await world.place()
    await world.pay(order)
    room, number = world.shop.room, order.order_no
    await world.write(lambda tx: delivering.begin(tx, room, number, 1, "sandbox", True, world.now))
    # The process died before its call; its question finds that nothing arrived.
    denied = SupplierAnswer(Outcome.ABSENT)
    await world.write(lambda tx: delivering.answer(tx, room, number, 1, 1, denied, world.now))
    assert await line_of(world, order) is LineState.UNKNOWN
    assert (await world.events(order))[-1] == "unknown"


async def test_a_denial_before_the_supplier_was_at_work_is_none_of_the_two(world: World) -> None:
    world.supplier.told[PHONE] = Manner.SILENT
    order = await paid(world)

    async def told(outcome: Outcome) -> LineState:
        said = SupplierAnswer(outcome)
        await world.write(
            lambda tx: delivering.answer(tx, world.shop.room, order.order_no, 1, 1, said, world.now)
        )
        return await line_of(world, order)

    apart = timedelta(minutes=POLICY.delivery.absent_confirm_minutes)
    assert await told(Outcome.ABSENT) is LineState.UNKNOWN
    assert await told(Outcome.ACCEPTED) is LineState.SUBMITTED
    world.clock.advance(apart)
    assert await told(Outcome.ABSENT) is LineState.SUBMITTED
    assert (await world.order(order)).lines[0].attempt == 1
    world.clock.advance(apart)
    assert await told(Outcome.ABSENT) is LineState.QUEUED


async def test_a_process_that_slept_before_its_call_does_not_call_any_more(world: World) -> None:
    class Sleepy:
        """The database of a process that is suspended right after each of its commits."""

        def __init__(self, database: Database) -> None:
            self.database = database

        async def read(self, fn: Callable[[Tx], T]) -> T:
            return await self.database.read(fn)

        async def write(self, fn: Callable[[Tx], T]) -> T:
            result = await self.database.write(fn)
            world.clock.advance(timedelta(minutes=20))
            return result

    order = await world.place()
    await world.pay(order)
    gateways = {world.gateway.name: world.gateway}
    sleepy = Dispatch(Sleepy(world.database), world.shop, world.suppliers, gateways, world.clock)  # type: ignore[arg-type]
    await sleepy.submit_line(
        Job(1, "submit_line", "", {"order_no": order.order_no, "line_no": 1}, None, 1, "")
    )
    assert world.supplier.delivered == {}
    await world.wait(minutes=15)
    assert await world.state(order) is CustomerState.DELIVERED
    assert list(world.supplier.delivered) == [f"{order.order_no}-1-2"]


async def test_a_request_that_is_lost_every_time_is_refunded(world: World) -> None:
    world.supplier.told[PHONE] = Manner.LOST
    order = await paid(world)
    await world.wait(hours=1)
    assert await world.state(order) is CustomerState.REFUNDED
    assert (await world.order(order)).lines[0].attempt == world.policy.delivery.attempts_max
    assert await world.violations() == ()


async def test_a_late_word_about_an_earlier_attempt_does_not_settle_the_later_one(world: World) -> None:
    world.supplier.told[PHONE] = Manner.LOST
    order = await paid(world)
    await world.wait(minutes=13)
    assert (await world.order(order)).lines[0].attempt == 2
    late = SupplierAnswer(Outcome.DONE)
    await world.write(
        lambda tx: delivering.answer(tx, world.shop.room, order.order_no, 1, 1, late, world.now)
    )
    assert await line_of(world, order) is not LineState.DONE
    assert "contradiction" in await world.alarms()
    assert await world.violations() == ()


async def test_a_supplier_that_takes_its_word_back_calls_a_person(world: World) -> None:
    order = await paid(world)
    back = SupplierAnswer(Outcome.FAILED)
    for _ in range(2):
        await world.write(
            lambda tx: delivering.answer(tx, world.shop.room, order.order_no, 1, 1, back, world.now)
        )
    assert await world.state(order) is CustomerState.DELIVERED
    assert (await world.alarms()).count("contradiction") == 1
    # It repeats itself until it is acknowledged; that is still one step of the timeline.
    assert (await world.events(order)).count("contradicted") == 1
    assert await world.violations() == ()


async def test_a_part_that_became_another_part_calls_a_person(world: World) -> None:
    world.supplier.told[PHONE] = Manner.PARTIAL
    order = await paid(world, topup(quantity=4))

    async def told(pieces: int) -> tuple[str, ...]:
        said = SupplierAnswer(Outcome.PARTIAL, delivered_quantity=pieces)
        await world.write(
            lambda tx: delivering.answer(tx, world.shop.room, order.order_no, 1, 1, said, world.now)
        )
        return tuple(await world.alarms())

    assert (await world.order(order)).lines[0].delivered_quantity == 2
    assert "contradiction" not in await told(2)
    assert "contradiction" in await told(3)
    assert world.bank.refunded_fen == 2 * 9980
    assert await world.violations() == ()


async def test_a_part_of_nothing_said_twice_is_one_failure_and_no_contradiction(world: World) -> None:
    world.supplier.delay = timedelta(hours=1)
    order = await paid(world)
    nothing = SupplierAnswer(Outcome.PARTIAL, delivered_quantity=0)
    for _ in range(2):
        await world.write(
            lambda tx: delivering.answer(tx, world.shop.room, order.order_no, 1, 1, nothing, world.now)
        )
    assert await line_of(world, order) is LineState.FAILED
    assert await world.alarms() == []
    assert "contradicted" not in await world.events(order)


async def test_the_same_answers_at_the_same_instant_deliver_once(world: World) -> None:
    world.supplier.told[PHONE] = Manner.SILENT
    order = await paid(world)
    done = SupplierAnswer(Outcome.DONE)

    async def answer() -> None:
        await world.write(
            lambda tx: delivering.answer(tx, world.shop.room, order.order_no, 1, 1, done, world.now)
        )

    await asyncio.gather(*(answer() for _ in range(5)))
    assert (await world.events(order)).count("delivered") == 1
    assert await world.violations() == ()


async def test_a_refused_recipient_is_asked_for_again(world: World) -> None:
    world.supplier.told[PHONE] = Manner.NEEDS_INFO
    order = await paid(world)
    assert await world.state(order) is CustomerState.NEEDS_INFO
    with pytest.raises(Exception, match="no order"):
        await world.write(
            lambda tx: world.shop.change_account(tx, order.order_no, 1, "c2", "13900139000", world.now)
        )
    await world.write(
        lambda tx: world.shop.change_account(tx, order.order_no, 1, "c1", "13900139000", world.now)
    )
    await world.work()
    assert await world.state(order) is CustomerState.DELIVERED
    assert (await world.order(order)).lines[0].account == "13900139000"
    assert await world.violations() == ()


async def test_only_a_line_that_needs_info_gets_another_recipient(world: World) -> None:
    order = await paid(world)
    with pytest.raises(NotPermitted):
        await world.write(
            lambda tx: world.shop.change_account(tx, order.order_no, 1, "c1", "13900139000", world.now)
        )


async def test_a_supplier_that_hangs_is_unknown(world: World) -> None:
    class Hanging:
        name = "sandbox"

        async def submit(self, ask: DeliveryAsk) -> SupplierAnswer:
            raise TimeoutError

        async def query(self, ask: DeliveryAsk) -> SupplierAnswer:
            return SupplierAnswer(Outcome.DONE)

    hanging = Hanging()
    world.dispatch._suppliers = {Delivery.TOPUP: hanging}
    world.dispatch._by_name = {"sandbox": hanging}
    order = await paid(world)
    assert await line_of(world, order) is LineState.UNKNOWN
    await world.wait(minutes=1)
    assert await world.state(order) is CustomerState.DELIVERED


async def test_without_automatic_refunds_a_failure_waits_for_a_person_or_for_the_customers_wish(
    database: Database,
) -> None:
    world = World(database, replace(POLICY, delivery=replace(POLICY.delivery, refund_failed=False)))
    await world.open_shop()
    world.supplier.told[PHONE] = Manner.FAIL
    order = await paid(world)
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert await world.alarms() == ["refund_wanted"]
    await world.write(lambda tx: world.shop.request_refund(tx, order.order_no, "c1", world.now))
    await world.work()
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.violations() == ()


class TestCardKeys:
    async def test_a_supplier_of_keys_that_has_only_some_is_paid_for_those(self, world: World) -> None:
        class Halfway(SandboxSupplier):
            async def submit(self, ask: DeliveryAsk) -> SupplierAnswer:
                return SupplierAnswer(Outcome.PARTIAL, "x", 2, keys=("K-1", "K-2"))

        supplier = Halfway(world.clock)
        world.dispatch._suppliers = {Delivery.CARD: supplier}
        order = await paid(world, gift(3))
        keys = await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c1", world.now))
        assert sorted(keys) == ["K-1", "K-2"]
        assert world.bank.refunded_fen == 950
        assert await world.state(order) is CustomerState.PARTLY_DELIVERED
        assert await world.violations() == ()

    async def test_as_many_different_keys_as_were_ordered(self, world: World) -> None:
        order = await paid(world, gift(3))
        keys = await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c1", world.now))
        assert len(set(keys)) == 3
        assert await world.state(order) is CustomerState.DELIVERED
        assert await world.available("gift-10") == 0

    async def test_that_they_were_shown_is_recorded_once(self, world: World) -> None:
        order = await paid(world, gift())
        for _ in range(2):
            await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c1", world.now))
        assert (await world.events(order)).count("keys_shown") == 1

    async def test_they_are_not_readable_in_the_database(self, world: World) -> None:
        from sqlalchemy import select

        from orders.tables import card_keys

        order = await paid(world, gift())
        (key,) = await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c1", world.now))
        rows = await world.database.read(lambda tx: tx.execute(select(card_keys)).all())
        assert rows
        assert not any(key.encode() in bytes(row.box) or key in repr(row) for row in rows)

    async def test_keys_of_a_real_shop_are_sold_once_each(self, database: Database) -> None:
        world = World(database, demo_keys=False)
        await world.open_shop()
        assert await world.available("gift-10") == 0
        secrets = ["A-1", "A-2", "A-3"]
        added = await world.write(lambda tx: world.shop.add_card_keys(tx, "gift-10", secrets, world.now))
        again = await world.write(lambda tx: world.shop.add_card_keys(tx, "gift-10", secrets, world.now))
        assert (added, again, await world.available("gift-10")) == (3, 0, 3)
        orders = [await paid(world, gift()) for _ in range(3)]
        shown = [
            await world.write(lambda tx, o=order: world.shop.card_keys(tx, o.order_no, "c1", world.now))  # type: ignore[misc]
            for order in orders
        ]
        assert sorted(key for keys in shown for key in keys) == secrets
        assert await world.violations() == ()

    async def test_a_lack_of_keys_is_no_delivery(self, database: Database) -> None:
        from sqlalchemy import update

        from orders.tables import card_keys

        world = World(database, demo_keys=False)
        await world.open_shop()
        await world.write(lambda tx: world.shop.add_card_keys(tx, "gift-10", ["A-1"], world.now))
        order = await world.place(gift())
        await world.write(
            lambda tx: tx.execute(update(card_keys).values(state="void", order_no=order.order_no, line_no=9))
        )
        await world.pay(order)
        await world.work()
        assert await world.state(order) is CustomerState.REFUNDED
        assert "keys_missing" in await world.alarms()


class TestParcels:
    async def test_a_parcel_waits_for_a_person(self, world: World) -> None:
        order = await paid(world, mouse())
        await world.wait(hours=30)
        assert await world.state(order) is CustomerState.PROCESSING
        await world.write(lambda tx: world.shop.ship(tx, order.order_no, 1, "小王", world.now, "SF123"))
        assert await world.state(order) is CustomerState.DELIVERED
        with pytest.raises(NotPermitted):
            await world.write(lambda tx: world.shop.ship(tx, order.order_no, 1, "小王", world.now))
        assert await world.violations() == ()
