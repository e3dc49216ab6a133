"""`xiadan catalog`: check, load and write the shop's goods."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from bot.commands.database import read_from
from bot.settings import Settings, open_state_folder
from orders.catalog_file import read_catalog, write_catalog
from orders.clock import SystemClock
from orders.database import Database


def check(file: Path) -> None:
    """Say what the file holds. Raises CatalogRejected with every bad row."""
    catalog = read_catalog(file)
    typer.echo(f"{file}: good; {len(catalog.products)} products, {sum(1 for _ in catalog)} SKUs")


def import_file(file: Path, database_url: str, settings: Settings) -> None:
    """Replace the goods on sale by the file's: all of it or nothing. Orders stay as they are."""
    from bot.workbench import shop_for_catalog

    catalog = read_catalog(file)
    if database_url == settings.database:
        open_state_folder(settings.state_folder)

    async def run() -> None:
        database = Database.open(database_url)
        try:
            await database.migrate()
            shop = shop_for_catalog(settings)
            now = SystemClock().now()
            await database.write(lambda tx: shop.import_catalog(tx, catalog, now))
        finally:
            await database.close()

    asyncio.run(run())
    typer.echo(f"Imported {len(catalog.products)} products, {sum(1 for _ in catalog)} SKUs from {file}.")


def export(file: Path | None, database_url: str, settings: Settings) -> None:
    """Write the goods on sale as CSV, live stock included."""
    from bot.workbench import shop_for_catalog

    text = write_catalog(read_from(database_url, shop_for_catalog(settings).catalog))
    if file is None:
        typer.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        typer.echo(f"Wrote {file}.")
