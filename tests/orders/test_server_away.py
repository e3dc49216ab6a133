"""A PostgreSQL server that was restarted, or goes away in the middle: nobody is told a lie, nothing is done twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from psycopg.errors import AdminShutdown
from sqlalchemy import bindparam, create_engine, make_url, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from orders.database import IDLE_SECONDS_MAX, POSTGRES, Database, Tx, is_away, is_passing, sqlite_url
from orders.store.prepared import Prepared
from orders.tables import shop_facts

ADD = text("INSERT INTO shop_facts (name, value) VALUES ('count', '0')")
VALUE = Prepared(select(shop_facts.c.value).where(shop_facts.c.name == bindparam("b_name")))
BACKENDS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
SO_MANY = 6
"""Connections that lie in the pool."""


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = Database.open(postgres_url)
    await opened.write(lambda tx: tx.execute(ADD))
    yield opened
    await opened.close()


def end_all_connections(url: str) -> None:
    """What a restart of the server does to everybody who is connected."""
    engine = create_engine(make_url(url).set(drivername=POSTGRES), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(BACKENDS))
    engine.dispose()


async def fill_the_pool(database: Database) -> None:
    """So many transactions at once that each needs a connection of its own."""
    all_there = asyncio.Barrier(SO_MANY)

    async def hold() -> None:
        async with database._writer._engine.begin() as connection:  # type: ignore[attr-defined]
            await connection.execute(text("SELECT 1"))
            await all_there.wait()

    await asyncio.gather(*(hold() for _ in range(SO_MANY)))


def count_one(tx: Tx) -> None:
    """Reads and writes straight through the driver, as the shop does."""
    known = int(tx.execute(select(shop_facts.c.value).with_for_update()).scalar_one())
    changed = ADD_ONE(tx, {"b_value": str(known + 1)})
    assert changed.rowcount == 1


ADD_ONE = Prepared(update(shop_facts).values(value=bindparam("b_value")))


async def test_after_a_restart_nobody_meets_a_dead_connection(database: Database, postgres_url: str) -> None:
    await fill_the_pool(database)
    end_all_connections(postgres_url)
    # The driver is spoken to directly here; a dead connection is noticed all the same.
    said = await asyncio.gather(
        *(database.read(lambda tx: VALUE(tx, {"b_name": "count"}).scalar_one()) for _ in range(SO_MANY))
    )
    assert said == ["0"] * SO_MANY
    await fill_the_pool(database)
    end_all_connections(postgres_url)
    await asyncio.gather(*(database.write(count_one) for _ in range(SO_MANY)))
    assert await database.read(lambda tx: VALUE(tx, {"b_name": "count"}).scalar_one()) == str(SO_MANY)


async def test_a_connection_that_dies_in_the_middle_is_not_used_again(
    database: Database, postgres_url: str
) -> None:
    tries: list[int] = []

    def dies_once(tx: Tx) -> str:
        pid = int(tx.execute(text("SELECT pg_backend_pid()")).scalar_one())
        tries.append(pid)
        count_one(tx)
        if len(tries) == 1:
            end_all_connections(postgres_url)
        return str(VALUE(tx, {"b_name": "count"}).scalar_one())

    assert await database.write(dies_once) == "1"
    assert len(set(tries)) == len(tries) == 2
    await asyncio.gather(*(database.write(count_one) for _ in range(SO_MANY)))
    assert await database.read(lambda tx: VALUE(tx, {"b_name": "count"}).scalar_one()) == str(SO_MANY + 1)


async def test_what_died_while_it_was_committed_is_left_to_the_caller(
    database: Database, postgres_url: str
) -> None:
    tries = 0

    def dies_at_its_end(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        count_one(tx)
        end_all_connections(postgres_url)

    with pytest.raises(DBAPIError) as died:
        await database.write(dies_at_its_end)
    assert tries == 1
    assert is_away(died.value)
    await database.write(count_one)
    assert await database.read(lambda tx: VALUE(tx, {"b_name": "count"}).scalar_one()) == "1"


async def test_a_server_that_is_not_there_is_away_at_once() -> None:
    database = Database.open("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(DBAPIError) as refused:
        await database.read(lambda tx: tx.execute(text("SELECT 1")))
    assert is_away(refused.value)
    await database.close()


async def test_a_wrong_statement_and_a_broken_file_are_not_away(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(DBAPIError) as wrong:
        await database.read(lambda tx: tx.execute(text("SELECT nothing FROM nowhere")))
    assert not is_passing(wrong.value)
    folder = tmp_path_factory.mktemp("broken") / "shop.db"
    folder.mkdir()
    file = Database.open(sqlite_url(folder))
    with pytest.raises(DBAPIError) as broken:
        await file.read(lambda tx: tx.execute(text("SELECT 1")))
    assert not is_passing(broken.value)
    await file.close()


def test_what_the_server_says_when_it_stops_is_away() -> None:
    assert is_away(OperationalError("SELECT 1", None, AdminShutdown("terminating connection")))


async def test_whoever_freezes_in_a_transaction_loses_it_and_its_locks(database: Database) -> None:
    patience = await database.write(
        lambda tx: tx.execute(text("SHOW idle_in_transaction_session_timeout")).scalar()
    )
    assert patience == f"{IDLE_SECONDS_MAX}s"
    tries = 0

    def freezes_once(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        count_one(tx)
        if tries == 1:
            tx.execute(text("SET LOCAL idle_in_transaction_session_timeout = '20ms'"))
            time.sleep(0.2)  # The process stands still, as under a debugger or on a machine that pages.
        count_one(tx)

    await database.write(freezes_once)
    assert tries == 2
    assert await database.read(lambda tx: VALUE(tx, {"b_name": "count"}).scalar_one()) == "2"
