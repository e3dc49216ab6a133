"""Goods, prices and counted stock, as rows.

Stock has three verbs: reserved when an order is placed, released when it is given up, consumed
when it is delivered. What can be sold is what is on hand and not reserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Row, bindparam, case, false, func, select, text, update

from orders.catalog import AccountKind, Catalog, Delivery, Product, RefundRule, Sku
from orders.database import Tx
from orders.money import Fen
from orders.store.prepared import Prepared
from orders.tables import card_keys, products, shop_facts, skus, stock, supplier_goods

VERSION = "catalog_version"
YUAN = "元"

_FACT = Prepared(select(shop_facts.c.value).where(shop_facts.c.name == bindparam("b_name")))
_SET_FACT = Prepared(
    text(
        "INSERT INTO shop_facts (name, value) VALUES (:name, :value) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
)


def _upsert(table: str, key: str, columns: Iterable[str]) -> str:
    names = [key, *columns]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)}) "
        f"ON CONFLICT ({key}) DO UPDATE SET {changes}"
    )


_SAVE_PRODUCT = Prepared(
    text(
        _upsert(
            "products",
            "product_id",
            ("place", "name", "category", "aliases", "account_kind", "regions", "on_sale"),
        )
    )
)
_SAVE_SKU = Prepared(text(
    _upsert(
        "skus",
        "sku_id",
        (
            "product_id", "place", "variant", "face_value", "unit", "list_price_fen", "price_fen", "sales",
            "eta_minutes", "supplier", "supplier_rating", "delivery", "refund_rule", "on_sale",
        ),
    )
))  # fmt: skip
_SAVE_STOCK = Prepared(
    text(
        "INSERT INTO stock (sku_id, on_hand, reserved, sold) VALUES (:sku_id, :on_hand, 0, 0) "
        "ON CONFLICT (sku_id) DO UPDATE SET on_hand = excluded.on_hand"
    )
)
_BOUGHT = Prepared(select(supplier_goods.c.sku_id).distinct())
_FREE_KEYS = Prepared(
    select(card_keys.c.sku_id, func.count().label("free"))
    .where(card_keys.c.state == "free")
    .group_by(card_keys.c.sku_id)
)

_AVAILABLE = Prepared(
    select(stock.c.on_hand - stock.c.reserved)
    .join(skus, skus.c.sku_id == stock.c.sku_id)
    .where(stock.c.sku_id == bindparam("b_sku_id"), skus.c.on_sale)
)
_ALL_AVAILABLE = Prepared(
    select(stock.c.sku_id, (stock.c.on_hand - stock.c.reserved).label("left"))
    .join(skus, skus.c.sku_id == stock.c.sku_id)
    .where(skus.c.on_sale)
)
_FACE_VALUE = Prepared(select(skus.c.face_value, skus.c.unit).where(skus.c.sku_id == bindparam("b_sku_id")))
_OF_SKU = stock.c.sku_id == bindparam("b_sku_id")
_COUNT: BindParameter[int] = bindparam("b_count", type_=BigInteger)
_MISSING = Prepared(select(stock.c.reserved - stock.c.on_hand).where(_OF_SKU))
_RESERVE = Prepared(
    update(stock)
    .where(_OF_SKU, stock.c.on_hand - stock.c.reserved >= _COUNT)
    .values(reserved=stock.c.reserved + _COUNT)
)
_RELEASE = Prepared(
    update(stock).where(_OF_SKU, stock.c.reserved >= _COUNT).values(reserved=stock.c.reserved - _COUNT)
)
_CONSUME = Prepared(
    update(stock)
    .where(_OF_SKU, stock.c.reserved >= _COUNT)
    .values(
        reserved=stock.c.reserved - _COUNT,
        # A new catalog may have said that fewer are on hand than were promised already.
        on_hand=case((stock.c.on_hand >= _COUNT, stock.c.on_hand - _COUNT), else_=0),
        sold=stock.c.sold + _COUNT,
    )
)
# No less than none: a new catalog may have said that fewer are on hand.
_TAKE_OUT = Prepared(
    update(stock)
    .where(_OF_SKU)
    .values(on_hand=case((stock.c.on_hand >= _COUNT, stock.c.on_hand - _COUNT), else_=0))
)
_ADD = Prepared(update(stock).where(_OF_SKU).values(on_hand=stock.c.on_hand + _COUNT))


def catalog_version(tx: Tx) -> str:
    """Changes with every import that changed anything; empty before the first."""
    return _FACT(tx, {"b_name": VERSION}).scalar() or ""


def set_fact(tx: Tx, name: str, value: str) -> None:
    """Write down a fact of the shop; whoever writes the same one waits for this transaction."""
    _SET_FACT(tx, {"name": name, "value": value})


def save_catalog(tx: Tx, catalog: Catalog, keys_are_counted: bool) -> None:
    """Replace what is on sale. With `keys_are_counted` the stock of card goods is the number of
    keys that really lie there, whatever the file says; but of those that outside suppliers sell the
    keys come when they are bought, and the file says how many may be."""
    tx.execute(update(products).values(on_sale=false()))
    tx.execute(update(skus).values(on_sale=false()))
    free: Mapping[str, int] = {row.sku_id: row.free for row in _FREE_KEYS(tx)}
    bought = set(_BOUGHT(tx).scalars())
    _SAVE_PRODUCT.each(tx, [_product_row(place, product) for place, product in enumerate(catalog.products)])
    _SAVE_SKU.each(tx, [_sku_row(place, sku) for place, sku in enumerate(catalog)])
    _SAVE_STOCK.each(
        tx,
        [
            {
                "sku_id": sku.sku_id,
                "on_hand": free.get(sku.sku_id, 0)
                if keys_are_counted and is_key(sku.delivery) and sku.sku_id not in bought
                else sku.stock,
            }
            for sku in catalog
        ],
    )
    set_fact(tx, VERSION, catalog.version)


def face_value_yuan(tx: Tx, sku_id: str) -> Decimal | None:
    """The size of one piece where it is an amount of money; None for months, gigabytes and the like,
    which a supplier may count in another way."""
    row = _FACE_VALUE(tx, {"b_sku_id": sku_id}).first()
    return Decimal(row.face_value) if row and row.unit == YUAN and Decimal(row.face_value) > 0 else None


def is_key(delivery: Delivery) -> bool:
    """Delivered as a secret that the customer reads."""
    return delivery in (Delivery.CARD, Delivery.LICENSE)


def load_catalog(tx: Tx) -> Catalog:
    """Everything on sale, in the order of the file it came from, all of one version."""
    while True:
        version = catalog_version(tx)
        catalog = _on_sale(tx, version)
        # On PostgreSQL each statement sees what was committed before it, an import in the middle, too.
        if catalog_version(tx) == version:
            return catalog


def _on_sale(tx: Tx, version: str) -> Catalog:
    by_product: dict[str, list[Sku]] = {}
    for row in tx.execute(
        select(skus, stock.c.on_hand).join(stock).where(skus.c.on_sale).order_by(skus.c.place)
    ):
        by_product.setdefault(row.product_id, []).append(_sku(row))
    rows = tx.execute(select(products).where(products.c.on_sale).order_by(products.c.place))
    return Catalog.of((_product(row, by_product.get(row.product_id, [])) for row in rows), version)


def available(tx: Tx, sku_id: str) -> int:
    """How many can still be sold; 0 for what is not on sale."""
    return max(0, _AVAILABLE(tx, {"b_sku_id": sku_id}).scalar() or 0)


def promised_beyond_stock(tx: Tx, sku_id: str) -> int:
    """So many more are promised to orders than are on hand."""
    return max(0, _MISSING(tx, {"b_sku_id": sku_id}).scalar() or 0)


def all_available(tx: Tx) -> Mapping[str, int]:
    """What can still be sold of everything on sale, in one look."""
    return {row.sku_id: max(0, row.left) for row in _ALL_AVAILABLE(tx)}


def reserve(tx: Tx, sku_id: str, count: int) -> bool:
    """Keep `count` for an order; False where fewer are left."""
    return _RESERVE(tx, {"b_sku_id": sku_id, "b_count": count}).rowcount == 1


def release(tx: Tx, sku_id: str, count: int) -> None:
    """Let go of what was reserved."""
    released = _RELEASE(tx, {"b_sku_id": sku_id, "b_count": count}).rowcount
    assert released == 1, f"{count} of {sku_id} were to be released, but fewer were reserved"


def consume(tx: Tx, sku_id: str, count: int) -> None:
    """Hand out what was reserved."""
    consumed = _CONSUME(tx, {"b_sku_id": sku_id, "b_count": count}).rowcount
    assert consumed == 1, f"{count} of {sku_id} were to be handed out, but fewer were reserved"


def take_out(tx: Tx, sku_id: str, count: int) -> None:
    """They are gone without having been sold: struck off, expired, or given in another's stead."""
    _TAKE_OUT(tx, {"b_sku_id": sku_id, "b_count": count})


def add(tx: Tx, sku_id: str, count: int) -> bool:
    """Put more on hand; False for an unknown SKU."""
    return _ADD(tx, {"b_sku_id": sku_id, "b_count": count}).rowcount == 1


def _product_row(place: int, product: Product) -> dict[str, str | int | bool]:
    return {
        "product_id": product.product_id,
        "place": place,
        "name": product.name,
        "category": product.category,
        "aliases": ";".join(product.aliases),
        "account_kind": product.account_kind.value,
        "regions": ";".join(product.regions),
        "on_sale": True,
    }


def _sku_row(place: int, sku: Sku) -> dict[str, str | int | bool]:
    return {
        "sku_id": sku.sku_id,
        "product_id": sku.product_id,
        "place": place,
        "variant": sku.variant,
        "face_value": str(sku.face_value),
        "unit": sku.unit,
        "list_price_fen": sku.list_price_fen,
        "price_fen": sku.price_fen,
        "sales": sku.sales,
        "eta_minutes": sku.eta_minutes,
        "supplier": sku.supplier,
        "supplier_rating": str(sku.supplier_rating),
        "delivery": sku.delivery.value,
        "refund_rule": sku.refund_rule.value,
        "on_sale": True,
    }


def _product(row: Row[Any], its_skus: list[Sku]) -> Product:
    return Product(
        product_id=row.product_id,
        name=row.name,
        category=row.category,
        aliases=_listed(row.aliases),
        account_kind=AccountKind(row.account_kind),
        regions=_listed(row.regions),
        skus=tuple(its_skus),
    )


def _listed(text_of_list: str) -> tuple[str, ...]:
    return tuple(text_of_list.split(";")) if text_of_list else ()


def _sku(row: Row[Any]) -> Sku:
    return Sku(
        sku_id=row.sku_id,
        product_id=row.product_id,
        variant=row.variant,
        face_value=Decimal(row.face_value),
        unit=row.unit,
        list_price_fen=Fen(row.list_price_fen),
        price_fen=Fen(row.price_fen),
        stock=row.on_hand,
        sales=row.sales,
        eta_minutes=row.eta_minutes,
        supplier=row.supplier,
        supplier_rating=Decimal(row.supplier_rating),
        delivery=Delivery(row.delivery),
        refund_rule=RefundRule(row.refund_rule),
    )
