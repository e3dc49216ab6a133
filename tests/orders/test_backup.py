"""A copy made while the shop is open is the shop at one instant, and comes back as a shop."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from orders.backup import UNFINISHED, back_up, examine, restore
from orders.database import Database, sqlite_url
from orders.errors import BackupRejected
from orders.order import CustomerState
from tests.orders.world import START, World, gift, topup


def lose(shop: Path) -> None:
    """The disk is gone, with everything that lay beside the file."""
    for file in shop.parent.glob(f"{shop.name}*"):
        file.unlink()


def modes_of(folder: Path, name: str) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.glob(f"{name}*")}


@pytest.fixture
async def world(sqlite_path: Path) -> World:
    world = World(Database.open(sqlite_url(sqlite_path)))
    await world.open_shop()
    return world


async def test_the_drill_in_the_docs(world: World, sqlite_path: Path, tmp_path: Path) -> None:
    """Copy the open shop, lose it, put the copy in its place, and go on."""
    kept = await world.place()
    await world.pay(kept)
    copy = await asyncio.to_thread(back_up, sqlite_path, tmp_path / "monday.db", world.policy, world.now)
    assert (copy.orders, copy.newest_order_no, copy.violations) == (1, kept.order_no, ())
    await world.place(gift(), customer="c2")
    await world.database.close()
    lose(sqlite_path)

    restore(tmp_path / "monday.db", sqlite_path, world.policy, world.now)

    again = World(Database.open(sqlite_url(sqlite_path)))
    await again.database.check()
    # The bank and the suppliers were not restored: they know what they were told.
    again.bank.paid = world.bank.paid
    await again.work()
    assert await again.state(await again.order(kept.order_no)) is CustomerState.DELIVERED
    assert await again.violations() == ()
    await again.database.close()


async def test_a_copy_made_in_the_middle_of_business_is_one_instant(
    world: World, sqlite_path: Path, tmp_path: Path
) -> None:
    async def business() -> None:
        for number in range(8):
            order = await world.place(*((gift(),) if number < 3 else ()), customer=f"c{number}")
            await world.pay(order)
            await world.work()

    trade = asyncio.create_task(business())
    copies = []
    while not trade.done():
        name = tmp_path / f"copy-{len(copies)}.db"
        copies.append(await asyncio.to_thread(back_up, sqlite_path, name, world.policy, world.now))
    await trade
    await world.database.close()
    assert len(copies) >= 2
    assert all(copy.violations == () for copy in copies)
    assert copies[-1].orders >= copies[0].orders


async def test_a_copy_is_one_file_for_its_owner_alone(
    world: World, sqlite_path: Path, tmp_path: Path
) -> None:
    await world.place()
    back_up(sqlite_path, tmp_path / "copies.db", world.policy, START)
    await world.database.close()
    assert modes_of(tmp_path, "copies") == {"copies.db": 0o600}


async def test_the_newest_order_is_the_last_one_placed(
    world: World, sqlite_path: Path, tmp_path: Path
) -> None:
    for day, sku in enumerate(("topup-50", "topup-100") * 4):
        placed = await world.place(topup(sku), customer=f"c{day}")
        world.clock.advance(timedelta(seconds=1))
        copy = await asyncio.to_thread(back_up, sqlite_path, tmp_path / f"{day}.db", world.policy, world.now)
        assert copy.newest_order_no == placed.order_no
    await world.database.close()


async def test_a_folder_that_is_not_there_is_named(world: World, sqlite_path: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRejected, match="there is no such folder; make it"):
        back_up(sqlite_path, tmp_path / "nowhere" / "monday.db", world.policy, world.now)
    await world.database.close()


async def test_nothing_is_ever_written_over(world: World, sqlite_path: Path, tmp_path: Path) -> None:
    await world.database.close()
    copy = back_up(sqlite_path, tmp_path / "copy.db", world.policy, START).file
    with pytest.raises(BackupRejected, match="exists already"):
        back_up(sqlite_path, copy, world.policy, START)
    with pytest.raises(BackupRejected, match="move it away"):
        restore(copy, sqlite_path, world.policy, START)
    with pytest.raises(BackupRejected, match="no shop here"):
        back_up(tmp_path / "nowhere.db", tmp_path / "other.db", world.policy, START)


def damaged(copy: Path) -> None:
    whole = bytearray(copy.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 8192] = b"\x00" * 8192
    copy.write_bytes(whole)


def cut_short(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 3])


def of_another_version(copy: Path) -> None:
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()


def no_shop(copy: Path) -> None:
    copy.write_text("not a database")


@pytest.mark.parametrize("spoil", [damaged, cut_short, of_another_version, no_shop])
def test_what_is_no_whole_copy_is_refused_before_it_is_put_in_place(
    spoil, sqlite_template: Path, tmp_path: Path, world_policy
) -> None:
    copy = Path(shutil.copy(sqlite_template, tmp_path / "copy.db"))
    spoil(copy)
    with pytest.raises(BackupRejected, match=r"copy\.db"):
        restore(copy, tmp_path / "shop.db", world_policy, START)
    assert not (tmp_path / "shop.db").exists()
    assert not list(tmp_path.glob(f"*{UNFINISHED}"))


def test_a_shop_with_unsound_books_is_copied_and_told(
    sqlite_template: Path, tmp_path: Path, world_policy
) -> None:
    shop = Path(shutil.copy(sqlite_template, tmp_path / "shop.db"))
    with sqlite3.connect(shop) as database:
        database.execute("INSERT INTO ledger (ref, account, amount_fen, at) VALUES ('lost', 'revenue', 5, 0)")
    database.close()
    copy = back_up(shop, tmp_path / "copy.db", world_policy, START)
    assert "lost" in [violation.subject for violation in copy.violations]
    assert examine(copy.file, world_policy, START).violations == copy.violations
