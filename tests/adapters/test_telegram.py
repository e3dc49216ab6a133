"""Telegram, both ways, against a strict Bot API server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response

from adapters.telegram import Pace, TelegramChannel
from adapters.telegram_api import TelegramApi
from adapters.telegram_inbox import (
    WEBHOOK_PATH,
    TelegramInbox,
    TelegramPolling,
    keep_webhook,
    read_tap_data,
    tap_data,
    telegram_routes,
)
from adapters.web.security import BodyLimit
from bot.channel import NotDelivered
from bot.messages import ChatAddress, Choice, IncomingKind, IncomingMessage, OutgoingMessage, Reply, Speaker
from bot.reach import OrderCards
from orders.clock import SystemClock
from orders.database import Database
from tests.adapters.clerk import ORDER_NO, WORDS, Clerk, card
from tests.adapters.fake_telegram import FakeTelegram, Refusal
from tests.adapters.loopback import served, until

LI = 4001
HOME = ChatAddress("telegram", str(LI))
SECRET = "a-secret-of-the-webhook"
PUBLIC = "https://shop.example"

SIZES = (Choice("50元", "topup-50"), Choice("100元", "topup-100"))


@dataclass
class Shop:
    """A bot with its conversation, pointed at a fake platform."""

    platform: FakeTelegram
    api: TelegramApi
    clerk: Clerk
    cards: OrderCards
    inbox: TelegramInbox
    channel: TelegramChannel
    pauses: list[float] = field(default_factory=list)

    def polling(self) -> TelegramPolling:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)
            await asyncio.sleep(0)

        return TelegramPolling(self.api, self.inbox, hold_seconds=0, sleep=pause)

    async def answer(self, message: IncomingMessage) -> None:
        """Send what the clerk answered, as the sender does."""
        for outgoing in await self.clerk.receive(message):
            await self.channel.send(outgoing)

    async def tell(self, reply: Reply, *, about: str | None = None, speaker: Speaker = Speaker.NEWS) -> None:
        await self.channel.send(await self.clerk.news(HOME, reply, about=about, speaker=speaker))


Rule = Callable[[IncomingMessage], Reply | None]


def echo(message: IncomingMessage) -> Reply:
    return Reply(f"heard {message.text}")


@asynccontextmanager
async def shop(
    database: Database, clock: SystemClock, rule: Rule = echo, pace: Pace | None = None, **platform: Any
) -> AsyncIterator[Shop]:
    async with FakeTelegram(**platform).running() as telegram:
        api = TelegramApi(telegram.token, telegram.api_url)
        clerk, cards = Clerk(database, clock, rule), OrderCards(database)
        inbox = TelegramInbox(api, clerk, cards, WORDS, clock)
        channel = TelegramChannel(api, cards, WORDS, pace or Pace(0, 0))
        try:
            yield Shop(telegram, api, clerk, cards, inbox, channel)
        finally:
            await api.close()


def texts(messages: list[IncomingMessage]) -> list[str]:
    return [message.text for message in messages]


# Hearing, by polling


async def test_polling_hands_in_what_was_said(database, clock) -> None:
    async with shop(database, clock) as it:
        await it.platform.say(LI, "充100")
        await it.polling().once()
        (heard,) = it.clerk.heard
        assert (heard.text, heard.chat, heard.kind) == ("充100", HOME, IncomingKind.TEXT)
        assert heard.sent_at.tzinfo is not None


async def test_an_update_is_acknowledged_only_after_it_was_taken(database, clock) -> None:
    async with shop(database, clock) as it:
        update = await it.platform.say(LI, "充100")
        polling = it.polling()
        await polling.once()
        assert it.platform.unacknowledged() == [update]
        await polling.once()
        assert it.platform.unacknowledged() == []


async def test_what_a_crash_left_unacknowledged_comes_again_and_is_acted_on_once(database, clock) -> None:
    async with shop(database, clock) as it:
        await it.platform.say(LI, "充100")
        await it.polling().once()
        await it.polling().once()  # a new process: it starts from the beginning
        assert texts(it.clerk.heard) == ["充100"]


async def test_an_update_that_the_platform_repeats_is_acted_on_once(database, clock) -> None:
    async with shop(database, clock, says_twice=True) as it:
        await it.platform.say(LI, "一")
        await it.platform.say(LI, "二")
        polling = it.polling()
        for _ in range(4):
            await polling.once()
        assert texts(it.clerk.heard) == ["一", "二"]
        assert it.platform.unacknowledged() == []


async def test_a_malformed_update_does_not_take_the_others_with_it(database, clock) -> None:
    async with shop(database, clock) as it:
        await it.platform.push({"message": {"chat": "nonsense"}})
        await it.platform.push({"callback_query": {"id": "1", "from": {"id": LI}}})
        await it.platform.say(LI, "充100")
        polling = it.polling()
        await polling.once()
        await polling.once()
        assert texts(it.clerk.heard) == ["充100"]
        assert it.platform.unacknowledged() == []


async def test_when_telegram_is_away_polling_waits_longer_each_time_and_goes_on(database, clock) -> None:
    async with shop(database, clock) as it:
        for _ in range(3):
            it.platform.faults["getUpdates"].append(Refusal(502, "Bad Gateway"))
        it.platform.faults["getUpdates"].append(Refusal(429, "Too Many Requests", retry_after=9))
        await it.platform.say(LI, "充100")
        polling = it.polling()
        for _ in range(5):
            await polling.once()
        assert it.pauses == [3, 6, 12, 60]
        assert texts(it.clerk.heard) == ["充100"]


async def test_polling_takes_over_from_a_webhook_and_loses_nothing(database, clock) -> None:
    async with shop(database, clock, reaches={PUBLIC: "http://127.0.0.1:1"}) as it:
        await it.api.use_webhook(f"{PUBLIC}{WEBHOOK_PATH}", SECRET)
        running = asyncio.create_task(it.polling().run())
        await until(lambda: it.platform.webhook is None)
        await it.platform.say(LI, "充100")
        await until(lambda: bool(it.clerk.heard))
        running.cancel()
        assert not any(
            "drop_pending_updates" in call and call["drop_pending_updates"] for _, call in it.platform.calls
        )


# Hearing, by webhook


@asynccontextmanager
async def webhook(it: Shop) -> AsyncIterator[str]:
    async with served(Starlette(routes=telegram_routes(it.inbox, SECRET))) as address:
        it.platform.reaches[PUBLIC] = address
        await keep_webhook(it.api, PUBLIC, SECRET)
        yield f"{address}{WEBHOOK_PATH}"


async def test_a_webhook_hands_in_what_was_said(database, clock) -> None:
    async with shop(database, clock) as it, webhook(it):
        await it.platform.say(LI, "充100")
        await it.platform.settled()
        assert texts(it.clerk.heard) == ["充100"]
        assert it.platform.webhook_answers == [200]


async def test_an_update_posted_twice_is_acknowledged_twice_and_acted_on_once(database, clock) -> None:
    async with shop(database, clock, says_twice=True) as it, webhook(it):
        await it.platform.say(LI, "充100")
        await it.platform.settled()
        assert texts(it.clerk.heard) == ["充100"]
        assert it.platform.webhook_answers == [200, 200]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x"])
async def test_a_post_without_the_secret_is_refused(database, clock, secret) -> None:
    async with shop(database, clock) as it, webhook(it) as url, httpx.AsyncClient() as stranger:
        update = {"update_id": 1, "message": {}}
        answer = await stranger.post(url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": secret})
        assert answer.status_code == 403
        assert it.clerk.heard == []


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 400), (b"x" * (1 << 20) + b"xx", 413)])
async def test_a_post_that_is_no_update_is_refused(database, clock, body, status) -> None:
    async with shop(database, clock) as it, webhook(it) as url, httpx.AsyncClient() as client:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        assert (await client.post(url, content=body, headers=headers)).status_code == status


async def test_an_update_may_be_larger_than_what_the_pages_take(database, clock) -> None:
    async with shop(database, clock) as it:
        limited = Starlette(
            routes=telegram_routes(it.inbox, SECRET),
            middleware=[Middleware(BodyLimit, bytes_max=1000, leaves=frozenset({WEBHOOK_PATH}))],
        )
        async with served(limited) as address:
            it.platform.reaches[PUBLIC] = address
            await keep_webhook(it.api, PUBLIC, SECRET)
            await it.platform.say(LI, "充100", forwarded_with={"text": "x" * 100_000})
            await it.platform.settled()
        assert it.platform.webhook_answers == [200]


async def test_an_update_that_could_not_be_stored_is_posted_again(database, clock) -> None:
    async with shop(database, clock) as it:
        outer = it.clerk.receive
        failures = [OSError("disk full"), OSError("disk full")]

        async def fails_at_first(message: IncomingMessage) -> tuple[OutgoingMessage, ...]:
            if failures:
                raise failures.pop()
            return await outer(message)

        it.clerk.receive = fails_at_first  # type: ignore[method-assign]
        async with webhook(it):
            await it.platform.say(LI, "充100")
            await it.platform.settled()
        assert it.platform.webhook_answers == [500, 500, 200]
        assert texts(it.clerk.heard) == ["充100"]


# What is said in a chat


async def test_a_tapped_choice_is_heard_with_its_meaning_and_the_tap_is_answered(database, clock) -> None:
    async with shop(database, clock, lambda heard: Reply("充多少？", SIZES)) as it:
        polling = await _asked(it)
        await it.platform.tap(LI, "100元")
        await polling.once()
        heard = it.clerk.heard[-1]
        assert (heard.text, heard.means) == ("100元", "topup-100")
        assert [toast for _, toast in it.platform.answered_taps] == ["100元"]


async def test_a_tap_that_comes_twice_is_heard_once_and_its_late_answer_is_no_failure(
    database, clock
) -> None:
    async with shop(database, clock, lambda heard: Reply("充多少？", SIZES), says_twice=True) as it:
        polling = await _asked(it)
        await it.platform.tap(LI, "100元")
        for _ in range(4):
            await polling.once()
        assert texts(it.clerk.heard) == ["充话费", "100元"]
        assert it.pauses == []


async def test_another_s_button_or_a_made_up_one_says_nothing(database, clock) -> None:
    async with shop(database, clock, lambda heard: Reply("充多少？", SIZES)) as it:
        polling = await _asked(it)
        data = it.platform.seen_by(LI)[0].buttons[0].data
        for forged in (data, "999999.0", "1.99", "x", "", "-1.0", "9" * 60):
            await it.platform.push(
                {
                    "callback_query": {
                        "id": f"forged-{forged}",
                        "chat_instance": "1",
                        "from": {"id": 666, "is_bot": False, "first_name": "Mallory"},
                        "data": forged,
                    }
                }
            )
        await polling.once()
        assert texts(it.clerk.heard) == ["充话费"]


async def test_a_button_s_data_is_short_and_opaque() -> None:
    assert read_tap_data(tap_data(12345678901234, 9)) == (12345678901234, 9)
    assert len(tap_data(2**47, 99).encode()) <= 64


@pytest.mark.parametrize(
    ("said", "text", "kind"),
    [
        ("/start", "/start", IncomingKind.OPENED),
        ("/start@shop_test_bot ref", "/start@shop_test_bot ref", IncomingKind.OPENED),
        ("/充值 100", "充值 100", IncomingKind.TEXT),
    ],
)
async def test_commands_are_words(database, clock, said, text, kind) -> None:
    async with shop(database, clock) as it:
        await it.platform.say(LI, said)
        await it.polling().once()
        assert [(heard.text, heard.kind) for heard in it.clerk.heard] == [(text, kind)]


PICTURE = {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]}


async def test_a_picture_is_heard_as_unreadable_and_its_caption_as_words(database, clock) -> None:
    async with shop(database, clock) as it:
        await it.platform.say(LI, "", **PICTURE)
        await it.platform.say(LI, "", **PICTURE, caption="充100到13800138000")
        await it.polling().once()
        assert [heard.kind for heard in it.clerk.heard] == [IncomingKind.UNREADABLE, IncomingKind.TEXT]
        assert it.clerk.heard[1].text == "充100到13800138000"


async def test_in_a_group_the_bot_only_asks_to_be_written_to_alone(database, clock) -> None:
    async with shop(database, clock) as it:
        await it.platform.say(LI, "晚上吃什么", group=-100)
        await it.platform.say(LI, "@shop_test_bot 充100到13800138000", group=-100)
        await it.platform.say(LI, "/start@another_bot", group=-100)
        await it.polling().once()
        assert it.clerk.heard == []
        assert [shown.text for shown in it.platform.chats[-100]] == [WORDS.only_private]


async def test_a_group_s_message_that_comes_twice_is_answered_once(database, clock) -> None:
    async with shop(database, clock, says_twice=True) as it:
        await it.platform.say(LI, "/start", group=-100)
        polling = it.polling()
        await polling.once()
        await polling.once()
        assert len(it.platform.chats[-100]) == 1


# Saying


async def _asked(it: Shop) -> TelegramPolling:
    """The customer said something and sees the clerk's question."""
    polling = it.polling()
    await it.platform.say(LI, "充话费")
    await polling.once()
    await it.answer(
        IncomingMessage(it.clerk.heard[-1].message_id, HOME, "充话费", it.clerk.heard[-1].sent_at)
    )
    return polling


