"""What our Alipay gateway asks, and what it makes of every answer, true, false or missing."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.payments.alipay import AlipayGateway
from orders.clock import VirtualClock
from orders.money import Fen
from orders.ports import (
    GoTo,
    OpenAnswer,
    PaymentAsk,
    PaymentStatus,
    RefundAnswer,
    RefundAsk,
    RefundStatus,
    Scene,
    ShowCode,
    Source,
)
from tests.emulator.alipay import SELLER_ID, AlipayRail, Signer
from tests.emulator.app import Emulator
from tests.emulator.virtual import sleeping
from tests.orders.world import START

NOTIFY, BACK = "https://shop.test/notices/alipay", "https://shop.test/orders"
ASK = PaymentAsk("20260105000001-1", Fen(9980), "CNY", START, START + timedelta(minutes=30), "话费100元")
REFUND = RefundAsk("20260105000001R1", ASK.out_trade_no, "", Fen(980), Fen(9980), "CNY", "customer_asked")

Says = Callable[[httpx.Request], httpx.Response]


class Line:
    """Our gateway and the emulator; or, once `says` is set, whatever a test has the other side say."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.asked: list[httpx.Request] = []
        self.says: Says | None = None
        shop = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, text="success")))
        self.emulator = Emulator([AlipayRail], self.clock, shop, sleeping(self.clock))
        rail = self.emulator.rails["alipay"]
        assert isinstance(rail, AlipayRail)
        self.rail = rail
        self.wire = self.emulator.transport()
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._carry))
        self.gateway = AlipayGateway(self.rail.account(), client, self.clock, NOTIFY, BACK)
        self.payer = httpx.AsyncClient(transport=self.wire)

    async def _carry(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.says(request) if self.says else await self.wire.handle_async_request(request)

    async def scanned(self, *, paid: bool = False) -> None:
        offer = (await self.gateway.open(ASK, Scene.QR)).offer
        assert isinstance(offer, ShowCode)
        await self.payer.get(offer.content)
        if paid:
            await self.payer.post(offer.content, data={"do": "pay"})

    def answer(self, method: str, facts: Mapping[str, object], sign: str | None = None) -> None:
        """From now on the other side says this, signed by Alipay unless told otherwise."""
        root = method.replace(".", "_") + "_response"
        spelled = json.dumps(facts)
        signature = Signer().sign(spelled) if sign is None else sign
        self.says = lambda _: httpx.Response(200, text=f'{{"{root}":{spelled},"sign":"{signature}"}}')


@pytest.fixture
def line() -> Line:
    return Line()


# --- opening ----------------------------------------------------------------------------------------


async def test_a_code_is_asked_for_in_beijing_time_with_our_amount_and_end(line: Line) -> None:
    answer = await line.gateway.open(ASK, Scene.QR)
    assert answer == OpenAnswer(ShowCode("http://emulator.test/payer/alipay/20260105000001_1"))
    [asked] = line.rail.asked
    assert (asked["timestamp"], asked["notify_url"]) == ("2026-01-05 10:00:00", NOTIFY)
    assert json.loads(asked["biz_content"]) == {
        "out_trade_no": "20260105000001_1",
        "total_amount": "99.80",
        "subject": "话费100元",
        "time_expire": "2026-01-05 10:30:00",
        "product_code": "FACE_TO_FACE_PAYMENT",
    }
    # Alipay reads the body by the character set that the address names.
    assert dict(parse_qsl(line.asked[0].url.query.decode()))["charset"] == "utf-8"


@pytest.mark.parametrize(
    ("scene", "method", "product"),
    [
        (Scene.PAGE, "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
        (Scene.WAP, "alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    ],
)
async def test_a_page_is_a_signed_address_and_asks_nobody(
    line: Line, scene: Scene, method: str, product: str
) -> None:
    offer = (await line.gateway.open(replace(ASK, return_url="https://shop.test/pay/x/back"), scene)).offer
    assert isinstance(offer, GoTo)
    assert line.asked == []
    there = dict(parse_qsl(urlsplit(offer.url).query))
    assert (there["method"], json.loads(there["biz_content"])["product_code"]) == (method, product)
    assert there["return_url"] == "https://shop.test/pay/x/back"
    answer = await line.payer.get(offer.url)
    assert answer.headers["location"] == "http://emulator.test/payer/alipay/20260105000001_1"


async def test_the_same_payment_again_is_the_same_code(line: Line) -> None:
    assert await line.gateway.open(ASK, Scene.QR) == await line.gateway.open(ASK, Scene.QR)


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("a/b=c&d\n e", "a b c d e"),
        ("", "20260105000001_1"),
        ("/", "20260105000001_1"),
        ("长" * 300, "长" * 128),
    ],
)
async def test_a_subject_is_made_such_as_alipay_takes(line: Line, subject: str, shown: str) -> None:
    await line.gateway.open(replace(ASK, subject=subject), Scene.QR)
    assert json.loads(line.rail.asked[0]["biz_content"])["subject"] == shown


@pytest.mark.parametrize(
    ("ask", "scene", "reason"),
    [
        (replace(ASK, currency="XTR"), Scene.QR, "currency"),
        (ASK, Scene.JSAPI, "scene"),
        (replace(ASK, expires_at=START), Scene.QR, "expired"),
        (replace(ASK, expires_at=START), Scene.WAP, "expired"),
    ],
)
async def test_what_cannot_be_paid_here_is_not_even_asked_for(
    line: Line, ask: PaymentAsk, scene: Scene, reason: str
) -> None:
    assert await line.gateway.open(ask, scene) == OpenAnswer(None, reason)
    assert line.asked == []


@pytest.mark.parametrize(
    ("code", "sub_code", "unsure"),
    [
        ("40004", "ACQ.TOTAL_FEE_EXCEED", False),
        ("40004", "ACQ.TRADE_HAS_CLOSE", False),
        ("40002", "isv.invalid-signature", False),
        ("40006", "isv.insufficient-isv-permissions", False),
        ("40004", "ACQ.TRADE_HAS_SUCCESS", True),
        ("40004", "ACQ.CONTEXT_INCONSISTENT", True),
        ("40004", "ACQ.SYSTEM_ERROR", True),
        ("40004", "ACQ.NOBODY_KNOWS", True),
        ("20000", "isp.unknow-error", True),
    ],
)
async def test_a_refusal_is_sure_only_where_nobody_can_have_paid(
    line: Line, code: str, sub_code: str, unsure: bool
) -> None:
    line.answer("alipay.trade.precreate", {"code": code, "sub_code": sub_code})
    assert await line.gateway.open(ASK, Scene.QR) == OpenAnswer(None, sub_code, unsure)


async def test_a_code_for_another_payment_is_not_shown(line: Line) -> None:
    facts = {"code": "10000", "out_trade_no": "another", "qr_code": "https://qr.alipay.com/x"}
    line.answer("alipay.trade.precreate", facts)
    answer = await line.gateway.open(ASK, Scene.QR)
    assert (answer.offer, answer.unsure) == (None, True)


# --- silence ----------------------------------------------------------------------------------------


def lost(error: Exception) -> Says:
    def says(request: httpx.Request) -> httpx.Response:
        raise error

    return says


def said(content: bytes, status: int = 200) -> Says:
    return lambda _: httpx.Response(status, content=content)


NOT_HEARD: dict[str, Says] = {
    "time-out": lost(httpx.ReadTimeout("slow")),
    "refused": lost(httpx.ConnectError("no route")),
    "broken off": lost(httpx.RemoteProtocolError("closed")),
    "500": said(b"oops", 500),
    "502 with a page": said(b"<html>", 502),
    "redirect": said(b"", 302),
    "empty": said(b""),
    "a page": said(b"<html>busy</html>"),
    "other json": said(b'{"error_response":{"code":"10000"},"sign":"x"}'),
    "no object": said(b'["alipay_trade_query_response"]'),
    "half": said(b'{"alipay_trade_query_response":{"code":"10000"'),
    "no text": said(b"\xff\xfe\x00"),
    "deep": said(b'{"alipay_trade_query_response":' + b"[" * 100_000),
    "endless": said(b" " * 1_000_001),
    "packed": lambda _: httpx.Response(
        200, content=gzip.compress(b"{}"), headers={"content-encoding": "gzip"}
    ),
}


@pytest.mark.parametrize("how", NOT_HEARD)
async def test_who_does_not_answer_readably_has_said_nothing(line: Line, how: str) -> None:
    line.says = NOT_HEARD[how]
    opened = await line.gateway.open(ASK, Scene.QR)
    assert (opened.offer, opened.unsure) == (None, True)
    assert (await line.gateway.query(ASK)).status is PaymentStatus.UNKNOWN
    assert (await line.gateway.close(ASK)).status is PaymentStatus.UNKNOWN
    assert (await line.gateway.refund(REFUND)).status is RefundStatus.UNKNOWN
    assert (await line.gateway.query_refund(REFUND)).status is RefundStatus.UNKNOWN
    assert (await line.gateway.bill(date(2026, 1, 4))).rows is None


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("time-out", "ReadTimeout"),
        ("500", "status 500"),
        ("endless", "too large"),
        ("a page", "not signed by it"),
    ],
)
async def test_the_log_tells_a_person_why_nothing_was_heard(line: Line, how: str, reason: str) -> None:
    line.says = NOT_HEARD[how]
    with structlog.testing.capture_logs() as logs:
        await line.gateway.query(ASK)
    assert logs == [
        {
            "event": "alipay was not heard", "asked": "alipay.trade.query", "reason": reason,
            "log_level": "warning",
        }
    ]  # fmt: skip


