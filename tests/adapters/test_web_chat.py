"""The chat over real sockets: nothing lost, nothing twice, nothing of anybody else's."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, NoReturn

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from adapters.web.chat import HISTORY_ENTRIES, MESSAGES_BURST, SOCKETS_EACH_MAX
from adapters.web.sessions import BROWSER_COOKIE
from orders.database import Database, Tx
from tests.adapters.loopback import served
from tests.adapters.web_world import BASE_URL, PATIENCE_SECONDS, WebWorld, chat_of, form_token_of


@pytest.fixture
async def world(database: Database) -> WebWorld:
    return WebWorld(database)


@pytest.fixture
async def shop(world: WebWorld) -> AsyncIterator[str]:
    async with served(world.app) as address:
        yield address


async def cookie(shop: str) -> str:
    """A new browser's cookie."""
    async with httpx.AsyncClient(base_url=shop) as client:
        await client.get("/")
        return client.cookies[BROWSER_COOKIE]


@asynccontextmanager
async def socket(
    shop: str, cookie: str, after: int = 0, origin: str | None = None
) -> AsyncIterator[ClientConnection]:
    address = shop.replace("http", "ws", 1) + f"/chat/ws?after={after}"
    headers = {"Cookie": f"{BROWSER_COOKIE}={cookie}"}
    async with connect(address, additional_headers=headers, origin=origin, proxy=None) as opened:  # type: ignore[arg-type]
        yield opened


