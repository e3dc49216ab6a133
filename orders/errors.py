"""What may go wrong in the shop and surprises its caller. Ordinary outcomes are values, not these.

Every error tells what happened, with its facts, and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class ShopError(Exception):
    """Something the shop refuses; the transaction that hears it must not commit."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong in a catalog file. `line` counts from 1, the headings are line 1."""

    line: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.value!r} is not {self.expected}"


class CatalogRejected(ShopError):
    """A catalog file was not taken, whole, because of `errors`; the shop is as it was."""

    def __init__(self, source: str, errors: tuple[RowError, ...]) -> None:
        self.source = source
        self.errors = errors
        shown = "\n".join(f"  {error}" for error in errors)
        super().__init__(f"{source}: {len(errors)} error(s), nothing was imported\n{shown}")


@dataclass(frozen=True, slots=True)
class KeyFault:
    """One thing wrong in a file of card keys. What stood there is not told: it may be a key."""

    line: int
    column: str
    expected: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: should be {self.expected}"


class KeysRejected(ShopError):
    """A file of card keys was not taken, whole, because of `faults`; the stock is as it was."""

    def __init__(self, source: str, faults: tuple[KeyFault, ...]) -> None:
        self.source = source
        self.faults = faults
        shown = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"{source}: {len(faults)} fault(s), no key was taken\n{shown}")


class PolicyError(ShopError):
    """The policy file says something that cannot be; the message names file, key and remedy."""


class SupplierRejected(ShopError):
    """The description of an outside supplier, or its settings, cannot be used."""

    def __init__(self, source: str, line: int, column: int, problem: str, remedy: str) -> None:
        """`line` and `column` count from 1; `line` 0 where it is not about the text of a file."""
        self.line = line
        self.column = column
        where = f"{source}:{line}:{column}" if line else source
        super().__init__(f"{where}: {problem}. {remedy}")


class QuoteExpired(ShopError):
    """The price was only good until `expires_at`; ask for a new quote."""

    def __init__(self, expires_at: datetime) -> None:
        self.expires_at = expires_at
        super().__init__(f"the quote expired at {expires_at.isoformat()}; make a new one")


class OutOfStock(ShopError):
    """Somebody else was faster: `available` are left of `sku_id`; quote again."""

    def __init__(self, sku_id: str, wanted: int, available: int) -> None:
        self.sku_id = sku_id
        self.wanted = wanted
        self.available = available
        super().__init__(f"{wanted} of {sku_id} were wanted, {available} are left; quote again")


class CouponGone(ShopError):
    """Somebody else was faster: all uses of the coupon are taken; quote again without it."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"coupon {code} is used up; make a new quote without it")


class TooManyUnpaid(ShopError):
    """The customer holds `limit` unpaid orders already; pay or cancel one first.

    Each unpaid order holds stock, so without this limit one person could lock the whole shop.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"the customer has {limit} unpaid orders; one must be paid or cancelled first")


class NotCancellable(ShopError):
    """Only an unpaid order can be cancelled; a paid one can ask for a refund."""

    def __init__(self, order_no: str, state: str) -> None:
        self.order_no = order_no
        self.state = state
        super().__init__(f"order {order_no} is {state}; only an unpaid order can be cancelled")


class NoSuchOrder(ShopError):
    """There is no such order, or it belongs to somebody else; the two must look alike."""

    def __init__(self, order_no: str) -> None:
        self.order_no = order_no
        super().__init__(f"no order {order_no} for this customer")


class NotPermitted(ShopError):
    """The step is not possible in the state the order is in."""


class WrongState(ShopError):
    """A transition touched no row: somebody else moved first. Read again, then decide again."""

    def __init__(self, what: str, wanted: str) -> None:
        super().__init__(f"{what} could not become {wanted}; its state had changed meanwhile")


class SealBroken(ShopError):
    """A stored secret cannot be opened: its key is missing or the bytes were changed."""


class UnknownDatabase(ShopError):
    """The database was made by a newer version of the shop, or by something else."""


class BackupRejected(ShopError):
    """A copy cannot be made there, or what was given is no whole copy of a shop."""
