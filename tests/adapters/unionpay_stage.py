"""A shop that is paid through UnionPay alone, and the emulated UnionPay, on one virtual clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import httpx

from adapters.payments.unionpay import NAME, UnionPayGateway
from adapters.payments.unionpay_account import SigningKey, UnionPayAccount
from adapters.payments.unionpay_bill import order_id_of
from orders.database import Database
from orders.draft import DraftLine
from orders.order import Order
from orders.payment import NoticeOutcome, Refused
from orders.ports import Merchant, PaymentAsk, PostForm, RawNotice, Scene
from orders.till import Till
from tests.emulator.app import Emulator
from tests.emulator.unionpay import MERCHANT_ID, UnionPayRail
from tests.emulator.unionpay_ca import authority
from tests.emulator.virtual import sleeping
from tests.orders.world import World, gift

FRONT_URL = "https://shop.test/back"
BACK_URL = "https://shop.test/notices/unionpay"
EMULATOR = "http://emulator.test"


def account() -> UnionPayAccount:
    us = authority()
    key = SigningKey.from_pem(us.merchant.key_pem, us.merchant.cert_id)
    return UnionPayAccount(
        MERCHANT_ID, key, us.root.pem_bytes, us.middle.pem_bytes, EMULATOR, f"{EMULATOR}/filedownload"
    )


@dataclass
class Stage:
    database: Database

    def __post_init__(self) -> None:
        self.world = world = World(
            self.database, merchants={NAME: Merchant(MERCHANT_ID, "")}, demo_keys=False
        )
        self.heard: list[NoticeOutcome] = []
        shop = httpx.AsyncClient(transport=httpx.MockTransport(self.hear))
        self.emulator = Emulator([UnionPayRail], world.clock, shop, sleeping(world.clock), EMULATOR)
        rail = self.emulator.rails[NAME]
        assert isinstance(rail, UnionPayRail)
        self.rail, self.knobs = rail, rail.knobs
        self.client = httpx.AsyncClient(transport=self.emulator.transport(), base_url=EMULATOR)
        self.gateway = UnionPayGateway(account(), self.client, world.clock, FRONT_URL, BACK_URL)
        world.connect(self.gateway)
        self.till = Till(self.database, world.shop, {NAME: self.gateway}, world.clock)

    async def hear(self, request: httpx.Request) -> httpx.Response:
        """The shop's notice address."""
        raw = RawNotice(request.content, dict(request.headers), self.world.now)
        outcome = await self.world.write(
            lambda tx: self.world.shop.receive_notice(tx, self.gateway, raw, self.world.now)
        )
        self.heard.append(outcome)
        if isinstance(outcome, Refused):
            return httpx.Response(400, text="refused")
        return httpx.Response(200, text=self.gateway.acknowledgement)

    async def ask(self, order: Order) -> PaymentAsk:
        payment = await self.world.write(lambda tx: self.world.shop.payment_of(tx, order.order_no))
        assert payment is not None
        return payment.ask

    async def at_the_till(self, *lines: DraftLine, scene: Scene = Scene.PAGE) -> Order:
        """An order whose payer stands on UnionPay's page."""
        order = await self.world.place(*lines)
        offer = await self.till.send(
            order.pay_token, NAME, scene, payer="", payer_ip="203.0.113.9", return_url=FRONT_URL
        )
        assert isinstance(offer, PostForm), offer
        await self.post(offer)
        return order

    async def post(self, form: PostForm) -> None:
        """The payer's browser posts the form."""
        shown = await self.client.post(form.url, data=dict(form.fields))
        assert shown.status_code == 303, shown.text

    async def pay(self, order: Order, amount_fen: int | None = None) -> None:
        await self.rail.pay(order_id_of((await self.ask(order)).out_trade_no), amount_fen)
        await self.world.work()

    async def paid(self, *lines: DraftLine) -> Order:
        order = await self.at_the_till(*lines)
        await self.pay(order)
        return await self.world.order(order)

    async def bought_a_key(self) -> Order:
        """Paid and delivered, and not looked at: it may go back."""
        await self.world.write(
            lambda tx: self.world.shop.add_card_keys(tx, "gift-10", ["a-key"], self.world.now)
        )
        return await self.paid(gift())

    async def give_back(self, order: Order) -> None:
        """The customer wants his money back."""
        await self.world.write(
            lambda tx: self.world.shop.request_refund(tx, order.order_no, "c1", self.world.now)
        )

    async def wait(self, **time: float) -> None:
        """Let time pass, here and there; whatever falls due happens at its time."""
        world, until = self.world, self.world.now + timedelta(**time)
        while True:
            await self.emulator.run_due()
            await world.work()
            due = [await world.database.read(world.jobs.next_due), self.emulator.next_due]
            soonest = min((one for one in due if one is not None), default=None)
            if soonest is None or soonest > until:
                break
            world.clock.advance_to(max(soonest, world.now))
        world.clock.advance_to(max(until, world.now))
        await self.emulator.run_due()
        await world.work()
