"""What is said twice in one breath: 三张京东卡一百一张的对一百的三张, 五十话费就五十.

Who speaks says a thing again to be sure that it was heard, and orders it once. What repeats itself is
taken away before lines are made; what is said again differently stays, and is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, combinations, pairwise, takewhile

from nlu.amounts import AmountKind
from nlu.records import Event, EventKind, Record, is_article, same_goods, same_value
from nlu.signs import Signs


def without_repeats(text: str, events: list[Event], signs: Signs) -> list[Event]:
    """The events without those that say again what was said in the same breath."""
    events = _without_enough(text, events, signs)
    kept: list[Event] = []
    breath: list[Event] = []
    said_until = [0, *accumulate((event.end for event in events), max)]
    at = 0
    while at < len(events):
        event = events[at]
        if event.kind in _ENDS:
            breath = []
        elif event.kind in _GOODS and breath:
            # A word of affirming stands right in front: 对, 就要.
            affirmed = signs.affirming.search(text, said_until[at], event.start) is not None
            if affirmed and _repeats(run := _run(text, events[at:], signs), breath):
                at += len(run)
                continue
            if _may_count_again(text, event, breath) and _counted_again(
                _run(text, events[at:], signs), breath
            ):
                at += 1
                continue
        kept.append(event)
        if event.kind in _GOODS:
            # Of one breath all names are of the same goods, so that the last one tells.
            named = next((one for one in reversed(breath) if one.kind is EventKind.NAME), None)
            if event.kind is EventKind.NAME and named is not None and _other_goods(event, named):
                breath = []  # 京东卡100的5张，天猫卡100嗯的5张: said of others before
            breath.append(event)
        at += 1
    return kept


def _without_enough(text: str, events: list[Event], signs: Signs) -> list[Event]:
    """买一份…，学校用，一份就够: a count that is called enough, and all that its clause says of the goods. Of several
    goods nobody knows of which it is enough."""
    kept: list[Event] = []
    for at, event in enumerate(events):
        alone = (not kept or kept[-1].kind in _PAUSES) and (
            at + 1 == len(events) or events[at + 1].kind in _PAUSES
        )
        if event.quantity is not None and alone and signs.enough.match(text, event.end):
            counts = [one for one in kept if one.kind is EventKind.QUANTITY]
            if counts and all(_same(event, one) for one in counts) and _one_good(events):
                continue
        kept.append(event)
    return kept


def _one_good(events: Sequence[Event]) -> bool:
    """Whether all goods and sizes that were said are the same."""
    firsts: dict[EventKind, Event] = {}
    return all(
        _same(event, firsts.setdefault(event.kind, event)) for event in events if event.kind in _TOLD_APART
    )


def doubt_otherwise(text: str, events: Sequence[Event], records: Sequence[Record], signs: Signs) -> None:
    """三张京东卡一百一张的对两百的三张: yes was said, and then another size."""
    if _said_otherwise(text, events, signs):
        for record in records:
            record.doubtful = True


def _said_otherwise(text: str, events: Sequence[Event], signs: Signs) -> bool:
    for at, (before, event) in enumerate(pairwise(events), start=1):
        between = before.end, event.start
        if event.kind is not EventKind.AMOUNT or _YES not in text[slice(*between)]:
            continue
        if signs.affirming.search(text, *between) is None:
            continue
        breath = takewhile(lambda said: said.kind in _GOODS, reversed(events[:at]))
        sizes = [said for said in breath if said.kind is EventKind.AMOUNT]
        if sizes and not any(_same(event, size) for size in sizes):
            return True
    return False


def _run(text: str, events: Sequence[Event], signs: Signs) -> list[Event]:
    """What is said of goods from here on, up to a pause, a recipient or another word of affirming."""
    run: list[Event] = []
    for event in events:
        if event.kind not in _GOODS or (run and signs.affirming.search(text, run[-1].end, event.start)):
            break
        run.append(event)
    return run


def _repeats(run: Sequence[Event], breath: Sequence[Event]) -> bool:
    """Whether all that a run says was said, and nothing else of the same kind."""
    told = [event for event in run if event.kind in _TELLING]
    return bool(told) and all(_said(event, breath) for event in run)


def _said(event: Event, breath: Sequence[Event]) -> bool:
    """Whether the breath said it, and of its kind nothing else. 一张 of 一百一张 counts nothing."""
    alike = [
        other
        for other in breath
        if other.kind is event.kind and (_same(event, other) or not is_article(other))
    ]
    if event.kind not in _TELLING and event.kind is not EventKind.NAME:
        return any(_same(event, other) for other in alike)
    if not alike and event.kind is EventKind.QUANTITY:
        return is_article(event) or (_of_unit(event) and any(_value(event) == _value(one) for one in breath))
    return bool(alike) and all(_same(event, other) for other in alike)


def _may_count_again(text: str, event: Event, breath: Sequence[Event]) -> bool:
    """Whether a count of several follows without a pause."""
    return _plural(event) and not any(pause in text[breath[0].start : event.start] for pause in " ,")


def _counted_again(run: Sequence[Event], breath: Sequence[Event]) -> bool:
    """四张五十的猫超卡四张: the same count once more, and no other goods around it."""
    sized = any(event.kind is EventKind.AMOUNT for event in breath)
    if not sized or not all(_said(event, breath) for event in run):
        return False
    return all(
        _same(one, other)
        for one, other in combinations(breath, 2)
        if one.kind is other.kind and one.kind in _TOLD_APART
    )


def _plural(event: Event) -> bool:
    return event.quantity is not None and (event.quantity.count or 0) > 1


def _same(one: Event, other: Event) -> bool:
    if one.kind is EventKind.NAME and other.kind is EventKind.NAME:
        return same_goods(one.mention, other.mention)
    return same_value(one, other)


def _other_goods(name: Event, said: Event) -> bool:
    return said.kind is EventKind.NAME and not _same(name, said)


def _of_unit(event: Event) -> bool:
    """五十个 says the size again of what is its own unit; 三份 counts, and so does the 三个 of 季卡三个."""
    return event.quantity is not None and event.quantity.word == "个"


def _value(event: Event) -> int | None:
    if event.quantity is not None:
        return event.quantity.count
    sized = event.amount is not None and event.amount.kind is not AmountKind.PERIOD
    return int(event.amount.low) if event.amount is not None and sized else None


_YES = "对"
_PAUSES = frozenset({EventKind.COMMA, EventKind.STOP})
_TELLING = frozenset({EventKind.AMOUNT, EventKind.QUANTITY})
_TOLD_APART = frozenset({EventKind.AMOUNT, EventKind.NAME, EventKind.QUALIFIER})
"""What is another good where it is said otherwise."""
_GOODS = frozenset(
    {EventKind.AMOUNT, EventKind.QUANTITY, EventKind.NAME, EventKind.NOUN, EventKind.QUALIFIER}
)
_ENDS = frozenset(
    {
        EventKind.STOP, EventKind.JOIN, EventKind.OR, EventKind.ACCOUNT, EventKind.CORRECTION,
        EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER,
    }
)  # fmt: skip
"""Behind them something else is spoken of."""
