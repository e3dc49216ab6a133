"""What the shop needs of the world, as narrow protocols; `adapters/` holds the real things.

Answers are values with as many cases as the world has: it worked, it did not, it is under way,
and nobody knows. The last one is never taken for the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection

from orders.money import Fen

Payload = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Lag:
    """How the work stands: jobs written down, jobs given up, and how late the oldest due one is."""

    written: int
    given_up: int
    late: timedelta


class Jobs(Protocol):
    """Work for later, written down in the caller's transaction: both happen or neither.

    A job is a hint, `look at order X`; its handler reads the state again, so that running it
    twice is harmless.
    """

    def enqueue(
        self, tx: Connection, kind: str, key: str, payload: Payload, run_at: datetime, lane: str | None = None
    ) -> None:
        """Run `kind` at `run_at`. The same key again replaces what was written before. Jobs of
        one `lane` run one after the other, in the order in which they were written."""

    def cancel(self, tx: Connection, key: str) -> None:
        """Forget the job; nothing happens where there is none."""

    def missing(self, tx: Connection, keys: Sequence[str]) -> frozenset[str]:
        """Those of `keys` for which nothing is going to be done: no job, or one that was given up."""

    def revive(self, tx: Connection, key: str, now: datetime) -> bool:
        """Try a job once more that was given up, from the first try on. False where there is none."""

    def lag(self, tx: Connection, now: datetime) -> Lag:
        """Whether somebody works."""

    def dead(self, tx: Connection) -> tuple[tuple[str, str], ...]:
        """Key and last error of each job that was given up."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job that a worker holds until its lease ends."""

    job_id: int
    kind: str
    key: str
    payload: Payload
    lane: str | None
    attempts: int
    """How often it was begun, this time included."""
    lease: str


# --- payment gateways ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who we are at a gateway: money for anybody else is not ours."""

    merchant_id: str
    app_id: str


class Source(StrEnum):
    """Who brought the evidence that money came."""

    NOTICE = "notice"
    QUERY = "query"
    RETURN_PAGE = "return_page"
    RECONCILIATION = "reconciliation"
    OPERATOR = "operator"
    WALLET = "wallet"
    """Ourselves: the customer spent what he had left with us."""


@dataclass(frozen=True, slots=True)
class RawNotice:
    """What somebody posted to the notice address, untouched. Header names are lower case."""

    body: bytes
    headers: Mapping[str, str]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """A gateway's verified word that `amount_fen` was paid for `out_trade_no`."""

    gateway: str
    merchant_id: str
    app_id: str
    out_trade_no: str
    """Our number of the payment, as the gateway signed it."""
    psp_ref: str
    """The gateway's number of the transaction: the same number is the same money."""
    amount_fen: Fen
    currency: str
    method: str
    paid_at: datetime
    source: Source = Source.NOTICE
    nonce: str = ""
    """Unique to one posted notice; the gateway repeats a notice under a new one."""


class NoticeRefused(Exception):
    """The notice is forged, stale, or not readable; `reason` is a short code for the record."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Scene(StrEnum):
    """Where the payer stands, so how he can pay."""

    QR = "qr"
    """At a screen, with his phone in his hand: he scans a code."""
    PAGE = "page"
    """At a desktop browser, which is sent to the gateway's own page."""
    WAP = "wap"
    """In a phone's browser, which opens the payment app."""
    JSAPI = "jsapi"
    """Inside WeChat, whose browser opens the payment itself; needs the payer's open id."""
    INVOICE = "invoice"
    """In a chat that shows invoices of its own."""


@dataclass(frozen=True, slots=True)
class PaymentAsk:
    """One payment, as told to a gateway. Its number and times never change: a gateway that was not
    heard is asked the same again."""

    out_trade_no: str
    amount_fen: Fen
    """In the least unit of `currency`: 分 for CNY, whole stars for XTR."""
    currency: str
    created_at: datetime
    expires_at: datetime
    subject: str = ""
    """What is bought, in a few words, as the payer's app shows it."""
    payer: str = ""
    """Who pays, where the scene needs it: an open id, a chat id."""
    payer_ip: str = ""
    return_url: str = ""
    """Where the payer's browser comes back to. That it came back says nothing about money."""


@dataclass(frozen=True, slots=True)
class ShowCode:
    """Show this text as a QR code; the payer's app scans it."""

    content: str


@dataclass(frozen=True, slots=True)
class GoTo:
    """Send the payer's browser there."""

    url: str


