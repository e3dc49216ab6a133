"""Our books beside other people's bills: what differs is found, and resolved by its one action."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from adapters.payments.sandbox import NAME, SandboxGateway
from adapters.suppliers.sandbox import Manner
from orders import refunding
from orders.bookkeeper import Bookkeeper
from orders.database import Tx
from orders.differences import Resolution
from orders.errors import NotPermitted
from orders.money import Fen
from orders.order import CustomerState, Order
from orders.ports import BillAnswer, BillKind, BillRow, PaymentAnswer, PaymentStatus, RefundAsk
from orders.reconciling import Action, Difference, Party, Side, What, china_day
from orders.store import bills, money
from tests.orders.test_delivering import paid
from tests.orders.world import MERCHANT, PHONE, SECRET, World, gift, topup

BANK = Party(Side.GATEWAY, NAME)

Change = Callable[[tuple[BillRow, ...]], tuple[BillRow, ...]]


class Crooked(SandboxGateway):
    """The sandbox's gateway, whose bills are as they are told to be."""

    bill_change: Change = staticmethod(lambda rows: rows)
    answers: Sequence[BillAnswer] = ()
    """Said first, one after the other, before there is a bill."""
    missing: Collection[date] = ()
    """There is no bill of these days."""

    async def bill(self, day: date) -> BillAnswer:
        if day in self.missing:
            return BillAnswer(None, "not_made")
        if self.answers:
            first, *self.answers = self.answers
            return first
        honest: list[BillRow] = []
        for near in (-1, 0, 1):
            # What is told to have moved at another time may stand on another day's bill.
            honest += (await super().bill(day + timedelta(days=near))).rows or ()
        return BillAnswer(tuple(row for row in self.bill_change(tuple(honest)) if china_day(row.at) == day))


@dataclass
class Office:
    """A shop, a gateway that may lie on its bills, and somebody who keeps the books."""

    world: World
    gateway: Crooked = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        age = world.policy.payment.notice_age_max_seconds
        self.gateway = Crooked(SECRET, MERCHANT, world.bank, age)
        world.bookkeeper = Bookkeeper(world.database, world.shop, {NAME: self.gateway}, {}, world.clock)

    async def reconcile(self, day: date | None = None) -> list[Difference]:
        """Compare the bill of the day, today's where none is named; what is open then."""
        problem = await self.world.bookkeeper.reconcile(BANK, day or china_day(self.world.now))
        assert problem is None, problem
        assert await self.world.violations() == ()
        return await self.open()

    async def open(self) -> list[Difference]:
        return list(await self.world.database.read(self.world.shop.reckoning.open))

    async def resolve(self, difference: Difference, note: str = "") -> Resolution:
        resolution = await self.world.bookkeeper.resolve(difference.difference_no, "小王", note)
        await self.world.work()
        assert await self.world.violations() == ()
        return resolution

    async def agreed(self, day: date | None = None) -> tuple[int, int]:
        """Rows of the bill, and how many of them agree with our books."""
        bill = await self.world.database.read(
            lambda tx: bills.bill(tx, BANK, day or china_day(self.world.now))
        )
        assert bill is not None
        return bill.rows, bill.agreed

    async def balance(self, account: str) -> int:
        return (await self.world.database.read(self.world.shop.balances)).get(account, 0)


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def kinds(differences: Sequence[Difference]) -> list[tuple[BillKind, What, Action]]:
    return [(one.found.kind, one.found.what, one.action) for one in differences]


def row_for(order: Order, ref: str, amount_fen: int, at: datetime, fee_fen: int = 0) -> BillRow:
    number = f"{order.order_no}-1"
    return BillRow(BillKind.PAYMENT, ref, number, Fen(amount_fen), Fen(fee_fen), "succeeded", at)


def without(order: Order) -> Change:
    return lambda rows: tuple(row for row in rows if not row.our_no.startswith(order.order_no))


def changed(order: Order, **facts: object) -> Change:
    """The rows of one order, told differently."""
    return lambda rows: tuple(
        replace(row, **facts) if row.our_no.startswith(order.order_no) else row  # type: ignore[arg-type]
        for row in rows
    )


