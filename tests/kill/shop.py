"""The shop as one process that is going to be killed: shop, dispatch and worker, and nothing else.

    python -m tests.kill.shop DATABASE_URL FOLDER NAME

It listens at FOLDER/NAME.socket and calls the outside at FOLDER/outside.socket. It imports neither the bot
nor the reading of Chinese, so that it is back in half a second.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.suppliers.card_stock import CardStock, SampleKeys
from orders import delivering
from orders.catalog import Delivery
from orders.clock import SystemClock
from orders.database import Database
from orders.dispatch import Dispatch
from orders.draft import Draft
from orders.errors import ShopError
from orders.jobs import EmbeddedJobs
from orders.payment import Refused
from orders.policy import Policy
from orders.ports import (
    DeliveryAsk,
    Job,
    OpenAnswer,
    Outcome,
    PaymentAnswer,
    PaymentStatus,
    RawNotice,
    RefundAnswer,
    RefundStatus,
    Scene,
    SupplierAnswer,
)
from orders.quote import Quote
from orders.shop import Shop
from orders.till import Till
from orders.vault import Vault
from tests.kill.call import call, listen
from tests.simulation.bank import MERCHANTS, Bank, BankGateway
from tests.simulation.wire import Wire

QUOTE_SECONDS = 10

AT_ONCE = 6
POLL_SECONDS = 0.05


def policy() -> Policy:
    """The shop's own rules, with all waiting cut to seconds: a test has no hours."""
    read = Policy.read(Path(__file__).parents[2] / "data" / "policy.toml")
    return replace(
        read,
        quote=replace(read.quote, good_for_minutes=QUOTE_SECONDS / 60, fee_per_mille=7),  # type: ignore[arg-type]
        limits=replace(read.limits, unpaid_orders_max=1000),
        payment=replace(
            read.payment,
            answer_within_seconds=2,
            query_seconds=(1, 2, 4, 8),
            refund_query_seconds=(1, 1, 2, 3),
        ),
        gateways=replace(read.gateways, web=tuple(MERCHANTS)),
        delivery=replace(
            read.delivery,
            answer_within_seconds=2,
            query_after_seconds=(1, 1, 2, 3),
            absent_confirm_minutes=0.15,  # type: ignore[arg-type]
        ),
        jobs=replace(read.jobs, lease_seconds=8, attempts_max=60, retry_seconds=(1, 1, 2)),
        sweep=replace(read.sweep, every_minutes=0.5),  # type: ignore[arg-type]
    )


class FarBank(BankGateway):
    """A bank in another process; its notices are read here."""

    def __init__(self, outside: Path, name: str, clock: SystemClock, age_max_seconds: int) -> None:
        super().__init__(Bank(name, MERCHANTS[name], clock), Wire.sound(), age_max_seconds)
        self._outside = outside

    async def _asked(self, what: str, ask: Any, otherwise: Any) -> Any:
        try:
            return await call(self._outside, self.name, what, ask)
        except (OSError, EOFError):
            return otherwise

    async def open(self, ask: Any, scene: Scene) -> OpenAnswer:
        return await self._asked("open", ask, OpenAnswer(None, "silent", unsure=True))

    async def query(self, ask: Any) -> PaymentAnswer:
        return await self._asked("query", ask, PaymentAnswer(PaymentStatus.UNKNOWN))

    async def close(self, ask: Any) -> PaymentAnswer:
        return await self._asked("close", ask, PaymentAnswer(PaymentStatus.UNKNOWN))

    async def refund(self, ask: Any) -> RefundAnswer:
        return await self._asked("refund", ask, RefundAnswer(RefundStatus.UNKNOWN))

    async def query_refund(self, ask: Any) -> RefundAnswer:
        return await self._asked("query_refund", ask, RefundAnswer(RefundStatus.UNKNOWN))


class FarSupplier:
    name = "depot"

    def __init__(self, outside: Path) -> None:
        self._outside = outside

    async def _asked(self, what: str, ask: DeliveryAsk) -> SupplierAnswer:
        try:
            return await call(self._outside, self.name, what, ask)
        except (OSError, EOFError):
            return SupplierAnswer(Outcome.UNKNOWN, reason="silent")

    async def submit(self, ask: DeliveryAsk) -> SupplierAnswer:
        return await self._asked("submit", ask)

    async def query(self, ask: DeliveryAsk) -> SupplierAnswer:
        return await self._asked("query", ask)


