"""A whole shop and WeChat Pay: whatever goes wrong between them, the money comes once and the books are sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest

from adapters.payments.wechat_pay import WeChatPayGateway
from orders.bookkeeper import Bookkeeper
from orders.clock import Clock
from orders.database import Database
from orders.ledger import GATEWAY_FEES, receivable
from orders.order import CustomerState, Order, PaymentState
from orders.paying import NoWay
from orders.payment import Effect, Held, HeldReason, Noted, Refused, Repeated, Settled
from orders.ports import BillKind, CallWallet, GoTo, RawNotice, Scene, ShowCode
from orders.reconciling import Party, Side, What
from orders.store import money
from tests.emulator.books import Movement, MovementKind, RefundState
from tests.emulator.knobs import RefundPath
from tests.emulator.rail import Rail, Surroundings
from tests.emulator.shop_stage import BACK, ShopStage
from tests.emulator.wechat_pay import WeChatPayRail
from tests.emulator.wechat_pay_door import Door, Refuses, SignsBy
from tests.emulator.wechat_pay_stage import account
from tests.orders.world import START, gift, mouse


def make_gateway(rail: Rail, client: httpx.AsyncClient, clock: Clock, notify_url: str) -> WeChatPayGateway:
    mode = door(rail).signs_by
    return WeChatPayGateway(account(mode), client, clock, notify_url, notify_url)


def door(rail: Rail) -> Door:
    assert isinstance(rail, WeChatPayRail)
    return rail.door


class CertifiedRail(WeChatPayRail):
    """An account that was not switched to the public key yet."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self.door.signs_by = SignsBy.CERTIFICATE


BY_EITHER_KEY = pytest.mark.parametrize("stage", [WeChatPayRail, CertifiedRail], indirect=True)


@pytest.fixture
async def stage(request: pytest.FixtureRequest, database: Database) -> ShopStage:
    stage = ShopStage(database, getattr(request, "param", WeChatPayRail), make_gateway)
    await stage.world.open_shop()
    return stage


async def shown(stage: ShopStage, order: Order) -> str:
    """The payer chose WeChat and sees the code; gives where it leads to."""
    offer = await stage.begin(order)
    assert isinstance(offer, ShowCode), offer
    return offer.content


async def paid(stage: ShopStage, order: Order, **form: str) -> None:
    """The payer scanned the code and paid."""
    await stage.payer.post(await shown(stage, order), data={"do": "pay"} | form)


async def is_sound(stage: ShopStage) -> bool:
    """No invariant is broken, and what WeChat Pay holds for us and what it kept is exactly what our books say."""
    assert await stage.world.violations() == ()
    balances = await stage.world.database.read(stage.world.shop.balances)
    books = stage.rail.books
    held = sum(one.paid_fen - books.given_back_fen(number) for number, one in books.payments.items())
    assert balances.get(receivable("wechat_pay"), 0) + balances.get(GATEWAY_FEES, 0) == held
    return True


async def is_delivered_and_sound(stage: ShopStage, order: Order, **after: float) -> bool:
    """`after` which time; an hour, where it does not matter."""
    await stage.let_pass(**(after or {"hours": 1}))
    events = await stage.world.events(order)
    assert events.count("paid") + events.count("paid_late") == 1
    assert await is_sound(stage)
    return await stage.world.state(order) is CustomerState.DELIVERED


def posts(stage: ShopStage) -> list[RawNotice]:
    """What the courier brought, as it stood at the door."""
    return [
        RawNotice(
            one.notice.body, {name.lower(): value for name, value in one.notice.headers.items()}, one.at
        )
        for one in stage.rail.courier.posted
    ]


# --- paying -------------------------------------------------------------------------------------


