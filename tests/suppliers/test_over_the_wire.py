"""The same over a real socket: what the transport of the other tests cannot show."""

from __future__ import annotations

from pathlib import Path

import httpx

from adapters.suppliers.topup_account import topup_seller
from orders.clock import VirtualClock
from orders.ports import Outcome
from orders.sourcing import Seller
from tests.adapters.loopback import served
from tests.orders.world import START
from tests.suppliers.hostile import HostileSupplier, Manner
from tests.suppliers.test_topup_http import ASK

FOLDER = Path(__file__).parents[2] / "data" / "suppliers"


def seller(address: str, client: httpx.AsyncClient) -> Seller:
    account = {"user": "10001", "key": "4fQz81LmWx0", "url": f"{address}/yrapi.php/"}
    return topup_seller(
        FOLDER, "dayuanren", lambda name, wanted: account, "https://shop.test", client, VirtualClock(START)
    )


async def test_a_described_supplier_is_spoken_to_over_http() -> None:
    hostile = HostileSupplier()
    async with served(hostile.app) as address, httpx.AsyncClient(trust_env=False) as client:
        supplier = seller(address, client).supplier
        assert await supplier.balance_fen() == 500_000
        prices = await supplier.prices() or ()
        assert {price.supplier_code: price.cost_fen for price in prices} == {"67": 4925, "68": 9850}
        assert (await supplier.submit(ASK)).outcome is Outcome.ACCEPTED
        hostile.settle()
        assert (await supplier.query(ASK)).outcome is Outcome.DONE
    assert hostile.unsigned == 0
    assert hostile.delivered == {ASK.account: 100}


async def test_an_answer_that_does_not_come_is_a_time_out_and_the_request_was_carried_out() -> None:
    hostile = HostileSupplier(manners={ASK.account or "": Manner.SLOW})
    hostile_is_slow = httpx.Timeout(5, read=0.2)
    async with served(hostile.app) as address, httpx.AsyncClient(timeout=hostile_is_slow) as client:
        supplier = seller(address, client).supplier
        said = await supplier.submit(ASK)
        assert (said.outcome, said.reason) == (Outcome.UNKNOWN, "timeout")
        hostile.let_go()
        hostile.settle()
        assert (await supplier.query(ASK)).outcome is Outcome.DONE
    assert len(hostile.submissions) == 1


async def test_nobody_at_the_address_is_unknown() -> None:
    async with served(HostileSupplier().app) as address:
        pass
    async with httpx.AsyncClient(trust_env=False) as client:
        said = await seller(address, client).supplier.submit(ASK)
    assert (said.outcome, said.reason) == (Outcome.UNKNOWN, "network_ConnectError")
