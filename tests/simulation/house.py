"""One process of the shop: the real shop, its worker and the way its words are sent.

A world runs one or two of them on one database. Each may be held up before any transaction, be
overtaken by the other, and die at any commit; another one takes its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters.suppliers.card_stock import CardStock, ManualWork
from bot.channel import Channel, NotDelivered, Outbox, Sending
from bot.fanout import Fanout
from bot.messages import ChatAddress, Reply, Speaker
from bot.store import chats
from bot.worker import ConversationJobs
from orders import delivering
from orders.catalog import Delivery
from orders.chance import Chance
from orders.clock import VirtualClock
from orders.database import Database, Tx
from orders.dispatch import Dispatch, GatewaySilent
from orders.jobs import EmbeddedJobs
from orders.policy import JobPolicy, Policy
from orders.ports import Gateway, Job, Merchant, Supplier, SupplierAnswer
from orders.shop import Shop
from orders.store import book
from orders.till import Till
from orders.vault import Vault
from tests.simulation.straight import Died, Line, Reading, Rewrite, Straight
from tests.simulation.wire import Wire

CHANNEL = "telegram"


class Sender(ConversationJobs):
    """Sends what was written; its news are one line each."""

    def __init__(self, database: Database, outbox: Outbox, channel: Channel, clock: VirtualClock) -> None:
        self._database = database
        self._outbox = outbox
        self._channels = {CHANNEL: channel}
        self._clock = clock
        self._fanout = Fanout()

    def handlers(self) -> Mapping[str, Callable[[Job], Awaitable[None]]]:
        return {"order_event": self.announce, "send": self.send}

    async def announce(self, job: Job) -> None:
        order_no, seq = str(job.payload["order_no"]), int(job.payload["seq"])
        await self._database.write(lambda tx: self._post(tx, order_no, seq))

    def _post(self, tx: Tx, order_no: str, seq: int) -> None:
        """As `bot.announcer` does: once, however often the job runs."""
        order = book.get(tx, order_no)
        assert order is not None
        chat = chats.open_chat(tx, address_of(order.customer_id), self._clock.now())
        message_id = f"news:{order_no}:{seq}"
        if chats.already_heard(tx, chat, message_id):
            return
        reply = Reply(f"{order_no}:{seq}")
        self._outbox.post(
            tx, chat, reply, self._clock.now(), speaker=Speaker.NEWS, about=order_no, message_id=message_id
        )


def address_of(customer_id: str) -> ChatAddress:
    return ChatAddress(CHANNEL, customer_id.partition(":")[2])


@dataclass(frozen=True)
class Kit:
    """What a shop is made of. A planted bug is another part."""

    shop: Callable[..., Shop] = Shop
    dispatch: Callable[..., Dispatch] = Dispatch
    jobs: Callable[[JobPolicy], EmbeddedJobs] = EmbeddedJobs
    sender: Callable[..., Sender] = Sender
    rewrite: Rewrite | None = None
    acknowledges_first: bool = False
    """Tells the outside `heard` before it has committed anything."""


A_SOUND_SHOP = Kit()


@dataclass(frozen=True)
class Surroundings:
    """What outlives every process."""

    straight: Straight
    wire: Wire
    clock: VirtualClock
    policy: Policy
    merchants: Mapping[str, Merchant]
    gateways: Mapping[str, Gateway]
    supplier: Supplier
    channel: Channel
    chance: Chance
    kit: Kit


class Process:
    """One of the shop's processes, alive until it dies."""

    def __init__(self, around: Surroundings, surprise: Callable[[str], None]) -> None:
        self.around = around
        self._surprise = surprise
        self.line = Line(around.straight, around.wire.held_up)
        self._reading = Reading(around.straight, around.wire.held_up)
        self.database = Database(self.line, self._reading)  # type: ignore[arg-type]
        kit = around.kit
        self.jobs = kit.jobs(around.policy.jobs)
        vault = Vault({"k1": bytes(range(32))})
        self.shop = kit.shop(self.jobs, vault, around.policy, around.merchants, chance=around.chance)
        stock = CardStock()
        suppliers = {
            Delivery.TOPUP: around.supplier,
            Delivery.CARD: stock,
            Delivery.LICENSE: stock,
            Delivery.PHYSICAL: ManualWork(),
        }
        self.dispatch = kit.dispatch(self.database, self.shop, suppliers, around.gateways, around.clock)
        self.till = Till(self.database, self.shop, around.gateways, around.clock)
        self.outbox = Outbox(self.jobs, {CHANNEL: Sending()})
        sender = kit.sender(self.database, self.outbox, around.channel, around.clock)
        self._handlers = {**self.dispatch.handlers(), **sender.handlers()}
        self.tasks: list[asyncio.Task[None]] = []

    @property
    def is_dead(self) -> bool:
        return self.line.is_cut

    @property
    def now(self) -> datetime:
        return self.around.clock.now()

    def start(self, doing: Awaitable[None]) -> None:
        """Do it beside everything else that this process does."""
        self.tasks.append(asyncio.ensure_future(self._guarded(doing)))

    async def _guarded(self, doing: Awaitable[None]) -> None:
        try:
            await doing
        except Died:
            self.line.is_cut = True
        except asyncio.CancelledError:
            if not self.is_dead:
                raise

    def die(self) -> None:
        """Everything that was under way is gone."""
        self.line.is_cut = self._reading.is_cut = True
        for task in self.tasks:
            task.cancel()

    async def claim(self, limit: int) -> int:
        """Take up to `limit` due jobs and begin them. Returns how many."""
        begun: list[Job] = []

        async def claiming() -> None:
            begun.extend(await self.database.write(lambda tx: self.jobs.claim_due(tx, self.now, limit)))
            for job in begun:
                self.start(self._run(job))

        self.start(claiming())
        await asyncio.sleep(0)
        return len(begun)

    async def _run(self, job: Job) -> None:
        """As `bot.worker` does it."""
        await self.around.wire.held_up()
        try:
            await self._handlers[job.kind](job)
        except Exception as error:
            if not isinstance(error, GatewaySilent | NotDelivered):
                self._surprise(f"{job.kind} raised {type(error).__name__}: {error}")
            text = str(error)
            await self.database.write(lambda tx: self.jobs.fail(tx, job, text, self.now))
        else:
            await self.database.write(lambda tx: self.jobs.finish(tx, job))

    def supplier_says(self, tx: Tx, request_no: str, said: SupplierAnswer) -> None:
        """A callback: evidence for the attempt of that number."""
        order_no, line_no, attempt = request_no.split("-")
        delivering.answer(tx, self.shop.room, order_no, int(line_no), int(attempt), said, self.now)
