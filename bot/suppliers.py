"""Connects the outside suppliers that the settings name: a wing of the composition root (`app.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx

from adapters.suppliers.topup_account import topup_address, topup_seller
from bot.settings import Settings, supplier_settings
from orders.clock import SystemClock
from orders.sourcing import Seller


def sellers_of(settings: Settings, client: httpx.AsyncClient) -> tuple[Seller, ...]:
    """The outside suppliers that the settings name. Raises SupplierRejected."""
    folder = settings.data_folder / "suppliers"
    return tuple(
        topup_seller(folder, name, _supplier_lookup, settings.base_url, client, SystemClock())
        for name in settings.suppliers
    )


def supplier_addresses(settings: Settings) -> dict[str, str]:
    """Where each outside supplier is reached. Raises SupplierRejected."""
    folder = settings.data_folder / "suppliers"
    return {name: topup_address(folder, name, _supplier_lookup) for name in settings.suppliers}


def rehearse_supplier(file: Path, settings: Settings) -> Iterator[str]:
    """What would be sent to a described supplier, line by line. Raises SupplierRejected."""
    from adapters.suppliers.topup_rehearsal import rehearsed

    return rehearsed(file, _supplier_lookup, settings.base_url, SystemClock())


def _supplier_lookup(name: str, wanted: Sequence[str]) -> Mapping[str, str]:
    return {one: value.get_secret_value() for one, value in supplier_settings(name, wanted).items()}