async def test_an_honest_bill_agrees_and_changes_nothing(office: Office) -> None:
    world = office.world
    await paid(world, topup(), gift())
    world.supplier.told[PHONE] = Manner.FAIL
    await paid(world)
    before = await world.database.read(world.shop.balances)
    for _ in range(2):
        assert await office.reconcile() == []
    assert await office.agreed() == (3, 3)
    assert await world.database.read(world.shop.balances) == before
    assert await world.alarms() == []


async def test_a_payment_that_we_never_heard_of_is_settled_by_the_bill(office: Office) -> None:
    world = office.world
    world.bank.drop_notices = True
    order = await world.place()
    await world.pay(order)
    (long,) = await office.reconcile()
    assert kinds([long]) == [(BillKind.PAYMENT, What.LONG, Action.SETTLE)]
    assert (long.found.ours_fen, long.found.theirs_fen) == (9980, 9980)
    resolution = await office.resolve(long)
    assert (resolution.is_resolved, resolution.what) == (True, "settled: paid")
    assert await world.state(order) is CustomerState.DELIVERED
    assert await office.reconcile() == []
    assert await office.agreed() == (1, 1)


async def test_a_payment_that_the_bill_shows_after_the_order_was_cancelled_goes_back(office: Office) -> None:
    world = office.world
    world.bank.drop_notices = True
    order = await world.place()
    await world.pay(order)
    await world.write(lambda tx: world.shop.cancel(tx, order.order_no, "c1", world.now))
    (long,) = await office.reconcile()
    assert (await office.resolve(long)).what == "settled: in_vain"
    assert await world.state(order) is CustomerState.REFUNDED
    assert world.bank.refunded_fen == 9980
    assert await office.reconcile() == []


async def test_a_second_payment_that_only_the_bill_shows_goes_back(office: Office) -> None:
    world = office.world
    order = await paid(world)
    world.bank.drop_notices = True
    await world.pay(order, again=True)
    (long,) = await office.reconcile()
    assert kinds([long]) == [(BillKind.PAYMENT, What.LONG, Action.SETTLE)]
    assert (await office.resolve(long)).what == "settled: surplus"
    assert await world.state(order) is CustomerState.DELIVERED
    assert world.bank.refunded_fen == 9980
    assert await office.reconcile() == []
    assert await office.agreed() == (3, 3)


async def test_money_that_nobody_of_ours_paid_is_booked_apart(office: Office) -> None:
    world = office.world
    order = await paid(world)
    stranger = replace(row_for(order, "psp-x", 5000, world.now, 30), our_no="somebody-else")
    office.gateway.bill_change = lambda rows: (*rows, stranger)
    (long,) = await office.reconcile()
    assert kinds([long]) == [(BillKind.PAYMENT, What.LONG, Action.BOOK_UNCLAIMED)]
    assert (await office.resolve(long)).what == "unclaimed"
    assert await office.balance("unclaimed") == -5000
    assert await office.balance("gateway_fees") == 30
    assert await office.balance("receivable:sandbox") == 9980 + 5000 - 30
    assert "money_unclaimed" in await world.alarms()
    assert await office.reconcile() == []
    with pytest.raises(NotPermitted, match="resolved by 小王"):
        await office.resolve(long)


async def test_what_was_booked_apart_follows_a_corrected_bill(office: Office) -> None:
    world = office.world
    order = await paid(world)
    stranger = replace(row_for(order, "psp-x", 5000, world.now, 30), our_no="somebody-else")
    office.gateway.bill_change = lambda rows: (*rows, stranger)
    await office.resolve((await office.reconcile())[0])
    office.gateway.bill_change = lambda rows: (*rows, replace(stranger, amount_fen=Fen(6000)))
    (again,) = await office.reconcile()
    assert again.openings == 2
    await office.resolve(again)
    assert await office.balance("unclaimed") == -6000
    assert await office.balance("gateway_fees") == 30
    resolved = await world.database.read(lambda tx: world.shop.reckoning.difference(tx, again.difference_no))
    assert resolved is not None
    assert resolved.resolution == "unclaimed by 小王; unclaimed"


