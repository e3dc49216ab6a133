"""The order page and the pay page: who sees what, and what a click does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import structlog
from prometheus_client import REGISTRY

from adapters.web.notices import REFUSALS, REFUSALS_PERIOD
from adapters.web.sessions import BROWSER_COOKIE
from orders import promises
from orders.database import Database, Tx
from orders.draft import Draft, DraftLine
from orders.money import Fen
from orders.order import CustomerState, Order, customer_state
from orders.quote import Quote
from tests.adapters.web_world import (
    BASE_URL,
    MASKED_PHONE,
    PHONE,
    WebWorld,
    customer_of,
    form_token_of,
    press,
)
from tests.orders.world import coupon

TELEGRAM = "telegram:42"


@pytest.fixture
async def world(database: Database) -> WebWorld:
    world = WebWorld(database)
    await world.stock()
    return world


@pytest.fixture
async def mine(world: WebWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with world.browser() as client:
        await client.get("/")
        yield client


@pytest.fixture
async def other(world: WebWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with world.browser() as client:
        await client.get("/")
        yield client


def shows_nothing_of(order: Order, page: httpx.Response) -> bool:
    secrets = (
        order.order_no,
        order.lines[0].name,
        PHONE,
        MASKED_PHONE,
        "99.80",
        order.pay_token,
        order.customer_id,
    )
    return not any(secret in page.text for secret in secrets)


# --- who may see an order


async def test_an_order_of_the_web_chat_opens_in_its_own_browser(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    page = await mine.get(f"/o/{order.link_token}")
    assert page.status_code == 200
    assert order.order_no in page.text
    assert MASKED_PHONE in page.text
    assert PHONE not in page.text
    for amount in ("100.00", "0.20", "99.80"):
        assert amount in page.text


async def test_it_opens_in_no_other_browser_whatever_that_does(
    world: WebWorld, mine: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    here = f"/o/{order.link_token}"
    door = await other.get(here)
    assert shows_nothing_of(order, door)
    for address in (here, f"{here}/keys", f"{here}/refund"):
        answer = await press(other, door, address)
        assert answer.status_code == 404
        assert shows_nothing_of(order, answer)
    assert (await other.get(f"{here}/state")).status_code == 404
    assert (await mine.get(here)).text.count(order.order_no)


async def test_a_browser_without_a_cookie_sees_nothing_either(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    async with world.browser() as stranger:
        assert shows_nothing_of(order, await stranger.get(f"/o/{order.link_token}"))


async def test_a_forged_cookie_opens_nothing(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    browser_id = order.customer_id.removeprefix("web:")
    async with world.browser() as forger:
        forger.cookies.set(BROWSER_COOKIE, browser_id)
        assert shows_nothing_of(order, await forger.get(f"/o/{order.link_token}"))


async def test_a_guessed_link_looks_like_a_foreign_one(
    world: WebWorld, mine: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    foreign, guess = f"/o/{order.link_token}", f"/o/{order.link_token[::-1]}"

    def comparable(page: httpx.Response, address: str) -> tuple[int, str]:
        return page.status_code, page.text.replace(address, "/o/x")

    foreign_door, guessed_door = await other.get(foreign), await other.get(guess)
    assert comparable(foreign_door, foreign) == comparable(guessed_door, guess)
    closed = await press(other, foreign_door, foreign)
    assert comparable(closed, foreign) == comparable(await press(other, guessed_door, guess), guess)
    assert (await other.get(f"{foreign}/state")).text == (await other.get(f"{guess}/state")).text


async def test_an_order_of_another_channel_belongs_to_the_first_browser_that_asks(
    world: WebWorld, mine: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    order = await world.placed(TELEGRAM)
    here = f"/o/{order.link_token}"
    door = await mine.get(here)
    assert shows_nothing_of(order, door)
    assert "查看订单" in door.text
    claimed = await press(mine, door, here)
    assert (claimed.status_code, claimed.headers["location"]) == (303, here)
    assert order.order_no in (await mine.get(here)).text
    late = await press(other, await other.get(here), here)
    assert late.status_code == 404
    assert shows_nothing_of(order, late)
    assert shows_nothing_of(order, await other.get(here))
    assert order.order_no in (await mine.get(here)).text


async def test_looking_at_a_link_binds_nothing(
    world: WebWorld, mine: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    order = await world.placed(TELEGRAM)
    here = f"/o/{order.link_token}"
    for _ in range(3):
        await other.get(here)
        await other.get(f"{here}/state")
        await other.head(here)
    await press(mine, await mine.get(here), here)
    assert order.order_no in (await mine.get(here)).text


async def test_another_site_cannot_bind_in_a_visitors_name(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(TELEGRAM)
    here = f"/o/{order.link_token}"
    door = await mine.get(here)
    token = form_token_of(door)
    assert (await mine.post(here)).status_code == 403
    assert (await mine.post(here, data={"form_token": "0" * 64})).status_code == 403
    foreign = await mine.post(here, data={"form_token": token}, headers={"origin": "http://evil.test"})
    assert foreign.status_code == 403
    assert shows_nothing_of(order, await mine.get(here))


async def test_two_browsers_that_ask_at_once_do_not_both_get_it(
    world: WebWorld, mine: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    import asyncio

    order = await world.placed(TELEGRAM)
    here = f"/o/{order.link_token}"
    doors = [await mine.get(here), await other.get(here)]
    answers = await asyncio.gather(press(mine, doors[0], here), press(other, doors[1], here))
    assert sorted(answer.status_code for answer in answers) == [303, 404]


# --- paying


async def test_the_pay_page_says_what_is_paid_and_takes_it(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    here = f"/pay/{order.pay_token}"
    page = await mine.get(here)
    assert all(
        word in page.text for word in ("99.80", MASKED_PHONE, "微信支付", "支付宝", "银联", order.order_no)
    )
    assert PHONE not in page.text
    sent = await press(mine, page, f"{here}/wechat")
    assert (sent.status_code, sent.headers["location"]) == (303, here)
    paid = await mine.get(here)
    assert "支付成功" in paid.text
    assert f"/o/{order.link_token}" in paid.text
    assert customer_state(await world.order(order.order_no)) is CustomerState.PROCESSING


async def test_whoever_holds_the_pay_link_may_pay_but_learns_no_order_link(
    world: WebWorld, mine: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    here = f"/pay/{order.pay_token}"
    await press(other, await other.get(here), f"{here}/alipay")
    paid = await other.get(here)
    assert "支付成功" in paid.text
    assert order.link_token not in paid.text


async def test_the_pay_page_settles_nothing_by_itself(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    here = f"/pay/{order.pay_token}"
    world.bank.drop_notices = True
    sent = await press(mine, await mine.get(here), f"{here}/wechat")
    page = await mine.get(sent.headers["location"])
    assert "支付成功" not in page.text
    assert "请不要重复付款" in page.text
    assert (await world.order(order.order_no)).settled_fen == 0
    assert (await mine.get(f"{here}/state")).json() == {"state": "awaiting_payment"}


async def test_a_second_tap_pays_once(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    here = f"/pay/{order.pay_token}"
    page = await mine.get(here)
    for _ in range(2):
        assert (await press(mine, page, f"{here}/wechat")).status_code == 303
    assert (await world.order(order.order_no)).settled_fen == order.total_fen


async def test_an_expired_order_cannot_be_paid_here(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    here = f"/pay/{order.pay_token}"
    page = await mine.get(here)
    world.clock.advance(timedelta(minutes=16))
    late = await mine.get(here)
    assert "订单已超时" in late.text
    assert "没有扣款" in late.text
    assert "微信支付" not in late.text
    await world.database.write(lambda tx: world.shop.expire(tx, order.order_no, world.clock.now()))
    await press(mine, page, f"{here}/wechat")
    assert (await world.order(order.order_no)).settled_fen == 0


async def test_a_cancelled_order_says_so(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    now = world.clock.now()
    await world.database.write(lambda tx: world.shop.cancel(tx, order.order_no, order.customer_id, now))
    page = await mine.get(f"/pay/{order.pay_token}")
    assert "订单已取消" in page.text
    assert "没有扣款" in page.text


async def test_who_paid_another_amount_is_not_told_that_nothing_was_paid(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    payment, _ = await world.payment(order.pay_token)
    raw = world.notice(payment, amount_fen=1)
    await world.database.write(
        lambda tx: world.shop.receive_notice(tx, world.gateway, raw, world.clock.now())
    )
    pages = f"/pay/{order.pay_token}", f"/o/{order.link_token}"
    for page in pages:
        assert "请先别再付" in (await mine.get(page)).text
    world.clock.advance(timedelta(minutes=16))
    await world.database.write(lambda tx: world.shop.expire(tx, order.order_no, world.clock.now()))
    for page in pages:
        shown = (await mine.get(page)).text
        assert "请先别再付" in shown
        assert "没有扣款" not in shown
    (alarm,) = await world.database.read(world.shop.alarms)
    await world.database.write(
        lambda tx: world.shop.close_alarm(tx, alarm.alarm_no, "小李", world.clock.now())
    )
    for page in pages:
        assert "请先别再付" not in (await mine.get(page)).text


async def test_unknown_pay_links_and_methods_lead_nowhere(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    page = await mine.get(f"/pay/{order.pay_token}")
    assert (await mine.get("/pay/guess")).status_code == 404
    assert (await mine.get("/pay/guess/code.svg")).status_code == 404
    assert (await press(mine, page, f"/pay/{order.pay_token}/cash")).status_code == 404
    assert (await mine.post(f"/pay/{order.pay_token}/wechat")).status_code == 403


async def test_the_pay_link_can_be_scanned(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    code = await mine.get(f"/pay/{order.pay_token}/code.svg")
    assert code.headers["content-type"] == "image/svg+xml"
    assert code.text.startswith("<svg")


# --- after paying


async def test_card_keys_are_opened_by_a_click_of_their_owner_and_recorded(
    world: WebWorld, mine: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    order = await delivered_card(world, customer_of(mine))
    here = f"/o/{order.link_token}"
    page = await mine.get(here)
    assert "查看卡密" in page.text
    assert "KEY-0001" not in page.text
    for client in (mine, other):
        back = await client.get(f"{here}/keys")
        assert (back.status_code, back.headers["location"]) == (303, here)
    assert (await mine.get(f"{here}/refund")).headers["location"] == here
    assert "KEY-0001" not in (await press(other, await other.get(here), f"{here}/keys")).text
    assert not (await world.order(order.order_no)).lines[0].keys_shown_at
    shown = await press(mine, page, f"{here}/keys")
    assert "KEY-0001" in shown.text
    assert "申请退款" not in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert (await world.order(order.order_no)).lines[0].keys_shown_at
    assert "KEY-0001" not in (await mine.get(here)).text


async def test_the_refund_button_follows_the_shops_rule(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await delivered_card(world, customer_of(mine))
    here = f"/o/{order.link_token}"
    page = await mine.get(here)
    assert "申请退款" in page.text
    await press(mine, page, f"{here}/keys")
    assert "申请退款" not in (await mine.get(here)).text
    denied = await press(mine, page, f"{here}/refund")
    assert denied.headers["location"] == f"{here}?refund=key_shown"
    assert "不能退款" in (await mine.get(denied.headers["location"])).text


async def test_an_unused_card_is_refunded_from_its_page(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await delivered_card(world, customer_of(mine))
    here = f"/o/{order.link_token}"
    page = await mine.get(here)
    asked = await press(mine, page, f"{here}/refund")
    assert asked.headers["location"] == f"{here}?refund=started"
    assert "原路退回" in (await mine.get(asked.headers["location"])).text
    assert customer_state(await world.order(order.order_no)) is CustomerState.REFUNDING
    assert "查看卡密" not in (await mine.get(here)).text
    assert "KEY-0001" not in (await press(mine, page, f"{here}/keys")).text


async def test_the_timeline_tells_what_happened_in_order(world: WebWorld, mine: httpx.AsyncClient) -> None:
    order = await world.placed(customer_of(mine))
    await world.paid(order)
    page = await mine.get(f"/o/{order.link_token}")
    assert page.text.index("已下单") < page.text.index("已收到付款")


async def test_the_page_of_a_late_order_promises_the_usual_time_no_longer(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    await world.paid(order)
    here = f"/o/{order.link_token}"
    assert "好了会在聊天里通知你" in (await mine.get(here)).text
    late_at = world.clock.now() + timedelta(days=1)
    await world.database.write(lambda tx: promises.look(tx, world.shop.room, order.order_no, late_at))
    page = (await mine.get(here)).text
    assert "比预计的慢了" in page
    assert "好了会在聊天里通知你" not in page


async def delivered_card(world: WebWorld, customer_id: str) -> Order:
    """A paid card order whose key lies ready."""
    now = world.clock.now()
    sku = next(
        sku.sku_id
        for sku in await world.database.read(lambda tx: tuple(world.shop.catalog(tx)))
        if sku.delivery == "card" and sku.refund_rule == "unused"
    )
    await world.database.write(lambda tx: world.shop.add_card_keys(tx, sku, ("KEY-0001",), now))
    order = await world.placed(customer_id, sku, account=None)
    await world.paid(order)
    await world.deliver(order)
    return await world.order(order.order_no)


async def test_a_key_of_two_parts_is_shown_and_copied_part_by_part(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    now = world.clock.now()
    await world.database.write(lambda tx: world.shop.add_card_keys(tx, "jd-ecard-50", ("8001\t0077",), now))
    order = await world.placed(customer_of(mine), "jd-ecard-50", account=None)
    await world.paid(order)
    await world.deliver(order)
    here = f"/o/{order.link_token}"
    shown = (await press(mine, await mine.get(here), f"{here}/keys")).text
    assert shown.index("卡号") < shown.index('data-copy="8001"') < shown.index("密码")
    assert 'data-copy="0077"' in shown


async def test_keys_of_several_goods_say_what_each_is_for(world: WebWorld, mine: httpx.AsyncClient) -> None:
    now, goods = world.clock.now(), {"jd-ecard-50": "E-50", "jd-ecard-100": "E-100"}

    def placed(tx: Tx) -> Order:
        for sku_id, key in goods.items():
            world.shop.add_card_keys(tx, sku_id, (key,), now)
        lines = tuple(DraftLine(product_id="jd-ecard", sku_id=sku_id) for sku_id in goods)
        quote = world.shop.quote(tx, Draft(lines), customer_of(mine), now)
        assert isinstance(quote, Quote), quote
        return world.shop.place(tx, quote, now)

    order = await world.database.write(placed)
    await world.paid(order)
    await world.deliver(order)
    here = f"/o/{order.link_token}"
    shown = (await press(mine, await mine.get(here), f"{here}/keys")).text
    keys = shown[shown.index('class="keys"') :]
    found = [keys.index(text) for text in ("50元", "E-50", "100元", "E-100")]
    assert found == sorted(found)


async def test_keys_stay_in_sight_when_only_a_part_of_the_money_went_back(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await delivered_card(world, customer_of(mine))
    here, now = f"/o/{order.link_token}", world.clock.now()
    await world.database.write(
        lambda tx: world.shop.staff_refunds.refund(tx, order.order_no, 1, Fen(100), "小王", "late", now)
    )
    page = await mine.get(here)
    assert "查看卡密" in page.text
    assert "KEY-0001" in (await press(mine, page, f"{here}/keys")).text
    assert (await world.order(order.order_no)).lines[0].keys_shown_at


# --- notices


async def test_a_genuine_notice_is_acknowledged_and_its_repeat_too(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    payment, _ = await world.payment(order.pay_token)
    raw = world.notice(payment)
    for _ in range(3):
        answer = await mine.post("/notices/sandbox", content=raw.body, headers=dict(raw.headers))
        assert (answer.status_code, answer.text) == (200, "success")
    assert (await world.order(order.order_no)).settled_fen == order.total_fen


async def test_a_forged_notice_settles_nothing_and_is_told_nothing(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    payment, _ = await world.payment(order.pay_token)
    raw = world.notice(payment)
    forged = await mine.post("/notices/sandbox", content=raw.body + b" ", headers=dict(raw.headers))
    assert forged.status_code == 400
    assert forged.text == "refused"
    assert (await mine.post("/notices/sandbox", content=raw.body)).status_code == 400
    assert (await world.order(order.order_no)).settled_fen == 0


async def test_a_notice_of_too_little_is_acknowledged_and_held(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    payment, _ = await world.payment(order.pay_token)
    raw = world.notice(payment, amount_fen=1)
    assert (
        await mine.post("/notices/sandbox", content=raw.body, headers=dict(raw.headers))
    ).status_code == 200
    assert (await world.order(order.order_no)).settled_fen == 0


async def test_notices_for_nobody_and_endless_ones_are_refused(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    assert (await mine.post("/notices/nobody", content=b"{}")).status_code == 404
    assert (await mine.post("/notices/sandbox", content=b"x" * 65537)).status_code == 413

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"x" * 1024

    assert (await mine.post("/notices/sandbox", content=endless())).status_code == 413


async def test_a_flood_of_unsigned_notices_is_counted_and_stops_no_genuine_one(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    order = await world.placed(customer_of(mine))
    payment, _ = await world.payment(order.pay_token)
    asked = 0
    receive_notice = world.shop.receive_notice

    def counted(*args: Any) -> Any:
        nonlocal asked
        asked += 1
        return receive_notice(*args)

    world.shop.receive_notice = counted  # type: ignore[method-assign]
    before = not_kept()
    with structlog.testing.capture_logs() as logs:
        codes = [(await mine.post("/notices/sandbox", content=b"{}")).status_code for _ in range(400)]
        assert set(codes[:REFUSALS]) == {400}
        assert set(codes[REFUSALS:]) == {429}
        assert asked == REFUSALS, "the others took no transaction"
        assert not_kept() - before == 400 - REFUSALS
        world.clock.advance(REFUSALS_PERIOD)
        for _ in range(REFUSALS + 1):
            await mine.post("/notices/sandbox", content=b"{}")
    lines = [line for line in logs if line["event"] == "refused notices were not kept"]
    assert [line["count"] for line in lines] == [1, 400 - REFUSALS]
    # From the very address that floods, the gateway's own word is taken.
    raw = world.notice(payment)
    genuine = await mine.post("/notices/sandbox", content=raw.body, headers=dict(raw.headers))
    assert (genuine.status_code, genuine.text) == (200, "success")
    assert (await world.order(order.order_no)).settled_fen == order.total_fen


async def test_refused_notices_beyond_those_kept_are_counted_whoever_sends_them(world: WebWorld) -> None:
    before = not_kept()
    for caller in range(3):
        transport = httpx.ASGITransport(world.app, client=(f"10.0.0.{caller}", 1))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            for _ in range(REFUSALS):
                assert (await client.post("/notices/sandbox", content=b"{}")).status_code == 400
    assert not_kept() - before == 3 * REFUSALS - world.shop.room.policy.limits.refused_notices_kept_per_minute


def not_kept() -> float:
    return REGISTRY.get_sample_value("xiadan_payment_notices_not_kept_total", {"gateway": "sandbox"}) or 0


async def test_the_receipt_tells_what_a_coupon_took_off(world: WebWorld, mine: httpx.AsyncClient) -> None:
    await world.database.write(lambda tx: world.shop.add_coupon(tx, coupon()))
    draft = Draft((DraftLine(product_id="topup", sku_id="topup-100", account=PHONE),), coupon="NEW5")

    def place(tx: Tx) -> Order:
        quote = world.shop.quote(tx, draft, customer_of(mine), world.clock.now())
        assert isinstance(quote, Quote), quote
        return world.shop.place(tx, quote, world.clock.now())

    order = await world.database.write(place)
    page = await mine.get(f"/o/{order.link_token}")
    assert "<dt>优惠券</dt><dd>-¥5.00</dd>" in page.text
    assert "94.80" in page.text


# --- money that is left with the shop


async def test_a_deposit_is_paid_and_shown_like_an_order_without_goods(
    world: WebWorld, mine: httpx.AsyncClient
) -> None:
    customer, now = customer_of(mine), world.clock.now()
    order = await world.database.write(lambda tx: world.shop.open_deposit(tx, customer, Fen(10000), now))
    asked = await mine.get(f"/pay/{order.pay_token}")
    assert asked.status_code == 200
    assert "100.00" in asked.text
    await world.paid(order)
    paid = await mine.get(f"/pay/{order.pay_token}")
    assert "支付成功" in paid.text
    receipt = await mine.get(f"/o/{order.link_token}")
    assert receipt.status_code == 200
    assert "余额充值" in receipt.text
    assert "申请退款" not in receipt.text
    refund = await world.database.write(
        lambda tx: world.shop.request_refund(tx, order.order_no, customer, now)
    )
    assert refund.amount_fen == 0
    held = await world.database.read(lambda tx: world.shop.customer(tx, customer))
    assert held.balance_fen == 10000
