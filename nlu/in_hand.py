"""Which line in hand a message is about: the one it counts (第二个改成50), or the only one there is."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.accounts import Account
from nlu.amounts import AmountKind
from nlu.numerals import number
from nlu.quantities import Quantity, QuantityKind
from nlu.records import Event, EventKind, Record
from nlu.understanding import Expectation, LineInHand, Slot

_ORDINAL = re.compile(r"第([0-9]{1,2}|[\u4e00-\u9fff]{1,2}?)[个单条行项份张]")
_LAST = re.compile(r"最后一?[个单条行项]")


def position(text: str, count: int) -> int | None:
    """Which of `count` lines is meant, from 0; None where none was counted."""
    match = _ORDINAL.search(text)
    if match is None or count == 0:
        return count - 1 if count and _LAST.search(text) else None
    value = number(match[1])
    place = int(value.low) - 1 if value is not None and value.exact else -1
    return place if 0 <= place < count else None


def in_hand(expectation: Expectation, place: int | None) -> LineInHand | None:
    """The line whose goods stand in for goods not named again; None where the lines differ."""
    lines = expectation.lines
    if not lines:
        return None
    if place is not None:
        return lines[place]
    if len({(line.product_id, line.product_options) for line in lines}) == 1:
        return lines[0]
    return None


def asked_for(text: str, record: Record, asking: Slot | None, kind: str | None) -> Record:
    """The record with a bare number read as what was asked for: how many, or a recipient that is
    then too short rather than a size that is not sold. `换成100的` is none: it names a size."""
    bare = [event for event in record.amounts if event.amount and event.amount.kind is AmountKind.BARE]
    if len(record.amounts) != 1 or not bare or record.names:
        return record
    event = bare[0]
    assert event.amount is not None
    names_size = text.startswith("的", event.end)
    if asking is Slot.QUANTITY and event.amount.exact and record.quantity is None and not names_size:
        count = Quantity(int(event.amount.low), QuantityKind.TIMES)
        return replace(
            record, amounts=[], quantity=Event(EventKind.QUANTITY, event.start, event.end, quantity=count)
        )
    digits = event.amount.text
    if (
        asking is Slot.ACCOUNT
        and kind is not None
        and not record.accounts
        and digits.isdigit()
        and len(digits) >= 5
    ):
        account = Account(digits, (), said=kind)
        return replace(
            record, amounts=[], accounts=[Event(EventKind.ACCOUNT, event.start, event.end, account=account)]
        )
    return record
