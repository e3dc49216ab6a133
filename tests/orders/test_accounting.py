"""What an accountant asks of the ledger: balances, ages, what is owed, what was earned."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from adapters.suppliers.sandbox import Manner
from orders import accounting, treasury
from orders.accounting import Period
from orders.database import Tx
from orders.errors import NotPermitted
from orders.money import Fen
from orders.reconciling import china_day
from tests.orders.test_costs import Trade
from tests.orders.test_delivering import paid
from tests.orders.world import PHONE, World, gift, mouse, topup

DAY = date(2026, 1, 5)


async def line_of(world: World, account: str, period: Period) -> tuple[int, int, int, int]:
    balance = await world.database.read(lambda tx: accounting.trial_balance(tx, period))
    assert balance.balances
    (line,) = [line for line in balance.lines if line.account == account]
    return line.opening_fen, line.debit_fen, line.credit_fen, line.closing_fen


async def test_an_account_opens_moves_and_closes_over_a_period(world: World) -> None:
    await paid(world)
    await world.wait(days=1)
    await paid(world, gift())
    await world.wait(days=1)
    await paid(world, topup("topup-50"))
    assert await line_of(world, "revenue", Period(DAY + timedelta(days=1), DAY + timedelta(days=1))) == (
        -9980, 0, 950, -10930,
    )  # fmt: skip
    assert await line_of(world, "receivable:sandbox", Period.until(DAY + timedelta(days=2))) == (
        0, 15920, 0, 15920,
    )  # fmt: skip
    assert await line_of(world, "customer_advances", Period(DAY, DAY)) == (0, 9980, 9980, 0)


async def test_a_day_ends_at_midnight_in_china(world: World) -> None:
    # The world begins at ten in the morning in China.
    await world.wait(hours=13, minutes=59, seconds=59)
    await paid(world)
    await world.wait(seconds=1)
    await paid(world)
    assert await line_of(world, "revenue", Period(DAY, DAY)) == (0, 0, 9980, -9980)
    earned = await world.database.read(lambda tx: accounting.earned(tx, Period(DAY, DAY + timedelta(days=1))))
    assert [(one.day, one.revenue_fen) for one in earned] == [(DAY, 9980), (DAY + timedelta(days=1), 9980)]


async def test_nothing_moved_is_an_empty_balance(world: World) -> None:
    balance = await world.database.read(lambda tx: accounting.trial_balance(tx, Period(DAY, DAY)))
    assert (balance.lines, balance.balances) == ((), True)


async def test_numbers_of_a_bank_that_look_alike_are_two(world: World) -> None:
    await paid(world)
    for reference in ("TR_1-a", "TRX1-a", "tr_1-a"):
        await payout(world, 1000, reference)
    assert await Trade(world).balance("bank") == 3000


async def test_a_transfer_that_two_book_at_the_same_time_is_booked_once(world: World) -> None:
    await paid(world)

    async def told_by(agent: str) -> None:
        await world.write(lambda tx: treasury.paid_out(tx, "sandbox", Fen(100), "tr-1", agent, world.now))

    ends = await asyncio.gather(*map(told_by, ("小王", "小李", "小张")), return_exceptions=True)
    assert sum(isinstance(end, NotPermitted) for end in ends) == 2
    assert await Trade(world).balance("bank") == 100


async def test_what_a_gateway_holds_grows_old_and_is_paid_out_oldest_first(world: World) -> None:
    for days in (6, 2, 1, 0):
        await paid(world, gift() if days in (6, 2) else topup("topup-50", f"1390013900{days}"))
        await world.wait(days=days)
    today = china_day(world.now)

    async def held() -> tuple[int, int, int, int, date | None]:
        (one,) = await world.database.read(lambda tx: accounting.receivables(tx, today))
        assert one.gateway == "sandbox"
        assert one.fen == one.day_fen + one.week_fen + one.older_fen
        return one.fen, one.day_fen, one.week_fen, one.older_fen, one.oldest

    assert await held() == (11880, 9980, 950, 950, DAY)
    await payout(world, 1000, "tr-1")
    assert await held() == (10880, 9980, 900, 0, DAY + timedelta(days=6))
    await payout(world, 10880, "tr-2")
    assert await held() == (0, 0, 0, 0, None)
    assert await world.violations() == ()


async def payout(world: World, fen: int, reference: str) -> None:
    def write(tx: Tx) -> None:
        treasury.paid_out(tx, "sandbox", Fen(fen), reference, "小王", world.now)

    await world.write(write)


async def test_a_payout_is_booked_once_and_says_who_told_it(world: World) -> None:
    await paid(world)
    await payout(world, 5000, "tr-1")
    with pytest.raises(NotPermitted, match="booked already"):
        await payout(world, 5000, "tr-1")
    period = Period.until(china_day(world.now))
    entries = await world.database.read(lambda tx: list(accounting.entries(tx, period)))
    assert [(one.account, one.amount_fen) for one in entries if one.ref == "payout:sandbox:tr-1:小王"] == [
        ("bank", 5000),
        ("receivable:sandbox", -5000),
    ]
    assert await world.violations() == ()


@pytest.mark.parametrize(
    ("gateway", "fen", "reference", "agent", "told"),
    [
        ("nobody", 1, "tr-1", "小王", "holds nothing of ours"),
        ("sandbox", 0, "tr-1", "小王", "nothing moved"),
        ("sandbox", 1, "", "小王", "reference"),
        ("sandbox", 1, "a:b", "小王", "reference"),
        ("sandbox", 1, "tr-1", "", "who books it"),
        ("sandbox", 1, "tr-1", "x" * 80, "who books it"),
    ],
)
async def test_what_cannot_be_booked_is_refused(
    world: World, gateway: str, fen: int, reference: str, agent: str, told: str
) -> None:
    await paid(world)
    with pytest.raises(NotPermitted, match=told):
        await world.write(lambda tx: treasury.paid_out(tx, gateway, Fen(fen), reference, agent, world.now))


async def test_a_prepayment_is_used_up_by_deliveries(world: World) -> None:
    trade = Trade(world)
    await world.write(lambda tx: treasury.prepaid(tx, "sandbox", Fen(100000), "tr-9", "小王", world.now))
    await paid(world)
    assert await trade.balance("supplier_prepayment:sandbox") == 91000
    with pytest.raises(NotPermitted, match="no supplier's name"):
        await world.write(lambda tx: treasury.prepaid(tx, "a b", Fen(1), "tr-9", "小王", world.now))
    assert await world.violations() == ()


async def test_what_we_owe_customers_is_told_by_customer(world: World) -> None:
    await paid(world, mouse())
    world.bank.refuse_refunds = True
    world.supplier.told[PHONE] = Manner.FAIL
    order = await world.place(customer="c2")
    await world.pay(order)
    await world.work()
    owed = await world.database.read(lambda tx: accounting.owed(tx, 10))
    assert [(one.customer_id, one.advances_fen, one.refunds_fen, one.total_fen) for one in owed] == [
        ("c2", 0, 9980, 9980),
        ("c1", 7000, 0, 7000),
    ]
    assert len(await world.database.read(lambda tx: accounting.owed(tx, 1))) == 1


async def test_revenue_cost_and_margin_are_told_by_day_and_product(world: World) -> None:
    Trade(world)
    await paid(world, topup(), gift(2))
    await world.wait(days=1)
    await paid(world, topup())
    period = Period(DAY, DAY + timedelta(days=1))
    earned = await world.database.read(lambda tx: accounting.earned(tx, period))
    assert [(one.day, one.product, one.revenue_fen, one.cost_fen, one.margin_fen) for one in earned] == [
        (DAY, "礼品卡", 1900, 0, 1900),
        (DAY, "话费", 9980, 9000, 980),
        (DAY + timedelta(days=1), "话费", 9980, 9000, 980),
    ]
    balances = await world.database.read(world.shop.balances)
    assert sum(one.revenue_fen for one in earned) == -balances["revenue"]
    assert sum(one.cost_fen for one in earned) == balances["cost_of_goods"]


async def test_revenue_that_is_given_back_is_taken_from_its_product(world: World) -> None:
    order = await paid(world, gift())
    await world.write(lambda tx: world.shop.request_refund(tx, order.order_no, "c1", world.now))
    await world.work()
    (earned,) = await world.database.read(lambda tx: accounting.earned(tx, Period(DAY, DAY)))
    assert (earned.product_id, earned.revenue_fen) == ("gift", 0)


async def test_refunds_are_told_by_reason_and_by_what_became_of_them(world: World) -> None:
    world.supplier.told[PHONE] = Manner.FAIL
    await paid(world)
    world.bank.refuse_refunds = True
    await paid(world)
    (refunded,) = await world.database.read(lambda tx: accounting.refunded(tx, Period(DAY, DAY)))
    assert (refunded.reason, refunded.count, refunded.fen) == ("delivery_failed", 2, 19960)
    assert (refunded.arrived_fen, refunded.refused_fen, refunded.under_way_fen) == (9980, 9980, 0)


async def test_all_entries_are_read_in_order_however_many_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await paid(world, gift())
    monkeypatch.setattr(accounting, "ENTRIES_AT_ONCE", 5)
    entries = await world.database.read(lambda tx: list(accounting.entries(tx, Period(DAY, DAY))))
    assert [one.entry_no for one in entries] == sorted({one.entry_no for one in entries})
    assert (len(entries), sum(one.amount_fen for one in entries)) == (12, 0)