async def test_the_log_tells_a_person_why_alipay_refused(line: Line) -> None:
    line.answer(
        "alipay.trade.precreate",
        {"code": "40002", "sub_code": "isv.invalid-signature", "sub_msg": "验签出错"},
    )
    with structlog.testing.capture_logs() as logs:
        await line.gateway.open(ASK, Scene.QR)
    assert [(log["asked"], log["code"], log["why"]) for log in logs] == [
        ("alipay.trade.precreate", "isv.invalid-signature", "验签出错")
    ]


async def test_half_a_character_does_no_harm(line: Line) -> None:
    facts = {"code": "10000", "out_trade_no": "20260105000001_1", "qr_code": "https://qr.alipay.com/\ud800"}
    line.answer("alipay.trade.precreate", facts)
    assert await line.gateway.open(ASK, Scene.QR) == OpenAnswer(ShowCode("https://qr.alipay.com/?"))
    line.says = None
    assert (await line.gateway.open(replace(ASK, subject="\ud800"), Scene.QR)).unsure is False


async def test_an_answer_that_alipay_did_not_sign_is_silence(line: Line) -> None:
    await line.scanned(paid=True)
    line.rail.knobs.bad_answer_signature = True
    assert (await line.gateway.query(ASK)).status is PaymentStatus.UNKNOWN
    assert (await line.gateway.close(ASK)).status is PaymentStatus.UNKNOWN
    assert (await line.gateway.refund(REFUND)).status is RefundStatus.UNKNOWN
    assert (await line.gateway.query_refund(REFUND)).status is RefundStatus.UNKNOWN


