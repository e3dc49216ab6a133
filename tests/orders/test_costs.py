"""What goods cost us is booked when they are delivered, and held against the supplier's bill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from adapters.suppliers.sandbox import Manner, SandboxSupplier
from orders.bookkeeper import Bookkeeper
from orders.catalog import Delivery
from orders.database import Database
from orders.money import Fen
from orders.order import CustomerState
from orders.ports import BillAnswer, BillKind, BillRow, DeliveryAsk, Outcome, RawNotice, SupplierAnswer
from orders.reconciling import Action, Difference, Party, Side, What, china_day
from tests.orders.test_delivering import paid
from tests.orders.test_stockroom import numbered, take_in
from tests.orders.world import PHONE, World, gift, topup

SHOP = Party(Side.SUPPLIER, "sandbox")


class Charging(SandboxSupplier):
    """A supplier that charges 90 yuan for whatever it delivers, and says so or does not."""

    acknowledgement = "ok"
    says_so = True
    bill_change: Callable[[tuple[BillRow, ...]], tuple[BillRow, ...]] = staticmethod(lambda rows: rows)

    async def submit(self, ask: DeliveryAsk) -> SupplierAnswer:
        return self._charged(await super().submit(ask))

    async def query(self, ask: DeliveryAsk) -> SupplierAnswer:
        return self._charged(await super().query(ask))

    def _charged(self, said: SupplierAnswer) -> SupplierAnswer:
        tells = self.says_so and said.outcome in (Outcome.DONE, Outcome.PARTIAL)
        return replace(said, cost_fen=Fen(9000)) if tells else said

    def read_callback(self, raw: RawNotice) -> tuple[str, SupplierAnswer]:
        raise NotImplementedError

    async def balance_fen(self) -> Fen | None:
        return None

    async def prices(self) -> None:
        return None

    async def bill(self, day: date) -> BillAnswer:
        rows = tuple(
            BillRow(
                BillKind.DELIVERY, f"sb-{number}", number, Fen(9000), Fen(0), "succeeded", self._clock.now()
            )
            for number in self.delivered
        )
        return BillAnswer(self.bill_change(rows))


@dataclass
class Trade:
    """A shop that buys its top-ups."""

    world: World
    supplier: Charging = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        self.supplier = Charging(world.clock)
        world.supplier = self.supplier
        world.suppliers[Delivery.TOPUP] = self.supplier
        world.connect(world.gateway)
        sides = {"sandbox": self.supplier}
        world.bookkeeper = Bookkeeper(world.database, world.shop, {}, sides, world.clock)  # type: ignore[arg-type]

    async def balance(self, account: str) -> int:
        return (await self.world.database.read(self.world.shop.balances)).get(account, 0)

    async def reconcile(self) -> list[Difference]:
        assert await self.world.bookkeeper.reconcile(SHOP, china_day(self.world.now)) is None
        assert await self.world.violations() == ()
        return list(await self.world.database.read(self.world.shop.reckoning.open))

    async def resolve(self, difference: Difference, note: str = "") -> tuple[bool, str]:
        resolution = await self.world.bookkeeper.resolve(difference.difference_no, "小王", note)
        await self.world.work()
        assert await self.world.violations() == ()
        return resolution.is_resolved, resolution.what


@pytest.fixture
def trade(world: World) -> Trade:
    return Trade(world)


async def test_a_delivery_is_paid_out_of_what_was_prepaid(trade: Trade) -> None:
    await paid(trade.world)
    assert await trade.balance("cost_of_goods") == 9000
    assert await trade.balance("supplier_prepayment:sandbox") == -9000
    assert await trade.reconcile() == []


async def test_a_failed_delivery_costs_nothing(trade: Trade) -> None:
    trade.supplier.told[PHONE] = Manner.FAIL
    await paid(trade.world)
    assert await trade.balance("cost_of_goods") == 0
    assert await trade.reconcile() == []


async def test_a_cost_that_was_not_told_is_learned_from_the_bill(trade: Trade) -> None:
    trade.supplier.says_so = False
    await paid(trade.world)
    assert await trade.balance("cost_of_goods") == 0
    for _ in range(2):
        assert await trade.reconcile() == []
    assert await trade.balance("cost_of_goods") == 9000


async def test_a_learned_cost_above_the_price_waits_for_somebody(trade: Trade) -> None:
    trade.supplier.says_so = False
    await paid(trade.world)
    trade.supplier.bill_change = lambda rows: tuple(replace(row, amount_fen=Fen(50000)) for row in rows)
    (amount,) = await trade.reconcile()
    assert (amount.found.what, amount.action, amount.found.ours_fen) == (What.AMOUNT, Action.BOOK_COST, None)
    assert await trade.resolve(amount) == (True, "cost_booked")
    assert await trade.balance("cost_of_goods") == 50000
    assert await trade.reconcile() == []


async def test_a_charge_of_another_amount_than_was_told_is_for_a_person(trade: Trade) -> None:
    await paid(trade.world)
    trade.supplier.bill_change = lambda rows: tuple(replace(row, amount_fen=Fen(9100)) for row in rows)
    (amount,) = await trade.reconcile()
    assert (amount.action, amount.found.ours_fen, amount.found.theirs_fen) == (Action.SEE_TO_IT, 9000, 9100)
    assert await trade.resolve(amount, "供应商退差价") == (True, "供应商退差价")


async def test_a_charge_for_nothing_of_ours_is_for_a_person(trade: Trade) -> None:
    await paid(trade.world)
    trade.supplier.bill_change = lambda rows: (*rows, replace(rows[0], our_no="x", ref="y"))
    (long,) = await trade.reconcile()
    assert (long.found.what, long.action) == (What.LONG, Action.SEE_TO_IT)
    assert await trade.resolve(long, "已申诉") == (True, "已申诉")
    assert await trade.reconcile() == []


async def test_a_delivery_that_is_not_charged_is_asked_about(trade: Trade) -> None:
    await paid(trade.world)
    trade.supplier.bill_change = lambda rows: ()
    (short,) = await trade.reconcile()
    assert (short.found.what, short.action) == (What.SHORT, Action.QUERY)
    assert await trade.resolve(short) == (True, "confirmed")


async def test_a_delivery_that_the_supplier_denies_freezes_the_order(trade: Trade) -> None:
    order = await paid(trade.world)
    trade.supplier.bill_change = lambda rows: ()
    (short,) = await trade.reconcile()
    trade.supplier._requests.clear()
    assert await trade.resolve(short) == (False, "denied")
    assert await trade.world.state(order) is CustomerState.IN_REVIEW
    (denied,) = await trade.reconcile()
    await trade.resolve(denied, "客户已收到")
    assert await trade.world.state(order) is CustomerState.DELIVERED


async def test_a_delivery_that_is_only_known_from_the_bill_is_asked_about_and_taken(trade: Trade) -> None:
    trade.supplier.told[PHONE] = Manner.MUTE
    order = await paid(trade.world)
    (state,) = await trade.reconcile()
    assert (state.found.what, state.found.detail) == (What.STATE, "open here, succeeded there")
    assert await trade.resolve(state) == (False, "no_answer")
    trade.supplier._requests[state.found.our_no].manner = Manner.DELIVER
    assert await trade.resolve(state) == (True, "taken: done")
    assert await trade.world.state(order) is CustomerState.DELIVERED
    assert await trade.reconcile() == []


async def test_a_charge_for_a_delivery_that_failed_is_claimed_back_by_a_person(trade: Trade) -> None:
    trade.supplier.told[PHONE] = Manner.FAIL
    order = await paid(trade.world)
    number = f"{order.order_no}-1-1"
    row = BillRow(BillKind.DELIVERY, "sb-1", number, Fen(9000), Fen(0), "succeeded", trade.world.now)
    trade.supplier.bill_change = lambda rows: (row,)
    (state,) = await trade.reconcile()
    assert state.found.what is What.STATE
    assert await trade.resolve(state) == (False, "denied")
    assert await trade.world.state(order) is CustomerState.REFUNDED
    (denied,) = await trade.reconcile()
    assert await trade.resolve(denied, "已退回余额") == (True, "已退回余额")


async def test_keys_cost_what_their_batch_had_cost(database: Database) -> None:
    world = World(database, demo_keys=False)
    await world.open_shop()
    await take_in(world, *numbered(3))
    await paid(world, gift(2), topup())
    balances = await world.database.read(world.shop.balances)
    assert (balances["cost_of_goods"], balances["card_stock"], balances["bank"]) == (1800, 900, -2700)
    assert await world.violations() == ()


async def test_a_replacement_costs_a_key_more_and_an_expired_key_is_a_loss(database: Database) -> None:
    world = World(database, demo_keys=False)
    await world.open_shop()
    await take_in(world, *numbered(2))
    await take_in(world, *numbered(2, "OLD"), name="old.txt", expires=china_day(world.now).replace(day=20))
    order = await paid(world, gift())
    (key,) = await world.database.read(lambda tx: world.shop.aftersales.keys_of(tx, order.order_no))
    await world.write(
        lambda tx: world.shop.aftersales.replace_key(
            tx, order.order_no, key.key_no, "小王", "dead", world.now
        )
    )
    balances = await world.database.read(world.shop.balances)
    assert (balances["cost_of_goods"], balances["card_stock"]) == (1800, 1800)
    await take_in(world, *numbered(1, "LATE"), name="late.txt", expires=china_day(world.now).replace(day=20))
    world.clock.advance(timedelta(days=20))
    await world.sweep()
    balances = await world.database.read(world.shop.balances)
    assert (balances["stock_losses"], balances["card_stock"]) == (900, 1800)
    assert await world.violations() == ()
