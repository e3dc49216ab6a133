"""The composition root: the one place that knows every piece, and puts them together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe

import structlog

from adapters.payments.sandbox import NAME as SANDBOX
from adapters.payments.sandbox import SandboxBank, SandboxGateway
from adapters.suppliers.card_stock import CardStock, ManualWork, SampleKeys
from adapters.suppliers.sandbox import SandboxSupplier
from bot.announcer import Announcer
from bot.assistant import Assistant
from bot.channel import Channel, Outbox, Sending
from bot.fanout import Fanout
from bot.handover import Handover
from bot.learning.keeping import Keeping
from bot.learning.own_words import OwnWords
from bot.learning.teaching import Teaching
from bot.money_words import MoneyWords
from bot.reading import Readers
from bot.reception import Reception
from bot.store.chats import customer_of
from bot.telling import Links
from bot.wording import Wording
from bot.worker import ConversationJobs, JobHandler, Worker
from nlu.lexicon import Lexicon
from orders.bookkeeper import Bookkeeper
from orders.catalog import Delivery
from orders.catalog_file import read_catalog
from orders.clock import Clock
from orders.database import Database
from orders.dispatch import Dispatch
from orders.jobs import EmbeddedJobs
from orders.order import Order
from orders.payment import Refused
from orders.policy import Policy
from orders.ports import Gateway, HouseSupplier, Jobs, Merchant, RawNotice, Supplier
from orders.price_rules import PriceRules
from orders.shop import Shop
from orders.sourcing import Seller
from orders.till import Till
from orders.vault import Vault

log = structlog.get_logger(__name__)

SANDBOX_MERCHANT = Merchant("sandbox-merchant", "sandbox-app")


@dataclass(frozen=True, slots=True)
class App:
    """A shop with everything in it that is not a channel."""

    database: Database
    shop: Shop
    jobs: Jobs
    policy: Policy
    lexicon: Lexicon
    wording: Wording
    assistant: Assistant
    reception: Reception
    handover: Handover
    fanout: Fanout
    worker: Worker
    """Does the work of jobs that are kept in the shop's own table."""
    handlers: Mapping[str, JobHandler]
    clock: Clock
    gateways: Mapping[str, Gateway]
    """Who takes the money, by name."""
    till: Till
    bookkeeper: Bookkeeper
    bank: SandboxBank
    """Where the sandbox's imaginary money lies; connected only if the sandbox is among the gateways."""
    supplier: SandboxSupplier
    sellers: Sequence[Seller]
    """The outside suppliers."""
    channels: dict[str, Channel]
    """Who sends, by channel name. Filled once the channels are built: they need the reception."""
    own_words: OwnWords
    teaching: Teaching

    async def pay_in_sandbox(
        self, order: Order, method: str, *, although_closed: bool = False, again: bool = False
    ) -> bool:
        """The customer pays in the sandbox; the bank's signed notice takes the usual way in."""
        payment = await self.database.read(lambda tx: self.shop.payment_of(tx, order.order_no))
        assert payment is not None, f"order {order.order_no} was placed without a payment"
        return await self.bank.pay(payment.ask, method, although_closed=although_closed, again=again)


A_DAY_OF_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a shop is put together from. `send_notice` None: the bank's notices are handed straight
    to the shop, signed and checked as ever."""

    database_url: str
    data: Path
    clock: Clock
    base_url: str
    vault: Vault
    sandbox_secret: str
    """Empty where the sandbox takes no money."""
    gateways: Sequence[Gateway] = ()
    """Those that take real money."""
    sellers: Sequence[Seller] = ()
    """Outside suppliers of top-ups and keys."""
    jobs: Jobs | None = None
    """Where jobs are written down; None for the shop's own table."""
    catalog: Path | None = None
    """Loaded at the start; None where the shop has its goods already."""
    supplier_delay: timedelta = timedelta(0)
    bank_books: Path | None = None
    """Where the sandbox bank remembers who paid; None: it forgets with the process, and so sends no bills."""
    supplier_books: Path | None = None
    """Where the sandbox supplier remembers what it took on; None: it forgets with the process."""
    readers: Readers | None = None
    """Those of another shop with the same words, where many shops are rehearsed in one process."""
    sendings: Mapping[str, Sending] = field(default_factory=dict)
    send_notice: Callable[[RawNotice], Awaitable[bool]] | None = None
    sweeps_every_minutes: int | None = None
    """How often the books are checked; None: as the policy says."""

    @property
    def plays(self) -> bool:
        """Whether the sandbox takes money here."""
        return bool(self.sandbox_secret)


