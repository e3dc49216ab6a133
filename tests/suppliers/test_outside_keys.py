"""Card keys that an outside supplier delivers: bound to the line that paid for them, and to no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from orders.database import Database
from orders.dispatch import Dispatch
from orders.money import Fen
from orders.order import CustomerState, Order
from orders.ports import (
    BillAnswer,
    DeliveryAsk,
    NoticeRefused,
    Outcome,
    RawNotice,
    SupplierAnswer,
    SupplierPrice,
)
from orders.sourcing import Seller
from tests.orders.world import GOODS, World, catalog_of, gift


@dataclass
class KeySeller:
    """Says what the test has it say."""

    name: str
    said: SupplierAnswer
    acknowledgement: str = "success"
    asks: list[DeliveryAsk] = field(default_factory=list)

    async def submit(self, ask: DeliveryAsk) -> SupplierAnswer:
        self.asks.append(ask)
        return self.said

    async def query(self, ask: DeliveryAsk) -> SupplierAnswer:
        return self.said

    def read_callback(self, raw: RawNotice) -> tuple[str, SupplierAnswer]:
        raise NoticeRefused("unsigned")

    async def balance_fen(self) -> Fen | None:
        return None

    async def prices(self) -> tuple[SupplierPrice, ...] | None:
        dearer = 0 if self.name == "first" else 5
        return tuple(SupplierPrice(f"g{size}", Fen(size * 90 + dearer), True) for size in (10, 20))

    async def bill(self, day: date) -> BillAnswer:
        return BillAnswer(None, "no_bills")


@dataclass
class KeyWorld(World):
    first: KeySeller = field(default_factory=lambda: KeySeller("first", SupplierAnswer(Outcome.UNKNOWN)))
    second: KeySeller = field(default_factory=lambda: KeySeller("second", SupplierAnswer(Outcome.UNKNOWN)))
    demo_keys: bool = False

    async def open(self) -> None:
        await self.open_shop()
        goods = {"gift-10": "g10", "gift-20": "g20"}
        sellers = tuple(Seller(one, goods) for one in (self.first, self.second))
        known = {self.gateway.name: self.gateway}
        self.dispatch = Dispatch(self.database, self.shop, self.suppliers, known, self.clock, sellers)
        await self.write(lambda tx: self.shop.open_suppliers(tx, sellers, self.now))
        await self.work()
        # How many may be bought stands in the catalog, once it is known that they are bought.
        await self.open_shop(catalog_of(GOODS.replace("19.00,none,,0", "19.00,none,,3")))

    async def bought(self, quantity: int = 1, sku: str = "gift-10") -> Order:
        order = await self.place(gift(quantity, sku))
        await self.pay(order)
        await self.work()
        return order

    async def keys(self, order: Order) -> tuple[str, ...]:
        return await self.write(lambda tx: self.shop.card_keys(tx, order.order_no, "c1", self.now))


@pytest.fixture
async def world(database: Database) -> KeyWorld:
    world = KeyWorld(database)
    await world.open()
    return world


def delivered(*keys: str, outcome: Outcome = Outcome.DONE) -> SupplierAnswer:
    return SupplierAnswer(outcome, "ref", keys=keys)


async def test_keys_of_a_supplier_reach_the_customer_who_paid(world: KeyWorld) -> None:
    world.first.said = delivered("AAAA-1", "AAAA-2")
    order = await world.bought(2)
    assert await world.state(order) is CustomerState.DELIVERED
    assert await world.keys(order) == ("AAAA-1", "AAAA-2")
    assert world.first.asks[0].supplier_code == "g10"
    assert await world.violations() == ()


async def test_keys_of_our_own_are_sold_before_any_are_bought(world: KeyWorld) -> None:
    await world.write(lambda tx: world.shop.add_card_keys(tx, "gift-10", ["OURS-1"], world.now))
    order = await world.bought()
    assert await world.keys(order) == ("OURS-1",)
    assert world.first.asks == []
    assert await world.violations() == ()


async def test_a_part_of_the_keys_delivers_that_part_and_gives_back_the_rest(world: KeyWorld) -> None:
    world.first.said = delivered("AAAA-1", outcome=Outcome.PARTIAL)
    order = await world.bought(2)
    assert await world.state(order) is CustomerState.PARTLY_DELIVERED
    assert await world.keys(order) == ("AAAA-1",)
    assert world.bank.refunded_fen == 950
    assert await world.violations() == ()


@pytest.mark.parametrize("keys", [(), ("AAAA-1",)])
async def test_delivered_without_all_of_the_keys_is_for_a_person_and_is_not_bought_again(
    world: KeyWorld, keys: tuple[str, ...]
) -> None:
    world.first.said = delivered(*keys)
    order = await world.bought(2)
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert "keys_missing" in await world.alarms()
    assert world.second.asks == []
    world.first.said = delivered("AAAA-1", "AAAA-2")
    await world.wait(minutes=5)
    assert await world.state(order) is CustomerState.DELIVERED, "the keys came when it was asked again"
    assert await world.violations() == ()


async def test_a_key_that_was_sold_before_is_not_sold_again(world: KeyWorld) -> None:
    world.first.said = delivered("AAAA-1")
    first = await world.bought()
    world.second.said = delivered("BBBB-1")
    second = await world.bought()
    assert await world.keys(first) == ("AAAA-1",)
    assert await world.keys(second) == ("BBBB-1",)
    assert "keys_missing" in await world.alarms()
    assert await world.violations() == ()


async def test_a_key_that_was_sold_as_other_goods_is_not_sold_again(world: KeyWorld) -> None:
    world.first.said = world.second.said = delivered("AAAA-1")
    first = await world.bought()
    second = await world.bought(sku="gift-20")
    assert await world.keys(first) == ("AAAA-1",)
    assert await world.keys(second) == ()
    assert await world.state(second) is CustomerState.REFUNDED
    assert "keys_missing" in await world.alarms()
    assert await world.violations() == ()


async def test_a_secret_key_is_not_printed_with_an_answer() -> None:
    assert "AAAA-1" not in repr(delivered("AAAA-1"))
