"""A whole shop and Alipay: whatever goes wrong between them, the money comes once and the books are sound."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from adapters.payments.alipay import AlipayGateway
from orders.clock import Clock
from orders.database import Database
from orders.order import CustomerState, Order, PaymentState
from orders.paying import NoWay
from orders.payment import Effect, Held, HeldReason, Noted, Refused, Repeated, Settled
from orders.ports import BillKind, GoTo, PaymentStatus, RawNotice, Scene, ShowCode
from tests.emulator.alipay import AlipayRail
from tests.emulator.books import Movement, MovementKind
from tests.emulator.courier import Saying
from tests.emulator.knobs import RefundPath
from tests.emulator.rail import Rail
from tests.emulator.shop_stage import BACK, ShopStage
from tests.orders.world import START, gift


def make_gateway(rail: Rail, client: httpx.AsyncClient, clock: Clock, notify_url: str) -> AlipayGateway:
    assert isinstance(rail, AlipayRail)
    return AlipayGateway(rail.account(), client, clock, notify_url, BACK)


@pytest.fixture
async def stage(database: Database) -> ShopStage:
    stage = ShopStage(database, AlipayRail, make_gateway)
    await stage.world.open_shop()
    return stage


async def scanned(stage: ShopStage, order: Order) -> str:
    """The payer chose Alipay and scanned the code; gives the address that the code leads to."""
    offer = await stage.begin(order)
    assert isinstance(offer, ShowCode), offer
    await stage.payer.get(offer.content)
    return offer.content


async def paid(stage: ShopStage, order: Order, **form: str) -> None:
    """The payer scanned the code and paid."""
    await stage.payer.post(await scanned(stage, order), data={"do": "pay"} | form)


async def times_paid(stage: ShopStage, order: Order) -> int:
    return sum(event.startswith("paid") for event in await stage.world.events(order))


async def is_delivered_and_sound(stage: ShopStage, order: Order) -> bool:
    await stage.let_pass(days=2)
    assert await stage.world.violations() == ()
    assert await times_paid(stage, order) == 1
    return await stage.world.state(order) is CustomerState.DELIVERED


async def test_a_scanned_code_that_is_paid_becomes_delivered_goods(stage: ShopStage) -> None:
    order = await stage.world.place()
    await paid(stage, order)
    assert stage.heard == [Settled(order.order_no, Effect.PAID, order.total_fen, first=True)]
    payment = await stage.payment(order)
    assert payment.psp_ref == stage.rail.books.payments[payment.out_trade_no.replace("-", "_")].transaction_no
    assert await is_delivered_and_sound(stage, order)
    # Acknowledged, so that Alipay does not repeat itself.
    assert len(stage.heard) == 1


@pytest.mark.parametrize("scene", [Scene.PAGE, Scene.WAP])
async def test_a_page_leads_to_the_payment_and_back_to_the_shop(stage: ShopStage, scene: Scene) -> None:
    order = await stage.world.place()
    offer = await stage.begin(order, scene)
    assert isinstance(offer, GoTo)
    assert stage.calls == []
    there = await stage.payer.get(offer.url)
    assert there.status_code == 302
    answer = await stage.payer.post(there.headers["location"], data={"do": "pay"})
    assert answer.headers["location"] == BACK
    assert await is_delivered_and_sound(stage, order)


async def test_a_late_notice_is_overtaken_by_our_own_question(stage: ShopStage) -> None:
    stage.knobs.notice_delay = timedelta(hours=20)
    order = await stage.world.place()
    await paid(stage, order)
    await stage.let_pass(seconds=6)
    assert await stage.world.state(order) is CustomerState.DELIVERED
    assert await is_delivered_and_sound(stage, order)
    assert stage.heard == [Settled(order.order_no, Effect.PAID, order.total_fen, first=False)]


async def test_lost_notices_cost_nothing(stage: ShopStage) -> None:
    stage.knobs.notices_lost = 100
    order = await stage.world.place()
    await paid(stage, order)
    assert await is_delivered_and_sound(stage, order)
    assert stage.heard == []
    assert len(stage.rail.courier.posted) == 8


async def test_a_notice_that_was_lost_at_first_is_repeated_and_known(stage: ShopStage) -> None:
    stage.knobs.notices_lost = 2
    order = await stage.world.place()
    await paid(stage, order)
    assert await is_delivered_and_sound(stage, order)
    assert [type(outcome) for outcome in stage.heard] == [Settled]


async def test_the_last_repeat_after_a_day_is_still_believed(stage: ShopStage) -> None:
    """It is told under a new time and the old notice_id, and nobody calls it a replay."""
    order = await stage.world.place()
    stage.knobs.notices_lost = 7
    await paid(stage, order)
    await stage.let_pass(days=2)
    assert stage.rail.courier.posted[-1].at - START == timedelta(hours=24, minutes=24)
    assert stage.heard == [Settled(order.order_no, Effect.PAID, order.total_fen, first=False)]


async def test_copies_of_a_notice_are_acknowledged_and_change_nothing(stage: ShopStage) -> None:
    stage.knobs.notice_copies = 3
    order = await stage.world.place()
    await paid(stage, order)
    assert [type(outcome) for outcome in stage.heard] == [Settled, Repeated, Repeated]
    assert await is_delivered_and_sound(stage, order)


async def test_copies_at_the_same_instant_are_one_payment(stage: ShopStage) -> None:
    stage.knobs.notice_copies, stage.knobs.copies_at_once = 5, True
    order = await stage.world.place()
    await paid(stage, order)
    assert sorted(type(outcome).__name__ for outcome in stage.heard) == ["Repeated"] * 4 + ["Settled"]
    assert await is_delivered_and_sound(stage, order)


async def test_a_refund_that_is_told_before_its_payment_confuses_nobody(stage: ShopStage) -> None:
    stage.knobs.refund_notice_first = True
    order = await stage.world.place(gift())
    await paid(stage, order)
    await stage.let_pass(seconds=10)
    assert stage.heard == []
    await stage.world.write(
        lambda tx: stage.world.shop.request_refund(tx, order.order_no, order.customer_id, stage.world.now)
    )
    await stage.let_pass(minutes=1)
    assert [type(outcome) for outcome in stage.heard] == [Noted, Settled]
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert await times_paid(stage, order) == 1
    assert await stage.world.violations() == ()


async def test_a_notice_that_tells_another_amount_is_held_and_the_truth_is_asked_for(
    stage: ShopStage,
) -> None:
    stage.knobs.amount_told_fen = 1
    order = await stage.world.place()
    await paid(stage, order)
    assert stage.heard == [Held(HeldReason.WRONG_AMOUNT, order.order_no, first=True)]
    assert await stage.world.alarms() == ["payment_held"]
    assert await is_delivered_and_sound(stage, order)


async def test_a_payer_who_pays_another_amount_gets_nothing_and_a_person_is_called(stage: ShopStage) -> None:
    order = await stage.world.place()
    await paid(stage, order, do="other", yuan="0.01")
    await stage.let_pass(days=2)
    assert await stage.world.state(order) is CustomerState.EXPIRED
    assert "payment_held" in await stage.world.alarms()
    assert await stage.world.violations() == ()


async def test_money_for_another_merchant_is_not_ours(stage: ShopStage) -> None:
    stage.knobs.merchant_told = "2088000000000000"
    order = await stage.world.place()
    await paid(stage, order)
    assert stage.heard == [Held(HeldReason.WRONG_MERCHANT, order.order_no, first=True)]
    assert await is_delivered_and_sound(stage, order)


async def test_a_forged_notice_is_refused_and_the_money_found_by_asking(stage: ShopStage) -> None:
    stage.knobs.bad_signature = True
    order = await stage.world.place()
    await paid(stage, order)
    assert stage.heard == [Refused("forged")]
    assert await is_delivered_and_sound(stage, order)
    assert "notice_refused" in await stage.world.alarms()


async def test_a_notice_with_an_old_time_is_refused_and_the_money_found_by_asking(stage: ShopStage) -> None:
    stage.knobs.notice_age = timedelta(days=2)
    order = await stage.world.place()
    await paid(stage, order)
    assert stage.heard == [Refused("stale")]
    assert await is_delivered_and_sound(stage, order)


async def posted(stage: ShopStage, order: Order, **headers: str) -> RawNotice:
    """A genuine notice that this order was paid, caught on its way."""
    payment = stage.rail.books.pay((await stage.payment(order)).out_trade_no.replace("-", "_"))
    notice = stage.rail.notice_of(payment, Saying(stage.clock.now()))
    return RawNotice(notice.body, dict(notice.headers) | headers, stage.clock.now())


async def test_another_orders_notice_of_the_same_amount_pays_the_other_order_alone(stage: ShopStage) -> None:
    """What was paid is what Alipay signed; no address and no change of the body makes it anything else."""
    ours, other = await stage.world.place(), await stage.world.place(customer="c2")
    assert ours.total_fen == other.total_fen
    await scanned(stage, ours)
    await scanned(stage, other)
    calls = len(stage.calls)
    raw = await posted(stage, other)
    number = (await stage.payment(other)).out_trade_no.replace("-", "_").encode()
    ours_number = (await stage.payment(ours)).out_trade_no.replace("-", "_").encode()
    assert await stage.receive(replace(raw, body=raw.body.replace(number, ours_number))) == Refused("forged")
    assert await stage.receive(raw) == Settled(other.order_no, Effect.PAID, other.total_fen, first=True)
    assert await stage.world.state(ours) is CustomerState.AWAITING_PAYMENT
    assert len(stage.calls) == calls
    assert await stage.world.violations() == ()


async def test_a_replayed_body_under_other_headers_changes_nothing_and_asks_nobody(stage: ShopStage) -> None:
    order = await stage.world.place()
    await scanned(stage, order)
    calls = len(stage.calls)
    raw = await posted(stage, order)
    await stage.receive(raw)
    events = await stage.world.events(order)
    dressed = replace(raw, headers={"content-type": "application/json", "x-forwarded-for": "203.0.113.9"})
    assert await stage.receive(dressed) == Repeated()
    assert await stage.world.events(order) == events
    assert len(stage.calls) == calls


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        (lambda body: re.sub(rb"&sign=[^&]*", b"", body), "unsigned"),
        (lambda body: body.replace(b"total_amount=99.80", b"total_amount=00.01"), "forged"),
        (lambda body: re.sub(rb"notify_time=2026", b"notify_time=2020", body), "forged"),
        (lambda body: body + b"&total_amount=0.01", "unreadable"),
        (lambda body: b'{"trade_status":"TRADE_SUCCESS"}', "unreadable"),
        (lambda body: b"", "unsigned"),
    ],
)
async def test_what_is_refused_settles_nothing_and_asks_nobody(
    stage: ShopStage, spoiled: Callable[[bytes], bytes], reason: str
) -> None:
    order = await stage.world.place()
    await scanned(stage, order)
    calls = len(stage.calls)
    raw = await posted(stage, order)
    assert await stage.receive(replace(raw, body=spoiled(raw.body))) == Refused(reason)
    assert await stage.world.state(order) is CustomerState.AWAITING_PAYMENT
    assert await stage.world.alarms() == ["notice_refused"]
    assert len(stage.calls) == calls


async def test_a_genuine_notice_of_2020_is_refused_and_asks_nobody(stage: ShopStage) -> None:
    order = await stage.world.place()
    await scanned(stage, order)
    calls = len(stage.calls)
    payment = stage.rail.books.pay((await stage.payment(order)).out_trade_no.replace("-", "_"))
    old = stage.rail.notice_of(payment, Saying(datetime(2020, 1, 5, 2, 0, tzinfo=UTC)))
    assert await stage.receive(RawNotice(old.body, old.headers, stage.clock.now())) == Refused("stale")
    assert len(stage.calls) == calls


async def test_a_notice_may_come_before_the_code(stage: ShopStage) -> None:
    stage.knobs.notice_before_answer = True
    order = await stage.world.place()
    assert isinstance(await stage.begin(order), ShowCode)
    assert [type(outcome) for outcome in stage.heard] == [Settled]
    assert await is_delivered_and_sound(stage, order)


async def test_money_for_an_expired_order_is_late_and_delivers_it(stage: ShopStage) -> None:
    order = await stage.world.place()
    await scanned(stage, order)
    await stage.let_pass(hours=1)
    assert await stage.world.state(order) is CustomerState.EXPIRED
    stage.knobs.pay_after_close = True
    payment = await stage.payment(order)
    await stage.rail.pay(payment.out_trade_no.replace("-", "_"))
    assert stage.heard == [Settled(order.order_no, Effect.LATE, order.total_fen, first=True)]
    assert await is_delivered_and_sound(stage, order)


async def test_money_for_a_cancelled_order_goes_back(stage: ShopStage) -> None:
    order = await stage.world.place()
    address = await scanned(stage, order)
    await stage.world.write(
        lambda tx: stage.world.shop.cancel(tx, order.order_no, order.customer_id, stage.world.now)
    )
    await stage.let_pass(seconds=30)
    assert (await stage.payment(order)).state is PaymentState.CLOSED
    await stage.payer.post(address, data={"do": "closed"})
    await stage.let_pass(minutes=1)
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert (
        stage.rail.books.given_back_fen((await stage.payment(order)).out_trade_no.replace("-", "_")) == 9980
    )
    assert await stage.world.violations() == ()


async def test_a_create_that_was_done_and_answered_with_an_error_is_made_good_by_the_same_number(
    stage: ShopStage,
) -> None:
    stage.knobs.fail_after_commit = 1
    order = await stage.world.place()
    assert await stage.begin(order) is NoWay.SILENT
    first = await stage.payment(order)
    await paid(stage, order)
    assert (await stage.payment(order)).out_trade_no == first.out_trade_no
    assert await is_delivered_and_sound(stage, order)


async def test_a_gateway_that_takes_twenty_seconds_has_not_answered(stage: ShopStage) -> None:
    stage.knobs.slow_seconds = 20
    order = await stage.world.place()
    assert await stage.begin(order) is NoWay.SILENT
    stage.knobs.slow_seconds = 0
    await paid(stage, order)
    assert await is_delivered_and_sound(stage, order)


@pytest.mark.parametrize("ahead", [timedelta(minutes=7), timedelta(minutes=-7)])
async def test_clocks_that_are_minutes_apart_do_no_harm(stage: ShopStage, ahead: timedelta) -> None:
    stage.knobs.clock_skew = ahead
    order = await stage.world.place()
    await paid(stage, order)
    assert [type(outcome) for outcome in stage.heard] == [Settled]
    assert await is_delivered_and_sound(stage, order)


async def refund_begun(stage: ShopStage) -> Order:
    order = await stage.world.place(gift())
    await paid(stage, order)
    await stage.work()
    await stage.world.write(
        lambda tx: stage.world.shop.request_refund(tx, order.order_no, order.customer_id, stage.world.now)
    )
    return order


async def is_refunded_once(stage: ShopStage, order: Order) -> bool:
    assert await stage.world.violations() == ()
    assert len(stage.rail.books.refunds) == 1
    assert stage.rail.books.given_back_fen((await stage.payment(order)).out_trade_no.replace("-", "_")) == 950
    return await stage.world.state(order) is CustomerState.REFUNDED


async def test_a_refund_goes_back_at_once(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    await stage.let_pass(seconds=1)
    assert await is_refunded_once(stage, order)


async def test_a_refund_that_was_done_and_answered_with_an_error_is_done_once(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    stage.knobs.fail_after_commit = 1
    await stage.let_pass(seconds=1)
    assert await stage.world.state(order) is CustomerState.REFUNDING
    await stage.let_pass(minutes=5)
    assert await is_refunded_once(stage, order)


async def test_a_refund_whose_answer_takes_too_long_is_done_once(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    stage.knobs.slow_seconds = 20
    await stage.work()
    stage.knobs.slow_seconds = 0
    await stage.let_pass(minutes=5)
    assert await is_refunded_once(stage, order)


async def test_a_refund_that_never_arrived_is_sent_again_under_its_number(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    stage.knobs.bad_answer_signature = True
    await stage.work()
    # What was heard was not believed; and over there it is as if nothing had come.
    stage.rail.books.refunds.clear()
    stage.knobs.bad_answer_signature = False
    await stage.let_pass(minutes=5)
    assert await is_refunded_once(stage, order)


async def test_a_refund_may_be_under_way_for_a_while(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    stage.knobs.refund_path = RefundPath.PROCESSING_THEN_SUCCESS
    await stage.let_pass(minutes=1)
    assert await stage.world.state(order) is CustomerState.REFUNDING
    await stage.let_pass(hours=1)
    assert await is_refunded_once(stage, order)


async def test_a_refund_that_fails_in_the_end_calls_a_person(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    stage.knobs.refund_path = RefundPath.PROCESSING_THEN_ABNORMAL
    await stage.let_pass(hours=1)
    assert await stage.world.state(order) is CustomerState.IN_REVIEW
    assert "refund_refused" in await stage.world.alarms()
    assert await stage.world.violations() == ()


async def test_the_bill_of_a_day_names_what_moved_and_what_the_knobs_made_of_it(stage: ShopStage) -> None:
    today = date(2026, 1, 5)
    order = await refund_begun(stage)
    other = await stage.world.place()
    await paid(stage, other)
    await stage.work()
    assert (await stage.gateway.bill(today)).reason == "isp.bill_not_exist"
    await stage.let_pass(days=1)
    first, second = await stage.payment(order), await stage.payment(other)
    refund_no = next(iter(stage.rail.books.refunds))
    rows = (await stage.gateway.bill(today)).rows or ()
    assert [(row.kind, row.ref, row.our_no, row.amount_fen, row.fee_fen) for row in rows] == [
        (BillKind.PAYMENT, first.psp_ref, first.out_trade_no, 950, 0),
        (BillKind.PAYMENT, second.psp_ref, second.out_trade_no, 9980, 0),
        (BillKind.REFUND, refund_no, refund_no, 950, 0),
    ]
    assert {row.at for row in rows} == {START}
    stage.knobs.bill_missing = frozenset({first.out_trade_no.replace("-", "_")})
    stage.knobs.bill_differs_fen = {second.out_trade_no.replace("-", "_"): 9981}
    never = Movement(MovementKind.PAYMENT, "2026010522001", "P9_1", "P9_1", 700, START, fee_fen=4)
    stage.knobs.bill_extra = (never,)
    rows = (await stage.gateway.bill(today)).rows or ()
    assert [(row.our_no, row.amount_fen, row.fee_fen) for row in rows] == [
        (second.out_trade_no, 9981, 0), (refund_no, 950, 0), ("P9-1", 700, 4),
    ]  # fmt: skip


async def test_a_day_without_movements_has_an_empty_bill_once_there_cannot_be_one_any_more(
    stage: ShopStage,
) -> None:
    await stage.let_pass(days=1)
    quiet = date(2026, 1, 5)
    stage.clock.advance_to(datetime(2026, 1, 6, 6, 59, tzinfo=UTC))
    assert (await stage.gateway.bill(quiet)).rows is None
    stage.clock.advance_to(datetime(2026, 1, 6, 7, 0, tzinfo=UTC))
    assert (await stage.gateway.bill(quiet)).rows == ()
    assert (await stage.gateway.bill(date(2026, 1, 6))).rows is None


async def test_a_code_that_nobody_scanned_is_not_paid_and_cannot_be_closed_before_it_ends(
    stage: ShopStage,
) -> None:
    order = await stage.world.place()
    await stage.begin(order)
    ask = (await stage.payment(order)).ask
    assert (await stage.gateway.query(ask)).status is PaymentStatus.NOT_PAID
    assert (await stage.gateway.close(ask)).status is PaymentStatus.NOT_PAID
    stage.clock.advance_to(ask.expires_at + timedelta(minutes=5))
    assert (await stage.gateway.close(ask)).status is PaymentStatus.CLOSED
