"""A list whose rows end in a bare number: how many of each, as it comes from a spreadsheet.

    win11专业版    6
    京东E卡100     5

A number that is a size of its goods stays one (京东E卡 100), and a row that tells its size by nothing else
is believed only where a tab says that the number has a column of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from nlu.amounts import AmountKind
from nlu.assortment import Assortment
from nlu.quantities import Quantity, QuantityKind
from nlu.records import Event, EventKind

COUNT_MAX = 999
COUNT_BESIDE_MAX = 20
"""Without a tab a higher number may as well be a price."""


def with_counts(text: str, events: Sequence[Event], goods: Assortment) -> list[Event]:
    """The events, with the last number of every row as its count, where it can be nothing else in all."""
    if "\n" not in text or any(event.kind is EventKind.ACCOUNT for event in events):
        return list(events)
    rows = [row for row in _rows(text, events) if any(event.kind is EventKind.NAME for event in row)]
    counts = [_count_of(text, row, goods) for row in rows]
    if len(rows) < 2 or None in counts:
        return list(events)
    counted = {event.start: event for event in counts if event is not None}
    return [counted[event.start] if event.amount and event.start in counted else event for event in events]


def _rows(text: str, events: Sequence[Event]) -> list[list[Event]]:
    breaks = [match.start() for match in re.finditer("\n", text)]
    rows: list[list[Event]] = [[] for _ in range(len(breaks) + 1)]
    for event in events:
        if event.kind in _SAID:
            rows[bisect_left(breaks, event.start)].append(event)
    return rows


def _count_of(text: str, row: Sequence[Event], goods: Assortment) -> Event | None:
    """The number that a row ends in as its count, if it is no size of the row's goods. In a column of its own
    a number that says the size again (星巴克50, 50) is a count that nobody can be sure of."""
    last, names = row[-1], [event.mention for event in row if event.kind is EventKind.NAME]
    amount = last.amount
    if len(names) != 1 or names[0] is None or amount is None or amount.kind is not AmountKind.BARE:
        return None
    cell = _CELL.search(text, row[0].start, last.start)
    if cell is None or not amount.text.isdigit() or _ENDS.match(text, last.end) is None:
        return None
    others = [event.amount for event in row[:-1] if event.amount is not None]
    if any(event.kind is EventKind.QUANTITY for event in row):
        return None
    tabbed = "\t" in cell[0]
    if tabbed and any(amount.low == other.low for other in others):
        return _counting(last, None)
    if goods.fits(names[0], [amount]) or (others and goods.fits(names[0], [*others, amount])):
        return None
    line = text[text.rfind("\n", 0, last.start) + 1 : last.start]
    sized = bool(others) or any(goods.sized_in(one, line) for one in names[0].options)
    highest = COUNT_MAX if tabbed else COUNT_BESIDE_MAX if sized else 0
    return _counting(last, int(amount.low)) if 1 <= amount.low <= highest else None


def _counting(number: Event, count: int | None) -> Event:
    quantity = Quantity(count, QuantityKind.TIMES)
    return Event(EventKind.QUANTITY, number.start, number.end, quantity=quantity)


_CELL = re.compile(r"[ \t:|]+$")
_ENDS = re.compile(r"\s*(?:\n|$)")
_SAID = frozenset(
    {
        EventKind.NAME,
        EventKind.NOUN,
        EventKind.QUALIFIER,
        EventKind.AMOUNT,
        EventKind.QUANTITY,
        EventKind.REGION,
    }
)
