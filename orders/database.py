"""The one way to the database: plain functions, run whole, on SQLite or PostgreSQL.

`write(fn)` and `read(fn)` run `fn(tx)` in one transaction. `fn` is synchronous, so it cannot wait
for a network while it holds a lock. Whatever differs between the two databases lives here.
"""

from __future__ import annotations

from asyncio import get_running_loop, wrap_future
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from orders.errors import UnknownDatabase

Tx = Connection
"""An open transaction, as every function of the shop takes it."""

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"

SQLITE = "sqlite+aiosqlite"
POSTGRES = "postgresql+psycopg"

WAIT_FOR_LOCK_MS = 30_000
"""Another process (a backup, a command) may hold the file for a while; our own writers queue."""


TOGETHER_MAX = 32
"""So many waiting transactions are committed at once on SQLite."""

TRIES_MAX = 5

GIVEN_UP = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a transaction that it gave up because of others: serialization failure
and deadlock (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""


ENDED = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "53300"})
"""PostgreSQL's codes for a server that shuts down, crashed, starts up, has had enough of a connection that
says nothing, or has none left."""

IDLE_SECONDS_MAX = 30
"""A transaction never waits for anything outside, so whoever begins one and then says nothing for so long is
frozen, or his machine is gone. Without this the server would keep his locks, and the chats and orders behind
them, until the network gives the machine up: two hours, as systems are set."""


def is_away(error: BaseException) -> bool:
    """Whether the server could not be reached, or ended the connection. A file is never away."""
    if not isinstance(error, DBAPIError) or not hasattr(error.orig, "sqlstate"):
        return False
    code: str | None = getattr(error.orig, "sqlstate", None)
    if code is None:
        # The driver speaks for itself: it has no connection, or not any more.
        return isinstance(error, OperationalError | InterfaceError)
    return code in ENDED or code.startswith("08")


def is_passing(error: BaseException) -> bool:
    """Whether the same transaction may well succeed in a moment: nothing is wrong with what it does."""
    code = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return code in GIVEN_UP or is_away(error)


class Writer(Protocol):
    """Runs transactions that change things."""

    async def run(self, fn: Callable[[Tx], T]) -> T: ...

    async def close(self) -> None: ...


