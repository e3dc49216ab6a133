"""Staff at the desk: a parcel gets its address, and its word that it is on its way."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import structlog

from orders import delivering
from orders.database import Database, Tx
from orders.order import CustomerState, LineState, Order, customer_state
from orders.ports import Outcome, SupplierAnswer
from tests.adapters.loopback import served
from tests.adapters.test_web_desk import CUSTOMER, act, customer_says, logged_in, open_desk, told, watch
from tests.adapters.web_world import WebWorld

ADDRESS = "张三 13800138000 浙江省杭州市西湖区文三路1号"


@pytest.fixture
async def world(database: Database) -> WebWorld:
    world = WebWorld(database)
    await world.stock()
    await customer_says(world, "转人工")
    return world


async def parcel(world: WebWorld, customer_id: str = "telegram:42") -> Order:
    """A paid order that waits on the work list."""
    order = await world.placed(customer_id, "sim-card-29", ADDRESS)
    await world.paid(order)

    def listed(tx: Tx) -> None:
        ask = delivering.begin(tx, world.shop.room, order.order_no, 1, "house", False, world.clock.now())
        assert ask is not None
        accepted = SupplierAnswer(Outcome.ACCEPTED)
        delivering.answer(tx, world.shop.room, order.order_no, 1, ask.attempt, accepted, world.clock.now())

    await world.database.write(listed)
    return await world.order(order.order_no)


async def ship(
    client: httpx.AsyncClient, token: dict[str, str], order_no: str, line_no: object = 1, **more: object
) -> httpx.Response:
    named = {"channel": CUSTOMER.channel, "chat_id": CUSTOMER.chat_id, "order_no": order_no}
    return await client.post("/desk/ship", json={**named, "line_no": line_no, **more}, headers=token)


async def test_the_whole_recipient_is_shown_on_a_click_and_only_the_click_is_recorded(
    world: WebWorld,
) -> None:
    order = await parcel(world)
    async with served(world.app) as shop, open_desk(shop, "小李") as desk:
        await watch(desk, "all", CUSTOMER)
        side = (await told(desk, "side"))["html"]
        assert ADDRESS not in side
        assert "查看完整收件信息" in side
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        with structlog.testing.capture_logs() as logs:
            shown = await act(client, token, "recipients", order_no=order.order_no)
        assert shown.json()["recipients"] == [{"line_no": 1, "account": ADDRESS}]
        assert shown.headers["cache-control"] == "no-store"
    assert [(line["event"], line["order_no"], line["agent"]) for line in logs] == [
        ("recipients shown", order.order_no, "小李")
    ]
    assert "文三路" not in str(logs)


async def test_a_parcel_that_waits_has_a_button_and_is_shipped_by_it(world: WebWorld) -> None:
    order = await parcel(world)
    async with (
        served(world.app) as shop,
        open_desk(shop, "小李") as desk,
        httpx.AsyncClient(base_url=shop) as client,
    ):
        await watch(desk, "all", CUSTOMER)
        assert "快递单号" in (await told(desk, "side"))["html"]
        token = await logged_in(world, client, "小李")
        assert (await ship(client, token, order.order_no, tracking=" SF123\0 ")).status_code == 200
        after = (await told(desk, "side", "已发货"))["html"]
        assert "快递单号" not in after
    shipped = await world.order(order.order_no)
    assert shipped.lines[0].state is LineState.DONE
    assert customer_state(shipped) is CustomerState.DELIVERED


async def test_a_parcel_is_shipped_once_whoever_presses(world: WebWorld) -> None:
    order = await parcel(world)
    async with world.browser() as li, world.browser() as wang:
        tokens = await logged_in(world, li, "小李"), await logged_in(world, wang, "小王")
        answers = await asyncio.gather(
            ship(li, tokens[0], order.order_no), ship(wang, tokens[1], order.order_no)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_only_what_waits_for_a_parcel_can_be_shipped(world: WebWorld) -> None:
    order = await parcel(world)
    topup = await world.placed("telegram:42")
    await world.paid(topup)
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        assert (await ship(client, token, topup.order_no)).status_code == 409
        for line_no in (2, 10**30):
            assert (await ship(client, token, order.order_no, line_no)).status_code == 409
        for line_no in (True, "1", None, 1.5):
            assert (await ship(client, token, order.order_no, line_no)).status_code == 400
        assert (await ship(client, token, order.order_no, tracking="x" * 61)).status_code == 400
        assert (await ship(client, token, order.order_no, tracking=7)).status_code == 400
        assert (await ship(client, token, "\0")).status_code == 400
    assert (await world.order(order.order_no)).lines[0].state is LineState.SUBMITTED


async def test_an_order_of_another_conversation_is_not_to_be_found(world: WebWorld) -> None:
    order = await parcel(world, "telegram:43")
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        assert (await act(client, token, "recipients", order_no=order.order_no)).status_code == 404
        assert (await ship(client, token, order.order_no)).status_code == 404


async def test_neither_is_done_for_strangers_or_for_foreign_pages(world: WebWorld) -> None:
    order = await parcel(world)
    async with world.browser() as client:
        assert (await ship(client, {}, order.order_no)).status_code == 401
        assert (await act(client, {}, "recipients", order_no=order.order_no)).status_code == 401
        token = await logged_in(world, client, "小李")
        for forged in ({}, {**token, "origin": "http://evil.test"}):
            assert (await ship(client, forged, order.order_no)).status_code == 403
            refused = await act(client, forged, "recipients", order_no=order.order_no)
            assert (refused.status_code, "文三路" in refused.text) == (403, False)
    assert (await world.order(order.order_no)).lines[0].state is LineState.SUBMITTED
