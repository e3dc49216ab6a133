"""A whole web shop in a test: real pages, orders, money and handover; only the talk is simple."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from starlette.applications import Starlette

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
from orders.ports import (
    Merchant,
    NoticeRefused,
    PaymentAnswer,
    PaymentAsk,
    PaymentNotice,
    PaymentStatus,
    RawNotice,
    RefundAnswer,
    RefundAsk,
    RefundStatus,
)
from orders.quote import Quote
from orders.shop import Shop
from orders.vault import Vault

DATA = Path(__file__).resolve().parents[2] / "data"
START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
SECRET_KEY = "a secret that only this test knows"
BASE_URL = "http://shop.test"
DESK_PASSWORD = "open sesame"
DESK_PASSWORD_HASH = hash_password(DESK_PASSWORD)
PHONE = "13800138000"
MASKED_PHONE = "138****8000"
CARD_SKU = "steam-50"


class TestGateway:
    """A gateway that signs its notices with a shared secret, like the sandbox."""

    __test__ = False
    name = "sandbox"
    merchant = Merchant("m-1", "a-1")
    acknowledgement = "success"
    secret = b"only the bank and the shop know"

    def notice(self, payment: Payment, amount_fen: int | None = None) -> tuple[bytes, dict[str, str]]:
        """Body and headers, as the bank would post them."""
        body = json.dumps(
            {
                "out_trade_no": payment.out_trade_no,
                "psp_ref": f"psp-{payment.out_trade_no}",
                "amount_fen": payment.amount_fen if amount_fen is None else amount_fen,
                "nonce": secrets.token_hex(8),
            }
        ).encode()
        return body, {"x-signature": hmac.new(self.secret, body, hashlib.sha256).hexdigest()}

    def read_notice(self, raw: RawNotice) -> PaymentNotice:
        wanted = hmac.new(self.secret, raw.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, raw.headers.get("x-signature", "")):
            raise NoticeRefused("signature")
        said = json.loads(raw.body)
        return PaymentNotice(
            gateway=self.name,
            merchant_id=self.merchant.merchant_id,
            app_id=self.merchant.app_id,
            out_trade_no=said["out_trade_no"],
            psp_ref=said["psp_ref"],
            amount_fen=Fen(said["amount_fen"]),
            currency="CNY",
            method="wechat",
            paid_at=raw.received_at,
            nonce=said["nonce"],
        )

    async def query(self, ask: PaymentAsk) -> PaymentAnswer:
        return PaymentAnswer(PaymentStatus.UNKNOWN)

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        return PaymentAnswer(PaymentStatus.CLOSED)

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        return RefundAnswer(RefundStatus.SUCCEEDED)

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer:
        return RefundAnswer(RefundStatus.SUCCEEDED)


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
    gateway: TestGateway = field(default_factory=TestGateway)
    notices_lost: bool = False
    """Set: the bank takes the money and its notice never arrives."""

    def __post_init__(self) -> None:
        policy = Policy.read(DATA / "policy.toml")
        self.jobs = EmbeddedJobs(policy.jobs)
        self.shop = Shop(
            self.jobs,
            Vault.from_text(Vault.fresh_text()),
            policy,
            {self.gateway.name: self.gateway.merchant},
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
            gateways={self.gateway.name: self.gateway},
            clock=self.clock,
            mask=mask,
            settings=WebSettings(SECRET_KEY, BASE_URL, DESK_PASSWORD_HASH, "夏单小店"),
            pay_sandbox=self.pay_sandbox,
        )
        self.app: Starlette = create_web_app(self.services)

    async def stock(self) -> None:
        catalog = read_catalog(DATA / "catalog" / "demo.csv")
        await self.database.write(lambda tx: self.shop.import_catalog(tx, catalog, self.clock.now()))

    async def pay_sandbox(self, token: str, method: str) -> bool:
        if self.notices_lost:
            return False
        payment, _ = await self.payment(token)
        body, headers = self.gateway.notice(payment)
        async with self.browser() as bank:
            return (await bank.post("/notices/sandbox", content=body, headers=headers)).status_code == 200

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
        assert await self.pay_sandbox(order.pay_token, "wechat")

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


Make = Callable[[], WebWorld]
