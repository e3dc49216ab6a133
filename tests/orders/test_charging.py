"""A gateway whose money is not ours: it asks and is paid in stars, and the books stay in 分."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.suppliers.sandbox import Manner
from orders import paying
from orders.database import Database
from orders.ledger import REVENUE, SURPLUS, receivable
from orders.money import Fen
from orders.order import CustomerState, Order
from orders.paying import NoWay
from orders.payment import Charge, Effect, Held, HeldReason, Payment, RefundState, Settled
from orders.policy import StarsPolicy
from orders.ports import (
    Merchant,
    PaymentNotice,
    RefundAnswer,
    RefundAsk,
    RefundStatus,
)
from orders.store import money
from tests.orders.world import MERCHANT, PHONE, START, World, gift, topup

BOT = Merchant("4200", "")
LI = "telegram:4001"


class WholeOnly:
    """Gives back a whole payment or nothing, as Telegram does."""

    name, merchant, acknowledgement = "stars", BOT, ""

    def __init__(self) -> None:
        self.asked: list[RefundAsk] = []

    async def refund(self, ask: RefundAsk) -> RefundAnswer:
        self.asked.append(ask)
        if ask.amount_fen != ask.paid_fen:
            return RefundAnswer(RefundStatus.REFUSED, "only_whole")
        return RefundAnswer(RefundStatus.SUCCEEDED)


@pytest.fixture
def gateway() -> WholeOnly:
    return WholeOnly()


@pytest.fixture
async def world(database: Database, gateway: WholeOnly) -> World:
    world = World(database, merchants={"stars": BOT, "sandbox": MERCHANT})
    world.connect(gateway)  # type: ignore[arg-type]
    await world.open_shop()
    return world


async def payment_of(world: World, order: Order) -> Payment:
    found = await world.database.read(lambda tx: world.shop.payment_of(tx, order.order_no))
    assert found is not None
    return found


async def paid_in_stars(
    world: World, order: Order, charge: str = "stx-1", **otherwise: object
) -> Settled | Held:
    payment = await payment_of(world, order)
    notice = PaymentNotice(
        gateway="stars",
        merchant_id="4200",
        app_id="",
        out_trade_no=f"{order.order_no}-1",
        psp_ref=charge,
        amount_fen=Fen(payment.charged.minor),
        currency="XTR",
        method="stars",
        paid_at=world.now,
    )
    told = replace(notice, **otherwise)  # type: ignore[arg-type]
    settled = await world.write(lambda tx: world.shop.settle(tx, told, world.now))
    await world.work()
    return settled


@pytest.mark.parametrize(("amount_fen", "stars"), [(1, 1), (9, 1), (10, 2), (9980, 1109), (9981, 1109)])
def test_a_price_is_rounded_up_to_whole_stars(amount_fen: int, stars: int) -> None:
    assert StarsPolicy(9).stars_for(amount_fen) == stars


async def test_the_payment_keeps_what_the_gateway_is_to_ask(world: World) -> None:
    order = await world.place(customer=LI)
    payment = await payment_of(world, order)
    assert (payment.amount_fen, payment.currency) == (9980, "CNY")
    assert payment.charge == Charge(1109, "XTR")
    assert (payment.ask.amount_fen, payment.ask.currency) == (1109, "XTR")


async def test_who_pays_elsewhere_is_asked_for_our_own_money(world: World) -> None:
    payment = await payment_of(world, await world.place(customer="web:1"))
    assert (payment.gateway, payment.charge) == ("sandbox", None)
    assert (payment.ask.amount_fen, payment.ask.currency) == (9980, "CNY")


async def test_stars_pay_the_order_and_the_books_stay_in_fen(world: World) -> None:
    order = await world.place(customer=LI)
    assert await paid_in_stars(world, order) == Settled(order.order_no, Effect.PAID, Fen(9980), first=True)
    assert await paid_in_stars(world, order) == Settled(order.order_no, Effect.PAID, Fen(9980), first=False)
    assert await world.state(order) is CustomerState.DELIVERED
    balances = await world.database.read(world.shop.balances)
    assert {name: amount for name, amount in balances.items() if amount} == {
        receivable("stars"): 9980, REVENUE: -9980,
    }  # fmt: skip
    assert await world.violations() == ()


@pytest.mark.parametrize(
    ("otherwise", "reason"),
    [
        ({"amount_fen": 1108}, HeldReason.WRONG_AMOUNT),
        ({"amount_fen": 9980}, HeldReason.WRONG_AMOUNT),
        ({"currency": "CNY"}, HeldReason.WRONG_CURRENCY),
        ({"currency": "CNY", "amount_fen": 9980}, HeldReason.WRONG_CURRENCY),
        ({"merchant_id": "4201"}, HeldReason.WRONG_MERCHANT),
    ],
)
async def test_other_money_than_was_asked_is_held(
    world: World, otherwise: dict[str, object], reason: HeldReason
) -> None:
    order = await world.place(customer=LI)
    assert await paid_in_stars(world, order, **otherwise) == Held(reason, order.order_no, first=True)
    assert await world.state(order) is CustomerState.AWAITING_PAYMENT


async def test_an_old_invoice_that_is_paid_again_goes_back_whole(world: World, gateway: WholeOnly) -> None:
    order = await world.place(customer=LI)
    await paid_in_stars(world, order)
    again = await paid_in_stars(world, order, "stx-2")
    assert again == Settled(order.order_no, Effect.SURPLUS, Fen(9980), first=True)
    (asked,) = gateway.asked
    assert (asked.amount_fen, asked.paid_fen, asked.currency) == (1109, 1109, "XTR")
    assert (asked.psp_ref, asked.payer) == ("stx-2", "4001")
    balances = await world.database.read(world.shop.balances)
    assert balances[receivable("stars")] == 9980
    assert not balances.get(SURPLUS)
    assert await world.violations() == ()


async def test_a_whole_order_that_cannot_be_delivered_goes_back(world: World, gateway: WholeOnly) -> None:
    world.supplier.told[PHONE] = Manner.FAIL
    order = await world.place(customer=LI)
    await paid_in_stars(world, order)
    assert await world.state(order) is CustomerState.REFUNDED
    assert [ask.amount_fen for ask in gateway.asked] == [1109]
    assert await world.violations() == ()


async def test_a_part_is_never_asked_for_as_if_it_were_the_whole(world: World, gateway: WholeOnly) -> None:
    world.supplier.told[PHONE] = Manner.FAIL
    order = await world.place(topup(), gift(), customer=LI)
    await paid_in_stars(world, order)
    (asked,) = gateway.asked
    # 99.80 of 109.30: 1215 stars were paid for all of it.
    assert (asked.amount_fen, asked.paid_fen) == (1109, 1215)
    assert await world.state(order) is CustomerState.IN_REVIEW
    assert "refund_refused" in await world.alarms()
    refund = await world.database.read(lambda tx: money.refund(tx, asked.refund_no))
    assert refund is not None
    assert (refund.state, refund.amount_fen) == (RefundState.REFUSED, 9980)
    assert await world.violations() == ()


def test_no_part_is_rounded_up_to_the_whole() -> None:
    payment = Payment(
        1, "o", "stars", "o-1", Fen(900), "CNY", None, False, None, None, None, None, None,  # type: ignore[arg-type]
        charge=Charge(100, "XTR"),
    )  # fmt: skip
    assert payment.charged_for(Fen(900)) == 100
    assert payment.charged_for(Fen(899)) == 99
    assert payment.charged_for(Fen(1)) == 0


# Whoever is about to pay


async def stopped(world: World, order: Order, **otherwise: object) -> NoWay | None:
    said: dict[str, object] = {"customer_id": LI, "offered": Charge(1109, "XTR"), "now": world.now}
    number = f"{order.order_no}-1"
    return await world.database.read(
        lambda tx: world.shop.objection_to_paying(tx, number, **(said | otherwise))  # type: ignore[arg-type]
    )


async def test_the_owner_may_pay_what_was_asked(world: World) -> None:
    assert await stopped(world, await world.place(customer=LI)) is None


@pytest.mark.parametrize(
    ("otherwise", "objection"),
    [
        ({"customer_id": "telegram:4002"}, NoWay.UNKNOWN),
        ({"offered": Charge(1108, "XTR")}, NoWay.REFUSED),
        ({"offered": Charge(1109, "CNY")}, NoWay.REFUSED),
        ({"now": START + timedelta(hours=1)}, NoWay.ENDED),
    ],
)
async def test_who_is_another_pays_otherwise_or_comes_late_is_stopped(
    world: World, otherwise: dict[str, object], objection: NoWay
) -> None:
    assert await stopped(world, await world.place(customer=LI), **otherwise) is objection


async def test_a_paid_a_cancelled_and_an_unknown_order_are_not_paid_again(world: World) -> None:
    paid, cancelled = await world.place(customer=LI), await world.place(gift(), customer=LI)
    await paid_in_stars(world, paid)
    assert await stopped(world, paid) is NoWay.PAID
    await world.write(lambda tx: world.shop.cancel(tx, cancelled.order_no, LI, world.now))
    assert await stopped(world, cancelled) is NoWay.ENDED
    assert await stopped(world, replace(paid, order_no="20260105000000")) is NoWay.UNKNOWN


async def test_a_payment_that_another_took_the_place_of_is_ended(world: World) -> None:
    order = await world.place(customer=LI)
    await world.write(lambda tx: paying.closed(tx, world.shop.room, f"{order.order_no}-1"))
    assert await stopped(world, order) is NoWay.ENDED
