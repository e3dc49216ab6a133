"""The composition root: the one place that knows every piece, and puts them together."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe

import httpx
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from adapters.line import Line
from adapters.payments.sandbox import NAME as SANDBOX
from adapters.payments.sandbox import SandboxBank, SandboxGateway
from adapters.suppliers.card_stock import CardStock, ManualWork, SampleKeys
from adapters.suppliers.sandbox import SandboxSupplier
from adapters.suppliers.topup_account import topup_address, topup_seller
from adapters.web.app import create_web_app
from adapters.web.passwords import hash_password
from adapters.web.services import WebServices, WebSettings
from bot import engine
from bot.announcer import Announcer
from bot.assistant import Assistant
from bot.channel import Channel, Outbox, Sending
from bot.fanout import Fanout
from bot.gateways import connected, keep_fresh
from bot.handover import Handover
from bot.learning.keeping import Keeping
from bot.learning.own_words import OwnWords
from bot.learning.teaching import Teaching
from bot.money_words import MoneyWords
from bot.reading import Readers
from bot.reception import Reception
from bot.settings import Settings, SettingsRejected, supplier_settings
from bot.store.chats import customer_of
from bot.telling import Links
from bot.wording import Wording
from bot.worker import ConversationJobs, JobHandler, Worker
from nlu.lexicon import Lexicon
from orders.bookkeeper import Bookkeeper
from orders.catalog import AccountKind, Delivery
from orders.catalog_file import read_catalog
from orders.clock import Clock, SystemClock
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
CHANNEL_PAUSE_SECONDS = 5


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


@asynccontextmanager
async def assemble(parts: Assembly) -> AsyncIterator[App]:
    """A shop over the sandbox bank and supplier. Raises what is wrong with its data."""
    clock = parts.clock
    policy = Policy.read(parts.data / "policy.toml")
    price_rules = PriceRules.read(parts.data / "pricing.toml")
    readers = parts.readers or Readers(Lexicon.read(parts.data), policy.reading.sure_at)
    wording = Wording.read(parts.data / "replies.yaml")
    goods = read_catalog(parts.catalog) if parts.catalog else None
    async with AsyncExitStack() as stack:
        database = Database.open(parts.database_url)
        stack.push_async_callback(database.close)
        await database.migrate()
        embedded = EmbeddedJobs(policy.jobs)
        jobs = parts.jobs or embedded
        plays = bool(parts.sandbox_secret)
        secret, age_max = parts.sandbox_secret or token_urlsafe(24), policy.payment.notice_age_max_seconds

        async def straight_in(raw: RawNotice) -> bool:
            outcome = await database.write(lambda tx: shop.receive_notice(tx, sandbox, raw, clock.now()))
            return not isinstance(outcome, Refused)

        send = parts.send_notice or straight_in
        bank = SandboxBank(secret, SANDBOX_MERCHANT, clock, send, parts.bank_books)
        sandbox = SandboxGateway(secret, SANDBOX_MERCHANT, bank, age_max)
        connected: tuple[Gateway, ...] = (*parts.gateways, *((sandbox,) if plays else ()))
        gateways = {gateway.name: gateway for gateway in connected}
        merchants = {name: gateway.merchant for name, gateway in gateways.items()}
        # Sandbox money buys sandbox keys; without it the stock of card goods is the keys in the vault.
        shop = Shop(
            jobs, parts.vault, policy, merchants, SampleKeys() if plays else None, price_rules=price_rules
        )
        if goods is not None:
            await database.write(lambda tx: shop.import_catalog(tx, goods, clock.now()))
        if unsold := price_rules.unknown_names(await database.read(shop.catalog)):
            log.warning("price rules name what is not on sale", names=unsold)
        await database.write(lambda tx: shop.begin_sweeps(tx, clock.now()))
        await database.write(lambda tx: shop.open_suppliers(tx, parts.sellers, clock.now()))
        supplier = SandboxSupplier(clock, parts.supplier_delay, parts.supplier_books)
        suppliers: dict[Delivery, Supplier | HouseSupplier] = {
            # Goods that nobody delivers by a network are a person's work.
            Delivery.TOPUP: supplier if plays else ManualWork(),
            Delivery.CARD: CardStock(),
            Delivery.LICENSE: CardStock(),
            Delivery.PHYSICAL: ManualWork(),
        }
        dispatch = Dispatch(database, shop, suppliers, gateways, clock, parts.sellers)
        outbox = Outbox(jobs, parts.sendings)
        handover = Handover(outbox, wording)
        links = Links(parts.base_url.rstrip("/"))
        own_words = OwnWords(database, shop, readers)
        await own_words.look()
        money_words = MoneyWords.read(parts.data / "money_words.yaml")
        assistant = Assistant(
            shop, readers, wording, policy, outbox, jobs, handover, links, own_words, money_words
        )
        fanout = Fanout()
        announcer = Announcer(shop, outbox, assistant, policy.delivery.refund_failed)
        channels: dict[str, Channel] = {}
        own = ConversationJobs(database, announcer, assistant, channels, clock, fanout)
        keeping = Keeping(database, jobs, policy.learning, clock)
        await database.write(lambda tx: keeping.begin(tx, clock.now()))
        billing = {seller.name: seller.supplier for seller in parts.sellers if seller.has_bills}
        bookkeeper = Bookkeeper(database, shop, _with_bills(gateways, bank), billing, clock)
        await database.write(lambda tx: bookkeeper.begin(tx, clock.now()))
        handlers = {
            **dispatch.handlers(), **own.handlers(), **keeping.handlers(), **bookkeeper.handlers(),
        }  # fmt: skip
        worker = Worker(database, embedded, handlers, clock)
        reception = Reception(database, assistant, clock, fanout)
        yield App(
            database, shop, jobs, policy, readers.lexicon, wording, assistant, reception, handover, fanout,
            worker, handlers, clock, gateways, Till(database, shop, gateways, clock), bookkeeper, bank, supplier,
            parts.sellers,
            channels, own_words,
            Teaching(database, shop, readers, policy, clock),
        )  # fmt: skip


def _with_bills(gateways: Mapping[str, Gateway], bank: SandboxBank) -> Mapping[str, Gateway]:
    """Those whose bills are worth reading: a bank that forgets calls every payment missing."""
    return {name: gateway for name, gateway in gateways.items() if name != SANDBOX or not bank.forgets}


@asynccontextmanager
async def keeping_books(settings: Settings, database: Database) -> AsyncIterator[Bookkeeper]:
    """What is needed to keep the books from the command line, beside the processes that run the shop.
    Raises SettingsRejected, SupplierRejected."""
    clock, policy = SystemClock(), Policy.read(settings.data_folder / "policy.toml")
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        gateways = {gateway.name: gateway for gateway in connected(settings, client, clock)}
        if settings.plays and (secret := settings.sandbox_secret.get_secret_value()):

            async def nowhere(raw: RawNotice) -> bool:
                return False

            bank = SandboxBank(secret, SANDBOX_MERCHANT, clock, nowhere, _bank_books(settings))
            age_max = policy.payment.notice_age_max_seconds
            gateways[SANDBOX] = SandboxGateway(secret, SANDBOX_MERCHANT, bank, age_max)
        sellers = {seller.name: seller.supplier for seller in sellers_of(settings, client)}
        vault = Vault.from_text(settings.card_keys.get_secret_value() or Vault.fresh_text())
        merchants = {name: gateway.merchant for name, gateway in gateways.items()}
        keys = SampleKeys() if settings.plays else None
        rules = PriceRules.read(settings.data_folder / "pricing.toml")
        shop = Shop(engine.jobs_of(settings, policy), vault, policy, merchants, keys, price_rules=rules)
        yield Bookkeeper(database, shop, gateways, sellers, clock)


def _bank_books(settings: Settings) -> Path:
    return settings.state_folder / "sandbox_bank.jsonl"


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


def teaching_of(settings: Settings, database: Database) -> Teaching:
    """What is needed to teach a shop from the command line, beside the processes that run it."""
    policy = Policy.read(settings.data_folder / "policy.toml")
    readers = Readers(Lexicon.read(settings.data_folder), policy.reading.sure_at)
    return Teaching(database, shop_for_catalog(settings), readers, policy, SystemClock())


def shop_for_catalog(settings: Settings) -> Shop:
    """The shop alone, for loading and writing goods from the command line."""
    policy = Policy.read(settings.data_folder / "policy.toml")
    vault = Vault.from_text(settings.card_keys.get_secret_value() or Vault.fresh_text())
    # Sandbox money buys sandbox keys; without them the stock of card goods is the keys in the vault.
    keys = SampleKeys() if settings.plays else None
    return Shop(engine.jobs_of(settings, policy), vault, policy, {SANDBOX: SANDBOX_MERCHANT}, keys)


def shop_for_keys(settings: Settings) -> Shop:
    """The same with the shop's own vault: keys sealed with any other would never open again. Raises
    SettingsRejected."""
    if not settings.card_keys.get_secret_value():
        raise SettingsRejected("XIADAN_CARD_KEYS is not set; card keys are sealed with it (see .env.example)")
    return shop_for_catalog(settings)


# The channels' libraries are imported where a channel is connected: they take longer to load than
# all the rest of the shop, and most shops connect one of them or none.


def _sendings(settings: Settings) -> dict[str, Sending]:
    """How each connected channel gets its messages."""
    sendings: dict[str, Sending] = {}
    if settings.telegram_bot_token.get_secret_value():
        from adapters import telegram, telegram_inbox

        sendings[telegram_inbox.CHANNEL] = telegram.SENDING
    if settings.wechat_app_id:
        from adapters import wechat, wechat_pushes

        sendings[wechat_pushes.CHANNEL] = wechat.SENDING
    return sendings


def chat_lines(app: App, settings: Settings) -> tuple[Line, ...]:
    """Connect the chat channels that have settings."""
    lines: list[Line] = []
    if token := settings.telegram_bot_token.get_secret_value():
        from adapters import telegram
        from adapters.payments.stars import StarsGateway
        from adapters.telegram_stars import StarsInbox, StarsWords

        gateway, stars = app.gateways.get("stars"), None
        if isinstance(gateway, StarsGateway):
            words = StarsWords.of(app.wording)
            stars = StarsInbox(gateway, app.shop, app.database, words, app.clock)
        webhook = settings.telegram_mode == "webhook"
        lines.append(
            telegram.telegram_line(
                token=token,
                webhook_secret=settings.telegram_webhook_secret.get_secret_value() if webhook else None,
                base_url=settings.base_url,
                reception=app.reception,
                database=app.database,
                wording=app.wording,
                clock=app.clock,
                api_url=settings.telegram_api_url,
                stars=stars,
                pays_in_chat=stars is not None and app.shop.ways_to_pay("telegram:")[0] == "stars",
            )
        )
    if settings.wechat_app_id:
        from adapters import wechat

        lines.append(
            wechat.wechat_line(
                app_id=settings.wechat_app_id,
                secret=settings.wechat_app_secret.get_secret_value(),
                token=settings.wechat_token.get_secret_value(),
                encoding_aes_key=settings.wechat_encoding_aes_key.get_secret_value(),
                reception=app.reception,
                database=app.database,
                wording=app.wording,
                clock=app.clock,
                api_url=settings.wechat_api_url,
            )
        )
    app.channels.update({line.channel.name: line.channel for line in lines})
    return tuple(lines)


def _web(app: App, settings: Settings, routes: Sequence[BaseRoute]) -> Starlette:
    return create_web_app(
        WebServices(
            reception=app.reception,
            database=app.database,
            shop=app.shop,
            handover=app.handover,
            fanout=app.fanout,
            gateways=app.gateways,
            till=app.till,
            clock=app.clock,
            mask=lambda kind, account: app.lexicon.mask(kind.value, account),
            accepts=lambda kind, account: _accepts(app.lexicon, kind, account),
            settings=WebSettings(
                secret_key=settings.secret_key.get_secret_value(),
                base_url=settings.base_url,
                desk_password_hash=hash_password(settings.desk_password.get_secret_value()),
                shop_name=settings.shop_name,
                message_characters_max=app.policy.limits.message_length_max,
                look_again_seconds=10.0 if app.database.serves_one_process else 1.0,
            ),
            bank=app.bank if SANDBOX in app.gateways else None,
            teaching=app.teaching,
            bookkeeper=app.bookkeeper,
            suppliers={seller.name: seller.supplier for seller in app.sellers},
            routes=routes,
        )
    )


def _accepts(lexicon: Lexicon, kind: AccountKind, account: str) -> bool:
    known = lexicon.accounts.get(kind.value)
    return known is None or known.accepts(account)


def _notices_over_http(
    settings: Settings, client: httpx.AsyncClient
) -> Callable[[RawNotice], Awaitable[bool]]:
    """The sandbox bank posts to our own notice address, as a gateway would."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host
    address = f"http://{host}:{settings.port}/notices/sandbox"

    async def send(raw: RawNotice) -> bool:
        try:
            answer = await client.post(address, content=raw.body, headers=dict(raw.headers))
        except httpx.HTTPError as error:
            log.warning("notice not delivered", reason=type(error).__name__)
            return False
        return answer.is_success

    return send


