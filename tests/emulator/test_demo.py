"""The emulator as a person meets it: on a port, with pages to pay and to turn knobs, and a shop set up for it."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
import subprocess
import sys
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
from bot.gateways import connected
from bot.settings import Settings, fresh_secrets
from bot.settings_check import check_for_serving
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

ROOT = Path(__file__).resolve().parents[2]


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


async def test_a_shop_that_is_set_up_for_the_emulator_is_paid_by_all_of_it(
    emulator: Emulator, tmp_path: Path
) -> None:
    said = dict(line.split("=", 1) for line in fresh_secrets().splitlines())
    settings = Settings(_env_file=None, **said, **settings_for(emulator, tmp_path))  # type: ignore[call-arg, arg-type]
    check_for_serving(settings)
    clock = emulator.rails["alipay"].clock
    async with httpx.AsyncClient(transport=emulator.transport()) as client:
        gateways = connected(settings, client, clock)
        assert [gateway.name for gateway in gateways] == list(emulator.rails)
        ask = PaymentAsk("20260105000001-1", Fen(9980), "CNY", START, START + timedelta(minutes=30), "话费")
        for gateway in gateways:
            # The other side believes our signature, and we believe its answer: nobody has paid yet.
            assert (await gateway.query(ask)).status in (PaymentStatus.NOT_PAID, PaymentStatus.CLOSED)


def test_the_demo_opens_and_closes_and_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(
        [sys.executable, "-m", "tests.emulator"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert demo.stdout is not None
        told = "".join(itertools.islice(iter(demo.stdout.readline, ""), 9))
        addresses = re.findall(r"http://127[.]0[.]0[.]1:[0-9]+/[a-z]*", told)
        assert len(addresses) >= 3, told
        pages = [httpx.get(address, trust_env=False, follow_redirects=True) for address in addresses[:3]]
        assert [page.status_code for page in pages] == [200, 200, 200]
    finally:
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=30) == 0
        assert demo.stdout is not None
        demo.stdout.close()
    assert list(tmp_path.iterdir()) == []


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