def quote() -> Reply:
    return Reply(
        f"话费100元，共99.8元。订单号 {ORDER_NO}",
        (Choice("取消", "cancel"),),
        pay_url=f"{PUBLIC}/pay/token",
        card=card("awaiting_payment", "待付款"),
    )


async def test_a_quote_has_a_pay_button_and_its_order_number_can_be_copied(database, clock) -> None:
    async with shop(database, clock) as it:
        it.platform.known_chats.add(LI)
        await it.tell(quote(), about=ORDER_NO, speaker=Speaker.BOT)
        (shown,) = it.platform.seen_by(LI)
        assert shown.labels == ["去付款", "取消", "查看订单"]
        assert shown.buttons[0].url == f"{PUBLIC}/pay/token"
        (entity,) = shown.entities
        assert entity["type"] == "code"
        assert shown.text[entity["offset"] : entity["offset"] + entity["length"]] == ORDER_NO


async def test_the_order_s_card_is_renewed_in_place_and_the_news_are_said_aloud(database, clock) -> None:
    async with shop(database, clock) as it:
        it.platform.known_chats.add(LI)
        await it.tell(quote(), about=ORDER_NO, speaker=Speaker.BOT)
        await it.tell(Reply("已收到付款", card=card("processing", "充值中")), about=ORDER_NO)
        assert it.platform.seen_by(LI)[0].text.startswith("充值中 ·")
        assert it.platform.seen_by(LI)[0].labels == ["查看订单"]
        await it.tell(Reply("已到账", card=card("delivered", "已到账")), about=ORDER_NO)
        quoted, *news = it.platform.seen_by(LI)
        assert quoted.text.startswith("已到账 ·")
        assert [(shown.text, shown.edits) for shown in news] == [("已收到付款", 0), ("已到账", 0)]


