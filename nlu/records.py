"""From a row of things that were said to the lines of an order: what belongs to which recipient.

The events of a message stand in the order in which they were said. A record takes them up until
one comes that it already has; that one opens the next record, unless a correction stood before it
(then it takes the old one's place) or an 或 (then the slot stays open).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from nlu.accounts import Account
from nlu.amounts import Amount
from nlu.page import Mark
from nlu.products import Mention
from nlu.quantities import Quantity, QuantityKind
from nlu.understanding import Slot


class EventKind(Enum):
    NAME = "name"
    NOUN = "noun"
    QUALIFIER = "qualifier"
    REGION = "region"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    ACCOUNT = "account"
    COMMA = "comma"
    STOP = "stop"
    JOIN = "join"
    OR = "or"
    CORRECTION = "correction"
    INSTEAD = "instead"
    REJECTS = "rejects"
    """X不是Y: what follows is not wanted, and what stood before it is."""
    EITHER = "either"
    """X不是Y with nothing that says which of them is wanted."""


SEPARATORS = frozenset({EventKind.COMMA, EventKind.STOP, EventKind.JOIN, EventKind.OR})

Value = Mention | Mark[Amount] | Mark[Quantity] | Mark[Account] | None


@dataclass(frozen=True, slots=True)
class Event:
    kind: EventKind
    start: int
    end: int
    mention: Mention | None = None
    amount: Amount | None = None
    quantity: Quantity | None = None
    account: Account | None = None
    of_account: bool = False
    """Of a correction: it says that the recipient is wrong (号不对)."""
    mild: bool = False
    """Of a correction: it may as well only be polite (不好意思), so it need not correct anything."""


@dataclass(slots=True)
class Record:
    """One line while it is being gathered."""

    start: int = 0
    end: int = 0
    names: list[Event] = field(default_factory=list)
    nouns: list[Event] = field(default_factory=list)
    qualifiers: list[Event] = field(default_factory=list)
    amounts: list[Event] = field(default_factory=list)
    quantity: Event | None = None
    accounts: list[Event] = field(default_factory=list)
    regions: list[Event] = field(default_factory=list)
    open: set[Slot] = field(default_factory=set)
    """Slots with an A 或 B."""
    conflicts: set[Slot] = field(default_factory=set)
    """Slots with two values and nothing that joins or corrects them."""
    first: EventKind | None = None
    inherited: set[Slot] = field(default_factory=set)
    doubtful: bool = False
    uncorrected: bool = False
    """A correction was said that corrected nothing of this message; it may correct what is in hand."""
    listed: bool = False
    """It stands right behind the record before it, with only a 和 or 、 between."""
    opened_by: EventKind | None = None
    """The separator that stood before it."""
    corrected: bool = False
    requalified: bool = False
    """Its tier or country was corrected: 美区…不对，国区."""
    borrowed: list[tuple[int, int]] = field(default_factory=list)
    """Stretches of text of other records whose goods this one takes over."""

    @property
    def empty(self) -> bool:
        return not (
            self.names
            or self.nouns
            or self.amounts
            or self.quantity
            or self.accounts
            or self.regions
            or self.qualifiers
        )

    @property
    def name(self) -> Mention | None:
        return self.names[-1].mention if self.names else None

    @property
    def counted(self) -> bool:
        return self.quantity is not None and not _article(self.quantity)


Compatible = Callable[[Record, Sequence[Event]], bool]
"""Whether the amounts of the events can stand beside those of the record (10G月包, 1台一年)."""


def gather(events: Sequence[Event], compatible: Compatible, joined_all: bool) -> list[Record]:
    """The records of one stretch of text. `joined_all`: 各/都 or a count of recipients was said, so
    recipients one after the other are lines of their own."""
    gatherer = _Gatherer(compatible, joined_all)
    for separator, clause in _clauses(events):
        gatherer.add_clause(separator, clause)
    gatherer.close()
    return [record for record in gatherer.records if not record.empty]


def _clauses(events: Sequence[Event]) -> Iterable[tuple[EventKind | None, list[Event]]]:
    separator: EventKind | None = None
    clause: list[Event] = []
    for event in events:
        if event.kind in SEPARATORS:
            if clause:
                yield separator, clause
                separator, clause = event.kind, []
            elif separator is None or event.kind in (EventKind.OR, EventKind.JOIN):
                separator = event.kind
        else:
            clause.append(event)
    if clause:
        yield separator, clause


class _Gatherer:
    def __init__(self, compatible: Compatible, joined_all: bool) -> None:
        self.records: list[Record] = [Record()]
        self._compatible = compatible
        self._joined_all = joined_all
        self._correcting: set[EventKind] | None = None
        """Kinds already replaced since the correction; None when none is under way."""
        self._negated = False
        self._mild = False
        self._of_account = False
        self._contrast: EventKind | None = None
        """The kind of X不是Y whose Y has yet to come."""
        self._replaced = False
        """Whether the correction under way has taken the place of anything."""

    @property
    def _record(self) -> Record:
        return self.records[-1]

    def add_clause(self, separator: EventKind | None, clause: list[Event]) -> None:
        correction = any(event.kind in _CORRECTING for event in clause)
        if self._correcting and separator is EventKind.JOIN and not correction and self._opens(clause):
            self._correcting = None
        if separator is EventKind.OR and not correction and self._correcting is None:
            self._add_alternative(clause)
            return
        again = (
            separator is EventKind.JOIN
            and self._record.amounts
            and any(e.kind is EventKind.AMOUNT for e in clause)
        )
        if not correction and self._correcting is None and (again or self._opens(clause)):
            separator_here = separator
            listed = (
                separator is EventKind.JOIN
                and clause[0].kind is EventKind.NAME
                and clause[0].start - self._record.end <= 2
            )
            self.records.append(Record(listed=listed, opened_by=separator_here))
        last: Event | None = None
        for event in clause:
            self._add(event, last, separator)
            last = event

    def _opens(self, clause: list[Event]) -> bool:
        """Whether a clause speaks of a new line: it says again what the record already has."""
        record = self._record
        if record.empty:
            return False
        for event in clause:
            match event.kind:
                case EventKind.NAME if record.names and not same_goods(record.name, event.mention):
                    return True
                case EventKind.ACCOUNT if record.accounts and _same_kind(record.accounts, event):
                    return True
                case EventKind.QUANTITY if record.counted and not _article(event):
                    return True
                case EventKind.AMOUNT if record.amounts and not self._compatible(record, [event]):
                    return True
                case _:
                    pass
        return False

    def _add(self, event: Event, last: Event | None, separator: EventKind | None) -> None:
        match event.kind:
            case EventKind.CORRECTION if self._record.empty and len(self.records) == 1:
                # Nothing was said yet that it could correct: 不好意思，我想要…
                return
            case EventKind.CORRECTION:
                if self._correcting is None or self._correcting:
                    self._settle_correction()
                    self._mild = event.mild
                self._mild = self._mild and event.mild
                self._of_account = event.of_account
                self._correcting = set()
                self._replaced = False
                return
            case EventKind.INSTEAD:
                self._negated = True
                return
            case EventKind.REJECTS | EventKind.EITHER:
                self._contrast = event.kind
                return
        if self._negated and (event.kind in _SLOTS or event.kind is EventKind.QUALIFIER):
            # 不是50是100: the first is taken back, the second is a correction. Where the first was
            # never said (不是，我要100的) it is the correction itself.
            self._negated = False
            self._correcting = set()
            self._replaced = self._take_back(event)
            if self._replaced:
                return
        if self._contrast is not None and event.kind in _SLOTS:
            self._set_against(event)
            return
        if self._correcting is not None:
            self._replace(event)
            return
        if self._collides(event):
            self._collide(event, last, separator)
            return
        self._put(event)

    def _collides(self, event: Event) -> bool:
        record = self._record
        match event.kind:
            case EventKind.NAME:
                return bool(record.names) and not same_goods(record.name, event.mention)
            case EventKind.ACCOUNT:
                return bool(record.accounts) and _same_kind(record.accounts, event)
            case EventKind.AMOUNT:
                return bool(record.amounts) and not self._compatible(record, [event])
            case EventKind.QUANTITY:
                return record.counted and not _article(event)
            case EventKind.REGION:
                return bool(record.regions) and record.regions[-1].mention != event.mention
            case _:
                return False

    def _collide(self, event: Event, last: Event | None, separator: EventKind | None) -> None:
        """The second of its kind: a new record, or a contradiction where nothing sets them apart."""
        slot = _SLOTS[event.kind]
        next_to = last is not None and last.kind is event.kind
        if next_to and not (self._joined_all and event.kind in (EventKind.ACCOUNT, EventKind.NAME)):
            self._record.conflicts.add(slot)
            self._put(event)
            return
        if event.kind is EventKind.REGION:
            self._record.conflicts.add(slot)
            return
        self.records.append(Record())
        self._put(event)

    def _add_alternative(self, clause: list[Event]) -> None:
        record = self._record
        collided = record.empty
        for event in clause:
            slot = _SLOTS.get(event.kind)
            if slot is not None and self._collides(event):
                record.open.add(slot)
                _list_of(record, event).append(event)
                collided = True
            else:
                self._put(event)
        if not collided and not record.empty:
            # 100或者…: something else was offered that nobody understood.
            record.doubtful = True

    def _replace(self, event: Event) -> None:
        """The later value counts, and a still later one counts more."""
        assert self._correcting is not None
        record = self._record
        if event.kind is EventKind.QUALIFIER:
            if EventKind.QUALIFIER not in self._correcting:
                record.qualifiers.clear()
            record.requalified = True
            self._replaced = self._replaced or (bool(record.names) and not record.regions)
        elif event.kind is EventKind.QUANTITY:
            # 改成一张 says one; 来个 says nothing of how many.
            if not _article(event) or not record.counted or event.end - event.start > 1:
                self._replaced = True
                record.quantity = event
                self._correcting.add(event.kind)
            return
        elif event.kind in _SLOTS and (event.kind not in self._correcting or self._collides(event)):
            self._forget(record, event)
        self._correcting.add(event.kind)
        record.corrected = True
        self._put(event)

    def _forget(self, record: Record, event: Event) -> None:
        before = record.accounts if event.kind is EventKind.ACCOUNT else _list_of(record, event)
        self._replaced = self._replaced or bool(before)
        if event.kind is EventKind.ACCOUNT:
            record.accounts = [old for old in record.accounts if not _same_kind([old], event)]
        else:
            _list_of(record, event).clear()
        if event.kind is EventKind.NAME:
            record.nouns.clear()
            record.qualifiers.clear()
            record.requalified = False
        record.open.discard(_SLOTS[event.kind])
        record.conflicts.discard(_SLOTS[event.kind])

    def _set_against(self, event: Event) -> None:
        """Y of X不是Y: not taken where X is wanted for sure, else one of two. A later value counts more."""
        slot, record = _SLOTS[event.kind], self._record
        if self._contrast is EventKind.EITHER:
            record.open.add(slot)
            _list_of(record, event).append(event)
        self._contrast = None
        self._correcting = set()
        self._replaced = True

    def _take_back(self, event: Event) -> bool:
        """Drop what the event repeats. Whether there was anything to drop."""
        record = self._record
        if event.kind is EventKind.QUANTITY:
            same = record.quantity is not None and same_value(record.quantity, event)
            record.quantity = None if same else record.quantity
            return same
        listed = _list_of(record, event)
        kept = [old for old in listed if not same_value(old, event)]
        dropped = len(kept) < len(listed)
        listed[:] = kept
        return dropped

    def close(self) -> None:
        """A correction that corrected nothing leaves the order in doubt."""
        self._settle_correction()
        if self._negated:
            self._doubt()

    def _settle_correction(self) -> None:
        if self._correcting is not None and not self._replaced and not self._mild:
            if self._of_account and not self._correcting and self._record.accounts:
                # 号不对，我再发你: all but the recipient stands.
                self._record.open.add(Slot.ACCOUNT)
            else:
                self._doubt()

    def _doubt(self) -> None:
        for record in self.records:
            record.uncorrected = True

    def _put(self, event: Event) -> None:
        record = self._record
        if record.empty:
            record.start, record.first = event.start, event.kind
        record.end = max(record.end, event.end)
        if event.kind is EventKind.QUANTITY:
            if record.quantity is None or _article(record.quantity):
                record.quantity = event
            return
        _list_of(record, event).append(event)


_CORRECTING = frozenset({EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER})

_SLOTS = {
    EventKind.NAME: Slot.PRODUCT,
    EventKind.AMOUNT: Slot.VARIANT,
    EventKind.QUANTITY: Slot.QUANTITY,
    EventKind.ACCOUNT: Slot.ACCOUNT,
    EventKind.REGION: Slot.REGION,
}


def _list_of(record: Record, event: Event) -> list[Event]:
    match event.kind:
        case EventKind.NAME:
            return record.names
        case EventKind.NOUN:
            return record.nouns
        case EventKind.QUALIFIER:
            return record.qualifiers
        case EventKind.AMOUNT:
            return record.amounts
        case EventKind.ACCOUNT:
            return record.accounts
        case EventKind.REGION:
            return record.regions
        case _:
            return []


def same_goods(one: Mention | None, other: Mention | None) -> bool:
    """Whether two names mean the same goods: their likeliest products are the same."""
    if one is None or other is None:
        return one is other
    if not one.options or not other.options:
        return one.meaning == other.meaning and one.kind is other.kind
    best, best_other = min(one.options.values()), min(other.options.values())
    first = {product for product, cost in one.options.items() if cost <= best + 0.6}
    second = {product for product, cost in other.options.items() if cost <= best_other + 0.6}
    return bool(first & second)


def whole_address(text: str, address: Event, record: Record) -> tuple[int, int]:
    """Where an address stands with the name and the telephone of whoever opens the parcel: 张三 138… 北京市…"""
    start, end = address.start, address.end
    for event in record.accounts:
        if event.account is None or "phone" not in event.account.kinds:
            continue
        if event.end <= start and _ADDRESS_GAP.fullmatch(text, event.end, start):
            start = event.start
        elif event.start >= end and _ADDRESS_GAP.fullmatch(text, end, event.start):
            end = event.end
    others = [*record.names, *record.nouns, *record.qualifiers, *record.amounts]
    name = _PERSON.search(text, 0, start) if start < address.start else None
    if name is not None and not any(e.start < name.end(1) and name.start(1) < e.end for e in others):
        start = name.start(1)
    return start, end


_ADDRESS_GAP = re.compile(r"[\s,;:，]{0,3}")
_PERSON = re.compile(r"(?:^|[\s,;:，])([\u4e00-\u9fff]{2,4})[\s,;:，]{0,2}$")


def _same_kind(accounts: Iterable[Event], event: Event) -> bool:
    """Whether two recipients could stand for the same thing: two phones, or two of unknown kind."""
    assert event.account is not None
    for other in accounts:
        assert other.account is not None
        one, two = other.account, event.account
        if one.said and two.said:
            if one.said == two.said:
                return True
        elif set(one.kinds) & set(two.kinds) or not one.kinds or not two.kinds:
            return True
    return False


def same_value(one: Event, other: Event) -> bool:
    """Whether two events say the same: 50 and 50块, the same number, the same name."""
    if one.quantity and other.quantity:
        return one.quantity.count == other.quantity.count
    if one.amount and other.amount:
        bare = not one.amount.units or not other.amount.units
        return one.amount.low == other.amount.low and (bare or one.amount.kind is other.amount.kind)
    if one.account and other.account:
        return one.account.text == other.account.text
    if one.mention and other.mention:
        return one.mention.text == other.mention.text
    return False


def _article(event: Event) -> bool:
    return event.quantity is not None and event.quantity.kind is QuantityKind.ARTICLE
