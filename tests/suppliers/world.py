"""A whole shop that buys from outside suppliers: ours through and through, theirs hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from adapters.suppliers.topup_checks import read_description
from adapters.suppliers.topup_http import TopupHttp
from orders.dispatch import Dispatch
from orders.order import Order, OrderLine
from orders.payment import NoticeOutcome
from orders.ports import Gateway, RawNotice
from orders.sourcing import Seller
from orders.store import attempts
from orders.store.attempts import Attempt
from orders.store.suppliers import Health
from tests.orders.world import World
from tests.suppliers.hostile import HostileSupplier, Wire

DESCRIPTION = Path(__file__).parents[2] / "data" / "suppliers" / "dayuanren.yaml"
ALPHA, BETA = "alpha", "beta"


@dataclass
class SupplierWorld(World):
    """`alpha` is the cheaper one of two suppliers of the same goods."""

    alpha: HostileSupplier = field(default_factory=HostileSupplier)
    beta: HostileSupplier = field(
        default_factory=lambda: HostileSupplier(
            BETA, "20002", "8yRt57PqWm3", products={"68": ("100", "99.000"), "67": ("50", "49.500")}
        )
    )
    connected: tuple[str, ...] = (ALPHA, BETA)

    @property
    def suppliers_by_name(self) -> Mapping[str, HostileSupplier]:
        return {ALPHA: self.alpha, BETA: self.beta}

    def connect(self, *gateways: Gateway) -> None:
        self.sellers = tuple(self._seller(self.suppliers_by_name[name]) for name in self.connected)
        super().connect(*gateways)
        known = {gateway.name: gateway for gateway in gateways}
        self.dispatch = Dispatch(self.database, self.shop, self.suppliers, known, self.clock, self.sellers)

    def _seller(self, hostile: HostileSupplier) -> Seller:
        description = read_description(DESCRIPTION)
        client = httpx.AsyncClient(transport=Wire(hostile), trust_env=False)
        settings = {"user": hostile.user, "key": hostile.key}
        url = f"https://shop.test/suppliers/{hostile.name}/callback"
        supplier = TopupHttp(
            hostile.name, description, settings, url, client, self.clock, "https://supplier.test/yrapi.php/"
        )
        return Seller(supplier, {sku: one.code for sku, one in description.goods.items()}, 45)

    async def open_suppliers(self) -> None:
        await self.write(lambda tx: self.shop.open_suppliers(tx, self.sellers, self.now))
        await self.work()

    async def call_back(self, raw: RawNotice, name: str = ALPHA) -> NoticeOutcome:
        supplier = next(seller.supplier for seller in self.sellers if seller.name == name)
        return await self.write(lambda tx: self.shop.receive_callback(tx, supplier, raw, self.now))

    async def line(self, order: Order) -> OrderLine:
        return (await self.order(order)).lines[0]

    async def attempts(self, order: Order) -> list[Attempt]:
        count = (await self.line(order)).attempt
        found = [
            await self.database.read(lambda tx, n=n: attempts.get(tx, order.order_no, 1, n))  # type: ignore[misc]
            for n in range(1, count + 1)
        ]
        return [attempt for attempt in found if attempt]

    async def health(self, name: str = ALPHA) -> Health:
        every = await self.database.read(self.shop.supplier_health)
        return next(one for one in every if one.supplier == name)

    @property
    def value_left_yuan(self) -> dict[str, int]:
        """What really reached each recipient, from whomever."""
        total: dict[str, int] = {}
        for hostile in (self.alpha, self.beta):
            for account, yuan in hostile.delivered.items():
                total[account] = total.get(account, 0) + yuan
        return total
