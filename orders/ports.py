"""What the shop needs of the world, as narrow protocols; `adapters/` holds the real things.

Answers are values with as many cases as the world has: it worked, it did not, it is under way,
and nobody knows. The last one is never taken for the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection

from orders.money import Fen

Payload = Mapping[str, str | int]


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


@dataclass(frozen=True, slots=True)
class PaymentAsk:
    """One payment, as told to a gateway."""

    out_trade_no: str
    amount_fen: Fen
    currency: str
    created_at: datetime
    expires_at: datetime


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


class Gateway(Protocol):
    """A payment gateway. Reading a notice is pure; everything else goes over the network."""

    @property
    def name(self) -> str: ...

    @property
    def merchant(self) -> Merchant: ...

    @property
    def acknowledgement(self) -> str:
        """The body that tells the gateway: heard, stop repeating."""

    def read_notice(self, raw: RawNotice) -> PaymentNotice:
        """Check signature and freshness and translate. Raises NoticeRefused. No I/O."""

    async def query(self, ask: PaymentAsk) -> PaymentAnswer: ...

    async def close(self, ask: PaymentAsk) -> PaymentAnswer:
        """Let nobody pay it any more. PAID where somebody was faster."""

    async def refund(self, ask: RefundAsk) -> RefundAnswer: ...

    async def query_refund(self, ask: RefundAsk) -> RefundAnswer: ...


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


class Supplier(Protocol):
    """Delivers over the network. A time-out or a broken answer is UNKNOWN, never FAILED."""

    @property
    def name(self) -> str: ...

    async def submit(self, ask: DeliveryAsk) -> SupplierAnswer: ...

    async def query(self, ask: DeliveryAsk) -> SupplierAnswer: ...


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
