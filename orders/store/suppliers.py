"""What outside suppliers sell, at what cost, and how they are doing, as rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, delete, func, or_, select, text, update

from orders.database import Tx
from orders.money import Fen
from orders.ports import Refusal
from orders.routing import Offer, Tried
from orders.store.instants import moment, stamp
from orders.store.prepared import Prepared
from orders.tables import attempts, skus, supplier_goods, supplier_health


@dataclass(frozen=True, slots=True)
class Health:
    """How a supplier stands with us."""

    supplier: str
    failed_in_row: int
    paused_until: datetime | None
    pause_reason: str
    balance_fen: Fen | None
    balance_at: datetime | None
    rating_tenths: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One SKU as a supplier sells it."""

    sku_id: str
    supplier_code: str
    cost_fen: Fen
    price_fen: Fen
    """At which we sell it."""
    enabled: bool
    priced_at: datetime


_OF_SKU = Prepared(
    select(
        supplier_goods.c.supplier,
        supplier_goods.c.supplier_code,
        supplier_goods.c.cost_fen,
        supplier_goods.c.enabled,
        supplier_health.c.paused_until,
        supplier_health.c.balance_fen,
        supplier_health.c.rating_tenths,
    )
    .join(supplier_health, supplier_health.c.supplier == supplier_goods.c.supplier)
    .where(supplier_goods.c.sku_id == bindparam("b_sku_id"))
    .order_by(supplier_goods.c.supplier)
)
_SOLD = Prepared(
    select(supplier_goods.c.supplier).where(supplier_goods.c.sku_id == bindparam("b_sku_id")).limit(1)
)
_LATEST = (
    select(attempts.c.state, attempts.c.detail, (attempts.c.ended_at - attempts.c.submitted_at).label("took"))
    .where(
        attempts.c.supplier == bindparam("b_supplier"),
        attempts.c.submitted_at >= bindparam("b_since"),
        attempts.c.ended_at.is_not(None),
    )
    .order_by(attempts.c.submitted_at.desc())
    .limit(bindparam("b_limit"))
    .subquery()
)
# Each value for itself: a prepared statement holds no lists.
_GOOD = or_(_LATEST.c.state == "done", _LATEST.c.state == "partial")
# What was refused for our sake (no balance, a guard, several pieces at once) is no fault of theirs.
_BAD = and_(
    or_(_LATEST.c.state == "failed", _LATEST.c.state == "absent"),
    *(_LATEST.c.detail != refusal.value for refusal in Refusal),
)
_RECORD = Prepared(
    select(
        func.count(case((_GOOD, 1))).label("delivered"),
        func.count(case((_BAD, 1))).label("failed"),
        func.coalesce(func.avg(case((_GOOD, _LATEST.c.took))), 0).label("took"),
    )
)
_TRIED = Prepared(
    select(attempts.c.supplier, attempts.c.state, attempts.c.detail).where(
        attempts.c.order_no == bindparam("b_order_no"),
        attempts.c.line_no == bindparam("b_line_no"),
        or_(attempts.c.state == "failed", attempts.c.state == "absent"),
    )
)
_SAVE_GOODS = Prepared(
    text(
        "INSERT INTO supplier_goods (supplier, sku_id, supplier_code, cost_fen, enabled, priced_at) "
        "VALUES (:supplier, :sku_id, :supplier_code, :cost_fen, :enabled, :priced_at) "
        "ON CONFLICT (supplier, sku_id) DO UPDATE SET supplier_code = excluded.supplier_code, "
        "cost_fen = excluded.cost_fen, enabled = excluded.enabled, priced_at = excluded.priced_at"
    )
)
_ANNOUNCE = Prepared(
    text(
        "INSERT INTO supplier_goods (supplier, sku_id, supplier_code, cost_fen, enabled, priced_at) "
        "VALUES (:supplier, :sku_id, :supplier_code, 1, :enabled, 0) ON CONFLICT (supplier, sku_id) DO NOTHING"
    )
)
_FORGET_OTHERS = delete(supplier_goods).where(
    supplier_goods.c.supplier == bindparam("b_supplier"),
    supplier_goods.c.sku_id.not_in(bindparam("b_kept", expanding=True)),
)
_DISABLE_STRANGERS = (
    update(supplier_goods)
    .where(supplier_goods.c.supplier.not_in(bindparam("b_kept", expanding=True)))
    .values(enabled=False)
)
_DISABLE_ONE = Prepared(
    update(supplier_goods)
    .where(
        supplier_goods.c.supplier == bindparam("b_supplier"), supplier_goods.c.sku_id == bindparam("b_sku_id")
    )
    .values(enabled=False)
)
_GOODS = Prepared(
    select(supplier_goods, skus.c.price_fen)
    .join(skus, skus.c.sku_id == supplier_goods.c.sku_id)
    .where(supplier_goods.c.supplier == bindparam("b_supplier"))
    .order_by(skus.c.place, supplier_goods.c.sku_id)
)
_PRICED_AT = Prepared(
    select(func.max(supplier_goods.c.priced_at)).where(supplier_goods.c.supplier == bindparam("b_supplier"))
)
_PRICES = select(skus.c.sku_id, skus.c.price_fen).where(
    skus.c.sku_id.in_(bindparam("b_sku_ids", expanding=True))
)
_WELCOME = Prepared(
    text(
        "INSERT INTO supplier_health (supplier, failed_in_row, rating_tenths) VALUES (:supplier, 0, :rating_tenths) "
        "ON CONFLICT (supplier) DO UPDATE SET rating_tenths = excluded.rating_tenths"
    )
)
_HEALTH = Prepared(select(supplier_health).order_by(supplier_health.c.supplier))
_THIS = supplier_health.c.supplier == bindparam("b_supplier")
_ONE_HEALTH = Prepared(select(supplier_health).where(_THIS))
_FAILED = Prepared(
    update(supplier_health)
    .where(_THIS)
    .values(failed_in_row=supplier_health.c.failed_in_row + 1)
    .returning(supplier_health.c.failed_in_row)
)
_SUCCEEDED = Prepared(
    update(supplier_health).where(_THIS, supplier_health.c.failed_in_row > 0).values(failed_in_row=0)
)
_PAUSE = Prepared(
    update(supplier_health)
    .where(_THIS)
    .values(paused_until=bindparam("n_until"), pause_reason=bindparam("n_reason"))
)
_REST = Prepared(
    update(supplier_health)
    .where(_THIS, func.coalesce(supplier_health.c.paused_until, 0) < bindparam("n_until"))
    .values(paused_until=bindparam("n_until"), pause_reason=bindparam("n_reason"))
)
_BALANCE = Prepared(
    update(supplier_health)
    .where(_THIS)
    .values(balance_fen=bindparam("n_balance_fen"), balance_at=bindparam("n_balance_at"))
)
_SPEND = Prepared(
    update(supplier_health)
    .where(_THIS, supplier_health.c.balance_fen.is_not(None))
    .values(balance_fen=supplier_health.c.balance_fen - bindparam("n_fen"))
)


