"""`xiadan keys`: card keys on their way into the stock, counted, and struck off.

Nothing here prints a key or a part of one: terminals are looked at by others, and keep what they showed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.database import read_from, write_to
from bot.settings import OPERATOR_NAME_MAX, Settings, operator_name
from orders.card_key import KeyState
from orders.clock import CHINA, SystemClock
from orders.database import Tx
from orders.key_file import day_of, read_keys
from orders.money import fen_from_yuan, yuan
from orders.shop import Shop
from orders.stockroom import Intake, Stocked, StruckOff, sealed

T = TypeVar("T")

NOTE_LENGTH_MAX = 200


def take_in(
    settings: Settings,
    database_url: str,
    file: Path,
    *,
    sku_id: str,
    cost: str | None,
    expires: str | None,
    note: str,
    skip_known: bool,
    by: str | None,
) -> None:
    """Take a file of keys in: all of it or nothing. Raises KeysRejected, NotPermitted."""
    intake = Intake(
        sku_id=sku_id,
        by=_name(by),
        unit_cost_fen=_read(fen_from_yuan, cost, "--cost"),
        expires_on=_read(day_of, expires, "--expires"),
        note=_short(note, "--note"),
        skip_known=skip_known,
    )
    read = read_keys(file)

    def stocked(shop: Shop, now: datetime) -> Callable[[Tx], Stocked]:
        # Encrypting takes a while; it is done before the transaction, which others wait for.
        delivered = sealed(shop.room.vault, read, intake)
        return lambda tx: shop.stockroom.take_in(tx, delivered, intake, now)

    done = _write(settings, database_url, stocked)
    typer.echo(
        f"Batch {done.batch_no}: {_keys(done.added)} of {sku_id} taken in; {done.available} can be ordered."
    )
    if done.skipped_lines:
        shown = ", ".join(str(line) for line in done.skipped_lines[:20])
        more = f" and {len(done.skipped_lines) - 20} more" if len(done.skipped_lines) > 20 else ""
        typer.echo(f"  left out, because known: {_keys(len(done.skipped_lines))}, on line {shown}{more}")


def show(
    settings: Settings, database_url: str, sku_id: str | None, state: KeyState | None, limit: int
) -> None:
    """List keys by their numbers, newest first."""
    found = _read_from(settings, database_url, lambda shop, tx: shop.stockroom.keys(tx, sku_id, state, limit))
    table = _table("key", "sku", "state", "batch", "expires", "order", "why void")
    for key in found:
        why = " by ".join(filter(None, (key.void_reason, key.voided_by)))
        table.add_row(
            str(key.key_no), key.sku_id, key.state.value, str(key.batch_no or "-"), _last_day(key.expires_at),
            key.order_no or "-", why or "-",
        )  # fmt: skip
    _print(table, "No keys.")


def show_batches(settings: Settings, database_url: str, limit: int) -> None:
    """List what was taken in, newest first, and what of it is left."""
    found = _read_from(settings, database_url, lambda shop, tx: shop.stockroom.batches(tx, limit))
    table = _table("batch", "sku", "file", "taken in", "free", "sold", "void", "cost each", "by", "note")
    for batch in found:
        cost = "-" if batch.unit_cost_fen is None else yuan(batch.unit_cost_fen)
        table.add_row(
            str(batch.batch_no), batch.sku_id, batch.source, f"{batch.added_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
            str(batch.free), str(batch.sold), str(batch.void), cost, batch.added_by, batch.note or "-",
        )  # fmt: skip
    _print(table, "No keys were taken in yet.")


def show_counts(settings: Settings, database_url: str) -> None:
    """Count the keys of each SKU."""
    found = _read_from(settings, database_url, lambda shop, tx: shop.stockroom.counts(tx))
    table = _table("sku", "can be ordered", "free", "sold", "void", "first expiry")
    for count in found:
        table.add_row(
            count.sku_id, str(count.available), str(count.free), str(count.sold), str(count.void),
            _last_day(count.first_expiry),
        )  # fmt: skip
    _print(table, "No keys.")


def strike_off(
    settings: Settings,
    database_url: str,
    *,
    key_no: int | None,
    batch_no: int | None,
    why: str,
    by: str | None,
) -> None:
    """Make an unsold key, or what is left of a batch, void. Raises NotPermitted."""
    if (key_no is None) == (batch_no is None):
        raise typer.BadParameter("give --key or --batch")
    why, who = _short(why, "--why"), _name(by)

    def struck(shop: Shop, now: datetime) -> Callable[[Tx], StruckOff]:
        stockroom = shop.stockroom
        if key_no is not None:
            return lambda tx: stockroom.strike_off_key(tx, key_no, why, who, now)
        assert batch_no is not None
        return lambda tx: stockroom.strike_off_batch(tx, batch_no, why, who, now)

    done = _write(settings, database_url, struck)
    typer.echo(f"Void: {_keys(done.count)} ({why})")
    if done.short_by:
        typer.echo(f"  promised to orders: {_keys(done.short_by)}; fill up, or their money goes back")


def _keys(count: int) -> str:
    return "1 key" if count == 1 else f"{count} keys"


def _read(read: Callable[[str], T], text: str | None, option: str) -> T | None:
    if text is None:
        return None
    try:
        return read(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def _short(text: str, option: str) -> str:
    text = text.strip()
    if len(text) > NOTE_LENGTH_MAX or not text.isprintable():
        raise typer.BadParameter(f"at most {NOTE_LENGTH_MAX} characters on one line", param_hint=option)
    return text


def _name(by: str | None) -> str:
    """Who is written down for it."""
    name = _short(by, "--by") if by else operator_name()
    if len(name) > OPERATOR_NAME_MAX:
        raise typer.BadParameter(f"at most {OPERATOR_NAME_MAX} characters", param_hint="--by")
    return name


def _last_day(end: datetime | None) -> str:
    """The last day of a key that ends with that day."""
    return "-" if end is None else f"{end.astimezone(CHINA) - timedelta(seconds=1):%Y-%m-%d}"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _print(table: Table, otherwise: str) -> None:
    if table.row_count:
        # Plain text: a file's name is not ours, and must not act as markup.
        Console(markup=False, highlight=False).print(table)
    else:
        typer.echo(otherwise)


def _write(
    settings: Settings, database_url: str, prepare: Callable[[Shop, datetime], Callable[[Tx], T]]
) -> T:
    from bot.workbench import shop_for_keys

    return write_to(database_url, prepare(shop_for_keys(settings), SystemClock().now()))


def _read_from(settings: Settings, database_url: str, look: Callable[[Shop, Tx], T]) -> T:
    from bot.workbench import shop_for_catalog

    shop = shop_for_catalog(settings)
    return read_from(database_url, lambda tx: look(shop, tx))
