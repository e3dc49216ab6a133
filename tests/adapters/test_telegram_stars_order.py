"""From the sentence to delivered in Telegram, paid in stars, while the platform sends everything twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.line import Line
from adapters.payments.stars import StarsGateway
from adapters.telegram import Pace, telegram_line
from adapters.telegram_api import TelegramApi
from adapters.telegram_stars import StarsInbox, StarsWords
from bot.app import App
from bot.settings import DATA_FOLDER
from bot.wording import Wording
from orders.clock import SystemClock
from orders.order import CustomerState
from orders.payment import STARS
from orders.ports import InvoiceSent, Scene
from tests.adapters.fake_telegram import FakeTelegram
from tests.adapters.loopback import until
from tests.adapters.order_stage import BASE_URL, SENTENCE, open_shop, states

LI = 4001
CUSTOMER = f"telegram:{LI}"


@asynccontextmanager
async def stars_shop(folder: Path, mode: str) -> AsyncIterator[tuple[FakeTelegram, App]]:
    async with FakeTelegram(says_twice=True).running() as platform:
        api = TelegramApi(platform.token, platform.api_url)
        words = StarsWords.of(Wording.read(DATA_FOLDER / "replies.yaml"))
        gateway = StarsGateway(api, SystemClock(), words.describe)

        def connect(app: App) -> Line:
            return telegram_line(
                token=platform.token,
                webhook_secret="a-secret-of-the-webhook" if mode == "webhook" else None,
                base_url=BASE_URL,
                reception=app.reception,
                database=app.database,
                wording=app.wording,
                clock=app.clock,
                api_url=platform.api_url,
                pace=Pace(0, 0),
                stars=StarsInbox(api, gateway, app.shop, app.database, words, app.clock),
            )

        try:
            async with open_shop(folder, connect, gateways=(gateway,)) as (app, address):
                platform.reaches[BASE_URL] = address
                if mode == "webhook":
                    await until(lambda: platform.webhook is not None)
                yield platform, app
        finally:
            await gateway.close_connection()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_the_sentence_is_paid_in_stars_and_delivered_once(tmp_path: Path, mode: str) -> None:
    async with stars_shop(tmp_path, mode) as (platform, app):
        await platform.say(LI, SENTENCE)
        await until(lambda: bool(platform.seen_by(LI)))
        order = await app.database.read(lambda tx: app.shop.payable(tx, CUSTOMER))
        assert order is not None
        offer = await app.till.send(
            order.pay_token, STARS, Scene.INVOICE, payer=str(LI), payer_ip="", return_url=""
        )
        assert isinstance(offer, InvoiceSent)
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
