"""Staff at the desk, when something went wrong: another key, a right recipient, money back, and two to agree."""

from __future__ import annotations

import httpx
import pytest

from orders import delivering
from orders.card_key import KeyState
from orders.database import Database, Tx
from orders.order import LineState, Order
from orders.ports import Outcome, SupplierAnswer
from tests.adapters.loopback import served
from tests.adapters.test_web_desk import CUSTOMER, customer_says, logged_in, open_desk, told, watch
from tests.adapters.web_world import WebWorld

OWNER = "telegram:42"
SKU = "jd-ecard-50"


@pytest.fixture
async def world(database: Database) -> WebWorld:
    world = WebWorld(database)
    await world.stock()
    await customer_says(world, "转人工")
    return world


async def keyed(world: WebWorld, *secrets: str, customer_id: str = OWNER) -> Order:
    """A delivered order with a key that its customer has seen."""
    now = world.clock.now()
    await world.database.write(lambda tx: world.shop.add_card_keys(tx, SKU, secrets, now))
    order = await world.placed(customer_id, SKU, None)
    await world.paid(order)
    await world.deliver(order)
    await world.database.write(lambda tx: world.shop.card_keys(tx, order.order_no, customer_id, now))
    return await world.order(order.order_no)


async def topped_up(world: WebWorld, sku: str = "topup-100") -> Order:
    order = await world.placed(OWNER, sku)
    await world.paid(order)
    await world.deliver(order)
    return order


async def act(
    client: httpx.AsyncClient, token: dict[str, str], action: str, order: Order, **more: object
) -> httpx.Response:
    named = {"channel": CUSTOMER.channel, "chat_id": CUSTOMER.chat_id, "order_no": order.order_no}
    return await client.post(f"/desk/{action}", json={**named, **more}, headers=token)


async def refused(answer: httpx.Response) -> str:
    assert answer.status_code == 409, answer.text
    code: str = answer.json()["refused"]
    return code


async def test_a_bad_key_is_replaced_by_a_click_and_never_shown(world: WebWorld) -> None:
    order = await keyed(world, "SECRET-AAAA-0001", "SECRET-AAAA-0002")
    now = world.clock.now()
    await world.database.write(lambda tx: world.shop.aftersales.complain(tx, order.order_no, 1, OWNER, now))
    async with (
        served(world.app) as shop,
        open_desk(shop, "小李") as desk,
        httpx.AsyncClient(base_url=shop) as client,
    ):
        await watch(desk, "all", CUSTOMER)
        before = (await told(desk, "side"))["html"]
        assert "顾客反馈卡密用不了" in before
        assert "****0001" in before
        token = await logged_in(world, client, "小李")
        done = await act(client, token, "replace-key", order, key_no=1, why="打不开")
        assert done.status_code == 200, done.text
        after = (await told(desk, "side", "已作废"))["html"]
        assert "****0002" in after
        assert "顾客反馈卡密用不了" not in after
        assert "SECRET" not in before + after
        assert (
            await refused(await act(client, token, "replace-key", order, key_no=1, why="x")) == "not_theirs"
        )
        assert (
            await refused(await act(client, token, "replace-key", order, key_no=2, why="x")) == "out_of_stock"
        )
    keys = await world.database.read(lambda tx: world.shop.aftersales.keys_of(tx, order.order_no))
    assert [key.state for key in keys] == [KeyState.VOID, KeyState.SOLD]


async def test_a_line_that_needs_a_right_recipient_gets_it_from_the_desk(world: WebWorld) -> None:
    order = await world.placed(OWNER)
    await world.paid(order)
    await _refuse_recipient(world, order)
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        give = {"line_no": 1, "account": "13900139000"}
        assert (await act(client, token, "recipient", order, **give)).status_code == 200
        assert await refused(await act(client, token, "recipient", order, **give)) == "not_waiting"
        assert (
            await refused(await act(client, token, "recipient", order, line_no=7, account="1"))
            == "not_waiting"
        )
    line = (await world.order(order.order_no)).lines[0]
    assert (line.account, line.state) == ("13900139000", LineState.QUEUED)


async def test_a_recipient_that_cannot_be_right_is_refused(world: WebWorld) -> None:
    order = await world.placed(OWNER)
    await world.paid(order)
    await _refuse_recipient(world, order)
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        assert (
            await refused(await act(client, token, "recipient", order, line_no=1, account=" "))
            == "bad_account"
        )
    assert (await world.order(order.order_no)).lines[0].state is LineState.NEEDS_INFO


