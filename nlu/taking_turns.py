"""Counts and sizes that take turns without a pause: 一张100的一张500的, 100一张500两张.

Which of two sizes a count between them belongs to is told by how the row begins and ends. Of a row that begins and ends
with a count nobody knows, unless the first of them is the sum of the others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nlu.quantities import QuantityKind
from nlu.records import SEPARATORS, Event, EventKind

_BETWEEN = re.compile("[的 ]{0,2}")
_PAIRS_MIN = 2


def rows_of_turns(text: str, events: Sequence[Event]) -> list[list[Event]]:
    """The longest rows in which counts and sizes take turns."""
    rows: list[list[Event]] = []
    for event in events:
        row = rows[-1] if rows else []
        if event.kind not in _TURNS or (event.quantity is not None and event.quantity.each):
            rows.append([])
        elif row and row[-1].kind is not event.kind and _BETWEEN.fullmatch(text, row[-1].end, event.start):
            row.append(event)
        else:
            rows.append([event])
    return [row for row in rows if len(row) >= 2 * _PAIRS_MIN]


def with_counts_in_front(text: str, events: Sequence[Event]) -> list[Event]:
    """The events, where every 一张 of 一张100的一张500的 counts: it speaks of the size behind it."""
    counts = [
        event
        for row in rows_of_turns(text, events)
        if row[0].kind is EventKind.QUANTITY and row[-1].kind is EventKind.AMOUNT
        for event in row
        if event.kind is EventKind.QUANTITY
    ]
    return [
        replace(event, quantity=replace(event.quantity, kind=QuantityKind.COUNTED))
        if event in counts and event.quantity is not None
        else event
        for event in events
    ]


def parted_by_counts(text: str, events: Sequence[Event]) -> list[Event]:
    """两张京东卡100 一张天猫卡200: where the first goods were counted in front, a count behind a blank begins the next."""
    parted: list[Event] = []
    item: list[Event] = []
    for at, event in enumerate(events):
        following = events[at + 1] if at + 1 < len(events) else None
        if event.kind in SEPARATORS:
            item = []
        elif (
            _counted_in_front(item)
            and following is not None
            and _begins_another(text, item[-1], event, following)
        ):
            parted.append(Event(EventKind.COMMA, item[-1].end, event.start))
            item = [event]
        else:
            item.append(event)
        parted.append(event)
    return parted


def _counted_in_front(item: Sequence[Event]) -> bool:
    """Whether goods with their size stand behind their count."""
    kinds = {event.kind for event in item}
    return bool(item) and item[0].kind is EventKind.QUANTITY and kinds >= {EventKind.NAME, EventKind.AMOUNT}


def _begins_another(text: str, before: Event, count: Event, following: Event) -> bool:
    return (
        count.kind is EventKind.QUANTITY
        and before.kind in _GOODS
        and following.kind in _GOODS
        and text[before.end : count.start].isspace()
        and _BETWEEN.fullmatch(text, count.end, following.start) is not None
    )


def counts_left_over(text: str, events: Sequence[Event]) -> bool:
    """Whether such a row, with a count in front of it, has one more than its sizes that is not their sum:
    两张100一张500两张, 四张一张100两张500."""
    for row in rows_of_turns(text, events):
        if row[0].kind is not EventKind.QUANTITY:
            continue
        at = events.index(row[0])
        before = [event for event in events[:at] if event.kind is EventKind.QUANTITY]
        if row[-1].kind is EventKind.QUANTITY:
            total, parts = row[0], row[1:]
        elif before and _BETWEEN.fullmatch(text, before[-1].end, row[0].start):
            total, parts = before[-1], row
        else:
            continue
        if _count(total) != sum(map(_count, parts)):
            return True
    return False


def _count(event: Event) -> int:
    return event.quantity.count or 0 if event.quantity is not None else 0


_TURNS = frozenset({EventKind.QUANTITY, EventKind.AMOUNT})
_GOODS = frozenset({EventKind.NAME, EventKind.AMOUNT})
