"""A WeChat official account, both ways and in both modes, against a strict platform."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response

from adapters.wechat import PATH, WeChatChannel, WeChatInbox
from adapters.wechat_api import WeChatApi
from adapters.wechat_envelope import Envelope
from adapters.wechat_pushes import AFTER_A_MESSAGE
from bot.channel import Held, NotDelivered
from bot.messages import ChatAddress, Choice, IncomingKind, IncomingMessage, Reply, Speaker
from bot.reach import SendWindow
from orders.database import Database
from tests.adapters.clerk import WORDS, Clerk
from tests.adapters.fake_wechat import SERVICE_FAULT, FakeWeChat, Follower
from tests.adapters.loopback import served, until

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

MODES = pytest.mark.parametrize("key", ["", KEY], ids=["plain", "encrypted"])

Rule = Callable[[IncomingMessage], Reply | None]


class PlatformClock:
    """Our server's clock, which shows the platform's time."""

    def __init__(self, platform: FakeWeChat) -> None:
        self.platform = platform

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.platform.now(), UTC)


@dataclass
class Shop:
    """An official account with its conversation, and the platform that it belongs to."""

    platform: FakeWeChat
    clerk: Clerk
    api: WeChatApi
    window: SendWindow
    channel: WeChatChannel
    li: Follower

    @property
    def home(self) -> ChatAddress:
        return ChatAddress("wechat", self.li.openid)

    async def tell(self, reply: Reply, speaker: Speaker = Speaker.NEWS) -> None:
        await self.channel.send(await self.clerk.news(self.home, reply, speaker=speaker))


def echo(message: IncomingMessage) -> Reply:
    return Reply(f"heard {message.text}")


@asynccontextmanager
async def shop(
    database: Database, rule: Rule = echo, *, key: str = "", patience: float = 4.5, **platform: Any
) -> AsyncIterator[Shop]:
    async with FakeWeChat(encoding_aes_key=key, **platform).running() as wechat:
        clock = PlatformClock(wechat)
        clerk, window = Clerk(database, clock, rule), SendWindow(database, clock)
        api = WeChatApi(wechat.app_id, wechat.secret, wechat.api_url, seconds=wechat.now)
        channel = WeChatChannel(api, window, WORDS)
        envelope = Envelope(wechat.app_id, wechat.token, key)
        inbox = WeChatInbox(envelope, clerk, window, channel, WORDS, clock, patience_seconds=patience)
        async with served(Starlette(routes=inbox.routes())) as address:
            wechat.server_url = f"{address}{PATH}"
            yield Shop(wechat, clerk, api, window, channel, wechat.follower())
        await inbox.close()
        await api.close()


# Answering within the request


@MODES
async def test_the_platform_s_greeting_is_returned(database, key) -> None:
    async with shop(database, key=key) as it:
        assert await it.platform.greet() == "ok"


@MODES
async def test_an_answer_travels_back_in_the_same_request_and_costs_no_message(database, key) -> None:
    async with shop(database, key=key) as it:
        await it.platform.says(it.li, "充100😀")
        assert it.li.screen == ["heard 充100😀"]
        assert (it.li.passive, it.li.pushed) == (1, 0)
        assert it.platform.calls == []


@MODES
async def test_a_message_that_is_pushed_again_is_acted_on_once_and_answered_alike(database, key) -> None:
    async with shop(database, key=key, says_twice=True) as it:
        await it.platform.says(it.li, "充100")
        assert [heard.text for heard in it.clerk.heard] == ["充100"]
        assert len(it.platform.pushes) == 2
        assert it.li.screen == ["heard 充100"]


@pytest.mark.parametrize("pushes_max", [3, 4])
async def test_an_answer_that_is_not_ready_in_time_comes_later_and_the_customer_sees_no_fault(
    database, pushes_max
) -> None:
    async with shop(database, patience=0.05, pushes_max=pushes_max) as it:
        it.clerk.slow = asyncio.Event()
        await it.platform.says(it.li, "充100")
        assert it.li.screen == []
        assert len(it.platform.pushes) == 1
        it.clerk.slow.set()
        await until(lambda: bool(it.clerk.heard))
        (answer,) = await it.clerk.receive(it.clerk.heard[0])
        await it.channel.send(answer)
        assert it.li.screen == ["heard 充100"]
        assert it.li.pushed == 1


async def test_an_answer_that_the_sender_sent_meanwhile_is_not_said_twice(database) -> None:
    async with shop(database, patience=0.05) as it:
        it.clerk.slow = asyncio.Event()
        number = await it.platform.says(it.li, "充100")
        it.clerk.slow.set()
        await until(lambda: bool(it.clerk.heard))
        (answer,) = await it.clerk.receive(it.clerk.heard[0])
        given = await it.window.given_with(it.home, f"msg-{number}", (answer,), lambda _: True)
        assert given == (answer,)
        assert await it.window.given_with(it.home, "msg-other", (answer,), lambda _: True) == ()


async def test_while_a_person_attends_nothing_is_answered_and_nothing_looks_broken(database) -> None:
    async with shop(database, lambda heard: None) as it:
        await it.platform.says(it.li, "在吗")
        assert it.li.screen == []
        assert it.platform.pushes[-1][1] == 200


async def test_choices_are_numbers_and_paying_is_a_link(database) -> None:
    reply = Reply("共99.8元", (Choice("取消", "cancel"),), pay_url="https://shop.example/pay/t")
    async with shop(database, lambda heard: reply) as it:
        await it.platform.says(it.li, "充100")
        assert it.li.screen == ["共99.8元\n1. 取消\n付款：https://shop.example/pay/t"]


async def test_an_answer_that_is_too_long_goes_on_in_further_messages(database) -> None:
    lines = [f"{number} {'话费' * 50}" for number in range(12)]
    async with shop(database, lambda heard: Reply("\n".join(lines))) as it:
        await it.platform.says(it.li, "全部")
        await until(lambda: it.li.pushed == 1)
        assert "\n".join(it.li.screen).splitlines() == lines


@MODES
async def test_no_text_can_break_out_of_the_reply(database, key) -> None:
    nasty = "]]></Content><MsgType>x</MsgType>\x00\x0b<![CDATA[ & <a href='x'>"
    async with shop(database, lambda heard: Reply(nasty), key=key) as it:
        await it.platform.says(it.li, "x")
        assert it.li.screen == [nasty.replace("\x00\x0b", "")]


# What is heard


async def test_a_new_follower_is_greeted(database) -> None:
    async with shop(database) as it:
        await it.platform.does(it.li, "subscribe")
        await it.platform.does(it.li, "unsubscribe")
        assert [heard.kind for heard in it.clerk.heard] == [IncomingKind.OPENED]
        assert it.li.passive == 1


async def test_a_menu_item_is_what_its_key_says(database) -> None:
    async with shop(database) as it:
        await it.platform.does(it.li, "CLICK", "查订单")
        assert [(heard.text, heard.kind) for heard in it.clerk.heard] == [("查订单", IncomingKind.TEXT)]


async def test_two_events_in_one_second_are_two_and_one_event_twice_is_one(database) -> None:
    async with shop(database, says_twice=True) as it:
        await it.platform.does(it.li, "CLICK", "查订单")
        await it.platform.does(it.li, "CLICK", "充话费")
        assert [heard.text for heard in it.clerk.heard] == ["查订单", "充话费"]


async def test_voice_is_heard_by_its_words_and_as_unreadable_without_them(database) -> None:
    async with shop(database) as it:
        await it.platform.sends(it.li, "voice", MediaId="m", Format="amr", Recognition="充100")
        await it.platform.sends(it.li, "voice", MediaId="m", Format="amr")
        await it.platform.sends(it.li, "image", MediaId="m", PicUrl="http://x/y")
        await it.platform.sends(it.li, "some_type_of_tomorrow", Secret="1")
        kinds = [heard.kind for heard in it.clerk.heard]
        assert kinds == [IncomingKind.TEXT, *[IncomingKind.UNREADABLE] * 3]
        assert it.clerk.heard[0].text == "充100"


async def test_events_that_say_nothing_are_acknowledged(database) -> None:
    async with shop(database) as it:
        for event in ("VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "SCAN", "subscribe_msg_popup_event"):
            await it.platform.does(it.li, event)
        assert it.clerk.heard == []
        assert {status for _, status in it.platform.pushes} == {200}
        assert it.li.screen == []


# Who may push


async def test_a_wrong_signature_is_refused(database) -> None:
    async with shop(database) as it:
        for signature in ("", "0" * 40, "é"):
            answer = await it.platform.post(_text(it, "x"), signature=signature)
            assert answer is not None
            assert answer.status_code == 403
        assert it.clerk.heard == []


@pytest.mark.parametrize("seconds", [-400, 400])
async def test_a_request_from_another_time_is_refused(database, seconds) -> None:
    async with shop(database) as it:
        timestamp = str(int(it.platform.now()) + seconds)
        query = {"timestamp": timestamp, "nonce": "1", "signature": it.platform.sign(timestamp, "1")}
        answer = await it.platform.post_raw(query, _text(it, "x").encode())
        assert answer is not None
        assert answer.status_code == 403


@MODES
async def test_the_very_same_request_again_does_nothing_and_tells_nothing(database, key) -> None:
    async with shop(database, key=key) as it:
        query, body = it.platform.signed(_text(it, "充100"))
        first = await it.platform.post_raw(query, body)
        again = await it.platform.post_raw(query, body)
        assert first is not None
        assert again is not None
        assert (again.status_code, again.text) == (200, "success")
        assert len(it.clerk.heard) == 1


async def test_in_safe_mode_plain_text_is_refused_even_with_a_good_signature(database) -> None:
    async with shop(database, key=KEY) as it:
        timestamp = str(int(it.platform.now()))
        query = {"timestamp": timestamp, "nonce": "1", "signature": it.platform.sign(timestamp, "1")}
        answer = await it.platform.post_raw(query, _text(it, "充100").encode())
        assert answer is not None
        assert answer.status_code == 403
        assert it.clerk.heard == []


async def test_in_safe_mode_a_changed_message_or_another_account_s_is_refused(database) -> None:
    async with shop(database, key=KEY) as it:
        query, body = it.platform.signed(_text(it, "充100"))
        # The sealed text is the long one. It is random base64, so what is put in its place must differ from it.
        altered = re.sub(
            rb"(CDATA\[)(.)(?=[^\]]{50})", lambda at: at[1] + (b"B" if at[2] == b"A" else b"A"), body
        )
        assert altered != body
        changed = await it.platform.post_raw(query, altered)
        it.platform.app_id = "wx-another"
        other = await it.platform.post(_text(it, "充100"))
        assert [answer.status_code for answer in (changed, other) if answer is not None] == [403, 403]
        assert it.clerk.heard == []


BAD_XML = [
    "",
    "<xml>",
    "{}",
    "<xml></xml>",
    "<other/>",
    "<xml><MsgType><a>1</a></MsgType></xml>",
    "<xml><MsgType>text</MsgType></xml>",
    '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><xml><MsgType>&c;</MsgType></xml>',
]


@MODES
@pytest.mark.parametrize("xml", BAD_XML)
async def test_what_cannot_be_read_is_acknowledged_so_that_it_does_not_come_again(database, key, xml) -> None:
    async with shop(database, key=key) as it:
        answer = await it.platform.post(xml)
        assert answer is not None
        assert (answer.status_code, answer.text) == (200, "success")
        assert it.clerk.heard == []


async def test_a_body_that_is_larger_than_any_message_is_refused(database) -> None:
    async with shop(database) as it:
        answer = await it.platform.post("x" * (1 << 19))
        assert answer is not None
        assert answer.status_code == 413


# News, within what the platform allows


async def test_news_are_customer_service_messages_in_raw_utf8(database) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        await it.tell(Reply("已到账😀"))
        assert it.li.screen[-1] == "已到账😀"
        assert "已到账😀".encode() in it.platform.raw_bodies[-1]


async def test_the_last_message_of_the_quota_is_kept_for_a_person(database) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        for number in range(4):
            await it.tell(Reply(f"news {number}"))
        with pytest.raises(Held):
            await it.tell(Reply("news 4"))
        await it.tell(Reply("我来帮您"), Speaker.STAFF)
        assert it.li.screen[1:] == ["news 0", "news 1", "news 2", "news 3", "我来帮您"]
        with pytest.raises(Held):
            await it.tell(Reply("还在吗"), Speaker.STAFF)
        assert it.li.pushed == 5


async def test_what_was_held_travels_with_the_answer_to_the_next_message_once(database) -> None:
    async with shop(database, says_twice=True) as it:
        it.platform.follower()
        for text in ("已收到付款", "已到账"):
            with pytest.raises(Held):
                await it.tell(Reply(text))
        await it.platform.says(it.li, "好了吗")
        assert it.li.screen == ["已收到付款\n\n已到账\n\nheard 好了吗"]
        await it.platform.says(it.li, "谢谢")
        assert it.li.screen[1:] == ["heard 谢谢"]
        assert it.li.pushed == 0


async def test_held_news_that_do_not_fit_beside_the_answer_wait_for_the_next(database) -> None:
    async with shop(database) as it:
        for number in range(3):
            with pytest.raises(Held):
                await it.tell(Reply(f"{number}" * 900))
        await it.platform.says(it.li, "好了吗")
        await it.platform.says(it.li, "谢谢")
        assert [len(shown) for shown in it.li.screen] == [900 + 2 + 900 + 2 + 9, 900 + 2 + 8]


async def test_held_news_come_even_while_a_person_attends(database) -> None:
    async with shop(database, lambda heard: None) as it:
        with pytest.raises(Held):
            await it.tell(Reply("已到账"))
        await it.platform.says(it.li, "在吗")
        assert it.li.screen == ["已到账"]


async def test_after_48_hours_news_wait_without_being_tried(database) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        it.platform.clock_ahead = 48 * 3600 + 1
        with pytest.raises(Held):
            await it.tell(Reply("已到账"))
        assert it.platform.calls == []


async def test_a_follower_may_be_written_to_for_a_minute(database) -> None:
    async with shop(database) as it:
        await it.platform.does(it.li, "subscribe")
        await it.tell(Reply("欢迎"))
        it.platform.clock_ahead = 61
        with pytest.raises(Held):
            await it.tell(Reply("还在吗"))
        assert it.li.pushed == 1


@pytest.mark.parametrize("code", [45015, 45047, 48001, 45009])
async def test_when_the_platform_counts_less_than_we_do_it_is_believed(database, code) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        it.platform.faults.append({"errcode": code, "errmsg": "no"})
        with pytest.raises(Held):
            await it.tell(Reply("已到账"))
        assert await it.window.left(it.home) == 0
        await it.platform.says(it.li, "好了吗")
        assert it.li.screen[-1] == "已到账\n\nheard 好了吗"


@pytest.mark.parametrize("code", [40003, 43004, 48002])
async def test_who_cannot_be_reached_is_not_tried_again(database, code) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        it.platform.faults.append({"errcode": code, "errmsg": "no"})
        with pytest.raises(NotDelivered) as failed:
            await it.tell(Reply("已到账"))
        assert failed.value.retry_after_seconds is None
        assert not isinstance(failed.value, Held)


@pytest.mark.parametrize(
    "fault", [{"errcode": -1, "errmsg": "system error"}, Response(status_code=502), Response(b"<html>")]
)
async def test_a_platform_in_trouble_is_tried_again_and_nothing_is_counted(database, fault) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        it.platform.faults.append(fault)
        with pytest.raises(NotDelivered) as failed:
            await it.tell(Reply("已到账"))
        assert failed.value.retry_after_seconds is not None
        assert await it.window.left(it.home) == AFTER_A_MESSAGE.messages


async def test_a_platform_that_is_not_there_is_tried_again(database) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        nowhere = WeChatApi("wx", "secret", "http://127.0.0.1:9")
        with pytest.raises(NotDelivered) as failed:
            await WeChatChannel(nowhere, it.window, WORDS).send(await it.clerk.news(it.home, Reply("x")))
        await nowhere.close()
        assert failed.value.retry_after_seconds is not None


# The token


async def test_one_token_serves_everybody_at_once(database) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        await asyncio.gather(*(it.api.say(it.li.openid, str(number)) for number in range(5)))
        assert it.platform.tokens_given == 1
        assert len(it.li.screen) == 6


async def test_a_token_that_another_process_replaced_is_renewed_once(database) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        await it.tell(Reply("一"))
        it.platform.rotate()
        await it.tell(Reply("二"))
        assert it.li.screen[-2:] == ["一", "二"]
        assert it.platform.tokens_given == 2


async def test_a_token_is_replaced_before_it_ends(database) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        await it.tell(Reply("一"))
        it.platform.clock_ahead = 7000
        await it.tell(Reply("二"))
        assert it.platform.tokens_given == 2


async def test_a_platform_that_refuses_every_token_is_asked_only_a_few_times(database) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        it.platform.faults.extend({"errcode": 40001, "errmsg": "invalid credential"} for _ in range(9))
        with pytest.raises(NotDelivered):
            await it.tell(Reply("一"))
        assert len(it.platform.calls) <= 5


async def test_a_wrong_secret_says_which_setting_to_mend_and_never_the_secret(database) -> None:
    async with shop(database) as it:
        await it.platform.says(it.li, "在吗")
        wrong = WeChatApi(it.platform.app_id, "not-the-secret", it.platform.api_url)
        with pytest.raises(NotDelivered) as failed:
            await WeChatChannel(wrong, it.window, WORDS).send(await it.clerk.news(it.home, Reply("x")))
        await wrong.close()
        assert "WECHAT_APP_SECRET" in str(failed.value)
        assert "not-the-secret" not in str(failed.value)


async def test_a_platform_that_never_gets_an_answer_shows_a_fault() -> None:
    """The fake is as strict as it says: without our server a customer sees the fault."""
    async with FakeWeChat(pushes_max=3).running() as wechat, served(Starlette()) as address:
        wechat.server_url = f"{address}/nothing"
        li = wechat.follower()
        await wechat.says(li, "在吗")
        assert li.screen == [SERVICE_FAULT]
        assert len(wechat.pushes) == 3


def _text(it: Shop, text: str) -> str:
    return (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>{it.li.openid}</FromUserName>"
        f"<CreateTime>{int(it.platform.now())}</CreateTime><MsgType>text</MsgType>"
        f"<Content>{text}</Content><MsgId>77</MsgId></xml>"
    )