async def test_what_was_booked_apart_is_booked_back_when_the_bill_takes_it_back(office: Office) -> None:
    world = office.world
    order = await paid(world)
    stranger = replace(row_for(order, "psp-x", 5000, world.now, 30), our_no="somebody-else")
    office.gateway.bill_change = lambda rows: (*rows, stranger)
    await office.resolve((await office.reconcile())[0])
    office.gateway.bill_change = Crooked.bill_change
    for _ in range(2):
        (again,) = await office.reconcile()
    assert (again.openings, again.found.theirs_fen, again.action) == (2, 0, Action.BOOK_UNCLAIMED)
    await office.resolve(again)
    assert await office.balance("unclaimed") == 0
    assert await office.balance("gateway_fees") == 0
    assert await office.balance("receivable:sandbox") == 9980
    assert await office.reconcile() == []


async def test_money_of_another_amount_than_was_asked_is_booked_apart(office: Office) -> None:
    world = office.world
    order = await world.place()
    await world.pay(order, amount_fen=Fen(9000))
    assert await world.alarms() == ["payment_held"]
    (long,) = await office.reconcile()
    assert (long.action, long.found.ours_fen, long.found.theirs_fen) == (Action.SETTLE, 9980, 9000)
    assert (await office.resolve(long)).what == "unclaimed: wrong_amount"
    assert await office.balance("unclaimed") == -9000
    assert await world.state(order) is CustomerState.AWAITING_PAYMENT


async def test_a_refund_that_we_did_not_hear_the_end_of_is_taken_from_the_bill(office: Office) -> None:
    world = office.world
    order = await world.place(gift())
    await world.pay(order)
    await world.work()
    await world.write(lambda tx: world.shop.request_refund(tx, order.order_no, "c1", world.now))
    # The gateway carries it out; its answer is lost, and so is the job that would ask.
    name, ask = await world.write(lambda tx: _begun(world, tx, f"{order.order_no}R1"))
    assert name == NAME
    world.bank.refund(ask)
    await world.write(lambda tx: tx.execute(text("DELETE FROM jobs")))
    (long,) = await office.reconcile()
    assert kinds([long]) == [(BillKind.REFUND, What.LONG, Action.TAKE_REFUND)]
    assert (await office.resolve(long)).what == "refund_taken"
    assert await world.state(order) is CustomerState.REFUNDED
    refund = await world.database.read(lambda tx: money.refund(tx, f"{order.order_no}R1"))
    assert refund is not None
    assert refund.psp_ref == f"sb-{order.order_no}R1"
    assert await office.reconcile() == []


def _begun(world: World, tx: Tx, refund_no: str) -> tuple[str, RefundAsk]:
    begun = refunding.begin(tx, world.shop.room, refund_no, world.now)
    assert begun is not None
    return begun


async def test_a_refund_of_another_amount_is_not_believed(office: Office) -> None:
    world = office.world
    order = await paid(world, gift())
    await world.write(lambda tx: world.shop.request_refund(tx, order.order_no, "c1", world.now))
    refund_no = f"{order.order_no}R1"
    extra = BillRow(BillKind.REFUND, "psp-r", refund_no, Fen(1), Fen(0), "succeeded", world.now)
    office.gateway.bill_change = lambda rows: (*rows, extra)
    (long,) = await office.reconcile()
    resolution = await office.resolve(long)
    assert (resolution.is_resolved, resolution.what) == (False, "denied")
    refund = await world.database.read(lambda tx: money.refund(tx, refund_no))
    assert refund is not None
    assert "bill_denied" in await world.alarms()


async def test_money_that_went_back_without_us_is_booked_and_rings(office: Office) -> None:
    world = office.world
    await paid(world)
    at_the_console = BillRow(
        BillKind.REFUND, "psp-r", "by-hand-1", Fen(1000), Fen(-6), "succeeded", world.now
    )
    office.gateway.bill_change = lambda rows: (*rows, at_the_console)
    (long,) = await office.reconcile()
    assert long.action is Action.BOOK_UNCLAIMED
    await office.resolve(long)
    assert await office.balance("unclaimed") == 1000
    assert await office.balance("receivable:sandbox") == 9980 - 1000 + 6
    assert "money_unclaimed" in await world.alarms()


