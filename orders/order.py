"""An order and its three axes of state. What the customer sees is computed from them.

Each axis is a small table of transitions; nothing else in the shop may change a state. The
tables are enforced where states are written: `UPDATE ... WHERE state IN (...)` touching one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from orders.catalog import AccountKind, Delivery, RefundRule
from orders.money import NOTHING, Fen, Li, part_of
from orders.pricing import PriceRule


class OrderState(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    PLACED = "placed"
    """Paid for; its lines are being delivered."""
    COMPLETED = "completed"
    """Nothing is left to deliver; what could not be delivered goes back as a refund."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    IN_REVIEW = "in_review"
    """A person must look: nothing more happens by itself, except that evidence is still taken."""


class OrderPurpose(StrEnum):
    """What is paid for."""

    GOODS = "goods"
    DEPOSIT = "deposit"
    """Money in the customer's wallet; such an order has no lines."""


class PaymentState(StrEnum):
    UNPAID = "unpaid"
    SETTLED = "settled"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    CLOSED = "closed"
    """Given up by us. Money may still come: gateways and people are slower than our clock."""


class LineState(StrEnum):
    QUEUED = "queued"
    SUBMITTING = "submitting"
    """The intent to call the supplier is committed; the answer is not known yet."""
    SUBMITTED = "submitted"
    """The supplier accepted it and is at work."""
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The supplier did not answer. It is left by evidence only, never by trying again."""
    NEEDS_INFO = "needs_info"
    """The supplier refused the recipient; the customer is asked for a right one."""


class CustomerState(StrEnum):
    """An order as its customer sees it (contract: talk)."""

    AWAITING_PAYMENT = "awaiting_payment"
    IN_REVIEW = "in_review"
    PROCESSING = "processing"
    NEEDS_INFO = "needs_info"
    DELIVERED = "delivered"
    PARTLY_DELIVERED = "partly_delivered"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


ORDER_MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.AWAITING_PAYMENT: frozenset({OrderState.PLACED, OrderState.EXPIRED, OrderState.CANCELLED}),
    OrderState.PLACED: frozenset({OrderState.COMPLETED, OrderState.IN_REVIEW}),
    # Late money, where goods and price still stand.
    OrderState.EXPIRED: frozenset({OrderState.PLACED}),
    OrderState.IN_REVIEW: frozenset({OrderState.PLACED, OrderState.COMPLETED}),
    # A refund that the gateway refuses after everything else was done.
    OrderState.COMPLETED: frozenset({OrderState.IN_REVIEW}),
    OrderState.CANCELLED: frozenset(),
}

PAYMENT_MOVES: Mapping[PaymentState, frozenset[PaymentState]] = {
    PaymentState.UNPAID: frozenset({PaymentState.SETTLED, PaymentState.CLOSED}),
    PaymentState.CLOSED: frozenset({PaymentState.SETTLED}),
    PaymentState.SETTLED: frozenset({PaymentState.PART_REFUNDED, PaymentState.REFUNDED}),
    PaymentState.PART_REFUNDED: frozenset({PaymentState.PART_REFUNDED, PaymentState.REFUNDED}),
    PaymentState.REFUNDED: frozenset(),
}

_ANSWERS = frozenset({LineState.DONE, LineState.PARTIAL, LineState.FAILED, LineState.NEEDS_INFO})
LINE_MOVES: Mapping[LineState, frozenset[LineState]] = {
    LineState.QUEUED: frozenset({LineState.SUBMITTING, LineState.FAILED}),
    LineState.SUBMITTING: _ANSWERS | {LineState.SUBMITTED, LineState.UNKNOWN},
    LineState.SUBMITTED: _ANSWERS | {LineState.UNKNOWN},
    # No edge to QUEUED: a second try at an unknown outcome may deliver twice.
    LineState.UNKNOWN: _ANSWERS | {LineState.SUBMITTED},
    LineState.NEEDS_INFO: frozenset({LineState.QUEUED, LineState.FAILED}),
    # Only after a definitive failure, and only with a new attempt and a new request number.
    LineState.FAILED: frozenset({LineState.QUEUED}),
    LineState.DONE: frozenset(),
    LineState.PARTIAL: frozenset(),
}

LINE_ENDS = frozenset({LineState.DONE, LineState.PARTIAL, LineState.FAILED})
ATTEMPT_OPEN = frozenset({LineState.SUBMITTING, LineState.SUBMITTED, LineState.UNKNOWN})
"""Line states in which a supplier may be holding our request."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One thing to deliver to one recipient; priced, named and ruled as when it was quoted."""

    line_no: int
    sku_id: str
    product_id: str
    name: str
    variant: str
    quantity: int
    account_kind: AccountKind
    account: str | None
    region: str | None
    unit_price_fen: Fen
    """The catalog's price of one piece when it was quoted, before any rule."""
    amount_fen: Fen
    """What is paid for the whole line; what goes back is reckoned from it."""
    eta_minutes: int
    delivery: Delivery
    refund_rule: RefundRule
    state: LineState
    attempt: int = 0
    """Number of the current try at a supplier; 0 before the first."""
    delivered_quantity: int = 0
    refunding_fen: Fen = NOTHING
    refunded_fen: Fen = NOTHING
    keys_shown_at: datetime | None = None
    """When the customer first looked at the card keys."""
    unit_price_li: Li | None = None
    """Of one piece after level and tier, before the coupon; None for orders of before there were any."""

    @property
    def delivered_fen(self) -> Fen:
        """What was paid for the pieces that were delivered."""
        return part_of(self.amount_fen, self.delivered_quantity, self.quantity)

    @property
    def undelivered_fen(self) -> Fen:
        """What was paid for the others: the two sum to the line."""
        return Fen(self.amount_fen - self.delivered_fen)

    @property
    def owed_fen(self) -> Fen:
        """What was paid for pieces that were not delivered, and is neither given back nor on its way."""
        return Fen(max(0, self.undelivered_fen - self.refunding_fen - self.refunded_fen))

    @property
    def has_keys(self) -> bool:
        """Delivered as card keys that the customer may look at: not void for money that went back."""
        given_back = self.refunding_fen + self.refunded_fen >= max(1, self.amount_fen)
        is_key = self.delivery in (Delivery.CARD, Delivery.LICENSE)
        return is_key and self.delivered_quantity > 0 and not given_back


