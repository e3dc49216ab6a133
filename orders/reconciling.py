"""Our books beside the other side's bill of a day: what agrees, and each thing that does not.

Pure: a full outer join of movements with the rows of a bill. What is found is one of five kinds of
difference, and each of them has exactly one thing to be done about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from orders.clock import CHINA
from orders.money import NOTHING, Fen
from orders.policy import ReconciliationPolicy
from orders.ports import BillKind, BillRow


class Side(StrEnum):
    GATEWAY = "gateway"
    SUPPLIER = "supplier"


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """Who sends us bills. Written as `gateway:alipay`: a gateway and a supplier may share a name."""

    side: Side
    name: str

    def __str__(self) -> str:
        return f"{self.side}:{self.name}"

    @classmethod
    def read(cls, text: str) -> Party:
        """Raises ValueError for anything but what `str` of a party gives."""
        side, _, name = text.partition(":")
        if side not in set(Side) or not name:
            raise ValueError(f"{text!r} is no party; write gateway:NAME or supplier:NAME")
        return cls(Side(side), name)


class Stand(StrEnum):
    """How a movement stands in our books."""

    SUCCEEDED = "succeeded"
    OPEN = "open"
    """Asked for, and not heard of: an unpaid payment, a refund or a delivery under way."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement as it stands in our books."""

    kind: BillKind
    our_no: str
    ref: str
    """Their number as far as we know it, else empty."""
    order_no: str
    amount_fen: Fen | None
    """None where we were never told: what a supplier charged."""
    kept_fen: Fen
    """The fee of it that was booked."""
    stand: Stand
    at: datetime | None
    """When it ended; None while it is open."""
    worth_fen: Fen
    """What our customer paid for it."""


class What(StrEnum):
    """In which way the two sides differ."""

    LONG = "long"
    """They have it, we do not."""
    SHORT = "short"
    """We have it, they do not."""
    AMOUNT = "amount"
    FEE = "fee"
    STATE = "state"


class Action(StrEnum):
    """The one thing to be done about a difference."""

    SETTLE = "settle"
    """Book the payment, with the bill as evidence."""
    TAKE_REFUND = "take_refund"
    """Believe that the refund arrived."""
    BOOK_UNCLAIMED = "book_unclaimed"
    """Nothing of ours matches: book the money apart, for a person."""
    QUERY = "query"
    """Ask them now; what they deny is frozen."""
    BOOK_FEE = "book_fee"
    BOOK_COST = "book_cost"
    """Believe what the supplier charged, although it is more than the customer paid."""
    SEE_TO_IT = "see_to_it"
    """A person compares the two numbers, does what is right, and writes down what."""


NO_BILLS = "no_bills"
"""A party's answer that it never sends any: nothing is missing then."""

LISTED_TWICE = "listed_twice"
"""The same movement stands on their bills once more than it happened."""

FAILED, PROCESSING, SUCCEEDED = "failed", "processing", "succeeded"
BILL_STATES = frozenset({FAILED, PROCESSING, SUCCEEDED})


