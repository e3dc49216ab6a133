"""Card keys on their way in, on the shelf, and struck off; what is left of each SKU, and who is told.

A key is the same money as the note in a till: taken in once, under one SKU, and sold first before it
expires. What can no longer be sold does not count as stock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from orders import costs
from orders.backroom import Backroom
from orders.card_key import KeyState
from orders.catalog import Delivery
from orders.clock import CHINA
from orders.database import Tx
from orders.errors import KeyFault, KeysRejected, NotPermitted
from orders.key_file import KeyFile
from orders.money import Fen
from orders.store import alarms, batches, goods
from orders.store.batches import Batch, KeyCount, KeyRecord, KnownKey, SealedKey
from orders.vault import Sealed, Vault

STRUCK_OFF_MAX = 2000
"""So many expired keys leave the stock in one sweep; the next one goes on."""

LOW, SHORT, EXPIRED, STRUCK_OFF = "stock_low", "stock_short", "keys_expired", "keys_struck_off"
"""Kinds of alarm. `stock_short`: fewer keys are left than orders were promised."""

SHOP = "shop"
"""Who closes an alarm when what it rang for is over."""

LAST_IMPORT = "last_key_import"
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Intake:
    """What the shopkeeper says of a file of keys. `expires_on` is the last day on which a key can be
    used, for those of which the file does not say it."""

    sku_id: str
    by: str
    unit_cost_fen: Fen | None = None
    expires_on: date | None = None
    note: str = ""
    skip_known: bool = False
    """Leave out keys that stand twice or are in the shop already, instead of refusing the file."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file of keys, sealed: ready to be put on the shelf in one short transaction."""

    source: str
    digest: str
    keys: tuple[SealedKey, ...] = field(repr=False)
    repeated: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Stocked:
    """What came of it. `skipped_lines` were known; `available` is what can be ordered now."""

    batch_no: int
    added: int
    skipped_lines: tuple[int, ...]
    available: int


@dataclass(frozen=True, slots=True)
class StruckOff:
    """How many keys were struck off, and how many orders have now lost the key they were promised."""

    count: int
    short_by: int


def sealed(vault: Vault, file: KeyFile, intake: Intake) -> Delivered:
    """Encrypt a file's keys. Pure and slow: to be done before the transaction."""
    keys = tuple(
        SealedKey(row.line, box.key_id, box.box, vault.fingerprint(row.secret), _end_of(row.expires_on or intake.expires_on))
        for row in file.rows
        for box in (vault.seal(row.secret, intake.sku_id),)
    )  # fmt: skip
    # Keyed like the keys' own fingerprints: the bare digest of a short file would tell its only key.
    return Delivered(file.source, vault.fingerprint(file.digest), keys, file.repeated)


def _end_of(day: date | None) -> datetime | None:
    """The instant at which the day ends in China. Wholesalers write the last of all days for never."""
    if day is None or day == date.max:
        return None
    return datetime.combine(day + timedelta(days=1), time(), CHINA).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Stockroom:
    """The public face of the key stock: each method does its work in the caller's transaction."""

    room: Backroom

    def take_in(self, tx: Tx, delivered: Delivered, intake: Intake, now: datetime) -> Stocked:
        """Put a file of keys in stock: all of it or nothing. Raises KeysRejected, NotPermitted,
        SealBroken where this vault does not fit the shop's."""
        self._only_key_goods(tx, intake.sku_id)
        # One import after the other, so that two files with the same key meet: the row is locked.
        goods.set_fact(tx, LAST_IMPORT, delivered.digest)
        self._vault_fits(tx)
        if (same := batches.of_same_file(tx, delivered.digest)) is not None:
            raise NotPermitted(f"{delivered.source} was taken in before, as batch {same}; nothing is to do")
        known = batches.known(tx, [key.fingerprint for key in delivered.keys])
        faults, skipped = _weighed(delivered, intake, known, now + self.room.policy.stock.expiry_margin)
        if faults:
            raise KeysRejected(delivered.source, tuple(sorted(faults, key=lambda fault: fault.line)))
        fresh = [key for key in delivered.keys if key.line not in skipped]
        if not fresh:
            raise NotPermitted(f"every key of {delivered.source} is in the shop already; nothing is to do")
        batch_no = batches.add(
            tx,
            intake.sku_id,
            fresh,
            source=delivered.source,
            digest=delivered.digest,
            unit_cost_fen=intake.unit_cost_fen,
            expires_at=_end_of(intake.expires_on),
            note=intake.note,
            by=intake.by,
            now=now,
        )
        costs.book_batch(tx, batch_no, (intake.unit_cost_fen or 0) * len(fresh), now)
        goods.add(tx, intake.sku_id, len(fresh))
        watch(tx, self.room, intake.sku_id, now, filled=True)
        return Stocked(batch_no, len(fresh), tuple(sorted(skipped)), goods.available(tx, intake.sku_id))

    def strike_off_key(self, tx: Tx, key_no: int, why: str, by: str, now: datetime) -> StruckOff:
        """A key that nobody bought is good for nothing. Raises NotPermitted."""
        key = batches.one(tx, key_no)
        if key is None:
            raise NotPermitted(f"there is no key {key_no}; `xiadan keys list` shows the numbers")
        if key.state is KeyState.SOLD:
            raise NotPermitted(f"key {key_no} was sold with order {key.order_no}; replace or refund it there")
        if key.state is KeyState.VOID:
            raise NotPermitted(f"key {key_no} is void already ({key.void_reason})")
        return self._strike_off(tx, {key_no: key.sku_id}, f"key {key_no}", why, by, now)

    def strike_off_batch(self, tx: Tx, batch_no: int, why: str, by: str, now: datetime) -> StruckOff:
        """What is left of a batch is good for nothing; sold keys stay with their orders. Raises
        NotPermitted where nothing is left of it."""
        free = batches.free_of_batch(tx, batch_no)
        if not free:
            raise NotPermitted(
                f"batch {batch_no} has no unsold key; `xiadan keys batches` shows what is left"
            )
        return self._strike_off(tx, free, f"batch {batch_no}", why, by, now)

    def batches(self, tx: Tx, limit: int = 50) -> tuple[Batch, ...]:
        """What was taken in, newest first."""
        return batches.batches(tx, limit)

    def keys(
        self, tx: Tx, sku_id: str | None = None, state: KeyState | None = None, limit: int = 50
    ) -> tuple[KeyRecord, ...]:
        """Keys by their numbers, newest first, without what they open."""
        return batches.listed(tx, sku_id, state, limit)

    def counts(self, tx: Tx) -> tuple[KeyCount, ...]:
        """How each SKU's keys stand."""
        return batches.counts(tx)

    def _only_key_goods(self, tx: Tx, sku_id: str) -> None:
        delivery = batches.delivery_of(tx, sku_id)
        if delivery is None:
            raise NotPermitted(f"there is no SKU {sku_id}; import the catalog first")
        if not goods.is_key(Delivery(delivery)):
            raise NotPermitted(
                f"SKU {sku_id} is delivered as {delivery}; only card and license goods have keys"
            )

    def _vault_fits(self, tx: Tx) -> None:
        """Keys sealed with another vault than the shop's would be bought and never open."""
        if (newest := batches.newest_sealed(tx)) is not None:
            sku_id, key_id, box = newest
            self.room.vault.open(Sealed(key_id, box), sku_id)

    def _strike_off(
        self, tx: Tx, keys: Mapping[int, str], what: str, why: str, by: str, now: datetime
    ) -> StruckOff:
        short_by = _taken_out(tx, self.room, keys, why, by, now)
        # Whoever strikes a key off could use it himself: somebody else is told.
        self.room.alarm(tx, STRUCK_OFF, what, f"{len(keys)} by {by}: {why}", now)
        return StruckOff(len(keys), short_by)


