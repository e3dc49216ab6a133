"""Transactions that are whole, one after the other, and only on a database of our own."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator, Callable
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


class TestCommittedTogether:
    """On SQLite those who wait are committed together; nobody must notice."""

    @pytest.fixture
    async def shop(self, sqlite_path: Path) -> AsyncIterator[Database]:
        database = Database.open(sqlite_url(sqlite_path))
        yield database
        await database.close()

    async def at_once(self, database: Database, *fns: Callable[[Tx], object]) -> list[object]:
        """Hold the writer up until all of them wait."""
        held = threading.Event()
        first = asyncio.create_task(database.write(lambda tx: held.wait(10)))
        await asyncio.sleep(0.05)
        waiting = [asyncio.create_task(database.write(fn)) for fn in fns]
        await asyncio.sleep(0)
        held.set()
        await first
        return await asyncio.gather(*waiting, return_exceptions=True)

    async def test_each_gets_its_own_result(self, shop: Database) -> None:
        def add(name: str) -> Callable[[Tx], str]:
            def fn(tx: Tx) -> str:
                tx.execute(insert(shop_facts).values(name=name, value=name))
                return name

            return fn

        assert await self.at_once(shop, *(add(name) for name in "abc")) == ["a", "b", "c"]
        assert await shop.read(lambda tx: tx.execute(select(shop_facts.c.name)).scalars().all()) == [*"abc"]

    async def test_one_that_fails_takes_nobody_along(self, shop: Database) -> None:
        def good(tx: Tx) -> None:
            tx.execute(insert(shop_facts).values(name="good", value="1"))

        def bad(tx: Tx) -> None:
            tx.execute(insert(shop_facts).values(name="bad", value="1"))
            raise LookupError

        def clashing(tx: Tx) -> None:
            tx.execute(insert(shop_facts).values(name="good", value="2"))

        outcomes = await self.at_once(shop, good, bad, clashing)
        assert outcomes[0] is None
        assert isinstance(outcomes[1], LookupError)
        assert isinstance(outcomes[2], DBAPIError)
        assert await shop.read(lambda tx: tx.execute(select(shop_facts.c.name)).scalars().all()) == ["good"]

    async def test_when_the_database_gives_up_nobody_is_told_that_it_was_written(
        self, shop: Database
    ) -> None:
        def good(tx: Tx) -> None:
            tx.execute(insert(shop_facts).values(name=secrets.token_hex(4), value="1"))

        def disk_full(tx: Tx) -> None:
            tx.exec_driver_sql("ROLLBACK")
            raise OSError

        outcomes = await self.at_once(shop, good, disk_full, good)
        assert all(isinstance(outcome, Exception) for outcome in outcomes)
        assert await shop.read(lambda tx: tx.execute(select(shop_facts)).all()) == []
        await shop.write(good)
        assert len(await shop.read(lambda tx: tx.execute(select(shop_facts)).all())) == 1


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