class OneThread:
    """SQLite has one writer at a time anyway, so one thread does all the writing, in order.

    A transaction crosses to that thread once, whole; going there for each statement, as an
    asynchronous driver does, costs several times the work itself. Those that wait while another
    one is running are then committed together, each behind a savepoint of its own: the disk is
    waited for once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: SimpleQueue[_Transaction] = SimpleQueue()
        self._thread = ThreadPoolExecutor(1, "database-writer")

    async def run(self, fn: Callable[[Tx], T]) -> T:
        """A caller that is cancelled meanwhile does not learn whether it was committed, as if its
        process had died at that moment: whatever it does, it does again harmlessly."""
        context = copy_context()
        transaction = _Transaction(lambda tx: context.run(fn, tx))
        self._waiting.put(transaction)
        # Each transaction brings one call along. The first call takes everybody who waits by
        # then; the calls of those find the queue empty, and are over at once.
        self._thread.submit(self._run_waiting)
        result: T = await wrap_future(transaction.outcome)
        return result

    def _run_waiting(self) -> None:
        together: list[_Transaction] = []
        while len(together) < TOGETHER_MAX and not self._waiting.empty():
            transaction = self._waiting.get()
            if transaction.outcome.set_running_or_notify_cancel():
                together.append(transaction)
        if not together:
            return
        try:
            with self._engine.begin() as connection:
                for transaction in together:
                    transaction.run(connection, alone=len(together) == 1)
                    _expect_open(connection)
        except BaseException as error:
            # Nothing at all was committed, and nobody may hear otherwise.
            for transaction in together:
                transaction.outcome.set_exception(transaction.error or error)
            return
        for transaction in together:
            transaction.tell()

    async def close(self) -> None:
        await get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()


def _expect_open(connection: Connection) -> None:
    """SQLite ends a transaction by itself when the disk is full or broken: what the others had done
    is gone then, and a commit would say nothing of it (https://www.sqlite.org/lang_transaction.html)."""
    raw: Any = connection.connection.driver_connection
    if not raw.in_transaction:
        raise OperationalError("the database gave the transaction up", None, RuntimeError())


class _Transaction:
    """One caller's function, and what came of it; told only once that is certain."""

    def __init__(self, fn: Callable[[Tx], Any]) -> None:
        self._fn = fn
        self._result: Any = None
        self.error: BaseException | None = None
        self.outcome: Future[Any] = Future()

    def run(self, connection: Connection, alone: bool) -> None:
        try:
            if alone:
                self._result = self._fn(connection)
                return
            with connection.begin_nested():
                self._result = self._fn(connection)
        except BaseException as error:
            self.error = error
            if alone:
                raise

    def tell(self) -> None:
        if self.error is None:
            self.outcome.set_result(self._result)
        else:
            self.outcome.set_exception(self.error)


class _Said(Generic[T]):
    """One try of a transaction, which knows afterwards how far it came."""

    def __init__(self, fn: Callable[[Tx], T]) -> None:
        self._fn = fn
        self._begun = self._ended = False

    def __call__(self, tx: Tx) -> T:
        self._begun = True
        result = self._fn(tx)
        self._ended = True
        return result

    @property
    def met_the_dead(self) -> bool:
        """It had a connection, and was not committing yet."""
        return self._begun and not self._ended


class Pool:
    """PostgreSQL locks rows, so several connections write at the same time.

    Two that wait for each other are untied by the database, which gives one of them up; what was
    given up has changed nothing, and is run again. So is what met a connection that had died in the
    pool, as all have once the server was restarted; a look at each connection before its use would
    tell the same, for one more journey to the server each time.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def run(self, fn: Callable[[Tx], T]) -> T:
        for _ in range(TRIES_MAX - 1):
            said = _Said(fn)
            try:
                return await self._once(said)
            except DBAPIError as error:
                code = getattr(error.orig, "sqlstate", None)
                # A connection that dies while it commits may have committed: that is for the caller.
                if code not in GIVEN_UP and not (said.met_the_dead and is_away(error)):
                    raise
        return await self._once(_Said(fn))

    async def _once(self, fn: Callable[[Tx], T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(fn)

    async def close(self) -> None:
        await self._engine.dispose()


class Database:
    """A database that is open. Close it when done."""

    def __init__(self, writer: Writer, reader: Pool) -> None:
        self._writer = writer
        self._reader = reader

    @property
    def serves_one_process(self) -> bool:
        """Whether no other process can be working on it: a file, not a server."""
        return isinstance(self._writer, OneThread)

    @staticmethod
    def file_of(url: str) -> Path | None:
        """The file of an SQLite URL; None for a server's."""
        parsed = make_url(url)
        is_file = parsed.drivername in ("sqlite", SQLITE) and parsed.database
        return Path(str(parsed.database)) if is_file else None

    @classmethod
    def open(cls, url: str) -> Database:
        """Open `sqlite+aiosqlite:///path` or `postgresql+psycopg://...`; connects at first use.

        Raises ValueError for any other kind of URL.
        """
        parsed = make_url(url)
        if parsed.drivername in ("sqlite", SQLITE):
            return cls._open_sqlite(parsed)
        if parsed.drivername in ("postgresql", POSTGRES):
            return cls._open_postgres(parsed.set(drivername=POSTGRES))
        raise ValueError(f"{parsed.drivername} is not supported; use {SQLITE} or {POSTGRES}")

    # Errors hide their parameters: recipients and tokens are among them, and errors go to logs and the desk.

    @classmethod
    def _open_sqlite(cls, url: URL) -> Database:
        if not url.database or url.database == ":memory:":
            # All tasks would share one connection, and so one transaction.
            raise ValueError("an in-memory database is not supported; name a file")
        writer = create_engine(
            url.set(drivername="sqlite"), pool_size=1, max_overflow=0, hide_parameters=True
        )
        reader = create_async_engine(
            url.set(drivername=SQLITE), pool_size=4, max_overflow=4, hide_parameters=True
        )
        event.listen(writer, "connect", _prepare_sqlite_writer)
        event.listen(writer, "begin", _begin_immediate)
        event.listen(reader.sync_engine, "connect", _prepare_sqlite_reader)
        event.listen(reader.sync_engine, "begin", _begin_deferred)
        return cls(OneThread(writer), Pool(reader))

    @classmethod
    def _open_postgres(cls, url: URL) -> Database:
        engine = create_async_engine(url, pool_size=8, max_overflow=8, hide_parameters=True)
        event.listen(engine.sync_engine, "connect", _prepare_postgres)
        reader = engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        return cls(Pool(engine), Pool(reader))

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in a transaction that may change things; committed when this returns.

        An exception from `fn` rolls everything back and comes out here.
        """
        return await self._writer.run(fn)

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` in a transaction that sees one consistent state and can change nothing."""
        return await self._reader.run(fn)

    async def migrate(self) -> None:
        """Bring the tables up to this version. Raises UnknownDatabase for a newer database."""
        await self.write(_upgrade)

    async def check(self) -> None:
        """Raises UnknownDatabase unless the tables are exactly of this version."""
        await self.read(expect_current)

    async def close(self) -> None:
        await self._writer.close()
        await self._reader.close()


def sqlite_url(path: Path) -> str:
    """The URL of a database file."""
    return URL.create(SQLITE, database=str(path)).render_as_string()


# The driver's own connection has no type that SQLAlchemy names.
def _prepare_sqlite_writer(connection: Any, _record: object) -> None:
    # The driver's implicit BEGIN is deferred: it loses updates and fails on lock upgrades.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # NORMAL may lose the last commits when the power fails; this is money.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA busy_timeout={WAIT_FOR_LOCK_MS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _prepare_sqlite_reader(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={WAIT_FOR_LOCK_MS}")
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _prepare_postgres(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS_MAX}s'")
    cursor.close()
    connection.commit()


def _begin_immediate(connection: Connection) -> None:
    # busy_timeout does not help a reader that wants to write later: take the write lock first.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _script_folder(tx: Tx) -> Any:
    # Imported here: alembic takes a while to load, and only the start needs it.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = tx
    return config


def _upgrade(tx: Tx) -> None:
    from alembic import command

    config = _script_folder(tx)
    _refuse_unknown(tx, config)
    if tx.dialect.name == "postgresql":
        # Several processes may start at once; one migrates, the others find it done.
        tx.execute(text("SELECT pg_advisory_xact_lock(7261051)"))
    command.upgrade(config, "head")


def expect_current(tx: Tx) -> None:
    """Raises UnknownDatabase unless the tables are exactly of this version."""
    from alembic.script import ScriptDirectory

    config = _script_folder(tx)
    _refuse_unknown(tx, config)
    newest = set(ScriptDirectory.from_config(config).get_heads())
    if _revisions(tx) != newest:
        raise UnknownDatabase(
            "the database is empty or of an older version; `xiadan serve` brings it up to date"
        )


def _refuse_unknown(tx: Tx, config: Any) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if unknown := _revisions(tx) - known:
        raise UnknownDatabase(
            f"the database has revision {sorted(unknown)[0]}, which this version does not know; "
            "start the version that made it, or restore a backup"
        )


def _revisions(tx: Tx) -> set[str]:
    from alembic.runtime.migration import MigrationContext

    return set(MigrationContext.configure(tx).get_current_heads())