@dataclass(frozen=True, slots=True)
class PostForm:
    """Have the payer's browser post these fields there."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CallWallet:
    """Hand these parameters to the payment bridge of the browser inside WeChat."""

    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InvoiceSent:
    """The gateway showed the payer an invoice by itself; nothing is left to show."""


PaymentOffer = ShowCode | GoTo | PostForm | CallWallet | InvoiceSent


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """What came of opening a payment: the offer to the payer, or a short code of why there is none.

    Without an offer the payment may exist all the same (`unsure`): the gateway did not answer. Open it
    again under the same number, or close it; never under another number while it may be paid.
    """

    offer: PaymentOffer | None
    reason: str = ""
    unsure: bool = False


class PaymentStatus(StrEnum):
    PAID = "paid"
    NOT_PAID = "not_paid"
    CLOSED = "closed"
    """Nobody can pay it any more."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What a gateway says of one payment. `notice` comes with PAID."""

    status: PaymentStatus
    notice: PaymentNotice | None = None


@dataclass(frozen=True, slots=True)
class RefundAsk:
    """A refund to where the money came from. The same `refund_no` is the same refund."""

    refund_no: str
    out_trade_no: str
    psp_ref: str
    amount_fen: Fen
    paid_fen: Fen
    currency: str
    reason: str
    promised_at: datetime | None = None
    """When it was promised, the same however often it is asked for, until the gateway has refused it and a
    person promised it again. UnionPay knows a refund by its number and its time: the same number at another
    time could go out again."""
    payer: str = ""
    """Whose order it is, as his channel knows him: Telegram gives back to a person."""


class RefundStatus(StrEnum):
    SUCCEEDED = "succeeded"
    PROCESSING = "processing"
    REFUSED = "refused"
    ABSENT = "absent"
    """A query found no such refund: it was never received."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    status: RefundStatus
    reason: str = ""
    psp_ref: str = ""
    """The gateway's number of the refund, once it has one."""


@dataclass(frozen=True, slots=True)
class RefundNotice:
    """A gateway's verified word of what became of a refund. The same `refund_no` is the same refund."""

    gateway: str
    merchant_id: str
    refund_no: str
    status: RefundStatus
    amount_fen: Fen
    psp_ref: str
    nonce: str = ""
    reason: str = ""
    """With REFUSED: why, for the person who takes it from here."""


class BillKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"
    DELIVERY = "delivery"
    """A supplier's charge for one of our requests."""


@dataclass(frozen=True, slots=True)
class BillRow:
    """One movement as the other side wrote it on its bill of a day. Amounts are positive; `kind` says
    which way the money went."""

    kind: BillKind
    ref: str
    """Their number: of the transaction, of the refund, of the delivery."""
    our_no: str
    """Our number as they know it: out_trade_no, refund_no, request_no."""
    amount_fen: Fen
    fee_fen: Fen
    """What they kept of it for themselves; negative where a refund gave it back."""
    state: str
    """`succeeded`, `processing` or `failed`."""
    at: datetime


@dataclass(frozen=True, slots=True)
class BillAnswer:
    """The bill of one day; `rows` None where there is none (`reason`): not made yet, or not readable."""

    rows: tuple[BillRow, ...] | None
    reason: str = ""


class Gateway(Protocol):
    """A payment gateway. Reading a notice is pure; everything else goes over the network.

    Whatever goes wrong on the way (a time-out, a 5xx, a body that cannot be read, a signature that does
    not fit) is UNKNOWN or `unsure`, never an exception and never a refusal.
    """

    @property
    def name(self) -> str: ...

    @property
    def merchant(self) -> Merchant: ...

    @property
    def acknowledgement(self) -> str:
        """The body that tells the gateway: heard, stop repeating."""

    @property
    def scenes(self) -> frozenset[Scene]:
        """The ways in which it can be paid here."""

    def read_notice(self, raw: RawNotice) -> PaymentNotice | RefundNotice | None:
        """Check signature and freshness and translate. Raises NoticeRefused. No I/O.

        None for a genuine notice that says nothing we act on (a payment that is still waited for):
        it is acknowledged."""

    async def open(self, ask: PaymentAsk, scene: Scene) -> OpenAnswer:
        """Have the gateway take the payment. The same number again is the same payment."""

    async def query(self, ask: PaymentAsk) -> PaymentAnswer: ...

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        """Let nobody pay it any more. PAID where somebody was faster."""

    async def refund(self, ask: RefundAsk) -> RefundAnswer: ...

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer: ...

    async def bill(self, day: date) -> BillAnswer:
        """Everything that moved on that day in China, payments and refunds."""


