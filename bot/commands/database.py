"""How a command gets at the shop's database: opened, of this version, and closed whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from orders.database import Database, Tx

T = TypeVar("T")


def read_from(url: str, fn: Callable[[Tx], T]) -> T:
    """What `fn` finds in one reading transaction. Raises UnknownDatabase."""
    return run_on(url, lambda database: database.read(fn))


def write_to(url: str, fn: Callable[[Tx], T]) -> T:
    """What `fn` returns, once what it did is committed. Raises UnknownDatabase."""
    return run_on(url, lambda database: database.write(fn))


def run_on(url: str, do: Callable[[Database], Awaitable[T]]) -> T:
    """What `do` makes of the open database. Raises UnknownDatabase for one of another version."""

    async def run() -> T:
        database = Database.open(url)
        try:
            await database.check()
            return await do(database)
        finally:
            await database.close()

    return asyncio.run(run())