async def test_a_payment_missing_from_the_bill_is_confirmed_by_asking(office: Office) -> None:
    order = await paid(office.world)
    office.gateway.bill_change = without(order)
    (short,) = await office.reconcile()
    assert kinds([short]) == [(BillKind.PAYMENT, What.SHORT, Action.QUERY)]
    assert (short.found.ours_fen, short.found.theirs_fen) == (9980, None)
    assert (await office.resolve(short)).what == "confirmed"
    assert await office.reconcile() == []


async def test_a_payment_that_the_gateway_denies_freezes_its_order_until_a_person_has_seen_to_it(
    office: Office,
) -> None:
    world = office.world
    world.supplier.delay = timedelta(hours=2)
    order = await paid(world)
    office.gateway.bill_change = without(order)
    (short,) = await office.reconcile()
    world.bank.paid.clear()
    resolution = await office.resolve(short)
    assert (resolution.is_resolved, resolution.what) == (False, "denied")
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert "bill_denied" in await world.alarms()
    # Neither the supplier's answer nor another look at the bill lets it go on.
    await world.wait(hours=3)
    (denied,) = await office.reconcile()
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert denied.action is Action.SEE_TO_IT
    with pytest.raises(NotPermitted, match="say what was done"):
        await office.resolve(denied)
    await office.resolve(denied, "银行更正了账单")
    assert await world.state(order) is CustomerState.DELIVERED
    assert await office.open() == []


async def test_a_gateway_that_does_not_answer_leaves_it_open(office: Office) -> None:
    order = await paid(office.world)
    office.gateway.bill_change = without(order)
    (short,) = await office.reconcile()

    async def silent(ask: object) -> PaymentAnswer:
        return PaymentAnswer(PaymentStatus.UNKNOWN)

    office.gateway.query = silent  # type: ignore[method-assign]
    resolution = await office.resolve(short)
    assert (resolution.is_resolved, resolution.what) == (False, "no_answer")
    assert await office.world.state(order) is CustomerState.DELIVERED


async def test_another_amount_is_shown_to_a_person_with_both_numbers(office: Office) -> None:
    order = await paid(office.world)
    office.gateway.bill_change = changed(order, amount_fen=Fen(9880))
    (amount,) = await office.reconcile()
    assert kinds([amount]) == [(BillKind.PAYMENT, What.AMOUNT, Action.SEE_TO_IT)]
    assert (amount.found.ours_fen, amount.found.theirs_fen) == (9980, 9880)
    assert (await office.resolve(amount, "已向银行索赔")).what == "已向银行索赔"
    assert await office.reconcile() == []


async def test_a_usual_fee_is_booked_without_asking_anybody(office: Office) -> None:
    order = await paid(office.world)
    office.gateway.bill_change = changed(order, fee_fen=Fen(60))
    for _ in range(2):
        assert await office.reconcile() == []
    assert await office.balance("gateway_fees") == 60
    assert await office.balance("receivable:sandbox") == 9980 - 60
    # The bank corrects itself: now somebody looks, and the difference is booked.
    office.gateway.bill_change = changed(order, fee_fen=Fen(55))
    (fee,) = await office.reconcile()
    assert kinds([fee]) == [(BillKind.PAYMENT, What.FEE, Action.BOOK_FEE)]
    assert (fee.found.ours_fen, fee.found.theirs_fen) == (60, 55)
    await office.resolve(fee)
    assert await office.balance("gateway_fees") == 55
    assert await office.reconcile() == []


async def test_two_who_compare_at_the_same_time_book_a_fee_once(office: Office) -> None:
    order = await paid(office.world)
    office.gateway.bill_change = changed(order, fee_fen=Fen(60))
    day = china_day(office.world.now)
    together = [office.world.bookkeeper.reconcile(BANK, day) for _ in range(4)]
    assert await asyncio.gather(*together) == [None] * 4
    assert await office.balance("gateway_fees") == 60
    assert await office.world.violations() == ()