@pytest.mark.parametrize("sign", ["", "x", "5", "null"])
async def test_a_refusal_without_a_signature_is_silence(line: Line, sign: str) -> None:
    line.answer("alipay.trade.close", {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}, sign)
    assert (await line.gateway.close(ASK)).status is PaymentStatus.UNKNOWN


async def test_only_the_text_that_was_signed_is_read(line: Line) -> None:
    """A second object of the same name, which a JSON reader would take, is nothing."""
    true = '{"code":"10000","out_trade_no":"20260105000001_1","trade_status":"WAIT_BUYER_PAY"}'
    false = true.replace("WAIT_BUYER_PAY", "TRADE_CLOSED")
    root, sign = "alipay_trade_query_response", Signer().sign(true)
    line.says = said(f'{{"{root}":{true},"{root}":{false},"sign":"{sign}"}}'.encode())
    assert (await line.gateway.query(ASK)).status is PaymentStatus.NOT_PAID
    line.says = said(f'{{"{root}":{false},"{root}":{true},"sign":"{sign}"}}'.encode())
    assert (await line.gateway.query(ASK)).status is PaymentStatus.UNKNOWN


async def test_slashes_may_be_signed_bare_and_sent_escaped(line: Line) -> None:
    bare = '{"code":"10000","out_trade_no":"20260105000001_1","qr_code":"https://qr.alipay.com/bax"}'
    sign = Signer().sign(bare)
    escaped = bare.replace("/", "\\/")
    line.says = said(f'{{"alipay_trade_precreate_response":{escaped},"sign":"{sign}"}}'.encode())
    assert await line.gateway.open(ASK, Scene.QR) == OpenAnswer(ShowCode("https://qr.alipay.com/bax"))


# --- asking and closing -----------------------------------------------------------------------------


