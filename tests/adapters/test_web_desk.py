"""The desk: behind its login, staff see, take over, speak, and hand back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from adapters.web.app import create_web_app
from adapters.web.desk_door import TRIES, TRIES_PERIOD
from adapters.web.passwords import hash_password
from adapters.web.sessions import DESK_COOKIE
from bot.messages import ChatAddress, IncomingMessage
from orders.database import Database
from tests.adapters.loopback import served
from tests.adapters.web_world import (
    DESK_PASSWORD,
    MASKED_PHONE,
    PATIENCE_SECONDS,
    PHONE,
    WebWorld,
    form_token_of,
    press,
)

CUSTOMER = ChatAddress("telegram", "42")


@pytest.fixture
async def world(database: Database) -> WebWorld:
    return WebWorld(database)


async def logged_in(world: WebWorld, client: httpx.AsyncClient, name: str) -> dict[str, str]:
    """Log in; returns the header that acts in the agent's name."""
    entered = await press(
        client, await client.get("/desk/login"), "/desk/login", name=name, password=DESK_PASSWORD
    )
    assert entered.headers["location"] == "/desk"
    return {"x-form-token": form_token_of(await client.get("/desk"))}


async def customer_says(world: WebWorld, text: str, chat: ChatAddress = CUSTOMER) -> None:
    message_id = f"{text}-{world.clock.now().isoformat()}"
    await world.reception.receive(IncomingMessage(message_id, chat, text, world.clock.now()))
    world.clock.advance(timedelta(seconds=1))


async def act(client: httpx.AsyncClient, token: dict[str, str], action: str, **more: str) -> httpx.Response:
    body = {"channel": CUSTOMER.channel, "chat_id": CUSTOMER.chat_id, **more}
    return await client.post(f"/desk/{action}", json=body, headers=token)


# --- the door


async def test_nothing_of_the_desk_is_seen_without_a_login(world: WebWorld) -> None:
    await customer_says(world, "转人工")
    async with world.browser() as stranger:
        assert (await stranger.get("/desk")).headers["location"] == "/desk/login"
        for action in ("take", "release", "say"):
            assert (await act(stranger, {}, action, id="message-1", text="喂")).status_code == 401
        before = await stranger.get("/desk/before?channel=telegram&chat_id=42&seq=99")
        assert before.status_code == 401
        stranger.cookies.set(DESK_COOKIE, "forged")
        assert (await stranger.get("/desk")).headers["location"] == "/desk/login"


async def test_a_wrong_password_and_a_reserved_name_stay_outside(world: WebWorld) -> None:
    async with world.browser() as client:
        page = await client.get("/desk/login")
        wrong = await press(client, page, "/desk/login", name="小李", password="open sesamE")
        assert (wrong.status_code, "密码不对" in wrong.text) == (403, True)
        refused = await press(client, page, "/desk/login", name="Queued", password=DESK_PASSWORD)
        assert (refused.status_code, "以为是系统" in refused.text) == (400, True)
        assert DESK_COOKIE not in client.cookies
        assert (
            await client.post("/desk/login", data={"name": "a", "password": DESK_PASSWORD})
        ).status_code == 403


async def test_guessing_the_password_is_slow(world: WebWorld) -> None:
    async with world.browser() as client:
        page = await client.get("/desk/login")
        for _ in range(TRIES):
            await press(client, page, "/desk/login", name="小李", password="guess")
        stopped = await press(client, page, "/desk/login", name="小李", password=DESK_PASSWORD)
        assert (stopped.status_code, "五分钟" in stopped.text) == (429, True)
        world.clock.advance(TRIES_PERIOD)
        await logged_in(world, client, "小李")


async def test_logging_out_closes_the_desk(world: WebWorld) -> None:
    async with world.browser() as client:
        await logged_in(world, client, "小李")
        await press(client, await client.get("/desk"), "/desk/logout")
        assert (await client.get("/desk")).status_code == 303


