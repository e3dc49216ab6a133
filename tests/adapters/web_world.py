"""A whole web shop in a test: real pages, orders, money and handover; only the talk is simple."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from starlette.applications import Starlette

from adapters.payments.sandbox import Paid, SandboxBank, SandboxGateway, signed_notice
from adapters.web.app import create_web_app
from adapters.web.passwords import hash_password
from adapters.web.services import WebServices, WebSettings
from adapters.web.sessions import BROWSER_COOKIE, Sessions
from bot.channel import Outbox
from bot.fanout import Fanout
from bot.handover import Handover
from bot.messages import ChatAddress, ChatEntry, Choice, IncomingMessage, OutgoingMessage, Reply, Speaker
from bot.store import chats
from bot.store.chats import Attended
from bot.wording import Wording
from orders import delivering
from orders.catalog import AccountKind
from orders.catalog_file import read_catalog
from orders.clock import VirtualClock
from orders.database import Database, Tx
from orders.draft import Draft, DraftLine
from orders.jobs import EmbeddedJobs
from orders.money import Fen
from orders.order import Order
from orders.payment import Payment
from orders.policy import Policy
from orders.ports import Gateway, Merchant, Outcome, RawNotice, SupplierAnswer
from orders.quote import Quote
from orders.shop import Shop
from orders.till import Till
from orders.vault import Vault

DATA = Path(__file__).resolve().parents[2] / "data"
START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
SECRET_KEY = "a secret that only this test knows"
BASE_URL = "http://shop.test"
DESK_PASSWORD = "open sesame"
DESK_PASSWORD_HASH = hash_password(DESK_PASSWORD)
PHONE = "13800138000"
MASKED_PHONE = "138****8000"
MERCHANT = Merchant("m-1", "a-1")
BANK_SECRET = "only the bank and the shop know"
NOTICES = "/notices/sandbox"
PATIENCE_SECONDS = 30
"""After which a test fails instead of waiting for ever."""


class Parrot:
    """Stands for the reception: keeps the record as the real one does, and answers with an echo."""

    def __init__(self, database: Database, clock: VirtualClock, fanout: Fanout, outbox: Outbox) -> None:
        self._database, self._clock, self._fanout, self._outbox = database, clock, fanout, outbox

    async def receive(self, message: IncomingMessage) -> tuple[OutgoingMessage, ...]:
        entries = await self._database.write(lambda tx: self._hear(tx, message))
        for entry in entries:
            self._fanout.publish(entry)
        return tuple(entry.outgoing for entry in entries if entry.outgoing)

    def _hear(self, tx: Tx, message: IncomingMessage) -> tuple[ChatEntry, ...]:
        now = self._clock.now()
        chat = chats.open_chat(tx, message.chat, now)
        if chats.already_heard(tx, chat, message.message_id):
            return ()
        seq = chats.log_incoming(tx, chat, message, now)
        heard = ChatEntry(message.chat, seq, now, incoming=message)
        if chat.attended is Attended.AGENT:
            return (heard,)
        if message.text == "转人工":
            chats.set_attended(tx, chat, Attended.QUEUED, queued_at=now)
        reply = Reply(f"你说：{message.text}", (Choice("一百", "topup-100"),))
        said = self._outbox.post(tx, chat, reply, now, speaker=Speaker.BOT, answers=message.message_id)
        return heard, ChatEntry(said.chat, said.seq, now, outgoing=said)

    async def since(self, chat: ChatAddress, seq: int = 0, limit: int = 200) -> tuple[ChatEntry, ...]:
        return await self._database.read(lambda tx: chats.entries(tx, chat, seq, limit))

    async def before(self, chat: ChatAddress, seq: int, limit: int = 200) -> tuple[ChatEntry, ...]:
        return await self._database.read(lambda tx: chats.entries(tx, chat, 0, limit, before=seq))


@dataclass
class WebWorld:
    database: Database
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(START))
    real: tuple[Gateway, ...] = ()
    """Gateways that are connected beside the sandbox."""

    def __post_init__(self) -> None:
        policy = Policy.read(DATA / "policy.toml")
        self.bank = SandboxBank(BANK_SECRET, MERCHANT, self.clock, self._post_notice)
        self.gateway = SandboxGateway(BANK_SECRET, MERCHANT, self.bank, 300)
        self.jobs = EmbeddedJobs(policy.jobs)
        gateways: dict[str, Gateway] = {gateway.name: gateway for gateway in (self.gateway, *self.real)}
        self.shop = Shop(
            self.jobs,
            Vault.from_text(Vault.fresh_text()),
            policy,
            {name: gateway.merchant for name, gateway in gateways.items()},
        )
        self.fanout = Fanout()
        outbox = Outbox(self.jobs)
        self.handover = Handover(outbox, Wording.read(DATA / "replies.yaml"))
        self.reception = Parrot(self.database, self.clock, self.fanout, outbox)
        self.services = WebServices(
            reception=self.reception,
            database=self.database,
            shop=self.shop,
            handover=self.handover,
            fanout=self.fanout,
            gateways=gateways,
            till=Till(self.database, self.shop, gateways, self.clock),
            clock=self.clock,
            mask=mask,
            settings=WebSettings(SECRET_KEY, BASE_URL, DESK_PASSWORD_HASH, "夏单小店"),
            bank=self.bank,
        )
        self.app: Starlette = create_web_app(self.services)

    async def stock(self) -> None:
        catalog = read_catalog(DATA / "catalog" / "demo.csv")
        await self.database.write(lambda tx: self.shop.import_catalog(tx, catalog, self.clock.now()))

    async def _post_notice(self, raw: RawNotice) -> bool:
        """By HTTP, as in life."""
        async with self.browser() as bank:
            return (await bank.post(NOTICES, content=raw.body, headers=dict(raw.headers))).status_code == 200

    async def payment(self, pay_token: str) -> tuple[Payment, Order]:
        found = await self.database.read(lambda tx: self.shop.payment_by_token(tx, pay_token))
        assert found is not None
        return found

    @asynccontextmanager
    async def browser(self, app: Starlette | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """A browser of its own: it keeps its cookies, and follows no redirect by itself."""
        transport = httpx.ASGITransport(app or self.app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            yield client

    async def placed(self, customer_id: str, sku_id: str = "topup-100", account: str | None = PHONE) -> Order:
        """An order of the customer's that awaits payment."""

        def place(tx: Tx) -> Order:
            sku = self.shop.catalog(tx).sku(sku_id)
            assert sku is not None, sku_id
            line = DraftLine(product_id=sku.product_id, sku_id=sku_id, account=account)
            quote = self.shop.quote(tx, Draft((line,)), customer_id, self.clock.now())
            assert isinstance(quote, Quote), quote
            return self.shop.place(tx, quote, self.clock.now())

        return await self.database.write(place)

    async def paid(self, order: Order) -> None:
        payment, _ = await self.payment(order.pay_token)
        assert await self.bank.pay(payment.ask, "wechat")

    async def deliver(self, order: Order) -> None:
        """The supplier delivers every line."""
        done = SupplierAnswer(Outcome.DONE)

        def delivered(tx: Tx) -> None:
            for line in order.lines:
                ask = delivering.begin(
                    tx, self.shop.room, order.order_no, line.line_no, "s", False, self.clock.now()
                )
                assert ask is not None
                delivering.answer(
                    tx, self.shop.room, order.order_no, line.line_no, ask.attempt, done, self.clock.now()
                )

        await self.database.write(delivered)

    def notice(self, payment: Payment, amount_fen: int | None = None) -> RawNotice:
        """A genuine notice, of which the bank's books know nothing."""
        amount = Fen(payment.amount_fen if amount_fen is None else amount_fen)
        now = self.clock.now()
        paid = Paid(payment.out_trade_no, "sb-1", amount, payment.currency, "wechat", now)
        return signed_notice(BANK_SECRET, MERCHANT, paid, now)

    async def order(self, order_no: str) -> Order:
        found = await self.database.read(lambda tx: self.shop.order_for_staff(tx, order_no))
        assert found is not None
        return found


def mask(kind: AccountKind, account: str) -> str:
    return f"{account[:3]}****{account[-4:]}"


def customer_of(client: httpx.AsyncClient) -> str:
    """Which customer a browser is, by its cookie."""
    return chats.customer_of(chat_of(client))


def chat_of(client: httpx.AsyncClient) -> ChatAddress:
    sessions = Sessions(SECRET_KEY, secure=False)
    cookie = client.cookies[BROWSER_COOKIE]
    value = sessions._browsers.loads(cookie)
    return ChatAddress("web", str(value))


def form_token_of(page: httpx.Response) -> str:
    """The anti-forgery token that the page's forms carry."""
    found = re.search(r'(?:name="form_token" value|data-token)="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text
    return found[1]


async def press(
    client: httpx.AsyncClient, page: httpx.Response, address: str, **fields: str
) -> httpx.Response:
    """Send a form of `page`."""
    return await client.post(address, data={"form_token": form_token_of(page), **fields})
