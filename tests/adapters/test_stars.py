"""Telegram Stars: the invoice, the question before the payment, the payment, and the way back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response

from adapters.payments.star_history import StarHistory
from adapters.telegram_inbox import WEBHOOK_PATH, TelegramPolling, keep_webhook, telegram_routes
from adapters.telegram_stars import StarsWords
from orders.database import Database
from orders.money import Fen
from orders.order import CustomerState
from orders.paying import NoWay
from orders.ports import (
    BillKind,
    GoTo,
    NoticeRefused,
    PaymentStatus,
    RawNotice,
    RefundAsk,
    RefundStatus,
    Scene,
    Source,
)
from tests.adapters.fake_telegram import Refusal, ShownInvoice
from tests.adapters.loopback import served
from tests.adapters.stars_stage import CUSTOMER, LI, OTHER, WORDING, Stage, stars_stage
from tests.orders.world import PHONE, START, gift

PUBLIC = "https://shop.example"
SECRET = "a-secret-of-the-webhook"
WORDS = StarsWords.of(WORDING)


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with stars_stage(database) as stage:
        yield stage


def failing() -> Response:
    return Response("bad gateway", status_code=502)


# The invoice


async def test_the_invoice_says_what_and_how_much(stage: Stage) -> None:
    order = await stage.invoiced()
    assert stage.invoice == ShownInvoice(
        "话费100元",
        f"订单{order.order_no}，用 Telegram 星星付款，付款就算确认。",
        f"{order.order_no}-1",
        1109,
    )
    (sent,) = [arguments for method, arguments in stage.platform.calls if method == "sendInvoice"]
    # Without it, whoever a copy is forwarded to could pay there and then.
    assert sent["start_parameter"]


async def test_the_invoice_comes_by_itself_behind_the_quote(stage: Stage) -> None:
    stage.platform.known_chats.add(LI)
    stage.platform.faults["sendInvoice"].append(failing())
    order = await stage.world.place(customer=CUSTOMER)
    await stage.world.work()
    assert stage.platform.invoices[LI] == []
    # Telegram was away the first time.
    await stage.world.wait(seconds=10)
    assert [one.payload for one in stage.platform.invoices[LI]] == [f"{order.order_no}-1"]


async def test_a_deposit_is_invoiced_as_an_order_is(stage: Stage) -> None:
    stage.platform.known_chats.add(LI)
    deposit = await stage.world.write(
        lambda tx: stage.world.shop.open_deposit(tx, CUSTOMER, Fen(10_000), stage.world.now)
    )
    await stage.world.wait(seconds=2)
    assert stage.invoice.stars == 1112
    await stage.platform.press_pay(LI)
    await stage.hear()
    assert (await stage.world.order(deposit)).settled_fen == 10_000
    assert await stage.world.violations() == ()


async def test_an_invoice_that_telegram_refuses_calls_a_person(stage: Stage) -> None:
    await stage.world.place(customer=CUSTOMER)
    await stage.world.wait(seconds=10)
    assert "invoice_refused" in await stage.world.alarms()


async def test_an_order_that_is_given_up_at_once_is_not_invoiced(stage: Stage) -> None:
    stage.platform.known_chats.add(LI)
    order = await stage.world.place(customer=CUSTOMER)
    await stage.world.write(lambda tx: stage.world.shop.cancel(tx, order.order_no, CUSTOMER, stage.world.now))
    await stage.world.wait(seconds=10)
    assert stage.platform.invoices[LI] == []


async def test_who_does_not_order_in_telegram_is_not_invoiced(stage: Stage) -> None:
    await stage.world.place(customer="web:1")
    await stage.world.wait(seconds=10)
    assert "sendInvoice" not in [method for method, _ in stage.platform.calls]


async def test_the_invoice_is_not_sent_again_when_the_same_way_is_chosen_again(stage: Stage) -> None:
    order = await stage.invoiced()
    await stage.till.send(order.pay_token, "stars", Scene.INVOICE, payer=str(LI), payer_ip="", return_url="")
    assert len(stage.platform.invoices[LI]) == 1


async def test_a_link_opens_the_invoice_in_telegram(stage: Stage) -> None:
    ask = await stage.ask(await stage.world.place(customer=CUSTOMER))
    offer = (await stage.gateway.open(ask, Scene.WAP)).offer
    assert isinstance(offer, GoTo)
    assert stage.platform.links[offer.url].stars == 1109


async def test_a_long_name_is_cut_and_a_nameless_payment_has_its_number(stage: Stage) -> None:
    stage.platform.known_chats.add(LI)
    ask = replace(await stage.ask(await stage.world.place(customer=CUSTOMER)), payer=str(LI))
    assert (await stage.gateway.open(replace(ask, subject="很长的名字" * 9), Scene.INVOICE)).offer
    assert len(stage.invoice.title) == 32
    assert (await stage.gateway.open(ask, Scene.INVOICE)).offer
    assert stage.invoice.title == ask.out_trade_no


@pytest.mark.parametrize(
    ("change", "scene", "reason"),
    [
        ({"amount_fen": 25_001}, Scene.INVOICE, "too_many_stars"),
        ({"currency": "CNY"}, Scene.INVOICE, "not_offered"),
        ({}, Scene.QR, "not_offered"),
        ({"payer": ""}, Scene.INVOICE, "no_chat"),
        ({"payer": "@li"}, Scene.INVOICE, "no_chat"),
        ({"payer": "4099"}, Scene.INVOICE, "refused"),
    ],
)
async def test_what_cannot_be_invoiced_is_refused(
    stage: Stage, change: dict[str, object], scene: Scene, reason: str
) -> None:
    ask = replace(await stage.ask(await stage.world.place(customer=CUSTOMER)), payer=str(LI))
    answer = await stage.gateway.open(replace(ask, **change), scene)  # type: ignore[arg-type]
    assert (answer.offer, answer.reason, answer.unsure) == (None, reason, False)


async def test_an_invoice_that_may_have_been_sent_is_unsure(stage: Stage) -> None:
    stage.platform.known_chats.add(LI)
    stage.platform.faults["sendInvoice"].append(failing())
    ask = replace(await stage.ask(await stage.world.place(customer=CUSTOMER)), payer=str(LI))
    answer = await stage.gateway.open(ask, Scene.INVOICE)
    assert (answer.offer, answer.unsure) == (None, True)


# Before he pays


async def test_the_owner_is_let_through_and_delivered(stage: Stage) -> None:
    order = await stage.invoiced()
    checkout = await stage.platform.press_pay(LI)
    await stage.hear()
    assert stage.platform.checkouts[checkout].answer == (True, "")
    assert await stage.world.state(order) is CustomerState.DELIVERED
    assert await stage.world.violations() == ()
    assert stage.platform.unacknowledged() == []
    assert stage.clerk.heard == []


async def test_somebody_else_is_stopped_with_a_sentence(stage: Stage) -> None:
    order = await stage.invoiced()
    checkout = await stage.platform.press_pay(OTHER, stage.invoice)
    await stage.hear()
    assert stage.platform.checkouts[checkout].answer == (False, WORDS.objections[NoWay.UNKNOWN])
    assert await stage.world.state(order) is CustomerState.AWAITING_PAYMENT
    assert stage.platform.star_transactions == []


async def test_a_paid_an_expired_and_an_altered_order_are_stopped(stage: Stage) -> None:
    paid, old = await stage.invoiced(), stage.invoice
    await stage.platform.press_pay(LI)
    await stage.hear()
    again = await stage.platform.press_pay(LI, old)
    await stage.invoiced(gift())
    altered = await stage.platform.press_pay(LI, replace(stage.invoice, stars=1))
    await stage.hear()
    await stage.world.wait(hours=1)
    late = await stage.platform.press_pay(LI)
    await stage.hear()
    said = {name: stage.platform.checkouts[name].answer for name in (again, altered, late)}
    assert said == {
        again: (False, WORDS.objections[NoWay.PAID]),
        altered: (False, WORDS.objections[NoWay.REFUSED]),
        late: (False, WORDS.objections[NoWay.ENDED]),
    }
    assert len(stage.platform.star_transactions) == 1
    assert await stage.world.state(paid) is CustomerState.DELIVERED


async def test_a_payer_is_answered_before_those_who_talk(stage: Stage) -> None:
    await stage.invoiced()
    for number in range(5):
        await stage.platform.say(OTHER, f"消息{number}")
    await stage.platform.press_pay(LI)
    stage.platform.calls.clear()
    heard: list[int] = []
    answer = stage.gateway.answer_payer

    async def noted(query_id: str, objection: str | None) -> None:
        heard.append(len(stage.clerk.heard))
        await answer(query_id, objection)

    stage.gateway.answer_payer = noted  # type: ignore[method-assign]
    await stage.polling.once()
    assert heard == [0]
    assert len(stage.clerk.heard) == 5


async def test_a_long_batch_is_left_so_that_a_payer_is_seen(stage: Stage) -> None:
    await stage.invoiced()
    ticks = iter(range(0, 900, 3))
    polling = TelegramPolling(stage.api, stage.inbox, hold_seconds=0, seconds=lambda: float(next(ticks)))
    for number in range(3):
        await stage.platform.say(OTHER, f"消息{number}")
    await polling.once()
    assert len(stage.clerk.heard) == 1
    checkout = await stage.platform.press_pay(LI)
    await polling.once()
    assert stage.platform.checkouts[checkout].answer == (True, "")
    for _ in range(4):
        await polling.once()
    assert [message.text for message in stage.clerk.heard] == ["消息0", "消息1", "消息2"]
    assert len([method for method, _ in stage.platform.calls if method == "answerPreCheckoutQuery"]) == 1


async def test_an_answer_that_comes_too_late_is_no_harm(stage: Stage) -> None:
    order = await stage.invoiced()
    checkout = await stage.platform.press_pay(LI)
    stage.world.clock.advance(timedelta(seconds=11))
    await stage.hear()
    assert stage.platform.checkouts[checkout].answer is None
    assert await stage.world.state(order) is CustomerState.AWAITING_PAYMENT
    assert stage.platform.unacknowledged() == []


# After he paid


async def test_money_is_settled_before_the_update_is_acknowledged(stage: Stage) -> None:
    order = await stage.invoiced()
    await stage.platform.take_stars(LI, stage.invoice)
    await stage.polling.once()
    assert len(stage.platform.unacknowledged()) == 1
    assert (await stage.world.order(order)).settled_fen == order.total_fen


async def test_the_same_payment_told_twice_is_one(database: Database) -> None:
    async with stars_stage(database, says_twice=True) as stage:
        order = await stage.invoiced()
        charge = await stage.platform.take_stars(LI, stage.invoice)
        await stage.hear(6)
        assert await stage.world.state(order) is CustomerState.DELIVERED
        assert (await stage.world.events(order)).count("paid") == 1
        payment = await stage.world.database.read(lambda tx: stage.world.shop.payment_of(tx, order.order_no))
        assert payment is not None
        assert payment.psp_ref == charge
        assert len(charge) > 100
        assert len(stage.platform.star_transactions) == 1


async def test_an_old_invoice_that_is_paid_again_comes_back_by_itself(stage: Stage) -> None:
    order = await stage.invoiced()
    first = await stage.platform.take_stars(LI, stage.invoice)
    second = await stage.platform.take_stars(LI, stage.invoice)
    await stage.hear()
    assert await stage.world.state(order) is CustomerState.DELIVERED
    back = [one["id"] for one in stage.platform.star_transactions if "receiver" in one]
    assert back == [second]
    assert first != second
    assert await stage.world.violations() == ()


async def test_two_fast_taps_are_one_order_and_one_refund(stage: Stage) -> None:
    order = await stage.invoiced()
    await stage.platform.press_pay(LI)
    await stage.platform.press_pay(LI)
    await stage.hear()
    assert await stage.world.state(order) is CustomerState.DELIVERED
    assert len([one for one in stage.platform.star_transactions if "receiver" in one]) == 1
    assert (await stage.world.events(order)).count("paid_twice") == 1


async def test_stars_for_an_order_that_was_given_up_go_back(stage: Stage) -> None:
    order = await stage.invoiced()
    await stage.world.write(lambda tx: stage.world.shop.cancel(tx, order.order_no, CUSTOMER, stage.world.now))
    await stage.platform.take_stars(LI, stage.invoice)
    await stage.hear()
    assert [one for one in stage.platform.star_transactions if "receiver" in one]
    assert await stage.world.state(order) is CustomerState.REFUNDED


async def test_stars_that_nobody_asked_for_wait_for_a_person(stage: Stage) -> None:
    await stage.platform.take_stars(LI, ShownInvoice("?", "?", "gift-from-nowhere", 50))
    await stage.hear()
    assert "payment_held" in await stage.world.alarms()
    assert stage.platform.unacknowledged() == []


async def test_by_webhook_it_is_the_same(database: Database) -> None:
    async with stars_stage(database, says_twice=True) as stage:
        app = Starlette(routes=telegram_routes(stage.inbox, SECRET))
        async with served(app) as address:
            stage.platform.reaches[PUBLIC] = address
            await keep_webhook(stage.api, PUBLIC, SECRET)
            order = await stage.invoiced()
            await stage.platform.press_pay(LI)
            await stage.platform.settled()
            await stage.world.work()
            assert await stage.world.state(order) is CustomerState.DELIVERED
            assert set(stage.platform.webhook_answers) == {200}
            assert len(stage.platform.star_transactions) == 1
            async with httpx.AsyncClient() as stranger:
                forged = {"update_id": 1, "message": {"successful_payment": {"invoice_payload": "x"}}}
                answer = await stranger.post(address + WEBHOOK_PATH, json=forged)
            assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{}, {"x-stars-witness": "0" * 64}, {"x-stars-witness": "星"}])
async def test_nobody_else_can_tell_of_a_payment(stage: Stage, headers: dict[str, str]) -> None:
    order = await stage.invoiced()
    facts = {
        "payload": f"{order.order_no}-1", "charge_id": "stx", "stars": 1109, "currency": "XTR", "paid_at": 1,
    }  # fmt: skip
    with pytest.raises(NoticeRefused, match="forged"):
        stage.gateway.read_notice(RawNotice(json.dumps(facts).encode(), headers, START))


# Asking, giving back


async def test_a_query_finds_a_payment_that_was_never_told(stage: Stage) -> None:
    order = await stage.invoiced()
    ask = await stage.ask(order)
    assert (await stage.gateway.query(ask)).status is PaymentStatus.NOT_PAID
    stage.platform.push = _lost  # type: ignore[method-assign, assignment]
    charge = await stage.platform.take_stars(LI, stage.invoice)
    answer = await stage.gateway.query(ask)
    assert answer.status is PaymentStatus.PAID
    assert answer.notice is not None
    assert (answer.notice.psp_ref, answer.notice.source) == (charge, Source.QUERY)
    await stage.world.wait(minutes=1)
    assert await stage.world.state(order) is CustomerState.DELIVERED


async def _lost(body: dict[str, object]) -> int:
    return 0


async def test_a_close_lets_nobody_through_any_more(stage: Stage) -> None:
    order = await stage.invoiced()
    payment = await stage.world.database.read(lambda tx: stage.world.shop.payment_of(tx, order.order_no))
    assert payment is not None
    assert (await stage.till.close(payment)).status is PaymentStatus.CLOSED
    checkout = await stage.platform.press_pay(LI)
    await stage.hear()
    assert stage.platform.checkouts[checkout].answer == (False, WORDS.objections[NoWay.ENDED])


async def test_a_close_tells_of_who_was_faster(stage: Stage) -> None:
    order = await stage.invoiced()
    await stage.platform.take_stars(LI, stage.invoice)
    assert (await stage.gateway.close(await stage.ask(order))).status is PaymentStatus.PAID


async def test_a_list_that_does_not_come_says_nothing(stage: Stage) -> None:
    ask = await stage.ask(await stage.invoiced())
    for call in (stage.gateway.query, stage.gateway.close):
        stage.platform.faults["getStarTransactions"].append(failing())
        assert (await call(ask)).status is PaymentStatus.UNKNOWN


async def test_what_failed_goes_back_whole(stage: Stage) -> None:
    from adapters.suppliers.sandbox import Manner

    stage.world.supplier.told[PHONE] = Manner.FAIL
    order = await stage.invoiced()
    await stage.platform.press_pay(LI)
    await stage.hear()
    assert await stage.world.state(order) is CustomerState.REFUNDED
    assert ["source" in one for one in stage.platform.star_transactions] == [True, False]
    # The platform tells of the refund, too; that is answered with nothing.
    assert stage.clerk.heard == []
    assert await stage.world.violations() == ()


def refund_of(stage: Stage, charge: str, stars: int = 1109) -> RefundAsk:
    return RefundAsk(
        "20260105123456R1", "20260105123456-1", charge, stars, 1109, "XTR", "staff", stage.world.now, str(LI)  # type: ignore[arg-type]
    )  # fmt: skip


async def test_a_refund_is_the_same_refund_however_often(stage: Stage) -> None:
    await stage.invoiced()
    ask = refund_of(stage, await stage.platform.take_stars(LI, stage.invoice))
    assert (await stage.gateway.query_refund(ask)).status is RefundStatus.UNKNOWN
    for _ in range(2):
        answer = await stage.gateway.refund(ask)
        assert (answer.status, answer.psp_ref) == (RefundStatus.SUCCEEDED, ask.psp_ref)
    assert (await stage.gateway.query_refund(ask)).status is RefundStatus.SUCCEEDED
    assert len(stage.platform.star_transactions) == 2


async def test_a_part_is_refused_without_a_call(stage: Stage) -> None:
    await stage.invoiced()
    charge = await stage.platform.take_stars(LI, stage.invoice)
    stage.platform.calls.clear()
    answer = await stage.gateway.refund(refund_of(stage, charge, 1108))
    assert (answer.status, answer.reason) == (RefundStatus.REFUSED, "stars_go_back_whole")
    assert stage.platform.calls == []


async def test_a_charge_that_is_not_his_is_refused(stage: Stage) -> None:
    await stage.invoiced()
    charge = await stage.platform.take_stars(LI, stage.invoice)
    for wrong in (replace(refund_of(stage, charge), payer=str(OTHER)), refund_of(stage, "stx-unknown")):
        answer = await stage.gateway.refund(wrong)
        assert (answer.status, "CHARGE_NOT_FOUND" in answer.reason.upper()) == (RefundStatus.REFUSED, True)
    nobody = await stage.gateway.refund(replace(refund_of(stage, charge), payer="o-openid"))
    assert nobody.reason == "no_telegram_user"


@pytest.mark.parametrize(
    "fault", [failing(), Refusal(429, "Too Many Requests: retry after 3", retry_after=3)]
)
async def test_a_refund_without_an_answer_is_asked_about(stage: Stage, fault: Response | Refusal) -> None:
    await stage.invoiced()
    ask = refund_of(stage, await stage.platform.take_stars(LI, stage.invoice))
    stage.platform.faults["refundStarPayment"].append(fault)
    assert (await stage.gateway.refund(ask)).status is RefundStatus.UNKNOWN
    stage.world.clock.advance(timedelta(minutes=3))
    assert (await stage.gateway.query_refund(ask)).status is RefundStatus.ABSENT
    assert (await stage.gateway.refund(ask)).status is RefundStatus.SUCCEEDED


# The list of all stars


def movements(stage: Stage, count: int, seconds: int = 60) -> None:
    """One came every so many seconds, the last one now."""
    for number in range(count):
        at = int(stage.world.now.timestamp()) - (count - 1 - number) * seconds
        stage.platform.star_transactions.append({"id": f"stx-{number}", "amount": 1, "date": at})


async def test_what_is_recent_is_found_behind_a_long_past_in_few_calls(stage: Stage) -> None:
    movements(stage, 20_000)
    history, now = StarHistory(stage.api), stage.world.now
    for wanted, calls_max in ((10, 22), (10, 4)):
        stage.platform.calls.clear()
        found = await history.between(now - timedelta(minutes=9), now + timedelta(minutes=1))
        assert [one.charge_id for one in found] == [
            f"stx-{number}" for number in range(20_000 - wanted, 20_000)
        ]
        assert len(stage.platform.calls) <= calls_max


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
@pytest.mark.parametrize("seconds", [0, 60])
async def test_everything_in_a_span_is_found_once(stage: Stage, count: int, seconds: int) -> None:
    movements(stage, count, seconds)
    history, now = StarHistory(stage.api), stage.world.now
    for begins, ends in ((now - timedelta(days=9), now + timedelta(1)), (now - timedelta(hours=2), now)):
        expected = [
            one["id"]
            for one in stage.platform.star_transactions
            if begins.timestamp() <= one["date"] < ends.timestamp()
        ]
        assert [one.charge_id for one in await history.between(begins, ends)] == expected


async def test_the_bill_of_a_day_is_what_payers_gave_and_got_back(stage: Stage) -> None:
    order = await stage.invoiced()
    first = await stage.platform.take_stars(LI, stage.invoice)
    second = await stage.platform.take_stars(LI, stage.invoice)
    await stage.hear()
    stage.platform.star_transactions.append(
        {"id": "w", "amount": 9, "date": int(stage.world.now.timestamp()), "receiver": {"type": "fragment"}}
    )
    today = date(2026, 1, 5)
    assert (await stage.gateway.bill(today)).reason == "not_made"
    stage.world.clock.advance(timedelta(days=1))
    bill = await stage.gateway.bill(today)
    assert bill.rows is not None
    assert [(row.kind, row.ref, row.our_no, row.amount_fen) for row in bill.rows] == [
        (BillKind.PAYMENT, first, f"{order.order_no}-1", 1109),
        (BillKind.PAYMENT, second, f"{order.order_no}-1", 1109),
        (BillKind.REFUND, second, "", 1109),
    ]
    assert (await stage.gateway.bill(date(2026, 1, 4))).rows == ()
    stage.platform.faults["getStarTransactions"].append(failing())
    assert (await stage.gateway.bill(today)).reason == "no_answer"


# What Telegram demands


@pytest.mark.parametrize(
    ("command", "told"),
    [("/paysupport", "付款问题"), ("/terms", "条款"), ("/terms@shop_test_bot now", "条款")],
)
async def test_support_and_terms_are_told(database: Database, command: str, told: str) -> None:
    async with stars_stage(database, says_twice=True) as stage:
        await stage.platform.say(LI, command)
        await stage.hear()
        assert [message.text for message in stage.platform.seen_by(LI)] == [told]
        assert stage.clerk.heard == []


async def test_other_commands_are_for_the_conversation(stage: Stage) -> None:
    for text in ("/termsofuse", "terms", "/"):
        await stage.platform.say(LI, text)
    await stage.hear()
    assert len(stage.clerk.heard) == 3


def test_every_objection_has_a_sentence_that_fits_a_popup() -> None:
    assert all(0 < len(text) <= 200 for text in WORDS.objections.values())
    assert WORDS.describe("20260105123456-1").startswith("订单20260105123456，")