@BY_EITHER_KEY
async def test_a_scanned_code_that_is_paid_becomes_delivered_goods(stage: ShopStage) -> None:
    order = await stage.world.place()
    await paid(stage, order)
    assert stage.heard == [Settled(order.order_no, Effect.PAID, order.total_fen, first=True)]
    payment = await stage.payment(order)
    assert payment.psp_ref == stage.rail.books.payments[payment.out_trade_no].transaction_no
    assert await is_delivered_and_sound(stage, order, days=2)
    # Acknowledged, so that WeChat Pay does not repeat itself.
    assert len(stage.heard) == 1


async def test_a_phones_browser_pays_and_comes_back(stage: ShopStage) -> None:
    order = await stage.world.place()
    offer = await stage.begin(order, Scene.WAP)
    assert isinstance(offer, GoTo)
    there = await stage.payer.get(offer.url)
    answer = await stage.payer.post(there.headers["location"], data={"do": "pay"})
    assert answer.headers["location"] == BACK
    assert await is_delivered_and_sound(stage, order)


async def test_a_link_that_went_stale_is_made_anew_for_the_same_payment(stage: ShopStage) -> None:
    order = await stage.world.place()
    stale = await stage.begin(order, Scene.WAP)
    assert isinstance(stale, GoTo)
    await stage.let_pass(minutes=6)
    assert (await stage.payer.get(stale.url)).status_code == 410
    fresh = await stage.begin(order, Scene.WAP)
    assert isinstance(fresh, GoTo)
    there = await stage.payer.get(fresh.url)
    await stage.payer.post(there.headers["location"], data={"do": "pay"})
    assert len(stage.rail.books.payments) == 1
    assert await is_delivered_and_sound(stage, order)


async def test_a_link_is_given_again_where_nobody_gives_a_fresh_one(stage: ShopStage) -> None:
    order = await stage.world.place()
    link = await stage.begin(order, Scene.WAP)
    stage.knobs.fail_after_commit = 100
    assert await stage.begin(order, Scene.WAP) == link


@BY_EITHER_KEY
async def test_a_customer_inside_wechat_pays_there(stage: ShopStage) -> None:
    order = await stage.world.place()
    offer = await stage.till.send(
        order.pay_token, "wechat_pay", Scene.JSAPI, payer="oCustomer1", payer_ip="", return_url=BACK
    )
    assert isinstance(offer, CallWallet)
    assert isinstance(stage.rail, WeChatPayRail)
    assert stage.rail.wallet_opens(dict(offer.parameters))
    await stage.rail.pay((await stage.payment(order)).out_trade_no)
    assert await is_delivered_and_sound(stage, order)


# --- notices ------------------------------------------------------------------------------------


async def test_a_late_notice_is_overtaken_by_our_own_question(stage: ShopStage) -> None:
    stage.knobs.notice_delay = timedelta(hours=20)
    order = await stage.world.place()
    await paid(stage, order)
    await stage.let_pass(seconds=6)
    assert await stage.world.state(order) is CustomerState.DELIVERED
    assert await is_delivered_and_sound(stage, order, days=2)
    assert stage.heard == [Settled(order.order_no, Effect.PAID, order.total_fen, first=False)]


async def test_lost_notices_cost_nothing(stage: ShopStage) -> None:
    stage.knobs.notices_lost = 100
    order = await stage.world.place()
    await paid(stage, order)
    assert await is_delivered_and_sound(stage, order, days=2)
    assert stage.heard == []
    assert len(stage.rail.courier.posted) == 16


@BY_EITHER_KEY
async def test_the_last_repeat_after_a_day_is_still_believed(stage: ShopStage) -> None:
    """The same event in the same body, under a new time stamp, nonce and signature."""
    order = await stage.world.place()
    stage.knobs.notices_lost = 15
    await paid(stage, order)
    await stage.let_pass(days=2)
    first, *_, last = stage.rail.courier.posted
    assert last.at - START == timedelta(hours=24, minutes=4)
    assert last.notice.body == first.notice.body
    assert last.notice.headers != first.notice.headers
    assert stage.heard == [Settled(order.order_no, Effect.PAID, order.total_fen, first=False)]
    assert await is_delivered_and_sound(stage, order)


