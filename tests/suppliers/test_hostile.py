"""Never two submissions with value, never a lost order: whatever a supplier does."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from orders.order import CustomerState, LineState, Order
from orders.payment import Noted, Refused, Repeated
from orders.ports import Outcome, SupplierAnswer
from tests.orders.world import PHONE, topup
from tests.suppliers.hostile import Manner
from tests.suppliers.world import ALPHA, BETA, SupplierWorld

OTHER = "13900139000"


async def paid(world: SupplierWorld, account: str = PHONE) -> Order:
    order = await world.place(topup(account=account))
    await world.pay(order)
    await world.work()
    return order


async def sound(world: SupplierWorld, order: Order, value_yuan: int, refunded_fen: int = 0) -> None:
    """What left is what was paid for, and the books agree."""
    assert world.value_left_yuan.get(PHONE, 0) == value_yuan
    assert world.bank.refunded_fen == refunded_fen
    assert await world.violations() == ()


async def test_the_cheaper_supplier_delivers_at_its_price(world: SupplierWorld) -> None:
    order = await paid(world)
    assert (await world.line(order)).state is LineState.SUBMITTED
    world.alpha.settle()
    await world.wait(minutes=1)
    assert await world.state(order) is CustomerState.DELIVERED
    (attempt,) = await world.attempts(order)
    assert (attempt.supplier, attempt.supplier_code, attempt.cost_fen) == (ALPHA, "68", 9850)
    assert world.alpha.unsigned == 0
    await sound(world, order, 100)


@pytest.mark.parametrize(
    "manner", [Manner.TIME_OUT, Manner.CRASH, Manner.HTML, Manner.CREATED, Manner.AT_ONCE, Manner.LATE]
)
async def test_accepted_and_answered_badly_is_delivered_once(world: SupplierWorld, manner: Manner) -> None:
    world.alpha.manners[PHONE] = manner
    order = await paid(world)
    world.alpha.settle()
    world.alpha.show()
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.DELIVERED
    assert len(world.alpha.submissions) == 1
    assert world.beta.submissions == []
    await sound(world, order, 100)


@pytest.mark.parametrize("manner", [Manner.TIME_OUT, Manner.CRASH, Manner.HTML])
async def test_accepted_answered_badly_and_failed_goes_to_the_other_supplier(
    world: SupplierWorld, manner: Manner
) -> None:
    world.alpha.manners[PHONE] = manner
    order = await paid(world)
    world.alpha.settle(state=2)
    await world.wait(minutes=1)
    world.beta.settle()
    await world.wait(minutes=2)
    assert await world.state(order) is CustomerState.DELIVERED
    first, second = await world.attempts(order)
    assert (first.supplier, first.state, first.cost_fen) == (ALPHA, "failed", 0)
    assert (second.supplier, second.state, second.cost_fen) == (BETA, "done", 9900)
    assert first.request_no != second.request_no
    await sound(world, order, 100)


async def test_a_request_that_is_not_found_at_first_is_waited_for(world: SupplierWorld) -> None:
    world.alpha.manners[PHONE] = Manner.LATE
    order = await paid(world)
    world.alpha.settle()
    await world.wait(minutes=5)
    assert (await world.line(order)).state is LineState.UNKNOWN
    world.alpha.show()
    await world.wait(minutes=10)
    assert await world.state(order) is CustomerState.DELIVERED
    assert len(world.alpha.submissions) == 1
    await sound(world, order, 100)


async def test_a_request_that_was_lost_goes_to_the_other_supplier_when_it_was_denied_twice(
    world: SupplierWorld,
) -> None:
    world.alpha.manners[PHONE] = Manner.LOST
    order = await paid(world)
    await world.wait(minutes=15)
    world.beta.settle()
    await world.wait(minutes=2)
    assert await world.state(order) is CustomerState.DELIVERED
    assert [attempt.state for attempt in await world.attempts(order)] == ["absent", "done"]
    await sound(world, order, 100)


async def test_a_supplier_that_stays_silent_ends_with_a_person_and_is_never_replaced(
    world: SupplierWorld,
) -> None:
    world.alpha.manners[PHONE] = Manner.REDIRECT
    order = await paid(world)
    await world.wait(hours=6)
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert "delivery_unknown" in await world.alarms()
    assert world.beta.submissions == []
    await sound(world, order, 0)


async def test_a_reversal_after_success_is_an_alarm_and_no_second_delivery(world: SupplierWorld) -> None:
    order = await paid(world)
    world.alpha.settle()
    taken = world.alpha.taken[0]
    assert isinstance(await world.call_back(world.alpha.callback(taken)), Noted)
    taken.state = 2
    assert isinstance(await world.call_back(world.alpha.callback(taken)), Noted)
    await world.wait(hours=1)
    assert await world.state(order) is CustomerState.DELIVERED
    assert "contradiction" in await world.alarms()
    assert "contradicted" in await world.events(order)
    await sound(world, order, 100)


async def test_a_part_of_the_only_piece_is_for_a_person_and_is_not_delivered_again(
    world: SupplierWorld,
) -> None:
    order = await paid(world)
    world.alpha.settle(state=3, arrived="60")
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert "odd_delivery" in await world.alarms()
    assert world.beta.submissions == []
    await sound(world, order, 60)
    failed = SupplierAnswer(Outcome.FAILED, reason="sixty were taken back")
    await world.write(lambda tx: world.shop.resolve(tx, order.order_no, 1, failed, "小王", world.now))
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.REFUNDED
    assert world.beta.submissions == []
    assert await world.violations() == ()


async def test_success_with_another_face_value_is_for_a_person(world: SupplierWorld) -> None:
    order = await paid(world)
    world.alpha.settle(state=1, arrived="50")
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert "odd_delivery" in await world.alarms()
    await sound(world, order, 50)


async def test_goods_of_another_face_value_are_refused_by_the_guard_and_bought_elsewhere(
    world: SupplierWorld,
) -> None:
    world.alpha.products["68"] = ("10", "98.500")
    order = await paid(world)
    world.beta.settle()
    await world.wait(minutes=2)
    assert await world.state(order) is CustomerState.DELIVERED
    assert "supplier_guarded" in await world.alarms()
    assert world.alpha.taken == []
    await sound(world, order, 100)


async def test_a_price_that_rose_is_refused_by_the_guard_and_asked_for_anew(world: SupplierWorld) -> None:
    world.alpha.products["68"] = ("100", "99.900")
    order = await paid(world)
    world.beta.settle()
    await world.wait(minutes=2)
    assert await world.state(order) is CustomerState.DELIVERED
    assert world.alpha.taken == []
    assert {"supplier_guarded", "supplier_dear"} <= set(await world.alarms())
    other = await paid(world, OTHER)
    assert (await world.attempts(other))[0].supplier == BETA
    assert len(world.alpha.submissions) == 1, "what is known to be too dear is not asked for again"
    await sound(world, order, 100)


async def test_a_callback_before_the_answer_settles_the_line_once(world: SupplierWorld) -> None:
    world.alpha.manners[PHONE] = Manner.SLOW
    order = await world.place(topup())
    await world.pay(order)
    working = asyncio.create_task(world.work())
    await world.alpha.arrived.wait()
    world.alpha.settle()
    assert isinstance(await world.call_back(world.alpha.callback(world.alpha.taken[0])), Noted)
    assert (await world.line(order)).state is LineState.DONE
    world.alpha.let_go()
    await working
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.DELIVERED
    assert (await world.attempts(order))[0].cost_fen == 9850
    assert "contradiction" not in await world.alarms()
    await sound(world, order, 100)


async def test_the_same_callback_twice_changes_nothing_and_is_acknowledged_twice(
    world: SupplierWorld,
) -> None:
    order = await paid(world)
    world.alpha.settle()
    raw = world.alpha.callback(world.alpha.taken[0])
    assert isinstance(await world.call_back(raw), Noted)
    before = await world.events(order)
    assert isinstance(await world.call_back(raw), Repeated)
    later = world.alpha.callback(world.alpha.taken[0], otime="1767578999")
    assert isinstance(await world.call_back(later), Noted)
    assert await world.events(order) == before
    assert await world.alarms() == []
    await sound(world, order, 100)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"key": "another key"}, "forged"),
        ({"out_trade_num": "NOSUCH-1-1"}, "unknown_number"),
        ({"order_number": "CZH999"}, "other_ref"),
        ({"out_trade_num": ""}, "unreadable"),
    ],
)
async def test_a_callback_that_is_not_about_its_request_settles_nothing(
    world: SupplierWorld, changed: dict[str, str], reason: str
) -> None:
    order = await paid(world)
    raw = world.alpha.callback(world.alpha.taken[0], **{"state": "1"} | changed)
    assert await world.call_back(raw) == Refused(reason)
    assert (await world.line(order)).state is LineState.SUBMITTED
    assert "callback_refused" in await world.alarms()
    await sound(world, order, 0)


async def test_one_supplier_cannot_tell_the_end_of_a_request_to_another(world: SupplierWorld) -> None:
    order = await paid(world)
    taken = replace(world.alpha.taken[0], state=1)
    forged = world.beta.callback(taken)
    assert await world.call_back(forged, BETA) == Refused("not_its_order")
    assert await world.call_back(forged, ALPHA) == Refused("forged")
    assert (await world.line(order)).state is LineState.SUBMITTED
    await sound(world, order, 0)


async def test_a_supplier_that_refuses_repeats_and_one_that_does_not_see_each_number_once(
    world: SupplierWorld,
) -> None:
    world.alpha.refuses_repeats = True
    world.alpha.manners[PHONE] = Manner.TIME_OUT
    orders = [await paid(world) for _ in range(3)]
    world.alpha.settle()
    await world.wait(minutes=5)
    for order in orders:
        assert await world.state(order) is CustomerState.DELIVERED
    assert len(world.alpha.submissions) == len(set(world.alpha.submissions)) == 3
    await sound(world, orders[0], 300)


async def test_a_code_that_nobody_listed_is_asked_about_and_not_taken_for_a_failure(
    world: SupplierWorld,
) -> None:
    world.alpha.manners[PHONE] = Manner.ODD_CODE
    order = await paid(world)
    assert (await world.line(order)).state is LineState.UNKNOWN
    assert world.beta.submissions == []
    await world.wait(minutes=15)
    world.beta.settle()
    await world.wait(minutes=2)
    assert await world.state(order) is CustomerState.DELIVERED
    await sound(world, order, 100)


async def test_a_refused_recipient_is_asked_for_and_the_line_goes_on(world: SupplierWorld) -> None:
    world.alpha.manners["13800000000"] = Manner.BAD_ACCOUNT
    order = await paid(world, "13800000000")
    assert await world.state(order) is CustomerState.NEEDS_INFO
    await world.write(lambda tx: world.shop.change_account(tx, order.order_no, 1, "c1", PHONE, world.now))
    await world.work()
    world.alpha.settle()
    await world.wait(minutes=2)
    assert await world.state(order) is CustomerState.DELIVERED
    assert [attempt.supplier for attempt in await world.attempts(order)] == [ALPHA, ALPHA]
    await sound(world, order, 100)