async def test_a_paid_payment_brings_its_evidence(line: Line) -> None:
    await line.scanned(paid=True)
    answer = await line.gateway.query(ASK)
    assert answer.status is PaymentStatus.PAID
    notice = answer.notice
    assert notice is not None
    assert (notice.out_trade_no, notice.amount_fen, notice.source) == (
        ASK.out_trade_no,
        Fen(9980),
        Source.QUERY,
    )
    assert (notice.merchant_id, notice.paid_at) == (SELLER_ID, START)
    assert notice.psp_ref == line.rail.books.payments["20260105000001_1"].transaction_no


async def test_a_payment_that_is_given_back_in_part_is_still_paid_and_whole_it_is_closed(line: Line) -> None:
    await line.scanned(paid=True)
    await line.gateway.refund(REFUND)
    assert (await line.gateway.query(ASK)).status is PaymentStatus.PAID
    await line.gateway.refund(replace(REFUND, refund_no="R2", amount_fen=Fen(9000)))
    assert (await line.gateway.query(ASK)).status is PaymentStatus.CLOSED


@pytest.mark.parametrize(
    "changed",
    [
        {"out_trade_no": "20260105000002_1"},
        {"total_amount": 99.80},
        {"total_amount": "99.8"},
        {"total_amount": ["99.80"]},
        {"trade_no": ""},
        {"trade_no": "1" * 65},
        {"send_pay_date": "yesterday"},
        {"trade_status": "TRADE_PENDING"},
        {"trade_status": None},
        {"code": 10000},
        {"code": "10003"},
    ],
)
async def test_a_signed_answer_that_does_not_fit_is_not_taken_for_one(
    line: Line, changed: dict[str, object]
) -> None:
    facts: dict[str, object] = {
        "code": "10000", "out_trade_no": "20260105000001_1", "trade_no": "2026", "total_amount": "99.80",
        "send_pay_date": "2026-01-05 10:00:00", "trade_status": "TRADE_SUCCESS",
    }  # fmt: skip
    line.answer("alipay.trade.query", facts)
    assert (await line.gateway.query(ASK)).status is PaymentStatus.PAID
    line.answer("alipay.trade.query", facts | changed)
    assert (await line.gateway.query(ASK)).status is PaymentStatus.UNKNOWN


async def test_money_counts_although_the_time_of_payment_is_missing(line: Line) -> None:
    facts = {
        "code": "10000", "out_trade_no": "20260105000001_1", "trade_no": "2026", "total_amount": "99.80",
        "trade_status": "TRADE_SUCCESS",
    }  # fmt: skip
    line.answer("alipay.trade.query", facts)
    notice = (await line.gateway.query(ASK)).notice
    assert notice is not None
    assert (notice.amount_fen, notice.paid_at) == (Fen(9980), START)


async def test_a_scanned_payment_is_closed_and_again_without_harm(line: Line) -> None:
    await line.scanned()
    assert (await line.gateway.query(ASK)).status is PaymentStatus.NOT_PAID
    assert (await line.gateway.close(ASK)).status is PaymentStatus.CLOSED
    assert (await line.gateway.close(ASK)).status is PaymentStatus.CLOSED
    assert await line.gateway.open(ASK, Scene.QR) == OpenAnswer(None, "ACQ.TRADE_HAS_CLOSE")


async def test_closing_what_was_paid_meanwhile_tells_of_the_money(line: Line) -> None:
    await line.scanned(paid=True)
    answer = await line.gateway.close(ASK)
    assert answer.status is PaymentStatus.PAID
    assert answer.notice is not None


async def test_a_fault_over_there_closes_nothing(line: Line) -> None:
    line.answer("alipay.trade.close", {"code": "20000", "sub_code": "ACQ.SYSTEM_ERROR"})
    assert (await line.gateway.close(ASK)).status is PaymentStatus.UNKNOWN


# --- refunds ----------------------------------------------------------------------------------------


async def test_a_refund_is_done_once_however_often_it_is_asked_for(line: Line) -> None:
    await line.scanned(paid=True)
    assert await line.gateway.refund(REFUND) == RefundAnswer(RefundStatus.SUCCEEDED)
    assert await line.gateway.refund(REFUND) == RefundAnswer(RefundStatus.SUCCEEDED)
    assert line.rail.books.given_back_fen("20260105000001_1") == 980
    assert await line.gateway.query_refund(REFUND) == RefundAnswer(RefundStatus.SUCCEEDED)


