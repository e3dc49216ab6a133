"""Money that comes once, twice, late, wrongly, or at the same instant."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.payments.sandbox import NAME, NONCE, SIGNATURE, TIMESTAMP, Paid, signed_notice
from orders.ledger import ADVANCES, REFUNDS_DUE, REVENUE, SURPLUS, receivable
from orders.money import Fen
from orders.order import CustomerState, Order
from orders.payment import Effect, Held, HeldReason, Refused, Repeated, Settled
from orders.ports import Merchant, PaymentAnswer, PaymentNotice, PaymentStatus, RawNotice, Scene, Source
from orders.tables import notices
from tests.orders.test_placing import GOODS_DEARER
from tests.orders.world import MERCHANT, SECRET, World, catalog_of, gift, topup

BANK = receivable("sandbox")


async def a_payment(world: World, order: Order, **changes: object) -> Paid:
    payment = await world.write(lambda tx: world.shop.payment_of(tx, order.order_no))
    assert payment is not None
    paid = Paid(payment.out_trade_no, "tx-1", payment.amount_fen, "CNY", "wechat", world.now)
    return replace(paid, **changes)  # type: ignore[arg-type]


def notice_of(world: World, paid: Paid, merchant: Merchant = MERCHANT, secret: str = SECRET) -> RawNotice:
    return signed_notice(secret, merchant, paid, world.now)


async def test_money_is_booked_and_earned_when_the_goods_are_delivered(world: World) -> None:
    order = await world.place()
    await world.pay(order)
    balances = await world.database.read(world.shop.balances)
    assert {name: amount for name, amount in balances.items() if amount} == {BANK: 9980, ADVANCES: -9980}
    await world.work()
    balances = await world.database.read(world.shop.balances)
    assert {name: amount for name, amount in balances.items() if amount} == {BANK: 9980, REVENUE: -9980}


async def test_a_gateways_number_may_be_as_long_as_telegrams(world: World) -> None:
    order = await world.place()
    number = "stx" + "A-_9" * 50
    held = await world.receive(
        notice_of(world, await a_payment(world, order, transaction_id=number, amount_fen=1))
    )
    paid = await a_payment(world, order, transaction_id=number)
    assert held == Held(HeldReason.WRONG_AMOUNT, order.order_no, first=True)
    settled = await world.receive(notice_of(world, paid))
    again = await world.receive(notice_of(world, replace(paid, transaction_id=number + "B")))
    assert settled == Settled(order.order_no, Effect.PAID, order.total_fen, first=True)
    assert again == Settled(order.order_no, Effect.SURPLUS, order.total_fen, first=True)
    await world.work()
    assert world.bank.refunded_fen == order.total_fen
    assert await world.violations() == ()


async def test_the_same_money_told_again_is_acknowledged_and_changes_nothing(world: World) -> None:
    order = await world.place()
    paid = await a_payment(world, order)
    first = await world.receive(notice_of(world, paid))
    await world.work()
    before = await world.events(order), await world.database.read(world.shop.balances)
    again = await world.receive(notice_of(world, paid))
    await world.work()
    assert first == Settled(order.order_no, Effect.PAID, Fen(9980), first=True)
    assert again == Settled(order.order_no, Effect.PAID, Fen(9980), first=False)
    assert (await world.events(order), await world.database.read(world.shop.balances)) == before


async def test_the_same_notice_byte_for_byte_is_acknowledged_and_changes_nothing(world: World) -> None:
    order = await world.place()
    raw = notice_of(world, await a_payment(world, order))
    await world.receive(raw)
    assert await world.receive(raw) == Repeated()
    assert (await world.events(order)).count("paid") == 1


async def test_notices_at_the_same_instant_come_out_as_one_booking(world: World) -> None:
    order = await world.place()
    paid = await a_payment(world, order)
    outcomes = await asyncio.gather(*(world.receive(notice_of(world, paid)) for _ in range(5)))
    assert all(isinstance(outcome, Settled) for outcome in outcomes)
    assert sum(outcome.first for outcome in outcomes if isinstance(outcome, Settled)) == 1
    await world.work()
    assert await world.events(order) == ["placed", "paid", "delivered", "completed"]
    assert await world.violations() == ()


async def test_two_payers_at_the_same_instant_come_out_as_one_payment_and_one_surplus(world: World) -> None:
    order = await world.place()
    one = await a_payment(world, order)
    other = replace(one, transaction_id="tx-2", method="alipay")
    outcomes = await asyncio.gather(
        world.receive(notice_of(world, one)), world.receive(notice_of(world, other))
    )
    effects = sorted(outcome.effect for outcome in outcomes if isinstance(outcome, Settled))
    assert effects == [Effect.PAID, Effect.SURPLUS]
    await world.work()
    assert await world.state(order) is CustomerState.DELIVERED
    assert world.bank.refunded_fen == 9980
    assert await world.violations() == ()


async def test_paying_twice_gives_the_second_payment_back(world: World) -> None:
    order = await world.place()
    await world.pay(order)
    await world.work()
    await world.pay(order, again=True)
    await world.work()
    assert await world.state(order) is CustomerState.DELIVERED
    assert (await world.events(order))[-3:] == ["paid_twice", "refund_requested", "refunded"]
    balances = await world.database.read(world.shop.balances)
    assert (balances[SURPLUS], balances[REFUNDS_DUE], balances[BANK]) == (0, 0, 9980)
    assert await world.violations() == ()


async def test_late_money_is_delivered_when_goods_and_price_still_stand(world: World) -> None:
    order = await world.place()
    await world.wait(minutes=15)
    assert await world.state(order) is CustomerState.EXPIRED
    assert await world.pay(order, although_closed=True)
    await world.work()
    assert await world.state(order) is CustomerState.DELIVERED
    assert "paid_late" in await world.events(order)
    assert await world.available("topup-100") == 4
    assert await world.violations() == ()


async def test_late_money_goes_back_when_the_goods_are_gone(world: World) -> None:
    order = await world.place(topup(), gift(3))
    await world.wait(minutes=15)
    await world.place(gift(1), customer="faster")
    await world.pay(order, although_closed=True)
    await world.work()
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.available("topup-100") == 5
    assert world.bank.refunded_fen == order.total_fen
    assert await world.violations() == ()


async def test_late_money_goes_back_when_the_price_has_changed(world: World) -> None:
    order = await world.place()
    await world.wait(minutes=15)
    await world.open_shop(catalog_of(GOODS_DEARER))
    await world.pay(order, although_closed=True)
    await world.work()
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.violations() == ()


async def test_money_for_a_cancelled_order_goes_back(world: World) -> None:
    order = await world.place()
    await world.write(lambda tx: world.shop.cancel(tx, order.order_no, "c1", world.now))
    await world.pay(order)
    assert await world.state(order) is CustomerState.REFUNDING
    await world.work()
    assert await world.state(order) is CustomerState.REFUNDED
    assert await world.violations() == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount_fen": Fen(9979)}, HeldReason.WRONG_AMOUNT),
        ({"amount_fen": Fen(0)}, HeldReason.WRONG_AMOUNT),
        ({"currency": "USD"}, HeldReason.WRONG_CURRENCY),
        ({"out_trade_no": "20260105000000-1"}, HeldReason.UNKNOWN_PAYMENT),
    ],
)
async def test_money_that_does_not_match_is_held(
    world: World, changes: dict[str, object], reason: HeldReason
) -> None:
    order = await world.place()
    raw = notice_of(world, await a_payment(world, order, **changes))
    outcome = await world.receive(raw)
    assert isinstance(outcome, Held)
    assert outcome.reason is reason
    assert await world.state(order) is CustomerState.AWAITING_PAYMENT
    assert "payment_held" in await world.alarms()
    assert await world.violations() == ()


@pytest.mark.parametrize(
    ("merchant", "reason"),
    [
        (Merchant("merchant-2", "app-1"), HeldReason.WRONG_MERCHANT),
        (Merchant("merchant-1", "app-2"), HeldReason.WRONG_APP),
    ],
)
async def test_money_for_somebody_else_is_held(world: World, merchant: Merchant, reason: HeldReason) -> None:
    order = await world.place()
    outcome = await world.receive(notice_of(world, await a_payment(world, order), merchant))
    assert isinstance(outcome, Held)
    assert outcome.reason is reason
    assert await world.state(order) is CustomerState.AWAITING_PAYMENT


async def test_after_a_wrong_amount_the_right_one_is_still_booked(world: World) -> None:
    order = await world.place()
    await world.receive(notice_of(world, await a_payment(world, order, amount_fen=Fen(1))))
    outcome = await world.receive(notice_of(world, await a_payment(world, order)))
    assert isinstance(outcome, Settled)
    assert outcome.effect is Effect.PAID


async def test_one_transaction_does_not_pay_two_orders_of_the_same_amount(world: World) -> None:
    first, second = await world.place(), await world.place()
    await world.receive(notice_of(world, await a_payment(world, first)))
    outcome = await world.receive(notice_of(world, await a_payment(world, second)))
    assert isinstance(outcome, Held)
    assert outcome.reason is HeldReason.REUSED_TRANSACTION
    assert await world.state(second) is CustomerState.AWAITING_PAYMENT


class TestForgery:
    async def refused(self, world: World, raw: RawNotice) -> str:
        outcome = await world.receive(raw)
        assert isinstance(outcome, Refused)
        assert "notice_refused" in await world.alarms()
        return outcome.reason

    async def test_another_secret(self, world: World) -> None:
        order = await world.place()
        raw = notice_of(world, await a_payment(world, order), secret="another-secret-altogether")
        assert await self.refused(world, raw) == "forged"
        assert await world.state(order) is CustomerState.AWAITING_PAYMENT

    async def test_another_body_under_the_same_signature(self, world: World) -> None:
        order = await world.place()
        raw = notice_of(world, await a_payment(world, order))
        assert await self.refused(world, replace(raw, body=raw.body.replace(b"9980", b"9981"))) == "forged"

    @pytest.mark.parametrize("header", [TIMESTAMP, NONCE, SIGNATURE])
    async def test_a_missing_header(self, world: World, header: str) -> None:
        order = await world.place()
        raw = notice_of(world, await a_payment(world, order))
        headers = {name: value for name, value in raw.headers.items() if name != header}
        assert await self.refused(world, replace(raw, headers=headers)) == "unsigned"

    async def test_one_that_was_caught_and_sent_later(self, world: World) -> None:
        order = await world.place()
        raw = notice_of(world, await a_payment(world, order))
        fresh = replace(raw, received_at=raw.received_at + timedelta(seconds=300))
        assert (
            await self.refused(world, replace(raw, received_at=raw.received_at + timedelta(seconds=302)))
            == "stale"
        )
        assert isinstance(await world.receive(fresh), Settled)

    @pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"event":"paid"}', b'{"amount_fen":true}'])
    async def test_nonsense_signed_with_our_secret(self, world: World, body: bytes) -> None:
        from adapters.payments.sandbox import _signature

        timestamp = str(int(world.now.timestamp()))
        headers = {
            TIMESTAMP: timestamp, NONCE: "n", SIGNATURE: _signature(SECRET.encode(), timestamp, "n", body),
        }  # fmt: skip
        assert await self.refused(world, RawNotice(body, headers, world.now)) == "unreadable"

    async def test_a_flood_of_forgeries_does_not_fill_the_disk(self, world: World) -> None:
        limit = world.policy.limits.refused_notices_kept_per_minute
        raw = RawNotice(b"x" * 5000, {}, world.now)
        for _ in range(limit + 5):
            assert await self.refused(world, raw) == "unsigned"
        kept = await world.database.read(lambda tx: tx.execute(select(notices.c.body)).scalars().all())
        assert len(kept) == limit
        assert {len(body) for body in kept} == {2048}


class TestActiveQuery:
    async def test_a_lost_notice_is_found_by_asking(self, world: World) -> None:
        order = await world.place()
        world.bank.drop_notices = True
        await world.write(
            lambda tx: world.shop.begin_payment(tx, order.pay_token, NAME, Scene.PAGE, world.now)
        )
        assert not await world.pay(order)
        await world.wait(seconds=5)
        assert await world.state(order) is CustomerState.DELIVERED
        assert await world.violations() == ()

    async def test_it_is_asked_at_5_15_60_and_300_seconds(self, world: World) -> None:
        order = await world.place()
        asked: list[float] = []
        began = world.now

        class Listening:
            name, merchant, acknowledgement = "sandbox", MERCHANT, "success"

            async def query(self, ask: object) -> PaymentAnswer:
                asked.append((world.now - began).total_seconds())
                return PaymentAnswer(PaymentStatus.NOT_PAID)

        world.connect(Listening())  # type: ignore[arg-type]
        await world.write(
            lambda tx: world.shop.begin_payment(tx, order.pay_token, NAME, Scene.PAGE, world.now)
        )
        await world.wait(minutes=10)
        assert asked == [5, 15, 60, 300]

    async def test_money_found_when_closing_is_booked_and_not_expired(self, world: World) -> None:
        order = await world.place()
        world.bank.drop_notices = True
        await world.pay(order)
        await world.wait(minutes=15)
        assert await world.state(order) is CustomerState.DELIVERED
        assert "expired" not in await world.events(order)

    async def test_a_cancelled_order_that_was_paid_unheard_is_refunded(self, world: World) -> None:
        order = await world.place()
        world.bank.drop_notices = True
        await world.pay(order)
        await world.write(lambda tx: world.shop.cancel(tx, order.order_no, "c1", world.now))
        await world.work()
        assert await world.state(order) is CustomerState.REFUNDED

    async def test_a_silent_gateway_holds_the_stock_only_so_long(self, world: World) -> None:
        order = await world.place()

        class Silent:
            name, merchant, acknowledgement = "sandbox", MERCHANT, "success"

            async def query(self, ask: object) -> PaymentAnswer:
                return PaymentAnswer(PaymentStatus.UNKNOWN)

            close = query

        await world.write(
            lambda tx: world.shop.begin_payment(tx, order.pay_token, NAME, Scene.PAGE, world.now)
        )
        world.connect(Silent())  # type: ignore[arg-type]
        await world.wait(minutes=15)
        assert await world.state(order) is CustomerState.AWAITING_PAYMENT
        await world.wait(minutes=5)
        assert await world.state(order) is CustomerState.EXPIRED
        # Nobody may be told that nothing was paid: that is not known.
        assert await world.database.read(lambda tx: world.shop.may_be_paid_unheard(tx, order.order_no))

    async def test_an_expiry_that_the_gateway_confirmed_is_certain(self, world: World) -> None:
        order = await world.place()
        await world.write(
            lambda tx: world.shop.begin_payment(tx, order.pay_token, NAME, Scene.PAGE, world.now)
        )
        await world.wait(minutes=16)
        assert await world.state(order) is CustomerState.EXPIRED
        assert not await world.database.read(lambda tx: world.shop.may_be_paid_unheard(tx, order.order_no))


async def test_an_operators_evidence_goes_the_same_way(world: World) -> None:
    order = await world.place()
    notice = PaymentNotice(
        "sandbox", "merchant-1", "app-1", f"{order.order_no}-1", "bill-7", Fen(9980), "CNY", "wechat",
        world.now, Source.OPERATOR,
    )  # fmt: skip
    assert isinstance(await world.write(lambda tx: world.shop.settle(tx, notice, world.now)), Settled)
    await world.work()
    assert await world.state(order) is CustomerState.DELIVERED