async def test_an_unusual_fee_waits_for_somebody_and_is_booked_then(office: Office) -> None:
    order = await paid(office.world)
    office.gateway.bill_change = changed(order, fee_fen=Fen(900))
    (fee,) = await office.reconcile()
    assert await office.balance("gateway_fees") == 0
    assert (fee.action, fee.found.ours_fen, fee.found.theirs_fen) == (Action.BOOK_FEE, 0, 900)
    await office.resolve(fee)
    assert await office.balance("gateway_fees") == 900
    assert await office.reconcile() == []


@pytest.mark.parametrize("state", ["failed", "processing"])
async def test_a_payment_in_another_state_is_asked_about(office: Office, state: str) -> None:
    order = await paid(office.world)
    office.gateway.bill_change = changed(order, state=state)
    (found,) = await office.reconcile()
    assert kinds([found]) == [(BillKind.PAYMENT, What.STATE, Action.QUERY)]
    assert found.found.detail == f"succeeded here, {state} there"
    assert (await office.resolve(found)).what == "confirmed"


async def test_a_refund_that_was_refused_here_and_paid_there_is_taken(office: Office) -> None:
    world = office.world
    order = await paid(world, gift())
    world.bank.refuse_refunds = True
    await world.write(lambda tx: world.shop.request_refund(tx, order.order_no, "c1", world.now))
    await world.work()
    assert await world.state(order) is CustomerState.IN_REVIEW
    world.bank.refuse_refunds = False
    _, ask = await world.database.read(lambda tx: _ask_for(tx, f"{order.order_no}R1"))
    world.bank.refund(ask)
    (found,) = await office.reconcile()
    assert kinds([found]) == [(BillKind.REFUND, What.STATE, Action.QUERY)]
    assert (await office.resolve(found)).what == "refund_taken"
    assert await world.state(order) is CustomerState.REFUNDED


def _ask_for(tx: Tx, refund_no: str) -> tuple[str, RefundAsk]:
    refund = money.refund(tx, refund_no)
    assert refund is not None
    return refunding.ask_for(tx, refund)


async def test_a_row_that_stands_there_twice_is_a_matter_for_a_person(office: Office) -> None:
    await paid(office.world)
    office.gateway.bill_change = lambda rows: (*rows, *rows)
    (twice,) = await office.reconcile()
    assert kinds([twice]) == [(BillKind.PAYMENT, What.LONG, Action.SEE_TO_IT)]
    await office.resolve(twice, "只有一笔")
    assert await office.reconcile() == []


async def test_a_corrected_bill_closes_what_agrees_now(office: Office) -> None:
    order = await paid(office.world)
    office.gateway.bill_change = without(order)
    (short,) = await office.reconcile()
    office.gateway.bill_change = Crooked.bill_change
    assert await office.reconcile() == []
    closed = await office.world.database.read(
        lambda tx: office.world.shop.reckoning.difference(tx, short.difference_no)
    )
    assert closed is not None
    assert (closed.resolved_by, closed.resolution) == ("reconciliation", "agrees_now")