@dataclass(frozen=True, slots=True)
class Order:
    """What was bought, by whom, and how far it is. All amounts in 分."""

    order_no: str
    customer_id: str
    quote_id: str
    state: OrderState
    payment_state: PaymentState
    lines: tuple[OrderLine, ...]
    list_fen: Fen
    saved_fen: Fen
    fee_fen: Fen
    total_fen: Fen
    settled_fen: Fen
    refunding_fen: Fen
    refunded_fen: Fen
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    pay_token: str
    link_token: str
    coupon: str | None = None
    """The coupon that it used."""
    price_rules: tuple[PriceRule, ...] = ()
    """Which rule gave what."""
    purpose: OrderPurpose = OrderPurpose.GOODS

    @property
    def price_fen(self) -> Fen:
        """What the goods cost; the fee comes on top of it."""
        return Fen(self.total_fen - self.fee_fen)

    @property
    def is_payable(self) -> bool:
        return self.state is OrderState.AWAITING_PAYMENT

    @property
    def is_ended(self) -> bool:
        """Nothing is left to deliver."""
        return all(line.state in LINE_ENDS for line in self.lines)

    @property
    def eta_minutes(self) -> int:
        """How long its slowest line takes; 0 for a deposit."""
        return max((line.eta_minutes for line in self.lines), default=0)

    @property
    def lines_by_sku(self) -> tuple[OrderLine, ...]:
        """The lines in the one order in which everybody takes hold of stock: two orders that took
        the same goods in opposite orders would wait for each other for ever."""
        return tuple(sorted(self.lines, key=lambda line: line.sku_id))

    @property
    def delivery(self) -> Delivery | None:
        """How its goods are delivered; None where that differs from line to line."""
        kinds = {line.delivery for line in self.lines}
        return kinds.pop() if len(kinds) == 1 else None

    def line(self, line_no: int) -> OrderLine | None:
        return next((line for line in self.lines if line.line_no == line_no), None)

    def with_line(self, changed: OrderLine) -> Order:
        """The order with one line replaced."""
        lines = tuple(changed if line.line_no == changed.line_no else line for line in self.lines)
        return replace(self, lines=lines)


