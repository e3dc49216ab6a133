"""The shop of these tests, on both databases."""

from __future__ import annotations

import pytest

from orders.database import Database
from tests.orders.conftest import (  # noqa: F401
    database,
    database_url,
    postgres_database,
    postgres_server,
    postgres_url,
    sqlite_path,
    sqlite_template,
)
from tests.suppliers.world import SupplierWorld


@pytest.fixture
async def world(database: Database) -> SupplierWorld:  # noqa: F811
    """An open shop that has asked both of its suppliers for prices and balance."""
    world = SupplierWorld(database)
    await world.open_shop()
    await world.open_suppliers()
    return world