@BY_EITHER_KEY
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


async def test_a_notice_may_come_before_the_code(stage: ShopStage) -> None:
    stage.knobs.notice_before_answer = True
    order = await stage.world.place()
    assert isinstance(await stage.begin(order), ShowCode)
    assert [type(outcome) for outcome in stage.heard] == [Settled]
    assert await is_delivered_and_sound(stage, order)


async def test_a_refund_that_is_told_before_its_payment_confuses_nobody(stage: ShopStage) -> None:
    stage.knobs.refund_notice_first = True
    order = await stage.world.place(gift())
    await paid(stage, order)
    await stage.let_pass(seconds=10)
    assert stage.heard == []
    await ask_back(stage, order)
    await stage.let_pass(minutes=1)
    assert [type(outcome) for outcome in stage.heard] == [Noted, Settled]
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert await is_sound(stage)


async def test_a_notice_that_tells_another_amount_is_held_and_the_truth_is_asked_for(
    stage: ShopStage,
) -> None:
    stage.knobs.amount_told_fen = 1
    order = await stage.world.place()
    await paid(stage, order)
    assert stage.heard == [Held(HeldReason.WRONG_AMOUNT, order.order_no, first=True)]
    assert await stage.world.alarms() == ["payment_held"]
    assert await is_delivered_and_sound(stage, order, days=2)


async def test_a_payer_who_pays_another_amount_gets_nothing_and_a_person_is_called(stage: ShopStage) -> None:
    order = await stage.world.place()
    await paid(stage, order, do="other", yuan="0.01")
    await stage.let_pass(days=2)
    assert await stage.world.state(order) is CustomerState.EXPIRED
    assert "payment_held" in await stage.world.alarms()
    assert await stage.world.violations() == ()


async def test_money_for_another_merchant_is_not_ours(stage: ShopStage) -> None:
    stage.knobs.merchant_told = "1600000000"
    order = await stage.world.place()
    await paid(stage, order)
    assert stage.heard == [Held(HeldReason.WRONG_MERCHANT, order.order_no, first=True)]
    assert await is_delivered_and_sound(stage, order)


@BY_EITHER_KEY
@pytest.mark.parametrize(("age_seconds", "forged", "reason"), [(0, True, "forged"), (86_400, False, "stale")])
async def test_what_nobody_signed_lately_is_refused_and_the_money_found_by_asking(
    stage: ShopStage, age_seconds: int, forged: bool, reason: str
) -> None:
    stage.knobs.bad_signature, stage.knobs.notice_age = forged, timedelta(seconds=age_seconds)
    order = await stage.world.place()
    await paid(stage, order)
    asked = len(stage.calls)
    assert stage.heard == [Refused(reason)]
    assert len(stage.calls) == asked
    assert await is_delivered_and_sound(stage, order)
    assert "notice_refused" in await stage.world.alarms()


@BY_EITHER_KEY
async def test_another_orders_notice_of_the_same_amount_pays_nothing(stage: ShopStage) -> None:
    """Its body under fresh headers, its headers over another body, and both as they were, to both orders."""
    mine, yours = await stage.world.place(), await stage.world.place(customer="c2")
    await shown(stage, mine)
    await paid(stage, yours)
    asked = len(stage.calls)
    [genuine] = posts(stage)
    mine_no, yours_no = [(await stage.payment(one)).out_trade_no.encode() for one in (mine, yours)]
    stage.heard.clear()
    fresh = dict(genuine.headers) | {
        "wechatpay-nonce": "fresh",
        "wechatpay-timestamp": str(int(START.timestamp())),
    }
    await stage.receive(RawNotice(genuine.body, fresh, START))
    await stage.receive(RawNotice(genuine.body.replace(yours_no, mine_no) + b" ", genuine.headers, START))
    await stage.receive(genuine)
    assert stage.heard == [Refused("forged"), Refused("forged"), Repeated()]
    assert len(stage.calls) == asked
    assert await stage.world.state(mine) is CustomerState.AWAITING_PAYMENT
    assert await is_sound(stage)


