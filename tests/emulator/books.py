"""A gateway's own books: what was asked to be paid, what was paid, and what went back, in 分."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

CHINA = timezone(timedelta(hours=8))
"""Bills are of days in China, which has no summer time."""


class BooksRefuse(Exception):
    """The gateway will not; `why` is for its personality to put into its own words."""

    def __init__(self, why: Refusal) -> None:
        self.why = why
        super().__init__(why.value)


class Refusal(StrEnum):
    NO_SUCH_PAYMENT = "no_such_payment"
    ALREADY_PAID = "already_paid"
    CLOSED = "closed"
    NOT_PAID = "not_paid"
    OTHER_FACTS = "other_facts"
    """The same number came before, with another amount."""
    TOO_MUCH = "too_much"
    """More is asked back than is left of the payment."""


class PaymentState(StrEnum):
    WAITING = "waiting"
    PAID = "paid"
    CLOSED = "closed"


class RefundState(StrEnum):
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"
    """The money could not be given back; it stays with the merchant."""


@dataclass(frozen=True)
class Payment:
    """`amount_fen` was asked for; `paid_fen` was paid."""

    out_trade_no: str
    amount_fen: int
    subject: str
    notify_url: str
    return_url: str
    opened_at: datetime
    expires_at: datetime | None
    state: PaymentState = PaymentState.WAITING
    transaction_no: str = ""
    paid_fen: int = 0
    paid_at: datetime | None = None
    seen_by_payer: bool = False
    """Somebody has scanned the code or opened the page. Alipay knows no trade before that."""
    extra: str = ""
    """What else the shop said when it opened the payment and wants to hear again: an open id, a passback."""


@dataclass(frozen=True)
class Refund:
    refund_no: str
    out_trade_no: str
    amount_fen: int
    transaction_no: str
    state: RefundState
    asked_at: datetime
    ends_at: datetime
    ends_as: RefundState
    notify_url: str = ""


class MovementKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True)
class Movement:
    """One line of a bill. Amounts are positive; `kind` says which way the money went."""

    kind: MovementKind
    transaction_no: str
    our_no: str
    """out_trade_no of a payment, refund_no of a refund."""
    out_trade_no: str
    amount_fen: int
    at: datetime
    fee_fen: int = 0
    state: str = "succeeded"


@dataclass
class Books:
    """`now` is the gateway's own idea of the time, skewed or not."""

    now: Callable[[], datetime]
    prefix: str = "4200"
    """What the gateway's own numbers begin with."""
    payments: dict[str, Payment] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    _count: int = 0

    def open(self, payment: Payment) -> Payment:
        """The same number again is the same payment. Raises BooksRefuse: ALREADY_PAID, CLOSED,
        OTHER_FACTS."""
        known = self.payments.setdefault(payment.out_trade_no, payment)
        if known.amount_fen != payment.amount_fen:
            raise BooksRefuse(Refusal.OTHER_FACTS)
        if known.state is PaymentState.PAID:
            raise BooksRefuse(Refusal.ALREADY_PAID)
        if known.state is PaymentState.CLOSED:
            raise BooksRefuse(Refusal.CLOSED)
        return known

    def find(self, out_trade_no: str) -> Payment | None:
        """The payment as it stands; one whose time is over is closed."""
        payment = self.payments.get(out_trade_no)
        if (
            payment is not None
            and payment.state is PaymentState.WAITING
            and payment.expires_at is not None
            and self.now() >= payment.expires_at
        ):
            payment = self._keep(replace(payment, state=PaymentState.CLOSED))
        return payment

    def find_transaction(self, transaction_no: str) -> Payment | None:
        found = (one for one in self.payments.values() if one.transaction_no == transaction_no)
        return next(found, None) if transaction_no else None

    def seen(self, out_trade_no: str) -> Payment | None:
        """The payer looks at what he shall pay."""
        payment = self.find(out_trade_no)
        if payment is None or payment.seen_by_payer:
            return payment
        return self._keep(replace(payment, seen_by_payer=True, transaction_no=self.fresh_number()))

    def pay(self, out_trade_no: str, amount_fen: int | None = None, although_closed: bool = False) -> Payment:
        """The payer pays what was asked, or another amount. Raises BooksRefuse: NO_SUCH_PAYMENT,
        ALREADY_PAID, and CLOSED unless `although_closed`."""
        payment = self.seen(out_trade_no)
        if payment is None:
            raise BooksRefuse(Refusal.NO_SUCH_PAYMENT)
        if payment.state is PaymentState.PAID:
            raise BooksRefuse(Refusal.ALREADY_PAID)
        if payment.state is PaymentState.CLOSED and not although_closed:
            raise BooksRefuse(Refusal.CLOSED)
        paid_fen = payment.amount_fen if amount_fen is None else amount_fen
        number = payment.transaction_no or self.fresh_number()
        return self._keep(
            replace(
                payment,
                state=PaymentState.PAID,
                transaction_no=number,
                paid_fen=paid_fen,
                paid_at=self.now(),
            )
        )

    def close(self, out_trade_no: str) -> Payment:
        """Raises BooksRefuse: NO_SUCH_PAYMENT, ALREADY_PAID. Again is harmless."""
        payment = self.find(out_trade_no)
        if payment is None:
            raise BooksRefuse(Refusal.NO_SUCH_PAYMENT)
        if payment.state is PaymentState.PAID:
            raise BooksRefuse(Refusal.ALREADY_PAID)
        return self._keep(replace(payment, state=PaymentState.CLOSED))

    def refund(
        self, refund_no: str, out_trade_no: str, amount_fen: int, path: RefundPlan, notify_url: str = ""
    ) -> tuple[Refund, bool]:
        """The refund, and whether it is new: the same number again is the same refund. Raises
        BooksRefuse: NO_SUCH_PAYMENT, NOT_PAID, OTHER_FACTS, TOO_MUCH."""
        payment = self.find(out_trade_no)
        if payment is None:
            raise BooksRefuse(Refusal.NO_SUCH_PAYMENT)
        if payment.state is not PaymentState.PAID:
            raise BooksRefuse(Refusal.NOT_PAID)
        known = self.refunds.get(refund_no)
        if known is not None:
            if (known.out_trade_no, known.amount_fen) != (out_trade_no, amount_fen):
                raise BooksRefuse(Refusal.OTHER_FACTS)
            return self._grown(known), False
        if amount_fen <= 0 or amount_fen > payment.paid_fen - self.given_back_fen(out_trade_no):
            raise BooksRefuse(Refusal.TOO_MUCH)
        now = self.now()
        refund = Refund(
            refund_no=refund_no,
            out_trade_no=out_trade_no,
            amount_fen=amount_fen,
            transaction_no=self.fresh_number(),
            state=RefundState.PROCESSING if path.takes else path.ends_as,
            asked_at=now,
            ends_at=now + path.takes,
            ends_as=path.ends_as,
            notify_url=notify_url,
        )
        self.refunds[refund_no] = refund
        return refund, True

    def find_refund(self, refund_no: str) -> Refund | None:
        refund = self.refunds.get(refund_no)
        return self._grown(refund) if refund else None

    def given_back_fen(self, out_trade_no: str) -> int:
        """What went back of a payment, and what is on its way."""
        return sum(
            refund.amount_fen
            for refund in map(self._grown, tuple(self.refunds.values()))
            if refund.out_trade_no == out_trade_no and refund.state is not RefundState.ABNORMAL
        )

    def movements(self, day: date) -> tuple[Movement, ...]:
        """What moved on that day in China."""
        paid = (
            Movement(
                MovementKind.PAYMENT, one.transaction_no, one.out_trade_no, one.out_trade_no, one.paid_fen,
                one.paid_at,
            )
            for one in self.payments.values()
            if one.paid_at is not None
        )  # fmt: skip
        back = (
            Movement(
                MovementKind.REFUND, one.transaction_no, one.refund_no, one.out_trade_no, one.amount_fen,
                one.ends_at,
            )
            for one in map(self._grown, tuple(self.refunds.values()))
            if one.state is RefundState.SUCCEEDED
        )  # fmt: skip
        return tuple(line for line in (*paid, *back) if line.at.astimezone(CHINA).date() == day)

    def fresh_number(self) -> str:
        """A number of the gateway's own, for a transaction or a refund."""
        self._count += 1
        return f"{self.prefix}{self.now().astimezone(CHINA):%Y%m%d}{self._count:010d}"

    def _grown(self, refund: Refund) -> Refund:
        if refund.state is RefundState.PROCESSING and self.now() >= refund.ends_at:
            refund = replace(refund, state=refund.ends_as)
            self.refunds[refund.refund_no] = refund
        return refund

    def _keep(self, payment: Payment) -> Payment:
        self.payments[payment.out_trade_no] = payment
        return payment


@dataclass(frozen=True)
class RefundPlan:
    """What will become of a refund: nothing takes no time."""

    ends_as: RefundState = RefundState.SUCCEEDED
    takes: timedelta = timedelta()
