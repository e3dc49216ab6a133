"""A whole life of a shop, drawn from one seed: who does what, when, and what goes wrong with it.

Everything random comes from one `random.Random`; time is virtual; nothing runs in a thread. So a
seed that fails fails again, at the same event, on every machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.channel import NotDelivered
from bot.messages import OutgoingMessage, Speaker
from orders.clock import VirtualClock
from orders.errors import ShopError
from orders.policy import Policy
from orders.quote import Quote
from tests.simulation import goods
from tests.simulation.bank import MERCHANTS, Bank, BankGateway, Movement
from tests.simulation.depot import Depot
from tests.simulation.house import A_SOUND_SHOP, CHANNEL, Kit, Process, Surroundings
from tests.simulation.journal import Broken
from tests.simulation.straight import WROTE_AT, Straight
from tests.simulation.wire import VirtualLoop, Wire

START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
BANKS = tuple(MERCHANTS)
CUSTOMERS = tuple(f"{CHANNEL}:c{number}" for number in range(8))

ORDERS_MAX = 70
"""So many orders are placed in one shop; then it is brought to its end, and another one opens."""

LOG_KEPT = 30


def policy_of_the_shop() -> Policy:
    read = Policy.read(Path(__file__).parents[2] / "data" / "policy.toml")
    return replace(
        read,
        gateways=replace(read.gateways, telegram=BANKS),
        quote=replace(read.quote, fee_per_mille=7),
        sweep=replace(read.sweep, every_minutes=120),
    )


class SeededChance:
    """Order numbers and tokens of the seed's own."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def below(self, limit: int) -> int:
        return self._rng.randrange(limit)

    def token(self, size_bytes: int) -> str:
        return self._rng.randbytes(size_bytes).hex()


@dataclass
class Placed:
    """An order that its customer was told of."""

    order_no: str
    customer: str
    quote: Quote
    pay_token: str


@dataclass
class Mail:
    """Something that a bank wants to be heard; it repeats itself until it was."""

    bank: Bank
    movement: Movement | None = None
    refund_no: str = ""
    heard: int = 0


@dataclass(frozen=True)
class Report:
    """What came of one seed."""

    seed: int
    events: int
    orders: int
    shops: int
    moves: int
    faults: Counter[str]
    kinds: Counter[str]
    digest: str
    broken: Broken | None
    last: tuple[str, ...]

    def __str__(self) -> str:
        faults = sum(self.faults.values())
        named = ", ".join(f"{name} {count}" for name, count in self.faults.most_common())
        ending = f"BROKEN {self.broken}" if self.broken else "no violation"
        return (
            f"seed {self.seed}: {self.events} events, {self.orders} orders, {self.moves} moves, "
            f"{faults} faults, {ending}, digest {self.digest[:16]} ({named})"
        )


class HostileChannel:
    """Where customers read: it fails, hangs, delivers twice, and watches that the bot is silent."""

    name = CHANNEL

    def __init__(self, world: World) -> None:
        self._world = world

    async def send(self, message: OutgoingMessage) -> None:
        world = self._world
        taken_at = world.straight.journal.attended.get(message.chat.chat_id)
        if message.speaker is Speaker.BOT and taken_at is not None and taken_at < WROTE_AT.get():
            raise Broken(6, f"the bot spoke in chat {message.chat.chat_id} while a person attended")

        def deliver() -> bool:
            world.delivered[message.outgoing_id] += 1
            return True

        if not await world.wire.call("message", deliver, False):
            raise NotDelivered("timeout", retry_after_seconds=5)


