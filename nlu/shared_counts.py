"""Whose count it is: of one line, of each, or of all of them together.

两张加油卡都充100：A、B and 加油卡两张：A充100，B充200 are one for each, 两张给A，一张给B says it of each, and of
三份话费给A、B nobody knows.
"""

from __future__ import annotations

from itertools import pairwise

from nlu.records import Event, EventKind, Record, same_goods
from nlu.shape import Shape


def doubt_last_count(records: list[Record], shape: Shape) -> None:
    """50和100两张: two of which? Where the count is not said of each, it is asked."""
    if shape.each_quantity is not None:
        return
    for one, other in pairwise(records):
        sizes_only = other.opened_by is EventKind.JOIN and not other.names and not other.accounts
        if sizes_only and other.counted and one.quantity is None and not one.accounts:
            one.doubtful = other.doubtful = True


def spread_count(records: list[Record], shape: Shape) -> None:
    """两份，一份给A，一份给B and 两张加油卡都充100：A、B: the count is the number of recipients, and each
    gets one. Of 三份话费给A、B nobody knows who gets how many; 两张给A，一张给B says it of each."""
    counted = [record for record in records if record.counted]
    if len(counted) != 1 or counted[0].quantity is None:
        return
    # Whoever was named for other goods before has no share.
    recipients = [record for record in records[records.index(counted[0]) :] if record.accounts]
    earlier = [record for record in records if record.accounts and record not in recipients]
    if earlier and any(not one.names or same_goods(one.name, counted[0].name) for one in earlier):
        recipients = [*earlier, *recipients]
    if len(recipients) < 2:
        return
    others = [record for record in recipients if record is not counted[0]]
    event, said = counted[0].quantity, counted[0].quantity.quantity
    if said is None or said.each:
        return
    own = any(record.names and not same_goods(record.name, counted[0].name) for record in others)
    sized = all(record.amounts or record.qualifiers or record.names for record in recipients)
    ones = [one for record in records for one in record.ones if one.start > event.start]
    if _heads_a_list(event, counted[0], recipients, shape):
        if said.count == len(recipients) and said.word not in _TIMES:
            counted[0].quantity = None
        else:
            for record in recipients:
                record.doubtful = True
        return
    own_count = (sized and _touches(event, counted[0])) or _leads_to_recipient(event, counted[0])
    if own_count and len(ones) < len(recipients):
        return  # 大杯两张给A，中杯一张给B: each says its own
    each_said = all(record.quantity is not None for record in others)
    if ones and each_said and len(ones) < len(recipients) and counted[0] in recipients:
        return
    parted = not own and each_said and len(ones) == len(recipients)
    ahead = counted[0] is recipients[0] and event.start < counted[0].accounts[0].start
    listed = (
        ahead
        and len(ones) in (0, len(recipients))
        and not any(record.names or record.amounts for record in others)
    )
    unsized = ahead and not (counted[0].names or counted[0].amounts)
    if said.count == len(recipients) and (parted or ((listed or unsized) and said.word not in _TIMES)):
        counted[0].quantity = None
    elif ahead or (shape.each and not own and any(record.quantity is None for record in others)):
        for record in recipients:
            record.doubtful = True


def spread_over_sizes(records: list[Record], shape: Shape) -> None:
    """京东卡两张，100和200: a count ahead of a list of sizes of the same goods is of all of them together."""
    first, others = records[0], records[1:]
    count = first.quantity
    own = [(*one.amounts, *one.qualifiers) for one in records]
    named_anew = any(one.names and not same_goods(one.name, first.name) for one in others)
    if count is None or count.quantity is None or not first.counted or named_anew or not all(own):
        return
    size = min(event.start for event in own[0])
    paused = not shape.pauses.isdisjoint(range(count.end, size))
    added = any(one.opened_by is EventKind.JOIN and (one.counted or one.ones) for one in others)
    going_to = {event.start for one in records for event in one.accounts}
    if count.quantity.each or not paused or added or len(going_to) > 1:
        return
    uncounted = not any(one.counted or one.ones for one in others)
    if uncounted and count.quantity.count == len(records):
        first.quantity = None
    else:
        first.doubtful = True


def _touches(count: Event, record: Record) -> bool:
    """Whether a count stands right beside the goods of its record, and is no total of several."""
    goods = (*record.names, *record.nouns, *record.qualifiers, *record.amounts)
    return any(0 <= count.start - one.end <= 1 or 0 <= one.start - count.end <= 1 for one in goods)


def _heads_a_list(count: Event, record: Record, recipients: list[Record], shape: Shape) -> bool:
    """加油卡三张：A充200，B充500，C充500: the count stands ahead of the rows of a list, each of which has its own size,
    and no row has a count."""
    own = [(*one.amounts, *one.qualifiers) for one in recipients]
    if record is not recipients[0] or not all(own) or any(one.counted for one in recipients[1:]):
        return False
    if len({said[0].start for said in own}) < len(own):
        return False  # a size that was said once
    size, account = min(event.start for event in own[0]), record.accounts[0].start
    first = min(size, account)
    return count.end < first and (account < size or not shape.pauses.isdisjoint(range(count.end, first)))


def _leads_to_recipient(count: Event, record: Record) -> bool:
    """两张给A: the count of what goes to A, and no total of all."""
    return bool(record.accounts) and 0 <= record.accounts[0].start - count.end <= 1


_TIMES = frozenset(("次", "遍", "回", "轮"))
"""充两次给A、B may be four in all."""
