"""The outside, which survives every kill: two banks, a supplier that is not idempotent, and customers.

It starts the shop's processes, kills them at random instants, and starts them again. In the end its own
books are laid beside the shop's.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from adapters.suppliers.card_stock import SampleKeys
from orders.clock import SystemClock
from orders.database import Database
from orders.draft import Draft
from orders.invariants import violations
from orders.jobs import EmbeddedJobs
from orders.money import Fen
from orders.ports import DeliveryAsk, Outcome, PaymentAsk, RefundAsk, SupplierAnswer
from orders.shop import Shop
from orders.vault import Vault
from tests.kill.call import HungUp, call, listen
from tests.kill.shop import QUOTE_SECONDS, policy
from tests.simulation import goods
from tests.simulation.bank import MERCHANTS, Bank, Fate, Movement
from tests.simulation.depot import Carried, Depot, Manner

ROOT = Path(__file__).parents[2]
READY_WITHIN_SECONDS = 60
END_WITHIN_SECONDS = 120
HANG_SECONDS = 3.0
CUSTOMERS_AT_ONCE = 4
UNDER_WAY_MAX = 30
"""Customers wait while a shop that is killed all the time has so much to do."""

MANNERS = {Manner.DELIVERS: 70, Manner.FAILS: 10, Manner.PARTIAL: 12, Manner.NEEDS_INFO: 8}


@dataclass(frozen=True)
class Kills:
    """What a run came to."""

    kills: int
    orders: int
    settled: int
    payments: int
    faults: Counter[str]
    ends: Counter[str]
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        ends = ", ".join(f"{count} {state}" for state, count in self.ends.most_common())
        faults = ", ".join(f"{name} {count}" for name, count in self.faults.most_common())
        wrong = f"{len(self.wrong)} WRONG" if self.wrong else "nothing wrong"
        return (
            f"{self.kills} kills, {self.orders} orders, {self.settled} settled by {self.payments} payments: "
            f"{ends}; {wrong} ({faults})"
        )


@dataclass
class Outside:
    """Everybody but the shop. `names`: one process of the shop for each."""

    url: str
    folder: Path
    names: tuple[str, ...]
    seed: int
    faults: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        clock = SystemClock()
        self.now = clock.now
        self.banks = {name: Bank(name, merchant, clock) for name, merchant in MERCHANTS.items()}
        self.carried: dict[str, list[Carried]] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.hostile = True
        self.nonces = 0
        self.placed: dict[str, str] = {}
        """Customers by order number."""
        self.unheard: list[tuple[Bank, Movement]] = []
        self.under_way = 0
        """Orders and refunds that are neither over nor wait for a person, when it was last counted."""

    # --- what the shop asks of it ---------------------------------------------------------------

    async def asked(self, who: str, what: str, ask: Any) -> Any:
        drawn = self.rng.random() if self.hostile else 1.0
        if drawn < 0.05:
            self.faults[f"{what} never arrives"] += 1
            raise HungUp
        if who == "depot":
            said: Any = self._deliver(ask) if what == "submit" else self._word_on(ask)
        else:
            said = self._bank(self.banks[who], what, ask)
        if drawn < 0.10:
            self.faults[f"{what} is carried out and not answered"] += 1
            raise HungUp
        if drawn < 0.14:
            self.faults[f"{what} hangs"] += 1
            await asyncio.sleep(HANG_SECONDS)
        return said

    def _bank(self, bank: Bank, what: str, ask: PaymentAsk | RefundAsk) -> Any:
        if isinstance(ask, PaymentAsk):
            match what:
                case "open":
                    return bank.opened(ask)
                case "close":
                    return bank.close(ask.out_trade_no)
                case _:
                    return bank.status(ask.out_trade_no)
        fates = (Fate.AT_ONCE, Fate.AT_ONCE, Fate.LATER)
        bank.next_fate = self.rng.choice(fates) if self.hostile else Fate.AT_ONCE
        if what == "refund":
            return bank.refund(ask)
        known = bank.refunds.get(ask.refund_no)
        if known is not None and self.rng.random() < 0.5:
            known.is_ended = True
        return bank.refund_status(ask.refund_no)

    def _deliver(self, ask: DeliveryAsk) -> SupplierAnswer:
        """Once more for every time it is asked, whatever the number."""
        manner = (
            self.rng.choices(tuple(MANNERS), tuple(MANNERS.values()))[0] if self.hostile else Manner.DELIVERS
        )
        delay = timedelta(seconds=self.rng.choice((0, 0, 0, 1, 3)) if self.hostile else 0)
        self.faults[f"supplier {manner}"] += manner is not Manner.DELIVERS
        one = Carried(ask, manner, self.now(), self.now() + delay)
        self.carried.setdefault(ask.request_no, []).append(one)
        return self._word_on(ask)

    def _word_on(self, ask: DeliveryAsk) -> SupplierAnswer:
        requests = self.carried.get(ask.request_no)
        if requests is None:
            return SupplierAnswer(Outcome.ABSENT)
        left = (requests[0].ready_at - self.now()).total_seconds()
        if left > 0:
            return SupplierAnswer(Outcome.ACCEPTED, ask_again_seconds=max(1, round(left)))
        return Depot.final_word_on(requests[0])

    # --- customers and banks, at the shop's door ------------------------------------------------

    async def ask_shop(self, *question: Any) -> Any:
        """Some process of the shop; None where it was just killed."""
        name = self.rng.choice(self.names)
        try:
            return await asyncio.wait_for(call(self.folder / f"{name}.socket", *question), 10)
        except (OSError, EOFError, TimeoutError):
            return None

    async def custom(self, number: int) -> None:
        """One customer after the other: orders, pays, late, twice or at two banks, or cancels."""
        while self.hostile:
            if self.under_way > UNDER_WAY_MAX or len(self.unheard) > UNDER_WAY_MAX:
                await asyncio.sleep(0.1)
                continue
            customer = f"web:c{number}-{self.rng.randrange(10**6)}"
            sku = self.rng.choice(("topup-50", "topup-100", "gift-10"))
            lines = [goods.line(sku, self.rng.randint(1, 2), self.rng)]
            if self.rng.random() < 0.3:
                lines.append(goods.line("game-1", 1, self.rng))
            placed = await self.ask_shop("order", Draft(tuple(lines)), customer)
            if placed is None:
                await asyncio.sleep(0.05)
                continue
            await self._pays(customer, *placed)

    async def _pays(self, customer: str, order_no: str, pay_token: str, total: int) -> None:
        self.placed[order_no] = customer
        drawn = self.rng.random()
        if drawn < 0.06:
            self.faults["cancelled"] += 1
            await self.ask_shop("cancel", order_no, customer)
        if drawn < 0.10:
            self.faults["paid late"] += 1
            asyncio.get_running_loop().call_later(
                QUOTE_SECONDS + 1, self.pay, "north", f"{order_no}-1", total
            )
            return
        bank = "north"
        if drawn < 0.30:
            bank = self.rng.choice(tuple(self.banks))
            await self.ask_shop("till", pay_token, bank)
        self.pay(bank, f"{order_no}-1" if bank == "north" else f"{order_no}-2", total)
        if drawn > 0.90:
            self.faults["paid twice"] += 1
            self.pay(bank, f"{order_no}-1", total)

    def pay(self, bank: str, number: str, total: int) -> None:
        """Money that was taken for a number which its bank never heard of would be nobody's."""
        taken_by = self.banks["north" if number.endswith("-1") else bank]
        if not number.endswith("-1") and number not in taken_by.asks:
            taken_by, number = self.banks["north"], f"{number[:-2]}-1"
        self.unheard.append((taken_by, taken_by.pay(number, Fen(total))))

    async def tell(self) -> None:
        """Banks repeat what was not heard, under a new nonce each time; at times twice at once."""
        while True:
            for bank, paid in list(self.unheard):
                self.nonces += 1
                raw = bank.notice(paid, f"k{self.seed}-{self.nonces}")
                times = 2 if self.hostile and self.rng.random() < 0.2 else 1
                heard = await asyncio.gather(*(self.ask_shop("notice", bank.name, raw) for _ in range(times)))
                if any(heard) and (bank, paid) in self.unheard:
                    self.unheard.remove((bank, paid))
            await asyncio.sleep(0.1)

    async def call_back(self) -> None:
        """The supplier tells by itself how requests ended, at times before it answered."""
        while self.hostile:
            await asyncio.sleep(0.2)
            ready = [several[0] for several in self.carried.values() if several[0].ready_at <= self.now()]
            if ready:
                request = self.rng.choice(ready[-10:])
                await self.ask_shop("callback", request.ask, Depot.final_word_on(request))

    # --- processes ------------------------------------------------------------------------------

    def start(self, name: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.kill.shop", self.url, str(self.folder), name],
                cwd=ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        process = self.processes[name]
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)

    async def ready(self, name: str) -> None:
        """Until it listens."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while True:
            try:
                await call(self.folder / f"{name}.socket", "cancel", "none", "nobody")
                return
            except (OSError, EOFError):
                assert time.monotonic() < deadline, (self.folder / f"{name}.log").read_text()
                await asyncio.sleep(0.02)

    async def run(self, kills: int) -> Kills:
        """So many kills; then peace, until everything has come to its end."""
        database = Database.open(self.url)
        await open_shop(database, self.rng)
        server = await listen(self.folder / "outside.socket", self.asked)
        for name in self.names:
            self.start(name)
        for name in self.names:
            await self.ready(name)
        living = [asyncio.create_task(self.custom(number)) for number in range(CUSTOMERS_AT_ONCE)]
        living += [
            asyncio.create_task(self.tell()),
            asyncio.create_task(self.call_back()),
            asyncio.create_task(self._count(database)),
        ]
        try:
            for _ in range(kills):
                name = self.rng.choice(self.names)
                await asyncio.sleep(self.rng.uniform(0.0, 0.6))
                self.kill(name)
                self.start(name)
                await self.ready(name)
            self.hostile = False
            await self._peace(database)
            wrong = await self._compared(database)
            return await self._outcome(database, kills, wrong)
        finally:
            for task in living:
                task.cancel()
            await asyncio.gather(*living, return_exceptions=True)
            for name in self.names:
                self.kill(name)
            server.close()
            await database.close()

    async def _count(self, database: Database) -> None:
        while True:
            self.under_way = len(await rows(database, UNDER_WAY))
            await asyncio.sleep(0.3)

    async def _peace(self, database: Database) -> None:
        """Late payers have paid, banks were heard, customers gave right accounts, nothing is under way."""
        # The last late payer comes when the last quote has expired.
        await asyncio.sleep(QUOTE_SECONDS + 2)
        deadline = time.monotonic() + END_WITHIN_SECONDS
        while time.monotonic() < deadline:
            for order_no, line_no in await rows(
                database, "SELECT order_no, line_no FROM order_lines WHERE state = 'needs_info'"
            ):
                if order_no in self.placed:
                    await self.ask_shop("account", order_no, line_no, self.placed[order_no], "13900139000")
            under_way = await rows(database, UNDER_WAY)
            if not under_way and not self.unheard:
                return
            await asyncio.sleep(0.3)

    # --- its books beside the shop's ------------------------------------------------------------

    async def _compared(self, database: Database) -> tuple[str, ...]:
        wrong = [str(one) for one in await database.read(lambda tx: violations(tx, policy(), self.now()))]
        wrong += [f"under way for ever: {row}" for row in await rows(database, UNDER_WAY)]
        worth: Counter[tuple[str, int]] = Counter()
        for several in self.carried.values():
            for one in several:
                worth[one.ask.order_no, one.ask.line_no] += one.quantity
        for order_no, line_no, quantity, delivered in await rows(
            database,
            "SELECT order_no, line_no, quantity, delivered_quantity FROM order_lines WHERE delivery = 'topup'",
        ):
            if worth[order_no, line_no] != delivered:
                wrong.append(
                    f"{order_no}-{line_no}: {worth[order_no, line_no]} of {quantity} arrived, {delivered} booked"
                )
        twice = [number for number, several in self.carried.items() if len(several) > 1]
        wrong += [f"{number} was submitted {len(self.carried[number])} times" for number in twice]
        booked = dict(
            await rows(database, "SELECT psp_ref, amount_fen FROM payments WHERE psp_ref IS NOT NULL")
        )
        for bank in self.banks.values():
            for several in bank.movements.values():
                wrong += [f"{paid} is not booked" for paid in several if paid.psp_ref not in booked]
            (row,) = await rows(
                database,
                f"SELECT COALESCE(SUM(amount_fen), 0) FROM ledger WHERE account = 'receivable:{bank.name}'",
            )
            moved = sum(paid.amount_fen for several in bank.movements.values() for paid in several)
            if row[0] != moved - bank.given_back_fen:
                wrong.append(f"{bank.name} holds {moved - bank.given_back_fen}, booked are {row[0]}")
        alarms = await rows(
            database,
            "SELECT kind, subject, detail FROM alarms WHERE kind IN ('invariant', 'work_dropped', 'job_given_up')",
        )
        return (*wrong, *(f"alarm {' '.join(alarm)}" for alarm in alarms))

    async def _outcome(self, database: Database, kills: int, wrong: tuple[str, ...]) -> Kills:
        ends = Counter(
            f"{state}/{payment}"
            for state, payment in await rows(database, "SELECT state, payment_state FROM orders")
        )
        settled = await rows(database, "SELECT order_no FROM orders WHERE settled_fen > 0")
        payments = sum(len(several) for bank in self.banks.values() for several in bank.movements.values())
        return Kills(kills, sum(ends.values()), len(settled), payments, self.faults, ends, wrong)


UNDER_WAY = (
    "SELECT order_no, state FROM orders WHERE state IN ('awaiting_payment', 'placed') "
    "UNION ALL SELECT refund_no, state FROM refunds WHERE state NOT IN ('succeeded', 'refused') "
    "UNION ALL SELECT order_no, state FROM orders WHERE state = 'in_review' AND NOT EXISTS "
    "(SELECT 1 FROM alarms WHERE closed_at IS NULL AND subject LIKE orders.order_no || '%')"
)
"""What is neither over nor waits for a person."""


async def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    return await database.read(lambda tx: [tuple(row) for row in tx.execute(text(query))])


async def open_shop(database: Database, rng: random.Random) -> None:
    await database.migrate()
    rules = policy()
    shop = Shop(EmbeddedJobs(rules.jobs), Vault({"k1": bytes(range(32))}), rules, MERCHANTS, SampleKeys())
    prices = {sku: goods.price(rng) for sku in goods.SKUS}
    catalog = goods.catalog(prices, rng, plenty=100_000)
    await database.write(lambda tx: shop.import_catalog(tx, catalog, SystemClock().now()))