def offers(
    tx: Tx, sku_id: str, order_no: str, line_no: int, looked_at: int, since: datetime
) -> tuple[Offer, ...]:
    """Every supplier that sells the SKU, for this line; empty where none ever did. The last `looked_at`
    attempts since then tell how a supplier is doing."""
    rows = _OF_SKU(tx, {"b_sku_id": sku_id}).all()
    if not rows:
        return ()
    tried = _tried(tx, order_no, line_no)
    found = []
    for row in rows:
        record = _RECORD(
            tx, {"b_supplier": row.supplier, "b_limit": looked_at, "b_since": stamp(since)}
        ).one()
        found.append(
            Offer(
                supplier=row.supplier,
                supplier_code=row.supplier_code,
                cost_fen=Fen(row.cost_fen),
                enabled=row.enabled,
                paused_until=moment(row.paused_until),
                balance_fen=None if row.balance_fen is None else Fen(row.balance_fen),
                rating_tenths=row.rating_tenths,
                delivered=record.delivered,
                failed=record.failed,
                seconds=int(record.took) // 1_000_000,
                tried=tried.get(row.supplier, Tried.NEVER),
            )
        )
    return tuple(found)


def is_sold(tx: Tx, sku_id: str) -> bool:
    """Whether any outside supplier sells it, or did."""
    return _SOLD(tx, {"b_sku_id": sku_id}).first() is not None


def _tried(tx: Tx, order_no: str, line_no: int) -> dict[str, Tried]:
    tried: dict[str, Tried] = {}
    for row in _TRIED(tx, {"b_order_no": order_no, "b_line_no": line_no}):
        if row.state == "absent" or row.detail in (Refusal.BALANCE_LOW, Refusal.GUARDED):
            tried.setdefault(row.supplier, Tried.REFUSED)
        else:
            tried[row.supplier] = Tried.FAILED
    return tried


def tries(tx: Tx, order_no: str, line_no: int) -> int:
    """How many attempts at the line failed or got lost."""
    return len(_TRIED(tx, {"b_order_no": order_no, "b_line_no": line_no}).all())