async def run_shop(
    settings: Settings,
    *,
    catalog: Path | None,
    supplier_delay: timedelta,
    opened: Callable[[], None],
    works: bool = True,
) -> None:
    """Run the shop until it is told to stop: pages, channels and, if it `works`, the worker, in one process.

    `opened` is called when the pages can be reached. Raises what is wrong with settings or data
    before anything listens.
    """
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=10, trust_env=False))
        await engine.prepare(settings)
        parts = replace(_parts(settings, client), catalog=catalog, supplier_delay=supplier_delay)
        app = await stack.enter_async_context(assemble(parts))
        lines = chat_lines(app, settings)
        web = _web(app, settings, [route for line in lines for route in line.routes])
        server = _Server(web, settings, opened)
        stop = asyncio.Event()
        tasks = [asyncio.create_task(app.own_words.keep_looking(stop))]
        tasks.append(asyncio.create_task(keep_fresh(tuple(app.gateways.values()), stop)))
        if works:
            tasks.append(asyncio.create_task(_works(app, settings).run(stop)))
        listening = [asyncio.create_task(_listen(line)) for line in lines]
        try:
            await server.serve()
        finally:
            stop.set()
            for task in listening:
                task.cancel()
            await asyncio.gather(*tasks, *listening, return_exceptions=True)
            for line in lines:
                await line.close()
    log.info("shop closed")


async def run_worker(settings: Settings) -> None:
    """Do the due work of a shop that other processes serve, until SIGTERM or Ctrl+C."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=10, trust_env=False))
        await engine.prepare(settings)
        app = await stack.enter_async_context(assemble(_parts(settings, client)))
        lines = chat_lines(app, settings)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        log.info("worker works")
        tasks = [
            asyncio.create_task(app.own_words.keep_looking(stop)),
            asyncio.create_task(keep_fresh(tuple(app.gateways.values()), stop)),
        ]
        try:
            await _works(app, settings).run(stop)
        finally:
            stop.set()
            await asyncio.gather(*tasks, return_exceptions=True)
            for line in lines:
                await line.close()
    log.info("worker stopped")


def _works(app: App, settings: Settings) -> engine.Works:
    return engine.worker_of(settings, app.database, app.handlers, app.policy, app.worker)


def _parts(settings: Settings, client: httpx.AsyncClient) -> Assembly:
    """What the settings say a shop is made of."""
    return Assembly(
        database_url=settings.database,
        data=settings.data_folder,
        clock=SystemClock(),
        base_url=settings.base_url,
        vault=Vault.from_text(settings.card_keys.get_secret_value()),
        sellers=sellers_of(settings, client),
        sandbox_secret=settings.sandbox_secret.get_secret_value() if settings.plays else "",
        gateways=connected(settings, client, SystemClock()),
        jobs=engine.jobs_of(settings, Policy.read(settings.data_folder / "policy.toml")),
        bank_books=_bank_books(settings),
        supplier_books=settings.state_folder / "sandbox_supplier.jsonl",
        sendings=_sendings(settings),
        send_notice=_notices_over_http(settings, client),
    )


def _supplier_lookup(name: str, wanted: Sequence[str]) -> Mapping[str, str]:
    return {one: value.get_secret_value() for one, value in supplier_settings(name, wanted).items()}


def rehearse_supplier(file: Path, settings: Settings) -> Iterator[str]:
    """What would be sent to a described supplier, line by line. Raises SupplierRejected."""
    from adapters.suppliers.topup_rehearsal import rehearsed

    return rehearsed(file, _supplier_lookup, settings.base_url, SystemClock())


def supplier_addresses(settings: Settings) -> dict[str, str]:
    """Where each outside supplier is reached. Raises SupplierRejected."""
    folder = settings.data_folder / "suppliers"
    return {name: topup_address(folder, name, _supplier_lookup) for name in settings.suppliers}


def sellers_of(settings: Settings, client: httpx.AsyncClient) -> tuple[Seller, ...]:
    """The outside suppliers that the settings name. Raises SupplierRejected."""
    folder = settings.data_folder / "suppliers"
    return tuple(
        topup_seller(folder, name, _supplier_lookup, settings.base_url, client, SystemClock())
        for name in settings.suppliers
    )


async def _listen(line: Line) -> None:
    """Keep a channel going. What the worker does for a job is done here for a channel: whatever it
    falls over is written down, and it starts again where it stood, for a shop that has gone deaf on
    one channel shows no other sign."""
    while True:
        try:
            return await line.run()
        except Exception:
            log.exception("channel fell", channel=line.channel.name)
            await asyncio.sleep(CHANNEL_PAUSE_SECONDS)


class _Server(uvicorn.Server):
    """uvicorn, saying when it listens, with our logs and a bounded farewell to open chats."""

    def __init__(self, web: Starlette, settings: Settings, opened: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                web,
                host=settings.host,
                port=settings.port,
                log_config=None,
                access_log=False,
                server_header=False,
                # The default believes whoever calls from this machine, also what he says of others.
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=settings.trusted_proxies,
                timeout_graceful_shutdown=3,
                ws_max_size=64 * 1024,
            )
        )
        self._opened = opened

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Loading made a million objects that live as long as the process: never look through them again.
        gc.freeze()
        gc.enable()
        if self.started:
            self._opened()