async def test_a_copy_of_the_cookie_is_worth_nothing_after_logging_out(world: WebWorld) -> None:
    await customer_says(world, "转人工")
    async with world.browser() as client, world.browser() as thief, world.browser() as colleague:
        token = await logged_in(world, client, "小李")
        await logged_in(world, colleague, "小李")
        thief.cookies.set(DESK_COOKIE, client.cookies[DESK_COOKIE])
        assert (await thief.get("/desk")).status_code == 200
        await press(client, await client.get("/desk"), "/desk/logout")
        assert (await thief.get("/desk")).headers["location"] == "/desk/login"
        assert (await act(thief, token, "take")).status_code == 401
        assert (await thief.get("/desk/before?channel=telegram&chat_id=42&seq=9")).status_code == 401
        assert (await colleague.get("/desk")).status_code == 200


async def test_another_desk_password_ends_every_login(world: WebWorld) -> None:
    settings = replace(world.services.settings, desk_password_hash=hash_password("another"))
    changed = create_web_app(replace(world.services, settings=settings))
    async with world.browser() as client, world.browser(changed) as after:
        await logged_in(world, client, "小李")
        after.cookies.set(DESK_COOKIE, client.cookies[DESK_COOKIE])
        assert (await after.get("/desk")).headers["location"] == "/desk/login"


async def test_an_open_socket_is_told_nothing_after_logging_out(world: WebWorld) -> None:
    async with served(world.app) as shop, httpx.AsyncClient(base_url=shop) as client:
        await logged_in(world, client, "小李")
        cookie = client.cookies[DESK_COOKIE]
        async with desk_socket(shop, cookie) as desk:
            await watch(desk, "waiting")
            await told(desk, "list")
            await press(client, await client.get("/desk"), "/desk/logout")
            await desk.send(json.dumps({"type": "ping"}))
            await customer_says(world, "转人工")
            with pytest.raises(ConnectionClosed) as closed:
                await told(desk, "list", "Telegram")
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
        async with desk_socket(shop, cookie) as again:
            with pytest.raises(ConnectionClosed):
                await again.recv()


# --- who speaks


async def test_taking_over_silences_the_bot_and_handing_back_wakes_it(world: WebWorld) -> None:
    await customer_says(world, "转人工")
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        assert (await act(client, token, "take")).json() == {"attended_by": "小李"}
        await customer_says(world, "在吗")
        said = await act(client, token, "say", id="message-1", text="在的，您说。")
        assert said.status_code == 200
        assert (await act(client, token, "release")).json() == {"attended_by": "bot"}
        await customer_says(world, "充话费")
    record = await world.reception.since(CUSTOMER)
    spoken = [
        entry.incoming.text if entry.incoming else entry.outgoing.reply.text if entry.outgoing else ""
        for entry in record
    ]
    assert spoken[2:4] == ["在吗", "在的，您说。"]
    assert spoken[-2:] == ["充话费", "你说：充话费"]


async def test_of_two_agents_one_gets_the_conversation(world: WebWorld) -> None:
    await customer_says(world, "转人工")
    async with world.browser() as li, world.browser() as wang:
        of_li, of_wang = await logged_in(world, li, "小李"), await logged_in(world, wang, "小王")
        answers = await asyncio.gather(act(li, of_li, "take"), act(wang, of_wang, "take"))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        names = {answer.json()["attended_by"] for answer in answers}
        assert len(names) == 1
        loser, token = (wang, of_wang) if answers[0].status_code == 200 else (li, of_li)
        assert (await act(loser, token, "say", id="message-1", text="我来")).status_code == 409
        assert (await act(loser, token, "release")).status_code == 409


async def test_the_same_words_sent_again_are_said_once(world: WebWorld) -> None:
    await customer_says(world, "转人工")
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        first = await act(client, token, "say", id="message-1", text="您好")
        again = await act(client, token, "say", id="message-1", text="您好")
        assert first.json()["seq"] == again.json()["seq"]


async def test_acts_need_the_pages_token_and_a_real_chat(world: WebWorld) -> None:
    await customer_says(world, "转人工")
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        assert (await act(client, {}, "take")).status_code == 403
        assert (await act(client, {**token, "origin": "http://evil.test"}, "take")).status_code == 403
        assert (await client.post("/desk/take", content="{", headers=token)).status_code == 400
        assert (await act(client, token, "say", id="message-1", text=" ")).status_code == 400
        assert (await act(client, token, "take", chat_id="nobody")).status_code == 404


