"""Coupons and their uses as rows. A use is taken by one conditional update, so that two orders that
race for the last one cannot both have it."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from orders.coupon import Coupon
from orders.database import Tx
from orders.money import Fen
from orders.store.instants import moment, stamp
from orders.tables import coupon_uses, coupons

_BY_CODE = select(coupons).where(coupons.c.code == bindparam("b_code"))
_AMONG = select(coupons.c.code).where(coupons.c.code.in_(bindparam("b_codes", expanding=True)))
_ALL = select(coupons).order_by(coupons.c.valid_until.desc(), coupons.c.code)
_VALID = select(coupons.c.code).where(
    coupons.c.valid_from <= bindparam("b_now"),
    coupons.c.valid_until > bindparam("b_now"),
    coupons.c.used < coupons.c.uses_max,
)
_USED_BY = (
    select(func.count())
    .select_from(coupon_uses)
    .where(
        coupon_uses.c.code == bindparam("b_code"),
        coupon_uses.c.customer_id == bindparam("b_customer_id"),
        coupon_uses.c.given_back_at.is_(None),
    )
)
_TAKE = (
    update(coupons)
    .where(coupons.c.code == bindparam("b_code"), coupons.c.used < coupons.c.uses_max)
    .values(used=coupons.c.used + 1)
)
_LET_GO = (
    update(coupons)
    .where(coupons.c.code == bindparam("b_code"), coupons.c.used > 0)
    .values(used=coupons.c.used - 1)
)
_ADD_USE = insert(coupon_uses)
_USE_OF = select(coupon_uses).where(coupon_uses.c.order_no == bindparam("b_order_no"))
_GIVE_BACK = (
    update(coupon_uses)
    .where(coupon_uses.c.order_no == bindparam("b_order_no"), coupon_uses.c.given_back_at.is_(None))
    .values(given_back_at=bindparam("n_at"))
    .returning(coupon_uses.c.code)
)
_TAKE_AGAIN = (
    update(coupon_uses)
    .where(coupon_uses.c.order_no == bindparam("b_order_no"), coupon_uses.c.given_back_at.is_not(None))
    .values(given_back_at=None, used_at=bindparam("n_at"))
)
_END = (
    update(coupons)
    .where(coupons.c.code == bindparam("b_code"), coupons.c.valid_until > bindparam("b_now"))
    .values(valid_until=bindparam("b_now"))
)


def find(tx: Tx, code: str) -> Coupon | None:
    row = tx.execute(_BY_CODE, {"b_code": code}).first()
    return _coupon(row) if row is not None else None


def known_among(tx: Tx, codes: Collection[str]) -> frozenset[str]:
    """Those of `codes` that are coupons, whether they can be used or not."""
    return frozenset(tx.execute(_AMONG, {"b_codes": list(codes)}).scalars()) if codes else frozenset()


def all_of_them(tx: Tx) -> tuple[Coupon, ...]:
    """Every coupon, the one that is valid longest first."""
    return tuple(map(_coupon, tx.execute(_ALL)))


def some_are_valid(tx: Tx, now: datetime) -> bool:
    """Whether the shop gives any coupons at the moment."""
    return tx.execute(_VALID.limit(1), {"b_now": stamp(now)}).first() is not None


def used_by(tx: Tx, code: str, customer_id: str) -> int:
    """How often the customer's orders hold the coupon."""
    return tx.execute(_USED_BY, {"b_code": code, "b_customer_id": customer_id}).scalar_one()


def take(tx: Tx, coupon: Coupon, customer_id: str, order_no: str, off_fen: Fen, now: datetime) -> bool:
    """Use the coupon for an order; False, and nothing changed, where all its uses are gone.

    Its dates are not looked at: a price that was quoted holds, whatever became of the coupon since.
    """
    if not _counted(tx, coupon, customer_id):
        return False
    row = {
        "order_no": order_no,
        "code": coupon.code,
        "customer_id": customer_id,
        "off_fen": off_fen,
        "used_at": stamp(now),
    }
    tx.execute(_ADD_USE, row)
    return True


def take_again(tx: Tx, order_no: str, now: datetime) -> bool:
    """Use the coupon of an order that had given it back: its money came late. False, and nothing
    changed, where the coupon could not be used now. True for an order without a coupon."""
    use = tx.execute(_USE_OF, {"b_order_no": order_no}).first()
    if use is None or use.given_back_at is None:
        return True
    coupon = find(tx, use.code)
    if coupon is None or not coupon.valid_from <= now < coupon.valid_until:
        return False
    if not _counted(tx, coupon, use.customer_id):
        return False
    tx.execute(_TAKE_AGAIN, {"b_order_no": order_no, "n_at": stamp(now)})
    return True


def give_back(tx: Tx, order_no: str, now: datetime) -> None:
    """The order came to nothing, so its coupon can be used once more; again is harmless."""
    code = tx.execute(_GIVE_BACK, {"b_order_no": order_no, "n_at": stamp(now)}).scalar()
    if code is not None:
        let_go = tx.execute(_LET_GO, {"b_code": code}).rowcount
        assert let_go == 1, f"coupon {code} was to be given back, and was never used"


def _counted(tx: Tx, coupon: Coupon, customer_id: str) -> bool:
    if tx.execute(_TAKE, {"b_code": coupon.code}).rowcount != 1:
        return False
    # From here on the coupon's row is ours, so nobody counts the same customer at the same time.
    if used_by(tx, coupon.code, customer_id) < coupon.uses_per_customer_max:
        return True
    tx.execute(_LET_GO, {"b_code": coupon.code})
    return False


def add(tx: Tx, coupon: Coupon) -> bool:
    """Make a coupon; False where the code was given out before."""
    if find(tx, coupon.code) is not None:
        return False
    row = {
        "code": coupon.code,
        "off_fen": coupon.off_fen,
        "off_per_mille": coupon.off_per_mille,
        "off_max_fen": coupon.off_max_fen,
        "price_min_fen": coupon.price_min_fen,
        "products": json.dumps(coupon.products),
        "uses_max": coupon.uses_max,
        "uses_per_customer_max": coupon.uses_per_customer_max,
        "used": 0,
        "valid_from": stamp(coupon.valid_from),
        "valid_until": stamp(coupon.valid_until),
    }
    tx.execute(insert(coupons), row)
    return True


def end(tx: Tx, code: str, now: datetime) -> bool:
    """Nobody is quoted with it from now on; False where there is no such coupon, or it had ended."""
    return tx.execute(_END, {"b_code": code, "b_now": stamp(now)}).rowcount == 1


def _coupon(row: Row[Any]) -> Coupon:
    return Coupon(
        code=row.code,
        off_fen=Fen(row.off_fen),
        off_per_mille=row.off_per_mille,
        off_max_fen=Fen(row.off_max_fen) if row.off_max_fen is not None else None,
        price_min_fen=Fen(row.price_min_fen),
        products=tuple(json.loads(row.products)),
        uses_max=row.uses_max,
        uses_per_customer_max=row.uses_per_customer_max,
        valid_from=moment(row.valid_from),
        valid_until=moment(row.valid_until),
        used=row.used,
    )