class Process:
    """All that this process does."""

    def __init__(self, url: str, outside: Path) -> None:
        rules, clock = policy(), SystemClock()
        self.database = Database.open(url)
        self.jobs = EmbeddedJobs(rules.jobs)
        vault = Vault({"k1": bytes(range(32))})
        self.shop = Shop(self.jobs, vault, rules, MERCHANTS, SampleKeys())
        age = rules.payment.notice_age_max_seconds
        self.gateways = {name: FarBank(outside, name, clock, age) for name in MERCHANTS}
        supplier, stock = FarSupplier(outside), CardStock()
        suppliers = {Delivery.TOPUP: supplier, Delivery.CARD: stock, Delivery.LICENSE: stock}
        self.dispatch = Dispatch(self.database, self.shop, suppliers, self.gateways, clock)
        self.till = Till(self.database, self.shop, self.gateways, clock)
        self.now = clock.now

    # --- what the outside asks of it ------------------------------------------------------------

    async def asked(self, what: str, *how: Any) -> Any:
        return await getattr(self, f"on_{what}")(*how)

    async def on_order(self, draft: Draft, customer: str) -> tuple[str, str, int] | None:
        """Quote and place: the order's number, its pay token and what it costs."""
        try:
            quote = await self.database.write(lambda tx: self.shop.quote(tx, draft, customer, self.now()))
            if not isinstance(quote, Quote):
                return None
            order = await self.database.write(lambda tx: self.shop.place(tx, quote, self.now()))
        except ShopError:
            return None
        return order.order_no, order.pay_token, order.total_fen

    async def on_notice(self, gateway: str, raw: RawNotice) -> bool:
        far = self.gateways[gateway]
        said = await self.database.write(lambda tx: self.shop.receive_notice(tx, far, raw, self.now()))
        return not isinstance(said, Refused)

    async def on_callback(self, ask: DeliveryAsk, said: SupplierAnswer) -> bool:
        room = self.shop.room
        await self.database.write(
            lambda tx: delivering.answer(tx, room, ask.order_no, ask.line_no, ask.attempt, said, self.now())
        )
        return True

    async def on_till(self, pay_token: str, gateway: str) -> bool:
        await self.till.send(pay_token, gateway, Scene.QR, payer="", payer_ip="", return_url="")
        return True

    async def on_cancel(self, order_no: str, customer: str) -> bool:
        try:
            await self.database.write(lambda tx: self.shop.cancel(tx, order_no, customer, self.now()))
        except ShopError:
            return False
        return True

    async def on_account(self, order_no: str, line_no: int, customer: str, account: str) -> bool:
        try:
            await self.database.write(
                lambda tx: self.shop.change_account(tx, order_no, line_no, customer, account, self.now())
            )
        except ShopError:
            return False
        return True

    # --- its work -------------------------------------------------------------------------------

    async def work(self) -> None:
        """As `bot.worker` does, until it is killed."""
        if self.database.serves_one_process:
            await self.database.write(lambda tx: self.jobs.take_back(tx, self.now()))
        await self.database.write(lambda tx: self.shop.begin_sweeps(tx, self.now()))
        running: set[asyncio.Task[None]] = set()
        while True:
            free = AT_ONCE - len(running)
            if free:
                for job in await self.database.write(
                    lambda tx, free=free: self.jobs.claim_due(tx, self.now(), free)
                ):  # type: ignore[misc]
                    task = asyncio.create_task(self._run(job))
                    running.add(task)
                    task.add_done_callback(running.discard)
            await asyncio.sleep(POLL_SECONDS)

    async def _run(self, job: Job) -> None:
        try:
            # The news are for the bot, which is not here.
            if job.kind != "order_event":
                await self.dispatch.handlers()[job.kind](job)
        except Exception as error:
            print(f"{job.kind} {job.key}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            text = repr(error)
            await self.database.write(lambda tx: self.jobs.fail(tx, job, text, self.now()))
        else:
            await self.database.write(lambda tx: self.jobs.finish(tx, job))


async def main(url: str, folder: Path, name: str) -> None:
    process = Process(url, folder / "outside.socket")
    door = folder / f"{name}.socket"
    door.unlink(missing_ok=True)
    server = await listen(door, process.asked)
    async with server:
        await process.work()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