@dataclass(frozen=True, slots=True)
class Found:
    """One difference, as a comparison finds it."""

    kind: BillKind
    what: What
    our_no: str
    ref: str
    ours_fen: Fen | None
    """What stands in our books; None where nothing does."""
    theirs_fen: Fen | None
    detail: str = ""
    """A short code: the two states, or why it is a matter for a person."""

    @property
    def key(self) -> tuple[BillKind, What, str, str]:
        """What makes it the same difference when it is found again."""
        return self.kind, self.what, self.our_no, self.ref


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference as a work item: found once, resolved once, by somebody."""

    difference_no: int
    party: Party
    day: date
    found: Found
    openings: int
    """How often it was opened: more than once where a corrected bill changed its numbers."""
    found_at: datetime
    denied_at: datetime | None
    """When the other side was asked, and denied what our books say."""
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str | None

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    @property
    def action(self) -> Action:
        found = self.found
        if self.denied_at is not None or found.detail == LISTED_TWICE:
            return Action.SEE_TO_IT
        match found.what, found.kind:
            case What.SHORT | What.STATE, _:
                return Action.QUERY
            case What.FEE, _:
                return Action.BOOK_FEE
            case What.LONG, BillKind.DELIVERY:
                return Action.SEE_TO_IT
            case What.LONG, _ if found.ours_fen is None or not found.theirs_fen:
                return Action.BOOK_UNCLAIMED
            case What.LONG, BillKind.PAYMENT:
                return Action.SETTLE
            case What.LONG, _:
                return Action.TAKE_REFUND
            case _:
                unknown = found.kind is BillKind.DELIVERY and found.ours_fen is None
                return Action.BOOK_COST if unknown else Action.SEE_TO_IT


@dataclass(frozen=True, slots=True)
class Books:
    """Our side of one comparison."""

    mentioned: tuple[Movement, ...]
    """Whatever the bill's numbers name, of any day."""
    of_day: tuple[Movement, ...]
    """What ended on that day."""
    elsewhere: frozenset[tuple[BillKind, str]]
    """Kinds and decisive numbers of what stands on their bills of other days."""
    has_before: bool
    """Whether the bill of the day before is known, and so on."""
    has_after: bool
    begun_elsewhere: frozenset[str] = frozenset()
    """Numbers of refunds that stand on their bills of other days as under way. WeChat Pay lists a refund once,
    on the day on which it was asked for, as it stood then."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it. `fees` and `costs` are news that need nobody's decision."""

    rows: int
    agreed: int
    found: tuple[Found, ...]
    fees: tuple[tuple[Movement, Fen], ...]
    costs: tuple[tuple[Movement, Fen], ...]


def decisive_number(row: BillRow) -> str:
    """The number that tells a row from all others: of a payment theirs, for ours may be paid twice; of
    anything else ours, for a gateway may give all refunds of a payment the payment's own number."""
    return (row.ref or row.our_no) if row.kind is BillKind.PAYMENT else (row.our_no or row.ref)


