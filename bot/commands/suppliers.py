"""`xiadan suppliers`: how the outside suppliers are doing, what they cost, and what a description would send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import typer

from bot.commands.database import write_to
from bot.settings import Settings, operator_name
from orders.clock import SystemClock
from orders.database import Tx
from orders.errors import NotPermitted
from orders.money import yuan
from orders.shop import Shop
from orders.store.suppliers import Health, Listed

T = TypeVar("T")


def check(file: Path, settings: Settings) -> None:
    """Say what would be sent, and send nothing. Raises SupplierRejected naming the line of the file."""
    from bot.suppliers import rehearse_supplier

    for line in rehearse_supplier(file, settings):
        typer.echo(line)


def show(settings: Settings, database_url: str) -> None:
    """Each supplier with its health, its balance and its goods."""

    def look(shop: Shop, tx: Tx, now: datetime) -> list[tuple[Health, tuple[Listed, ...]]]:
        return [(one, shop.supplier_goods(tx, one.supplier)) for one in shop.supplier_health(tx)]

    found = _run(settings, database_url, look)
    if not found:
        typer.echo(
            "No outside supplier is known: XIADAN_SUPPLIERS names them, and the shop must have been started."
        )
    for health, goods in found:
        typer.echo(_told(health, SystemClock().now()))
        for one in goods:
            state = "" if one.enabled else "  not sold now"
            typer.echo(
                f"    {one.sku_id:<24} {one.supplier_code:<12} costs {yuan(one.cost_fen):>9}"
                f"  sold at {yuan(one.price_fen):>9}{state}"
            )


def pause(settings: Settings, database_url: str, supplier: str, hours: int) -> None:
    """Give the supplier nothing for so long. Raises NotPermitted where nobody knows it."""
    until = SystemClock().now() + timedelta(hours=hours)
    _set_pause(settings, database_url, supplier, until)
    typer.echo(f"{supplier} rests until {until:%Y-%m-%d %H:%M} UTC. What it took on, it still delivers.")


def resume(settings: Settings, database_url: str, supplier: str) -> None:
    """Let it work again. Raises NotPermitted where nobody knows it."""
    _set_pause(settings, database_url, supplier, None)
    typer.echo(f"{supplier} works again.")


def sync(settings: Settings, database_url: str, supplier: str) -> None:
    """Have the shop's worker ask for its prices and our balance now."""

    def ask(shop: Shop, tx: Tx, now: datetime) -> None:
        _known(shop, tx, supplier)
        shop.ask_supplier(tx, supplier, now)

    _run(settings, database_url, ask)
    typer.echo(f"The worker asks {supplier} for prices and balance; `xiadan suppliers list` shows them.")


def _set_pause(settings: Settings, database_url: str, supplier: str, until: datetime | None) -> None:
    def set_pause(shop: Shop, tx: Tx, now: datetime) -> None:
        _known(shop, tx, supplier)
        shop.pause_supplier(tx, supplier, until, operator_name())

    _run(settings, database_url, set_pause)


def _known(shop: Shop, tx: Tx, supplier: str) -> None:
    names = [one.supplier for one in shop.supplier_health(tx)]
    if supplier not in names:
        raise NotPermitted(f"there is no supplier {supplier!r}; known are {', '.join(names) or 'none'}")


def _told(health: Health, now: datetime) -> str:
    parts = [f"{health.supplier:<20}"]
    if health.paused_until is not None and now < health.paused_until:
        parts.append(f"rests until {health.paused_until:%Y-%m-%d %H:%M} UTC ({health.pause_reason})")
    else:
        parts.append("works")
    parts.append("balance unknown" if health.balance_fen is None else f"balance {yuan(health.balance_fen)}")
    if health.failed_in_row:
        parts.append(f"{health.failed_in_row} failures in a row")
    return "  ".join(parts)


def _run(settings: Settings, database_url: str, fn: Callable[[Shop, Tx, datetime], T]) -> T:
    from bot.workbench import shop_for_catalog

    shop, now = shop_for_catalog(settings), SystemClock().now()
    return write_to(database_url, lambda tx: fn(shop, tx, now))
