"""Money that goes back: by the product's rule, to its origin, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from adapters.suppliers.sandbox import Manner
from orders import refunding, settling
from orders.database import Database
from orders.money import Fen
from orders.order import CustomerState, Order
from orders.payment import Noted, RefundDenied, RefundOutcome, RefundState
from orders.ports import RawNotice, RefundAnswer, RefundAsk, RefundNotice, RefundStatus
from orders.store import money
from tests.orders.test_delivering import paid
from tests.orders.world import MERCHANT, PHONE, POLICY, World, gift, mouse, topup


async def wish(world: World, order: Order) -> RefundOutcome:
    outcome = await world.write(lambda tx: world.shop.request_refund(tx, order.order_no, "c1", world.now))
    await world.work()
    return outcome


async def test_an_unpaid_order_has_nothing_to_give_back(world: World) -> None:
    order = await world.place()
    assert (await wish(world, order)).denied is RefundDenied.NOT_PAID


async def test_a_delivered_topup_stays_delivered(world: World) -> None:
    order = await paid(world)
    assert (await wish(world, order)).denied is RefundDenied.DELIVERED
    assert await world.state(order) is CustomerState.DELIVERED


async def test_an_unseen_key_goes_back_and_is_never_sold_again(world: World) -> None:
    order = await paid(world, gift(2))
    outcome = await wish(world, order)
    assert (outcome.denied, outcome.amount_fen) == (None, 1900)
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c1", world.now)) == ()
    assert await world.available("gift-10") == 1
    assert (await wish(world, order)).denied is RefundDenied.ALREADY
    assert world.bank.refunded_fen == 1900
    assert await world.violations() == ()


async def test_a_key_that_was_shown_does_not_go_back(world: World) -> None:
    order = await paid(world, gift())
    await world.write(lambda tx: world.shop.card_keys(tx, order.order_no, "c1", world.now))
    assert (await wish(world, order)).denied is RefundDenied.KEY_SHOWN


async def test_an_unshipped_parcel_goes_back(world: World) -> None:
    order = await paid(world, mouse())
    assert (await wish(world, order)).amount_fen == 7000
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.available("mouse-1") == 2
    assert await world.violations() == ()


async def test_a_shipped_parcel_does_not(world: World) -> None:
    order = await paid(world, mouse())
    await world.write(lambda tx: world.shop.ship(tx, order.order_no, 1, "小王", world.now))
    assert (await wish(world, order)).denied is RefundDenied.SHIPPED


async def test_of_several_lines_those_go_back_that_may(world: World) -> None:
    order = await paid(world, topup(), gift())
    outcome = await wish(world, order)
    assert outcome.amount_fen == 950
    assert [line.denied for line in outcome.lines] == [RefundDenied.DELIVERED, None]
    assert await world.state(order) is CustomerState.PARTLY_DELIVERED
    assert await world.violations() == ()


async def test_a_refund_that_the_gateway_refuses_ends_with_a_person(world: World) -> None:
    order = await paid(world, gift())
    world.bank.refuse_refunds = True
    await wish(world, order)
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert "refund_refused" in await world.alarms()
    assert await world.violations() == ()


async def test_a_refused_refund_can_be_tried_again_by_a_person(world: World) -> None:
    order = await paid(world, gift())
    world.bank.refuse_refunds = True
    await wish(world, order)
    world.bank.refuse_refunds = False
    refund_no = f"{order.order_no}R1"
    assert await world.write(lambda tx: world.shop.retry_refund(tx, refund_no, "小王", world.now))
    assert not await world.write(lambda tx: world.shop.retry_refund(tx, refund_no, "小王", world.now))
    await world.work()
    assert await world.state(order) is CustomerState.REFUNDED
    assert (await world.events(order)).count("completed") == 1
    assert await world.violations() == ()


async def test_a_refused_refund_that_the_bank_clears_up_itself_has_succeeded(world: World) -> None:
    order = await paid(world, gift())
    world.bank.refuse_refunds = True
    await wish(world, order)
    cleared = RefundAnswer(RefundStatus.SUCCEEDED, psp_ref="psp-9")
    for _ in range(2):
        await world.write(
            lambda tx: refunding.answer(tx, world.shop.room, f"{order.order_no}R1", cleared, world.now)
        )
    assert await world.state(order) is CustomerState.REFUNDED
    assert (await world.events(order)).count("refunded") == 1
    assert await world.violations() == ()


async def test_a_late_refusal_does_not_undo_what_was_given_back(world: World) -> None:
    order = await paid(world, gift())
    await wish(world, order)
    refused = RefundAnswer(RefundStatus.REFUSED, "late")
    await world.write(
        lambda tx: refunding.answer(tx, world.shop.room, f"{order.order_no}R1", refused, world.now)
    )
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.alarms() == []


async def test_a_notice_that_a_refund_is_under_way_puts_no_question_off(world: World) -> None:
    order = await paid(world, gift())
    moody = Moody(RefundStatus.PROCESSING, RefundStatus.SUCCEEDED)
    world.dispatch._gateways = {"sandbox": moody}  # type: ignore[dict-item]
    await wish(world, order)
    due = await world.database.read(world.jobs.next_due)
    refund_no = f"{order.order_no}R1"
    for nonce in "ab":
        told = RefundNotice(
            "sandbox",
            MERCHANT.merchant_id,
            refund_no,
            RefundStatus.PROCESSING,
            Fen(950),
            "psp-1",
            nonce=nonce,
        )
        world.clock.advance(timedelta(seconds=1))
        said = await world.write(
            lambda tx, told=told: settling.receive(  # type: ignore[misc]
                tx,
                world.shop.room,
                world.shop.catalog(tx),
                Telling(told),
                RawNotice(b"", {}, world.now),
                world.now,
            )
        )
        assert said == Noted(refund_no)
    assert await world.database.read(world.jobs.next_due) == due
    await world.wait(minutes=1)
    assert await world.state(order) is CustomerState.REFUNDED


async def test_an_alarm_rings_until_somebody_has_seen_to_it(world: World) -> None:
    order = await paid(world, gift())
    world.bank.refuse_refunds = True
    await wish(world, order)
    (alarm,) = await world.database.read(world.shop.alarms)
    assert alarm.subject.startswith(order.order_no)
    for known in (False, True):
        closed = await world.write(lambda tx: world.shop.close_alarm(tx, alarm.alarm_no, "小王", world.now))
        assert closed is not known
    assert await world.alarms() == []


class Telling:
    """A gateway whose every notice says the same."""

    name, merchant, acknowledgement = "sandbox", MERCHANT, "success"

    def __init__(self, notice: RefundNotice) -> None:
        self._notice = notice

    def read_notice(self, raw: RawNotice) -> RefundNotice:
        return self._notice


class Moody:
    """A gateway whose refunds answer as told, one after the other."""

    name, merchant, acknowledgement = "sandbox", MERCHANT, "success"

    def __init__(self, *answers: RefundStatus, refs: Sequence[str] = ()) -> None:
        self.answers = list(answers)
        self.refs = list(refs)
        self.submitted: list[str] = []
        self.asked: list[RefundAsk] = []

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        self.submitted.append(ask.refund_no)
        return self._next(ask)

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer:
        return self._next(ask)

    def _next(self, ask: RefundAsk) -> RefundAnswer:
        self.asked.append(ask)
        return RefundAnswer(self.answers.pop(0), psp_ref=self.refs.pop(0) if self.refs else "")


async def test_a_refund_that_was_not_answered_is_asked_about_not_sent_again(world: World) -> None:
    order = await paid(world, gift())
    moody = Moody(RefundStatus.UNKNOWN, RefundStatus.PROCESSING, RefundStatus.SUCCEEDED)
    world.dispatch._gateways = {"sandbox": moody}  # type: ignore[dict-item]
    await wish(world, order)
    assert await world.state(order) is CustomerState.REFUNDING
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.REFUNDED
    assert len(moody.submitted) == 1
    assert await world.violations() == ()


async def test_the_gateways_number_of_a_refund_is_kept_as_soon_as_it_tells_one(world: World) -> None:
    order = await paid(world, gift())
    moody = Moody(RefundStatus.PROCESSING, RefundStatus.SUCCEEDED, refs=["psp-7", ""])
    world.dispatch._gateways = {"sandbox": moody}  # type: ignore[dict-item]
    await wish(world, order)
    await world.wait(minutes=5)
    refund = await world.database.read(lambda tx: money.refund(tx, f"{order.order_no}R1"))
    assert refund is not None
    assert (refund.state, refund.psp_ref) == (RefundState.SUCCEEDED, "psp-7")


async def test_a_refund_that_never_arrived_is_sent_again_under_the_same_number(world: World) -> None:
    order = await paid(world, gift())
    moody = Moody(RefundStatus.UNKNOWN, RefundStatus.ABSENT, RefundStatus.SUCCEEDED)
    world.dispatch._gateways = {"sandbox": moody}  # type: ignore[dict-item]
    await wish(world, order)
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.REFUNDED
    assert len(moody.submitted) == 2
    assert len(set(moody.submitted)) == 1
    assert await world.violations() == ()


async def test_a_refund_is_asked_for_in_the_same_words_however_often(world: World) -> None:
    order = await paid(world, gift())
    promised_at = world.now
    moody = Moody(RefundStatus.UNKNOWN, RefundStatus.ABSENT, RefundStatus.PROCESSING, RefundStatus.SUCCEEDED)
    world.dispatch._gateways = {"sandbox": moody}  # type: ignore[dict-item]
    await wish(world, order)
    await world.wait(minutes=5)
    assert len(moody.asked) == 4
    assert {ask.promised_at for ask in moody.asked} == {promised_at}
    assert len(set(moody.asked)) == 1


async def test_the_fee_goes_back_only_when_nothing_was_delivered(database: Database) -> None:
    policy = replace(POLICY, quote=replace(POLICY.quote, fee_per_mille=6))
    world = World(database, policy)
    await world.open_shop()
    world.supplier.told[PHONE] = Manner.FAIL
    failed = await paid(world, topup())
    assert failed.fee_fen == 60
    assert await world.state(failed) is CustomerState.REFUNDED
    assert world.bank.refunded_fen == 9980 + 60
    half = await paid(world, topup(), topup("topup-50", "13900139000"))
    assert await world.state(half) is CustomerState.PARTLY_DELIVERED
    assert world.bank.refunded_fen == 9980 + 60 + 9980
    assert await world.violations() == ()
