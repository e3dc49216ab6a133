"""The callback address, over HTTP: what is acknowledged, and what a forger learns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from adapters.web.app import create_web_app
from adapters.web.callbacks import REFUSALS, REFUSALS_PERIOD
from orders.order import CustomerState, Order
from orders.ports import RawNotice
from tests.adapters.web_world import WebWorld
from tests.orders.world import topup
from tests.suppliers.world import ALPHA, SupplierWorld

ADDRESS = f"/suppliers/{ALPHA}/callback"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def web(world: SupplierWorld) -> AsyncIterator[httpx.AsyncClient]:
    pages = WebWorld(world.database)
    services = replace(
        pages.services,
        shop=world.shop,
        clock=world.clock,
        suppliers={seller.name: seller.supplier for seller in world.sellers},
    )
    async with pages.browser(create_web_app(services)) as client:
        yield client


async def submitted(world: SupplierWorld) -> Order:
    order = await world.place(topup())
    await world.pay(order)
    await world.work()
    return order


async def post(web: httpx.AsyncClient, raw: RawNotice, address: str = ADDRESS) -> httpx.Response:
    return await web.post(address, content=raw.body, headers=FORM)


async def test_a_genuine_callback_is_acknowledged_with_the_literal_text_each_time(
    world: SupplierWorld, web: httpx.AsyncClient
) -> None:
    order = await submitted(world)
    world.alpha.settle()
    raw = world.alpha.callback(world.alpha.taken[0])
    for _ in range(3):
        answer = await post(web, raw)
        assert (answer.status_code, answer.text) == (200, "success")
    assert await world.state(order) is CustomerState.DELIVERED
    assert await world.violations() == ()


async def test_a_forger_is_told_nothing_and_soon_not_looked_at(
    world: SupplierWorld, web: httpx.AsyncClient
) -> None:
    await submitted(world)
    forged = world.alpha.callback(world.alpha.taken[0], key="guessed", state="1")
    codes = [(await post(web, forged)).status_code for _ in range(REFUSALS + 1)]
    assert codes == [400] * REFUSALS + [429]
    world.alpha.settle()
    genuine = world.alpha.callback(world.alpha.taken[0])
    assert (await post(web, genuine)).status_code == 200, "the supplier is heard whoever else calls"
    world.clock.advance_to(world.now + REFUSALS_PERIOD)
    refused = await post(web, forged)
    assert (refused.status_code, refused.text) == (400, "refused")


async def test_a_callback_at_another_suppliers_address_is_refused(
    world: SupplierWorld, web: httpx.AsyncClient
) -> None:
    await submitted(world)
    raw = world.alpha.callback(world.alpha.taken[0], state="1")
    assert (await post(web, raw, "/suppliers/beta/callback")).status_code == 400
    assert (await post(web, raw, "/suppliers/nobody/callback")).status_code == 404
    assert (await web.get(ADDRESS)).status_code == 405


async def test_a_body_that_is_too_large_is_not_read(world: SupplierWorld, web: httpx.AsyncClient) -> None:
    assert (await web.post(ADDRESS, content=b"a" * 70_000, headers=FORM)).status_code == 413
