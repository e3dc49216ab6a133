"""Card keys as rows. A key is free, then sold to one order line for ever, or void.

Which key a line gets is decided when it is delivered; until then the stock only counts. So no key
is ever bound to an order that came to nothing, and none returns from one order to another. The
key that expires first is sold first, and those without an end after all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, BindParameter, and_, bindparam, func, or_, select, text, update

from orders.card_key import KeyState, SoldKey, hint
from orders.database import Tx
from orders.store.instants import stamp
from orders.store.prepared import Prepared
from orders.tables import card_keys
from orders.vault import Sealed, Vault

_ADD = Prepared(
    text(
        "INSERT INTO card_keys (sku_id, vault_key, box, fingerprint, state, added_at) "
        "SELECT CAST(:sku_id AS TEXT), :vault_key, :box, CAST(:fingerprint AS TEXT), 'free', :added_at "
        "WHERE NOT EXISTS (SELECT 1 FROM card_keys WHERE fingerprint = CAST(:fingerprint AS TEXT) "
        "AND sku_id <> CAST(:sku_id AS TEXT) AND (state <> 'void' OR order_no IS NOT NULL)) "
        "ON CONFLICT (sku_id, fingerprint) DO NOTHING"
    )
)
_USABLE_UNTIL: BindParameter[int] = bindparam("b_usable_until", type_=BigInteger)
_IS_FREE = card_keys.c.state == text("'free'")
"""Written out, not bound: only so is the index of free keys recognised as fitting."""

_USABLE = and_(
    card_keys.c.sku_id == bindparam("b_sku_id"),
    _IS_FREE,
    or_(card_keys.c.expires_at.is_(None), card_keys.c.expires_at > _USABLE_UNTIL),
)
_FREE = Prepared(
    select(card_keys.c.key_no)
    .where(_USABLE)
    .order_by(card_keys.c.expires_at.asc().nulls_last(), card_keys.c.key_no)
    .limit(bindparam("b_count"))
    .with_for_update(skip_locked=True)
)
_COUNT = Prepared(select(func.count()).select_from(card_keys).where(_USABLE))
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
_OF_ORDER = Prepared(
    select(card_keys.c.line_no, card_keys.c.sku_id, card_keys.c.vault_key, card_keys.c.box)
    .where(card_keys.c.order_no == bindparam("b_order_no"), card_keys.c.state == "sold")
    .order_by(card_keys.c.line_no, card_keys.c.key_no)
)
_VOID = Prepared(
    update(card_keys)
    .where(
        card_keys.c.order_no == bindparam("b_order_no"),
        card_keys.c.line_no == bindparam("b_line_no"),
        card_keys.c.state == "sold",
    )
    .values(state="void", void_reason="refunded", voided_at=bindparam("b_now"))
)
_REPLACE = Prepared(
    update(card_keys)
    .where(card_keys.c.key_no == bindparam("b_key_no"), card_keys.c.state == "sold")
    .values(
        state="void",
        void_reason=bindparam("b_reason"),
        voided_by=bindparam("b_by"),
        voided_at=bindparam("b_now"),
        replaced_by=bindparam("b_replaced_by"),
    )
)
_TO_SHOW = Prepared(
    select(card_keys).where(card_keys.c.order_no == bindparam("b_order_no")).order_by(card_keys.c.key_no)
)


_OF_EACH_LOCK = Prepared(
    select(card_keys.c.sku_id, card_keys.c.vault_key, card_keys.c.box).where(
        card_keys.c.key_no.in_(select(func.min(card_keys.c.key_no)).group_by(card_keys.c.vault_key))
    )
)


def one_of_each_lock(tx: Tx) -> tuple[tuple[str, Sealed], ...]:
    """SKU and sealed secret of one card key for each key that card keys were sealed with."""
    return tuple((row.sku_id, Sealed(row.vault_key, row.box)) for row in _OF_EACH_LOCK(tx))


def add(tx: Tx, vault: Vault, sku_id: str, secrets: Sequence[str], now: datetime) -> int:
    """Seal and store. A key that is there already is skipped, under whatever goods, unless it went to the wrong
    ones and was struck off unsold: a supplier that delivers it once more must not have it sold twice. Returns
    how many were new."""
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
        added += _ADD(tx, row).rowcount
    return added


def free_count(tx: Tx, sku_id: str, usable_until: datetime) -> int:
    """How many can be sold: free, and good for longer than `usable_until`."""
    return _COUNT(tx, {"b_sku_id": sku_id, "b_usable_until": stamp(usable_until)}).count()


def sell(
    tx: Tx, sku_id: str, count: int, order_no: str, line_no: int, usable_until: datetime, now: datetime
) -> tuple[int, ...]:
    """Give `count` free keys to the line, first-expiring first; none where fewer are free and good
    for longer than `usable_until`. Returns their numbers."""
    looked_for = {"b_sku_id": sku_id, "b_count": count, "b_usable_until": stamp(usable_until)}
    keys = _FREE(tx, looked_for).scalars()
    if len(keys) < count:
        return ()
    parameters = {"b_keys": keys, "b_order_no": order_no, "b_line_no": line_no, "b_now": stamp(now)}
    sold = tx.execute(_SELL, parameters).rowcount
    assert sold == count, f"{sold} of {count} chosen keys of {sku_id} were still free"
    return tuple(keys)


def opened(tx: Tx, vault: Vault, order_no: str) -> tuple[tuple[int, str], ...]:
    """Line number and secret of each key of the order."""
    rows = _OF_ORDER(tx, {"b_order_no": order_no})
    return tuple((row.line_no, vault.open(Sealed(row.vault_key, row.box), row.sku_id)) for row in rows)


def of_order(tx: Tx, vault: Vault, order_no: str) -> tuple[SoldKey, ...]:
    """The order's keys, the void ones too, for staff: what identifies them, and not what opens them."""
    return tuple(
        SoldKey(
            row.key_no,
            row.line_no,
            KeyState(row.state),
            row.replaced_by,
            hint(vault.open(Sealed(row.vault_key, row.box), row.sku_id)),
        )
        for row in _TO_SHOW(tx, {"b_order_no": order_no})
    )


def facts_of(tx: Tx, order_no: str) -> tuple[SoldKey, ...]:
    """The same without opening any."""
    return tuple(
        SoldKey(row.key_no, row.line_no, KeyState(row.state), row.replaced_by)
        for row in _TO_SHOW(tx, {"b_order_no": order_no})
    )


def replace(tx: Tx, key_no: int, new_key_no: int, reason: str, by: str, now: datetime) -> None:
    """The key does not work; its line has another in its stead."""
    touched = _REPLACE(
        tx,
        {
            "b_key_no": key_no,
            "b_reason": reason,
            "b_by": by,
            "b_now": stamp(now),
            "b_replaced_by": new_key_no,
        },
    ).rowcount
    assert touched == 1, f"key {key_no} was to be replaced, but is not sold"


def void(tx: Tx, order_no: str, line_no: int, now: datetime) -> None:
    """The money went back, so nobody may use the line's keys, and nobody else gets them."""
    _VOID(tx, {"b_order_no": order_no, "b_line_no": line_no, "b_now": stamp(now)})
