"""An order as its pages show it: recipients masked, nothing of the machinery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from adapters.web.services import Mask
from orders.catalog import Delivery
from orders.money import Fen
from orders.order import (
    CustomerState,
    EventKind,
    LineState,
    Order,
    OrderEvent,
    OrderLine,
    customer_line_state,
    customer_state,
)
from orders.pricing import RuleKind
from orders.refunding import refund_denied

UNDER_WAY = frozenset(
    {
        CustomerState.AWAITING_PAYMENT,
        CustomerState.PROCESSING,
        CustomerState.REFUNDING,
        CustomerState.IN_REVIEW,
    }
)
"""States that change by themselves: a page that shows one looks again."""

_NOT_FOR_CUSTOMERS = frozenset({EventKind.COMPLETED, EventKind.REVIEWED})
"""Steps of the machinery that say nothing new to whoever waits for his goods."""


@dataclass(frozen=True, slots=True)
class LineView:
    line_no: int
    thing: str
    quantity: int
    account: str | None
    region: str | None
    amount_fen: Fen
    state: CustomerState
    delivery: Delivery
    waits_for_shipping: bool


@dataclass(frozen=True, slots=True)
class StepView:
    kind: EventKind
    at: datetime
    amount_fen: Fen | None
    delivery: Delivery | None
    about: str | None
    """Which line it is, where the order has several: by its recipient, else by its goods."""


@dataclass(frozen=True, slots=True)
class OrderView:
    order_no: str
    customer_id: str
    state: CustomerState
    title: str
    """Empty for money that was put into the wallet."""
    lines: tuple[LineView, ...]
    list_fen: Fen
    price_fen: Fen
    saved_fen: Fen
    gave: tuple[tuple[RuleKind, Fen], ...]
    """What member price, wholesale price and coupon took off."""
    fee_fen: Fen
    total_fen: Fen
    refunded_fen: Fen
    created_at: datetime
    delivery: Delivery | None
    """None where it differs from line to line."""
    eta_minutes: int
    has_keys: bool
    refundable: bool
    under_way: bool


def order_view(order: Order, mask: Mask) -> OrderView:
    state = customer_state(order)
    first = _thing(order.lines[0]) if order.lines else ""
    return OrderView(
        order_no=order.order_no,
        customer_id=order.customer_id,
        state=state,
        title=first,
        lines=tuple(_line_view(order, line, mask) for line in order.lines),
        list_fen=order.list_fen,
        price_fen=Fen(order.total_fen - order.fee_fen),
        saved_fen=order.saved_fen,
        gave=_gave(order),
        fee_fen=order.fee_fen,
        total_fen=order.total_fen,
        refunded_fen=order.refunded_fen,
        created_at=order.created_at,
        delivery=order.delivery,
        eta_minutes=order.eta_minutes,
        has_keys=any(line.has_keys for line in order.lines),
        refundable=state not in (CustomerState.REFUNDING, CustomerState.REFUNDED)
        and order.settled_fen > 0
        and any(refund_denied(order, line) is None for line in order.lines),
        under_way=state in UNDER_WAY,
    )


def _gave(order: Order) -> tuple[tuple[RuleKind, Fen], ...]:
    """By kind, in the order in which they were applied; the shop's own price and the fee stand elsewhere."""
    off: dict[RuleKind, int] = {}
    for rule in order.price_rules:
        if rule.kind in (RuleKind.LEVEL, RuleKind.TIER, RuleKind.COUPON) and rule.off_fen:
            off[rule.kind] = off.get(rule.kind, 0) + rule.off_fen
    return tuple((kind, Fen(fen)) for kind, fen in off.items())


def step_views(order: Order, timeline: tuple[OrderEvent, ...], mask: Mask) -> tuple[StepView, ...]:
    """The timeline, without what only staff need to know."""
    return tuple(_step_view(order, event, mask) for event in timeline if event.kind not in _NOT_FOR_CUSTOMERS)


def _line_view(order: Order, line: OrderLine, mask: Mask) -> LineView:
    return LineView(
        line_no=line.line_no,
        thing=_thing(line),
        quantity=line.quantity,
        account=mask(line.account_kind, line.account) if line.account else None,
        region=line.region,
        amount_fen=line.amount_fen,
        state=customer_line_state(order, line),
        delivery=line.delivery,
        waits_for_shipping=waits_for_shipping(line),
    )


def waits_for_shipping(line: OrderLine) -> bool:
    """A parcel on the work list: a person packs it, and says when it is on its way."""
    return line.delivery is Delivery.PHYSICAL and line.state in (LineState.SUBMITTED, LineState.UNKNOWN)


def _step_view(order: Order, event: OrderEvent, mask: Mask) -> StepView:
    line = order.line(event.line_no) if event.line_no is not None else None
    about = None
    if line is not None and len(order.lines) > 1:
        about = mask(line.account_kind, line.account) if line.account else _thing(line)
    return StepView(
        kind=event.kind,
        at=event.at,
        amount_fen=event.amount_fen,
        delivery=line.delivery if line else None,
        about=about,
    )


def _thing(line: OrderLine) -> str:
    """`Q币 50Q币` says the same twice; the variant alone is enough where it names the product."""
    return line.variant if line.name in line.variant else f"{line.name} {line.variant}"