async def test_everything_at_once_is_classified_and_resolved_one_by_one(office: Office) -> None:
    """A bill with a difference of each kind; the books are sound after every step."""
    world = office.world
    fine, missing, dearer, charged, pending = [await paid(world, gift()) for _ in range(3)] + [
        await paid(world, topup("topup-50", f"1390013900{number}")) for number in range(2)
    ]
    world.bank.drop_notices = True
    unheard = await world.place(topup("topup-50", "13900139009"), customer="c2")
    await world.pay(unheard)
    stranger = row_for(fine, "psp-x", 5000, world.now)
    extra = (
        replace(stranger, our_no="x-1"),
        replace(stranger, kind=BillKind.REFUND, ref="psp-y", our_no="x-2"),
    )

    def crooked(rows: tuple[BillRow, ...]) -> tuple[BillRow, ...]:
        for change in (
            without(missing),
            changed(dearer, amount_fen=Fen(951)),
            changed(charged, fee_fen=Fen(700)),
            changed(pending, state="processing"),
        ):
            rows = change(rows)
        return (*rows, *extra)

    office.gateway.bill_change = crooked
    differences = await office.reconcile()
    assert sorted(kinds(differences)) == sorted(
        [
            (BillKind.PAYMENT, What.SHORT, Action.QUERY),
            (BillKind.PAYMENT, What.AMOUNT, Action.SEE_TO_IT),
            (BillKind.PAYMENT, What.FEE, Action.BOOK_FEE),
            (BillKind.PAYMENT, What.STATE, Action.QUERY),
            (BillKind.PAYMENT, What.LONG, Action.SETTLE),
            (BillKind.PAYMENT, What.LONG, Action.BOOK_UNCLAIMED),
            (BillKind.REFUND, What.LONG, Action.BOOK_UNCLAIMED),
        ]
    )
    assert await office.agreed() == (7, 1)
    for left, difference in enumerate(differences, start=1):
        note = "已核对" if difference.action is Action.SEE_TO_IT else ""
        assert (await office.resolve(difference, note)).is_resolved, difference
        assert len(await office.open()) == len(differences) - left
    assert await office.reconcile() == []
    assert await world.state(unheard) is CustomerState.DELIVERED
    assert await office.balance("unclaimed") == 0
    assert await office.balance("gateway_fees") == 700


class TestMidnight:
    """A payment of 23:59:58 here may be one of 00:00:02 there; neither side is missing anything."""

    async def at_midnight(self, office: Office, seconds: float) -> Order:
        await office.world.wait(hours=13, minutes=59, seconds=60 + seconds)
        return await paid(office.world)

    async def test_it_is_waited_for_until_the_next_bill_is_there(self, office: Office) -> None:
        order = await self.at_midnight(office, -2)
        day = china_day(office.world.now)
        office.gateway.bill_change = changed(order, at=office.world.now + timedelta(seconds=4))
        assert await office.reconcile(day) == []
        assert await office.agreed(day) == (0, 0)
        assert await office.reconcile(day + timedelta(days=1)) == []
        assert await office.agreed(day + timedelta(days=1)) == (1, 1)

    async def test_it_is_missed_when_the_next_bill_has_it_neither(self, office: Office) -> None:
        order = await self.at_midnight(office, -2)
        day = china_day(office.world.now)
        office.gateway.bill_change = without(order)
        assert await office.reconcile(day) == []
        (short,) = await office.reconcile(day + timedelta(days=1))
        assert (short.found.what, short.day) == (What.SHORT, day)

    async def test_it_may_stand_on_the_bill_of_the_day_before(self, office: Office) -> None:
        order = await self.at_midnight(office, +2)
        day = china_day(office.world.now)
        office.gateway.bill_change = changed(order, at=office.world.now - timedelta(seconds=4))
        assert await office.reconcile(day - timedelta(days=1)) == []
        assert await office.agreed(day - timedelta(days=1)) == (1, 1)
        assert await office.reconcile(day) == []

    async def test_it_counts_once_when_both_bills_have_it(self, office: Office) -> None:
        order = await self.at_midnight(office, -2)
        day, later = china_day(office.world.now), office.world.now + timedelta(seconds=4)
        office.gateway.bill_change = lambda rows: (*rows, *changed(order, at=later)(rows))
        await office.reconcile(day)
        (twice,) = await office.reconcile(day + timedelta(days=1))
        assert (twice.found.what, twice.action) == (What.LONG, Action.SEE_TO_IT)


