"""A whole shop on a virtual clock: database, jobs, sandbox bank and supplier, and a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from adapters.payments.sandbox import NAME, SandboxBank, SandboxGateway
from adapters.suppliers.card_stock import CardStock, ManualWork, SampleKeys
from adapters.suppliers.sandbox import SandboxSupplier
from orders import errands, invariants
from orders.bookkeeper import Bookkeeper
from orders.catalog import Catalog, Delivery
from orders.catalog_file import catalog_from_rows
from orders.clock import VirtualClock
from orders.coupon import Coupon
from orders.database import Database, Tx
from orders.dispatch import Dispatch
from orders.draft import Draft, DraftLine
from orders.jobs import EmbeddedJobs
from orders.money import Fen
from orders.order import CustomerState, Order, customer_state
from orders.payment import NoticeOutcome, Refused
from orders.policy import Policy
from orders.ports import Gateway, HouseSupplier, Merchant, RawNotice, Supplier
from orders.price_rules import NO_RULES, PriceRules
from orders.quote import Quote
from orders.shop import Shop
from orders.vault import Vault

T = TypeVar("T")

POLICY = Policy.read(Path(__file__).parents[2] / "data" / "policy.toml")
START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
SECRET = "sandbox-secret-of-the-tests"
MERCHANT = Merchant("merchant-1", "app-1")
PHONE = "13800138000"

GOODS = """\
sku,product,name,category,aliases,variant,face_value,unit,list_price,price,account,regions,stock,sales,eta_minutes,supplier,supplier_rating,delivery,refund
topup-50,topup,话费,通信,手机费,50元,50,元,50.00,49.90,phone,,5,10,3,甲,4.9,topup,failed_only
topup-100,topup,话费,通信,手机费,100元,100,元,100.00,99.80,phone,,5,20,3,甲,4.9,topup,failed_only
gift-10,gift,礼品卡,卡券,,10元,10,元,10.00,9.50,none,,3,7,1,乙,4.5,card,unused
gift-20,gift,礼品卡,卡券,,20元,20,元,20.00,19.00,none,,0,3,1,乙,4.5,card,unused
game-1,game,游戏月卡,游戏,,月卡,1,月,30.00,30.00,game_id,安卓;苹果,9,5,10,丙,4.0,topup,failed_only
mouse-1,mouse,鼠标,实物,,白色,1,个,80.00,70.00,address,,2,1,2880,丁,4.8,physical,unshipped
"""


def catalog_of(text: str = GOODS) -> Catalog:
    rows = [line.split(",") for line in text.strip().splitlines()]
    return catalog_from_rows(enumerate(rows, start=1), "goods.csv")


@dataclass
class World:
    """What a test holds in its hand."""

    database: Database
    policy: Policy = POLICY
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(START))
    demo_keys: bool = True
    merchants: Mapping[str, Merchant] = field(default_factory=lambda: {NAME: MERCHANT})
    price_rules: PriceRules = NO_RULES

    def __post_init__(self) -> None:
        self.jobs = EmbeddedJobs(self.policy.jobs)
        self.vault = Vault({"k1": bytes(range(32))})
        source = SampleKeys() if self.demo_keys else None
        self.shop = Shop(
            self.jobs, self.vault, self.policy, self.merchants, source, price_rules=self.price_rules
        )
        self.bank = SandboxBank(SECRET, MERCHANT, self.clock, self._deliver_notice)
        self.gateway = SandboxGateway(SECRET, MERCHANT, self.bank, self.policy.payment.notice_age_max_seconds)
        self.supplier = SandboxSupplier(self.clock)
        stock = CardStock()
        self.suppliers: dict[Delivery, Supplier | HouseSupplier] = {
            Delivery.TOPUP: self.supplier,
            Delivery.CARD: stock,
            Delivery.LICENSE: stock,
            Delivery.PHYSICAL: ManualWork(),
        }
        self.connect(self.gateway)
        self.told: list[tuple[str, int]] = []
        """The news, as an announcer would hear them: order number and event number."""

    def connect(self, *gateways: Gateway) -> None:
        """Have the worker ask these gateways from now on."""
        known = {gateway.name: gateway for gateway in gateways}
        self.dispatch = Dispatch(self.database, self.shop, self.suppliers, known, self.clock)
        self.bookkeeper = Bookkeeper(self.database, self.shop, known, {}, self.clock)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def write(self, fn: Callable[[Tx], T]) -> T:
        return await self.database.write(fn)

    async def open_shop(self, catalog: Catalog | None = None) -> None:
        goods = catalog or catalog_of()
        await self.write(lambda tx: self.shop.import_catalog(tx, goods, self.now))

    async def quote(self, *lines: DraftLine, customer: str = "c1", coupon: str | None = None) -> Quote:
        draft = Draft(lines, coupon=coupon)
        quote = await self.write(lambda tx: self.shop.quote(tx, draft, customer, self.now))
        assert isinstance(quote, Quote), quote
        return quote

    async def place(self, *lines: DraftLine, customer: str = "c1", coupon: str | None = None) -> Order:
        quote = await self.quote(*(lines or (topup(),)), customer=customer, coupon=coupon)
        return await self.write(lambda tx: self.shop.place(tx, quote, self.now))

    async def pay(self, order: Order, **how: object) -> bool:
        payment = await self.write(lambda tx: self.shop.payment_of(tx, order.order_no))
        assert payment is not None
        return await self.bank.pay(payment.ask, "wechat", **how)  # type: ignore[arg-type]

    async def receive(self, raw: RawNotice) -> NoticeOutcome:
        return await self.write(lambda tx: self.shop.receive_notice(tx, self.gateway, raw, self.now))

    async def _deliver_notice(self, raw: RawNotice) -> bool:
        return not isinstance(await self.receive(raw), Refused)

    async def order(self, order: Order | str) -> Order:
        order_no = order if isinstance(order, str) else order.order_no
        found = await self.database.read(lambda tx: self.shop.order_for_staff(tx, order_no))
        assert found is not None
        return found

    async def state(self, order: Order) -> CustomerState:
        return customer_state(await self.order(order))

    async def events(self, order: Order) -> list[str]:
        steps = await self.database.read(lambda tx: self.shop.timeline(tx, order.order_no))
        return [step.kind.value for step in steps]

    async def available(self, sku_id: str) -> int:
        return await self.database.read(lambda tx: self.shop.available(tx)(sku_id))

    async def alarms(self) -> list[str]:
        return [alarm.kind for alarm in await self.database.read(self.shop.alarms)]

    async def work(self) -> int:
        """Run everything that is due now, and what that makes due."""
        handlers = {**self.dispatch.handlers(), **self.bookkeeper.handlers()}
        done = 0
        while jobs := await self.write(lambda tx: self.jobs.claim_due(tx, self.now, 16)):
            for job in jobs:
                if job.kind == "order_event":
                    self.told.append((str(job.payload["order_no"]), int(job.payload["seq"])))
                    await self.write(lambda tx, job=job: self.jobs.finish(tx, job))  # type: ignore[misc]
                    continue
                try:
                    await handlers[job.kind](job)
                except Exception as error:
                    text = repr(error)
                    await self.write(lambda tx, job=job, text=text: self.jobs.fail(tx, job, text, self.now))  # type: ignore[misc]
                else:
                    await self.write(lambda tx, job=job: self.jobs.finish(tx, job))  # type: ignore[misc]
                done += 1
        return done

    async def wait(self, **time: float) -> None:
        """Let time pass; whatever falls due meanwhile happens at its time."""
        until = self.now + timedelta(**time)
        await self.work()
        while True:
            due = await self.database.read(self.jobs.next_due)
            if due is None or due > until:
                break
            self.clock.advance_to(due)
            await self.work()
        self.clock.advance_to(until)
        await self.work()

    async def sweep(self) -> None:
        """One sweep now; waiting for days with the sweeps running takes one every ten minutes of them."""
        now = self.now
        await self.write(lambda tx: self.shop.room.later(tx, errands.SWEEP, now))
        await self.work()
        await self.write(lambda tx: self.shop.room.never_mind(tx, errands.SWEEP))

    async def violations(self) -> tuple[str, ...]:
        found = await self.database.read(lambda tx: invariants.violations(tx, self.policy, self.now))
        return tuple(str(violation) for violation in found)


def topup(sku: str = "topup-100", account: str = PHONE, quantity: int = 1) -> DraftLine:
    return DraftLine(product_id="topup", sku_id=sku, account=account, quantity=quantity)


def gift(quantity: int = 1, sku: str = "gift-10") -> DraftLine:
    return DraftLine(product_id="gift", sku_id=sku, quantity=quantity)


def mouse() -> DraftLine:
    return DraftLine(product_id="mouse", sku_id="mouse-1", account="杭州市文三路1号")


def coupon(code: str = "NEW5", off_fen: int = 500, uses: int = 2, each: int = 1, **more: Any) -> Coupon:
    facts: dict[str, Any] = {
        "off_per_mille": 0,
        "off_max_fen": None,
        "price_min_fen": Fen(0),
        "products": (),
        "valid_from": START,
        "valid_until": START + timedelta(days=30),
    }
    return Coupon(code, Fen(off_fen), uses_max=uses, uses_per_customer_max=each, **{**facts, **more})
