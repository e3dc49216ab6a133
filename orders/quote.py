"""From a draft to a price, or to what still stands between them.

`findings` is the dialogue's compass: the first thing it finds missing *is* the next question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from orders.catalog import AccountKind, Catalog, Product, Sku
from orders.coupon import CouponDenied
from orders.draft import Draft, DraftLine, Problem, Slot
from orders.money import Fen, Li
from orders.pricing import LinePrice, Price, PriceRule

QUANTITY_MAX = 999
"""The largest quantity of one line (contract: frame)."""

OPTIONS_MAX = 8
"""The most candidates worth offering (contract: frame)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Line `line` needs `slot`, and nothing was said of it."""

    line: int
    slot: Slot


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several things could be meant; `options` are product or SKU ids, best first."""

    line: int
    slot: Slot
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unacceptable:
    """What was said cannot be ordered; `options` are the nearest things that can."""

    line: int
    slot: Slot
    code: str
    value: str
    options: tuple[str, ...] = ()


Finding = Missing | Ambiguous | Unacceptable


@dataclass(frozen=True, slots=True)
class QuoteLine:
    sku_id: str
    product_id: str
    quantity: int
    account: str | None
    region: str | None
    list_price_fen: Fen
    unit_price_fen: Fen
    """The catalog's price of one piece, before any rule."""
    amount_fen: Fen
    """What is paid for the whole line."""
    eta_minutes: int
    unit_price_li: Li | None = None
    """Of one piece after level and tier, before the coupon; None in quotes of before there were any."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Complete, priced, valid until `expires_at`; the only thing that can be placed."""

    quote_id: str
    customer_id: str
    lines: tuple[QuoteLine, ...]
    list_fen: Fen
    price_fen: Fen
    saved_fen: Fen
    fee_fen: Fen
    total_fen: Fen
    quoted_at: datetime
    expires_at: datetime
    rules: tuple[PriceRule, ...] = ()
    """Which rule gave what, in the order in which they were applied."""
    coupon: str | None = None
    """The coupon that is used up when the quote is placed."""
    denied: CouponDenied | None = None
    """Why the coupon that was named is not the quote's."""


Availability = Callable[[str], int]
"""How many of a SKU can still be sold, by SKU id."""


def findings(draft: Draft, catalog: Catalog, available: Availability) -> tuple[Finding, ...]:
    """Everything that stands between the draft and a quote, line by line, in the order to ask.

    Within a line: what, which size, how many, for whom, on which server. That nothing is left is
    told before the recipient is asked for, so that nobody types a number for nothing.
    """
    if not draft.lines:
        return (Missing(0, Slot.PRODUCT),)
    promised: Counter[str] = Counter()
    found: list[Finding] = []
    for number, line in enumerate(draft.lines):
        found += _found_in(_Line(number, line, catalog), available, promised)
    return tuple(found)


def priced(
    draft: Draft,
    catalog: Catalog,
    price: Price,
    *,
    quote_id: str,
    customer_id: str,
    coupon: str | None,
    denied: CouponDenied | None,
    now: datetime,
    good_for: timedelta,
) -> Quote:
    """The quote of a draft in which `findings` found nothing, at this price."""
    return Quote(
        quote_id=quote_id,
        customer_id=customer_id,
        lines=tuple(
            _priced_line(line, catalog, of_line)
            for line, of_line in zip(draft.lines, price.lines, strict=True)
        ),
        list_fen=price.list_fen,
        price_fen=price.price_fen,
        saved_fen=Fen(max(0, price.list_fen - price.price_fen)),
        fee_fen=price.fee_fen,
        total_fen=Fen(price.price_fen + price.fee_fen),
        quoted_at=now,
        expires_at=now + good_for,
        rules=price.rules,
        coupon=coupon,
        denied=denied,
    )


def _priced_line(line: DraftLine, catalog: Catalog, price: LinePrice) -> QuoteLine:
    sku = catalog.sku(line.sku_id or "")
    assert sku is not None, "only a draft without findings is priced"
    product = catalog.product(sku.product_id)
    assert product is not None
    return QuoteLine(
        sku_id=sku.sku_id,
        product_id=sku.product_id,
        quantity=line.quantity,
        # What the product does not need is not carried along: a key needs no phone number.
        account=line.account if product.account_kind is not AccountKind.NONE else None,
        region=line.region if product.regions else None,
        list_price_fen=sku.list_price_fen,
        unit_price_fen=sku.price_fen,
        amount_fen=price.amount_fen,
        eta_minutes=sku.eta_minutes,
        unit_price_li=price.unit_price_li,
    )