async def test_an_order_that_is_shown_again_can_be_paid_in_one_place_only(database, clock) -> None:
    async with shop(database, clock, lambda heard: quote()) as it:
        it.platform.known_chats.add(LI)
        await it.tell(quote(), about=ORDER_NO, speaker=Speaker.BOT)
        (again,) = await it.clerk.receive(IncomingMessage("m1", HOME, "订单呢", clock.now()))
        await it.channel.send(replace(again, about=ORDER_NO))
        old, new = it.platform.seen_by(LI)
        assert (old.labels, new.labels) == (["查看订单"], ["去付款", "取消", "查看订单"])
        await it.tell(Reply("已收到付款", card=card("processing", "充值中")), about=ORDER_NO)
        assert "去付款" not in [label for shown in it.platform.seen_by(LI) for label in shown.labels]


async def test_the_same_card_again_is_no_failure(database, clock) -> None:
    async with shop(database, clock) as it:
        it.platform.known_chats.add(LI)
        await it.tell(quote(), about=ORDER_NO, speaker=Speaker.BOT)
        for _ in range(2):
            await it.tell(Reply("已收到付款", card=card("processing", "充值中")), about=ORDER_NO)
        assert it.platform.seen_by(LI)[0].edits == 1


async def test_news_of_a_card_that_the_customer_deleted_come_as_a_message(database, clock) -> None:
    async with shop(database, clock) as it:
        it.platform.known_chats.add(LI)
        await it.tell(quote(), about=ORDER_NO, speaker=Speaker.BOT)
        it.platform.chats[LI].clear()
        await it.tell(Reply("已收到付款", card=card("processing", "充值中")), about=ORDER_NO)
        assert [shown.text for shown in it.platform.seen_by(LI)] == ["已收到付款"]


