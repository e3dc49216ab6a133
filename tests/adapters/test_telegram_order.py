"""From the sentence to delivered over Telegram, while the platform sends everything twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.line import Line
from adapters.telegram import Pace, telegram_line
from bot.app import App
from orders.order import CustomerState
from tests.adapters.fake_telegram import FakeTelegram, Refusal, ShownMessage
from tests.adapters.loopback import until
from tests.adapters.order_stage import BASE_URL, SENTENCE, open_shop, pay, states

LI = 4001
CUSTOMER = f"telegram:{LI}"
MODES = pytest.mark.parametrize("mode", ["polling", "webhook"])


@asynccontextmanager
async def telegram_shop(folder: Path, mode: str, *, says_twice: bool = True):
    async with FakeTelegram(says_twice=says_twice).running() as platform:

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
            )

        # Before the shop is there the platform cannot reach it, and tries again.
        async with open_shop(folder, connect) as (app, address):
            platform.reaches[BASE_URL] = address
            if mode == "webhook":
                await until(lambda: platform.webhook is not None)
            yield platform, app


async def shown(platform: FakeTelegram, true: Callable[[ShownMessage], bool]) -> ShownMessage:
    """The first message on the customer's screen of which this is true; waits for it."""
    await until(lambda: any(true(message) for message in platform.seen_by(LI)))
    return next(message for message in platform.seen_by(LI) if true(message))


@MODES
async def test_the_sentence_ends_delivered_and_nothing_happens_twice(tmp_path, mode) -> None:
    async with telegram_shop(tmp_path, mode) as (platform, app):
        await platform.say(LI, SENTENCE)
        quote = await shown(platform, lambda message: "去付款" in message.labels)
        assert "8000" in quote.text
        paid = await pay(app, CUSTOMER)
        news = await shown(
            platform, lambda message: message.text.startswith("手机话费") and "已到账" in message.text
        )
        assert paid.order_no in news.text
        await platform.settled()
        assert await states(app, CUSTOMER) == [CustomerState.DELIVERED]
        texts = [message.text for message in platform.seen_by(LI)]
        assert len(texts) == len(set(texts)) == 3
        card = platform.seen_by(LI)[0]
        assert card.text.startswith("已到账")
        assert "去付款" not in card.labels


@MODES
async def test_an_order_is_made_by_tapping_and_typing(tmp_path, mode) -> None:
    async with telegram_shop(tmp_path, mode) as (platform, app):
        await platform.say(LI, "/start")
        await shown(platform, lambda message: bool(message.labels))
        await platform.say(LI, "充话费")
        asked = await shown(platform, lambda message: any("100元" in label for label in message.labels))
        await platform.tap(LI, next(label for label in asked.labels if "100元" in label))
        await shown(platform, lambda message: "手机号" in message.text)
        await platform.say(LI, "13800138000")
        await shown(platform, lambda message: "去付款" in message.labels)
        await pay(app, CUSTOMER)
        await shown(platform, lambda message: "已到账" in message.text)
        assert len(platform.answered_taps) == 1
        assert await states(app, CUSTOMER) == [CustomerState.DELIVERED]


async def test_a_picture_is_answered_kindly_and_a_stranger_sees_nothing_of_the_order(tmp_path) -> None:
    async with telegram_shop(tmp_path, "polling", says_twice=False) as (platform, app):
        await platform.say(LI, SENTENCE)
        quote = await shown(platform, lambda message: "去付款" in message.labels)
        await platform.say(
            LI,
            "",
            sticker={
                "file_id": "f",
                "file_unique_id": "u",
                "type": "regular",
                "width": 1,
                "height": 1,
                "is_animated": False,
                "is_video": False,
            },
        )
        await shown(platform, lambda message: "文字" in message.text)
        order = await app.database.read(lambda tx: app.shop.payable(tx, CUSTOMER))
        assert order is not None
        stranger = LI + 1
        await platform.say(stranger, f"订单{order.order_no}怎么样了")
        await until(lambda: bool(platform.seen_by(stranger)))
        answer = platform.seen_by(stranger)[0]
        assert "8000" not in answer.text.replace(order.order_no, "")
        assert "100" not in answer.text.replace(order.order_no, "")
        assert quote.buttons[0].url not in [button.url for button in answer.buttons]


@MODES
async def test_what_telegram_would_not_take_at_first_comes_when_it_asked_for(tmp_path, mode) -> None:
    async with telegram_shop(tmp_path, mode, says_twice=False) as (platform, app):
        platform.faults["sendMessage"].append(Refusal(429, "Too Many Requests: retry after 2", retry_after=2))
        await platform.say(LI, SENTENCE)
        await until(lambda: not platform.faults["sendMessage"])
        refused_at = app.clock.now()
        await shown(platform, lambda message: "去付款" in message.labels)
        assert (app.clock.now() - refused_at).total_seconds() > 1.5
        assert len(platform.seen_by(LI)) == 1