class TestEveryDay:
    """The running shop fetches the bill of yesterday in the morning, and does not forget a day."""

    async def begin(self, office: Office) -> None:
        world = office.world
        await world.write(lambda tx: world.bookkeeper.begin(tx, world.now))

    async def days(self, office: Office) -> list[str]:
        known = await office.world.database.read(lambda tx: bills.days(tx, BANK))
        return [day.isoformat() for day in known]

    async def test_yesterdays_bill_is_fetched_at_ten(self, office: Office) -> None:
        # It is ten o'clock in China on the fifth.
        await self.begin(office)
        await office.world.wait(hours=23, minutes=59)
        assert await self.days(office) == []
        await office.world.wait(minutes=1)
        assert await self.days(office) == ["2026-01-05"]
        await office.world.wait(days=2)
        assert await self.days(office) == ["2026-01-05", "2026-01-06", "2026-01-07"]

    async def test_to_begin_again_changes_nothing(self, office: Office) -> None:
        for _ in range(2):
            await self.begin(office)
        assert len(await office.world.database.read(_job_keys)) == 1

    async def test_days_on_which_the_shop_was_closed_are_caught_up_with(self, office: Office) -> None:
        await self.begin(office)
        await office.world.wait(days=1)
        office.world.clock.advance(timedelta(days=4))
        await office.world.work()
        assert await self.days(office) == [f"2026-01-0{day}" for day in range(5, 10)]

    async def test_it_does_not_catch_up_for_ever(self, office: Office) -> None:
        await self.begin(office)
        await office.world.wait(days=1)
        office.world.clock.advance(timedelta(days=30))
        await office.world.work()
        assert len(await self.days(office)) == 1 + office.world.policy.reconciliation.catch_up_days

    async def test_a_bill_that_is_not_there_yet_is_asked_for_again(self, office: Office) -> None:
        office.gateway.answers = [BillAnswer(None, "not_made_yet")] * 2
        await self.begin(office)
        await office.world.wait(days=1, minutes=39)
        assert await self.days(office) == []
        await office.world.wait(minutes=1)
        assert await self.days(office) == ["2026-01-05"]
        assert await office.world.alarms() == []

    async def test_one_that_never_comes_calls_a_person(self, office: Office) -> None:
        office.gateway.missing = {date(2026, 1, 6)}
        await self.begin(office)
        await office.world.wait(days=3)
        assert await self.days(office) == ["2026-01-05", "2026-01-07"]
        assert await office.world.alarms() == []
        await office.world.wait(hours=10)
        assert await office.world.alarms() == ["bill_missing"]
        # It is asked for again in the morning, and found once it is there.
        office.gateway.missing = set()
        await office.world.wait(days=1)
        assert "2026-01-06" in await self.days(office)

    async def test_one_that_is_only_there_on_the_second_morning_is_waited_for(self, office: Office) -> None:
        office.gateway.missing = {date(2026, 1, 5)}
        await self.begin(office)
        await office.world.wait(days=1, hours=23)
        office.gateway.missing = set()
        await office.world.wait(hours=3)
        assert "2026-01-05" in await self.days(office)
        assert await office.world.alarms() == []

    async def test_who_never_sends_bills_is_missed_by_nobody(self, office: Office) -> None:
        office.gateway.answers = [BillAnswer(None, "no_bills")] * 3
        await self.begin(office)
        await office.world.wait(days=3)
        assert (await office.world.alarms(), await self.days(office)) == ([], [])

    async def test_a_bill_that_says_what_cannot_be_is_none(self, office: Office) -> None:
        order = await paid(office.world)
        for facts in ({"amount_fen": Fen(-1)}, {"amount_fen": Fen(10**15)}, {"state": "maybe"}):
            office.gateway.bill_change = changed(order, **facts)
            day = china_day(office.world.now)
            assert await office.world.bookkeeper.reconcile(BANK, day) is not None
        assert await self.days(office) == []

    async def test_a_correction_of_yesterdays_bill_is_noticed_the_next_morning(self, office: Office) -> None:
        order = await paid(office.world)
        await self.begin(office)
        await office.world.wait(days=1)
        assert await office.agreed(date(2026, 1, 5)) == (1, 1)
        office.gateway.bill_change = without(order)
        await office.world.wait(days=1)
        (short,) = await office.open()
        assert short.found.what is What.SHORT
        assert await office.world.alarms() == ["bill_differs"]


def _job_keys(tx: Tx) -> list[str]:
    return list(tx.execute(text("SELECT key FROM jobs")).scalars())