async def _refuse_recipient(world: WebWorld, order: Order) -> None:
    def refuse(tx: Tx) -> None:
        now = world.clock.now()
        assert delivering.begin(tx, world.shop.room, order.order_no, 1, "s", False, now)
        said = SupplierAnswer(Outcome.NEEDS_INFO)
        delivering.answer(tx, world.shop.room, order.order_no, 1, 1, said, now)

    await world.database.write(refuse)


async def test_money_goes_back_in_part_with_a_reason(world: WebWorld) -> None:
    order = await topped_up(world)
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        for amount, code in (("free", "bad_amount"), ("999", "too_much")):
            wrong = await act(client, token, "refund", order, line_no=1, amount=amount, why="晚了")
            assert await refused(wrong) == code
        done = await act(client, token, "refund", order, line_no=1, amount="5", why="晚了")
        assert done.status_code == 200
    assert (await world.order(order.order_no)).refunding_fen == 500


async def test_a_large_refund_wants_a_second_person_who_sees_it_on_his_desk(world: WebWorld) -> None:
    order = await topped_up(world, "topup-500")
    async with (
        served(world.app) as shop,
        open_desk(shop, "小王") as desk,
        httpx.AsyncClient(base_url=shop) as li,
        httpx.AsyncClient(base_url=shop) as wang,
    ):
        tokens = await logged_in(world, li, "小李"), await logged_in(world, wang, "小王")
        await watch(desk, "all", CUSTOMER)
        assert (await act(li, tokens[0], "refund", order, line_no=1, why="投诉")).status_code == 200
        assert "小李 申请退 ¥499.00：投诉" in (await told(desk, "side", "申请退"))["html"]
        agrees = {"proposal_no": 1, "agrees": True}
        assert await refused(await act(li, tokens[0], "refund-verdict", order, **agrees)) == "same_person"
        assert (await act(wang, tokens[1], "refund-verdict", order, **agrees)).status_code == 200
        assert await refused(await act(wang, tokens[1], "refund-verdict", order, **agrees)) == "decided"
    assert (await world.order(order.order_no)).refunding_fen == 49900


async def test_a_proposed_refund_can_be_taken_back(world: WebWorld) -> None:
    order = await topped_up(world, "topup-500")
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        await act(client, token, "refund", order, line_no=1, why="投诉")
        verdict = {"proposal_no": 1, "agrees": False}
        assert (await act(client, token, "refund-verdict", order, **verdict)).status_code == 200
        assert await refused(await act(client, token, "refund-verdict", order, **verdict)) == "decided"
    assert (await world.order(order.order_no)).refunding_fen == 0


async def test_nothing_is_done_with_what_is_no_number_or_belongs_elsewhere(world: WebWorld) -> None:
    order = await keyed(world, "SECRET-AAAA-0001", "SECRET-AAAA-0002", customer_id="telegram:43")
    mine = await topped_up(world)
    async with world.browser() as client:
        token = await logged_in(world, client, "小李")
        for action in ("replace-key", "recipient", "refund", "refund-verdict"):
            theirs = await act(client, token, action, order, key_no=1, line_no=1, proposal_no=1, why="x")
            assert theirs.status_code == 404
            assert (await act(client, {}, action, mine)).status_code == 403
            for number in (True, 0, -1, "1", None, 1.5, 2**63):
                wrong = {"key_no": number, "line_no": number, "proposal_no": number, "why": "x"}
                assert (await act(client, token, action, mine, **wrong)).status_code == 400
        assert (await act(client, token, "refund", mine, line_no=9, why="x")).status_code == 404
        assert (await act(client, token, "refund", mine, line_no=1, why="x" * 201)).status_code == 400
        assert (await act(client, token, "replace-key", mine, key_no=1, why=7)).status_code == 400
        for nothing in ({}, {"why": ""}, {"why": "  "}):
            assert (await act(client, token, "refund", mine, line_no=1, **nothing)).status_code == 400
            assert (await act(client, token, "replace-key", mine, key_no=1, **nothing)).status_code == 400
        assert await refused(await act(client, token, "replace-key", mine, key_no=1, why="x")) == "not_theirs"
    assert (await world.order(order.order_no)).refunding_fen == 0
