"""A database without threads, for a world in which the order of everything is chosen by a seed.

One connection to a SQLite in memory. A transaction runs whole when it is asked for, so two runs of
one seed are the same to the last row. Each process of the shop has a `Line` to it, along which it
can be held up, and cut off before or after any commit.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool

from orders.database import Database, Tx, sqlite_url
from tests.simulation.journal import Journal

T = TypeVar("T")

Rewrite = Callable[[str, Any], tuple[str, Any]]
"""Changes a statement and its parameters on their way to the database: a seam for planted bugs."""

_COMPILED: dict[Any, Any] = {}
"""Statements are compiled once for all the worlds of a process."""


WROTE_AT: ContextVar[int] = ContextVar("WROTE_AT", default=0)
"""The tick of a task's last writing transaction."""


class Died(BaseException):
    """The power went. Not an Exception: nothing in the shop may catch it."""


@cache
def template() -> bytes:
    """An empty database with all tables; migrating takes longer than a thousand events."""
    with tempfile.TemporaryDirectory(prefix="xiadan-simulation-") as folder:
        path = Path(folder) / "shop.db"
        asyncio.run(_migrate(path))
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()
        return path.read_bytes()


async def _migrate(path: Path) -> None:
    database = Database.open(sqlite_url(path))
    await database.migrate()
    await database.close()


class Straight:
    """The one database of a world."""

    def __init__(self, rewrite: Rewrite | None = None) -> None:
        factory = _Rewriting if rewrite else sqlite3.Connection
        self.raw = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None, factory=factory)
        if isinstance(self.raw, _Rewriting) and rewrite:
            self.raw.rewrite = rewrite
        self.tick = 0
        """Counts transactions: tells what came before what."""
        self.empty()
        self._engine = create_engine("sqlite://", creator=lambda: self.raw, poolclass=StaticPool)
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        self._connection = self._engine.connect().execution_options(compiled_cache=_COMPILED)

    def empty(self) -> None:
        """Begin anew with empty tables, and keep the compiled statements."""
        for (name,) in self.raw.execute(
            "SELECT name FROM temp.sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            self.raw.execute(f"DROP TRIGGER temp.{name}")
        for (name,) in self.raw.execute(
            "SELECT name FROM temp.sqlite_master WHERE type = 'table'"
        ).fetchall():
            self.raw.execute(f"DROP TABLE temp.{name}")
        self.raw.deserialize(template())
        self.raw.execute("PRAGMA foreign_keys=ON")
        self.journal = Journal(self.raw)

    def write(self, fn: Callable[[Tx], T]) -> T:
        self.tick += 1
        with self._connection.begin():
            result = fn(self._connection)
        self.journal.read(self.tick)
        return result

    def read(self, fn: Callable[[Tx], T]) -> T:
        before = self.raw.total_changes
        with self._connection.begin():
            result = fn(self._connection)
        assert self.raw.total_changes == before, "a reading transaction wrote"
        return result

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()
        self.raw.close()

    def digest(self, without: frozenset[str] = frozenset()) -> str:
        """Names the whole content but for sealed boxes, which are sealed differently each time."""
        found = hashlib.sha256()
        for (table,) in self.raw.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name"
        ):
            if table in without or table.startswith("sqlite_"):
                continue
            columns = [row[1] for row in self.raw.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join(column for column in columns if column not in ("box", "lease"))
            for row in self.raw.execute(f"SELECT {chosen} FROM main.{table} ORDER BY rowid"):
                found.update(repr(row).encode())
        return found.hexdigest()


class _Rewriting(sqlite3.Connection):
    """The driver's own connection, through which every statement goes, prepared or not."""

    rewrite: Rewrite

    def cursor(self, factory: type[sqlite3.Cursor] | None = None) -> sqlite3.Cursor:
        return super().cursor(_RewritingCursor)


class _RewritingCursor(sqlite3.Cursor):
    connection: _Rewriting

    def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
        return super().execute(*self.connection.rewrite(statement, parameters))

    def executemany(self, statement: str, parameters: Any) -> sqlite3.Cursor:
        return super().executemany(*self.connection.rewrite(statement, list(parameters)))


class Line:
    """One process's way to the database, as its `Database` takes it for writing and for reading."""

    def __init__(self, straight: Straight, held_up: Callable[[], Awaitable[None]]) -> None:
        self._straight = straight
        self._held_up = held_up
        self.commits_left: int | None = None
        """The process dies at so many commits from now; None while it lives on."""
        self.dies_after_commit = False
        self.is_cut = False

    async def run(self, fn: Callable[[Tx], T]) -> T:
        if self.is_cut:
            raise Died
        await self._held_up()
        result = self._now(fn)
        WROTE_AT.set(self._straight.tick)
        # Between a commit and what follows it a process may stand still as well.
        await self._held_up()
        return result

    def _now(self, fn: Callable[[Tx], T]) -> T:
        if self.is_cut:
            raise Died
        if self.commits_left is None:
            return self._straight.write(fn)
        self.commits_left -= 1
        if self.commits_left > 0:
            return self._straight.write(fn)
        self.is_cut = True
        if self.dies_after_commit:
            self._straight.write(fn)
            raise Died

        def cut_off(tx: Tx) -> T:
            fn(tx)
            raise Died

        return self._straight.write(cut_off)

    async def close(self) -> None:
        """The world closes the database, not the process."""


class Reading(Line):
    """The same line for what changes nothing; nobody dies of reading."""

    async def run(self, fn: Callable[[Tx], T]) -> T:
        await self._held_up()
        if self.is_cut:
            raise Died
        return self._straight.read(fn)
