"""Somebody else's Alipay client proves both sides: python-alipay-sdk believes what we sign, and we believe it.

Three of its habits are not ours. It spells parameters without a value into what it verifies, so an emulator
must not send any. Its time stamp is this machine's local time and not Beijing's, so that in a container
on UTC it lies by eight hours; the emulator takes what is less than a day off. And it asks for
`QUICK_WAP_PAY`, which Alipay now calls `QUICK_WAP_WAY`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from alipay import AliPay  # type: ignore[import-untyped]

from adapters.payments.alipay import AlipayGateway
from orders.clock import SystemClock
from orders.money import Fen
from orders.ports import GoTo, PaymentAsk, PaymentNotice, RawNotice, Scene
from tests.emulator.alipay import APP_ID, AlipayRail
from tests.emulator.app import Emulator
from tests.emulator.books import PaymentState
from tests.emulator.courier import Saying
from tests.emulator.keys import private_pem, public_pem

EMULATOR = "http://emulator.test"
NOTIFY, RETURN = "https://shop.test/notices/alipay", "https://shop.test/back"


class Wire:
    """Reaches the emulator without waiting for anybody, as the SDK wants it."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._send("GET", path, None))

    def post(self, path: str, form: Mapping[str, str]) -> httpx.Response:
        return asyncio.run(self._send("POST", path, form))

    async def _send(self, verb: str, path: str, form: Mapping[str, str] | None) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._emulator.transport(), base_url=EMULATOR) as client:
            return await client.request(verb, path, data=form)


class Oracle(AliPay):  # type: ignore[misc]
    """The SDK as it is; only its calls go to the emulator in this process instead of to the network."""

    def __init__(self, rail: AlipayRail, wire: Wire) -> None:
        self._wire = wire
        super().__init__(
            appid=APP_ID,
            app_notify_url=NOTIFY,
            app_private_key_string=private_pem(rail.signer.applications),
            alipay_public_key_string=public_pem(rail.signer.alipays),
        )

    def verified_sync_response(self, data: Mapping[str, Any], response_type: str) -> Mapping[str, Any]:
        raw = self._wire.get("/alipay/gateway.do?" + self.sign_data(data)).text
        verified: Mapping[str, Any] = self._verify_and_return_sync_response(raw, response_type)
        return verified


class Bench:
    """The emulator, the oracle in front of it, and our gateway beside the oracle."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        shop = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, text="success")))
        self.emulator = Emulator([AlipayRail], self.clock, shop, asyncio.sleep, EMULATOR)
        rail = self.emulator.rails["alipay"]
        assert isinstance(rail, AlipayRail)
        self.rail = rail
        self.wire = Wire(self.emulator)
        self.sdk = Oracle(self.rail, self.wire)
        client = httpx.AsyncClient(transport=self.emulator.transport())
        self.gateway = AlipayGateway(self.rail.account(), client, self.clock, NOTIFY, RETURN)

    def ask(self, number: str = "P1") -> PaymentAsk:
        now = self.clock.now()
        return PaymentAsk(number, Fen(9980), "CNY", now, now + timedelta(minutes=30), "话费100元")

    def pay(self, number: str = "P1") -> None:
        self.wire.post(f"/payer/alipay/{number}", {"do": "pay"})

    def notice(self, number: str = "P1") -> dict[str, str]:
        """What Alipay posted, as a web framework gives it to the SDK's user."""
        payment = self.rail.books.payments[number]
        body = self.rail.notice_of(payment, Saying(self.clock.now())).body
        return dict(parse_qsl(body.decode(), keep_blank_values=True))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def created(bench: Bench, number: str = "P1") -> None:
    answer = bench.sdk.api_alipay_trade_precreate("话费100元", number, "99.80")
    assert (answer["code"], answer["out_trade_no"]) == ("10000", number)
    assert answer["qr_code"] == f"{EMULATOR}/payer/alipay/{number}"


def test_the_sdk_believes_a_notice_of_the_emulator(bench: Bench) -> None:
    created(bench)
    bench.pay()
    told = bench.notice()
    assert "" not in told.values()
    assert bench.sdk.verify(told, told.pop("sign"))


