"""What is said twice in one breath: 三张京东卡一百一张的对一百的三张, 五十话费就五十.

Who speaks says a thing again to be sure that it was heard, and orders it once. What repeats itself is
taken away before lines are made; what is said again differently stays, and is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from nlu.records import Event, EventKind, Record, is_article, same_goods, same_value
from nlu.signs import Signs


def without_repeats(text: str, events: list[Event], signs: Signs) -> list[Event]:
    """The events without those that say again what was said in the same breath."""
    kept: list[Event] = []
    breath: list[Event] = []
    at = 0
    while at < len(events):
        event = events[at]
        if event.kind in _ENDS:
            breath = []
        elif event.kind in _GOODS and breath:
            run = _run(text, events[at:], signs)
            if run and _affirmed(text, events[:at], run[0], signs) and _repeats(run, breath):
                at += len(run)
                continue
            if _counted_again(text, run, breath):
                at += 1
                continue
        kept.append(event)
        if event.kind in _GOODS:
            breath.append(event)
        at += 1
    return kept


def doubt_otherwise(text: str, events: Sequence[Event], records: Sequence[Record], signs: Signs) -> None:
    """三张京东卡一百一张的对两百的三张: yes was said, and then another size."""
    if any(_said_otherwise(text, events, signs)):
        for record in records:
            record.doubtful = True


def _said_otherwise(text: str, events: Sequence[Event], signs: Signs) -> Iterable[bool]:
    for at, event in enumerate(events):
        breath: list[Event] = []
        for before in reversed(events[:at]):
            if before.kind not in _GOODS:
                break
            breath.append(before)
        sizes = [before for before in breath if before.kind is EventKind.AMOUNT]
        since = breath[0].end if breath else event.start
        yes = _YES in text[since : event.start] and signs.affirming.search(text, since, event.start)
        yield (
            event.kind is EventKind.AMOUNT and bool(yes and sizes) and not any(_same(event, s) for s in sizes)
        )


def _run(text: str, events: Sequence[Event], signs: Signs) -> list[Event]:
    """What is said of goods from here on, up to a pause, a recipient or another word of affirming."""
    run: list[Event] = []
    for event in events:
        if event.kind not in _GOODS or (run and signs.affirming.search(text, run[-1].end, event.start)):
            break
        run.append(event)
    return run


def _affirmed(text: str, before: Sequence[Event], first: Event, signs: Signs) -> bool:
    """Whether a word of affirming stands right in front: 对, 就要."""
    since = max((event.end for event in before), default=0)
    return signs.affirming.search(text, since, first.start) is not None


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


def _counted_again(text: str, run: Sequence[Event], breath: Sequence[Event]) -> bool:
    """四张五十的猫超卡四张: the same count without a pause, and no other goods around it."""
    if not run or run[0].kind is not EventKind.QUANTITY or not _plural(run[0]):
        return False
    if any(pause in text[breath[0].start : run[0].start] for pause in " ,"):
        return False
    sized = any(event.kind is EventKind.AMOUNT for event in breath)
    one_kind = all(
        _same(one, other)
        for one, other in combinations(breath, 2)
        if one.kind is other.kind and one.kind in _TOLD_APART
    )
    return sized and one_kind and _said(run[0], breath) and all(_said(event, breath) for event in run[1:])


def _plural(event: Event) -> bool:
    return event.quantity is not None and (event.quantity.count or 0) > 1


def _same(one: Event, other: Event) -> bool:
    if one.kind is EventKind.NAME and other.kind is EventKind.NAME:
        return same_goods(one.mention, other.mention)
    return same_value(one, other)


def _of_unit(event: Event) -> bool:
    """五十个 says the size again of what is its own unit; 三份 counts."""
    return event.quantity is not None and event.quantity.word == "个"


def _value(event: Event) -> int | None:
    if event.quantity is not None:
        return event.quantity.count
    return int(event.amount.low) if event.amount is not None else None


_YES = "对"
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
