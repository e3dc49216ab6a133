"""A shop that is paid through UnionPay, and the emulated UnionPay."""

from __future__ import annotations

import httpx

from adapters.payments.unionpay import NAME, UnionPayGateway
from adapters.payments.unionpay_account import SigningKey, UnionPayAccount
from adapters.payments.unionpay_bill import order_id_of
from orders.clock import Clock
from orders.database import Database
from orders.draft import DraftLine
from orders.order import Order
from orders.ports import PaymentAsk, PostForm, Scene
from tests.emulator.rail import Rail
from tests.emulator.shop_stage import BACK, ShopStage
from tests.emulator.unionpay import MERCHANT_ID, UnionPayRail
from tests.emulator.unionpay_ca import authority
from tests.orders.world import gift

BACK_URL = "https://shop.test/notices/unionpay"
EMULATOR = "http://emulator.test"


def account(base_url: str = EMULATOR) -> UnionPayAccount:
    us = authority()
    key = SigningKey.from_pem(us.merchant.key_pem, us.merchant.cert_id)
    return UnionPayAccount(
        MERCHANT_ID, key, us.root.pem_bytes, us.middle.pem_bytes, base_url, f"{base_url}/filedownload"
    )


def gateway_to(rail: Rail, client: httpx.AsyncClient, clock: Clock, notices: str) -> UnionPayGateway:
    return UnionPayGateway(account(rail.base_url), client, clock, BACK, notices)


class Stage(ShopStage):
    gateway: UnionPayGateway
    rail: UnionPayRail

    def __init__(self, database: Database) -> None:
        super().__init__(database, UnionPayRail, gateway_to)

    async def ask(self, order: Order) -> PaymentAsk:
        return (await self.payment(order)).ask

    async def at_the_till(self, *lines: DraftLine) -> Order:
        """An order whose payer stands on UnionPay's page."""
        order = await self.world.place(*lines)
        offer = await self.begin(order, Scene.PAGE)
        assert isinstance(offer, PostForm), offer
        await self.post(offer)
        return order

    async def post(self, form: PostForm) -> None:
        """The payer's browser posts the form."""
        shown = await self.payer.post(form.url, data=dict(form.fields))
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
        return await self.paid(gift())

    async def give_back(self, order: Order) -> None:
        """The customer wants his money back."""
        await self.world.write(
            lambda tx: self.world.shop.request_refund(tx, order.order_no, "c1", self.world.now)
        )


__all__ = ["BACK", "BACK_URL", "NAME", "Stage", "account"]