async def heard(opened: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        message = json.loads(await opened.recv())
    assert isinstance(message, dict)
    return message


async def entries(opened: ClientConnection, count: int) -> list[dict[str, Any]]:
    """The next `count` entries."""
    got: list[dict[str, Any]] = []
    while len(got) < count:
        message = await heard(opened)
        got += message.get("entries", [])
    return got


async def say(opened: ClientConnection, text: str, message_id: str = "message-1") -> None:
    await opened.send(json.dumps({"type": "say", "id": message_id, "text": text, "means": None}))


def texts(got: list[dict[str, Any]]) -> list[str]:
    return [entry["text"] for entry in got]


async def test_what_is_said_is_answered(shop: str) -> None:
    async with socket(shop, await cookie(shop)) as mine:
        first = await heard(mine)
        assert (first["entries"], first["attended_by"]) == ([], "bot")
        await say(mine, "充话费")
        got = await entries(mine, 2)
        assert texts(got) == ["充话费", "你说：充话费"]
        assert [entry["seq"] for entry in got] == [1, 2]
        assert got[0]["id"] == "message-1"
        assert got[1]["choices"] == [{"label": "一百", "means": "topup-100", "acts": False}]


async def test_a_message_sent_again_is_said_once(shop: str) -> None:
    me = await cookie(shop)
    async with socket(shop, me) as mine:
        await say(mine, "充话费")
        await entries(mine, 2)
    async with socket(shop, me, after=2) as again:
        await say(again, "充话费")
        await say(again, "五十", "message-2")
        assert texts(await entries(again, 2)) == ["五十", "你说：五十"]
    async with socket(shop, me) as history:
        assert len((await heard(history))["entries"]) == 4


async def test_a_client_that_was_away_gets_what_it_missed_and_no_more(shop: str) -> None:
    me = await cookie(shop)
    async with socket(shop, me) as mine:
        for number in range(3):
            await say(mine, f"第{number}句", f"message-{number}")
        await entries(mine, 6)
    async with socket(shop, me, after=4) as back:
        assert [entry["seq"] for entry in (await heard(back))["entries"]] == [5, 6]


async def test_two_tabs_of_one_browser_hear_the_same(shop: str) -> None:
    me = await cookie(shop)
    async with socket(shop, me) as one, socket(shop, me) as two:
        await say(one, "充话费")
        assert texts(await entries(one, 2)) == texts(await entries(two, 2)) == ["充话费", "你说：充话费"]


async def test_another_browsers_socket_hears_nothing_of_it(shop: str) -> None:
    async with socket(shop, await cookie(shop)) as mine, socket(shop, await cookie(shop)) as other:
        await heard(other)
        await say(mine, "充话费到13800138000")
        await entries(mine, 2)
        await say(other, "你好")
        assert texts(await entries(other, 2)) == ["你好", "你说：你好"]


@pytest.mark.parametrize("forged", ["", "x", "Im5vLW9uZSI.aWJKaA.c2lnbmVk"])
async def test_a_socket_without_our_cookie_is_closed(shop: str, forged: str) -> None:
    async with socket(shop, forged) as opened:
        with pytest.raises(ConnectionClosed) as closed:
            await opened.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_knowing_a_chat_id_opens_no_socket(shop: str) -> None:
    async with httpx.AsyncClient(base_url=shop) as client:
        await client.get("/")
        chat_id = chat_of(client).chat_id
    async with socket(shop, chat_id) as opened:
        with pytest.raises(ConnectionClosed):
            await opened.recv()


async def test_a_socket_from_a_foreign_page_is_closed(shop: str) -> None:
    me = await cookie(shop)
    async with socket(shop, me, origin="http://evil.test") as opened:
        with pytest.raises(ConnectionClosed) as closed:
            await opened.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403
    async with socket(shop, me, origin=shop) as ours:
        assert (await heard(ours))["type"] == "entries"


async def test_a_message_over_the_limit_is_refused_by_name(shop: str) -> None:
    async with socket(shop, await cookie(shop)) as mine:
        await heard(mine)
        await say(mine, "长" * 2001)
        assert await heard(mine) == {"type": "refused", "id": "message-1", "code": "too_long"}
        await say(mine, "长" * 2000, "message-2")
        assert len(await entries(mine, 2)) == 2


async def test_a_flood_is_refused_after_the_burst(shop: str) -> None:
    async with socket(shop, await cookie(shop)) as mine:
        for number in range(MESSAGES_BURST + 1):
            await say(mine, "充", f"message-{number}")
        codes: list[str] = []
        while not codes:
            message = await heard(mine)
            codes = [message["code"]] if message["type"] == "refused" else []
        assert codes == ["too_fast"]


async def test_broken_frames_harm_nobody(shop: str) -> None:
    async with socket(shop, await cookie(shop)) as mine:
        for frame in ("", "{", "[]", '{"type":"say"}', '{"type":"what"}', '{"type":"ping"}'):
            await mine.send(frame)
        assert {"type": "pong"} in [await heard(mine), await heard(mine)]
        await say(mine, "充话费")
        assert len(await entries(mine, 2)) == 2


async def test_an_oversized_frame_ends_the_socket(shop: str) -> None:
    async with socket(shop, await cookie(shop)) as mine:
        await mine.send("x" * 20_000)
        with pytest.raises(ConnectionClosed):
            await entries(mine, 1)


async def test_a_browser_holds_only_so_many_sockets(shop: str) -> None:
    me = await cookie(shop)
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS_EACH_MAX):
            await heard(await stack.enter_async_context(socket(shop, me)))
        async with socket(shop, me) as over:
            with pytest.raises(ConnectionClosed):
                await over.recv()
    async with socket(shop, me) as again:
        assert (await heard(again))["type"] == "entries"


async def test_the_chat_works_without_sockets(world: WebWorld) -> None:
    async with world.browser() as mine:
        token = form_token_of(await mine.get("/"))
        message = {"id": "message-1", "text": "充话费", "means": None, "after": 0}
        for _ in range(2):
            said = await mine.post("/chat/say", json=message, headers={"x-form-token": token})
            assert texts(said.json()["entries"]) == ["充话费", "你说：充话费"]
        assert (await mine.get("/chat/since?after=1")).json()["entries"][0]["seq"] == 2
        assert (await mine.get("/chat/since?after=2")).json()["entries"] == []


