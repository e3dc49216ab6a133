"""Statements that are compiled once and then said straight to the driver.

SQLAlchemy writes the SQL, once for each kind of database; what it does anew at every execution costs several times
what the database itself does, and an order says some fifty statements. For the few that every order says.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, ClauseElement
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from orders.database import Tx

Parameters = Mapping[str, Any]
"""What is put in for the names of a statement: text, whole numbers, bytes, booleans, or nothing."""


class Prepared:
    """One statement with names to be filled in. It must not hold lists (`IN` of as many as there are).

    `columns`: which ones an INSERT fills in; the others get what the table gives them.
    """

    def __init__(self, statement: ClauseElement, columns: str = "") -> None:
        self._statement = statement
        self._columns = columns.split() or None
        self._known: dict[str, _Compiled] = {}

    def first(self, tx: Tx, parameters: Parameters) -> Any:
        """The first row, by the names of its columns; None where there is none."""
        return self._said(tx).first(tx, parameters)

    def all(self, tx: Tx, parameters: Parameters) -> list[Any]:
        """Every row."""
        return self._said(tx).all(tx, parameters)

    def scalar(self, tx: Tx, parameters: Parameters) -> Any:
        """The first column of the first row; None where there is no row."""
        row = self._said(tx).first(tx, parameters)
        return None if row is None else row[0]

    def run(self, tx: Tx, parameters: Parameters) -> int:
        """How many rows it touched."""
        return self._said(tx).run(tx, parameters)

    def run_each(self, tx: Tx, parameters: Iterable[Parameters]) -> None:
        """Once for each."""
        compiled = self._said(tx)
        for each in parameters:
            compiled.run(tx, each)

    def _said(self, tx: Tx) -> _Compiled:
        name = tx.dialect.name
        compiled = self._known.get(name)
        if compiled is None:
            compiled = self._known[name] = _Compiled(self._statement, self._columns, tx.dialect)
        return compiled


class _Compiled:
    """The statement as one kind of database hears it."""

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        assert isinstance(compiled, SQLCompiler)
        self._sql = str(compiled)
        self._fill = _filler(compiled)
        names = [str(column.key or column.name) for column in getattr(statement, "selected_columns", ())]
        returned = getattr(statement, "_returning", ()) or ()
        names = names or [str(column.key) for column in returned]
        self._row = _row_maker(names, _truths(statement, dialect)) if names else None

    def first(self, tx: Tx, parameters: Parameters) -> Any:
        cursor = tx.connection.cursor()
        try:
            cursor.execute(self._sql, self._fill(parameters))
            row = cursor.fetchone()
        finally:
            cursor.close()
        return row if row is None or self._row is None else self._row(row)

    def all(self, tx: Tx, parameters: Parameters) -> list[Any]:
        cursor = tx.connection.cursor()
        try:
            cursor.execute(self._sql, self._fill(parameters))
            rows = cursor.fetchall()
        finally:
            cursor.close()
        return list(rows) if self._row is None else [self._row(row) for row in rows]

    def run(self, tx: Tx, parameters: Parameters) -> int:
        cursor = tx.connection.cursor()
        try:
            cursor.execute(self._sql, self._fill(parameters))
            touched: int = cursor.rowcount
        finally:
            cursor.close()
        return touched


def _filler(compiled: SQLCompiler) -> Callable[[Parameters], Sequence[Any] | Mapping[str, Any]]:
    """Puts the parameters in the driver's form: by place for SQLite, by name for PostgreSQL."""
    constants = {name: value for name, value in compiled.params.items() if value is not None}
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
