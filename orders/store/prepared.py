"""Statements that are compiled once and then said straight to the driver.

SQLAlchemy writes the SQL, once for each kind of database; what it does anew at every execution costs several times
what the database itself does, and an order says some fifty statements.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, ClauseElement, Insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from orders.database import Tx

Parameters = Mapping[str, Any]
"""What is put in for the names of a statement: text, whole numbers, bytes, booleans, or nothing."""

NOTHING: Parameters = {}


class Said:
    """What the database said to one statement: the same words as SQLAlchemy's result, and whole already."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        return self._rows

    def first(self) -> Any:
        """The first row, by the names of its columns; None where there is none."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The one row."""
        assert len(self._rows) == 1, f"{len(self._rows)} rows instead of one"
        return self._rows[0]

    def scalar(self) -> Any:
        """The first column of the first row; None where there is no row."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """The one column of the one row."""
        return self.one()[0]

    def count(self) -> int:
        """The one whole number of the one row."""
        return int(self.one()[0])

    def scalars(self) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self._rows]


class Prepared:
    """One statement with names to be filled in. It must not hold lists (`IN` of as many as there are).

    Whoever executes an INSERT names the same columns each time; the others get what the table gives them.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement
        self._known: dict[str, _Compiled] = {}

    def __call__(self, tx: Tx, parameters: Parameters = NOTHING) -> Said:
        """Say it in the transaction. Raises DBAPIError as SQLAlchemy does."""
        return self._compiled(tx, parameters).said(tx, parameters)

    def each(self, tx: Tx, rows: Sequence[Parameters]) -> None:
        """Say it once for each of `rows`."""
        for row in rows:
            self._compiled(tx, row).said(tx, row)

    def _compiled(self, tx: Tx, parameters: Parameters) -> _Compiled:
        dialect = tx.dialect
        compiled = self._known.get(dialect.name)
        if compiled is None:
            columns = list(parameters) if isinstance(self.statement, Insert) else None
            compiled = self._known[dialect.name] = _Compiled(self.statement, columns, dialect)
        return compiled


class _Compiled:
    """The statement as one kind of database hears it."""

    def __init__(self, statement: ClauseElement, columns: list[str] | None, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        assert isinstance(compiled, SQLCompiler)
        self._sql = str(compiled)
        assert "POSTCOMPILE" not in self._sql, f"a prepared statement holds no lists: {self._sql}"
        self._fill = _filler(compiled)
        self._truths = _truths(statement, dialect)
        self._row: Callable[[Sequence[Any]], Any] | None = None
        self._dbapi: Any = dialect.loaded_dbapi

    def said(self, tx: Tx, parameters: Parameters) -> Said:
        filled = self._fill(parameters)
        cursor = tx.connection.cursor()
        try:
            cursor.execute(self._sql, filled)
            if cursor.description is None:
                return Said([], cursor.rowcount)
            make = self._row
            if make is None:
                make = self._row = _row_maker([column[0] for column in cursor.description], self._truths)
            return Said([make(row) for row in cursor.fetchall()], cursor.rowcount)
        except self._dbapi.Error as error:
            # What stands above knows the library's errors, not each driver's. Like the library's own, they do
            # not show what was filled in.
            raise DBAPIError.instance(
                self._sql, filled, error, self._dbapi.Error, hide_parameters=True, dialect=tx.dialect
            ) from error
        finally:
            cursor.close()


def _filler(compiled: SQLCompiler) -> Callable[[Parameters], Any]:
    """Puts the parameters in the driver's form: by place for SQLite, by name for PostgreSQL."""
    constants = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
    if compiled.positiontup is None:
        return lambda parameters: {**constants, **parameters}
    places = tuple(compiled.positiontup)
    if not constants:
        return lambda parameters: [parameters[name] for name in places]
    return lambda parameters: [parameters[name] if name in parameters else constants[name] for name in places]


def _truths(statement: ClauseElement, dialect: Dialect) -> tuple[int, ...]:
    """The places of booleans, which SQLite keeps as 0 and 1."""
    if dialect.name != "sqlite":
        return ()
    columns = getattr(statement, "selected_columns", ())
    return tuple(place for place, column in enumerate(columns) if isinstance(column.type, Boolean))


def _row_maker(names: Sequence[str], truths: Sequence[int]) -> Callable[[Sequence[Any]], Any]:
    # The names come from our own tables; `rename` is for expressions without one.
    row_of: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    make: Callable[[Sequence[Any]], Any] = row_of._make
    if not truths:
        return make

    def truthful(row: Sequence[Any]) -> Any:
        values = list(row)
        for place in truths:
            values[place] = bool(values[place])
        return make(values)

    return truthful
