"""Card keys as rows. A key is free, then sold to one order line for ever, or void.

Which key a line gets is decided when it is delivered; until then the stock only counts. So no key
is ever bound to an order that came to nothing, and none returns from one order to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select, text, update

from orders.database import Tx
from orders.store.instants import stamp
from orders.tables import card_keys
from orders.vault import Sealed, Vault

_ADD = text(
    "INSERT INTO card_keys (sku_id, vault_key, box, fingerprint, state, added_at) "
    "VALUES (:sku_id, :vault_key, :box, :fingerprint, 'free', :added_at) "
    "ON CONFLICT (sku_id, fingerprint) DO NOTHING"
)
_FREE = (
    select(card_keys.c.key_no)
    .where(card_keys.c.sku_id == bindparam("b_sku_id"), card_keys.c.state == "free")
    .order_by(card_keys.c.key_no)
    .limit(bindparam("b_count"))
    .with_for_update(skip_locked=True)
)
_COUNT = (
    select(func.count())
    .select_from(card_keys)
    .where(card_keys.c.sku_id == bindparam("b_sku_id"), card_keys.c.state == "free")
)
_SELL = (
    update(card_keys)
    .where(card_keys.c.key_no.in_(bindparam("b_keys", expanding=True)), card_keys.c.state == "free")
    .values(
        state="sold",
        order_no=bindparam("b_order_no"),
        line_no=bindparam("b_line_no"),
        sold_at=bindparam("b_now"),
    )
)
_OF_ORDER = (
    select(card_keys.c.line_no, card_keys.c.sku_id, card_keys.c.vault_key, card_keys.c.box)
    .where(card_keys.c.order_no == bindparam("b_order_no"), card_keys.c.state == "sold")
    .order_by(card_keys.c.line_no, card_keys.c.key_no)
)
_VOID = (
    update(card_keys)
    .where(
        card_keys.c.order_no == bindparam("b_order_no"),
        card_keys.c.line_no == bindparam("b_line_no"),
        card_keys.c.state == "sold",
    )
    .values(state="void")
)


_OF_EACH_LOCK = select(card_keys.c.sku_id, card_keys.c.vault_key, card_keys.c.box).where(
    card_keys.c.key_no.in_(select(func.min(card_keys.c.key_no)).group_by(card_keys.c.vault_key))
)


def one_of_each_lock(tx: Tx) -> tuple[tuple[str, Sealed], ...]:
    """SKU and sealed secret of one card key for each key that card keys were sealed with."""
    return tuple((row.sku_id, Sealed(row.vault_key, row.box)) for row in tx.execute(_OF_EACH_LOCK))


def add(tx: Tx, vault: Vault, sku_id: str, secrets: Sequence[str], now: datetime) -> int:
    """Seal and store; a key that this SKU has already is skipped. Returns how many were new."""
    added = 0
    for secret in dict.fromkeys(secrets):
        sealed = vault.seal(secret, sku_id)
        row = {
            "sku_id": sku_id,
            "vault_key": sealed.key_id,
            "box": sealed.box,
            "fingerprint": vault.fingerprint(secret),
            "added_at": stamp(now),
        }
        added += tx.execute(_ADD, row).rowcount
    return added


def free_count(tx: Tx, sku_id: str) -> int:
    return tx.execute(_COUNT, {"b_sku_id": sku_id}).scalar_one()


def sell(tx: Tx, sku_id: str, count: int, order_no: str, line_no: int, now: datetime) -> bool:
    """Give `count` free keys to the line, oldest first; False, and none, where fewer are free."""
    keys = tx.execute(_FREE, {"b_sku_id": sku_id, "b_count": count}).scalars().all()
    if len(keys) < count:
        return False
    parameters = {"b_keys": keys, "b_order_no": order_no, "b_line_no": line_no, "b_now": stamp(now)}
    sold = tx.execute(_SELL, parameters).rowcount
    assert sold == count, f"{sold} of {count} chosen keys of {sku_id} were still free"
    return True


def opened(tx: Tx, vault: Vault, order_no: str) -> tuple[tuple[int, str], ...]:
    """Line number and secret of each key of the order."""
    rows = tx.execute(_OF_ORDER, {"b_order_no": order_no})
    return tuple((row.line_no, vault.open(Sealed(row.vault_key, row.box), row.sku_id)) for row in rows)


def void(tx: Tx, order_no: str, line_no: int) -> None:
    """The money went back, so nobody may use the line's keys, and nobody else gets them."""
    tx.execute(_VOID, {"b_order_no": order_no, "b_line_no": line_no})
