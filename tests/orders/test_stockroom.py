"""Card keys: taken in whole or not at all, once, sold before they expire, and missed when few are left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from orders.card_key import KeyState
from orders.database import Database, sqlite_url
from orders.errors import KeysRejected, NotPermitted, SealBroken
from orders.key_file import keys_from_bytes
from orders.money import Fen
from orders.order import CustomerState
from orders.stockroom import Intake, Stocked, Stockroom, sealed
from orders.store import keys
from orders.tables import card_keys, key_batches
from orders.vault import Vault
from tests.orders.test_delivering import paid
from tests.orders.test_refunding import wish
from tests.orders.world import POLICY, World, gift

TODAY = date(2026, 1, 5)
LOW_AT_TWO = replace(POLICY, stock=replace(POLICY.stock, low_at=2))


@pytest.fixture
async def world(database: Database) -> World:
    """A shop that sells the keys it has, and makes none up."""
    world = World(database, LOW_AT_TWO, demo_keys=False)
    await world.open_shop()
    return world


async def take_in(
    world: World,
    *keys: str,
    name: str = "keys.txt",
    sku: str = "gift-10",
    expires: date | None = None,
    skip_known: bool = False,
) -> Stocked:
    file = keys_from_bytes(name, "\n".join(keys).encode())
    intake = Intake(sku, "小王", Fen(900), expires, "from the fair", skip_known)
    delivered = sealed(world.vault, file, intake)
    return await world.write(lambda tx: world.shop.stockroom.take_in(tx, delivered, intake, world.now))


def numbered(count: int, of: str = "KEY") -> list[str]:
    return [f"{of}-{place:04d}" for place in range(count)]


async def seen(world: World, order_no: str) -> list[str]:
    return list(await world.write(lambda tx: world.shop.card_keys(tx, order_no, "c1", world.now)))


async def low(world: World) -> list[str]:
    return [alarm for alarm in await world.alarms() if alarm == "stock_low"]


async def test_the_last_of_all_days_is_never(world: World) -> None:
    await take_in(world, "key,expires", "KEY-0001,9999-12-31", name="keys.csv")
    await take_in(world, "KEY-0002", expires=date.max)
    every = await world.database.read(world.shop.stockroom.keys)
    assert [key.expires_at for key in every] == [None, None]


async def test_a_file_becomes_a_batch_and_stock(world: World) -> None:
    done = await take_in(world, *numbered(3))
    assert (done.added, done.available, done.skipped_lines) == (3, 3, ())
    assert await world.available("gift-10") == 3
    (batch,) = await world.database.read(world.shop.stockroom.batches)
    assert (batch.added, batch.free, batch.unit_cost_fen, batch.added_by) == (3, 3, 900, "小王")
    assert (batch.source, batch.note) == ("keys.txt", "from the fair")
    assert await world.violations() == ()


async def test_the_same_file_is_taken_in_once(world: World) -> None:
    await take_in(world, *numbered(3))
    with pytest.raises(NotPermitted, match="as batch 1"):
        await take_in(world, *numbered(3), name="copy.txt")
    assert await world.available("gift-10") == 3


async def test_a_key_that_is_known_refuses_the_whole_file_and_is_named_by_its_line(world: World) -> None:
    await take_in(world, *numbered(2))
    with pytest.raises(KeysRejected) as rejected:
        await take_in(world, "NEW-0001", "KEY-0001", "NEW-0001", name="second.txt")
    assert [(fault.line, fault.column) for fault in rejected.value.faults] == [(2, "key"), (3, "key")]
    assert "line 1 has it" in str(rejected.value)
    assert "KEY-0001" not in str(rejected.value)
    assert await world.available("gift-10") == 2


async def test_known_keys_are_left_out_where_that_was_asked_for(world: World) -> None:
    await take_in(world, *numbered(2))
    done = await take_in(world, "NEW-0001", "KEY-0001", "NEW-0001", name="second.txt", skip_known=True)
    assert (done.added, done.skipped_lines, done.available) == (1, (2, 3), 3)
    with pytest.raises(NotPermitted, match="every key"):
        await take_in(world, *numbered(1), name="third.txt", skip_known=True)


async def test_one_key_never_belongs_to_two_goods(world: World) -> None:
    await take_in(world, *numbered(2))
    for skip_known in (False, True):
        with pytest.raises(KeysRejected, match="SKU gift-10 has it"):
            await take_in(world, "KEY-0001", name="other.txt", sku="gift-20", skip_known=skip_known)
    assert await world.available("gift-20") == 0


async def test_a_file_that_went_to_the_wrong_goods_can_be_taken_in_again(world: World) -> None:
    await take_in(world, *numbered(2))
    await world.write(
        lambda tx: world.shop.stockroom.strike_off_batch(tx, 1, "wrong goods", "小王", world.now)
    )
    done = await take_in(world, *numbered(2), sku="gift-20")
    assert (done.added, await world.available("gift-10")) == (2, 0)


async def test_only_key_goods_that_exist_have_keys(world: World) -> None:
    with pytest.raises(NotPermitted, match="import the catalog"):
        await take_in(world, *numbered(1), sku="nothing")
    with pytest.raises(NotPermitted, match="delivered as topup"):
        await take_in(world, *numbered(1), sku="topup-100")


async def test_keys_sealed_with_another_vault_are_not_taken_in(world: World) -> None:
    await take_in(world, *numbered(1))
    file, intake = keys_from_bytes("second.txt", b"NEW-0001"), Intake("gift-10", "小王")
    other = Vault({"k2": bytes(range(100, 132))})
    elsewhere = Stockroom(replace(world.shop.room, vault=other))
    with pytest.raises(SealBroken):
        await world.write(lambda tx: elsewhere.take_in(tx, sealed(other, file, intake), intake, world.now))
    assert await world.available("gift-10") == 1


async def test_neither_keys_nor_the_files_digest_can_be_read_in_the_database(world: World) -> None:
    await take_in(world, "KEY-0001")
    rows = await world.database.read(
        lambda tx: [*tx.execute(select(card_keys)), *tx.execute(select(key_batches))]
    )
    assert rows
    assert "KEY-0001" not in repr(rows)
    assert keys_from_bytes("keys.txt", b"KEY-0001").digest not in repr(rows)


class TestExpiry:
    async def test_what_expires_first_is_sold_first_and_what_never_does_last(self, world: World) -> None:
        await take_in(world, "NEVER-1", "NEVER-2", name="a.txt")
        await take_in(world, "LATE-01", name="b.txt", expires=TODAY + timedelta(days=300))
        await take_in(world, "SOON-01", name="c.txt", expires=TODAY + timedelta(days=30))
        sold = [(await seen(world, (await paid(world, gift())).order_no))[0] for _ in range(4)]
        assert sold == ["SOON-01", "LATE-01", "NEVER-1", "NEVER-2"]
        assert await world.violations() == ()

    async def test_a_key_too_near_to_its_end_is_not_taken_in(self, world: World) -> None:
        margin = timedelta(days=world.policy.stock.expiry_margin_days)
        with pytest.raises(KeysRejected, match="column expires"):
            await take_in(world, *numbered(1), expires=TODAY + margin - timedelta(days=1))
        assert (await take_in(world, *numbered(1), expires=TODAY + margin)).added == 1

    async def test_what_can_no_longer_be_sold_leaves_the_stock_and_rings(self, world: World) -> None:
        await take_in(world, "SOON-01", "SOON-02", name="a.txt", expires=TODAY + timedelta(days=10))
        await take_in(world, *numbered(2))
        world.clock.advance(timedelta(days=2))
        await world.sweep()
        assert (await world.available("gift-10"), "keys_expired" in await world.alarms()) == (4, False)
        world.clock.advance(timedelta(days=2))
        await world.sweep()
        assert (await world.available("gift-10"), "keys_expired" in await world.alarms()) == (2, True)
        records = await world.database.read(lambda tx: world.shop.stockroom.keys(tx, None, KeyState.VOID))
        assert {record.void_reason for record in records} == {"expired"}
        assert await world.violations() == ()

    async def test_an_order_whose_key_expired_before_the_sweep_is_given_back(self, world: World) -> None:
        await take_in(world, "SOON-01", "SOON-02", expires=TODAY + timedelta(days=10))
        await world.wait(days=5)
        assert await world.available("gift-10") == 2
        order = await paid(world, gift())
        assert await world.state(order) is CustomerState.REFUNDED
        assert await world.available("gift-10") == 0
        assert {"keys_missing", "keys_expired", "stock_low"} <= set(await world.alarms())
        assert await world.violations() == ()


class TestLowStock:
    async def test_it_rings_once_when_few_are_left(self, world: World) -> None:
        await take_in(world, *numbered(4))
        await paid(world, gift(2))
        assert await low(world) == []
        await paid(world, gift())
        assert len(await low(world)) == 1
        (alarm,) = await world.database.read(world.shop.alarms)
        assert (alarm.subject, alarm.detail) == ("gift-10", "1 left")
        await world.write(lambda tx: world.shop.close_alarm(tx, alarm.alarm_no, "小王", world.now))
        await paid(world, gift())
        assert await low(world) == []

    async def test_filling_up_ends_it_and_the_next_lack_rings_anew(self, world: World) -> None:
        await take_in(world, *numbered(2))
        await paid(world, gift())
        assert len(await low(world)) == 1
        await world.wait(minutes=1)
        await take_in(world, *numbered(2, "NEW"), name="more.txt")
        assert await low(world) == []
        await paid(world, gift(2))
        assert len(await low(world)) == 1

    async def test_a_filling_that_is_too_small_keeps_ringing(self, world: World) -> None:
        await take_in(world, *numbered(1))
        assert len(await low(world)) == 1

    async def test_a_sandbox_that_makes_keys_up_never_lacks_any(self, database: Database) -> None:
        world = World(database, LOW_AT_TWO)
        await world.open_shop()
        await paid(world, gift(3))
        assert await world.alarms() == []


class TestStrikingOff:
    async def test_an_unsold_key_leaves_the_stock_and_somebody_is_told(self, world: World) -> None:
        await take_in(world, *numbered(3))
        struck = await world.write(
            lambda tx: world.shop.stockroom.strike_off_key(tx, 1, "leaked", "小王", world.now)
        )
        assert (struck.count, struck.short_by, await world.available("gift-10")) == (1, 0, 2)
        (record, *_) = await world.database.read(
            lambda tx: world.shop.stockroom.keys(tx, "gift-10", KeyState.VOID)
        )
        assert (record.key_no, record.void_reason, record.voided_by) == (1, "leaked", "小王")
        (alarm,) = await world.database.read(world.shop.alarms)
        assert (alarm.kind, alarm.subject, alarm.detail) == ("keys_struck_off", "key 1", "1 by 小王: leaked")
        with pytest.raises(NotPermitted, match="void already"):
            await world.write(
                lambda tx: world.shop.stockroom.strike_off_key(tx, 1, "again", "小王", world.now)
            )

    async def test_a_sold_key_stays_with_its_order(self, world: World) -> None:
        await take_in(world, *numbered(3))
        order = await paid(world, gift())
        with pytest.raises(NotPermitted, match=f"sold with order {order.order_no}"):
            await world.write(lambda tx: world.shop.stockroom.strike_off_key(tx, 1, "x", "小王", world.now))
        struck = await world.write(
            lambda tx: world.shop.stockroom.strike_off_batch(tx, 1, "x", "小王", world.now)
        )
        assert struck.count == 2
        assert await seen(world, order.order_no) == ["KEY-0000"]
        assert await world.violations() == ()

    async def test_an_order_that_loses_its_promised_key_is_counted_and_given_back(self, world: World) -> None:
        await take_in(world, *numbered(2))
        order = await world.place(gift(2))
        struck = await world.write(
            lambda tx: world.shop.stockroom.strike_off_key(tx, 1, "leaked", "小王", world.now)
        )
        assert struck.short_by == 1
        assert "stock_short" in await world.alarms()
        await world.pay(order)
        await world.work()
        assert await world.state(order) is CustomerState.REFUNDED
        assert await world.violations() == ()

    async def test_a_key_or_a_batch_that_is_not_there_is_told_so(self, world: World) -> None:
        for strike in (world.shop.stockroom.strike_off_key, world.shop.stockroom.strike_off_batch):
            with pytest.raises(NotPermitted, match=r"no key 9|batch 9 has no unsold"):
                await world.write(lambda tx, strike=strike: strike(tx, 9, "x", "小王", world.now))


async def test_a_given_back_key_cannot_come_in_again(world: World) -> None:
    await take_in(world, *numbered(1))
    order = await paid(world, gift())
    await wish(world, order)
    with pytest.raises(KeysRejected, match="void"):
        await take_in(world, "KEY-0000", "NEW-0001", name="again.txt")


async def test_keys_are_counted_by_their_states(world: World) -> None:
    await take_in(world, *numbered(5), expires=TODAY + timedelta(days=90))
    await paid(world, gift(2))
    await world.place(gift())
    await world.write(lambda tx: world.shop.stockroom.strike_off_key(tx, 5, "x", "小王", world.now))
    (count,) = await world.database.read(world.shop.stockroom.counts)
    assert (count.free, count.sold, count.void, count.available) == (2, 2, 1, 1)
    assert count.first_expiry is not None


async def test_the_next_key_is_found_by_the_index_of_free_keys(sqlite_path: Path) -> None:
    query = keys._FREE.statement.compile(dialect=sqlite.dialect(paramstyle="named"))
    facts = {**query.params, "b_sku_id": "gift-10", "b_usable_until": 0, "b_count": 1}
    database = Database.open(sqlite_url(sqlite_path))
    rows = await database.read(lambda tx: tx.execute(text(f"EXPLAIN QUERY PLAN {query}"), facts).all())
    await database.close()
    plan = [row.detail for row in rows]
    assert any("ix_card_keys_free" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan
