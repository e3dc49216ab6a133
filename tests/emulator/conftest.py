"""A shop's database for what an emulated gateway does to it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orders.database import Database, sqlite_url


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, to copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "shop.db"

    async def migrate() -> None:
        database = Database.open(sqlite_url(path))
        await database.migrate()
        await database.close()

    asyncio.run(migrate())
    return path


@pytest.fixture
async def database(empty_database: Path, tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database.open(sqlite_url(Path(shutil.copy(empty_database, tmp_path / "shop.db"))))
    yield opened
    await opened.close()
