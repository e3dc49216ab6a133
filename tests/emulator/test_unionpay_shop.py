"""A shop and the emulated UnionPay: an honest day, and then everything that goes wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl

import httpx
import pytest

from adapters.payments.unionpay_bill import order_id_of
from orders.database import Database
from orders.order import CustomerState, OrderState
from orders.payment import Effect, Held, HeldReason, Noted, Refused, Repeated, Settled
from orders.ports import (
    BillKind,
    PaymentStatus,
    PostForm,
    RawNotice,
    RefundAsk,
    RefundStatus,
    Scene,
    Source,
)
from tests.emulator.books import CHINA, Movement, MovementKind
from tests.emulator.knobs import RefundPath
from tests.emulator.unionpay_ca import UNIONPAY, authority, foreign_authority
from tests.emulator.unionpay_stage import BACK, Stage
from tests.orders.world import topup

TODAY = date(2026, 1, 5)
STARTED_IN_BEIJING = "20260105100000"


@pytest.fixture
async def stage(database: Database) -> Stage:
    stage = Stage(database)
    await stage.world.open_shop()
    return stage


def refund_of(stage: Stage, order_no: str, psp_ref: str, amount_fen: int = 9980) -> RefundAsk:
    return RefundAsk(
        f"{order_no}R1", f"{order_no}-1", psp_ref, amount_fen, 9980, "CNY", "staff", stage.world.now  # type: ignore[arg-type]
    )  # fmt: skip


# An honest day


async def test_a_payer_on_unionpays_page_pays_and_is_delivered(stage: Stage) -> None:
    order = await stage.paid()
    assert stage.heard == [Settled(order.order_no, Effect.PAID, order.total_fen, first=True)]
    assert await stage.world.state(order) is CustomerState.DELIVERED
    assert await stage.world.violations() == ()


async def test_the_form_says_who_what_and_until_when(stage: Stage) -> None:
    order = await stage.world.place()
    ask = replace(await stage.ask(order), subject="话费 {100}&元", payer_ip="203.0.113.9")
    form = (await stage.gateway.open(ask, Scene.WAP)).offer
    assert isinstance(form, PostForm)
    wanted = {
        "txnType": "01",
        "bizType": "000201",
        "channelType": "08",
        "orderId": f"{order.order_no}Z1",
        "txnTime": STARTED_IN_BEIJING,
        "txnAmt": "9980",
        "currencyCode": "156",
        "frontUrl": BACK,
        "customerIp": "203.0.113.9",
        "riskRateInfo": "{commodityName=话费 100 元}",
        "payTimeout": order.expires_at.astimezone(CHINA).strftime("%Y%m%d%H%M%S"),
    }
    assert {name: form.fields[name] for name in wanted} == wanted
    await stage.post(form)


async def test_the_same_payment_opened_again_is_the_same(stage: Stage) -> None:
    order = await stage.at_the_till()
    again = await stage.gateway.open(await stage.ask(order), Scene.PAGE)
    assert isinstance(again.offer, PostForm)
    await stage.post(again.offer)
    assert len(stage.rail.books.payments) == 1


async def test_it_offers_neither_codes_nor_other_money(stage: Stage) -> None:
    ask = await stage.ask(await stage.world.place())
    assert (await stage.gateway.open(ask, Scene.QR)).offer is None
    assert (await stage.gateway.open(replace(ask, currency="XTR"), Scene.PAGE)).offer is None


async def test_a_form_is_not_signed_for_a_payment_whose_time_is_over(stage: Stage) -> None:
    ask = await stage.ask(await stage.world.place())
    stage.world.clock.advance_to(ask.expires_at)
    assert (await stage.gateway.open(ask, Scene.PAGE)).reason == "expired"


async def test_a_query_tells_of_a_payment_as_the_notice_does(stage: Stage) -> None:
    stage.knobs.notices_lost = 99
    order = await stage.at_the_till()
    ask = await stage.ask(order)
    assert (await stage.gateway.query(ask)).status is PaymentStatus.NOT_PAID
    await stage.pay(order)
    answer = await stage.gateway.query(ask)
    notice = answer.notice
    assert notice is not None
    assert (answer.status, notice.source, notice.currency) == (PaymentStatus.PAID, Source.QUERY, "CNY")
    assert (notice.out_trade_no, notice.amount_fen) == (ask.out_trade_no, ask.amount_fen)
    assert notice.paid_at == stage.world.now


async def test_a_payer_who_is_at_his_bank_has_neither_paid_nor_not(stage: Stage) -> None:
    order = await stage.at_the_till()
    ask = await stage.ask(order)
    stage.rail.at_the_bank.add(order_id_of(ask.out_trade_no))
    assert (await stage.gateway.query(ask)).status is PaymentStatus.UNKNOWN
    assert (await stage.gateway.close(ask)).status is PaymentStatus.UNKNOWN


async def test_nothing_is_closed_before_its_time_and_everything_is_after(stage: Stage) -> None:
    order = await stage.at_the_till()
    ask = await stage.ask(order)
    assert (await stage.gateway.close(ask)).status is PaymentStatus.NOT_PAID
    stage.world.clock.advance_to(ask.expires_at + timedelta(seconds=59))
    assert (await stage.gateway.close(ask)).status is PaymentStatus.NOT_PAID
    stage.world.clock.advance(timedelta(seconds=1))
    assert (await stage.gateway.close(ask)).status is PaymentStatus.CLOSED
    stage.rail.at_the_bank.add(order_id_of(ask.out_trade_no))
    assert (await stage.gateway.close(ask)).status is PaymentStatus.CLOSED


async def test_a_close_tells_of_a_payer_who_was_faster(stage: Stage) -> None:
    stage.knobs.notices_lost = 99
    order = await stage.at_the_till()
    await stage.pay(order)
    assert (await stage.gateway.close(await stage.ask(order))).status is PaymentStatus.PAID
    await stage.let_pass(hours=1)
    assert await stage.world.state(order) is CustomerState.DELIVERED


async def test_money_goes_back_and_the_notice_tells_its_end(stage: Stage) -> None:
    order = await stage.bought_a_key()
    await stage.give_back(order)
    await stage.world.work()
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert stage.rail.books.given_back_fen(f"{order.order_no}Z1") == order.total_fen
    assert stage.heard[-1] == Noted(f"{order.order_no}R1")
    assert await stage.world.violations() == ()


async def test_a_payer_who_came_back_is_asked_about_and_believed_nothing(stage: Stage) -> None:
    stage.knobs.notices_lost = 99
    order = await stage.at_the_till()
    await stage.till.look(order.pay_token)
    assert await stage.world.state(order) is CustomerState.AWAITING_PAYMENT
    await stage.pay(order)
    await stage.till.look(order.pay_token)
    await stage.world.work()
    assert await stage.world.state(order) is CustomerState.DELIVERED


# Knob by knob


async def test_a_late_notice_finds_what_the_query_brought(stage: Stage) -> None:
    stage.knobs.notice_delay = timedelta(hours=3)
    order = await stage.paid()
    await stage.let_pass(seconds=10)
    assert await stage.world.state(order) is CustomerState.DELIVERED
    assert stage.heard == []
    await stage.let_pass(hours=4)
    assert stage.heard == [Settled(order.order_no, Effect.PAID, order.total_fen, first=False)]


async def test_lost_notices_come_again_or_the_query_brings_the_money(stage: Stage) -> None:
    stage.knobs.notices_lost = 1
    again = await stage.paid()
    await stage.let_pass(seconds=1)
    assert await stage.world.state(again) is CustomerState.DELIVERED
    stage.knobs.notices_lost = 99
    never = await stage.paid(topup("topup-50"))
    await stage.let_pass(seconds=10)
    assert await stage.world.state(never) is CustomerState.DELIVERED


@pytest.mark.parametrize("at_once", [False, True])
async def test_copies_of_a_notice_settle_once(stage: Stage, at_once: bool) -> None:
    stage.knobs.notice_copies, stage.knobs.copies_at_once = 5, at_once
    order = await stage.paid()
    assert sorted(type(heard).__name__ for heard in stage.heard) == ["Repeated"] * 4 + ["Settled"]
    assert (await stage.world.events(order)).count("paid") == 1
    assert await stage.world.violations() == ()


async def test_a_refund_told_before_its_payment_is_the_end_of_the_refund(stage: Stage) -> None:
    stage.knobs.refund_notice_first = True
    order = await stage.bought_a_key()
    await stage.let_pass(seconds=10)
    await stage.give_back(order)
    await stage.let_pass(seconds=1)
    assert [type(heard) for heard in stage.heard] == [Noted, Settled]
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert await stage.world.violations() == ()


async def test_a_wrong_amount_is_held_and_the_order_stays_unpaid(stage: Stage) -> None:
    stage.knobs.amount_told_fen = 1
    order = await stage.paid()
    assert stage.heard == [Held(HeldReason.WRONG_AMOUNT, order.order_no, first=True)]
    assert order.state is OrderState.AWAITING_PAYMENT


async def test_a_payer_who_paid_less_is_held(stage: Stage) -> None:
    order = await stage.at_the_till()
    await stage.pay(order, amount_fen=100)
    assert stage.heard == [Held(HeldReason.WRONG_AMOUNT, order.order_no, first=True)]


async def test_money_for_another_merchant_is_not_ours(stage: Stage) -> None:
    stage.knobs.merchant_told = "898110000000002"
    order = await stage.paid()
    assert stage.heard == [Held(HeldReason.WRONG_MERCHANT, order.order_no, first=True)]


async def test_a_strangers_signature_is_refused_and_the_query_brings_the_money(stage: Stage) -> None:
    stage.knobs.bad_signature = True
    order = await stage.paid()
    assert stage.heard[0] == Refused("forged")
    await stage.let_pass(seconds=10)
    assert await stage.world.state(order) is CustomerState.DELIVERED
    assert "notice_refused" in await stage.world.alarms()


async def test_a_notice_of_2020_is_stale(stage: Stage) -> None:
    stage.knobs.notice_age = stage.world.now - datetime(2020, 6, 1, tzinfo=CHINA)
    await stage.paid()
    assert stage.heard[0] == Refused("stale")


async def test_the_notice_may_come_before_the_page_opens(stage: Stage) -> None:
    stage.knobs.notice_before_answer = True
    order = await stage.at_the_till()
    await stage.world.work()
    assert await stage.world.state(order) is CustomerState.DELIVERED


async def test_who_pays_after_the_end_is_delivered_late(stage: Stage) -> None:
    stage.knobs.pay_after_close = True
    order = await stage.at_the_till()
    await stage.let_pass(hours=1)
    assert await stage.world.state(order) is CustomerState.EXPIRED
    await stage.pay(order)
    assert stage.heard == [Settled(order.order_no, Effect.LATE, order.total_fen, first=True)]
    assert await stage.world.state(order) is CustomerState.DELIVERED


async def test_who_was_at_his_bank_when_the_time_ended_is_found_without_a_notice(stage: Stage) -> None:
    stage.knobs.pay_after_close, stage.knobs.notices_lost = True, 99
    order = await stage.at_the_till()
    await stage.let_pass(minutes=(order.expires_at - stage.world.now) / timedelta(minutes=1))
    assert await stage.world.state(order) is CustomerState.EXPIRED
    await stage.pay(order)
    await stage.let_pass(minutes=3)
    assert await stage.world.state(order) is CustomerState.DELIVERED
    assert stage.heard == []


async def test_who_pays_a_cancelled_order_gets_his_money_back_without_a_notice(stage: Stage) -> None:
    stage.knobs.notices_lost = 99
    order = await stage.at_the_till()
    await stage.world.write(lambda tx: stage.world.shop.cancel(tx, order.order_no, "c1", stage.world.now))
    await stage.let_pass(seconds=30)
    await stage.pay(order)
    await stage.let_pass(hours=1)
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert stage.rail.books.given_back_fen(f"{order.order_no}Z1") == order.total_fen
    assert await stage.world.violations() == ()


@pytest.mark.parametrize("trouble", ["fail_after_commit", "slow_seconds"])
async def test_a_refund_that_was_carried_out_but_not_answered_is_asked_about(
    stage: Stage, trouble: str
) -> None:
    order = await stage.bought_a_key()
    await stage.give_back(order)
    stage.knobs.notices_lost = 99
    setattr(stage.knobs, trouble, {"fail_after_commit": 1, "slow_seconds": 20.0}[trouble])
    await stage.world.work()
    stage.knobs.slow_seconds = 0.0
    assert await stage.world.state(order) is CustomerState.REFUNDING
    await stage.let_pass(minutes=5)
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert stage.rail.books.given_back_fen(f"{order.order_no}Z1") == order.total_fen
    assert len(stage.rail.books.refunds) == 1
    assert await stage.world.violations() == ()


@pytest.mark.parametrize("trouble", ["fail_after_commit", "slow_seconds"])
async def test_a_query_without_an_answer_says_nothing(stage: Stage, trouble: str) -> None:
    stage.knobs.notices_lost = 99
    order = await stage.paid()
    ask = await stage.ask(order)
    setattr(stage.knobs, trouble, {"fail_after_commit": 1, "slow_seconds": 20.0}[trouble])
    assert (await stage.gateway.query(ask)).status is PaymentStatus.UNKNOWN


async def test_unionpays_clock_may_be_ahead(stage: Stage) -> None:
    stage.knobs.clock_skew = timedelta(minutes=7)
    order = await stage.paid()
    assert await stage.world.state(order) is CustomerState.DELIVERED


@pytest.mark.parametrize(
    ("path", "end"),
    [
        (RefundPath.PROCESSING_THEN_SUCCESS, RefundStatus.SUCCEEDED),
        (RefundPath.PROCESSING_THEN_ABNORMAL, RefundStatus.REFUSED),
    ],
)
async def test_a_refund_is_under_way_until_its_bank_has_spoken(
    stage: Stage, path: RefundPath, end: RefundStatus
) -> None:
    stage.knobs.refund_path = path
    order = await stage.paid()
    paid = stage.rail.books.payments[f"{order.order_no}Z1"]
    ask = refund_of(stage, order.order_no, paid.transaction_no)
    assert (await stage.gateway.refund(ask)).status is RefundStatus.PROCESSING
    assert (await stage.gateway.query_refund(ask)).status is RefundStatus.PROCESSING
    stage.world.clock.advance(timedelta(minutes=6))
    assert (await stage.gateway.query_refund(ask)).status is end


async def test_the_same_refund_again_is_no_second_one(stage: Stage) -> None:
    order = await stage.paid()
    paid = stage.rail.books.payments[f"{order.order_no}Z1"]
    ask = refund_of(stage, order.order_no, paid.transaction_no, 4000)
    assert (await stage.gateway.refund(ask)).status is RefundStatus.PROCESSING
    assert (await stage.gateway.refund(ask)).status is RefundStatus.UNKNOWN
    assert stage.rail.books.given_back_fen(paid.out_trade_no) == 4000
    answer = await stage.gateway.query_refund(ask)
    assert (answer.status, bool(answer.psp_ref)) == (RefundStatus.SUCCEEDED, True)


async def test_a_refused_refund_can_be_promised_again_on_the_same_day(stage: Stage) -> None:
    stage.knobs.refund_path = RefundPath.PROCESSING_THEN_ABNORMAL
    order = await stage.bought_a_key()
    await stage.give_back(order)
    await stage.let_pass(minutes=30)
    assert await stage.world.state(order) is CustomerState.IN_REVIEW
    stage.knobs.refund_path = RefundPath.AT_ONCE
    refund_no = f"{order.order_no}R1"
    await stage.world.write(lambda tx: stage.world.shop.retry_refund(tx, refund_no, "小王", stage.world.now))
    await stage.let_pass(minutes=30)
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert stage.rail.books.given_back_fen(f"{order.order_no}Z1") == order.total_fen
    assert await stage.world.violations() == ()


async def test_more_than_was_paid_is_refused(stage: Stage) -> None:
    order = await stage.paid()
    paid = stage.rail.books.payments[f"{order.order_no}Z1"]
    answer = await stage.gateway.refund(refund_of(stage, order.order_no, paid.transaction_no, 9981))
    assert (answer.status, answer.reason) == (RefundStatus.REFUSED, "unionpay_36")


async def test_a_refund_that_never_arrived_is_absent_once_it_cannot_be_on_its_way(stage: Stage) -> None:
    ask = refund_of(stage, "20260105123456", "86202601050000000001")
    assert (await stage.gateway.query_refund(ask)).status is RefundStatus.UNKNOWN
    stage.world.clock.advance(timedelta(minutes=3))
    assert (await stage.gateway.query_refund(ask)).status is RefundStatus.ABSENT


async def test_the_bill_of_a_day_is_whole_on_the_second_morning(stage: Stage) -> None:
    order = await stage.paid()
    paid = stage.rail.books.payments[f"{order.order_no}Z1"]
    await stage.gateway.refund(refund_of(stage, order.order_no, paid.transaction_no, 4000))
    # The last hour of a day is in the next day's file.
    stage.world.clock.advance_to(datetime(2026, 1, 5, 23, 30, tzinfo=CHINA))
    late = await stage.paid(topup("topup-50"))
    for hours in (0, 24):
        assert (await stage.gateway.bill(TODAY)).rows is None
        assert (await stage.gateway.bill(TODAY)).reason == "not_made"
        stage.world.clock.advance(timedelta(hours=24 if not hours else 1))
    bill = await stage.gateway.bill(TODAY)
    assert bill.rows is not None
    assert [(row.kind, row.our_no, row.amount_fen, row.fee_fen) for row in bill.rows] == [
        (BillKind.PAYMENT, f"{order.order_no}-1", 9980, 0),
        (BillKind.REFUND, f"{order.order_no}R1", 4000, 0),
        (BillKind.PAYMENT, f"{late.order_no}-1", 4990, 0),
    ]
    assert bill.rows[0].ref == paid.transaction_no
    assert bill.rows[0].at == paid.paid_at
    assert (await stage.gateway.bill(TODAY - timedelta(days=3))).rows == ()


async def test_the_bill_misses_adds_and_differs_as_the_knobs_say(stage: Stage) -> None:
    missing, differs = await stage.paid(), await stage.paid(topup("topup-50"))
    extra = Movement(
        MovementKind.REFUND, "86X", "20260101000001R9", "20260101000001Z1", 500, stage.world.now, fee_fen=-3
    )
    stage.knobs.bill_missing = frozenset({f"{missing.order_no}Z1"})
    stage.knobs.bill_differs_fen = {f"{differs.order_no}Z1": 4989}
    stage.knobs.bill_extra = (extra,)
    stage.world.clock.advance(timedelta(days=2))
    bill = await stage.gateway.bill(TODAY)
    assert bill.rows is not None
    assert [(row.our_no, row.amount_fen, row.fee_fen) for row in bill.rows] == [
        (f"{differs.order_no}-1", 4989, 0),
        ("20260101000001R9", 500, -3),
    ]


# Answers that are not UnionPay's


@pytest.mark.parametrize("signer", ["nobody", "a stranger", "foreign", "of_another", "long_ago"])
async def test_an_answer_that_unionpay_did_not_sign_says_nothing(stage: Stage, signer: str) -> None:
    order = await stage.paid()
    ask = await stage.ask(order)
    stage.rail.signs_answers = signer != "nobody"
    stage.knobs.bad_answer_signature = signer == "a stranger"
    stage.rail.identity = {
        "nobody": authority().unionpay,
        "a stranger": authority().unionpay,
        "foreign": foreign_authority().unionpay,
        "of_another": authority().unionpay_named("00040000:SIGN"),
        "long_ago": authority().unionpay_long_ago,
    }[signer]
    assert (await stage.gateway.query(ask)).status is PaymentStatus.UNKNOWN
    refund = refund_of(stage, order.order_no, "86202601050000000001")
    assert (await stage.gateway.refund(refund)).status is RefundStatus.UNKNOWN
    assert (await stage.gateway.query_refund(refund)).status is RefundStatus.UNKNOWN
    assert (await stage.gateway.bill(TODAY)).rows is None
    assert UNIONPAY not in repr(stage.gateway)


@pytest.mark.parametrize("body", [b"", b"Invalid request.", b"\xff\xfe", b"respCode=00&respCode=00", b"=&="])
async def test_an_answer_that_cannot_be_read_says_nothing(stage: Stage, body: bytes) -> None:
    ask = await stage.ask(await stage.world.place())
    stage.gateway._client = httpx.AsyncClient(  # the one seam below the gateway
        transport=httpx.MockTransport(lambda request: httpx.Response(200, content=body))
    )
    assert (await stage.gateway.query(ask)).status is PaymentStatus.UNKNOWN


async def test_an_answer_about_another_payment_says_nothing_of_this_one(stage: Stage) -> None:
    order, other = await stage.paid(), await stage.at_the_till(topup("topup-100", "13900139000"))
    kept: list[httpx.Response] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        if kept:
            return httpx.Response(200, content=kept[0].content)
        asked = dict(parse_qsl(request.content.decode()))
        kept.append(await stage.payer.post(request.url, data=asked))
        return httpx.Response(200, content=kept[0].content)

    stage.gateway._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    assert (await stage.gateway.query(await stage.ask(order))).status is PaymentStatus.PAID
    assert (await stage.gateway.query(await stage.ask(other))).status is PaymentStatus.UNKNOWN


async def test_a_repeat_is_told_apart_from_a_second_payment(stage: Stage) -> None:
    await stage.paid()
    post = stage.rail.courier.posted[0]
    again = RawNotice(post.notice.body, post.notice.headers, stage.world.now)
    assert isinstance(await stage.receive(again), Repeated)