# --- suppliers ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeliveryAsk:
    """One attempt at one order line. The same `request_no` is the same request."""

    request_no: str
    order_no: str
    line_no: int
    attempt: int
    sku_id: str
    product_id: str
    quantity: int
    account: str | None
    region: str | None
    asked_at: datetime
    supplier_code: str = ""
    """What this supplier calls the goods; empty where it knows our own id."""
    face_value: Decimal | None = None
    """The size of one piece. A supplier that takes it as a guard refuses other goods."""
    cost_max_fen: Fen | None = None
    """The most that one piece may cost; a supplier that takes it as a guard refuses a dearer one."""


class Outcome(StrEnum):
    DONE = "done"
    ACCEPTED = "accepted"
    """The supplier is at work."""
    PARTIAL = "partial"
    """Ended; only `delivered_quantity` were delivered."""
    FAILED = "failed"
    """Definitively: nothing was delivered and nothing will be."""
    NEEDS_INFO = "needs_info"
    """Definitively refused, because the recipient cannot be right."""
    ABSENT = "absent"
    """A query found no such request. Not a failure yet: a supplier may see it late."""
    UNKNOWN = "unknown"
    """No answer, or none that can be read."""


class Refusal(StrEnum):
    """Reasons that mean more to the shop than to one line: they come as `SupplierAnswer.reason`."""

    BALANCE_LOW = "balance_low"
    """Our prepayment there is used up. With FAILED: that supplier rests, another one is asked."""
    GUARDED = "guarded"
    """Another price or other goods than we know of. With FAILED: its prices are asked for anew."""
    ONE_AT_A_TIME = "one_at_a_time"
    """It delivers single pieces only. With FAILED: no fault of the supplier's."""


@dataclass(frozen=True, slots=True)
class SupplierAnswer:
    outcome: Outcome
    supplier_ref: str = ""
    delivered_quantity: int = 0
    reason: str = ""
    ask_again_seconds: int | None = None
    """With ACCEPTED: when the supplier expects to be done; None where it does not say."""
    keys: tuple[str, ...] = field(default=(), repr=False)
    """Card keys that an outside supplier delivered; secret."""
    cost_fen: Fen | None = None
    """What it charged for the whole of it; None where it does not say."""
    arrived: Decimal | None = None
    """The face value that reached the recipient, in yuan; None where it does not say."""


class Supplier(Protocol):
    """Delivers over the network. A time-out or a broken answer is UNKNOWN, never FAILED."""

    @property
    def name(self) -> str: ...

    async def submit(self, ask: DeliveryAsk) -> SupplierAnswer: ...

    async def query(self, ask: DeliveryAsk) -> SupplierAnswer: ...


@dataclass(frozen=True, slots=True)
class SupplierPrice:
    """What a supplier asks for one piece of the goods that it calls `supplier_code`."""

    supplier_code: str
    cost_fen: Fen
    available: bool


@runtime_checkable
class OutsideSupplier(Supplier, Protocol):
    """A supplier with an account of ours: it calls back, has prices, a balance, and a bill."""

    @property
    def acknowledgement(self) -> str:
        """The body that tells it: heard, stop repeating."""

    def read_callback(self, raw: RawNotice) -> tuple[str, SupplierAnswer]:
        """Check the signature and translate: our request number, and what became of it. Raises
        NoticeRefused. No I/O."""

    async def balance_fen(self) -> Fen | None:
        """What is left of our prepayment; None where it did not say."""

    async def prices(self) -> tuple[SupplierPrice, ...] | None:
        """All its prices for us; None where it did not say."""

    async def bill(self, day: date) -> BillAnswer:
        """What it charged us on that day in China."""


@runtime_checkable
class HouseSupplier(Protocol):
    """Delivers from our own hands, without a network: decided inside the transaction. Its name
    begins with `house:`, so that nobody is asked later what became of a delivery."""

    @property
    def name(self) -> str: ...

    def deliver(self, ask: DeliveryAsk) -> SupplierAnswer:
        """DONE where the goods lie in the shop's own stock, ACCEPTED where a person must act."""


class KeySource(Protocol):
    """Makes card keys up when the stock says there are some: only a sandbox has one."""

    def fresh(self, sku_id: str, count: int) -> tuple[str, ...]: ...
