"""A process that dies between two transactions loses nothing and repeats nothing.

The process is cut off right before, or right after, its nth commit. Another one opens the same
database, time passes, and the order must end as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from adapters.suppliers.sandbox import Manner
from orders.database import Database, Tx
from orders.order import CustomerState, customer_state
from tests.orders.world import PHONE, World, gift, topup

T = TypeVar("T")


class Died(BaseException):
    """Not an Exception: nothing in the shop may catch a power cut."""


class Mortal:
    """A database whose process dies at the nth write: before it commits, or right after."""

    def __init__(self, database: Database, dies_at: int, after_commit: bool) -> None:
        self._database = database
        self._left = dies_at
        self._after_commit = after_commit

    async def read(self, fn: Callable[[Tx], T]) -> T:
        return await self._database.read(fn)

    async def write(self, fn: Callable[[Tx], T]) -> T:
        self._left -= 1
        if self._left != 0:
            return await self._database.write(fn)
        if self._after_commit:
            await self._database.write(fn)
            raise Died

        def cut_off(tx: Tx) -> T:
            fn(tx)
            raise Died

        return await self._database.write(cut_off)


WRITES_MAX = 40


@pytest.mark.parametrize("after_commit", [False, True], ids=["before commit", "after commit"])
@pytest.mark.parametrize("manner", [Manner.DELIVER, Manner.SILENT, Manner.FAIL])
async def test_wherever_it_dies_the_order_comes_to_its_end(
    database: Database, manner: Manner, after_commit: bool
) -> None:
    survivor = World(database)
    await survivor.open_shop()
    ends: set[CustomerState] = set()
    deaths = 0
    for dies_at in range(1, WRITES_MAX):
        order = await survivor.place(topup(), gift(), customer=f"c{dies_at}")
        await survivor.open_shop()
        victim = World(Mortal(database, dies_at, after_commit), clock=survivor.clock)  # type: ignore[arg-type]
        # The bank and the supplier are other houses: they do not die along.
        victim.bank._closed, victim.bank.paid = survivor.bank._closed, survivor.bank.paid
        victim.bank._refunds = survivor.bank._refunds
        for world in (victim, survivor):
            world.supplier.told[PHONE] = manner
            world.supplier._requests = survivor.supplier._requests
        try:
            payment = await survivor.write(lambda tx, o=order: survivor.shop.payment_of(tx, o.order_no))  # type: ignore[misc]
            assert payment is not None
            await victim.bank.pay(payment.ask, "wechat")
            await victim.work()
            finished = True
        except Died:
            finished = False
            deaths += 1
        await survivor.wait(minutes=20)
        after = await survivor.order(order)
        ends.add(customer_state(after))
        assert await survivor.violations() == ()
        events = await survivor.events(order)
        assert len([event for event in events if event == "paid"]) == 1
        assert events.count("delivered") + events.count("failed") == 2
        delivered = [number for number in survivor.supplier.delivered if number.startswith(order.order_no)]
        assert len(delivered) == (0 if manner is Manner.FAIL else 1)
        if finished:
            break
    assert deaths >= 6
    expected = CustomerState.PARTLY_DELIVERED if manner is Manner.FAIL else CustomerState.DELIVERED
    assert ends == {expected}