def customer_state(order: Order) -> CustomerState:
    """The one word that tells the customer how the order stands."""
    if order.state is OrderState.AWAITING_PAYMENT:
        return CustomerState.AWAITING_PAYMENT
    if order.settled_fen == 0:
        return CustomerState.CANCELLED if order.state is OrderState.CANCELLED else CustomerState.EXPIRED
    if order.state is OrderState.IN_REVIEW:
        return CustomerState.IN_REVIEW
    if order.refunded_fen >= order.settled_fen:
        return CustomerState.REFUNDED
    if order.state in (OrderState.EXPIRED, OrderState.CANCELLED):
        return CustomerState.REFUNDING
    if any(line.state is LineState.NEEDS_INFO for line in order.lines):
        return CustomerState.NEEDS_INFO
    if any(line.state not in LINE_ENDS for line in order.lines):
        return CustomerState.PROCESSING
    if order.refunding_fen:
        return CustomerState.REFUNDING
    if all(line.state is LineState.DONE and not line.refunded_fen for line in order.lines):
        return CustomerState.DELIVERED
    if any(line.delivered_quantity and line.refunded_fen < line.amount_fen for line in order.lines):
        return CustomerState.PARTLY_DELIVERED
    return CustomerState.IN_REVIEW


def customer_line_state(order: Order, line: OrderLine) -> CustomerState:
    """The same word for one line."""
    whole = customer_state(order)
    if order.state not in (OrderState.PLACED, OrderState.COMPLETED, OrderState.IN_REVIEW):
        return whole
    if line.refunding_fen:
        return CustomerState.REFUNDING
    if line.refunded_fen and line.refunded_fen >= line.amount_fen:
        return CustomerState.REFUNDED
    match line.state:
        case LineState.DONE:
            return CustomerState.DELIVERED
        case LineState.PARTIAL:
            return CustomerState.PARTLY_DELIVERED
        case LineState.NEEDS_INFO:
            return CustomerState.NEEDS_INFO
        case LineState.FAILED:
            return CustomerState.IN_REVIEW
        case _:
            return whole if whole is CustomerState.IN_REVIEW else CustomerState.PROCESSING


class EventKind(StrEnum):
    """What happened to an order, in the past tense: the customer's timeline."""

    PLACED = "placed"
    PAID = "paid"
    PAID_LATE = "paid_late"
    """After it had expired, and it is delivered all the same."""
    PAID_IN_VAIN = "paid_in_vain"
    """After it was cancelled, or expired and gone; the money goes back."""
    PAID_TWICE = "paid_twice"
    """Once more than was owed; the surplus goes back."""
    PAYMENT_HELD = "payment_held"
    """Money came that does not match the order; a person looks at it."""
    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    """One line, whole."""
    PARTLY_DELIVERED = "partly_delivered"
    """One line, for a part."""
    FAILED = "failed"
    """One line, definitively."""
    RETRIED = "retried"
    UNKNOWN = "unknown"
    NEEDS_INFO = "needs_info"
    ACCOUNT_CHANGED = "account_changed"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUND_REQUESTED = "refund_requested"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    IN_REVIEW = "in_review"
    REVIEWED = "reviewed"
    KEYS_SHOWN = "keys_shown"
    COMPLAINED = "complained"
    """The customer says that a key does not work; a person looks at it."""
    KEY_REPLACED = "key_replaced"
    OVERDUE = "overdue"
    """Lines stand open after the time that was promised; `detail` names each with its state."""
    CONTRADICTED = "contradicted"
    """A supplier or a gateway took back what it had said; a person looks at it."""


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One step of the timeline. `amount_fen` for money, `detail` for a short machine-readable why."""

    order_no: str
    seq: int
    kind: EventKind
    at: datetime
    line_no: int | None = None
    amount_fen: Fen | None = None
    detail: str | None = None
