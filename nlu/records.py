"""The things that were said, as events, and the records that gather what belongs to one line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from nlu.accounts import Account
from nlu.amounts import Amount
from nlu.in_front import in_front
from nlu.mention import Mention
from nlu.page import Mark
from nlu.quantities import Quantity, QuantityKind
from nlu.understanding import Slot


class EventKind(Enum):
    __hash__ = object.__hash__  # looked up for every event; enum's own is written in Python

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
    of_slot: Slot | None = None
    """Of a correction: which slot it says is wrong (号不对, 区不对)."""
    afterwards: bool = False
    """Of a correction: it may stand behind the value that is right (…是二区，改下)."""
    dropping: bool = False
    """Of a correction: it takes a line away, and what it refuses stands no more among the events."""
    item: bool = False
    """Of a stop: it is the number or the dot in front of an item of a list."""
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
    labels_beside: list[Event] = field(default_factory=list)
    """What the variant is called that is ordered beside this one: 6480和列车补给凭证."""
    refused: list[Event] = field(default_factory=list)
    """Tiers that are not wanted: 不要慢充."""
    amounts: list[Event] = field(default_factory=list)
    quantity: Event | None = None
    ones: list[Event] = field(default_factory=list)
    """Every 一张 and 来个 that was said, also beside a count."""
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
    corrected_from: int = 0
    """Where its last correction begins: the end of the word that corrects."""
    renamed: bool = False
    """The correction said the goods, or their tier, anew."""
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
        return self.quantity is not None and not is_article(self.quantity)


SLOTS = {
    EventKind.NAME: Slot.PRODUCT,
    EventKind.AMOUNT: Slot.VARIANT,
    EventKind.QUANTITY: Slot.QUANTITY,
    EventKind.ACCOUNT: Slot.ACCOUNT,
    EventKind.REGION: Slot.REGION,
}


def list_of(record: Record, event: Event) -> list[Event]:
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


def put(record: Record, event: Event) -> None:
    """Adds what an event says; of counts the first that is more than an article stands."""
    if record.empty:
        record.start, record.first = event.start, event.kind
    record.end = max(record.end, event.end)
    if event.kind is EventKind.QUANTITY:
        if is_article(event):
            record.ones.append(event)
        if record.quantity is None or is_article(record.quantity):
            record.quantity = event
        return
    list_of(record, event).append(event)


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
        front = min(event.start, event.account.label[0]) if event.account.label else event.start
        if event.end <= start and _ADDRESS_GAP.fullmatch(text, event.end, start):
            start = event.start
        elif event.start >= end and _ADDRESS_GAP.fullmatch(text, end, front):
            end = event.end
    others = [*record.names, *record.nouns, *record.qualifiers, *record.amounts]
    name = in_front(_PERSON, text, start) if start < address.start else None
    if name is not None and not any(e.start < name.end(1) and name.start(1) < e.end for e in others):
        start = name.start(1)
    return start, end


_ADDRESS_GAP = re.compile(r"[\s,;:，]{0,3}")
_PERSON = re.compile(r"(?:^|[\s,;:，])([\u4e00-\u9fff]{2,4})[\s,;:，]{0,2}$")


def same_kind(accounts: Iterable[Event], event: Event) -> bool:
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


def is_article(event: Event) -> bool:
    return event.quantity is not None and event.quantity.kind is QuantityKind.ARTICLE


def words_of(text: str, record: Record) -> str:
    """The words of a record and of those it takes its goods from, without its numbers."""
    pieces = [event.mention.text for event in record.names if event.mention]
    for start, end in ((record.start, record.end + 12), *record.borrowed):
        characters = list(text[start:end])
        for event in (*record.amounts, *record.accounts, *record.refused, *record.labels_beside):
            for at in range(max(start, event.start), min(end, event.end)):
                characters[at - start] = "\0"
        if (start, end) == (record.start, record.end + 12):
            # What follows in another clause is said of another line.
            own = record.end - start
            clause_end = _CLAUSE_END.search("".join(characters), own)
            characters = characters[: clause_end.start()] if clause_end else characters
        pieces.append("".join(characters).split("\n")[0])
    return "\0".join(pieces).replace(" ", "")


_CLAUSE_END = re.compile(r"[,，。;；!！\n]")
