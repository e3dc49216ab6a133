"""The one way to the database: plain functions, run whole, on SQLite or PostgreSQL.

`write(fn)` and `read(fn)` run `fn(tx)` in one transaction. `fn` is synchronous, so it cannot wait
for a network while it holds a lock. Whatever differs between the two databases lives here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

Tx = Connection
"""An open transaction, as every function of the shop takes it."""

T = TypeVar("T")


class Database:
    """A database that is open. Close it when done."""

    @classmethod
    def open(cls, url: str) -> Database:
        """Open `sqlite+aiosqlite:///path` or `postgresql+psycopg://...`; connects at first use."""
        raise NotImplementedError

    async def migrate(self) -> None:
        """Bring the tables up to this version. Raises UnknownDatabase for a newer database."""
        raise NotImplementedError

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in a transaction that may change things; committed when this returns."""
        raise NotImplementedError

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in a transaction that sees one consistent state and can change nothing."""
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError
