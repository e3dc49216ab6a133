"""From the sentence to delivered in Telegram, paid in stars, while the platform sends everything twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from adapters.line import Line
from bot.app import App
from bot.gateways import connected
from bot.lines import chat_lines
from bot.settings import Settings
from orders.clock import SystemClock
from orders.order import CustomerState
from tests.adapters.fake_telegram import FakeTelegram
from tests.adapters.loopback import until
from tests.adapters.order_stage import BASE_URL, SENTENCE, open_shop, states

LI = 4001
CUSTOMER = f"telegram:{LI}"


def settings(platform: FakeTelegram, folder: Path, mode: str) -> Settings:
    """As a shopkeeper sets the shop up."""
    return Settings(
        _env_file=None,
        XIADAN_GATEWAYS="stars",
        XIADAN_STATE_FOLDER=folder,
        XIADAN_BASE_URL=BASE_URL,
        TELEGRAM_BOT_TOKEN=platform.token,
        TELEGRAM_API_URL=platform.api_url,
        TELEGRAM_MODE=mode,
        TELEGRAM_WEBHOOK_SECRET="a-secret-of-the-webhook",
    )


@asynccontextmanager
async def stars_shop(folder: Path, mode: str) -> AsyncIterator[tuple[FakeTelegram, App]]:
    async with FakeTelegram(says_twice=True).running() as platform, httpx.AsyncClient() as client:
        wanted = settings(platform, folder, mode)

        def connect(app: App) -> Line:
            (line,) = chat_lines(app, wanted)
            return line

        gateways = connected(wanted, client, SystemClock())
        async with open_shop(folder, connect, gateways=gateways) as (app, address):
            platform.reaches[BASE_URL] = address
            if mode == "webhook":
                await until(lambda: platform.webhook is not None)
            yield platform, app


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_the_sentence_is_paid_in_stars_and_delivered_once(tmp_path: Path, mode: str) -> None:
    async with stars_shop(tmp_path, mode) as (platform, app):
        await platform.say(LI, SENTENCE)
        await until(lambda: bool(platform.seen_by(LI)))
        order = await app.database.read(lambda tx: app.shop.payable(tx, CUSTOMER))
        assert order is not None
        await until(lambda: bool(platform.invoices[LI]))
        # Nothing leads out of Telegram to another way of paying.
        assert "去付款" not in platform.seen_by(LI)[0].labels
        await platform.press_pay(LI)
        await until(lambda: any("已到账" in message.text for message in platform.seen_by(LI)[1:]))
        await platform.settled()
        assert await states(app, CUSTOMER) == [CustomerState.DELIVERED]
        news = [message.text for message in platform.seen_by(LI)]
        assert len(news) == len(set(news))
        assert len(platform.star_transactions) == 1
        payment = await app.database.read(lambda tx: app.shop.payment_of(tx, order.order_no))
        assert payment is not None
        assert payment.psp_ref == platform.star_transactions[0]["id"]
