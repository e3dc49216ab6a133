"""A whole shop across the counter from an emulated gateway, on one virtual clock, without a socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx

from adapters.suppliers.card_stock import SampleKeys
from orders.chance import UNGUESSABLE, Chance
from orders.clock import Clock, VirtualClock
from orders.database import Database
from orders.order import Order
from orders.payment import NoticeOutcome, Payment, Refused
from orders.ports import Gateway, RawNotice, Scene
from orders.shop import Shop
from orders.store import money
from orders.till import Till
from tests.emulator.app import Emulator
from tests.emulator.rail import Rail
from tests.emulator.virtual import sleeping
from tests.orders.world import MERCHANT, START, World

SHOP = "http://shop.test"
BACK = f"{SHOP}/pay/token/back"

MakeGateway = Callable[[Rail, httpx.AsyncClient, Clock, str], Gateway]
"""Of the emulated rail, a client that reaches it, the clock, and the shop's notice address."""


class ShopStage:
    """`world` is the shop; `rail` the other side, with its knobs; `calls` what the shop asked there."""

    def __init__(
        self,
        database: Database,
        kind: type[Rail],
        make_gateway: MakeGateway,
        chance: Chance = UNGUESSABLE,
    ) -> None:
        self.clock = VirtualClock(START)
        self.heard: list[NoticeOutcome] = []
        """What the shop made of each notice."""
        self.calls: list[httpx.Request] = []
        notices = httpx.AsyncClient(transport=httpx.MockTransport(self._receive))
        self.emulator = Emulator([kind], self.clock, notices, sleeping(self.clock))
        self.rail = self.emulator.rails[kind.name]
        self.knobs = self.rail.knobs
        wire = self.emulator.transport()
        self.payer = httpx.AsyncClient(transport=wire, timeout=None)
        """A payer's browser, which waits for as long as he does."""
        client = httpx.AsyncClient(transport=wire, event_hooks={"request": [self._count]})
        self.gateway = make_gateway(self.rail, client, self.clock, f"{SHOP}/notices/{kind.name}")
        merchants = {"sandbox": MERCHANT, self.gateway.name: self.gateway.merchant}
        self.world = World(database, clock=self.clock, merchants=merchants)
        world = self.world
        world.shop = Shop(world.jobs, world.vault, world.policy, merchants, SampleKeys(), chance)
        gateways = {"sandbox": self.world.gateway, self.gateway.name: self.gateway}
        self.world.connect(*gateways.values())
        self.till = Till(database, self.world.shop, gateways, self.clock)

    async def begin(self, order: Order, scene: Scene = Scene.QR) -> object:
        """The payer chooses this gateway; gives the offer, or why there is none."""
        return await self.till.send(
            order.pay_token, self.gateway.name, scene, payer="", payer_ip="127.0.0.1", return_url=BACK
        )

    async def payment(self, order: Order) -> Payment:
        """The payment that the payer was sent to last."""
        found = await self.world.database.read(lambda tx: money.payments_of(tx, order.order_no))
        ours = [one for one in found if one.gateway == self.gateway.name]
        return max(ours, key=lambda payment: payment.payment_id)

    async def receive(self, raw: RawNotice) -> NoticeOutcome:
        shop, now = self.world.shop, self.clock.now()
        outcome = await self.world.write(lambda tx: shop.receive_notice(tx, self.gateway, raw, now))
        self.heard.append(outcome)
        return outcome

    async def work(self) -> None:
        await self.world.work()
        await self.emulator.run_due()
        await self.world.work()

    async def let_pass(self, **time: float) -> None:
        """Let time pass; on both sides whatever falls due happens at its time."""
        until = self.clock.now() + timedelta(**time)
        await self.work()
        while True:
            times = [self.emulator.next_due, await self.world.database.read(self.world.jobs.next_due)]
            due = min((moment for moment in times if moment is not None), default=None)
            if due is None or due > until:
                break
            self.clock.advance_to(due)
            await self.work()
        self.clock.advance_to(until)
        await self.work()

    async def _receive(self, request: httpx.Request) -> httpx.Response:
        """As the notice address does: acknowledged is what was committed and not refused."""
        raw = RawNotice(request.content, dict(request.headers.items()), self.clock.now())
        outcome = await self.receive(raw)
        if isinstance(outcome, Refused):
            return httpx.Response(400, text="refused")
        return httpx.Response(200, text=self.gateway.acknowledgement)

    async def _count(self, request: httpx.Request) -> None:
        self.calls.append(request)
