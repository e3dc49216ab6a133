"""Buying from outside suppliers: whom to ask for a line, and what each answer teaches about them.

The choice is made in the transaction that commits the intent to call. Prices and balances come in by
jobs of their own, so that choosing asks nobody; where they were wrong, the guards of the request refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orders import errands
from orders.backroom import Backroom
from orders.database import Tx
from orders.money import Fen, yuan
from orders.order import Order, OrderLine
from orders.ports import Outcome, OutsideSupplier, Refusal, SupplierAnswer, SupplierPrice
from orders.routing import Hindrance, Need, Offer, Route, route
from orders.store import alarms, goods, keys, suppliers
from orders.store.attempts import Attempt
from orders.store.suppliers import Listed

SILENCES_MAX = 3
"""So many times in a row a supplier may keep its prices or our balance to itself before a person is called."""


@dataclass(frozen=True, slots=True)
class Seller:
    """An outside supplier and what of ours it sells."""

    supplier: OutsideSupplier
    goods: Mapping[str, str]
    """What it calls our SKUs."""
    rating_tenths: int = 50
    has_bills: bool = False
    """Whether it can be asked what it charged us on a day."""

    @property
    def name(self) -> str:
        return self.supplier.name


def begin(tx: Tx, room: Backroom, sellers: Sequence[Seller], now: datetime) -> None:
    """Know these suppliers and no others, and have them asked from now on; harmless when done again."""
    for seller in sellers:
        suppliers.welcome(tx, seller.name, seller.rating_tenths)
        suppliers.sell_only(tx, seller.name, seller.goods)
        for sku_id in suppliers.our_prices(tx, seller.goods):
            suppliers.announce(tx, seller.name, sku_id, seller.goods[sku_id])
        ask_now(tx, room, seller.name, now)
    suppliers.know_only(tx, [seller.name for seller in sellers])


def ask_now(tx: Tx, room: Backroom, supplier: str, now: datetime) -> None:
    """Have its prices and our balance there asked for."""
    for errand in (errands.sync_prices(supplier), errands.check_balance(supplier)):
        room.later(tx, errand, now)


# --- choosing -----------------------------------------------------------------------------------


def is_sourced(tx: Tx, room: Backroom, line: OrderLine, now: datetime) -> bool:
    """Whether the line is bought outside: somebody sells it, and we have no keys of our own for it."""
    if not suppliers.is_sold(tx, line.sku_id):
        return False
    good_until = now + room.policy.stock.expiry_margin
    is_key = goods.is_key(line.delivery)
    return not is_key or keys.free_count(tx, line.sku_id, good_until) < line.quantity


def choose(tx: Tx, room: Backroom, order: Order, line: OrderLine, now: datetime) -> Offer | None:
    """Whom to ask for the line now; None where nobody can be asked. Rings for what a person could mend."""
    found = _route(tx, room, order, line, now)
    for supplier, why in found.hindered.items():
        if why is Hindrance.TOO_DEAR:
            limit = yuan(cost_max_fen(room, line))
            room.alarm(tx, "supplier_dear", f"{supplier} {line.sku_id}", f"more than {limit}", now)
        elif why is Hindrance.BALANCE_LOW:
            _rest(tx, room, supplier, Refusal.BALANCE_LOW, "supplier_balance", now)
    return found.chosen


def has_another(tx: Tx, room: Backroom, order: Order, line: OrderLine, now: datetime) -> bool:
    """Whether a line that definitively failed may be tried again now, and by whom."""
    if suppliers.tries(tx, order.order_no, line.line_no) >= room.policy.delivery.attempts_max:
        return False
    return _route(tx, room, order, line, now).chosen is not None


def may_wait(tx: Tx, room: Backroom, order: Order, line: OrderLine, reason: str) -> bool:
    """Whether a line that was refused for our sake waits until that is mended, rather than fail."""
    ours = reason in (Refusal.BALANCE_LOW, Refusal.GUARDED)
    tries = suppliers.tries(tx, order.order_no, line.line_no)
    return ours and room.policy.suppliers.wait_for_supplier and tries < room.policy.delivery.attempts_max


def nobody(tx: Tx, room: Backroom, order: Order, line: OrderLine, now: datetime) -> None:
    """Call a person, and try the line again later where it may wait."""
    found = _route(tx, room, order, line, now)
    reasons = ", ".join(f"{supplier} {why}" for supplier, why in sorted(found.hindered.items()))
    room.alarm(tx, NO_SUPPLIER, f"{order.order_no}-{line.line_no}", f"{line.sku_id}: {reasons}", now)
    if room.policy.suppliers.wait_for_supplier:
        wait = timedelta(minutes=room.policy.suppliers.wait_minutes)
        room.later(tx, errands.submit_line(order.order_no, line.line_no), now + wait)


NO_SUPPLIER = "no_supplier"


RECORD_LASTS = timedelta(days=1)
"""What a supplier did longer ago says nothing: one that failed and is not asked any more must come back."""


def _route(tx: Tx, room: Backroom, order: Order, line: OrderLine, now: datetime) -> Route:
    need = Need(line.quantity, cost_max_fen(room, line), now)
    looked_at = room.policy.suppliers.attempts_looked_at
    offers = suppliers.offers(tx, line.sku_id, order.order_no, line.line_no, looked_at, now - RECORD_LASTS)
    return route(offers, need, room.policy.suppliers)


def cost_max_fen(room: Backroom, line: OrderLine) -> Fen:
    """The most that a piece may cost, by what the customer pays for it, all reductions taken off."""
    return room.policy.suppliers.cost_max_fen(line.amount_fen // line.quantity)


# --- learning -----------------------------------------------------------------------------------


def asked(tx: Tx, offer: Offer, quantity: int) -> None:
    """The supplier will charge this; until it tells its balance again, we count ourselves."""
    suppliers.spend(tx, offer.supplier, offer.cost_fen * quantity)


def cost_of(attempt: Attempt, line: OrderLine, said: SupplierAnswer) -> Fen | None:
    """What an ended attempt cost: as it was told, else as it was expected; None where nobody knows, and
    the supplier's bill will tell."""
    if said.cost_fen is not None or attempt.cost_fen is None:
        return said.cost_fen
    # A part of a 分 counts as a whole one.
    return Fen(-(-attempt.cost_fen * said.delivered_quantity // line.quantity))


def ended(
    tx: Tx, room: Backroom, attempt: Attempt, line: OrderLine, said: SupplierAnswer, now: datetime
) -> None:
    """An attempt at an outside supplier came to its end."""
    if attempt.supplier_code is None:
        return
    match said.outcome:
        case Outcome.DONE | Outcome.PARTIAL:
            suppliers.succeeded(tx, attempt.supplier)
            _compare_cost(tx, room, attempt, line, said, now)
        case Outcome.FAILED if said.reason == Refusal.BALANCE_LOW:
            _rest(tx, room, attempt.supplier, Refusal.BALANCE_LOW, "supplier_balance", now)
        case Outcome.FAILED if said.reason == Refusal.GUARDED:
            suppliers.stop_selling(tx, attempt.supplier, line.sku_id)
            room.alarm(tx, "supplier_guarded", f"{attempt.supplier} {line.sku_id}", attempt.request_no, now)
            room.later(tx, errands.sync_prices(attempt.supplier), now)
        case Outcome.FAILED if said.reason == Refusal.ONE_AT_A_TIME:
            pass
        case Outcome.FAILED | Outcome.ABSENT:
            failed(tx, room, attempt, now)
    if said.outcome not in (Outcome.DONE, Outcome.PARTIAL):
        suppliers.spend(tx, attempt.supplier, -(attempt.cost_fen or 0))


def failed(tx: Tx, room: Backroom, attempt: Attempt, now: datetime) -> None:
    """It failed, or did not answer when it was asked to deliver: too often in a row, and it rests."""
    if attempt.supplier_code is None:
        return
    if suppliers.failed(tx, attempt.supplier) >= room.policy.suppliers.failures_in_row_max:
        _rest(tx, room, attempt.supplier, "failures_in_row", "supplier_failing", now)


def _compare_cost(
    tx: Tx, room: Backroom, attempt: Attempt, line: OrderLine, said: SupplierAnswer, now: datetime
) -> None:
    limit = cost_max_fen(room, line) * said.delivered_quantity
    if said.cost_fen is not None and said.cost_fen > limit:
        detail = f"charged {yuan(said.cost_fen)}, allowed were {yuan(limit)}"
        room.alarm(tx, "supplier_overcharged", attempt.request_no, detail, now)
        room.later(tx, errands.sync_prices(attempt.supplier), now)


def _rest(tx: Tx, room: Backroom, supplier: str, reason: str, alarm: str, now: datetime) -> None:
    minutes = room.policy.suppliers.pause_minutes
    suppliers.rest(tx, supplier, now + timedelta(minutes=minutes), reason)
    room.alarm(tx, alarm, supplier, f"{reason}; rests for {minutes} minutes", now)


# --- prices and balances ------------------------------------------------------------------------


def take_prices(
    tx: Tx, room: Backroom, seller: Seller, prices: Sequence[SupplierPrice] | None, now: datetime
) -> None:
    """What a supplier told of its prices; None where it told nothing: then the old ones stand."""
    every = timedelta(minutes=room.policy.suppliers.price_minutes)
    ours = suppliers.our_prices(tx, seller.goods)
    # Goods that are not in the catalog yet come with the next import, and are not to be sold by others.
    soon = timedelta(minutes=room.policy.suppliers.wait_minutes)
    room.later(
        tx, errands.sync_prices(seller.name), now + (every if len(ours) == len(seller.goods) else soon)
    )
    if prices is None:
        _silent(tx, room, seller.name, "prices", suppliers.priced_at(tx, seller.name), every, now)
        return
    told = {price.supplier_code: price for price in prices}
    known = {one.sku_id: one for one in suppliers.listed(tx, seller.name)}
    for sku_id, code in seller.goods.items():
        price = told.get(code)
        if sku_id not in ours:
            room.alarm(tx, "supplier_unknown_sku", f"{seller.name} {sku_id}", "not in the catalog", now)
        elif price is None or price.cost_fen <= 0:
            suppliers.stop_selling(tx, seller.name, sku_id)
        else:
            sells = price.available and not _guarded(tx, seller.name, sku_id, price, known.get(sku_id))
            suppliers.save_goods(tx, seller.name, sku_id, code, price.cost_fen, sells, now)
            limit = room.policy.suppliers.cost_max_fen(ours[sku_id])
            if price.available and price.cost_fen > limit:
                detail = f"costs {yuan(price.cost_fen)}, allowed are {yuan(limit)}"
                room.alarm(tx, "supplier_dear", f"{seller.name} {sku_id}", detail, now)


def _guarded(tx: Tx, supplier: str, sku_id: str, price: SupplierPrice, known: Listed | None) -> bool:
    """Whether it refused these goods at this very price: then something else is wrong with them, such as
    their face value, and a person must see to it first."""
    same = known is not None and known.cost_fen == price.cost_fen
    return same and alarms.rings(tx, "supplier_guarded", f"{supplier} {sku_id}")


def take_balance(tx: Tx, room: Backroom, supplier: str, balance_fen: Fen | None, now: datetime) -> None:
    """What a supplier told of our prepayment; a supplier that only lacked it works again."""
    every = timedelta(minutes=room.policy.suppliers.balance_minutes)
    room.later(tx, errands.check_balance(supplier), now + every)
    known = suppliers.health(tx, supplier)
    if balance_fen is None:
        if known is not None and known.balance_at is not None:
            _silent(tx, room, supplier, "balance", known.balance_at, every, now)
        return
    suppliers.set_balance(tx, supplier, balance_fen, now)
    if balance_fen < room.policy.suppliers.balance_low_fen:
        room.alarm(tx, "supplier_balance", supplier, f"{yuan(balance_fen)} left", now)
    elif known is not None and known.pause_reason == Refusal.BALANCE_LOW:
        suppliers.pause(tx, supplier, None, "")


def _silent(
    tx: Tx,
    room: Backroom,
    supplier: str,
    what: str,
    since: datetime | None,
    every: timedelta,
    now: datetime,
) -> None:
    """One answer that is missing means nothing; a supplier that never told its prices sells nothing."""
    if since is None or now - since > SILENCES_MAX * every:
        room.alarm(tx, "supplier_silent", f"{supplier} {what}", "did not tell", now)
