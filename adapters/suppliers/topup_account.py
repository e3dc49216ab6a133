"""An account of ours at a described supplier, ready to buy from: description, settings and wire together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx

from adapters.suppliers.topup_checks import check_account, read_description
from adapters.suppliers.topup_description import Description
from adapters.suppliers.topup_http import TopupHttp
from orders.clock import Clock
from orders.errors import SupplierRejected
from orders.sourcing import Seller

Lookup = Callable[[str, Sequence[str]], Mapping[str, str]]
"""The settings of a supplier, by its name and theirs; empty where one is not set."""

URL = "url"
"""A setting that every supplier has: another address than the description's."""


def topup_seller(
    folder: Path, name: str, lookup: Lookup, shop_url: str, client: httpx.AsyncClient, clock: Clock
) -> Seller:
    """Raises SupplierRejected where the description or a setting cannot be used."""
    description, settings, base_url = _account(folder, name, lookup)
    supplier = TopupHttp(name, description, settings, callback_url(shop_url, name), client, clock, base_url)
    goods = {sku_id: one.code for sku_id, one in description.goods.items()}
    return Seller(supplier, goods, round(description.rating * 10), has_bills=description.bill is not None)


def topup_address(folder: Path, name: str, lookup: Lookup) -> str:
    """Where the supplier is reached. Raises SupplierRejected as `topup_seller` does."""
    description, _, base_url = _account(folder, name, lookup)
    return base_url or description.base_url


def _account(folder: Path, name: str, lookup: Lookup) -> tuple[Description, Mapping[str, str], str]:
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in folder.glob("*.yaml")))
        problem = f"there is no file {path}"
        raise SupplierRejected(f"supplier {name}", 0, 0, problem, f"Described are {known or 'none'}")
    description = read_description(path)
    settings = dict(lookup(name, (*description.settings, *description.secrets, URL)))
    base_url = settings.pop(URL, "")
    check_account(name, description, settings, base_url)
    return description, settings, base_url


def callback_url(shop_url: str, name: str) -> str:
    """Where the supplier calls us back."""
    return f"{shop_url.rstrip('/')}/suppliers/{name}/callback"
