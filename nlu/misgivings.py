"""Numbers that were broken, doubled or counted twice: what they say cannot be known, so it is asked.

两嗯个月 is no 月 of which there are two, 一百百 no hundred, and 五张…一张 neither five nor one. A reader
takes from such talk what it can use; here the line that it was taken for is put in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from nlu.amounts import AmountKind
from nlu.lexicon import Lexicon
from nlu.quantities import QuantityKind
from nlu.records import Event, EventKind, Record

_NUMERALS = frozenset("零一二三四五六七八九十百千万亿两")
_READ = frozenset({EventKind.AMOUNT, EventKind.QUANTITY, EventKind.ACCOUNT, EventKind.NAME, EventKind.REGION})
_LATIN_WORD = re.compile(r" ?([a-z]{3,12})(?![a-z])")
_PAUSES = frozenset({EventKind.COMMA, EventKind.STOP})


def misgive(
    text: str, events: Sequence[Event], records: Sequence[Record], left: frozenset[int], lexicon: Lexicon
) -> None:
    """Mark the records that hold such a number."""
    for at in _broken(text, events, lexicon):
        _doubt(records, at)
    for event in events:
        if event.amount is not None and (
            _run_on(text, event, events) or _misspelt_unit(text, event, lexicon)
        ):
            _doubt(records, event.start)
    for record in records:
        own = [name.start for name in record.names]
        for event in _within(record, events, EventKind.AMOUNT, EventKind.QUANTITY):
            if event.start - 1 not in left or any(start < event.start for start in own):
                continue
            counted = event.quantity is not None and event.quantity.kind is QuantityKind.COUNTED
            perhaps_named = event.amount is not None and event.start - 2 in left and not record.corrected
            if (counted and not own) or perhaps_named:
                # 天、龙八部, 滴敌20一张，高德…: what stands in front was perhaps its name.
                record.doubtful = True
    recipients = sum(bool(record.accounts) for record in records)
    for record in records:
        if recipients < 2 and _counted_twice(text, list(_within(record, events, *EventKind))):
            record.doubtful = True


def _doubt(records: Sequence[Record], at: int) -> None:
    before = [record for record in records if record.start <= at]
    for record in before[-1:] or records[:1]:
        record.doubtful = True


def _within(record: Record, events: Iterable[Event], *kinds: EventKind) -> Iterable[Event]:
    """The events of such kinds between the first and the last that a record took up."""
    return (event for event in events if event.kind in kinds and record.start <= event.start <= record.end)


def _broken(text: str, events: Sequence[Event], lexicon: Lexicon) -> Iterable[int]:
    """Where a number and its measure or its period were torn apart: 12😂个, 一那啥年."""
    accounts = [(event.start, event.end) for event in events if event.kind is EventKind.ACCOUNT]
    for found in _torn(lexicon).finditer(text):
        if not any(start <= found.start() < end for start, end in accounts):
            yield found.start()


def _run_on(text: str, event: Event, events: Sequence[Event]) -> bool:
    """Whether a numeral touches the amount that belongs to nothing: 一百百, 百二百."""
    return any(
        text[at : at + 1] in _NUMERALS
        and not any(
            other is not event and other.kind in _READ and other.start <= at < other.end for other in events
        )
        for at in (event.start - 1, event.end)
        if 0 <= at < len(text)
    )


def _misspelt_unit(text: str, event: Event, lexicon: Lexicon) -> bool:
    """1 yaer: a word that is one slip from a unit."""
    if event.amount is None or event.amount.kind is not AmountKind.BARE:
        return False
    found = _LATIN_WORD.match(text, event.end)
    words = lexicon.words("quantities.latin_units")
    return (
        found is not None
        and found[1] not in words
        and any(OSA.distance(found[1], word, score_cutoff=1) == 1 for word in words if len(word) > 3)
    )


def _counted_twice(text: str, events: list[Event]) -> bool:
    """喜茶卡五张，…，一张: two counts in two clauses, the second of them one. Not 两张，100一张."""
    count: int | None = None
    for at, event in enumerate(events):
        if event.kind is EventKind.CORRECTION:
            count = None
        if event.quantity is None:
            continue
        said = text[event.start : event.end]
        before = events[at - 1] if at else None
        priced = before is not None and before.kind is EventKind.AMOUNT and before.end == event.start
        paused = any(other.kind in _PAUSES for other in events[:at])
        one = event.quantity.kind is QuantityKind.ARTICLE and said.startswith("一")
        if one and count is not None and count > 1 and paused and not priced:
            return True
        if event.quantity.kind is QuantityKind.COUNTED:
            count = event.quantity.count
    return False


@lru_cache(maxsize=4)
def _torn(lexicon: Lexicon) -> re.Pattern[str]:
    fillers = "|".join(map(re.escape, sorted(lexicon.words("accounts.fillers"), key=len, reverse=True)))
    noise = rf"(?:{fillers}|[a-z]{{2,5}}(?![a-z])|\[[^\]\n]{{1,3}}\]|[^\u4e00-\u9fffa-z0-9\s,;:()\[\]、+*x×/.!?\-])"
    pause = rf"(?:{noise}|[ ,.\n、/!~])"
    return re.compile(
        rf"(?<![0-9])[0-9]{{1,3}}(?:{noise}){{1,4}}[个张份套台]"
        rf"|[一二两三四五六七八九十俩](?:{noise}){{1,4}}[个张份套台]"
        rf"|(?:(?<![0-9])[0-9]{{1,2}}个|[一两二三四五六七八九十半几](?:个)?){pause}{{1,8}}[年月季](?![卡费包票套租付刊度中底初末前后间内])"
    )