@asynccontextmanager
async def assemble(parts: Assembly) -> AsyncIterator[App]:
    """A shop over the sandbox bank and supplier. Raises what is wrong with its data."""
    clock = parts.clock
    policy = _policy(parts)
    readers = parts.readers or Readers(Lexicon.read(parts.data), policy.reading.sure_at)
    wording = Wording.read(parts.data / "replies.yaml")
    async with AsyncExitStack() as stack:
        database = Database.open(parts.database_url)
        stack.push_async_callback(database.close)
        await database.migrate()
        embedded = EmbeddedJobs(policy.jobs)
        jobs = parts.jobs or embedded
        price_rules = PriceRules.read(parts.data / "pricing.toml")
        shop = _shop(parts, policy, jobs, price_rules)
        bank, sandbox = _sandbox(parts, policy, database, shop)
        connected: tuple[Gateway, ...] = (*parts.gateways, *((sandbox,) if parts.plays else ()))
        gateways = {gateway.name: gateway for gateway in connected}
        await _open(parts, database, shop, price_rules)
        supplier = SandboxSupplier(clock, parts.supplier_delay, parts.supplier_books)
        dispatch = Dispatch(database, shop, _deliverers(parts, supplier), gateways, clock, parts.sellers)
        outbox = Outbox(jobs, parts.sendings)
        handover = Handover(outbox, wording)
        own_words = OwnWords(database, shop, readers)
        await own_words.look()
        assistant = Assistant(
            shop, readers, wording, policy, outbox, jobs, handover, Links(parts.base_url.rstrip("/")),
            own_words, MoneyWords.read(parts.data / "money_words.yaml"),
        )  # fmt: skip
        fanout = Fanout()
        announcer = Announcer(shop, outbox, assistant, policy.delivery.refund_failed)
        channels: dict[str, Channel] = {}
        own = ConversationJobs(database, announcer, assistant, channels, clock, fanout)
        keeping = Keeping(database, jobs, policy.learning, clock)
        await database.write(lambda tx: keeping.begin(tx, clock.now()))
        bookkeeper = _bookkeeper(parts, database, shop, gateways, bank)
        await database.write(lambda tx: bookkeeper.begin(tx, clock.now()))
        handlers = {
            **dispatch.handlers(), **own.handlers(), **keeping.handlers(), **bookkeeper.handlers(),
        }  # fmt: skip
        yield App(
            database, shop, jobs, policy, readers.lexicon, wording, assistant,
            Reception(database, assistant, clock, fanout), handover, fanout,
            Worker(database, embedded, handlers, clock), handlers, clock, gateways,
            Till(database, shop, gateways, clock), bookkeeper, bank, supplier, parts.sellers, channels, own_words,
            Teaching(database, shop, readers, policy, clock),
        )  # fmt: skip


def _policy(parts: Assembly) -> Policy:
    policy = Policy.read(parts.data / "policy.toml")
    if parts.sweeps_every_minutes is None:
        return policy
    return replace(policy, sweep=replace(policy.sweep, every_minutes=parts.sweeps_every_minutes))


def _shop(parts: Assembly, policy: Policy, jobs: Jobs, price_rules: PriceRules) -> Shop:
    merchants = {gateway.name: gateway.merchant for gateway in parts.gateways}
    if parts.plays:
        merchants[SANDBOX] = SANDBOX_MERCHANT
    # Sandbox money buys sandbox keys; without it the stock of card goods is the keys in the vault.
    keys = SampleKeys() if parts.plays else None
    return Shop(jobs, parts.vault, policy, merchants, keys, price_rules=price_rules)


