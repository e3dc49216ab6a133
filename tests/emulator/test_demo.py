"""The emulator as a person meets it: on a port, with pages to pay and to turn knobs, and a shop set up for it."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from adapters.payments.alipay import AlipayGateway
from adapters.payments.alipay_account import AlipayAccount
from adapters.payments.unionpay_account import SigningKey, UnionPayAccount
from adapters.payments.wechat_pay_account import WeChatPayAccount
from bot.settings import Settings, check_for_serving, fresh_secrets
from orders.clock import SystemClock, VirtualClock
from orders.money import Fen
from orders.ports import PaymentAsk, PaymentNotice, PaymentStatus, RawNotice, ShowCode
from orders.ports import Scene as PayScene
from tests.adapters.loopback import served
from tests.emulator.alipay import AlipayRail
from tests.emulator.app import Emulator
from tests.emulator.knobs import Knobs, RefundPath
from tests.emulator.rails import RAILS
from tests.emulator.settings import settings_for
from tests.emulator.virtual import sleeping
from tests.orders.world import START


@pytest.fixture
def emulator() -> Emulator:
    clock = VirtualClock(START)
    shop = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, text="success")))
    return Emulator(RAILS, clock, shop, sleeping(clock))


def browser(emulator: Emulator) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=emulator.transport(), base_url=emulator.base_url)


async def test_over_real_sockets_a_payment_is_opened_paid_told_and_found() -> None:
    heard: list[RawNotice] = []
    emulators: list[Emulator] = []

    async def hear(request: Request) -> Response:
        heard.append(RawNotice(await request.body(), dict(request.headers.items()), SystemClock().now()))
        return PlainTextResponse("success")

    async def gateways(scope: Scope, receive: Receive, send: Send) -> None:
        """The emulator must know its own address, which a server has only once it is up."""
        await emulators[0].app(scope, receive, send)

    shop = Starlette(routes=[Route("/notices/alipay", hear, methods=["POST"])])
    async with (
        served(shop) as shop_url,
        served(gateways) as gateways_url,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        emulators.append(Emulator([AlipayRail], SystemClock(), client, asyncio.sleep, gateways_url))
        rail = emulators[0].rails["alipay"]
        assert isinstance(rail, AlipayRail)
        notify = f"{shop_url}/notices/alipay"
        gateway = AlipayGateway(rail.account(), client, SystemClock(), notify, shop_url)
        now = SystemClock().now()
        ask = PaymentAsk("20260105000001-1", Fen(9980), "CNY", now, now + timedelta(minutes=30), "话费")
        offer = (await gateway.open(ask, PayScene.QR)).offer
        assert isinstance(offer, ShowCode)
        await client.post(offer.content, data={"do": "pay"})
        [raw] = heard
        read = gateway.read_notice(raw)
        assert isinstance(read, PaymentNotice)
        assert (read.out_trade_no, read.amount_fen) == (ask.out_trade_no, ask.amount_fen)
        assert (await gateway.query(ask)).status is PaymentStatus.PAID


def test_a_shop_that_is_set_up_for_the_emulator_may_open(emulator: Emulator, tmp_path: Path) -> None:
    said = dict(line.split("=", 1) for line in fresh_secrets().splitlines())
    settings = Settings(_env_file=None, **said, **settings_for(emulator, tmp_path))  # type: ignore[call-arg, arg-type]
    check_for_serving(settings)
    assert settings.gateways == ("alipay", "wechat_pay", "unionpay")
    account = AlipayAccount(
        settings.alipay_app_id,
        settings.alipay_seller_id,
        settings.alipay_private_key_file.read_text(),
        settings.alipay_public_key_file.read_text(),
        settings.alipay_url,
    )
    rail = emulator.rails["alipay"]
    assert isinstance(rail, AlipayRail)
    assert account == rail.account()
    # What is wrong with these would be said by a ValueError.
    WeChatPayAccount(
        settings.wechat_pay_merchant_id,
        settings.wechat_pay_app_id,
        settings.wechat_pay_certificate_serial,
        settings.wechat_pay_private_key_file.read_text(),
        settings.wechat_pay_api_v3_key.get_secret_value(),
        settings.wechat_pay_public_key_id,
        settings.wechat_pay_public_key_file.read_text(),
        api_url=settings.wechat_pay_url,
    )
    password = settings.unionpay_certificate_password.get_secret_value()
    UnionPayAccount(
        settings.unionpay_merchant_id,
        SigningKey.from_pkcs12(settings.unionpay_certificate_file.read_bytes(), password),
        settings.unionpay_root_file.read_bytes(),
        settings.unionpay_middle_file.read_bytes(),
        settings.unionpay_url,
        settings.unionpay_file_url,
    )


async def test_every_knob_that_fits_a_field_is_on_the_page(emulator: Emulator) -> None:
    page = (await browser(emulator).get("/knobs")).text
    for field in fields(Knobs):
        assert (f'name="{field.name}"' in page) is not field.name.startswith("bill_")
    assert all(name in page for name in emulator.rails)


async def test_knobs_are_turned_for_one_gateway_and_turned_back(emulator: Emulator) -> None:
    client = browser(emulator)
    alipay, wechat = emulator.rails["alipay"].knobs, emulator.rails["wechat_pay"].knobs
    turned = {
        "notice_delay": "90", "notices_lost": "2", "notice_copies": "3", "bad_signature": "on",
        "amount_told_fen": "1", "merchant_told": "2088", "slow_seconds": "20",
        "refund_path": "processing_then_abnormal", "refund_takes": "60", "clock_skew": "-30",
    }  # fmt: skip
    assert (await client.post("/knobs/alipay", data=turned)).status_code == 303
    assert alipay == Knobs(
        notice_delay=timedelta(seconds=90), notices_lost=2, notice_copies=3, bad_signature=True,
        amount_told_fen=1, merchant_told="2088", slow_seconds=20.0,
        refund_path=RefundPath.PROCESSING_THEN_ABNORMAL, refund_takes=timedelta(seconds=60),
        clock_skew=timedelta(seconds=-30),
    )  # fmt: skip
    assert wechat == Knobs()
    shown = (await client.get("/knobs")).text
    assert 'name="notice_delay" value="90"' in shown
    back = {"notice_copies": "1", "refund_path": "at_once", "refund_takes": "300"}
    await client.post("/knobs/alipay", data=back)
    assert alipay == Knobs()


@pytest.mark.parametrize(
    "wrong", [{"notices_lost": "many"}, {"refund_path": "sideways"}, {"clock_skew": "1e300"}]
)
async def test_a_knob_that_cannot_be_turned_so_far_stays_with_all_others(
    emulator: Emulator, wrong: dict[str, str]
) -> None:
    right = {"refund_path": "at_once", "notice_copies": "5"}
    assert (await browser(emulator).post("/knobs/alipay", data=right | wrong)).status_code == 400
    assert emulator.rails["alipay"].knobs == Knobs()
    assert (await browser(emulator).post("/knobs/nobody", data=right)).status_code == 404


async def test_what_waits_to_be_paid_is_listed_as_text(emulator: Emulator) -> None:
    rail = emulator.rails["alipay"]
    assert isinstance(rail, AlipayRail)
    client = httpx.AsyncClient(transport=emulator.transport())
    gateway = AlipayGateway(rail.account(), client, rail.clock, "http://shop.test/n", "http://shop.test/b")
    ask = PaymentAsk("20260105000001-1", Fen(9980), "CNY", START, START + timedelta(minutes=30), "<b>话费")
    await gateway.open(ask, PayScene.QR)
    page = (await browser(emulator).get("/knobs")).text
    assert 'href="http://emulator.test/payer/alipay/20260105000001_1"' in page
    assert "&lt;b&gt;话费" in page
    await rail.pay("20260105000001_1")
    assert "/payer/" not in (await browser(emulator).get("/knobs")).text
