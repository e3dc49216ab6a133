"""A copy of the shop's file while it is open, proven before anybody relies on it.

SQLite copies page by page what is committed, and begins again where a writer was faster; the copy is the
shop as it stood at one instant. A copy that was never opened is a hope, so each one is opened and its books
are checked. PostgreSQL has its own tools, which docs/operations.md names.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from orders.database import Tx, expect_current
from orders.errors import BackupRejected, UnknownDatabase
from orders.invariants import Violation, violations
from orders.policy import Policy

PAGES_AT_ONCE = 2048
"""Copied between two looks for other writers; at 4 KiB a page, 8 MiB."""

UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy holds."""

    file: Path
    size_bytes: int
    orders: int
    newest_order_no: str | None
    violations: tuple[Violation, ...]
    """What is wrong with its books; empty in a sound shop."""


def back_up(source: Path, target: Path, policy: Policy, now: datetime) -> Copy:
    """Copy the shop's file, also while it is served. `target` appears whole or not at all, for its
    owner alone. Raises BackupRejected where it exists already or the copy is not a shop."""
    if not source.is_file():
        raise BackupRejected(f"{source}: there is no shop here to copy")
    if target.exists():
        raise BackupRejected(f"{target}: exists already; name a file that does not")
    if not target.parent.is_dir():
        raise BackupRejected(f"{target.parent}: there is no such folder; make it, for its owner alone")
    unfinished = target.with_name(target.name + UNFINISHED)
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(source)) as shop, closing(sqlite3.connect(unfinished)) as copy:
            shop.backup(copy, pages=PAGES_AT_ONCE, sleep=0.01)
            # The copy shall be one file: what lies in a write-ahead log beside it is easily left behind.
            copy.execute("PRAGMA journal_mode=DELETE")
        found = examine(unfinished, policy, now)
        _to_disk(unfinished)
        os.replace(unfinished, target)
        _to_disk(target.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return Copy(target, found.size_bytes, found.orders, found.newest_order_no, found.violations)


def restore(copy: Path, target: Path, policy: Policy, now: datetime) -> Copy:
    """Put a copy where the shop's file belongs. What lies there is never written over: move it away
    yourself, you may still need it. Raises BackupRejected."""
    for beside in (target, target.with_name(target.name + "-wal"), target.with_name(target.name + "-shm")):
        if beside.exists():
            raise BackupRejected(f"{beside}: lies where the shop is to be; stop the shop and move it away")
    examine(copy, policy, now)
    return back_up(copy, target, policy, now)


def examine(file: Path, policy: Policy, now: datetime) -> Copy:
    """Open a copy and check page by page, table by table, and the books. Raises BackupRejected for
    what is no whole shop of this version."""
    if not file.is_file():
        raise BackupRejected(f"{file}: there is no such file")
    # Immutable: a copy is nobody's to write, so no log is looked for beside it.
    only_read = {"mode": "ro", "immutable": "1", "uri": "true"}
    engine = create_engine(URL.create("sqlite", database=f"file:{quote(str(file))}", query=only_read))
    try:
        with engine.connect() as tx:
            return _examined(tx, file, policy, now)
    except UnknownDatabase as unknown:
        raise BackupRejected(f"{file}: {unknown}") from unknown
    except DBAPIError as error:
        raise BackupRejected(f"{file}: cannot be read as a shop: {error.orig}") from error
    finally:
        engine.dispose()


def _examined(tx: Tx, file: Path, policy: Policy, now: datetime) -> Copy:
    damage = tx.execute(text("PRAGMA integrity_check(1)")).scalar_one()
    if damage != "ok":
        raise BackupRejected(f"{file}: is damaged: {damage}")
    expect_current(tx)
    count = tx.execute(text("SELECT COUNT(*) FROM orders")).scalar_one()
    # The numbers of one day are drawn at random: the greatest is not the newest.
    newest = tx.execute(text("SELECT order_no FROM orders ORDER BY created_at DESC LIMIT 1")).scalar()
    return Copy(file, file.stat().st_size, count, newest, violations(tx, policy, now))


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