async def test_a_link_that_telegram_refuses_goes_into_the_text(database, clock) -> None:
    async with shop(database, clock) as it:
        it.platform.known_chats.add(LI)
        await it.tell(Reply("共99.8元", (Choice("取消", "cancel"),), pay_url="http://localhost:8080/pay/t"))
        (shown,) = it.platform.seen_by(LI)
        assert shown.labels == ["取消"]
        assert shown.text == "共99.8元\n去付款 http://localhost:8080/pay/t"


async def test_a_text_that_is_too_long_comes_in_several_bubbles_with_the_buttons_below(
    database, clock
) -> None:
    async with shop(database, clock) as it:
        it.platform.known_chats.add(LI)
        await it.tell(Reply("\n".join(["话费😀" * 100] * 20), SIZES))
        shown = it.platform.seen_by(LI)
        assert len(shown) == 2
        assert [bool(bubble.buttons) for bubble in shown] == [False, True]


async def test_what_looks_like_markup_is_text(database, clock) -> None:
    async with shop(database, clock) as it:
        it.platform.known_chats.add(LI)
        await it.tell(Reply("<b>*_[50元](x)"))
        assert it.platform.seen_by(LI)[0].text == "<b>*_[50元](x)"


async def test_a_customer_who_blocked_the_bot_is_not_tried_again(database, clock) -> None:
    async with shop(database, clock) as it:
        it.platform.known_chats.add(LI)
        it.platform.blocked.add(LI)
        with pytest.raises(NotDelivered) as failed:
            await it.tell(Reply("已到账"))
        assert failed.value.retry_after_seconds is None


