"""Batches of card keys as rows: what was taken in, what of it is left, and what was struck off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, bindparam, case, func, insert, literal_column, select, update

from orders.card_key import KeyState
from orders.database import Tx
from orders.money import Fen
from orders.store.instants import moment, stamp
from orders.tables import card_keys, key_batches, skus, stock

T = TypeVar("T")

FACTS_MAX = 500
"""So many facts go into one statement; databases have a limit."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One file of keys that was taken in, and what became of them."""

    batch_no: int
    sku_id: str
    source: str
    added: int
    free: int
    sold: int
    void: int
    unit_cost_fen: Fen | None
    note: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A key that is ready to be written: sealed, with its fingerprint and the line it stood on."""

    line: int
    vault_key: str
    box: bytes
    fingerprint: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that is in the shop already."""

    sku_id: str
    state: KeyState
    was_sold: bool


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key in a list: everything but the key."""

    key_no: int
    sku_id: str
    state: KeyState
    batch_no: int | None
    order_no: str | None
    expires_at: datetime | None
    void_reason: str | None
    voided_by: str | None


@dataclass(frozen=True, slots=True)
class KeyCount:
    """How a SKU's keys stand. `available` is what can be ordered now: free, and promised to nobody."""

    sku_id: str
    free: int
    sold: int
    void: int
    available: int
    first_expiry: datetime | None


def _counted(state: KeyState) -> Any:
    return func.count(case((card_keys.c.state == literal_column(f"'{state.value}'"), 1)))


_BATCHES = (
    select(
        key_batches,
        _counted(KeyState.FREE).label("free"),
        _counted(KeyState.SOLD).label("sold"),
        _counted(KeyState.VOID).label("void"),
    )
    .outerjoin(card_keys, card_keys.c.batch_no == key_batches.c.batch_no)
    .group_by(key_batches.c.batch_no)
    .order_by(key_batches.c.batch_no.desc())
    .limit(bindparam("b_limit"))
)
_ADD_BATCH = insert(key_batches).returning(key_batches.c.batch_no)
_ADD_KEYS = insert(card_keys)
_KNOWN = select(card_keys.c.fingerprint, card_keys.c.sku_id, card_keys.c.state, card_keys.c.order_no).where(
    card_keys.c.fingerprint.in_(bindparam("b_fingerprints", expanding=True))
)
_SAME_FILE = (
    select(key_batches.c.batch_no)
    .join(card_keys, card_keys.c.batch_no == key_batches.c.batch_no)
    .where(
        key_batches.c.digest == bindparam("b_digest"),
        (card_keys.c.state != "void") | card_keys.c.order_no.is_not(None),
    )
    .limit(1)
)
_LATEST = select(func.max(key_batches.c.added_at)).where(key_batches.c.sku_id == bindparam("b_sku_id"))
_ONE = select(card_keys).where(card_keys.c.key_no == bindparam("b_key_no")).with_for_update()
_NEWEST = (
    select(card_keys.c.sku_id, card_keys.c.vault_key, card_keys.c.box)
    .order_by(card_keys.c.key_no.desc())
    .limit(1)
)
_FREE_OF_BATCH = (
    select(card_keys.c.key_no, card_keys.c.sku_id)
    .where(card_keys.c.batch_no == bindparam("b_batch_no"), card_keys.c.state == "free")
    .with_for_update()
)
_UNUSABLE = (
    select(card_keys.c.key_no, card_keys.c.sku_id, card_keys.c.expires_at)
    .where(
        card_keys.c.state == literal_column("'free'"),
        card_keys.c.expires_at.is_not(None),
        card_keys.c.expires_at <= bindparam("b_until"),
    )
    .order_by(card_keys.c.sku_id, card_keys.c.key_no)
    .limit(bindparam("b_limit"))
    .with_for_update(skip_locked=True)
)
_VOID = (
    update(card_keys)
    .where(card_keys.c.key_no.in_(bindparam("b_keys", expanding=True)), card_keys.c.state == "free")
    .values(
        state="void",
        void_reason=bindparam("b_reason"),
        voided_by=bindparam("b_by"),
        voided_at=bindparam("b_now"),
    )
)
_COUNTS = (
    select(
        card_keys.c.sku_id,
        _counted(KeyState.FREE).label("free"),
        _counted(KeyState.SOLD).label("sold"),
        _counted(KeyState.VOID).label("void"),
        func.max(stock.c.on_hand - stock.c.reserved).label("available"),
        func.min(case((card_keys.c.state == "free", card_keys.c.expires_at))).label("first_expiry"),
    )
    .join(stock, stock.c.sku_id == card_keys.c.sku_id)
    .group_by(card_keys.c.sku_id)
    .order_by(card_keys.c.sku_id)
)
_DELIVERY = select(skus.c.delivery).where(skus.c.sku_id == bindparam("b_sku_id"))


def delivery_of(tx: Tx, sku_id: str) -> str | None:
    """How the SKU is delivered; None where there is none."""
    return tx.execute(_DELIVERY, {"b_sku_id": sku_id}).scalar()