def save_goods(
    tx: Tx, supplier: str, sku_id: str, supplier_code: str, cost_fen: Fen, enabled: bool, now: datetime
) -> None:
    row = {
        "supplier": supplier,
        "sku_id": sku_id,
        "supplier_code": supplier_code,
        "cost_fen": cost_fen,
        "enabled": enabled,
        "priced_at": stamp(now),
    }
    _SAVE_GOODS(tx, row)


def announce(tx: Tx, supplier: str, sku_id: str, supplier_code: str) -> None:
    """It is going to sell this, once it told a price; until then a line waits for it."""
    row = {"supplier": supplier, "sku_id": sku_id, "supplier_code": supplier_code, "enabled": False}
    _ANNOUNCE(tx, row)


def sell_only(tx: Tx, supplier: str, sku_ids: Collection[str]) -> None:
    """Whatever else it sold, it sells no more: the shopkeeper took it off the description."""
    tx.execute(_FORGET_OTHERS, {"b_supplier": supplier, "b_kept": list(sku_ids)})


def know_only(tx: Tx, suppliers: Collection[str]) -> None:
    """Suppliers that are not connected any more sell nothing."""
    tx.execute(_DISABLE_STRANGERS, {"b_kept": list(suppliers)})


def stop_selling(tx: Tx, supplier: str, sku_id: str) -> None:
    """Until its prices are read anew."""
    _DISABLE_ONE(tx, {"b_supplier": supplier, "b_sku_id": sku_id})


def listed(tx: Tx, supplier: str) -> tuple[Listed, ...]:
    """Everything that it ever sold of our goods, in the order of the catalog."""
    return tuple(
        Listed(
            row.sku_id,
            row.supplier_code,
            Fen(row.cost_fen),
            Fen(row.price_fen),
            row.enabled,
            moment(row.priced_at),
        )
        for row in _GOODS(tx, {"b_supplier": supplier})
    )


def priced_at(tx: Tx, supplier: str) -> datetime | None:
    """When it last told its prices."""
    at: int | None = _PRICED_AT(tx, {"b_supplier": supplier}).scalar()
    return moment(at)


def our_prices(tx: Tx, sku_ids: Collection[str]) -> dict[str, Fen]:
    """Ours, of those SKUs that exist."""
    rows = tx.execute(_PRICES, {"b_sku_ids": list(sku_ids)})
    return {row.sku_id: Fen(row.price_fen) for row in rows}


def welcome(tx: Tx, supplier: str, rating_tenths: int) -> None:
    """Know the supplier from now on; what is known of it stays."""
    _WELCOME(tx, {"supplier": supplier, "rating_tenths": rating_tenths})


def health(tx: Tx, supplier: str) -> Health | None:
    row = _ONE_HEALTH(tx, {"b_supplier": supplier}).first()
    return None if row is None else _health(row)


def all_health(tx: Tx) -> tuple[Health, ...]:
    return tuple(_health(row) for row in _HEALTH(tx))


def _health(row: Row[Any]) -> Health:
    return Health(
        supplier=row.supplier,
        failed_in_row=row.failed_in_row,
        paused_until=moment(row.paused_until),
        pause_reason=row.pause_reason or "",
        balance_fen=row.balance_fen,
        balance_at=moment(row.balance_at),
        rating_tenths=row.rating_tenths,
    )


def failed(tx: Tx, supplier: str) -> int:
    """One more; returns how many in a row that makes."""
    return _FAILED(tx, {"b_supplier": supplier}).scalar() or 0


def succeeded(tx: Tx, supplier: str) -> None:
    _SUCCEEDED(tx, {"b_supplier": supplier})


def pause(tx: Tx, supplier: str, until: datetime | None, reason: str) -> bool:
    """Rest until then, or work again where that is None. False for a supplier that nobody knows."""
    parameters = {
        "b_supplier": supplier,
        "n_until": stamp(until) if until else None,
        "n_reason": reason[:64] or None,
    }
    return _PAUSE(tx, parameters).rowcount == 1


def rest(tx: Tx, supplier: str, until: datetime, reason: str) -> None:
    """Rest until then, unless it rests longer already: a person may have ordered that."""
    _REST(tx, {"b_supplier": supplier, "n_until": stamp(until), "n_reason": reason[:64]})


def set_balance(tx: Tx, supplier: str, balance_fen: Fen, now: datetime) -> None:
    parameters = {"b_supplier": supplier, "n_balance_fen": balance_fen, "n_balance_at": stamp(now)}
    _BALANCE(tx, parameters)


def spend(tx: Tx, supplier: str, fen: int) -> None:
    """What we think is left, until it is asked again; a negative amount comes back."""
    _SPEND(tx, {"b_supplier": supplier, "n_fen": fen})