class _Line:
    """One draft line beside what the catalog says of it."""

    def __init__(self, number: int, line: DraftLine, catalog: Catalog) -> None:
        self.number = number
        self.draft = line
        self.sku: Sku | None = catalog.sku(line.sku_id) if line.sku_id else None
        product_id = self.sku.product_id if self.sku else line.product_id
        self.product: Product | None = catalog.product(product_id) if product_id else None

    def problem(self, slot: Slot) -> Problem | None:
        return next((problem for problem in self.draft.problems if problem.slot is slot), None)

    def wrong(self, slot: Slot, code: str, value: str, options: tuple[str, ...] = ()) -> Unacceptable:
        return Unacceptable(self.number, slot, code, value, options[:OPTIONS_MAX])

    def told(self, slot: Slot, options: tuple[str, ...] = ()) -> Unacceptable | None:
        """What the reading itself found wrong with this slot."""
        problem = self.problem(slot)
        return self.wrong(slot, problem.code, problem.value, options) if problem else None


def _found_in(line: _Line, available: Availability, promised: Counter[str]) -> Iterator[Finding]:
    checks = (
        _product_finding(line),
        _variant_finding(line, available),
        _quantity_finding(line, available, promised),
        _account_finding(line),
        _region_finding(line),
    )
    return (finding for finding in checks if finding is not None)


def _product_finding(line: _Line) -> Finding | None:
    if told := line.told(Slot.PRODUCT, line.draft.product_options):
        return told
    if line.product:
        return None
    named = line.draft.sku_id or line.draft.product_id
    if named:
        # Known when it was said, gone since: the catalog was replaced in between.
        return line.wrong(Slot.PRODUCT, "product_unknown", named)
    if line.draft.product_options:
        return Ambiguous(line.number, Slot.PRODUCT, line.draft.product_options[:OPTIONS_MAX])
    return Missing(line.number, Slot.PRODUCT)


def _variant_finding(line: _Line, available: Availability) -> Finding | None:
    if told := line.told(Slot.VARIANT, line.draft.sku_options):
        return told
    if line.product is None:
        return None
    if line.sku:
        if available(line.sku.sku_id) > 0:
            return None
        siblings = tuple(sku.sku_id for sku in line.product.skus if available(sku.sku_id) > 0)
        return line.wrong(Slot.VARIANT, "out_of_stock", line.sku.sku_id, siblings)
    if line.draft.sku_options:
        return Ambiguous(line.number, Slot.VARIANT, line.draft.sku_options[:OPTIONS_MAX])
    return Missing(line.number, Slot.VARIANT)


def _quantity_finding(line: _Line, available: Availability, promised: Counter[str]) -> Finding | None:
    if told := line.told(Slot.QUANTITY):
        return told
    quantity = line.draft.quantity
    if not 1 <= quantity <= QUANTITY_MAX:
        return line.wrong(Slot.QUANTITY, "quantity_limit", str(quantity))
    if line.draft.uncounted:
        return Missing(line.number, Slot.QUANTITY)
    if line.sku is None:
        return None
    # Earlier lines of the same draft want the same stock.
    left = available(line.sku.sku_id) - promised[line.sku.sku_id]
    promised[line.sku.sku_id] += quantity
    if available(line.sku.sku_id) <= 0 or quantity <= left:
        return None
    return line.wrong(Slot.QUANTITY, "out_of_stock", str(max(left, 0)))


def _account_finding(line: _Line) -> Finding | None:
    if told := line.told(Slot.ACCOUNT):
        return told
    if line.product is None or line.product.account_kind is AccountKind.NONE or line.draft.account:
        return None
    return Missing(line.number, Slot.ACCOUNT)


def _region_finding(line: _Line) -> Finding | None:
    regions = line.product.regions if line.product else ()
    if told := line.told(Slot.REGION, regions):
        return told
    if not regions:
        return None
    if line.draft.region is None:
        options = tuple(region for region in line.draft.region_options if region in regions)
        return Ambiguous(line.number, Slot.REGION, options) if options else Missing(line.number, Slot.REGION)
    if line.draft.region not in regions:
        return line.wrong(Slot.REGION, "region_unknown", line.draft.region, regions)
    return None
