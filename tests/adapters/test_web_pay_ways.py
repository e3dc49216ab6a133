"""From the pay page to a gateway and back: the way that fits where the payer stands."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from orders.database import Database
from orders.order import CustomerState, Order, customer_state
from orders.ports import CallWallet, GoTo, OpenAnswer, PaymentAsk, PostForm, Scene
from tests.adapters.web_world import WebWorld, customer_of, press
from tests.orders.fake_gateway import FakeGateway

DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148"
IN_WECHAT = f"{PHONE} MicroMessenger/8.0.60"


class Elsewhere(FakeGateway):
    """Leads to pages of its own."""

    async def open(self, ask: PaymentAsk, scene: Scene) -> OpenAnswer:
        await super().open(ask, scene)
        match scene:
            case Scene.WAP:
                return OpenAnswer(GoTo("https://pay.example/go?a=1&b=2"))
            case Scene.PAGE:
                return OpenAnswer(PostForm("https://pay.example/form", {"orderId": "7", "sign": "a+b=="}))
            case _:
                return OpenAnswer(CallWallet({"appId": "wx1", "package": "prepay_id=1"}))


@pytest.fixture
def alipay() -> FakeGateway:
    return FakeGateway("alipay")


@pytest.fixture
async def world(database: Database, alipay: FakeGateway) -> WebWorld:
    elsewhere = frozenset({Scene.PAGE, Scene.WAP})
    others = (
        Elsewhere("unionpay", scenes=elsewhere),
        Elsewhere("wechat_pay", scenes=frozenset({Scene.JSAPI})),
    )
    world = WebWorld(database, real=(alipay, *others))  # type: ignore[arg-type]
    await world.stock()
    return world


@pytest.fixture
async def mine(world: WebWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with world.browser() as client:
        client.headers["user-agent"] = DESKTOP
        await client.get("/")
        yield client


async def chosen(client: httpx.AsyncClient, order: Order, gateway: str) -> httpx.Response:
    """The page after the payer pressed a gateway's button."""
    page = await client.get(f"/pay/{order.pay_token}")
    answer = await press(client, page, f"/pay/{order.pay_token}/by/{gateway}")
    assert answer.status_code == 303
    return await client.get(answer.headers["location"])


async def test_a_code_is_shown_with_the_amount_and_the_time_left(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    page = await chosen(mine, order, "alipay")
    assert "99.80" in page.text
    assert "打开支付宝扫一扫付款" in page.text
    code = await mine.get(f"/pay/{order.pay_token}/by/alipay/code.svg")
    assert code.headers["content-type"].startswith("image/svg+xml")


async def test_a_phone_is_led_on_by_a_link(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    mine.headers["user-agent"] = PHONE
    page = await chosen(mine, order, "unionpay")
    assert 'href="https://pay.example/go?a=1&amp;b=2"' in page.text


async def test_a_form_may_go_to_the_gateway_and_to_nobody_else(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    page = await chosen(mine, order, "unionpay")
    assert 'action="https://pay.example/form"' in page.text
    assert 'value="a+b=="' in page.text
    assert "form-action 'self' https://pay.example;" in page.headers["content-security-policy"]


async def test_inside_wechat_its_customer_pays_with_the_wallet_of_his_open_id(world: WebWorld) -> None:
    order = await world.placed("wechat:o-open-id")
    async with world.browser() as client:
        client.headers["user-agent"] = IN_WECHAT
        page = await chosen(client, order, "wechat_pay")
        assert "prepay_id=1" in page.text
    wechat_pay = world.real[2]
    assert isinstance(wechat_pay, FakeGateway)
    assert [ask.payer for ask in wechat_pay.opened] == ["o-open-id"]


async def test_a_way_that_does_not_work_where_he_stands_is_not_offered(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    page = await mine.get(f"/pay/{order.pay_token}")
    assert "/by/alipay" in page.text
    assert "/by/wechat_pay" not in page.text
    refused = await press(mine, page, f"/pay/{order.pay_token}/by/wechat_pay")
    assert refused.status_code == 404


async def test_what_the_gateway_will_not_do_is_said(
    world: WebWorld, mine: httpx.AsyncClient, alipay: FakeGateway
) -> None:
    order = await world.placed(customer_of(mine))
    alipay.refuses = True
    assert "换一种方式" in (await chosen(mine, order, "alipay")).text
    alipay.refuses, alipay.silent = False, True
    assert "没有回应" in (await chosen(mine, order, "alipay")).text


async def test_coming_back_makes_us_ask(
    world: WebWorld, mine: httpx.AsyncClient, alipay: FakeGateway
) -> None:
    order = await world.placed(customer_of(mine))
    await chosen(mine, order, "alipay")
    back = f"/pay/{order.pay_token}/back"
    answer = await mine.get(back)
    assert answer.headers["location"] == f"/pay/{order.pay_token}?unsure"
    assert customer_state(await world.order(order.order_no)) is CustomerState.AWAITING_PAYMENT
    alipay.paid[alipay.opened[0].out_trade_no] = world.clock.now()
    answer = await mine.post(back, data={"orderId": "whatever"}, headers={"origin": "https://pay.example"})
    assert answer.headers["location"] == f"/pay/{order.pay_token}"
    assert (await world.order(order.order_no)).settled_fen == 9980


async def test_who_comes_back_again_and_again_does_not_make_us_ask_without_end(
    world: WebWorld, mine: httpx.AsyncClient, alipay: FakeGateway
) -> None:
    order = await world.placed(customer_of(mine))
    await chosen(mine, order, "alipay")
    for _ in range(20):
        await mine.get(f"/pay/{order.pay_token}/back")
    assert 0 < sum(asked.startswith("query") for asked in alipay.asked) < 10


async def test_another_site_cannot_open_a_payment(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    answer = await mine.post(f"/pay/{order.pay_token}/by/alipay", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_a_page_left_open_until_the_order_expired_leads_back(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    await chosen(mine, order, "alipay")
    world.clock.advance_to(order.expires_at)
    page = await mine.get(f"/pay/{order.pay_token}/by/alipay")
    assert (page.status_code, page.headers["location"]) == (303, f"/pay/{order.pay_token}")
    assert (await mine.get(f"/pay/{order.pay_token}/by/alipay/code.svg")).status_code == 404