def _weighed(
    delivered: Delivered, intake: Intake, known: Mapping[str, tuple[KnownKey, ...]], usable_until: datetime
) -> tuple[list[KeyFault], set[int]]:
    """Why the file cannot be taken, and the lines that are left out where that was asked for."""
    faults: list[KeyFault] = []
    skipped: set[int] = set()
    for line, first in delivered.repeated:
        if intake.skip_known:
            skipped.add(line)
        else:
            faults.append(
                KeyFault(line, "key", f"a key of its own; line {first} has it (--skip-known leaves it out)")
            )
    for key in delivered.keys:
        if key.expires_at is not None and key.expires_at <= usable_until:
            faults.append(KeyFault(key.line, "expires", "a later day: so close to its end no key is sold"))
        here = [one for one in known.get(key.fingerprint, ()) if one.sku_id == intake.sku_id]
        elsewhere = [
            one
            for one in known.get(key.fingerprint, ())
            if one.sku_id != intake.sku_id and (one.state is not KeyState.VOID or one.was_sold)
        ]
        if elsewhere:
            expected = (
                f"a key of {intake.sku_id} alone; SKU {elsewhere[0].sku_id} has it ({elsewhere[0].state})"
            )
            faults.append(KeyFault(key.line, "key", expected))
        elif here and intake.skip_known:
            skipped.add(key.line)
        elif here:
            expected = f"a new key; it is in stock already ({here[0].state}; --skip-known leaves it out)"
            faults.append(KeyFault(key.line, "key", expected))
    return faults, skipped


def retire(tx: Tx, room: Backroom, now: datetime) -> int:
    """Take what can no longer be sold out of the stock. Returns how many keys that were."""
    keys = batches.unusable(tx, now + room.policy.stock.expiry_margin, STRUCK_OFF_MAX)
    if not keys:
        return 0
    _taken_out(tx, room, keys, "expired", SHOP, now)
    for sku_id, count in sorted(Counter(keys.values()).items()):
        room.alarm(tx, EXPIRED, sku_id, f"{count} keys can no longer be sold", now)
    return len(keys)


def _taken_out(tx: Tx, room: Backroom, keys: Mapping[int, str], why: str, by: str, now: datetime) -> int:
    """Strike the keys off, and count them off the stock. Returns how many are promised and missing."""
    batches.strike_off(tx, list(keys), why, by, now)
    costs.write_off(tx, list(keys), now)
    short_by = 0
    for sku_id, count in sorted(Counter(keys.values()).items()):
        goods.take_out(tx, sku_id, count)
        missing = goods.promised_beyond_stock(tx, sku_id)
        if missing:
            room.alarm(tx, SHORT, sku_id, f"{missing} more are promised than are there", now)
        short_by += missing
        watch(tx, room, sku_id, now)
    return short_by


def watch(tx: Tx, room: Backroom, sku_id: str, now: datetime, *, filled: bool = False) -> None:
    """Ring when few keys are left, once a filling; be quiet again when the stock was filled up."""
    if room.key_source is not None:
        # A sandbox makes its keys up, and never runs out of them.
        return
    if filled and not goods.promised_beyond_stock(tx, sku_id):
        alarms.settle(tx, SHORT, sku_id, SHOP, now)
    left = goods.available(tx, sku_id)
    if left >= room.policy.stock.low_at:
        if filled:
            alarms.settle(tx, LOW, sku_id, SHOP, now)
        return
    if not alarms.rang_since(tx, LOW, sku_id, batches.latest(tx, sku_id) or EVER):
        room.alarm(tx, LOW, sku_id, f"{left} left", now)