async def test_alipays_own_number_names_the_money_where_we_know_it(line: Line) -> None:
    await line.scanned(paid=True)
    psp_ref = line.rail.books.payments["20260105000001_1"].transaction_no
    ask = replace(REFUND, psp_ref=psp_ref, out_trade_no="20260105000001-again1")
    assert (await line.gateway.refund(ask)).status is RefundStatus.SUCCEEDED
    assert json.loads(line.rail.asked[-1]["biz_content"]) == {
        "trade_no": psp_ref,
        "out_request_no": "20260105000001R1",
        "refund_amount": "9.80",
        "refund_reason": "customer_asked",
    }


async def test_a_refund_that_changed_no_funds_and_is_not_known_is_unknown(line: Line) -> None:
    line.says = lambda request: _signed(
        request, {"code": "10000", "fund_change": "N", "out_trade_no": "20260105000001_1"}
    )
    assert await line.gateway.refund(REFUND) == RefundAnswer(RefundStatus.UNKNOWN, "no_fund_change")
    assert len(line.asked) == 2


async def test_success_without_a_word_of_funds_is_asked_about(line: Line) -> None:
    line.says = lambda request: _signed(request, {"code": "10000", "out_trade_no": "20260105000001_1"})
    assert (await line.gateway.refund(REFUND)).status is RefundStatus.UNKNOWN


async def test_more_than_was_paid_is_refused(line: Line) -> None:
    await line.scanned(paid=True)
    answer = await line.gateway.refund(replace(REFUND, amount_fen=Fen(9981)))
    assert answer == RefundAnswer(RefundStatus.REFUSED, "ACQ.REASON_TRADE_REFUND_FEE_ERR")


async def test_a_refusal_is_not_believed_where_an_earlier_call_did_it(line: Line) -> None:
    """Given back whole, a trade is closed, and a repeat may be told just that."""
    await line.scanned(paid=True)
    await line.gateway.refund(REFUND)

    def says(request: httpx.Request) -> httpx.Response:
        if b"fastpay" in request.url.query:
            facts = {
                "code": "10000", "refund_status": "REFUND_SUCCESS", "refund_amount": "9.80",
                "out_request_no": REFUND.refund_no,
            }  # fmt: skip
            return _signed(request, facts)
        return _signed(request, {"code": "40004", "sub_code": "ACQ.TRADE_HAS_CLOSE"})

    line.says = says
    assert await line.gateway.refund(REFUND) == RefundAnswer(RefundStatus.SUCCEEDED)


@pytest.mark.parametrize(
    ("code", "sub_code", "status"),
    [
        ("40002", "isv.invalid-signature", RefundStatus.REFUSED),
        ("40006", "isv.insufficient-isv-permissions", RefundStatus.REFUSED),
        ("40004", "ACQ.SYSTEM_ERROR", RefundStatus.UNKNOWN),
        ("40004", "ACQ.NOBODY_KNOWS", RefundStatus.UNKNOWN),
        ("20000", "isp.unknow-error", RefundStatus.UNKNOWN),
    ],
)
async def test_a_fault_is_no_refusal_of_a_refund(
    line: Line, code: str, sub_code: str, status: RefundStatus
) -> None:
    line.says = lambda request: _signed(request, {"code": code, "sub_code": sub_code})
    assert await line.gateway.refund(REFUND) == RefundAnswer(status, sub_code)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, RefundStatus.ABSENT),
        ({"refund_status": "REFUND_PROCESSING"}, RefundStatus.PROCESSING),
        ({"refund_status": "REFUND_FAIL"}, RefundStatus.REFUSED),
        ({"refund_status": "REFUND_SUCCESS", "refund_amount": "9.80", "out_request_no": REFUND.refund_no}, RefundStatus.SUCCEEDED),
        ({"refund_status": "REFUND_SUCCESS", "refund_amount": "9.81", "out_request_no": REFUND.refund_no}, RefundStatus.UNKNOWN),
        ({"refund_status": "REFUND_SUCCESS", "refund_amount": "9.80", "out_request_no": "another"}, RefundStatus.UNKNOWN),
        ({"refund_status": "REFUND_SUCCESS"}, RefundStatus.UNKNOWN),
        ({"refund_amount": "9.80", "out_request_no": REFUND.refund_no}, RefundStatus.UNKNOWN),
        ({"refund_status": "REFUND_MAYBE"}, RefundStatus.UNKNOWN),
    ],
)  # fmt: skip
async def test_what_became_of_a_refund_is_read_strictly(
    line: Line, facts: dict[str, object], status: RefundStatus
) -> None:
    line.answer("alipay.trade.fastpay.refund.query", {"code": "10000"} | facts)
    assert (await line.gateway.query_refund(REFUND)).status is status


