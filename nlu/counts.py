"""What a message says of its own size, held against what it lists: 三张，一张100两张50; 这九个号.

A total is no line of its own, and a list that is longer or shorter than was said is asked about.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlu.amounts import Amount, AmountKind
from nlu.in_front import in_front
from nlu.numerals import number
from nlu.page import Mark
from nlu.quantities import Quantity, QuantityKind
from nlu.records import Event, EventKind, Record
from nlu.signs import Signs


def without_total(text: str, events: Sequence[Event], signs: Signs) -> list[Event]:
    """三张京东卡，一张100两张50: the parts are ordered, their sum is not. Parts that make another sum
    stay beside it, and then two counts contradict each other."""
    events = [event for event in events if not _is_sum_behind(text, event, events, signs)]
    totals = [event for event in events if _count(event) > 1]
    if not totals:
        return list(events)
    total = totals[0]
    at = events.index(total)
    pairs = _counts_beside_sizes(events, at, 1)
    behind_goods = at > 0 and events[at - 1].kind is not EventKind.AMOUNT  # 50的3张，… counts the 50
    if behind_goods and sum(_count(events[place]) for place in pairs) != _count(total):
        pairs = _counts_beside_sizes(events, at, -1)
    if len(pairs) < 2 or sum(_count(events[place]) for place in pairs) != _count(total):
        return list(events)
    counted = [
        replace(event, quantity=replace(event.quantity, kind=QuantityKind.COUNTED))
        if place in pairs and event.quantity is not None
        else event
        for place, event in enumerate(events)
    ]
    return counted[:at] + counted[at + 1 :]


def _counts_beside_sizes(events: Sequence[Event], total: int, side: int) -> list[int]:
    """The places of the counts behind a total that stand right in front of a size, or right behind one."""
    places = range(total + 1, len(events))
    return [
        place
        for place in places
        if _count(events[place]) > 0
        and place + side in places
        and events[place + side].kind is EventKind.AMOUNT
    ]


def _is_sum_behind(text: str, event: Event, events: Sequence[Event], signs: Signs) -> bool:
    """京东卡两张，天猫卡三张，一共五张: what has no count of its own is one."""
    if event.quantity is None or not in_front(signs.in_all, text, event.start):
        return False
    before = [other for other in events if other.end <= event.start]
    if event.quantity.count == sum(map(_count, before)):
        return True
    kinds = Counter(other.kind for other in before)
    counts = kinds[EventKind.QUANTITY]
    for listed in {kinds[EventKind.NAME], kinds[EventKind.AMOUNT], kinds[EventKind.ACCOUNT]}:
        if listed > 1 and event.quantity.count == sum(map(_count, before)) + max(0, listed - counts):
            return True
    return False


def without_shares(events: Sequence[Event]) -> list[Event]:
    """两张…，一张自己用，一张送邻居: who gets them says no more of what is ordered, where it comes to all."""
    first = next((at for at, event in enumerate(events) if _count(event) > 1), None)
    if first is None:
        return list(events)
    apart = next((at for at in range(first, len(events)) if events[at].kind in _PAUSES), len(events))
    shares = [event for event in events[apart:] if event.kind is EventKind.QUANTITY]
    if not all(event.kind in _NO_GOODS for event in events[apart:]) or len(shares) < 2:
        return list(events)
    if sum(map(_count, shares)) != _count(events[first]):
        return list(events)
    return [event for event in events if event not in shares]


def shared_sizes(text: str, sizes: Sequence[Mark[Amount]], recipients: int) -> tuple[tuple[int, int], ...]:
    """5杯券，五个人一人一杯刚好: where it is said what each gets of a size that is said whole, with the words that
    say so. Of several `recipients` it may be what each of them shall have, and then there is none."""
    found = []
    for at, mark in enumerate(sizes):
        share = mark.value
        said = in_front(_EACH_OF_THEM, text, mark.start)
        if said is None:
            continue
        whole = next((one.value for one in sizes[:at] if one.value.units), None)
        if (
            whole is not None
            and recipients < _SEVERAL
            and share.kind is whole.kind is AmountKind.SIZE
            and share.units == whole.units
            and whole.low > share.low > 0
            and whole.low % share.low == 0
        ):
            found.append((said.start(), mark.end))
    return tuple(found)


_SEVERAL = 2
_EACH_OF_THEM = re.compile(r"(?:[一1每]个?人|人[均手]|每位)(?:喝|吃|用|拿|分|要|来|有|各)?$")
_PAUSES = frozenset({EventKind.COMMA, EventKind.STOP})
_NO_GOODS = frozenset({EventKind.QUANTITY, EventKind.NOUN, EventKind.JOIN, *_PAUSES})


def without_heading(text: str, events: Sequence[Event]) -> list[Event]:
    """三件套：A、B、C: what stands over a list says how many things it has, and orders none of them thrice.
    月卡两个：A、B says for how many recipients."""
    if ":" not in text:
        return list(events)
    for total in (event for event in events if _count(event) > 1):
        behind = [event for event in events if event.start > total.start and event.kind in _SAID]
        names = sum(event.kind is EventKind.NAME for event in behind)
        listed = len(behind) if {event.kind for event in behind} == {EventKind.ACCOUNT} else names
        if behind and ":" in text[total.end : behind[0].start] and _count(total) == listed:
            return [event for event in events if event is not total]
    return list(events)


_SAID = frozenset({EventKind.NAME, EventKind.AMOUNT, EventKind.QUANTITY, EventKind.ACCOUNT, EventKind.REGION})


def without_parts(counts: Sequence[Mark[Quantity]], recipients: int = 0) -> tuple[Mark[Quantity], ...]:
    """四张…我跟室友一人两张: how a total is shared out orders nothing more. A share that does not go into
    the total contradicts it. Among so many `recipients` it is the share that each of them gets."""
    whole = next((m for m in counts if m.value.kind is QuantityKind.COUNTED), None)
    total = whole.value.count or 0 if whole is not None else 0
    for mark in counts:
        share = mark.value.count or 0 if mark.value.each and mark is not whole else 0
        if recipients > 1 and share and share * recipients == total:
            return tuple(one for one in counts if one is not whole)
    kept: list[Mark[Quantity]] = []
    counted = False
    for mark in counts:
        share = mark.value.count or 0
        if not counted or not mark.value.each or share < 1 or total < 2:
            kept.append(mark)
            counted = counted or mark.value.kind is QuantityKind.COUNTED
        elif total % share:
            kept.append(replace(mark, value=replace(mark.value, each=False, kind=QuantityKind.COUNTED)))
    return tuple(kept)


def by_place(text: str, events: Sequence[Event], signs: Signs) -> list[Event] | None:
    """前两个100最后一个50, and three recipients: each with the size of its place. None where the sizes are
    not given by places, or do not cover all recipients once."""
    accounts = [event for event in events if event.kind is EventKind.ACCOUNT]
    sizes = [event for event in events if event.kind is EventKind.AMOUNT]
    names = sum(event.kind is EventKind.NAME for event in events)
    if len(accounts) < 2 or len(sizes) < 2 or names > 1 or any(event.kind in _UNSETTLING for event in events):
        return None
    given: dict[int, Event] = {}
    for size in sizes:
        said = in_front(signs.place, text, size.start)
        places = _places(said, len(accounts), given) if said is not None else []
        if not places or any(place in given for place in places):
            return None
        given |= dict.fromkeys(places, size)
    if len(given) != len(accounts):
        return None
    goods = [event for event in events if event.kind in _OF_THE_GOODS]
    return goods + [event for place, account in enumerate(accounts) for event in (account, given[place])]


_UNSETTLING = frozenset(
    {EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER, EventKind.OR}
)
_OF_THE_GOODS = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.QUALIFIER, EventKind.REGION})


def _places(said: re.Match[str], count: int, given: Mapping[int, Event]) -> list[int]:
    if said["rest"]:
        return [place for place in range(count) if place not in given]
    many = number(said["count"]) if said["count"] else None
    how_many = int(many.low) if many is not None and many.exact else 1
    if how_many > count:
        return []
    if said["nth"]:
        return [how_many - 1]
    return list(range(how_many)) if said["first"] else list(range(count - how_many, count))


def doubt_totals(
    text: str, records: Sequence[Record], each: bool, signs: Signs, left: frozenset[int] = frozenset()
) -> None:  # fmt: skip
    """Leaves the sizes open where the message says of its recipients what it does not keep. `left`: what
    nobody understood."""
    accounts = list(dict.fromkeys(e.account.text for r in records for e in r.accounts if e.account))
    if _one_sum_for_many(text, records, signs) or _other_number(text, accounts, each, signs, left):
        for record in records:
            record.doubtful = True
    for one, other in itertools.pairwise(records):
        if _only_the_callers(text, one, other, signs):
            one.doubtful = other.doubtful = True


def _one_sum_for_many(text: str, records: Sequence[Record], signs: Signs) -> bool:
    """一共充200，两个号: each of them 200, or both together?"""
    if len(records) < 2:
        return False
    sizes = Counter((event.start, event.end) for record in records for event in record.amounts)
    return any(times > 1 and in_front(signs.in_all, text, start) for (start, _), times in sizes.items())


def _other_number(
    text: str, accounts: Sequence[str], each: bool, signs: Signs, left: frozenset[int]
) -> bool:  # fmt: skip
    if not accounts:
        return False
    for match in signs.so_many_numbers.finditer(text):
        said = number(match["count"])
        if said is None or not said.exact or said.low < 2 or said.low == len(accounts):
            continue
        told = any(at in left for at in range(match.end(), match.end() + 4))  # 三个号轮着用
        if (each and not told) or match["these"]:
            return True
    return False


def _only_the_callers(text: str, one: Record, other: Record, signs: Signs) -> bool:
    """我的号是A，给B充50: the first number says who speaks, the second who gets it."""
    if not one.accounts or not other.accounts or len(one.amounts) > 1:
        return False
    first, second = one.accounts[0], other.accounts[0]
    own_goods = any(first.start < event.start < second.start for event in (*one.amounts, *one.names))
    return (
        not own_goods
        and in_front(signs.own_number, text, first.start) is not None
        and signs.for_another.search(text, first.end, second.start) is not None
    )


def _count(event: Event) -> int:
    return event.quantity.count or 0 if event.quantity is not None else 0
