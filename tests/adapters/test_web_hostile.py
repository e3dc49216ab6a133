"""What no page of ours sends: foreign names, broken frames, endless numbers. Answered, and never acted on."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from adapters.web.protocol import read_frame, read_say
from adapters.web.sessions import BROWSER_COOKIE, DESK_COOKIE
from bot.messages import ChatAddress
from orders.database import Database
from tests.adapters.loopback import served
from tests.adapters.test_web_chat import cookie, entries, say, socket
from tests.adapters.test_web_desk import CUSTOMER, act, customer_says, logged_in, open_desk, told
from tests.adapters.web_world import WebWorld, chat_of, form_token_of

ENDLESS = "9" * 23
TOO_LARGE = str(2**31)
"""For the column that entries are numbered in, on PostgreSQL."""


@pytest.fixture
async def world(database: Database) -> WebWorld:
    return WebWorld(database)


# --- names


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example; script-src *",
        "shop.test.evil.example",
        "shop.test@evil.example",
        "shop.test:80 evil.example",
        "8.8.8.8",
        "",
    ],
)
async def test_a_foreign_name_is_answered_by_nothing_of_the_shop(world: WebWorld, host: str) -> None:
    async with world.browser() as client:
        for path in ("/", "/desk/", "/metrics", "/healthz", "/o/x"):
            answer = await client.get(path, headers={"host": host})
            assert answer.status_code == 400
            assert "location" not in answer.headers
            assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "host", ["shop.test", "SHOP.test:8443", "localhost:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:8080"]
)
async def test_the_public_name_and_loopback_are_answered(world: WebWorld, host: str) -> None:
    async with world.browser() as client:
        page = await client.get("/", headers={"host": host})
        assert page.status_code == 200
        assert f"ws://{host} " in page.headers["content-security-policy"]
        assert (await client.get("/healthz", headers={"host": host})).text == "ok"


async def test_a_socket_under_a_foreign_name_is_not_opened(world: WebWorld) -> None:
    async with served(world.app) as shop:
        headers = {"Cookie": f"{BROWSER_COOKIE}={await cookie(shop)}"}
        port = shop.rsplit(":", 1)[1]
        with pytest.raises(InvalidStatus) as refused:
            await connect(
                f"ws://evil.example:{port}/chat/ws",
                host="127.0.0.1",
                additional_headers=headers,
                proxy=None,
            ).__aenter__()
        assert refused.value.response.status_code == 403


async def test_a_path_that_no_database_can_look_up_is_refused(world: WebWorld) -> None:
    async with world.browser() as client:
        assert (await client.get("/o/x%00y")).status_code == 400


# --- frames


@pytest.mark.parametrize("text", ["[" * 8000, '{"a":' * 8000, '{"type": 1' + ENDLESS * 400 + "}"])
def test_nesting_and_numbers_without_end_make_an_empty_frame(text: str) -> None:
    assert read_frame(text) == {}


def test_what_a_button_means_is_cleaned_or_refused() -> None:
    said = read_say({"id": "abcdefgh", "text": "好", "means": "topup\0-100"})
    assert said is not None
    assert said.means == "topup-100"
    assert read_say({"id": "abcdefgh", "text": "好", "means": "\ud800"}) is None


async def test_hostile_frames_end_nothing_and_say_nothing(world: WebWorld) -> None:
    async with served(world.app) as shop, socket(shop, await cookie(shop), after=int(ENDLESS)) as mine:
        await mine.send("[" * 8000)
        await mine.send('{"type":"say","id":"message-0","text":"hi","means":"\\ud800"}')
        await say(mine, "充话费")
        assert [entry["text"] for entry in await entries(mine, 2)] == ["充话费", "你说：充话费"]


async def test_a_frame_without_text_ends_the_socket(world: WebWorld) -> None:
    async with served(world.app) as shop:
        async with socket(shop, await cookie(shop)) as mine:
            await mine.send(b"\x00\x01")
            with pytest.raises(ConnectionClosed) as closed:
                await entries(mine, 1)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1003


@pytest.mark.parametrize("after", ["true", "1" + "0" * 30, "-1", "1.5", '"1"', "null"])
async def test_a_number_that_counts_nothing_is_refused_before_the_message_is_heard(
    world: WebWorld, after: str
) -> None:
    async with world.browser() as client:
        headers = {"x-form-token": form_token_of(await client.get("/"))}
        body = f'{{"id": "message-1", "text": "hi", "after": {after}}}'
        assert (await client.post("/chat/say", content=body, headers=headers)).status_code == 400
        assert not await world.reception.since(chat_of(client))
        for number in (ENDLESS, TOO_LARGE, "x"):
            for path in (f"/chat/since?after={number}", f"/chat/before?seq={number}"):
                assert (await client.get(path)).status_code == 400


@pytest.mark.parametrize("body", ["[" * 8000, '{"id":"message-1","text":"hi","means":"\\ud800"}'])
async def test_broken_bodies_are_refused(world: WebWorld, body: str) -> None:
    async with world.browser() as client:
        headers = {"x-form-token": form_token_of(await client.get("/"))}
        assert (await client.post("/chat/say", content=body, headers=headers)).status_code == 400
        assert not await world.reception.since(chat_of(client))


async def test_a_desk_that_looks_nowhere_goes_on_with_what_it_had(world: WebWorld) -> None:
    await customer_says(world, "转人工")
    async with served(world.app) as shop, open_desk(shop, "小李") as desk:
        chat = {"channel": CUSTOMER.channel, "chat_id": CUSTOMER.chat_id}
        for bad in (
            {"box": ["x"]},
            {"box": "cellar"},
            {**chat, "channel": "\ud800"},
            {**chat, "chat_id": 7},
            {**chat, "after": 10**30},
            {**chat, "after": True},
            {"channel": "web"},
        ):
            await desk.send(json.dumps({"type": "watch", "box": "all", **bad}))
        await desk.send(json.dumps({"type": "ping"}))
        assert json.loads(await desk.recv()) == {"type": "pong"}
        await desk.send(json.dumps({"type": "watch", "box": "all", **chat}))
        assert (await told(desk, "entries"))["chat_id"] == CUSTOMER.chat_id


@pytest.mark.parametrize(
    "query",
    [
        f"channel=telegram&chat_id=42&seq={ENDLESS}",
        f"channel=telegram&chat_id=42&seq={TOO_LARGE}",
        "channel=telegram&chat_id=42&seq=²",
        "channel=telegram&seq=9",
        f"channel=telegram&chat_id={quote(chr(0))}&seq=9",
    ],
)
async def test_older_entries_of_no_place_are_not_looked_for(world: WebWorld, query: str) -> None:
    async with world.browser() as client:
        await logged_in(world, client, "小李")
        assert DESK_COOKIE in client.cookies
        assert (await client.get(f"/desk/before?{query}")).status_code == 400


async def test_acts_on_a_chat_that_cannot_be_are_refused(world: WebWorld) -> None:
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        for chat_id in ("", "x" * 300, "\0"):
            assert (await act(client, token, "take", chat_id=chat_id)).status_code == 400
        body = '{"channel": "\\ud800", "chat_id": "42"}'
        assert (await client.post("/desk/take", content=body, headers=token)).status_code == 400
    assert await world.reception.since(ChatAddress("telegram", "42")) == ()


async def test_a_form_in_an_alphabet_of_its_own_is_refused(world: WebWorld) -> None:
    """A multipart form may name any codec; this one smuggles half a character in."""
    async with world.browser() as client:
        await client.get("/desk/login")
        parts = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n\\ud800\r\n'
            for name in ("form_token", "name", "password")
        )
        kind = "multipart/form-data; boundary=b; charset=unicode_escape"
        answer = await client.post("/desk/login", content=f"{parts}--b--\r\n", headers={"content-type": kind})
        assert answer.status_code == 403