def start_of(day: date) -> datetime:
    """The midnight in China that a day begins with."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def china_day(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def compare(day: date, rows: Iterable[BillRow], books: Books, policy: ReconciliationPolicy) -> Comparison:
    """The full outer join. Movements near midnight whose other day's bill is not known are not
    missing yet."""
    join = _Join(books, policy)
    count = agreed = 0
    # What succeeded comes first: a failed try before it is no second movement.
    for row in sorted(rows, key=lambda row: row.state != SUCCEEDED):
        count += 1
        agreed += join.take(row)
    for movement in books.of_day:
        if movement.stand is Stand.SUCCEEDED and not join.has(movement):
            if _may_stand_on_another_day(day, movement, books, policy):
                continue
            ours = movement.amount_fen
            join.differ(movement.kind, What.SHORT, movement.our_no, movement.ref, ours, None)
    return Comparison(count, agreed, tuple(join.found.values()), tuple(join.fees), tuple(join.costs))


def _may_stand_on_another_day(
    day: date, movement: Movement, books: Books, policy: ReconciliationPolicy
) -> bool:
    numbers = ((movement.kind, number) for number in (movement.ref, movement.our_no) if number)
    if any(number in books.elsewhere for number in numbers):
        return True
    if movement.kind is BillKind.REFUND and {movement.ref, movement.our_no} & books.begun_elsewhere:
        return True
    edge = timedelta(minutes=policy.edge_minutes)
    assert movement.at is not None, f"{movement.our_no} ended, at no time"
    if not books.has_before and movement.at < start_of(day) + edge:
        return True
    return not books.has_after and movement.at >= start_of(day + timedelta(days=1)) - edge


@dataclass(slots=True)
class _Join:
    """One comparison under way."""

    books: Books
    policy: ReconciliationPolicy
    found: dict[tuple[BillKind, What, str, str], Found] = field(default_factory=dict)
    fees: list[tuple[Movement, Fen]] = field(default_factory=list)
    costs: list[tuple[Movement, Fen]] = field(default_factory=list)
    _by_number: Mapping[tuple[BillKind, str], Movement] = field(init=False)
    _by_ref: Mapping[tuple[BillKind, str], Movement] = field(init=False)
    _taken: set[tuple[BillKind, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        known = self.books.mentioned
        self._by_number = {(movement.kind, movement.our_no): movement for movement in known}
        self._by_ref = {(movement.kind, movement.ref): movement for movement in known if movement.ref}

    def has(self, movement: Movement) -> bool:
        """Whether a row of the bill is about it."""
        return (movement.kind, movement.our_no) in self._taken

    def take(self, row: BillRow) -> bool:
        """Lay one row beside our books; True where the two agree."""
        movement = self._ours(row)
        if movement is None or _is_other_money(row, movement):
            if row.state != SUCCEEDED:
                return True
            # Paid once more under a number of ours, or not ours at all.
            ours = movement.amount_fen if movement else None
            self.differ(row.kind, What.LONG, row.our_no, row.ref, ours, row.amount_fen)
            return False
        key = movement.kind, movement.our_no
        if row.state != SUCCEEDED and key in self._taken:
            return True
        if row.state == SUCCEEDED and (key in self._taken or self._stands_elsewhere(row)):
            ours = movement.amount_fen
            self.differ(row.kind, What.LONG, row.our_no, row.ref, ours, row.amount_fen, LISTED_TWICE)
            return False
        self._taken.add(key)
        return self._compare(row, movement)

    def _ours(self, row: BillRow) -> Movement | None:
        by_ref = self._by_ref.get((row.kind, row.ref)) if row.ref else None
        by_number = self._by_number.get((row.kind, row.our_no)) if row.our_no else None
        if row.kind is BillKind.PAYMENT:
            return by_ref or by_number
        return by_number or by_ref

    def _stands_elsewhere(self, row: BillRow) -> bool:
        number = decisive_number(row)
        return bool(number) and (row.kind, number) in self.books.elsewhere

    def _compare(self, row: BillRow, movement: Movement) -> bool:
        succeeded = movement.stand is Stand.SUCCEEDED
        if row.state != SUCCEEDED:
            if not succeeded:
                return True
            # The bill may have been made before a refund's end, and is not corrected.
            if row.state != PROCESSING or row.kind is not BillKind.REFUND:
                return self._states_differ(row, movement)
        if not succeeded:
            unheard = movement.stand is Stand.OPEN and movement.kind is not BillKind.DELIVERY
            if not unheard:
                return self._states_differ(row, movement)
            ours = movement.amount_fen
            self.differ(row.kind, What.LONG, movement.our_no, row.ref, ours, row.amount_fen)
            return False
        if row.kind is BillKind.DELIVERY:
            return self._costs_agree(row, movement)
        amounts_agree = movement.amount_fen in (None, row.amount_fen)
        if not amounts_agree:
            ours = movement.amount_fen
            self.differ(row.kind, What.AMOUNT, movement.our_no, row.ref, ours, row.amount_fen)
        return self._fees_agree(row, movement) and amounts_agree

    def _costs_agree(self, row: BillRow, movement: Movement) -> bool:
        # A supplier's fee is a part of what it charges.
        charged, ours = Fen(row.amount_fen + row.fee_fen), movement.amount_fen
        if ours == charged:
            return True
        if ours is None and NOTHING <= charged <= movement.worth_fen:
            self.costs.append((movement, charged))
            return True
        self.differ(row.kind, What.AMOUNT, movement.our_no, row.ref, ours, charged)
        return False

    def _fees_agree(self, row: BillRow, movement: Movement) -> bool:
        if row.fee_fen == movement.kept_fen:
            return True
        if not movement.kept_fen and self.policy.keeps_as_usual(row.fee_fen, row.amount_fen):
            self.fees.append((movement, row.fee_fen))
            return True
        self.differ(row.kind, What.FEE, movement.our_no, row.ref, movement.kept_fen, row.fee_fen)
        return False

    def _states_differ(self, row: BillRow, movement: Movement) -> bool:
        detail = f"{movement.stand} here, {row.state} there"
        ours, theirs = movement.amount_fen, row.amount_fen
        self.differ(row.kind, What.STATE, movement.our_no, row.ref, ours, theirs, detail)
        return False

    def differ(
        self,
        kind: BillKind,
        what: What,
        our_no: str,
        ref: str,
        ours_fen: Fen | None,
        theirs_fen: Fen | None,
        detail: str = "",
    ) -> None:
        """Note the first difference of its kind about a movement; a second row of it is no news."""
        found = Found(kind, what, our_no, ref, ours_fen, theirs_fen, detail)
        self.found.setdefault(found.key, found)


def _is_other_money(row: BillRow, movement: Movement) -> bool:
    """A payment number of ours under which other money came than what we booked."""
    if row.kind is not BillKind.PAYMENT or movement.stand is not Stand.SUCCEEDED:
        return False
    return bool(row.ref) and bool(movement.ref) and row.ref != movement.ref
