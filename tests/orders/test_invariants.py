"""Each invariant notices the damage that it is there for, and the sweep tells a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.suppliers.sandbox import Manner
from orders.invariants import INVARIANTS
from orders.money import Fen
from orders.order import CustomerState
from tests.orders.test_delivering import paid
from tests.orders.world import PHONE, World, coupon, gift, topup

# What a bug, or a hand in the database, might do; and the invariants that must see it.
DAMAGE = {
    "INSERT INTO ledger (ref, account, amount_fen, at) VALUES ('x', 'revenue', 1, 0)": (
        "a set of ledger entries sums to zero"
    ),
    "INSERT INTO ledger (ref, account, amount_fen, order_no, at) SELECT 'x', 'customer_advances', 1, order_no, 0 "
    "FROM orders UNION ALL SELECT 'x', 'revenue', -1, order_no, 0 FROM orders": (
        "customers' advances are what was settled, less what was delivered, promised back, put into wallets, and fees earned"
    ),
    "INSERT INTO ledger (ref, account, amount_fen, at) VALUES ('x', 'receivable:sandbox', 1, 0)": (
        "what a gateway holds for us is what was settled less what was refunded and kept"
    ),
    "UPDATE payments SET kept_fen = 5": (
        "what gateways kept is what was written beside payments and refunds"
    ),
    "INSERT INTO ledger (ref, account, amount_fen, order_no, at) SELECT 'x', 'refunds_due', -1, order_no, 0 "
    "FROM orders UNION ALL SELECT 'x', 'bank', 1, order_no, 0 FROM orders": (
        "what is due back is what refunds that have not arrived come to"
    ),
    "INSERT INTO ledger (ref, account, amount_fen, order_no, at) SELECT 'x', 'surplus_payments', -1, order_no, 0 "
    "FROM orders UNION ALL SELECT 'x', 'bank', 1, order_no, 0 FROM orders": (
        "nothing of a surplus payment stays with us"
    ),
    "INSERT INTO ledger (ref, account, amount_fen, order_no, at) SELECT 'x', 'revenue', -1, order_no, 0 "
    "FROM orders UNION ALL SELECT 'x', 'bank', 1, order_no, 0 FROM orders": (
        "revenue is the price of what was delivered, less what came back unused"
    ),
    "INSERT INTO ledger (ref, account, amount_fen, at) VALUES ('x', 'customer_balances', 1, 0), ('x', 'bank', -1, 0)": (
        "whoever we owe never owes us"
    ),
    "INSERT INTO ledger (ref, account, amount_fen, at) VALUES ('x', 'card_stock', 1, 0), ('x', 'bank', -1, 0)": (
        "the stock of card keys is worth what its free keys had cost"
    ),
    "UPDATE attempts SET cost_fen = 7": "what a supplier charged for a delivery is booked with it",
    "UPDATE orders SET settled_fen = settled_fen + 1": (
        "an order is settled by exactly the money of its one payment"
    ),
    "UPDATE orders SET refunded_fen = refunded_fen + 1": (
        "an order's refunds are the refunds that were promised"
    ),
    "UPDATE orders SET state = 'expired'": "only a paid order is delivered",
    "UPDATE order_lines SET state = 'queued'": "a completed order has nothing left to deliver",
    "UPDATE orders SET state = 'placed'": "a placed order has something left to deliver",
    "UPDATE order_lines SET delivered_quantity = 0": "a line delivers no more than was ordered",
    "UPDATE attempts SET ended_at = NULL": (
        "a line's open attempt is its last, and there is one exactly while a supplier may hold it"
    ),
    "INSERT INTO attempts (order_no, line_no, attempt, request_no, supplier, account, state, supplier_ref, detail, "
    "queries, absent_at, submitted_at, ended_at) "
    "SELECT order_no, line_no, 7, 'again', supplier, account, state, supplier_ref, detail, "
    "queries, absent_at, submitted_at, ended_at FROM attempts WHERE line_no = 1": (
        "at most one attempt of a line delivered"
    ),
    "UPDATE stock SET reserved = reserved + 1": (
        "what was promised to unpaid and undelivered lines is what is reserved"
    ),
    "UPDATE stock SET sold = sold + 1": "stock was handed out as often as lines were delivered",
    "DELETE FROM card_keys": "a delivered line of keys has as many keys as it delivered",
    "UPDATE card_keys SET state = 'void'": "a refunded line's keys are void",
    "UPDATE customers SET balance_fen = balance_fen + 1 WHERE customer_id = 'c9'": (
        "a customer may spend what the ledger says that we keep for him"
    ),
    "INSERT INTO customers (customer_id, level, balance_fen) VALUES ('nobody', '', 100)": (
        "what all customers may spend is what we owe them"
    ),
    "UPDATE orders SET purpose = 'goods' WHERE purpose = 'deposit'": (
        "a deposit is in its customer's wallet exactly when it is complete"
    ),
    "UPDATE coupons SET used = 2": "a coupon was used as often as orders hold it",
    "UPDATE orders SET state = 'cancelled'": ("an order holds its coupon as long as it can be delivered"),
    "UPDATE card_keys SET replaced_by = key_no": "a replaced key is void, and its line has another one",
    "UPDATE card_keys SET sku_id = 'gift-20'": "a key is sold to a line of its own goods",
    "INSERT INTO card_keys (sku_id, vault_key, box, fingerprint, state, order_no, line_no, added_at) "
    "SELECT 'gift-20', vault_key, box, fingerprint, state, order_no, line_no, 0 FROM card_keys": (
        "one key is sold once, under whatever goods"
    ),
    "INSERT INTO order_events (order_no, seq, kind, at) SELECT order_no, 99, 'paid', 0 FROM orders": (
        "a timeline is numbered without gaps and begins with the placing"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_damage_is_seen(world: World, damage: str) -> None:
    await world.write(lambda tx: world.shop.add_coupon(tx, coupon()))
    await paid(world, topup(), gift(), coupon="NEW5")
    if "c9" in damage or "deposit" in damage:
        deposit = await world.write(lambda tx: world.shop.open_deposit(tx, "c9", Fen(5000), world.now))
        await world.pay(deposit)
    assert await world.violations() == ()
    await world.write(lambda tx: tx.execute(text(damage)))
    assert any(violation.startswith(DAMAGE[damage]) for violation in await world.violations())


def test_every_invariant_is_tried_but_the_one_that_the_database_itself_keeps() -> None:
    kept_by_the_database = {"an order never gives back more than it got"}
    assert set(INVARIANTS) - set(DAMAGE.values()) == kept_by_the_database


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE orders SET refunded_fen = settled_fen + 1",
        "UPDATE payments SET refunded_fen = amount_fen + 1",
        "UPDATE order_lines SET delivered_quantity = quantity + 1",
        "UPDATE ledger SET amount_fen = 1",
        "DELETE FROM ledger",
        "UPDATE order_events SET kind = 'paid'",
        "DELETE FROM order_events",
        "DELETE FROM payment_evidence",
        "UPDATE stock SET reserved = -1",
        "INSERT INTO customers (customer_id, level, balance_fen) VALUES ('c1', '', -1)",
        "INSERT INTO card_keys (sku_id, vault_key, box, fingerprint, state, added_at) "
        "SELECT sku_id, vault_key, box, fingerprint, 'free', 0 FROM card_keys",
        "INSERT INTO payments (order_no, gateway, out_trade_no, amount_fen, currency, state, surplus, psp_ref, "
        "created_at, expires_at, refunded_fen) SELECT order_no, gateway, 'x', amount_fen, currency, state, surplus, "
        "'y', created_at, expires_at, 0 FROM payments",
    ],
)
async def test_the_database_itself_refuses_the_worst(world: World, damage: str) -> None:
    await paid(world, topup(), gift())
    with pytest.raises(Exception, match=r"(?i)constraint|only grows|unique"):
        await world.write(lambda tx: tx.execute(text(damage)))
    assert await world.violations() == ()


async def test_the_sweep_rings_once_for_what_is_broken_and_comes_again(world: World) -> None:
    await paid(world)
    await world.write(lambda tx: tx.execute(text("UPDATE stock SET sold = 99 WHERE sku_id = 'topup-100'")))
    for _ in range(2):
        await world.write(lambda tx: world.shop.begin_sweeps(tx, world.now))
    await world.wait(minutes=25)
    assert await world.alarms() == ["invariant"]
    assert await world.write(world.jobs.next_due) is not None


async def test_a_paid_order_that_stands_still_is_noticed(world: World) -> None:
    order = await world.place()
    await world.pay(order)
    await world.write(lambda tx: tx.execute(text("DELETE FROM jobs")))
    await world.wait(minutes=61)
    assert any("bounded time" in violation for violation in await world.violations())


@pytest.mark.parametrize(
    ("manner", "state"),
    [
        (Manner.DELIVER, CustomerState.DELIVERED),
        (Manner.SILENT, CustomerState.DELIVERED),
        (Manner.FAIL, CustomerState.REFUNDED),
    ],
)
async def test_work_whose_jobs_are_gone_is_taken_up_again(
    world: World, manner: Manner, state: CustomerState
) -> None:
    world.supplier.told[PHONE] = manner
    order = await world.place()
    await world.pay(order)
    await lose_all_jobs_until_swept(world)
    await lose_all_jobs_until_swept(world)
    await world.wait(minutes=1)
    assert await world.state(order) is state
    assert await world.violations() == ()
    assert "work_dropped" in await world.alarms()


async def test_an_unpaid_order_whose_timer_is_gone_expires_all_the_same(world: World) -> None:
    order = await world.place()
    await world.wait(minutes=15, seconds=-1)
    await lose_all_jobs_until_swept(world)
    await world.wait(minutes=1)
    assert await world.state(order) is CustomerState.EXPIRED


async def lose_all_jobs_until_swept(world: World) -> None:
    await world.write(lambda tx: tx.execute(text("DELETE FROM jobs")))
    await world.write(lambda tx: world.shop.begin_sweeps(tx, world.now))
    await world.wait(minutes=10)


async def test_a_sound_shop_is_swept_without_a_sound(world: World) -> None:
    world.supplier.delay = timedelta(hours=3)
    await paid(world, topup(), gift())
    await world.place(topup(), customer="c2")
    await world.write(lambda tx: world.shop.begin_sweeps(tx, world.now))
    await world.wait(hours=5)
    assert await world.alarms() == []


async def test_a_job_that_was_given_up_rings(world: World) -> None:
    await world.write(lambda tx: world.jobs.enqueue(tx, "no such kind", "odd", {}, world.now))
    await world.write(lambda tx: world.shop.begin_sweeps(tx, world.now))
    await world.wait(hours=3)
    assert await world.alarms() == ["job_given_up"]


async def test_an_order_that_waits_for_evidence_is_not_stuck(world: World) -> None:
    world.supplier.told[PHONE] = Manner.MUTE
    await paid(world)
    await world.wait(minutes=90)
    assert await world.violations() == ()
