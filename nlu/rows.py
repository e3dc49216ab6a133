"""The records of a message: of one stretch of talk, or of the rows of a list or a table."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from nlu.amounts import Amount, AmountKind
from nlu.assortment import AMOUNTS_MAX, Assortment
from nlu.counts import by_place, doubt_totals, without_heading, without_total
from nlu.gathering import gather
from nlu.leftovers import put_in_doubt
from nlu.new_lines import Compatible, is_label
from nlu.quantities import QuantityKind
from nlu.records import Event, EventKind, Record
from nlu.said_again import doubt_otherwise
from nlu.second_recipient import against_each_other
from nlu.shape import Shape
from nlu.sharing import doubt_gaps, shared
from nlu.signs import Signs
from nlu.taking_turns import parted_by_counts, with_counts_in_front
from nlu.understanding import Slot


def records_of(text: str, events: list[Event], goods: Assortment, shape: Shape, signs: Signs) -> list[Record]:
    def compatible(record: Record, more: Sequence[Event]) -> bool:
        if len(record.amounts) > AMOUNTS_MAX:
            return False
        found = [event.amount for event in (*record.amounts, *more) if event.amount is not None]
        options = record.name.options if record.name else None
        return goods.together(tuple(options) if options else None, tuple(found))

    events = _with_periods_in_names(without_heading(text, events), goods)
    placed = by_place(text, events, signs)
    rows = _rows(text, events) if placed is None else None
    events = placed or events
    if rows is None:
        counted = with_counts_in_front(text, without_total(text, events, signs))
        gathered = gather(parted_by_counts(text, counted), compatible, shape.each)
        _size_by_counts(gathered, goods)
        records = shared(against_each_other(text, gathered, shape, signs), shape)
        _same_recipient(text, records, signs)
        _size_by_counts(records, goods)
        doubt_gaps(text, records, shape, signs)
        doubt_totals(text, records, shape.each, signs, shape.left.over)
        doubt_otherwise(text, events, records, signs)
        put_in_doubt(records, shape.left, text, signs)
        return records
    context, lines = rows
    gathered = [record for line in lines for record in gather(line, compatible, shape.each)]
    around = gather(context, compatible, shape.each)
    _lend(around, gathered, compatible)
    gathered = sorted(
        [*gathered, *_rows_without_recipient(text, around, gathered)], key=lambda record: record.start
    )
    records = shared(gathered, replace(shape, rows=True))
    _size_by_counts(records, goods)
    doubt_totals(text, records, shape.each, signs, shape.left.over)
    put_in_doubt(records, shape.left, text, signs)
    return records


def _with_periods_in_names(events: Sequence[Event], goods: Assortment) -> list[Event]:
    """魔兽月卡A，季卡B: the period that a name carries is said, where another one is said beside it."""
    named = {
        event.start: periods[0]
        for event in events
        if event.kind is EventKind.NAME and event.mention and (periods := goods.period_in_name(event.mention))
    }
    sizes = [event for event in events if event.amount is not None]
    told: list[Event] = []
    for event in events:
        told.append(event)
        period = named.get(event.start) if event.kind is EventKind.NAME else None
        if period is None or not any(
            other.amount and other.amount.kind is period.kind and other.amount.low != period.low
            for other in sizes
        ):
            continue
        if not any(0 <= size.start - event.end <= 1 for size in sizes):
            told.append(Event(EventKind.AMOUNT, event.end, event.end, amount=period))
    return told


def _rows_without_recipient(text: str, around: Sequence[Record], rows: Sequence[Record]) -> list[Record]:
    """Rows whose recipient nobody could read, 芒果TV季卡 15172·2364: they are lines like the others,
    and are asked about. They would be gone without a word if they only lent what they say."""
    lent = {id(event) for row in rows for event in (*row.names, *row.nouns, *row.amounts)}
    sold = {product_id for row in rows if row.name for product_id in row.name.options}
    sized_rows = sum(bool(row.amounts) for row in rows)
    first = min(row.start for row in rows)
    lost = []
    for record in around:
        sizes = [event.amount.low for event in record.amounts if event.amount]
        digits = "".join(map(str, sizes))
        line = text[text.rfind("\n", 0, record.start) + 1 :].split("\n", 1)[0]
        if record.amounts and sum(map(str.isdigit, line)) > _BROKEN_NUMBER:
            digits = line  # 1867，732，1152 充80
        # A heading names what the rows then call by a shorter name.
        own_name = record.name is not None and sold.isdisjoint(record.name.options)
        broken = (len(digits) >= _BROKEN_NUMBER or max(sizes, default=0) >= _NO_SIZE) and not any(
            id(event) in lent for event in record.amounts
        )
        if own_name or broken:
            record.doubtful = record.doubtful or broken
            lost.append(record)
        elif sized_rows > 1:
            # 老妈 100, among rows that each say for whom how much.
            for event in record.amounts:
                if event.start > first and id(event) not in lent:
                    names = list(record.names)
                    lost.append(Record(event.start, event.end, names=names, amounts=[event], doubtful=True))
    return lost


_NO_SIZE = 10_000
_BROKEN_NUMBER = 7
"""Digits of a line from which on they are rather a recipient than a size."""


def _rows(text: str, events: list[Event]) -> tuple[list[Event], list[list[Event]]] | None:
    """The lines of a table or a list: each with a recipient; what stands in other lines is for all."""
    if "\n" not in text:
        return None
    lines: list[list[Event]] = [[]]
    breaks = [match.start() for match in re.finditer("\n", text)]
    for event in events:
        while len(lines) <= len(breaks) and event.start > breaks[len(lines) - 1]:
            lines.append([])
        lines[-1].append(event)
    rows = [line for line in lines if any(event.kind is EventKind.ACCOUNT for event in line)]
    if len(rows) < 2 or any(event.kind is EventKind.CORRECTION for event in events):
        return None
    context = [event for line in lines if line not in rows for event in line]
    return context, [_unnumbered(text, row) for row in rows]


def _unnumbered(text: str, row: list[Event]) -> list[Event]:
    """Without the number that counts the row itself: `1. 138… 50`."""
    first = row[0]
    if first.kind is EventKind.AMOUNT and first.amount is not None and first.amount.kind is AmountKind.BARE:
        begins = text.rfind("\n", 0, first.start) + 1
        if re.fullmatch(r"[\s(（]*", text[begins : first.start]) and re.match(
            r"\s*[.、)）:：]", text[first.end :]
        ):
            return list(row[1:])
    return row


def _lend(around: list[Record], records: list[Record], compatible: Compatible) -> None:
    """What is said outside of the rows goes for every row that does not say it itself."""
    names = [record for record in around if record.names or record.nouns]
    sizes = [record for record in around if record.amounts]
    counts = [record for record in around if record.counted]
    regions = [record for record in around if record.regions]
    kinds = [record for record in around if record.qualifiers]
    sizeless = not any(record.amounts for record in records)
    if len(sizes) == 1 and not names and all(r.amounts and compatible(r, sizes[0].amounts) for r in records):
        # 流量10G in every row, and 都要月包 below: both say which.
        for record in records:
            record.amounts = [*record.amounts, *sizes[0].amounts]
    for record in records:
        if not record.names and not record.qualifiers and len(kinds) == 1 and not names:
            record.qualifiers = list(kinds[0].qualifiers)
        if not record.names and not record.nouns and len(names) == 1:
            record.names, record.nouns = list(names[0].names), list(names[0].nouns)
            record.borrowed.append((names[0].start, names[0].end))
            record.qualifiers = record.qualifiers or list(names[0].qualifiers)
        if not record.amounts and len(sizes) == 1 and sizeless:
            record.amounts = list(sizes[0].amounts)
        if record.quantity is None and len(counts) == 1 and not _counts_rows(counts[0], len(records)):
            record.quantity = counts[0].quantity
        if not record.regions and len(regions) == 1:
            record.regions = list(regions[0].regions)
        if len(names) > 1 and not record.names:
            record.doubtful = True


def _counts_rows(record: Record, rows: int) -> bool:
    """50话费三个： and then three rows: how many rows there are, and one for each."""
    said = record.quantity.quantity if record.quantity is not None else None
    return said is not None and said.count == rows and not said.each


def _size_by_counts(records: Sequence[Record], goods: Assortment) -> None:
    """Q币…50个: a bare count of what is its own unit is its size."""
    for record in records:
        said = record.quantity.quantity if record.quantity is not None else None
        if said is None or said.count is None or record.quantity is None or record.name is None:
            continue
        if said.word != "个" or said.kind is not QuantityKind.COUNTED:
            continue
        value = Decimal(said.count)
        amount = Amount(AmountKind.BARE, value, value, True, (), str(said.count))
        options = tuple(record.name.options)
        if not goods.counts_itself(options, amount):
            continue
        if any(map(is_label, record.qualifiers)) and not any(
            goods.sold_in(one, (amount,)) for one in options
        ):
            continue  # 原神空月祝福2个: of what is called so there are two
        first = record.amounts[0].amount if record.amounts else None
        if first is not None and first.counted and first.low == value:
            record.quantity = None  # 10个Q币，就10个: said again
            continue
        anew = record.quantity.start >= record.corrected_from > 0
        if any(event.amount is not None and event.amount.low == value for event in record.amounts):
            record.quantity = None  # 10个Q币，就10个
            continue
        lent = Slot.VARIANT in record.inherited and all(_by_count(event) for event in record.amounts)
        if lent:
            # Q币，A来50个，B来10个: each has said its own.
            record.inherited.discard(Slot.VARIANT)
        elif record.amounts and not anew:
            # Else it corrects the size: Q币100，打多了，10个. Where nobody said so it may be either.
            apart = record.quantity.start - max(one.end for one in record.amounts) > 1
            record.doubtful |= apart and goods.fits(record.name, (amount,))
            continue
        start, end = record.quantity.start, record.quantity.end
        record.amounts, record.quantity = [Event(EventKind.AMOUNT, start, end, amount=amount)], None


def _by_count(event: Event) -> bool:
    """Whether a size was a count first: the word that counts belongs to it."""
    return event.amount is not None and event.end - event.start > len(event.amount.text)


def _same_recipient(text: str, records: Sequence[Record], signs: Signs) -> None:
    """…月卡138…，美图月卡也是这个号: the recipient before it."""
    for one, other in itertools.pairwise(records):
        if one.accounts and not other.accounts and signs.same_account.search(text, other.end, other.end + 8):
            other.accounts = list(one.accounts)
            other.inherited.add(Slot.ACCOUNT)
