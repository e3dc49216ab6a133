"""Runs a whole shop from its settings: pages, channels and due work, in one process or in several."""

from __future__ import annotations

import asyncio
import gc
import hmac
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from adapters.line import Line
from adapters.payments.sandbox import NAME as SANDBOX
from adapters.web.app import create_web_app
from adapters.web.passwords import hash_password
from adapters.web.services import WebServices, WebSettings
from bot import engine
from bot.app import App, Assembly, assemble
from bot.gateways import connected, keep_fresh
from bot.lines import chat_lines, sendings
from bot.settings import Settings
from bot.suppliers import sellers_of
from nlu.lexicon import Lexicon
from orders.catalog import AccountKind
from orders.clock import SystemClock
from orders.policy import Policy
from orders.ports import RawNotice
from orders.vault import Vault

log = structlog.get_logger(__name__)

CHANNEL_PAUSE_SECONDS = 5
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


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
            working = asyncio.create_task(_works(app, settings).run(stop))
            working.add_done_callback(partial(_worker_ended, server, stop))
            tasks.append(working)
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


def _worker_ended(server: uvicorn.Server, stop: asyncio.Event, working: asyncio.Task[None]) -> None:
    """Without its worker a shop takes money and delivers nothing: better that it is seen to be closed, and
    started again by whatever keeps it running."""
    if not stop.is_set():
        error = None if working.cancelled() else working.exception()
        log.critical("the worker fell; the shop closes", error=repr(error))
        server.should_exit = True


async def run_worker(settings: Settings) -> None:
    """Do the due work of a shop that other processes serve, until SIGTERM or Ctrl+C."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=10, trust_env=False))
        await engine.prepare(settings)
        app = await stack.enter_async_context(assemble(_parts(settings, client)))
        lines = chat_lines(app, settings)
        stop = asyncio.Event()
        for number in STOP_SIGNALS:
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
        bank_books=bank_books(settings),
        supplier_books=settings.state_folder / "sandbox_supplier.jsonl",
        sendings=sendings(settings),
        send_notice=_notices_over_http(settings, client),
    )


def bank_books(settings: Settings) -> Path:
    return settings.state_folder / "sandbox_bank.jsonl"


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
                desk_password_hash=_desk_password_hash(settings, alone=app.database.serves_one_process),
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


def _desk_password_hash(settings: Settings, *, alone: bool) -> str:
    """Where several processes serve one desk, a login at one of them is good at all: they salt alike. Alone
    it is salted anew at each start, which ends every login."""
    key = settings.secret_key.get_secret_value().encode()
    salt = None if alone else hmac.digest(key, b"xiadan.desk-salt", "sha256")[:16]
    return hash_password(settings.desk_password.get_secret_value(), salt)


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

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn raises the signal once more when the pages are closed, and that ends the process at
        once: the worker could not finish what it had begun. Here closing the pages is the first step."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Loading made a million objects that live as long as the process: never look through them again.
        gc.freeze()
        gc.enable()
        if self.started:
            self._opened()
