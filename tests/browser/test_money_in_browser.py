"""Money's whole way as people see it: a code that is paid at a gateway, and a bill that staff square."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from orders.database import Database
from orders.money import Fen
from orders.ports import BillKind, BillRow
from orders.reconciling import Party, Side, china_day
from tests.browser.conftest import DESKTOP, PHONE, ROOT, Invite, RunningShop
from tests.orders.world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SENTENCE = "帮我充100元话费到13800138000"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Mobile/15E148 Safari/604.1"
)
WECHAT = "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0.48"


class ShopWithGateways(RunningShop):
    """`make demo-gateways`: the shop, and the gateways by which it is paid."""

    knobs: str = ""
    password: str = ""

    def open(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.emulator"],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(self.folder)},
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        told = ""
        while "Ctrl+C" not in told:
            line = self.process.stdout.readline().decode()
            assert line, f"the gateways did not open:\n{told}"
            told += line
        ports = re.findall(r"http://127[.]0[.]0[.]1:([0-9]+)/(?:knobs)?", told)
        self.port, self.knobs = int(ports[0]), f"http://127.0.0.1:{ports[2]}/knobs"
        password = re.search(r"password: (\S+)", told)
        assert password is not None
        self.password = password[1]

    def close(self, how: signal.Signals = signal.SIGTERM) -> None:
        super().close(how)
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def desk_password(self) -> str:
        return self.password

    @property
    def database_url(self) -> str:
        (found,) = self.folder.glob("*/state/shop.db")
        return f"sqlite+aiosqlite:///{found}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    running = ShopWithGateways(tmp_path_factory.mktemp("gateways"), 0)
    running.open()
    yield running
    running.close()


def with_gateways(shop: RunningShop) -> ShopWithGateways:
    assert isinstance(shop, ShopWithGateways)
    return shop


def test_a_code_is_paid_at_alipay_and_the_page_moves_on_by_itself(visitor: Invite, shop: RunningShop) -> None:
    me = visitor(DESKTOP)
    me.goes("/")
    me.says(SENTENCE)
    me.taps("去支付")
    me.sees("应付金额")
    me.page.locator('form[action$="/by/alipay"] button').click()
    code = me.page.get_by_alt_text("付款二维码")
    expect(code).to_be_visible()
    # A picture is visible before it is there: ask for it when it has come.
    expect(code).to_have_js_property("complete", True)
    assert code.evaluate("image => image.naturalWidth") > 0
    order_no = re.search(r"[0-9]{14}", me.page.locator(".amount").inner_text())
    assert order_no is not None

    payer = me.context.new_page()
    payer.goto(with_gateways(shop).knobs)
    payer.get_by_role("link", name=order_no[0]).first.click()
    payer.get_by_role("button", name="付款 ¥99.80").click()
    expect(payer.locator("#state")).to_have_text("已付")
    payer.close()

    me.sees("支付成功")
    me.taps("返回聊天")
    me.sees("收到付款99.80元", "#entries")
    me.sees("已到账", "#entries .slip .status")


def test_a_phone_is_led_on_and_finds_the_way_back(visitor: Invite, shop: RunningShop) -> None:
    me = visitor(PHONE, user_agent=IPHONE)
    me.goes("/")
    me.says(SENTENCE)
    me.taps("去支付")
    me.page.locator('form[action$="/by/alipay"] button').click()
    me.page.get_by_role("button", name="付款 ¥99.80").click()
    me.sees("支付成功")
    assert me.page.url.startswith(me.shop.address)


def test_who_stands_in_wechat_is_told_the_way_out(visitor: Invite) -> None:
    me = visitor(PHONE, user_agent=WECHAT)
    me.goes("/")
    me.says(SENTENCE)
    me.taps("去支付")
    me.sees("在浏览器打开")


def test_a_payment_that_only_the_bill_knows_is_booked_at_the_desk(visitor: Invite, shop: RunningShop) -> None:
    me, staff = visitor(), visitor(DESKTOP)
    me.goes("/")
    me.says(SENTENCE)
    me.sees("去支付")
    order_no = re.search(r"[0-9]{14}", me.bubbles("bot")[-1])
    assert order_no is not None
    me.taps("去支付")
    me.page.locator('form[action$="/by/alipay"] button').click()
    expect(me.page.get_by_alt_text("付款二维码")).to_be_visible()
    _billed(with_gateways(shop), order_no[0])

    staff.goes("/desk")
    staff.page.fill("[name=name]", "小李")
    staff.page.fill("[name=password]", staff.shop.desk_password)
    staff.taps("登录")
    staff.taps("对账")
    difference = staff.page.locator(".slip", has_text=order_no[0])
    expect(difference).to_contain_text("账单上有，我们没有")
    expect(difference).to_contain_text("¥99.80")
    difference.get_by_role("button", name="按账单入账").click()
    staff.sees("处理好了")
    expect(difference).to_have_count(0)
    me.sees("支付成功")
    me.taps("返回聊天")
    me.sees("已到账", "#entries .slip .status")


def _billed(shop: ShopWithGateways, order_no: str) -> None:
    """Alipay's bill of today names a payment for this order, of which no notice ever came."""

    async def take_in() -> None:
        database = Database.open(shop.database_url)
        try:
            books, now = World(database).shop, datetime.now(UTC)
            payment = await database.read(lambda tx: books.payment_of(tx, order_no))
            assert payment is not None
            party, day = Party(Side.GATEWAY, "alipay"), china_day(now)
            row = BillRow(
                BillKind.PAYMENT, "psp-1", payment.out_trade_no, payment.amount_fen, Fen(0), "succeeded", now
            )
            await database.write(lambda tx: books.reckoning.take_in(tx, party, day, (row,), now))
            await database.write(lambda tx: books.reckoning.compare(tx, party, day, now))
        finally:
            await database.close()

    # The browser's own loop runs in this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, take_in()).result()
