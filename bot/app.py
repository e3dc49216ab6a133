"""The composition root: the one place that knows every piece, and puts them together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe

from adapters.payments.sandbox import SandboxBank, SandboxGateway
from adapters.suppliers.card_stock import CardStock, ManualWork, SampleKeys
from adapters.suppliers.sandbox import SandboxSupplier
from bot.announcer import Announcer
from bot.assistant import Assistant
from bot.channel import Outbox
from bot.fanout import Fanout
from bot.handover import Handover
from bot.reading import Readers
from bot.reception import Reception
from bot.telling import Links
from bot.wording import Wording
from bot.worker import ConversationJobs, Worker
from nlu.lexicon import Lexicon
from orders.catalog import Delivery
from orders.catalog_file import read_catalog
from orders.clock import Clock
from orders.database import Database
from orders.dispatch import Dispatch
from orders.jobs import EmbeddedJobs
from orders.order import Order
from orders.payment import Settled
from orders.policy import Policy
from orders.ports import HouseSupplier, Merchant, RawNotice, Supplier
from orders.shop import Shop
from orders.vault import Vault

SANDBOX_MERCHANT = Merchant("sandbox-merchant", "sandbox-app")


@dataclass(frozen=True, slots=True)
class App:
    """A shop with everything in it that is not a channel."""

    database: Database
    shop: Shop
    jobs: EmbeddedJobs
    policy: Policy
    lexicon: Lexicon
    wording: Wording
    assistant: Assistant
    reception: Reception
    handover: Handover
    fanout: Fanout
    worker: Worker
    clock: Clock
    gateway: SandboxGateway
    bank: SandboxBank
    supplier: SandboxSupplier

    async def pay_in_sandbox(
        self, order: Order, method: str, *, again: bool = False, although_closed: bool = False
    ) -> bool:
        """The customer pays in the sandbox; the bank's signed notice takes the usual way in."""
        payment = await self.database.read(lambda tx: self.shop.payment_of(tx, order.order_no))
        assert payment is not None, f"order {order.order_no} was placed without a payment"
        return await self.bank.pay(payment.ask, method, again=again, although_closed=although_closed)


@asynccontextmanager
async def assemble_sandbox(
    *,
    database_url: str,
    data: Path,
    clock: Clock,
    base_url: str,
    catalog: Path,
    supplier_delay: timedelta = timedelta(0),
) -> AsyncIterator[App]:
    """A shop over the sandbox bank and supplier, without channels: for rehearsals and the terminal.

    The bank's notices are handed straight to the shop, signed and checked as ever.
    """
    policy = Policy.read(data / "policy.toml")
    lexicon = Lexicon.read(data)
    wording = Wording.read(data / "replies.yaml")
    goods = read_catalog(catalog)
    database = Database.open(database_url)
    await database.migrate()
    jobs = EmbeddedJobs(policy.jobs)
    vault = Vault.from_text(Vault.fresh_text())
    shop = Shop(jobs, vault, policy, {policy.payment.gateway: SANDBOX_MERCHANT}, SampleKeys())
    await database.write(lambda tx: shop.import_catalog(tx, goods, clock.now()))

    async def tell_the_shop(raw: RawNotice) -> bool:
        now = clock.now()
        outcome = await database.write(lambda tx: shop.receive_notice(tx, gateway, raw, now))
        return isinstance(outcome, Settled)

    secret = token_urlsafe(24)
    bank = SandboxBank(secret, SANDBOX_MERCHANT, clock, tell_the_shop)
    gateway = SandboxGateway(secret, SANDBOX_MERCHANT, bank, policy.payment.notice_age_max_seconds)
    supplier = SandboxSupplier(clock, supplier_delay)
    suppliers: dict[Delivery, Supplier | HouseSupplier] = {
        Delivery.TOPUP: supplier,
        Delivery.CARD: CardStock(),
        Delivery.LICENSE: CardStock(),
        Delivery.PHYSICAL: ManualWork(),
    }
    dispatch = Dispatch(database, shop, suppliers, {gateway.name: gateway}, clock)
    outbox = Outbox(jobs)
    handover = Handover(outbox, wording)
    readers = Readers(lexicon, policy.reading.sure_at)
    assistant = Assistant(shop, readers, wording, policy, outbox, jobs, handover, Links(base_url))
    fanout = Fanout()
    announcer = Announcer(shop, outbox, assistant, policy.delivery.refund_failed)
    own = ConversationJobs(database, announcer, assistant, {}, clock, fanout)
    worker = Worker(database, jobs, {**dispatch.handlers(), **own.handlers()}, clock)
    reception = Reception(database, assistant, clock, fanout)
    try:
        yield App(
            database, shop, jobs, policy, lexicon, wording, assistant, reception, handover, fanout,
            worker, clock, gateway, bank, supplier,
        )  # fmt: skip
    finally:
        await database.close()
