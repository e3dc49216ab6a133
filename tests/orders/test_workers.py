"""Several processes on one database share the work, and nobody does anything twice."""

from __future__ import annotations

import asyncio
from collections import Counter

from orders.catalog import Delivery
from orders.database import Database
from orders.order import CustomerState
from orders.ports import DeliveryAsk, Outcome, SupplierAnswer
from tests.orders.world import World, catalog_of, gift, topup

ORDERS = 12


class Forgetful:
    """A supplier that delivers whatever it is asked, again if it is asked again."""

    name = "sandbox"

    def __init__(self) -> None:
        self.delivered: Counter[str] = Counter()

    async def submit(self, ask: DeliveryAsk) -> SupplierAnswer:
        self.delivered[f"{ask.order_no}-{ask.line_no}"] += 1
        await asyncio.sleep(0)
        return SupplierAnswer(Outcome.DONE)

    async def query(self, ask: DeliveryAsk) -> SupplierAnswer:
        return SupplierAnswer(Outcome.UNKNOWN)


async def test_two_processes_share_the_work(database: Database, database_url: str) -> None:
    first = World(database)
    await first.open_shop(catalog_of(GOODS))
    other_database = Database.open(database_url)
    second = World(other_database, clock=first.clock)
    supplier = Forgetful()
    for world in (first, second):
        world.dispatch._suppliers = {**world.dispatch._suppliers, Delivery.TOPUP: supplier}
        world.dispatch._by_name = {"sandbox": supplier}
    try:
        orders = [await first.place(topup(), gift(), customer=f"c{number}") for number in range(ORDERS)]
        paying = [(first, second)[number % 2].pay(order) for number, order in enumerate(orders)]
        await asyncio.gather(*paying)
        await asyncio.gather(first.work(), second.work())
        await first.work()
        for order in orders:
            assert await first.state(order) is CustomerState.DELIVERED
        assert set(supplier.delivered.values()) == {1}
        assert len(supplier.delivered) == ORDERS
        # The news of one order were taken in their order, whoever took them.
        for told in (first.told, second.told):
            for order in orders:
                seqs = [seq for order_no, seq in told if order_no == order.order_no]
                assert seqs == sorted(seqs)
        assert sorted(first.told + second.told) == sorted(set(first.told + second.told))
        assert await first.violations() == ()
    finally:
        await other_database.close()


GOODS = """\
sku,product,name,category,aliases,variant,face_value,unit,list_price,price,account,regions,stock,sales,eta_minutes,supplier,supplier_rating,delivery,refund
topup-100,topup,话费,通信,,100元,100,元,100.00,99.80,phone,,99,20,3,甲,4.9,topup,failed_only
gift-10,gift,礼品卡,卡券,,10元,10,元,10.00,9.50,none,,99,7,1,乙,4.5,card,unused
"""
