"""Transactions that are whole, one after the other, and only on a database of our own."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from orders.database import Database, Tx, sqlite_url
from orders.errors import UnknownDatabase
from orders.tables import metadata, shop_facts


def count_up(tx: Tx) -> None:
    value = int(tx.execute(select(shop_facts.c.value).with_for_update()).scalar_one())
    tx.execute(update(shop_facts).values(value=str(value + 1)))


def value_of(tx: Tx) -> str:
    value: str = tx.execute(select(shop_facts.c.value)).scalar_one()
    return value


async def test_concurrent_writers_lose_nothing(database: Database) -> None:
    await database.write(lambda tx: tx.execute(insert(shop_facts).values(name="n", value="0")))

    async def many() -> None:
        for _ in range(10):
            await database.write(count_up)

    await asyncio.gather(*(many() for _ in range(8)))
    assert await database.read(value_of) == "80"


async def test_an_error_leaves_nothing_behind(database: Database) -> None:
    def half(tx: Tx) -> None:
        tx.execute(insert(shop_facts).values(name="n", value="0"))
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(half)
    assert await database.read(lambda tx: tx.execute(select(shop_facts)).all()) == []


async def test_a_read_can_change_nothing(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        await database.read(lambda tx: tx.execute(insert(shop_facts).values(name="n", value="0")))


async def test_a_reader_does_not_wait_for_a_writer(sqlite_path: Path) -> None:
    database = Database.open(sqlite_url(sqlite_path))
    await database.write(lambda tx: tx.execute(insert(shop_facts).values(name="n", value="0")))
    counted, go_on = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        count_up(tx)
        counted.set()
        go_on.wait(10)

    writing = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(counted.wait, 10)
    assert await database.read(value_of) == "0"
    go_on.set()
    await writing
    assert await database.read(value_of) == "1"
    await database.close()


async def test_a_writer_that_gives_up_waiting_does_not_hold_up_the_next_one(database: Database) -> None:
    async def give_up() -> None:
        async with asyncio.timeout(0):
            await database.write(lambda tx: tx.execute(insert(shop_facts).values(name="n", value="0")))

    with pytest.raises(TimeoutError):
        await give_up()
    await database.write(lambda tx: tx.execute(insert(shop_facts).values(name="m", value="1")))
    assert "1" in await database.read(lambda tx: tx.execute(select(shop_facts.c.value)).scalars().all())


async def test_two_writers_that_wait_for_each_other_both_come_through(database: Database) -> None:
    names = ("a", "b")
    for name in names:
        await database.write(lambda tx, n=name: tx.execute(insert(shop_facts).values(name=n, value="0")))  # type: ignore[misc]

    def both(tx: Tx, first: str, second: str) -> None:
        for name in (first, second):
            row = shop_facts.c.name == name
            value = int(tx.execute(select(shop_facts.c.value).where(row).with_for_update()).scalar_one())
            tx.execute(update(shop_facts).where(row).values(value=str(value + 1)))

    for _ in range(10):
        await asyncio.gather(
            database.write(lambda tx: both(tx, "a", "b")), database.write(lambda tx: both(tx, "b", "a"))
        )
    values = await database.read(lambda tx: tx.execute(select(shop_facts.c.value)).scalars().all())
    assert values == ["20", "20"]


async def test_migrating_makes_exactly_the_tables_that_the_queries_name(database: Database) -> None:
    def differences(tx: Tx) -> list[object]:
        ours = set(metadata.tables)
        context = MigrationContext.configure(
            tx, opts={"include_name": lambda name, kind, _: kind != "table" or name in ours}
        )
        return list(compare_metadata(context, metadata))

    await database.migrate()
    assert await database.read(differences) == []


async def test_migrating_again_is_harmless(database: Database) -> None:
    await database.migrate()
    await database.check()


async def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    version = text("SELECT version_num FROM alembic_version")
    ours = await database.read(lambda tx: tx.execute(version).scalar_one())
    change = text("UPDATE alembic_version SET version_num = :version")
    await database.write(lambda tx: tx.execute(change, {"version": "9999"}))
    with pytest.raises(UnknownDatabase, match="9999"):
        await database.check()
    with pytest.raises(UnknownDatabase, match="9999"):
        await database.migrate()
    await database.write(lambda tx: tx.execute(change, {"version": ours}))


async def test_a_database_of_an_older_version_is_to_be_migrated(tmp_path: Path) -> None:
    database = Database.open(sqlite_url(tmp_path / "empty.db"))
    try:
        with pytest.raises(UnknownDatabase, match="older"):
            await database.check()
    finally:
        await database.close()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite+aiosqlite:///:memory:", "mysql://root@host/shop", "postgresql+asyncpg://h/s"]
)
def test_what_does_not_work_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="not supported"):
        Database.open(url)


async def test_sqlite_is_durable_and_strict(sqlite_path: Path) -> None:
    database = Database.open(sqlite_url(sqlite_path))
    try:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            found = await database.write(lambda tx, p=pragma: tx.execute(text(f"PRAGMA {p}")).scalar())  # type: ignore[misc]
            assert found == value
    finally:
        await database.close()