# --- late, double, unclear ----------------------------------------------------------------------


async def test_money_for_an_expired_order_is_late_and_delivers_it(stage: ShopStage) -> None:
    order = await stage.world.place()
    await shown(stage, order)
    await stage.let_pass(hours=1)
    assert await stage.world.state(order) is CustomerState.EXPIRED
    assert (await stage.payment(order)).state is PaymentState.CLOSED
    stage.knobs.pay_after_close = True
    await stage.rail.pay((await stage.payment(order)).out_trade_no)
    assert stage.heard == [Settled(order.order_no, Effect.LATE, order.total_fen, first=True)]
    assert await is_delivered_and_sound(stage, order)


async def test_money_for_a_cancelled_order_goes_back(stage: ShopStage) -> None:
    order = await stage.world.place()
    address = await shown(stage, order)
    await stage.world.write(
        lambda tx: stage.world.shop.cancel(tx, order.order_no, order.customer_id, stage.world.now)
    )
    await stage.let_pass(seconds=30)
    assert (await stage.payment(order)).state is PaymentState.CLOSED
    await stage.payer.post(address, data={"do": "closed"})
    await stage.let_pass(minutes=1)
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert await is_sound(stage)


async def test_a_payer_who_pays_in_two_ways_gets_the_second_back(stage: ShopStage) -> None:
    order = await stage.world.place()
    await shown(stage, order)
    first = (await stage.payment(order)).out_trade_no
    stage.knobs.slow_seconds = 20
    await stage.begin(order, Scene.WAP)
    stage.knobs.slow_seconds = 0
    second = (await stage.payment(order)).out_trade_no
    assert first != second
    await stage.rail.pay(second)
    await stage.rail.pay(first, although_closed=True)
    assert await is_delivered_and_sound(stage, order)
    books = stage.rail.books
    assert sorted(books.given_back_fen(number) for number in (first, second)) == [0, 9980]