async def test_stars_are_not_given_back_here(line: Line) -> None:
    assert (await line.gateway.refund(replace(REFUND, currency="XTR"))).status is RefundStatus.REFUSED
    assert line.asked == []


# --- bills ------------------------------------------------------------------------------------------


async def test_a_bill_that_is_too_large_or_leads_nowhere_is_none(line: Line) -> None:
    def says(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, content=b"0" * 20_000_001)
        return _signed(request, {"code": "10000", "bill_download_url": "http://bill.test/x"})

    line.says = says
    assert (await line.gateway.bill(date(2026, 1, 4))).reason == "no_file"
    for url in ("file:///etc/passwd", "gopher://x", "", "http://[", "//bill.test"):
        line.asked.clear()
        line.says = lambda request, url=url: _signed(request, {"code": "10000", "bill_download_url": url})
        assert (await line.gateway.bill(date(2026, 1, 4))).reason == "no_file"
        assert len(line.asked) == 1


async def test_no_secret_is_in_what_we_send(line: Line) -> None:
    await line.scanned(paid=True)
    await line.gateway.refund(REFUND)
    private = "".join(line.rail.account().private_key_pem.split("\n")[1:-2])
    assert not any(private[:40] in str(request.url) for request in line.asked)


def _signed(request: httpx.Request, facts: Mapping[str, object]) -> httpx.Response:
    """Alipay's answer to whatever was asked."""
    method = dict(parse_qsl(request.url.query.decode()))["method"]
    spelled = json.dumps(facts)
    root = method.replace(".", "_") + "_response"
    return httpx.Response(200, text=f'{{"{root}":{spelled},"sign":"{Signer().sign(spelled)}"}}')


FACTS = (
    "code", "sub_code", "sub_msg", "out_trade_no", "trade_no", "trade_status", "total_amount", "send_pay_date",
    "qr_code", "fund_change", "refund_status", "refund_amount", "out_request_no", "bill_download_url",
)  # fmt: skip
TRUE = st.sampled_from(
    (
        "10000", "40004", "ACQ.TRADE_NOT_EXIST", "ACQ.TRADE_STATUS_ERROR", "ACQ.TRADE_HAS_CLOSE", "20260105000001_1",
        "TRADE_SUCCESS", "TRADE_CLOSED", "WAIT_BUYER_PAY", "99.80", "9.80", "2026-01-05 10:00:00",
        "0001-01-01 00:00:00", "Y", "N", "REFUND_SUCCESS", "20260105000001R1", "http://bill.test/x",
    )
)  # fmt: skip
ANYTHING = st.one_of(
    TRUE, st.text(max_size=8), st.integers(), st.none(), st.lists(st.text(max_size=3), max_size=2)
)


@settings(max_examples=30)
@given(facts=st.dictionaries(st.sampled_from(FACTS), ANYTHING))
def test_whatever_alipay_signs_it_is_read_or_it_is_unknown(facts: dict[str, object]) -> None:
    line = Line()
    line.says = lambda request: _signed(request, facts) if request.method == "POST" else httpx.Response(404)

    async def ask() -> None:
        opened = await line.gateway.open(ASK, Scene.QR)
        assert opened.offer is None or facts["code"] == "10000"
        for paid in (await line.gateway.query(ASK), await line.gateway.close(ASK)):
            assert (paid.notice is not None) is (paid.status is PaymentStatus.PAID)
            if paid.notice is not None:
                assert (facts["trade_status"], facts["out_trade_no"]) == ("TRADE_SUCCESS", "20260105000001_1")
        given_back = await line.gateway.refund(REFUND), await line.gateway.query_refund(REFUND)
        if any(answer.status is RefundStatus.SUCCEEDED for answer in given_back):
            assert facts.get("refund_amount") == "9.80" or facts.get("fund_change") == "Y"
        assert (await line.gateway.bill(date(2026, 1, 4))).rows is None

    asyncio.run(ask())
