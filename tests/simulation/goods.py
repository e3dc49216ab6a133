"""What is sold in the simulation, at prices and in numbers that change with every import."""

from __future__ import annotations

import random
from collections.abc import Mapping

from orders.catalog import Catalog
from orders.catalog_file import COLUMNS, catalog_from_rows
from orders.draft import DraftLine

ROWS = {
    "topup-50": ("topup", "phone", "topup", "failed_only", 12),
    "topup-100": ("topup", "phone", "topup", "failed_only", 12),
    "game-1": ("game", "game_id", "topup", "failed_only", 8),
    "gift-10": ("gift", "none", "card", "unused", 0),
    "gift-20": ("gift", "none", "card", "unused", 0),
    "soft-1": ("soft", "none", "license", "unused", 0),
    "mouse-1": ("mouse", "address", "physical", "unshipped", 5),
}
"""By SKU: product, recipient, delivery, refund rule, about how many are in stock."""

SKUS = tuple(ROWS)
KEYED = ("gift-10", "gift-20", "soft-1")

ACCOUNTS = {"phone": "1380013800", "game_id": "10000000", "address": "road 1-"}


def price(rng: random.Random) -> int:
    """Odd amounts too: nothing may be lost by rounding."""
    return rng.choice((100, 333, 999, 1234, 4990, 9980, 19999))


def catalog(prices: Mapping[str, int], rng: random.Random, plenty: int = 0) -> Catalog:
    """`prices` in 分; `plenty` more of everything than there usually is."""
    rows = [COLUMNS]
    for sku, (product, account, delivery, refund, stock) in ROWS.items():
        price = f"{prices[sku] // 100}.{prices[sku] % 100:02d}"
        left = str(max(0, stock + plenty + rng.randint(-3, 6)))
        cells = {
            "sku": sku, "product": product, "name": product, "category": "c", "aliases": "", "variant": sku,
            "face_value": "1", "unit": "u", "list_price": "999.00", "price": price, "account": account,
            "regions": "", "stock": left, "sales": "0", "eta_minutes": "5", "supplier": "s",
            "supplier_rating": "4.0", "delivery": delivery, "refund": refund,
        }  # fmt: skip
        rows.append(tuple(cells[column] for column in COLUMNS))
    return catalog_from_rows(enumerate(rows, start=1), "simulated.csv")


def line(sku: str, quantity: int, rng: random.Random) -> DraftLine:
    product, account, *_ = ROWS[sku]
    recipient = f"{ACCOUNTS[account]}{rng.randrange(6)}" if account in ACCOUNTS else None
    return DraftLine(product_id=product, sku_id=sku, quantity=quantity, account=recipient)


def draft_lines(rng: random.Random) -> tuple[DraftLine, ...]:
    """A single thing, a batch, cards, a parcel, or all of it mixed."""
    shape = rng.choice(("single", "single", "batch", "cards", "parcel", "mixed"))
    match shape:
        case "single":
            return (line(rng.choice(("topup-50", "topup-100", "game-1")), rng.choice((1, 1, 2, 3)), rng),)
        case "batch":
            return tuple(line("topup-50", 1, rng) for _ in range(rng.randint(2, 4)))
        case "cards":
            return (line(rng.choice(KEYED), rng.randint(1, 3), rng),)
        case "parcel":
            return (line("mouse-1", 1, rng),)
        case _:
            return tuple(line(sku, rng.randint(1, 2), rng) for sku in rng.sample(SKUS, rng.randint(2, 3)))
