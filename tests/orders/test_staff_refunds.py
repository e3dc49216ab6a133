"""Money that staff give back: whole or in part, once, and a large sum only by two."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.suppliers.sandbox import Manner
from orders.database import Database
from orders.errors import NoSuchOrder
from orders.money import Fen
from orders.order import CustomerState, Order
from orders.payment import RefundDenied, Verdict
from orders.staff_refunds import RefundBegun, RefundProposed, StaffDenied
from tests.orders.test_delivering import paid
from tests.orders.test_refunding import wish
from tests.orders.world import PHONE, POLICY, World, gift, mouse, topup


async def refund(
    world: World, order: Order, amount: int | None = None, line_no: int = 1, by: str = "小王"
) -> RefundBegun | RefundProposed | StaffDenied:
    fen = None if amount is None else Fen(amount)
    done = await world.write(
        lambda tx: world.shop.staff_refunds.refund(tx, order.order_no, line_no, fen, by, "sorry", world.now)
    )
    await world.work()
    return done


async def confirm(world: World, number: int, by: str) -> RefundBegun | StaffDenied:
    done = await world.write(lambda tx: world.shop.staff_refunds.confirm(tx, number, by, world.now))
    await world.work()
    return done


async def test_a_part_of_a_delivered_line_goes_back_and_the_goods_stay(world: World) -> None:
    order = await paid(world)
    assert await refund(world, order, 500) == RefundBegun(Fen(500))
    assert world.bank.refunded_fen == 500
    line = (await world.order(order)).lines[0]
    assert (line.refunded_fen, line.refunding_fen) == (500, 0)
    assert await world.state(order) is CustomerState.PARTLY_DELIVERED
    assert await world.violations() == ()


async def test_who_gave_back_and_why_is_on_record(world: World) -> None:
    order = await paid(world, topup(quantity=3))
    await refund(world, order, 500)
    await refund(world, order, by="小李")
    record = await world.database.read(lambda tx: world.shop.staff_refunds.record(tx, order.order_no))
    assert [(one.amount_fen, one.proposed_by, one.why, one.verdict) for one in record] == [
        (500, "小王", "sorry", Verdict.ALONE),
        (29440, "小李", "sorry", None),
    ]


async def test_several_parts_add_up_to_the_line_and_never_to_more(world: World) -> None:
    order = await paid(world)
    await refund(world, order, 9000)
    assert await refund(world, order, 981) is StaffDenied.TOO_MUCH
    assert await refund(world, order, 0) is StaffDenied.TOO_MUCH
    assert await refund(world, order, -1) is StaffDenied.TOO_MUCH
    assert await refund(world, order) == RefundBegun(Fen(980))
    assert await refund(world, order) is StaffDenied.TOO_MUCH
    assert world.bank.refunded_fen == 9980
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.violations() == ()


async def test_the_same_press_at_the_same_instant_gives_back_once(world: World) -> None:
    order = await paid(world)
    done = await asyncio.gather(refund(world, order), refund(world, order))
    assert {type(one) for one in done} == {RefundBegun, StaffDenied}
    assert world.bank.refunded_fen == 9980


async def test_a_key_that_was_seen_goes_back_by_staff_and_is_void(world: World) -> None:
    order = await paid(world, gift(2))
    await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c1", world.now))
    await refund(world, order, 950)
    shown = await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c1", world.now))
    assert len(shown) == 2
    await refund(world, order)
    assert await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c1", world.now)) == ()
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.violations() == ()


async def test_of_a_line_delivered_in_part_the_undelivered_goes_back_first(database: Database) -> None:
    world = World(database, replace(POLICY, delivery=replace(POLICY.delivery, refund_failed=False)))
    await world.open_shop()
    world.supplier.told[PHONE] = Manner.PARTIAL
    order = await paid(world, topup("topup-50", quantity=2))
    assert await refund(world, order, 6000) == RefundBegun(Fen(6000))
    assert await world.alarms() == []
    assert await world.violations() == ()
    assert await refund(world, order) == RefundBegun(Fen(3980))
    assert world.bank.refunded_fen == 9980
    assert await world.violations() == ()


async def test_an_open_delivery_is_not_paid_back(world: World) -> None:
    for manner in (Manner.MUTE, Manner.DELIVER):
        world.supplier.told[PHONE] = manner
        world.supplier.delay = timedelta(hours=1)
        order = await paid(world)
        assert await refund(world, order) is StaffDenied.IN_DELIVERY
    assert world.bank.refunded_fen == 0


async def test_an_unsent_parcel_goes_back_whole(world: World) -> None:
    order = await paid(world, mouse())
    assert await refund(world, order, 100) is StaffDenied.IN_DELIVERY
    assert await refund(world, order) == RefundBegun(Fen(7000))
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.available("mouse-1") == 2
    assert await world.violations() == ()


async def test_what_was_never_paid_is_not_given_back(world: World) -> None:
    order = await world.place()
    assert await refund(world, order) is StaffDenied.NOT_PAID
    with pytest.raises(NoSuchOrder):
        await refund(world, order, line_no=2)


async def test_stars_go_back_whole_or_not_at_all(world: World) -> None:
    order = await paid(world)
    await world.write(
        lambda tx: tx.execute(text("UPDATE payments SET charge_minor = 700, charge_currency = 'XTR'"))
    )
    assert await refund(world, order, 500) is StaffDenied.WHOLE_ONLY
    assert isinstance(await refund(world, order), RefundBegun)


class TestFourEyes:
    async def test_a_large_refund_waits_for_a_second_person(self, world: World) -> None:
        order = await paid(world, topup(quantity=3))
        assert await refund(world, order) == RefundProposed(1, Fen(29940))
        assert await world.alarms() == ["refund_to_confirm"]
        (waiting,) = await world.database.read(world.shop.staff_refunds.proposals)
        assert (waiting.order_no, waiting.proposed_by, waiting.why) == (order.order_no, "小王", "sorry")
        assert await confirm(world, 1, "小王") is StaffDenied.SAME_PERSON
        assert world.bank.refunded_fen == 0
        assert await confirm(world, 1, "小李") == RefundBegun(Fen(29940))
        assert await confirm(world, 1, "小张") is StaffDenied.DECIDED
        assert world.bank.refunded_fen == 29940
        assert await world.alarms() == []
        assert await world.violations() == ()

    async def test_many_small_ones_are_a_large_one(self, world: World) -> None:
        order = await paid(world, topup(quantity=3))
        assert isinstance(await refund(world, order, 15000), RefundBegun)
        assert isinstance(await refund(world, order, 5000), RefundBegun)
        assert isinstance(await refund(world, order, 1), RefundProposed)
        assert await refund(world, order, 1) is StaffDenied.WAITS_ALREADY

    async def test_it_can_be_declined_and_then_not_be_confirmed(self, world: World) -> None:
        order = await paid(world, topup(quantity=3))
        await refund(world, order)
        for known in (False, True):
            declined = await world.write(
                lambda tx: world.shop.staff_refunds.decline(tx, 1, "小李", world.now)
            )
            assert declined is not known
        assert await confirm(world, 1, "小李") is StaffDenied.DECIDED
        assert await confirm(world, 99, "小李") is StaffDenied.DECIDED
        assert await world.alarms() == []
        assert isinstance(await refund(world, order), RefundProposed)

    async def test_two_who_agree_at_the_same_instant_give_back_once(self, world: World) -> None:
        order = await paid(world, topup(quantity=3))
        await refund(world, order)
        done = await asyncio.gather(confirm(world, 1, "小李"), confirm(world, 1, "小张"))
        assert {type(one) for one in done} == {RefundBegun, StaffDenied}
        assert world.bank.refunded_fen == 29940

    async def test_money_that_went_back_meanwhile_does_not_go_back_again(self, world: World) -> None:
        order = await paid(world, mouse(), gift())
        high = replace(world.shop.room.policy.aftersales, refund_alone_max_yuan=0)
        world.shop.staff_refunds = replace(
            world.shop.staff_refunds,
            room=replace(world.shop.room, policy=replace(world.policy, aftersales=high)),
        )
        assert isinstance(await refund(world, order, line_no=2), RefundProposed)
        assert (await wish(world, order)).denied is None
        assert await confirm(world, 1, "小李") is StaffDenied.TOO_MUCH
        assert world.bank.refunded_fen == 7950
        assert await world.violations() == ()

    async def test_the_database_itself_wants_two(self, world: World) -> None:
        order = await paid(world, topup(quantity=3))
        await refund(world, order)
        with pytest.raises(Exception, match=r"(?i)constraint"):
            await world.write(
                lambda tx: tx.execute(
                    text("UPDATE refund_proposals SET verdict = 'confirmed', decided_by = proposed_by")
                )
            )


class TestOneWordFromTheCustomer:
    async def test_one_of_several_lines_goes_back(self, world: World) -> None:
        order = await paid(world, gift(), gift(sku="gift-10"), mouse())
        outcome = await world.write(
            lambda tx: world.shop.request_refund(tx, order.order_no, "c1", world.now, {2})
        )
        await world.work()
        assert [(line.line_no, line.amount_fen) for line in outcome.lines] == [(2, 950)]
        assert world.bank.refunded_fen == 950
        assert await world.violations() == ()

    async def test_what_never_came_of_a_line_goes_back_once(self, database: Database) -> None:
        world = World(database, replace(POLICY, delivery=replace(POLICY.delivery, refund_failed=False)))
        await world.open_shop()
        world.supplier.told[PHONE] = Manner.PARTIAL
        order = await paid(world, topup(quantity=4))
        assert await world.alarms() == ["refund_wanted"]
        assert (await wish(world, order)).amount_fen == 2 * 9980
        assert await world.alarms() == []
        assert (await wish(world, order)).denied is RefundDenied.ALREADY
        assert await world.state(order) is CustomerState.PARTLY_DELIVERED
        assert await world.violations() == ()


@pytest.mark.parametrize(("manner", "owed_fen"), [(Manner.FAIL, 29940), (Manner.PARTIAL, 19960)])
async def test_after_a_part_by_staff_the_customer_gets_the_rest_of_what_never_came(
    database: Database, manner: Manner, owed_fen: int
) -> None:
    world = World(database, replace(POLICY, delivery=replace(POLICY.delivery, refund_failed=False)))
    await world.open_shop()
    world.supplier.told[PHONE] = manner
    order = await paid(world, topup(quantity=3))
    assert await refund(world, order, 500) == RefundBegun(Fen(500))
    assert "refund_wanted" in await world.alarms(), "most of it is still here"
    outcome = await wish(world, order)
    assert (outcome.denied, outcome.amount_fen) == (None, owed_fen - 500)
    await world.work()
    assert world.bank.refunded_fen == owed_fen
    assert (await wish(world, order)).denied is RefundDenied.ALREADY
    assert "refund_wanted" not in await world.alarms()
    assert await world.violations() == ()
