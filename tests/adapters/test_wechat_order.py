"""From the sentence to delivered over WeChat, while the platform pushes everything twice."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.line import Line
from adapters.wechat import PATH, wechat_line
from bot.app import App
from orders.order import CustomerState
from tests.adapters.fake_wechat import FakeWeChat
from tests.adapters.order_stage import SENTENCE, open_shop, pay, states

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
MODES = pytest.mark.parametrize("key", ["", KEY], ids=["plain", "encrypted"])


@asynccontextmanager
async def wechat_shop(folder: Path, key: str, **how):
    async with FakeWeChat(encoding_aes_key=key, **how).running() as platform:

        def connect(app: App) -> Line:
            return wechat_line(
                app_id=platform.app_id,
                secret=platform.secret,
                token=platform.token,
                encoding_aes_key=key,
                reception=app.reception,
                database=app.database,
                wording=app.wording,
                clock=app.clock,
                api_url=platform.api_url,
            )

        async with open_shop(folder, connect) as (app, address):
            platform.server_url = f"{address}{PATH}"
            yield platform, app


@MODES
async def test_the_sentence_ends_delivered_and_nothing_happens_twice(tmp_path, key) -> None:
    async with wechat_shop(tmp_path, key, says_twice=True) as (platform, app):
        assert await platform.greet() == "ok"
        li = platform.follower()
        customer = f"wechat:{li.openid}"
        await platform.says(li, SENTENCE)
        assert len(li.screen) == 1
        assert "8000" in li.screen[0]
        assert "https://shop.example/pay/" in li.screen[0]
        paid = await pay(app, customer)
        news = await platform.until(li, "已到账")
        assert paid.order_no in news
        assert "138****8000" in news
        assert await states(app, customer) == [CustomerState.DELIVERED]
        assert len(li.screen) == len(set(li.screen)) == 3
        assert (li.passive, li.pushed) == (1, 2)


@MODES
async def test_an_order_is_made_with_numbers(tmp_path, key) -> None:
    async with wechat_shop(tmp_path, key, says_twice=True) as (platform, app):
        li = platform.follower()
        customer = f"wechat:{li.openid}"
        await platform.does(li, "subscribe")
        await platform.says(li, "充话费")
        number = next(line.split(".")[0] for line in li.screen[-1].splitlines() if "100元" in line)
        await platform.says(li, number)
        assert "手机号" in li.screen[-1]
        await platform.says(li, "13800138000")
        assert "/pay/" in li.screen[-1]
        await pay(app, customer)
        await platform.until(li, "已到账")
        assert await states(app, customer) == [CustomerState.DELIVERED]
        assert li.passive == 4


async def test_an_account_that_may_not_send_gives_the_news_with_the_next_answer(tmp_path) -> None:
    async with wechat_shop(tmp_path, "", verified=False) as (platform, app):
        li = platform.follower()
        customer = f"wechat:{li.openid}"
        await platform.says(li, SENTENCE)
        await pay(app, customer)
        await app_is_through(app, customer)
        await platform.says(li, "好了吗")
        assert "已到账" in li.screen[-1]
        assert li.pushed == 0


async def app_is_through(app: App, customer: str) -> None:
    """The order is delivered and both its news were tried."""
    held = 0
    async with asyncio.timeout(30):
        while held < 2:
            await asyncio.sleep(0.05)
            held = await app.database.read(
                lambda tx: tx.exec_driver_sql(
                    "SELECT count(*) FROM held_messages WHERE given_with IS NULL"
                ).scalar_one()
            )
    assert await states(app, customer) == [CustomerState.DELIVERED]
