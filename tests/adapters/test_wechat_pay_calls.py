"""What we ask of WeChat Pay and what we make of its answers, against an emulator that checks every call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from adapters.payments.wechat_pay import WeChatPayGateway
from orders.ports import (
    BillKind,
    CallWallet,
    GoTo,
    OpenAnswer,
    PaymentAnswer,
    PaymentStatus,
    RefundStatus,
    Scene,
    ShowCode,
    Source,
)
from tests.emulator.books import Movement, MovementKind
from tests.emulator.knobs import RefundPath
from tests.emulator.wechat_pay_door import Refuses, SignsBy
from tests.emulator.wechat_pay_keys import APP_ID, MERCHANT_ID
from tests.emulator.wechat_pay_stage import NOTIFY_URL, WeChatPayStage, account, gateway
from tests.orders.world import START

UNKNOWN = PaymentAnswer(PaymentStatus.UNKNOWN)
DAY = date(2026, 1, 5)


@pytest.fixture(params=[SignsBy.PUBLIC_KEY, SignsBy.CERTIFICATE])
def stage(request: pytest.FixtureRequest) -> WeChatPayStage:
    return WeChatPayStage(request.param)


# --- opening ------------------------------------------------------------------------------------


async def test_at_a_screen_the_payer_is_shown_a_code(stage: WeChatPayStage) -> None:
    assert await stage.open() == OpenAnswer(
        ShowCode("http://emulator.test/payer/wechat_pay/20260105000001-1")
    )
    payment = stage.rail.books.payments["20260105000001-1"]
    assert (payment.amount_fen, payment.subject, payment.notify_url) == (9980, "话费100元", NOTIFY_URL)
    assert payment.expires_at == START + timedelta(minutes=15)


async def test_inside_wechat_the_browser_is_handed_what_wechat_accepts(stage: WeChatPayStage) -> None:
    offer = (await stage.open(scene=Scene.JSAPI)).offer
    assert isinstance(offer, CallWallet)
    assert stage.rail.wallet_opens(dict(offer.parameters))
    assert not stage.rail.wallet_opens({**offer.parameters, "package": "prepay_id=wxanother"})
    assert stage.rail.books.payments["20260105000001-1"].extra == "oPayer123"


async def test_a_phones_browser_is_sent_to_wechat_and_comes_back(stage: WeChatPayStage) -> None:
    back = "https://shop.test/pay/t0ken/back?way=qr"
    offer = (await stage.open(stage.ask(return_url=back), Scene.WAP)).offer
    assert isinstance(offer, GoTo)
    assert parse_qs(urlsplit(offer.url).query)["redirect_url"] == [back]
    page = await stage.client.get(offer.url)
    assert page.headers["location"] == stage.rail.payer_url("20260105000001-1")
    paid = await stage.client.post(page.headers["location"], data={"do": "pay"})
    assert paid.headers["location"] == back


@pytest.mark.parametrize(
    ("scene", "change", "reason"),
    [
        (Scene.JSAPI, {"payer": ""}, "payer_missing"),
        (Scene.WAP, {"payer_ip": ""}, "payer_ip_missing"),
        (Scene.QR, {"currency": "XTR"}, "wrong_currency"),
        (Scene.QR, {"out_trade_no": "1/../2"}, "unfit"),
        (Scene.QR, {"amount_fen": 0}, "unfit"),
        (Scene.PAGE, {}, "no_such_scene"),
    ],
)
async def test_what_cannot_be_is_not_asked_for(
    stage: WeChatPayStage, scene: Scene, change: dict[str, object], reason: str
) -> None:
    assert await stage.open(stage.ask(**change), scene) == OpenAnswer(None, reason)
    assert stage.door.calls == []


async def test_the_same_payment_again_is_the_same_offer(stage: WeChatPayStage) -> None:
    first = await stage.open()
    await stage.let_pass(minutes=3)
    assert await stage.open() == first
    assert len(stage.rail.books.payments) == 1


@pytest.mark.parametrize("subject", ["", "`", "\n", "话" * 60, "a" * 400, "1`2\x00", "👍" * 50])
async def test_any_subject_is_made_to_fit(stage: WeChatPayStage, subject: str) -> None:
    answer = await stage.open(stage.ask(subject=subject))
    assert answer.offer is not None
    assert "`" not in stage.rail.books.payments["20260105000001-1"].subject


async def test_a_number_that_was_paid_or_used_may_be_paid(stage: WeChatPayStage) -> None:
    await stage.paid()
    assert await stage.open() == OpenAnswer(None, "orderpaid", unsure=True)
    another = stage.ask(amount_fen=1)
    assert await stage.open(another) == OpenAnswer(None, "invalid_request", unsure=True)


async def test_a_closed_number_cannot_be_paid_any_more(stage: WeChatPayStage) -> None:
    await stage.open()
    await stage.gateway.close(stage.ask())
    assert await stage.open() == OpenAnswer(None, "order_closed")


@pytest.mark.parametrize(
    ("status", "code", "unsure"),
    [
        (400, "PARAM_ERROR", False),
        (403, "NO_AUTH", False),
        (400, "APPID_MCHID_NOT_MATCH", False),
        (403, "OUT_TRADE_NO_USED", True),
        (403, "TRADE_ERROR", True),
        (429, "FREQUENCY_LIMITED", True),
        (400, "SOMETHING_NEW", True),
    ],
)
async def test_a_refusal_to_open_is_final_only_where_nothing_can_be_paid(
    stage: WeChatPayStage, status: int, code: str, unsure: bool
) -> None:
    stage.rail.refusal = Refuses(status, code)
    assert await stage.open() == OpenAnswer(None, code.lower(), unsure)


# --- asking and closing -------------------------------------------------------------------------


async def test_a_query_tells_of_the_money(stage: WeChatPayStage) -> None:
    assert (await stage.gateway.query(stage.ask())).status is PaymentStatus.NOT_PAID
    await stage.open()
    assert (await stage.gateway.query(stage.ask())).status is PaymentStatus.NOT_PAID
    await stage.rail.pay("20260105000001-1")
    answer = await stage.gateway.query(stage.ask())
    assert answer.status is PaymentStatus.PAID
    told = answer.notice
    assert told is not None
    assert (told.merchant_id, told.app_id, told.amount_fen) == (MERCHANT_ID, APP_ID, 9980)
    assert (told.paid_at, told.source, told.currency) == (START, Source.QUERY, "CNY")
    noticed = stage.gateway.read_notice(stage.heard[0])
    assert noticed == replace(told, source=Source.NOTICE, nonce=stage.heard[0].headers["wechatpay-nonce"])


async def test_what_was_given_back_is_not_paid(stage: WeChatPayStage) -> None:
    await stage.paid()
    await stage.gateway.refund(stage.refund_ask(100))
    assert await stage.gateway.query(stage.ask()) == UNKNOWN


async def test_a_closed_payment_is_closed_for_good(stage: WeChatPayStage) -> None:
    await stage.open()
    for _ in range(2):
        assert (await stage.gateway.close(stage.ask())).status is PaymentStatus.CLOSED
    assert (await stage.gateway.query(stage.ask())).status is PaymentStatus.CLOSED


async def test_a_payment_that_nobody_opened_is_closed(stage: WeChatPayStage) -> None:
    assert (await stage.gateway.close(stage.ask())).status is PaymentStatus.CLOSED


async def test_a_close_that_came_too_late_tells_of_the_money(stage: WeChatPayStage) -> None:
    await stage.paid()
    answer = await stage.gateway.close(stage.ask())
    assert answer.status is PaymentStatus.PAID
    assert answer.notice is not None
    assert answer.notice.amount_fen == 9980


async def test_a_payer_who_types_his_password_keeps_the_payment_open(stage: WeChatPayStage) -> None:
    await stage.open()
    stage.rail.refusal = Refuses(429, "FREQUENCY_LIMITED")
    assert await stage.gateway.close(stage.ask()) == UNKNOWN


# --- what cannot be believed --------------------------------------------------------------------


async def everything(stage: WeChatPayStage) -> list[object]:
    """What each call comes to."""
    bill = await stage.gateway.bill(DAY)
    return [
        (await stage.open(stage.ask("20260105000002-1"))).unsure,
        (await stage.gateway.query(stage.ask())).status,
        (await stage.gateway.close(stage.ask())).status,
        (await stage.gateway.refund(stage.refund_ask())).status,
        (await stage.gateway.query_refund(stage.refund_ask())).status,
        bill.rows,
        bool(await stage.gateway.refresh_certificates()),
    ]


NOTHING_KNOWN = [
    True, PaymentStatus.UNKNOWN, PaymentStatus.UNKNOWN, RefundStatus.UNKNOWN, RefundStatus.UNKNOWN, None, True,
]  # fmt: skip


async def test_an_answer_with_a_wrong_signature_says_nothing(stage: WeChatPayStage) -> None:
    await stage.paid()
    await stage.let_pass(days=1)
    stage.knobs.bad_answer_signature = True
    assert await everything(stage) == NOTHING_KNOWN
    assert (await stage.open()).reason == "http_400_forged"


async def test_an_answer_that_only_looks_whether_anybody_checks_says_nothing(stage: WeChatPayStage) -> None:
    await stage.paid()
    stage.door.probes = True
    assert await everything(stage) == NOTHING_KNOWN
    assert (await stage.open()).reason == "http_400_probe"


async def test_an_answer_without_a_signature_says_nothing(stage: WeChatPayStage) -> None:
    await stage.paid()
    stage.door.strips_signatures = True
    assert await everything(stage) == NOTHING_KNOWN


async def test_an_error_of_the_server_says_nothing(stage: WeChatPayStage) -> None:
    await stage.paid()
    stage.knobs.fail_after_commit = 100
    assert await everything(stage) == NOTHING_KNOWN


async def test_a_gateway_that_takes_too_long_says_nothing(stage: WeChatPayStage) -> None:
    await stage.paid()
    stage.knobs.slow_seconds = 20
    assert await everything(stage) == NOTHING_KNOWN


async def test_clocks_that_are_far_apart_say_nothing(stage: WeChatPayStage) -> None:
    await stage.paid()
    stage.knobs.clock_skew = timedelta(minutes=10)
    assert await everything(stage) == NOTHING_KNOWN
    stage.knobs.clock_skew = timedelta(minutes=-4)
    assert (await stage.gateway.query(stage.ask())).status is PaymentStatus.PAID


async def test_a_key_that_is_not_ours_says_nothing(stage: WeChatPayStage) -> None:
    await stage.paid()
    other = SignsBy.CERTIFICATE if stage.door.signs_by is SignsBy.PUBLIC_KEY else SignsBy.PUBLIC_KEY
    stage.gateway = gateway(account(other), stage.client, stage.clock)
    asked = len(stage.door.calls)
    answer = await stage.gateway.query(stage.ask())
    if other is SignsBy.PUBLIC_KEY:
        # We name the key that we have, and WeChat Pay signs by it.
        assert answer.status is PaymentStatus.PAID
    else:
        assert answer == UNKNOWN
    assert len(stage.door.calls) == asked + 1


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {}, b"<html>a page of the hotel's network</html>"),
        (302, {"location": "https://elsewhere.test/"}, b""),
        (404, {}, b'{"code": "ORDER_NOT_EXIST", "message": "not signed"}'),
        (204, {}, b""),
        (200, {}, b"x" * 2_000_000),
        (200, {"content-encoding": "gzip"}, b"no gzip"),
    ],
)
async def test_whoever_else_answers_is_not_believed(
    stage: WeChatPayStage, status: int, headers: dict[str, str], body: bytes
) -> None:
    await stage.paid()
    seen: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    stage.gateway = gateway_to(stage, answer)
    assert await everything(stage) == NOTHING_KNOWN
    assert {url.host for url in seen} == {"emulator.test"}


async def test_a_gateway_that_cannot_be_reached_says_nothing(stage: WeChatPayStage) -> None:
    await stage.paid()

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host", request=request)

    stage.gateway = gateway_to(stage, answer)
    assert await everything(stage) == NOTHING_KNOWN
    assert (await stage.open()).reason == "unreachable"


async def test_an_answer_without_end_is_not_read_to_its_end(stage: WeChatPayStage) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 100_000

    stage.gateway = gateway_to(stage, lambda request: httpx.Response(200, content=pieces()))
    assert (await stage.open()).reason == "oversize"


async def test_an_answer_about_another_payment_says_nothing(stage: WeChatPayStage) -> None:
    """An answer does not name the question; whoever can repeat one could say that anything was paid."""
    await stage.paid()
    genuine = await stage.emulator.transport().handle_async_request(stage.signed_query("20260105000001-1"))
    body = await genuine.aread()

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(genuine.status_code, headers=genuine.headers, content=body)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    stage.gateway = gateway(account(stage.door.signs_by), client, stage.clock)
    assert (await stage.gateway.query(stage.ask())).status is PaymentStatus.PAID
    assert await stage.gateway.query(stage.ask("20260105000002-1")) == UNKNOWN


@pytest.mark.parametrize("body", ['{"code_url": ""}', "{}", "[]", '{"code_url": 7}', '{"prepay_id": "wx1"}'])
async def test_a_signed_answer_that_lacks_what_was_asked_for_leaves_it_open(
    stage: WeChatPayStage, body: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=body, headers=stage.door.headers(body, stage.clock.now()))

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    stage.gateway = gateway(account(stage.door.signs_by), client, stage.clock)
    opened = await stage.open()
    assert (opened.offer, opened.unsure) == (None, True)
    assert await stage.gateway.query(stage.ask()) == UNKNOWN


async def test_an_answer_that_only_trickles_is_not_waited_for(stage: WeChatPayStage) -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("never comes here")

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    stage.gateway = gateway(account(), client, stage.clock, answer_seconds_max=0.01)
    assert await stage.open() == OpenAnswer(None, "timeout", unsure=True)


def gateway_to(stage: WeChatPayStage, answer: object) -> WeChatPayGateway:
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))  # type: ignore[arg-type]
    return gateway(account(), client, stage.clock)


# --- refunds ------------------------------------------------------------------------------------


async def test_a_refund_goes_back_by_the_gateways_own_number(stage: WeChatPayStage) -> None:
    await stage.paid()
    ask = replace(stage.refund_ask(), out_trade_no="a number that WeChat Pay never heard")
    answer = await stage.gateway.refund(ask)
    assert answer.status is RefundStatus.SUCCEEDED
    assert answer.psp_ref == stage.rail.books.refunds[ask.refund_no].transaction_no
    assert await stage.gateway.query_refund(ask) == answer
    assert await stage.gateway.refund(ask) == answer
    assert stage.rail.books.given_back_fen("20260105000001-1") == 9980


@pytest.mark.parametrize(
    ("path", "end", "reason"),
    [
        (RefundPath.PROCESSING_THEN_SUCCESS, RefundStatus.SUCCEEDED, ""),
        (RefundPath.PROCESSING_THEN_ABNORMAL, RefundStatus.REFUSED, "ABNORMAL: the payer's bank"),
    ],
)
async def test_a_refund_may_take_its_time(
    stage: WeChatPayStage, path: RefundPath, end: RefundStatus, reason: str
) -> None:
    stage.knobs.refund_path = path
    await stage.paid()
    ask = stage.refund_ask()
    assert (await stage.gateway.refund(ask)).status is RefundStatus.PROCESSING
    await stage.let_pass(minutes=6)
    answer = await stage.gateway.query_refund(ask)
    assert answer.status is end
    assert answer.reason.startswith(reason)


async def test_a_refund_that_never_arrived_is_absent(stage: WeChatPayStage) -> None:
    await stage.paid()
    assert (await stage.gateway.query_refund(stage.refund_ask())).status is RefundStatus.ABSENT


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "NOT_ENOUGH", RefundStatus.REFUSED),
        (403, "USER_ACCOUNT_ABNORMAL", RefundStatus.REFUSED),
        (404, "RESOURCE_NOT_EXISTS", RefundStatus.REFUSED),
        (429, "FREQUENCY_LIMITED", RefundStatus.UNKNOWN),
        (400, "SOMETHING_NEW", RefundStatus.UNKNOWN),
    ],
)
async def test_a_refused_refund_waits_for_a_person_and_an_unclear_one_is_asked_about(
    stage: WeChatPayStage, status: int, code: str, said: RefundStatus
) -> None:
    await stage.paid()
    stage.rail.refusal = Refuses(status, code)
    answer = await stage.gateway.refund(stage.refund_ask())
    assert (answer.status, answer.reason) == (said, code)


async def test_more_than_was_paid_is_refused(stage: WeChatPayStage) -> None:
    await stage.paid()
    answer = await stage.gateway.refund(stage.refund_ask(9981))
    assert (answer.status, answer.reason) == (RefundStatus.REFUSED, "INVALID_REQUEST")


async def test_an_invalid_request_for_a_refund_that_is_there_is_no_refusal(stage: WeChatPayStage) -> None:
    """Its answer was lost; whoever believed the refusal would give the money back a second time."""
    await stage.paid()
    ask = stage.refund_ask()
    await stage.gateway.refund(ask)
    answer = await stage.gateway.refund(replace(ask, paid_fen=ask.paid_fen + 1))  # type: ignore[arg-type]
    assert answer.status is RefundStatus.SUCCEEDED


async def test_the_same_number_with_another_amount_is_another_refund(stage: WeChatPayStage) -> None:
    await stage.paid()
    await stage.gateway.refund(stage.refund_ask(100))
    answer = await stage.gateway.refund(stage.refund_ask(200))
    assert (answer.status, answer.reason) == (RefundStatus.UNKNOWN, "another_refund")


# --- bills --------------------------------------------------------------------------------------


async def test_the_bill_of_a_day_has_payments_and_refunds_with_their_fees(stage: WeChatPayStage) -> None:
    await stage.paid()
    await stage.paid(stage.ask("20260105000002-1"))
    await stage.gateway.refund(stage.refund_ask(5000))
    await stage.let_pass(days=1)
    answer = await stage.gateway.bill(DAY)
    books = stage.rail.books
    assert answer.rows is not None
    assert [(row.kind, row.our_no, row.amount_fen, row.fee_fen, row.state) for row in answer.rows] == [
        (BillKind.PAYMENT, "20260105000001-1", 9980, 60, "succeeded"),
        (BillKind.PAYMENT, "20260105000002-1", 9980, 60, "succeeded"),
        (BillKind.REFUND, "20260105000001R1", 5000, -30, "succeeded"),
    ]
    assert answer.rows[0].ref == books.payments["20260105000001-1"].transaction_no
    assert answer.rows[2].ref == books.refunds["20260105000001R1"].transaction_no
    assert {row.at for row in answer.rows} == {START}


async def test_a_day_without_a_payment_has_an_empty_bill_once_it_is_over(stage: WeChatPayStage) -> None:
    assert await stage.gateway.bill(DAY) == replace(
        await stage.gateway.bill(DAY), reason="statement_creating"
    )
    await stage.let_pass(hours=20)
    assert (await stage.gateway.bill(DAY)).rows is None
    await stage.let_pass(hours=12)
    assert (await stage.gateway.bill(DAY)).rows == ()


async def test_the_bill_is_read_as_it_is_with_rows_missing_added_and_changed(stage: WeChatPayStage) -> None:
    for number in ("20260105000001-1", "20260105000002-1"):
        await stage.paid(stage.ask(number))
    stage.knobs.bill_missing = frozenset({"20260105000001-1"})
    stage.knobs.bill_differs_fen = {"20260105000002-1": 9979}
    stage.knobs.bill_extra = (
        Movement(MovementKind.PAYMENT, "4200X", "stranger-1", "stranger-1", 700, START),
    )
    await stage.let_pass(days=1)
    rows = (await stage.gateway.bill(DAY)).rows
    assert rows is not None
    assert [(row.our_no, row.amount_fen) for row in rows] == [("20260105000002-1", 9979), ("stranger-1", 700)]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://emulator.test.evil.test/v3/billdownload/file?token=1",
        "http://evil-emulator.test/file",
        "https://emulator.test/file",
        "http://emulator.test:8080/file",
        "http://evil@emulator.test/file",
        "file:///etc/passwd",
        "http://",
    ],
)
async def test_a_bill_is_fetched_only_from_where_the_answers_come_from(
    stage: WeChatPayStage, elsewhere: str
) -> None:
    """Whoever is sent there gets a request that is signed in our name."""
    await stage.paid()
    await stage.let_pass(days=1)
    asked: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        body = f'{{"hash_type":"SHA1","hash_value":"00","download_url":"{elsewhere}"}}'
        return httpx.Response(200, text=body, headers=stage.door.headers(body, stage.clock.now()))

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    stage.gateway = gateway(account(stage.door.signs_by), client, stage.clock)
    assert (await stage.gateway.bill(DAY)).reason == "unreadable_download_url"
    assert asked == ["/v3/bill/tradebill"]


async def test_a_bill_that_was_changed_on_the_way_is_not_read(stage: WeChatPayStage) -> None:
    await stage.paid()
    await stage.let_pass(days=1)
    wire = stage.emulator.transport()

    async def answer(request: httpx.Request) -> httpx.Response:
        reply = await wire.handle_async_request(request)
        content = await reply.aread()
        if request.url.path == "/v3/billdownload/file":
            content = content.replace(b"99.80", b"98.80")
        return httpx.Response(reply.status_code, headers=reply.headers, content=content)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    stage.gateway = gateway(account(stage.door.signs_by), client, stage.clock)
    assert (await stage.gateway.bill(DAY)).reason == "wrong_hash"


# --- platform certificates ----------------------------------------------------------------------


async def test_certificates_are_fetched_and_then_believed() -> None:
    stage = WeChatPayStage(SignsBy.NEXT_CERTIFICATE)
    await stage.open()
    assert await stage.gateway.query(stage.ask()) == UNKNOWN
    assert await stage.gateway.refresh_certificates() == ""
    assert (await stage.gateway.query(stage.ask())).status is PaymentStatus.NOT_PAID


async def test_an_account_without_any_key_begins_by_fetching_certificates() -> None:
    stage = WeChatPayStage(SignsBy.CERTIFICATE)
    bare = account(SignsBy.CERTIFICATE, platform_certificates_pem="", fetches_certificates=True)
    stage.gateway = gateway(bare, stage.client, stage.clock)
    assert (await stage.open()).reason == "http_200_unknown_serial"
    assert await stage.gateway.refresh_certificates() == ""
    assert (await stage.open()).offer is not None


async def test_certificates_that_are_sealed_for_another_merchant_are_not_taken() -> None:
    stage = WeChatPayStage(SignsBy.CERTIFICATE)
    other = account(SignsBy.CERTIFICATE, api_v3_key="another-key-of-32-characters-xyz")
    stage.gateway = gateway(other, stage.client, stage.clock)
    assert await stage.gateway.refresh_certificates() == "http_200_unsealable"
    assert (await stage.open()).offer is not None


async def test_certificates_signed_by_nobody_we_know_are_not_taken() -> None:
    stage = WeChatPayStage(SignsBy.PUBLIC_KEY)
    bare = account(SignsBy.CERTIFICATE, platform_certificates_pem="", fetches_certificates=True)
    stage.gateway = gateway(bare, stage.client, stage.clock)
    assert await stage.gateway.refresh_certificates() == "http_200_unknown_serial"
    assert (await stage.open()).offer is None


async def test_a_certificate_is_good_only_in_its_time(stage: WeChatPayStage) -> None:
    await stage.open()
    stage.clock.advance(timedelta(days=366 * 20))
    expected = PaymentStatus.CLOSED if stage.door.signs_by is SignsBy.PUBLIC_KEY else PaymentStatus.UNKNOWN
    assert (await stage.gateway.query(stage.ask())).status is expected
