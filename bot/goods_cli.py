"""`xiadan catalog`, `keys` and `suppliers`, as they are typed: what is sold, and where it comes from. Each
imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.settings import read_settings
from orders.card_key import KeyState

catalog_commands = typer.Typer(no_args_is_help=True, help="Check, load and write the shop's goods.")
keys_commands = typer.Typer(no_args_is_help=True, help="Take card keys in, count them, strike them off.")
supplier_commands = typer.Typer(no_args_is_help=True, help="Outside suppliers: health, costs, descriptions.")

DatabaseUrl = Annotated[str | None, typer.Option("--database", help="The database's URL.")]


@catalog_commands.command("check")
def catalog_check(file: Path) -> None:
    """Read a catalog and name every bad row."""
    from bot.commands.catalog import check

    check(file)


@catalog_commands.command("import")
def catalog_import(file: Path, database: DatabaseUrl = None) -> None:
    """Load a catalog into the shop: all of it or nothing."""
    from bot.commands.catalog import import_file

    settings = read_settings()
    import_file(file, database or settings.database, settings)


@catalog_commands.command("export")
def catalog_export(
    file: Annotated[Path | None, typer.Argument()] = None, database: DatabaseUrl = None
) -> None:
    """Write the shop's goods as CSV, to a file or to standard output."""
    from bot.commands.catalog import export

    settings = read_settings()
    export(file, database or settings.database, settings)


@keys_commands.command("import")
def keys_import(
    file: Annotated[Path, typer.Argument(help="Text, CSV or XLSX: one key a row, or number and password.")],
    sku: Annotated[str, typer.Option(help="Whose keys they are.")],
    cost: Annotated[str | None, typer.Option(help="What one of them cost, in yuan: 9.50.")] = None,
    expires: Annotated[str | None, typer.Option(help="The last day they can be used on: 2027-12-31.")] = None,
    note: Annotated[str, typer.Option(help="Where they come from.")] = "",
    skip_known: Annotated[
        bool, typer.Option("--skip-known", help="Leave out what is known already.")
    ] = False,
    by: Annotated[str | None, typer.Option(help="Who takes them in; else who is logged in.")] = None,
    database: DatabaseUrl = None,
) -> None:
    """Take a file of card keys in: all of it or nothing."""
    from bot.commands import keys

    settings = read_settings()
    keys.take_in(
        settings, database or settings.database, file,
        sku_id=sku, cost=cost, expires=expires, note=note, skip_known=skip_known, by=by,
    )  # fmt: skip


@keys_commands.command("list")
def keys_list(
    sku: Annotated[str | None, typer.Option(help="Of this SKU alone.")] = None,
    state: Annotated[KeyState | None, typer.Option(help="In this state alone.")] = None,
    limit: Annotated[int, typer.Option(help="So many are listed.", min=1)] = 50,
    database: DatabaseUrl = None,
) -> None:
    """List card keys by their numbers; never the keys themselves."""
    from bot.commands import keys

    settings = read_settings()
    keys.show(settings, database or settings.database, sku, state, limit)


@keys_commands.command("batches")
def keys_batches(
    limit: Annotated[int, typer.Option(help="So many are listed.", min=1)] = 50, database: DatabaseUrl = None
) -> None:
    """List what was taken in, and what of it is left."""
    from bot.commands import keys

    settings = read_settings()
    keys.show_batches(settings, database or settings.database, limit)


@keys_commands.command("count")
def keys_count(database: DatabaseUrl = None) -> None:
    """Count the keys of each SKU."""
    from bot.commands import keys

    settings = read_settings()
    keys.show_counts(settings, database or settings.database)


@keys_commands.command("void")
def keys_void(
    why: Annotated[str, typer.Option(help="The reason, for the record.")],
    key: Annotated[int | None, typer.Option(help="The key with this number.")] = None,
    batch: Annotated[int | None, typer.Option(help="What is left of this batch.")] = None,
    by: Annotated[str | None, typer.Option(help="Who does it; else who is logged in.")] = None,
    database: DatabaseUrl = None,
) -> None:
    """Make unsold keys void: nobody gets them any more."""
    from bot.commands import keys

    settings = read_settings()
    keys.strike_off(settings, database or settings.database, key_no=key, batch_no=batch, why=why, by=by)


@supplier_commands.command("check")
def suppliers_check(file: Path) -> None:
    """Read a supplier's description and show what would be sent. Nothing is."""
    from bot.commands import suppliers

    suppliers.check(file, read_settings())


@supplier_commands.command("list")
def suppliers_list(database: DatabaseUrl = None) -> None:
    """Each supplier with its health, its balance, and what it costs."""
    from bot.commands import suppliers

    settings = read_settings()
    suppliers.show(settings, database or settings.database)


@supplier_commands.command("pause")
def suppliers_pause(
    supplier: str,
    hours: Annotated[int, typer.Option(help="For so long.", min=1, max=8760)] = 24,
    database: DatabaseUrl = None,
) -> None:
    """Give a supplier no new orders."""
    from bot.commands import suppliers

    settings = read_settings()
    suppliers.pause(settings, database or settings.database, supplier, hours)


@supplier_commands.command("resume")
def suppliers_resume(supplier: str, database: DatabaseUrl = None) -> None:
    """Let a supplier that rests work again."""
    from bot.commands import suppliers

    settings = read_settings()
    suppliers.resume(settings, database or settings.database, supplier)


@supplier_commands.command("sync")
def suppliers_sync(supplier: str, database: DatabaseUrl = None) -> None:
    """Ask a supplier for its prices and our balance now."""
    from bot.commands import suppliers

    settings = read_settings()
    suppliers.sync(settings, database or settings.database, supplier)