# --- what an open desk is told


@asynccontextmanager
async def open_desk(shop: str, name: str) -> AsyncIterator[ClientConnection]:
    async with httpx.AsyncClient(base_url=shop) as client:
        page = await client.get("/desk/login")
        await press(client, page, "/desk/login", name=name, password=DESK_PASSWORD)
        async with desk_socket(shop, client.cookies[DESK_COOKIE]) as opened:
            yield opened


@asynccontextmanager
async def desk_socket(shop: str, cookie: str) -> AsyncIterator[ClientConnection]:
    headers = {"Cookie": f"{DESK_COOKIE}={cookie}"}
    address = shop.replace("http", "ws", 1) + "/desk/ws"
    async with connect(address, additional_headers=headers, proxy=None) as opened:
        yield opened


async def told(desk: ClientConnection, kind: str, containing: str = "") -> dict[str, Any]:
    """The next message of a kind that contains something."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            message: dict[str, Any] = json.loads(await desk.recv())
            if message["type"] == kind and containing in json.dumps(message, ensure_ascii=False):
                return message


async def watch(desk: ClientConnection, box: str, chat: ChatAddress | None = None, after: int = 0) -> None:
    frame: dict[str, object] = {"type": "watch", "box": box, "after": after}
    if chat is not None:
        frame |= {"channel": chat.channel, "chat_id": chat.chat_id}
    await desk.send(json.dumps(frame))


async def test_the_list_shows_who_waits_while_it_happens(world: WebWorld) -> None:
    async with served(world.app) as shop, open_desk(shop, "小李") as desk:
        await watch(desk, "waiting")
        assert "没有人在等" in (await told(desk, "list"))["html"]
        await customer_says(world, "转人工")
        listed = await told(desk, "list", "Telegram")
        assert 'data-waiting="1"' in listed["html"]
        await watch(desk, "bot")
        assert "还没有会话" in (await told(desk, "list"))["html"]


async def test_an_open_conversation_is_told_line_by_line(world: WebWorld) -> None:
    await customer_says(world, "转人工")
    async with served(world.app) as shop, open_desk(shop, "小李") as desk:
        await watch(desk, "all", CUSTOMER)
        first = await told(desk, "entries")
        assert [entry["who"] for entry in first["entries"]] == ["customer", "bot"]
        assert (first["attended"], first["mine"]) == ("queued", False)
        await customer_says(world, "快一点")
        more = await told(desk, "entries")
        assert more["entries"][0]["text"] == "快一点"
        assert more["entries"][0]["seq"] == 3


async def test_the_customers_orders_stand_beside_with_masked_accounts(world: WebWorld) -> None:
    await world.stock()
    await customer_says(world, "转人工")
    order = await world.placed("telegram:42")
    await world.placed("telegram:43")
    async with served(world.app) as shop, open_desk(shop, "小李") as desk:
        await watch(desk, "all", CUSTOMER)
        side = (await told(desk, "side"))["html"]
        assert order.order_no in side
        assert MASKED_PHONE in side
        assert PHONE not in side
        assert side.count("<article") == 1
        await watch(desk, "orders")
        assert (await told(desk, "list", order.order_no))["html"].count("¥99.80") == 2


async def test_what_a_customer_writes_is_never_markup(world: WebWorld) -> None:
    await customer_says(world, "<script>alert(1)</script>")
    async with served(world.app) as shop, open_desk(shop, "小李") as desk:
        await watch(desk, "all")
        listed = await told(desk, "list", "alert")
        assert "<script>" not in listed["html"]


async def test_the_desks_socket_needs_the_desks_cookie(world: WebWorld) -> None:
    async with served(world.app) as shop:
        address = shop.replace("http", "ws", 1) + "/desk/ws"
        async with connect(address, proxy=None) as opened:
            with pytest.raises(ConnectionClosed) as closed:
                await opened.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