def _sandbox(
    parts: Assembly, policy: Policy, database: Database, shop: Shop
) -> tuple[SandboxBank, SandboxGateway]:
    """The imaginary bank and the gateway to it, which know each other: the bank's notices come in by the gateway."""
    secret = parts.sandbox_secret or token_urlsafe(24)

    async def straight_in(raw: RawNotice) -> bool:
        outcome = await database.write(lambda tx: shop.receive_notice(tx, gateway, raw, parts.clock.now()))
        return not isinstance(outcome, Refused)

    bank = SandboxBank(
        secret, SANDBOX_MERCHANT, parts.clock, parts.send_notice or straight_in, parts.bank_books
    )
    gateway = SandboxGateway(secret, SANDBOX_MERCHANT, bank, policy.payment.notice_age_max_seconds)
    return bank, gateway


async def _open(parts: Assembly, database: Database, shop: Shop, price_rules: PriceRules) -> None:
    """The goods are put on sale, and the checks of the books and the suppliers begin."""
    now = parts.clock.now
    if parts.catalog is not None:
        goods = read_catalog(parts.catalog)
        await database.write(lambda tx: shop.import_catalog(tx, goods, now()))
    if unsold := price_rules.unknown_names(await database.read(shop.catalog)):
        log.warning("price rules name what is not on sale", names=unsold)
    await database.write(lambda tx: shop.begin_sweeps(tx, now()))
    await database.write(lambda tx: shop.open_suppliers(tx, parts.sellers, now()))


def _deliverers(parts: Assembly, sandbox: SandboxSupplier) -> dict[Delivery, Supplier | HouseSupplier]:
    """Who delivers where no outside supplier is connected."""
    return {
        # Goods that nobody delivers by a network are a person's work.
        Delivery.TOPUP: sandbox if parts.plays else ManualWork(),
        Delivery.CARD: CardStock(),
        Delivery.LICENSE: CardStock(),
        Delivery.PHYSICAL: ManualWork(),
    }


def _bookkeeper(
    parts: Assembly, database: Database, shop: Shop, gateways: Mapping[str, Gateway], bank: SandboxBank
) -> Bookkeeper:
    billing = {seller.name: seller.supplier for seller in parts.sellers if seller.has_bills}
    return Bookkeeper(database, shop, _with_bills(gateways, bank), billing, parts.clock)


def _with_bills(gateways: Mapping[str, Gateway], bank: SandboxBank) -> Mapping[str, Gateway]:
    """Those whose bills are worth reading: a bank that forgets calls every payment missing."""
    return {name: gateway for name, gateway in gateways.items() if name != SANDBOX or not bank.forgets}


@asynccontextmanager
async def assemble_sandbox(
    *,
    database_url: str,
    data: Path,
    clock: Clock,
    base_url: str,
    catalog: Path,
    supplier_delay: timedelta = timedelta(0),
    readers: Readers | None = None,
) -> AsyncIterator[App]:
    """A shop with keys of its own, without channels: for rehearsals and the terminal."""
    parts = Assembly(
        database_url=database_url,
        data=data,
        clock=clock,
        base_url=base_url,
        vault=Vault.from_text(Vault.fresh_text()),
        sandbox_secret=token_urlsafe(24),
        catalog=catalog,
        supplier_delay=supplier_delay,
        readers=readers,
        # A month of a rehearsal is a matter of seconds: checking the books is most of what happens in it.
        sweeps_every_minutes=A_DAY_OF_MINUTES,
    )
    async with assemble(parts) as app:
        yield app


async def at_terminal(app: App) -> None:
    """Talk with the shop in this terminal until the end of input."""
    from rich.console import Console

    from adapters.console import Terminal, typed_lines
    from adapters.rendering import ChannelWords

    async def pay(method: str) -> bool:
        customer = customer_of(terminal.chat)
        order = await app.database.read(lambda tx: app.shop.payable(tx, customer))
        return order is not None and await app.pay_in_sandbox(order, method)

    terminal = Terminal(app.reception, ChannelWords.of(app.wording), Console(), pays=pay)
    await terminal.converse(typed_lines())