async def test_plain_requests_are_checked_like_the_socket(world: WebWorld) -> None:
    message = {"id": "message-1", "text": "充话费"}
    async with world.browser() as stranger:
        assert (await stranger.get("/chat/since")).status_code == 401
        assert (await stranger.get("/chat/before?seq=9")).status_code == 401
        assert (await stranger.post("/chat/say", json=message)).status_code == 401
        token = form_token_of(await stranger.get("/"))
        assert (await stranger.post("/chat/say", json=message)).status_code == 403
        headers = {"x-form-token": token}
        foreign = await stranger.post(
            "/chat/say", json=message, headers={**headers, "origin": "http://evil.test"}
        )
        assert foreign.status_code == 401
        assert (await stranger.post("/chat/say", json={}, headers=headers)).status_code == 400
        long = {"id": "message-1", "text": "长" * 2001}
        assert (await stranger.post("/chat/say", json=long, headers=headers)).status_code == 429


async def test_a_long_history_comes_in_pages(world: WebWorld) -> None:
    async with world.browser() as mine:
        token = form_token_of(await mine.get("/"))
        for number in range(HISTORY_ENTRIES):
            message = {"id": f"message-{number}", "text": f"第{number}句", "after": 10_000}
            if number % 15 == 14:
                world.clock.advance(timedelta(minutes=1))
            await mine.post("/chat/say", json=message, headers={"x-form-token": token})
        latest = (await mine.get("/chat/since?after=0")).json()
        assert len(latest["entries"]) == HISTORY_ENTRIES
        assert latest["earlier"]
        first = latest["entries"][0]["seq"]
        older = (await mine.get(f"/chat/before?seq={first}")).json()
        assert [entry["seq"] for entry in older["entries"]] == list(range(1, first))
        assert not older["earlier"]


async def test_the_page_greets_with_goods_and_an_example(world: WebWorld) -> None:
    await world.stock()
    async with world.browser() as mine:
        page = await mine.get("/")
        assert "帮我充100元话费到13800138000" in page.text
        assert "转人工" in page.text


async def test_pages_carry_a_strict_policy_and_stay_out_of_caches(world: WebWorld) -> None:
    async with world.browser() as mine:
        page = await mine.get("/")
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
        missing = await mine.get("/nothing-here")
        assert missing.status_code == 404
        assert "没有这个页面" in missing.text
        assert missing.headers["content-security-policy"]


async def test_static_files_are_kept_for_ever_under_today_s_address(world: WebWorld) -> None:
    async with world.browser() as mine:
        address = re.search(r"/static/[0-9a-f]{12}/chat\.js", (await mine.get("/")).text)
        assert address is not None
        today = await mine.get(address[0])
        assert "immutable" in today.headers["cache-control"]
        yesterday = await mine.get("/static/000000000000/chat.js")
        assert yesterday.headers["cache-control"] == "no-cache"
        assert (await mine.get("/static/000000000000/..%2fapp.py")).status_code == 404


async def test_machines_are_told_how_the_shop_is(world: WebWorld) -> None:
    async with world.browser() as probe:
        assert (await probe.get("/healthz")).text == "ok"
        assert (await probe.get("/readyz")).status_code == 503
        await world.stock()
        assert (await probe.get("/readyz")).text == "ready"
        assert "xiadan_messages_total" in (await probe.get("/metrics")).text
        assert (await probe.get("/metrics", headers={"x-forwarded-for": "1.2.3.4"})).status_code == 404
        icon = await probe.get("/favicon.ico")
        assert icon.content[:4] == b"\0\0\1\0"


async def test_a_crash_shows_a_page_of_ours_and_nothing_of_the_machine(world: WebWorld) -> None:
    def broken(tx: Tx) -> NoReturn:
        raise ZeroDivisionError("the shelf fell down")

    world.shop.catalog = broken  # type: ignore[method-assign]
    transport = httpx.ASGITransport(world.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        page = await client.get("/")
    assert page.status_code == 500
    assert "出了点问题" in page.text
    assert "shelf" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
