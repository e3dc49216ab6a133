"""`xiadan coupon` and `xiadan customer`: what customers pay less, and who they are to the shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import typer

from bot.commands.database import write_to
from bot.settings import Settings
from orders.catalog import Catalog
from orders.clock import SystemClock
from orders.coupon import CODE, Coupon, normal_code
from orders.database import Tx
from orders.errors import NoSuchOrder, NotPermitted, PolicyError
from orders.money import NOTHING, Fen, fen_from_yuan, yuan
from orders.price_rules import PriceRules
from orders.shop import Shop

T = TypeVar("T")

USES_MAX = 10**6


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """A coupon as it was typed: amounts in yuan, a share in percent."""

    code: str
    off: str | None
    percent: int | None
    off_max: str | None
    least: str | None
    products: tuple[str, ...]
    uses: int
    each: int
    days: int


def coupon_of(terms: CouponTerms, catalog: Catalog, now: datetime) -> Coupon:
    """The coupon that is meant. Raises PolicyError saying what cannot be, and what would do."""
    code = normal_code(terms.code)
    if not CODE.fullmatch(code):
        raise PolicyError(
            f"{code!r} is no code; take 4 to 32 letters and digits, some of both, such as NEW10"
        )
    if (terms.off is None) == (terms.percent is None):
        raise PolicyError("a coupon takes off either --off yuan or --percent of the price")
    if terms.percent is not None and not 1 <= terms.percent <= 100:
        raise PolicyError(f"--percent is {terms.percent}; take 1 to 100")
    if not 1 <= terms.uses <= USES_MAX or not 1 <= terms.each <= USES_MAX:
        raise PolicyError(f"--uses and --each are 1 to {USES_MAX}")
    if not 1 <= terms.days <= 3660:
        raise PolicyError(f"--days is {terms.days}; take 1 to 3660")
    if unknown := [one for one in terms.products if catalog.product(one) is None]:
        raise PolicyError(f"product {unknown[0]!r} is not sold; `xiadan catalog export` lists the ids")
    off = _fen("--off", terms.off) if terms.off is not None else NOTHING
    off_max = _fen("--max", terms.off_max) if terms.off_max is not None else None
    if (terms.off is not None and not off) or off_max == 0:
        raise PolicyError("a coupon that takes nothing off is none; give more than 0")
    return Coupon(
        code=code,
        off_fen=off,
        off_per_mille=(terms.percent or 0) * 10,
        off_max_fen=off_max,
        price_min_fen=_fen("--least", terms.least) if terms.least is not None else NOTHING,
        products=terms.products,
        uses_max=terms.uses,
        uses_per_customer_max=terms.each,
        valid_from=now,
        valid_until=now + timedelta(days=terms.days),
    )


def _fen(option: str, typed: str) -> Fen:
    try:
        return fen_from_yuan(typed)
    except ValueError as error:
        raise PolicyError(f"{option}: {error}") from error


def add_coupon(settings: Settings, database_url: str, terms: CouponTerms) -> None:
    now = SystemClock().now()

    def added(shop: Shop, tx: Tx) -> Coupon:
        coupon = coupon_of(terms, shop.catalog(tx), now)
        if not shop.add_coupon(tx, coupon):
            raise PolicyError(f"{coupon.code} was given out before; take another code")
        return coupon

    typer.echo(f"Added {told(_run(settings, database_url, added), now)}")


def list_coupons(settings: Settings, database_url: str) -> None:
    now = SystemClock().now()
    found = _run(settings, database_url, lambda shop, tx: shop.coupons(tx))
    for coupon in found:
        typer.echo(told(coupon, now))
    if not found:
        typer.echo("There are no coupons; `xiadan coupon add` makes one.")


def end_coupon(settings: Settings, database_url: str, code: str) -> None:
    """Nobody is quoted with it any more; quotes that were given out hold."""
    now = SystemClock().now()
    code = normal_code(code)
    if not _run(settings, database_url, lambda shop, tx: shop.end_coupon(tx, code, now)):
        raise PolicyError(f"there is no coupon {code} that could be ended; `xiadan coupon list` shows them")
    typer.echo(f"Ended {code}.")


def told(coupon: Coupon, now: datetime) -> str:
    """One coupon in one line."""
    off = f"{yuan(coupon.off_fen)} off" if coupon.off_fen else f"{coupon.off_per_mille / 10:g}% off"
    most = f", at most {yuan(coupon.off_max_fen)}" if coupon.off_max_fen is not None else ""
    least = f", from {yuan(coupon.price_min_fen)}" if coupon.price_min_fen else ""
    goods = f", for {', '.join(coupon.products)}" if coupon.products else ""
    state = "ended" if now >= coupon.valid_until else f"until {coupon.valid_until:%Y-%m-%d %H:%M} UTC"
    uses = f"used {coupon.used} of {coupon.uses_max}, {coupon.uses_per_customer_max} a customer"
    return f"{coupon.code}: {off}{most}{least}{goods}; {uses}; {state}"


def set_level(settings: Settings, database_url: str, customer_id: str, level: str) -> None:
    """Give a customer a level; an empty one makes him an ordinary customer again."""
    known = PriceRules.read(settings.data_folder / "pricing.toml").level_names
    if level and level not in known:
        names = ", ".join(sorted(known)) or "none; write [[levels]] rules first"
        raise PolicyError(f"pricing.toml has no rule for level {level!r}; it knows {names}")
    _run(settings, database_url, lambda shop, tx: shop.set_level(tx, customer_id, level))
    typer.echo(f"{customer_id}: {level or 'no level'}")


def show_customer(settings: Settings, database_url: str, customer_id: str) -> None:
    def looked_up(shop: Shop, tx: Tx) -> str:
        customer, orders = shop.customer(tx, customer_id), shop.orders_of(tx, customer_id, 5)
        rows = [f"{customer_id}: {customer.level or 'no level'}, balance {yuan(customer.balance_fen)}"]
        rows += [f"  {order.order_no} {order.state} {yuan(order.total_fen)}" for order in orders]
        return "\n".join(rows)

    typer.echo(_run(settings, database_url, looked_up))


def give_out(settings: Settings, database_url: str, order_no: str, amount: str) -> None:
    """Send money of a deposit back to where it came from, as far as the customer has not spent it."""
    now, fen = SystemClock().now(), _fen("amount", amount)

    def given(shop: Shop, tx: Tx) -> str:
        try:
            order = shop.give_out(tx, order_no, fen, "the shopkeeper", now)
        except (NoSuchOrder, NotPermitted) as refused:
            raise PolicyError(str(refused)) from refused
        return f"{yuan(fen)} of {order_no} goes back; {order.customer_id} keeps " + yuan(
            shop.customer(tx, order.customer_id).balance_fen
        )

    typer.echo(_run(settings, database_url, given))


def _run(settings: Settings, database_url: str, fn: Callable[[Shop, Tx], T]) -> T:
    """Do it in one transaction on the shop's database."""
    from bot.workbench import shop_for_catalog

    shop = shop_for_catalog(settings)
    return write_to(database_url, lambda tx: fn(shop, tx))
