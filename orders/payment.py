"""What becomes of money that comes in, and of money that goes back.

A payment is one attempt to be paid for an order. Whoever brings evidence of money (a notice, a
query, an operator), it is weighed here, the same way, without a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orders.money import NOTHING, Fen
from orders.order import OrderState, PaymentState
from orders.ports import Merchant, PaymentAsk, PaymentNotice, PaymentOffer, Scene

CURRENCY = "CNY"

STARS = "stars"
"""The gateway whose money is Telegram's."""
STAR = "XTR"
TELEGRAM = "telegram"
"""The channel whose customers can be sent an invoice: what a customer's id begins with."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a gateway asks for and is paid, in the least unit of its money: whole stars for XTR."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to be paid. `psp_ref` is the gateway's number once money came."""

    payment_id: int
    order_no: str
    gateway: str
    out_trade_no: str
    amount_fen: Fen
    currency: str
    state: PaymentState
    surplus: bool
    """Paid once more than was owed; goes back whole."""
    psp_ref: str | None
    method: str | None
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    refunded_fen: Fen = NOTHING
    scene: Scene | None = None
    """How the payer was sent to the gateway; None where nobody went there yet."""
    offer: PaymentOffer | None = None
    """What the gateway gave to show or to open, once it did."""
    charge: Charge | None = None
    """What the gateway asks for `amount_fen`, where its money is not ours."""

    @property
    def may_be_paid(self) -> bool:
        """No money came for it, and we have not given it up."""
        return self.state is PaymentState.UNPAID

    @property
    def charged(self) -> Charge:
        """What the payer pays at the gateway. Order and ledger stay in 分."""
        return self.charge or Charge(self.amount_fen, self.currency)

    def charged_for(self, amount_fen: Fen) -> int:
        """What a part of the payment is at the gateway; never as much as all of it, unless it is."""
        return self.charged.minor * amount_fen // self.amount_fen

    @property
    def ask(self) -> PaymentAsk:
        charged = self.charged
        return PaymentAsk(
            self.out_trade_no, Fen(charged.minor), charged.currency, self.created_at, self.expires_at
        )


class Effect(StrEnum):
    """What money did to its order."""

    PAID = "paid"
    LATE = "late"
    """The order had expired; goods and price still stand, so it is delivered."""
    IN_VAIN = "in_vain"
    """The order was cancelled, or had expired and cannot be delivered any more; refunded."""
    SURPLUS = "surplus"
    """The order was paid already; refunded."""


class HeldReason(StrEnum):
    UNKNOWN_PAYMENT = "unknown_payment"
    WRONG_MERCHANT = "wrong_merchant"
    WRONG_APP = "wrong_app"
    WRONG_GATEWAY = "wrong_gateway"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_AMOUNT = "wrong_amount"
    REUSED_TRANSACTION = "reused_transaction"
    """The gateway's number was booked before, for another payment or with other facts."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The money is booked. `first` is False when the same money had been booked before."""

    order_no: str
    effect: Effect
    amount_fen: Fen
    first: bool


@dataclass(frozen=True, slots=True)
class Held:
    """The money, if it is ours at all, waits for a person; the order is as it was."""

    reason: HeldReason
    order_no: str | None
    first: bool


@dataclass(frozen=True, slots=True)
class Repeated:
    """The very same notice, byte for byte, came before; nothing changed. Acknowledge it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not a notice of this gateway: forged, stale, or replayed with another content."""

    reason: str
    kept: bool = True
    """False where so many came lately that this one was not recorded."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A genuine notice that is not about money coming in: a refund's end, or nothing that we act on."""

    refund_no: str | None = None


NoticeOutcome = Settled | Held | Repeated | Noted | Refused


def held_reason(notice: PaymentNotice, payment: Payment | None, us: Merchant | None) -> HeldReason | None:
    """Why this money cannot be booked for this payment; None where everything matches."""
    if us is None:
        return HeldReason.WRONG_GATEWAY
    if notice.merchant_id != us.merchant_id:
        return HeldReason.WRONG_MERCHANT
    if notice.app_id != us.app_id:
        return HeldReason.WRONG_APP
    if payment is None:
        return HeldReason.UNKNOWN_PAYMENT
    if notice.gateway != payment.gateway:
        return HeldReason.WRONG_GATEWAY
    if notice.currency != payment.charged.currency:
        return HeldReason.WRONG_CURRENCY
    if notice.amount_fen != payment.charged.minor:
        return HeldReason.WRONG_AMOUNT
    return None


def effect_of(order: OrderState, already_settled: bool, still_stands: bool) -> Effect:
    """What matching money does. `still_stands`: goods can be kept and the price is the same."""
    if already_settled:
        return Effect.SURPLUS
    if order is OrderState.AWAITING_PAYMENT:
        return Effect.PAID
    if order is OrderState.EXPIRED and still_stands:
        return Effect.LATE
    # A cancelled order is not revived: its customer said no, and often ordered something else.
    return Effect.IN_VAIN


class RefundState(StrEnum):
    REQUESTED = "requested"
    SUBMITTING = "submitting"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    """The gateway will not; a person must find another way."""


REFUND_OPEN = frozenset(
    {RefundState.REQUESTED, RefundState.SUBMITTING, RefundState.PROCESSING, RefundState.UNKNOWN}
)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back to where it came from. `line_no` is None for a whole payment."""

    refund_no: str
    order_no: str
    payment_id: int
    line_no: int | None
    amount_fen: Fen
    reason: str
    state: RefundState
    promised_at: datetime
    queries: int = 0
    """How often the gateway was asked what became of it."""
    psp_ref: str | None = None
    """The gateway's number of the refund, once it has told one."""


class RefundReason(StrEnum):
    DELIVERY_FAILED = "delivery_failed"
    CUSTOMER_ASKED = "customer_asked"
    PAID_IN_VAIN = "paid_in_vain"
    PAID_TWICE = "paid_twice"
    STAFF = "staff"


class RefundDenied(StrEnum):
    """Why the product's refund rule does not allow it now."""

    NOT_PAID = "not_paid"
    DELIVERED = "delivered"
    """Sold with the rule that only a failed delivery is refunded, and it did not fail."""
    KEY_SHOWN = "key_shown"
    SHIPPED = "shipped"
    IN_DELIVERY = "in_delivery"
    """A supplier is at work; wait for its answer."""
    ALREADY = "already"
    """Refunded, or on its way."""


@dataclass(frozen=True, slots=True)
class LineRefund:
    """The answer for one line: the refund that was started, or why there is none."""

    line_no: int
    amount_fen: Fen
    denied: RefundDenied | None


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """What a customer's wish to have his money back came to."""

    order_no: str
    lines: tuple[LineRefund, ...]

    @property
    def amount_fen(self) -> Fen:
        """What goes back now; 0 where every line was denied."""
        return Fen(sum(line.amount_fen for line in self.lines if line.denied is None))

    @property
    def denied(self) -> RefundDenied | None:
        """The reason to tell when nothing goes back."""
        if self.amount_fen:
            return None
        return next((line.denied for line in self.lines if line.denied), RefundDenied.NOT_PAID)


class Verdict(StrEnum):
    ALONE = "alone"
    """Small enough to be given back by one person; the row is its record."""
    CONFIRMED = "confirmed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class RefundProposal:
    """So much of a line shall go back, says one; `verdict` None as long as nobody else has decided."""

    proposal_no: int
    order_no: str
    line_no: int
    amount_fen: Fen
    why: str
    proposed_by: str
    proposed_at: datetime
    verdict: Verdict | None