def known(tx: Tx, fingerprints: Sequence[str]) -> Mapping[str, tuple[KnownKey, ...]]:
    """Those of the keys that are in the shop already, under whatever SKU."""
    found: dict[str, list[KnownKey]] = {}
    for some in _divided(fingerprints):
        for row in tx.execute(_KNOWN, {"b_fingerprints": some}):
            key = KnownKey(row.sku_id, KeyState(row.state), row.order_no is not None)
            found.setdefault(row.fingerprint, []).append(key)
    return {fingerprint: tuple(keys) for fingerprint, keys in found.items()}


def of_same_file(tx: Tx, digest: str) -> int | None:
    """The batch that the same file made, unless all of it was struck off unsold."""
    return tx.execute(_SAME_FILE, {"b_digest": digest}).scalar()


def add(
    tx: Tx,
    sku_id: str,
    sealed: Sequence[SealedKey],
    *,
    source: str,
    digest: str,
    unit_cost_fen: Fen | None,
    expires_at: datetime | None,
    note: str,
    by: str,
    now: datetime,
) -> int:
    """Write a batch with its keys; returns its number."""
    batch_no: int = tx.execute(
        _ADD_BATCH,
        {
            "sku_id": sku_id,
            "source": source,
            "digest": digest,
            "added": len(sealed),
            "unit_cost_fen": unit_cost_fen,
            "expires_at": stamp(expires_at) if expires_at else None,
            "note": note,
            "added_by": by,
            "added_at": stamp(now),
        },
    ).scalar_one()
    rows = [
        {
            "sku_id": sku_id,
            "vault_key": key.vault_key,
            "box": key.box,
            "fingerprint": key.fingerprint,
            "state": KeyState.FREE.value,
            "added_at": stamp(now),
            "batch_no": batch_no,
            "expires_at": stamp(key.expires_at) if key.expires_at else None,
        }
        for key in sealed
    ]
    for some in _divided(rows):
        tx.execute(_ADD_KEYS, some)
    return batch_no


def latest(tx: Tx, sku_id: str) -> datetime | None:
    """When the SKU was last filled up; None where it never was."""
    return moment(tx.execute(_LATEST, {"b_sku_id": sku_id}).scalar())


def newest_sealed(tx: Tx) -> tuple[str, str, bytes] | None:
    """SKU, vault key and box of the key that was added last."""
    row = tx.execute(_NEWEST).first()
    return (row.sku_id, row.vault_key, bytes(row.box)) if row else None


def one(tx: Tx, key_no: int) -> KeyRecord | None:
    """The key, which nobody else can change before this transaction ends."""
    row = tx.execute(_ONE, {"b_key_no": key_no}).first()
    return _record(row) if row else None


def listed(tx: Tx, sku_id: str | None, state: KeyState | None, limit: int) -> tuple[KeyRecord, ...]:
    """Keys, newest first; of one SKU and in one state where these are given."""
    query = select(card_keys).order_by(card_keys.c.key_no.desc()).limit(limit)
    if sku_id is not None:
        query = query.where(card_keys.c.sku_id == sku_id)
    if state is not None:
        query = query.where(card_keys.c.state == state.value)
    return tuple(_record(row) for row in tx.execute(query))


def batches(tx: Tx, limit: int) -> tuple[Batch, ...]:
    """What was taken in, newest first."""
    return tuple(
        Batch(
            row.batch_no,
            row.sku_id,
            row.source,
            row.added,
            row.free,
            row.sold,
            row.void,
            None if row.unit_cost_fen is None else Fen(row.unit_cost_fen),
            row.note,
            row.added_by,
            moment(row.added_at),
        )
        for row in tx.execute(_BATCHES, {"b_limit": limit})
    )


def counts(tx: Tx) -> tuple[KeyCount, ...]:
    """Every SKU that ever had a key."""
    return tuple(
        KeyCount(row.sku_id, row.free, row.sold, row.void, max(0, row.available), moment(row.first_expiry))
        for row in tx.execute(_COUNTS)
    )


def free_of_batch(tx: Tx, batch_no: int) -> Mapping[int, str]:
    """The SKU of each free key of the batch, by the key's number."""
    return {row.key_no: row.sku_id for row in tx.execute(_FREE_OF_BATCH, {"b_batch_no": batch_no})}


def unusable(tx: Tx, until: datetime, limit: int) -> Mapping[int, str]:
    """The SKU of each free key that is good for no longer than `until`, by the key's number."""
    rows = tx.execute(_UNUSABLE, {"b_until": stamp(until), "b_limit": limit})
    return {row.key_no: row.sku_id for row in rows}


def strike_off(tx: Tx, key_nos: Sequence[int], reason: str, by: str, now: datetime) -> None:
    """Nobody gets these free keys any more."""
    for some in _divided(key_nos):
        struck = tx.execute(
            _VOID, {"b_keys": some, "b_reason": reason, "b_by": by, "b_now": stamp(now)}
        ).rowcount
        assert struck == len(some), f"{struck} of {len(some)} keys to strike off were still free"


def _divided(many: Sequence[T]) -> Iterator[Sequence[T]]:
    return (many[start : start + FACTS_MAX] for start in range(0, len(many), FACTS_MAX))


def _record(row: Row[Any]) -> KeyRecord:
    return KeyRecord(
        row.key_no,
        row.sku_id,
        KeyState(row.state),
        row.batch_no,
        row.order_no,
        moment(row.expires_at),
        row.void_reason,
        row.voided_by,
    )
