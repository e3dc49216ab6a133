"""A shop in Telegram that takes stars, on one virtual clock, and the platform that it hears of them from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from adapters.payments.stars import StarsGateway
from adapters.telegram_api import TelegramApi
from adapters.telegram_inbox import TelegramInbox, TelegramPolling
from adapters.telegram_stars import StarsInbox, StarsWords
from bot.messages import IncomingMessage, Reply
from bot.reach import OrderCards
from bot.settings import DATA_FOLDER
from bot.wording import Wording
from orders.database import Database
from orders.draft import DraftLine
from orders.order import Order
from orders.payment import STARS
from orders.ports import Merchant, PaymentAsk, Scene
from orders.till import Till
from tests.adapters.clerk import WORDS, Clerk
from tests.adapters.fake_telegram import FakeTelegram, ShownInvoice
from tests.orders.world import World

LI, OTHER = 4001, 4002
CUSTOMER = f"telegram:{LI}"
WORDING = Wording.read(DATA_FOLDER / "replies.yaml")
CHANNEL_WORDS = replace(WORDS, pay_support="付款问题", terms="条款")


def echo(message: IncomingMessage) -> Reply:
    return Reply(f"heard {message.text}")


@dataclass
class Stage:
    platform: FakeTelegram
    api: TelegramApi
    world: World
    gateway: StarsGateway
    till: Till
    clerk: Clerk
    inbox: TelegramInbox
    polling: TelegramPolling

    async def hear(self, times: int = 4) -> None:
        """Poll until the platform has nothing new, acknowledgements included."""
        for _ in range(times):
            await self.polling.once()
        await self.world.work()

    async def invoiced(self, *lines: DraftLine, customer: str = CUSTOMER) -> Order:
        """An order whose customer has its invoice in his chat."""
        chat = int(customer.partition(":")[2])
        self.platform.known_chats.add(chat)
        order = await self.world.place(*lines, customer=customer)
        offer = await self.till.send(
            order.pay_token, STARS, Scene.INVOICE, payer=str(chat), payer_ip="", return_url=""
        )
        assert self.platform.invoices[chat], offer
        return order

    async def ask(self, order: Order) -> PaymentAsk:
        payment = await self.world.database.read(lambda tx: self.world.shop.payment_of(tx, order.order_no))
        assert payment is not None
        return payment.ask

    @property
    def invoice(self) -> ShownInvoice:
        return self.platform.invoices[LI][-1]


@asynccontextmanager
async def stars_stage(database: Database, **platform: object) -> AsyncIterator[Stage]:
    world = World(database, merchants={STARS: Merchant("123456", "")})
    await world.open_shop()
    telegram = FakeTelegram(seconds=lambda: world.now.timestamp(), **platform)  # type: ignore[arg-type]
    telegram.now = lambda: world.now.timestamp()
    async with telegram.running():
        api = TelegramApi(telegram.token, telegram.api_url)
        words = StarsWords.of(WORDING)
        gateway = StarsGateway(api, world.clock, words.describe)
        world.connect(gateway)
        till = Till(database, world.shop, {STARS: gateway}, world.clock)
        stars = StarsInbox(gateway, world.shop, database, words, world.clock)
        clerk = Clerk(database, world.clock, echo)
        inbox = TelegramInbox(api, clerk, OrderCards(database), CHANNEL_WORDS, world.clock, stars)

        async def pause(seconds: float) -> None:
            await asyncio.sleep(0)

        polling = TelegramPolling(api, inbox, hold_seconds=0, sleep=pause)
        try:
            yield Stage(telegram, api, world, gateway, till, clerk, inbox, polling)
        finally:
            await api.close()