@pytest.mark.parametrize(
    ("name", "value"), [("total_amount", "0.01"), ("out_trade_no", "P2"), ("seller_id", "2088000000000000")]
)
def test_the_sdk_does_not_believe_a_notice_that_was_tampered_with(
    bench: Bench, name: str, value: str
) -> None:
    created(bench)
    bench.pay()
    told = bench.notice() | {name: value}
    assert not bench.sdk.verify(told, told.pop("sign"))


def test_the_sdk_creates_asks_refunds_and_asks_again(bench: Bench) -> None:
    created(bench)
    bench.wire.get("/payer/alipay/P1")
    assert bench.sdk.api_alipay_trade_query("P1")["trade_status"] == "WAIT_BUYER_PAY"
    bench.pay()
    answer = bench.sdk.api_alipay_trade_query("P1")
    assert (answer["trade_status"], answer["total_amount"]) == ("TRADE_SUCCESS", "99.80")
    refund = bench.sdk.api_alipay_trade_refund("9.80", "P1", out_request_no="P1R1")
    assert (refund["fund_change"], refund["refund_fee"]) == ("Y", "9.80")
    again = bench.sdk.api_alipay_trade_refund("9.80", "P1", out_request_no="P1R1")
    assert (again["fund_change"], again["refund_fee"]) == ("N", "9.80")
    found = bench.sdk.api_alipay_trade_fastpay_refund_query("P1R1", out_trade_no="P1")
    assert (found["refund_status"], found["refund_amount"]) == ("REFUND_SUCCESS", "9.80")


def test_the_sdk_closes_what_somebody_has_scanned(bench: Bench) -> None:
    created(bench)
    assert bench.sdk.api_alipay_trade_close("P1")["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    bench.wire.get("/payer/alipay/P1")
    assert bench.sdk.api_alipay_trade_close("P1")["code"] == "10000"
    assert bench.rail.books.payments["P1"].state is PaymentState.CLOSED


@pytest.mark.parametrize("kind", ["page", "wap"])
def test_the_emulator_believes_a_page_that_the_sdk_signed(bench: Bench, kind: str) -> None:
    sign = getattr(bench.sdk, f"api_alipay_trade_{kind}_pay")
    address = sign("话费100元", "P1", "99.80", return_url=RETURN)
    answer = bench.wire.get("/alipay/gateway.do?" + address)
    assert answer.headers["location"] == f"{EMULATOR}/payer/alipay/P1"
    tampered = bench.wire.get("/alipay/gateway.do?" + address.replace("99.80", "0.01"))
    assert "isv.invalid-signature" in tampered.text


@pytest.mark.parametrize("scene", [Scene.PAGE, Scene.WAP])
async def test_the_sdk_would_sign_our_page_just_so(bench: Bench, scene: Scene) -> None:
    offer = (await bench.gateway.open(bench.ask(), scene)).offer
    assert isinstance(offer, GoTo)
    ours = dict(parse_qsl(urlsplit(offer.url).query, strict_parsing=True))
    theirs = dict(parse_qsl(bench.sdk.sign_data({k: v for k, v in ours.items() if k != "sign"})))
    assert ours == theirs
    assert json.loads(ours["biz_content"])["total_amount"] == "99.80"


async def test_the_sdk_would_sign_our_call_just_so(bench: Bench) -> None:
    await bench.gateway.open(bench.ask(), Scene.QR)
    await bench.gateway.query(bench.ask())
    assert [asked["method"] for asked in bench.rail.asked] == ["alipay.trade.precreate", "alipay.trade.query"]
    for asked in bench.rail.asked:
        theirs = dict(parse_qsl(bench.sdk.sign_data({k: v for k, v in asked.items() if k != "sign"})))
        assert theirs == asked


def test_one_notice_is_read_alike_by_the_sdk_and_by_us(bench: Bench) -> None:
    created(bench)
    bench.pay()
    notice = bench.rail.notice_of(bench.rail.books.payments["P1"], Saying(bench.clock.now()))
    told = dict(parse_qsl(notice.body.decode()))
    read = bench.gateway.read_notice(RawNotice(notice.body, notice.headers, bench.clock.now()))
    assert isinstance(read, PaymentNotice)
    assert bench.sdk.verify(told, told.pop("sign"))
    assert (read.out_trade_no, read.psp_ref, read.amount_fen) == (
        told["out_trade_no"], told["trade_no"], Fen(9980),
    )  # fmt: skip
