"""The whole shop behind a channel: real reading, conversation, orders, database, bank and supplier."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette

from adapters import telegram, wechat
from adapters.line import Line
from bot.app import App, Assembly, assemble
from bot.settings import DATA_FOLDER
from orders.clock import SystemClock
from orders.database import sqlite_url
from orders.order import CustomerState, Order, customer_state
from orders.ports import Gateway
from orders.vault import Vault
from tests.adapters.loopback import served

BASE_URL = "https://shop.example"
SENTENCE = "帮我充100元话费到13800138000"

Connect = Callable[[App], Line]


@asynccontextmanager
async def open_shop(
    folder: Path,
    connect: Connect,
    *,
    supplier_delay: timedelta = timedelta(0),
    gateways: Sequence[Gateway] = (),
) -> AsyncIterator[tuple[App, str]]:
    """A shop at work, connected to one platform; gives where on loopback it is served."""
    parts = Assembly(
        database_url=sqlite_url(folder / "shop.db"),
        data=DATA_FOLDER,
        clock=SystemClock(),
        base_url=BASE_URL,
        vault=Vault.from_text(Vault.fresh_text()),
        sandbox_secret="a-secret-for-the-sandbox",
        gateways=gateways,
        catalog=DATA_FOLDER / "catalog" / "demo.csv",
        supplier_delay=supplier_delay,
        sendings={"telegram": telegram.SENDING, "wechat": wechat.SENDING},
    )
    async with assemble(parts) as app:
        line = connect(app)
        app.channels[line.channel.name] = line.channel
        async with served(Starlette(routes=list(line.routes))) as address:
            stop = asyncio.Event()
            working = asyncio.create_task(app.worker.run(stop))
            running = asyncio.ensure_future(line.run())
            try:
                yield app, address
            finally:
                stop.set()
                running.cancel()
                await asyncio.gather(working, running, return_exceptions=True)
                await line.close()


async def pay(app: App, customer_id: str) -> Order:
    """The customer pays what he owes, at the sandbox bank; its signed notice comes the usual way."""
    order = await app.database.read(lambda tx: app.shop.payable(tx, customer_id))
    assert order is not None, "there is nothing to pay"
    assert await app.pay_in_sandbox(order, "wechat")
    return order


async def states(app: App, customer_id: str) -> list[CustomerState]:
    """How the customer's orders stand, newest first."""
    orders = await app.database.read(lambda tx: app.shop.orders_of(tx, customer_id))
    return [customer_state(order) for order in orders]