@dataclass
class World:
    """One shop and everybody around it, in one life."""

    seed: int
    straight: Straight
    kit: Kit = field(default_factory=Kit)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.policy = policy_of_the_shop()
        self.clock = VirtualClock(START)
        self.faults: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.wire = Wire(self.rng, self.faults)
        self.chance = SeededChance(self.rng)
        self.nonces = 0
        self.events = self.orders_in_all = self.shops = self.moves = 0
        self.log: deque[str] = deque(maxlen=LOG_KEPT)
        self.hash = hashlib.sha256()
        self.broken: Broken | None = None
        self.look: Callable[[], None] = lambda: None
        """Looks at the books, after each event."""

    # --- one shop after the other ---------------------------------------------------------------

    async def open_shop(self) -> None:
        """Empty tables, new banks, a new supplier; one process, or two."""
        self.straight.empty()
        self.shops += 1
        self.wire.hostile = True
        self.orders: list[Placed] = []
        self.quotes: dict[str, Quote] = {}
        self.mail: list[Mail] = []
        self.delivered: Counter[int] = Counter()
        self.seen_by: dict[str, str] = {}
        """Card keys that were shown, and to which order."""
        self.heard: list[str] = []
        """Messages of customers that the shop took."""
        self.acknowledged: list[tuple[str, str]] = []
        """Money of which the shop said that it had heard: bank and the bank's number."""
        self.given_back: list[str] = []
        """Refunds of whose good end the shop said that it had heard."""
        self.banks = {name: Bank(name, merchant, self.clock) for name, merchant in MERCHANTS.items()}
        age = self.policy.payment.notice_age_max_seconds
        gateways = {name: BankGateway(bank, self.wire, age) for name, bank in self.banks.items()}
        self.depot = Depot(self.rng, self.clock, self.wire, self.faults)
        self.around = Surroundings(
            straight=self.straight,
            wire=self.wire,
            clock=self.clock,
            policy=self.policy,
            merchants={name: bank.merchant for name, bank in self.banks.items()},
            gateways=gateways,
            supplier=self.depot,
            channel=HostileChannel(self),
            chance=self.chance,
            kit=self.kit,
        )
        self.is_alone = self.rng.random() < 0.5
        """One process on its file; otherwise two, as on PostgreSQL."""
        self.processes: list[Process] = []
        self.prices = {sku: goods.price(self.rng) for sku in goods.SKUS}
        with self._friendly():
            for _ in range(1 if self.is_alone else 2):
                self.processes.append(await self._begun())
            await self.import_catalog()

    @contextlib.contextmanager
    def _friendly(self):  # type: ignore[no-untyped-def]
        before, self.wire.hostile = self.wire.hostile, False
        try:
            yield
        finally:
            self.wire.hostile = before

    async def _begun(self) -> Process:
        process = Process(self.around, self.surprise)
        if self.is_alone:
            # As the worker does at the start of the only process.
            await process.database.write(lambda tx: process.jobs.take_back(tx, process.now))
        await process.database.write(lambda tx: process.shop.begin_sweeps(tx, process.now))
        return process

    async def import_catalog(self) -> None:
        process = self.any_process()
        catalog = goods.catalog(self.prices, self.rng)
        await process.database.write(lambda tx: process.shop.import_catalog(tx, catalog, self.now))
        for sku in goods.KEYED:
            secrets = [f"{sku}-{self.rng.randbytes(6).hex()}" for _ in range(12)]
            await process.database.write(
                lambda tx, sku=sku, secrets=secrets: process.shop.add_card_keys(tx, sku, secrets, self.now)  # type: ignore[misc]
            )

    # --- what the events work with --------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def surprise(self, what: str) -> None:
        """A job raised something that no job may raise."""
        self.broken = self.broken or Broken(0, what)

    def any_process(self) -> Process:
        return self.rng.choice(self.processes)

    def any_order(self) -> Placed | None:
        """Mostly one of the last few: there things happen at once."""
        if not self.orders:
            return None
        if self.rng.random() < 0.7:
            return self.rng.choice(self.orders[-6:])
        return self.rng.choice(self.orders)

    def nonce(self) -> str:
        self.nonces += 1
        return f"n{self.nonces}"

    async def attempt(self, doing: Callable[[Process], Awaitable[None]], times: int = 1) -> None:
        """Somebody asks something of the shop, perhaps several times at once. What the shop refuses
        in words is an answer; where its process is dead nobody answers."""

        async def asked(process: Process) -> None:
            with contextlib.suppress(ShopError):
                await doing(process)

        for _ in range(times):
            process = self.any_process()
            process.start(asked(process))
        await self.settle()

    async def settle(self) -> None:
        """Let everything go on that can go on without somebody's help."""
        for _ in range(4):
            await asyncio.sleep(0)
        for _ in range(10_000):
            waiting = self.running()
            if waiting <= len(self.wire.parked):
                break
            await asyncio.sleep(0)
        else:
            raise AssertionError("something neither ends nor waits")
        for process in self.processes:
            for task in process.tasks:
                if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                    if isinstance(error, Broken):
                        raise error
                    raise Broken(0, f"{type(error).__name__}: {error}") from error
            process.tasks = [task for task in process.tasks if not task.done()]
        await self.replace_the_dead()
        if self.broken is not None:
            raise self.broken

    def running(self) -> int:
        return sum(not task.done() for process in self.processes for task in process.tasks)

    async def replace_the_dead(self) -> None:
        for place, process in enumerate(self.processes):
            if process.is_dead:
                self.faults["process dies"] += 1
                while not all(task.done() for task in process.tasks):
                    # One that just gives a call up takes the first word for a time-out.
                    process.die()
                    await asyncio.sleep(0)
                with self._friendly():
                    self.processes[place] = await self._begun()

    def note(self, what: str) -> None:
        line = f"{self.events} {self.now:%d %H:%M:%S.%f} {what}"
        self.log.append(line)
        self.hash.update(line.encode())

    async def let_go_all(self) -> None:
        while self.wire.parked:
            self.wire.let_go(0)
            await self.settle()

    async def pass_time(self, by: timedelta, steps_max: int) -> None:
        """Time passes; what falls due meanwhile is done at its time, up to `steps_max` times."""
        until = self.now + by
        for _ in range(steps_max):
            due = self.straight.read(self.processes[0].jobs.next_due)
            if due is None or due > until:
                break
            self.clock.advance_to(due)
            await self.settle()
            await self.any_process().claim(2)
            await self.settle()
            # That is an event like any other.
            self.events += 1
            self.note("a worker takes what fell due")
            self.look()
        self.clock.advance_to(until)
        await self.settle()

    def report(self) -> Report:
        return Report(
            self.seed, self.events, self.orders_in_all, self.shops, self.moves, self.faults, self.kinds,
            self.hash.hexdigest(), self.broken, tuple(self.log),
        )  # fmt: skip


def live(seed: int, events: int, straight: Straight, kit: Kit = A_SOUND_SHOP) -> Report:
    """One seed's life, until so many events have happened or an invariant is broken."""
    from tests.simulation import ending, happenings
    from tests.simulation.books import Books

    world = World(seed, straight, kit)
    loop = VirtualLoop(world.clock)

    async def whole() -> None:
        while world.events < events:
            await world.open_shop()
            world.look = Books(world).check
            world.look()
            while world.events < events and len(world.orders) < ORDERS_MAX:
                await happenings.one(world)
                world.look()
            await ending.end(world)
            world.note(f"shop {world.shops} ends: {straight.digest()}")
            world.moves += straight.journal.moves

    try:
        loop.run_until_complete(whole())
    except Broken as broken:
        world.broken = broken
    finally:
        _leave(loop)
    return world.report()


def _leave(loop: VirtualLoop) -> None:
    """A broken world leaves tasks behind, and whatever else they have to say does not matter any more.
    One that was just about to give a call up takes the first word for a time-out, and needs a second."""
    loop.set_exception_handler(lambda _loop, _context: None)
    while left := asyncio.all_tasks(loop):
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
    loop.close()
