"""A real database for what the channels remember."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orders.clock import SystemClock
from orders.database import Database, sqlite_url


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with its tables, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "shop.db"

    async def migrate() -> None:
        database = Database.open(sqlite_url(path))
        await database.migrate()
        await database.close()

    asyncio.run(migrate())
    return path


@pytest.fixture
def database_url(tmp_path: Path, empty_database: Path) -> str:
    for file in empty_database.parent.iterdir():
        shutil.copy(file, tmp_path / file.name)
    return sqlite_url(tmp_path / "shop.db")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()