async def test_an_opening_that_was_done_and_answered_with_an_error_is_made_good_by_the_same_number(
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


@BY_EITHER_KEY
async def test_answers_that_a_stranger_signed_settle_nothing_and_lose_nothing(stage: ShopStage) -> None:
    order = await stage.world.place()
    address = await shown(stage, order)
    stage.knobs.bad_answer_signature, stage.knobs.notices_lost = True, 4
    await stage.payer.post(address, data={"do": "pay"})
    await stage.let_pass(seconds=30)
    assert await stage.world.state(order) is CustomerState.AWAITING_PAYMENT
    stage.knobs.bad_answer_signature = False
    assert await is_delivered_and_sound(stage, order)


@pytest.mark.parametrize("minutes", [4, -4])
async def test_clocks_that_are_minutes_apart_do_no_harm(stage: ShopStage, minutes: int) -> None:
    stage.knobs.clock_skew = timedelta(minutes=minutes)
    order = await stage.world.place()
    await paid(stage, order)
    assert [type(outcome) for outcome in stage.heard] == [Settled]
    assert await is_delivered_and_sound(stage, order)


@pytest.mark.parametrize("minutes", [10, -10])
async def test_clocks_too_far_apart_believe_nothing_until_they_are_set(
    stage: ShopStage, minutes: int
) -> None:
    """The money comes while nobody believes anybody. The order expires; the repeats make it good."""
    order = await stage.world.place()
    address = await shown(stage, order)
    stage.knobs.clock_skew = timedelta(minutes=minutes)
    await stage.payer.post(address, data={"do": "pay"})
    await stage.let_pass(hours=1)
    assert await stage.world.state(order) is CustomerState.EXPIRED
    assert set(stage.heard) == {Refused("stale")}
    stage.knobs.clock_skew = timedelta()
    assert await is_delivered_and_sound(stage, order, days=2)
    assert stage.heard[-1] == Settled(order.order_no, Effect.LATE, order.total_fen, first=True)


# --- refunds ------------------------------------------------------------------------------------


async def ask_back(stage: ShopStage, order: Order) -> None:
    await stage.world.write(
        lambda tx: stage.world.shop.request_refund(tx, order.order_no, order.customer_id, stage.world.now)
    )


async def refund_begun(stage: ShopStage) -> Order:
    order = await stage.world.place(gift())
    await paid(stage, order)
    await stage.work()
    await ask_back(stage, order)
    return order


async def is_refunded_once(stage: ShopStage, order: Order) -> bool:
    assert await is_sound(stage)
    assert len(stage.rail.books.refunds) == 1
    assert stage.rail.books.given_back_fen((await stage.payment(order)).out_trade_no) == 950
    return await stage.world.state(order) is CustomerState.REFUNDED


@BY_EITHER_KEY
async def test_a_refund_goes_back_at_once_and_is_told_again(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    await stage.let_pass(seconds=1)
    assert [type(outcome) for outcome in stage.heard] == [Settled, Noted]
    assert await is_refunded_once(stage, order)


async def test_the_notice_of_a_refund_ends_it_without_a_question(stage: ShopStage) -> None:
    stage.knobs.refund_path, stage.knobs.refund_takes = (
        RefundPath.PROCESSING_THEN_SUCCESS,
        timedelta(seconds=5),
    )
    order = await refund_begun(stage)
    await stage.let_pass(seconds=2)
    assert await stage.world.state(order) is CustomerState.REFUNDING
    asked = len(stage.calls)
    await stage.let_pass(seconds=4)
    assert len(stage.calls) == asked
    assert await is_refunded_once(stage, order)


@pytest.mark.parametrize("copies_at_once", [False, True])
async def test_the_end_of_a_refund_may_be_told_several_times(stage: ShopStage, copies_at_once: bool) -> None:
    order = await stage.world.place(gift())
    await paid(stage, order)
    await stage.work()
    stage.knobs.notice_copies, stage.knobs.copies_at_once = 3, copies_at_once
    await ask_back(stage, order)
    await stage.let_pass(days=1)
    assert await is_refunded_once(stage, order)


async def test_a_refund_that_was_done_and_answered_with_an_error_is_done_once(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    stage.knobs.fail_after_commit, stage.knobs.notices_lost = 1, 100
    await stage.let_pass(seconds=1)
    assert await stage.world.state(order) is CustomerState.REFUNDING
    await stage.let_pass(minutes=5)
    assert await is_refunded_once(stage, order)


async def test_a_refund_whose_answer_takes_too_long_is_done_once(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    stage.knobs.slow_seconds, stage.knobs.notices_lost = 20, 100
    await stage.work()
    stage.knobs.slow_seconds = 0
    await stage.let_pass(minutes=5)
    assert await is_refunded_once(stage, order)


async def test_a_refund_that_never_arrived_is_sent_again_under_its_number(stage: ShopStage) -> None:
    order = await refund_begun(stage)
    stage.knobs.bad_answer_signature, stage.knobs.notices_lost = True, 1
    await stage.work()
    # What was heard was not believed; and over there it is as if nothing had come.
    stage.rail.books.refunds.clear()
    stage.knobs.bad_answer_signature = False
    await stage.let_pass(minutes=5)
    assert await is_refunded_once(stage, order)


async def test_the_end_of_a_refund_is_asked_for_where_nobody_tells_it(stage: ShopStage) -> None:
    stage.knobs.refund_path = RefundPath.PROCESSING_THEN_SUCCESS
    order = await refund_begun(stage)
    stage.knobs.notices_lost = 100
    await stage.let_pass(minutes=1)
    assert await stage.world.state(order) is CustomerState.REFUNDING
    await stage.let_pass(hours=1)
    assert await is_refunded_once(stage, order)


@BY_EITHER_KEY
@pytest.mark.parametrize("notices_lost", [0, 100])
async def test_a_refund_that_the_bank_does_not_take_calls_a_person_and_says_why(
    stage: ShopStage, notices_lost: int
) -> None:
    stage.knobs.refund_path = RefundPath.PROCESSING_THEN_ABNORMAL
    order = await refund_begun(stage)
    await stage.work()
    stage.knobs.notices_lost = notices_lost
    await stage.let_pass(hours=1)
    assert await stage.world.state(order) is CustomerState.IN_REVIEW
    alarms = await stage.world.database.read(stage.world.shop.alarms)
    [alarm] = [one for one in alarms if one.kind == "refund_refused"]
    assert alarm.detail.startswith("ABNORMAL: the payer's bank")
    assert await is_sound(stage)


async def test_a_refund_that_a_person_finishes_over_there_is_finished_here(stage: ShopStage) -> None:
    """ABNORMAL is not the end: on the merchant platform it can be sent to another account of the payer's."""
    stage.knobs.refund_path = RefundPath.PROCESSING_THEN_ABNORMAL
    order = await refund_begun(stage)
    await stage.let_pass(hours=1)
    assert await stage.world.state(order) is CustomerState.IN_REVIEW
    books, refund_no = stage.rail.books, f"{order.order_no}R1"
    books.refunds[refund_no] = replace(books.refunds[refund_no], state=RefundState.SUCCEEDED)
    for _ in range(2):
        await stage.rail.courier.tell_refund(books.refunds[refund_no])
    await stage.let_pass(minutes=1)
    assert await is_refunded_once(stage, order)


async def test_an_empty_balance_calls_a_person_who_fills_it_and_tries_again(stage: ShopStage) -> None:
    assert isinstance(stage.rail, WeChatPayRail)
    order = await refund_begun(stage)
    stage.rail.refusal = Refuses(403, "NOT_ENOUGH")
    await stage.let_pass(minutes=1)
    assert await stage.world.state(order) is CustomerState.IN_REVIEW
    stage.rail.refusal = None
    refund_no = f"{order.order_no}R1"
    await stage.world.write(
        lambda tx: stage.world.shop.retry_refund(tx, refund_no, "agent-1", stage.world.now)
    )
    await stage.let_pass(minutes=1)
    assert await is_refunded_once(stage, order)


async def test_a_refund_notice_of_another_amount_ends_nothing_and_rings(stage: ShopStage) -> None:
    stage.knobs.refund_path = RefundPath.PROCESSING_THEN_SUCCESS
    order = await refund_begun(stage)
    stage.knobs.amount_told_fen = 1
    await stage.let_pass(hours=1)
    assert "refund_differs" in await stage.world.alarms()
    assert await is_refunded_once(stage, order)


async def test_another_merchants_refund_ends_nothing_of_ours(stage: ShopStage) -> None:
    stage.knobs.refund_path = RefundPath.PROCESSING_THEN_SUCCESS
    order = await refund_begun(stage)
    stage.knobs.merchant_told = "1600000000"
    stage.knobs.refund_takes = timedelta(seconds=5)
    await stage.let_pass(seconds=6)
    assert Refused("wrong_merchant") in stage.heard
    assert await stage.world.state(order) is CustomerState.REFUNDING
    await stage.let_pass(hours=1)
    assert await is_refunded_once(stage, order)


async def test_a_part_of_an_order_goes_back(stage: ShopStage) -> None:
    order = await stage.world.place(gift(), mouse())
    await paid(stage, order)
    await stage.work()
    await stage.world.write(
        lambda tx: stage.world.shop.card_keys(tx, order.order_no, order.customer_id, stage.world.now)
    )
    await ask_back(stage, order)
    await stage.let_pass(minutes=1)
    number = (await stage.payment(order)).out_trade_no
    assert stage.rail.books.given_back_fen(number) == 7000
    found = await stage.world.database.read(lambda tx: money.by_trade_no(tx, number))
    assert found is not None
    assert (found.state, found.refunded_fen) == (PaymentState.PART_REFUNDED, 7000)
    assert await is_sound(stage)


# --- bills --------------------------------------------------------------------------------------


@BY_EITHER_KEY
async def test_the_bill_of_a_day_names_what_moved_and_what_the_knobs_made_of_it(stage: ShopStage) -> None:
    today = date(2026, 1, 5)
    order = await refund_begun(stage)
    other = await stage.world.place()
    await paid(stage, other)
    await stage.work()
    assert (await stage.gateway.bill(today)).reason == "statement_creating"
    await stage.let_pass(days=1)
    first, second = await stage.payment(order), await stage.payment(other)
    refund_no = f"{order.order_no}R1"
    refund_ref = stage.rail.books.refunds[refund_no].transaction_no
    rows = (await stage.gateway.bill(today)).rows or ()
    assert sorted((row.kind, row.ref, row.our_no, row.amount_fen, row.fee_fen) for row in rows) == sorted(
        [
            (BillKind.PAYMENT, first.psp_ref or "", first.out_trade_no, 950, 6),
            (BillKind.PAYMENT, second.psp_ref or "", second.out_trade_no, 9980, 60),
            (BillKind.REFUND, refund_ref, refund_no, 950, -6),
        ]
    )
    stage.knobs.bill_missing = frozenset({first.out_trade_no})
    stage.knobs.bill_differs_fen = {second.out_trade_no: 9981}
    stage.knobs.bill_extra = (Movement(MovementKind.PAYMENT, "4200X", "P9", "P9", 700, START, fee_fen=4),)
    rows = (await stage.gateway.bill(today)).rows or ()
    assert {(row.our_no, row.amount_fen, row.fee_fen) for row in rows} == {
        (second.out_trade_no, 9981, 60), (refund_no, 950, -6), ("P9", 700, 4),
    }  # fmt: skip


async def differences(stage: ShopStage, day: date) -> list[tuple[What, str]]:
    """What differs between our books and the bill of a day, once both are there."""
    world, us = stage.world, Party(Side.GATEWAY, "wechat_pay")
    world.bookkeeper = Bookkeeper(world.database, world.shop, {"wechat_pay": stage.gateway}, {}, stage.clock)
    assert await world.bookkeeper.reconcile(us, day) is None
    found = await world.database.read(lambda tx: world.shop.reckoning.open(tx))
    return [(one.found.what, one.found.our_no) for one in found]


async def test_an_honest_day_differs_in_nothing(stage: ShopStage) -> None:
    await refund_begun(stage)
    await paid(stage, await stage.world.place())
    await stage.let_pass(days=1)
    assert await differences(stage, date(2026, 1, 5)) == []


async def test_a_refund_that_takes_days_differs_on_none_of_them(stage: ShopStage) -> None:
    stage.knobs.refund_path, stage.knobs.refund_takes = (
        RefundPath.PROCESSING_THEN_SUCCESS,
        timedelta(days=2),
    )
    order = await refund_begun(stage)
    await paid(stage, await stage.world.place())
    for day in range(4):
        await stage.let_pass(days=1)
        assert await differences(stage, date(2026, 1, 5) + timedelta(days=day)) == [], day
    assert await is_refunded_once(stage, order)


async def test_a_bill_that_differs_is_found_out(stage: ShopStage) -> None:
    orders = [await stage.world.place() for _ in range(2)]
    for order in orders:
        await paid(stage, order)
    missing, other = [(await stage.payment(order)).out_trade_no for order in orders]
    stage.knobs.bill_missing = frozenset({missing})
    stage.knobs.bill_differs_fen = {other: 9981}
    stage.knobs.bill_extra = (Movement(MovementKind.PAYMENT, "4200X", "P9", "P9", 700, START, fee_fen=4),)
    await stage.let_pass(days=2)
    await differences(stage, date(2026, 1, 6))
    found = await differences(stage, date(2026, 1, 5))
    assert sorted(found) == sorted([(What.SHORT, missing), (What.AMOUNT, other), (What.LONG, "P9")])