async def test_a_chat_that_never_was_is_not_tried_again(database, clock) -> None:
    async with shop(database, clock) as it:
        with pytest.raises(NotDelivered) as failed:
            await it.tell(Reply("已到账"))
        assert failed.value.retry_after_seconds is None


async def test_a_flood_answer_says_when_to_try_again(database, clock) -> None:
    async with shop(database, clock, messages_per_second=1) as it:
        it.platform.known_chats.add(LI)
        await it.tell(Reply("一"))
        with pytest.raises(NotDelivered) as failed:
            await it.tell(Reply("二"))
        assert failed.value.retry_after_seconds == 3


@pytest.mark.parametrize(
    "fault", [Refusal(500, "Internal Server Error"), Response(b"<html>", status_code=502)]
)
async def test_a_server_in_trouble_is_tried_again(database, clock, fault) -> None:
    async with shop(database, clock) as it:
        it.platform.known_chats.add(LI)
        it.platform.faults["sendMessage"].append(fault)
        with pytest.raises(NotDelivered) as failed:
            await it.tell(Reply("一"))
        assert failed.value.retry_after_seconds is not None


async def test_no_error_and_no_log_ever_shows_the_token(database, clock, caplog) -> None:
    caplog.set_level(logging.WARNING)
    async with shop(database, clock) as it:
        api = TelegramApi("123456:a-token-that-is-wrong", it.platform.api_url)
        channel = TelegramChannel(api, it.cards, WORDS, Pace(0, 0))
        with pytest.raises(NotDelivered) as failed:
            await channel.send(await it.clerk.news(HOME, Reply("一")))
        await api.close()
        assert "a-token" not in str(failed.value)
        assert "a-token" not in caplog.text
        assert "TELEGRAM_BOT_TOKEN" in str(failed.value)


async def test_messages_to_one_chat_are_a_second_apart_and_others_do_not_wait() -> None:
    now, waits = 100.0, []

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 3))

    pace = Pace(1.0, 0.0, seconds=lambda: now, sleep=sleep)
    for chat in (1, 1, 1, 2):
        await pace.turn(chat)
    assert waits == [1.0, 2.0]


async def test_with_our_pace_a_strict_platform_never_complains(database, clock) -> None:
    now = 1000.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    pace = Pace(seconds=lambda: now, sleep=sleep)
    async with shop(database, clock, pace=pace, messages_per_second=1, seconds=lambda: now) as it:
        it.platform.known_chats.add(LI)
        for number in range(5):
            await it.tell(Reply(f"{number}"))
        assert len(it.platform.seen_by(LI)) == 5
