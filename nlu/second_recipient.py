"""Two recipients around one order, with nothing that joins them: 给A充100话费 B.

Whether the second is one more, or takes the place of the first, was not said. So both stand against
each other, and the customer is asked which of them it is.
"""

from __future__ import annotations

from nlu.records import EventKind, Record, same_kind
from nlu.shape import Shape
from nlu.signs import Signs
from nlu.understanding import Slot


def against_each_other(text: str, records: list[Record], shape: Shape, signs: Signs) -> list[Record]:
    """The records; a bare recipient that comes last, behind an order with a recipient of its own, stands
    against that one."""
    if len(records) < 2 or shape.each or "\n" in text:
        return records
    one, other = records[-2:]
    if not _bare(other) or other.opened_by not in (None, EventKind.COMMA):
        return records
    goods = [event.start for event in (*one.names, *one.amounts)]
    if not goods or len(one.accounts) != 1 or one.corrected or not same_kind(one.accounts, other.accounts[0]):
        return records
    first, second = one.accounts[0], other.accounts[0]
    around = first.start < min(goods) and max(goods) < second.start
    if not around or signs.one_more.search(text, first.end):
        return records
    one.accounts += other.accounts
    one.conflicts.add(Slot.ACCOUNT)
    return records[:-1]


def _bare(record: Record) -> bool:
    """Whether a record is one recipient and nothing else."""
    said = (
        record.names
        or record.nouns
        or record.qualifiers
        or record.amounts
        or record.regions
        or record.quantity
    )
    return len(record.accounts) == 1 and not said
