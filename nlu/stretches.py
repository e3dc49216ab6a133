"""The stretches of a message that may be left out where they are but talk (`nlu/talk.py`).

A clause that holds a recipient, a server, a tier or a correction is none of them. One that names goods may only tell of
them (我电脑是win11的); it is judged with the goods masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nlu.alternations import any_of
from nlu.amounts import AmountKind
from nlu.clause_judge import SLOT, Clause
from nlu.lexicon import Lexicon
from nlu.numerals import numbers
from nlu.reading import Reading
from nlu.recipients import PHONE
from nlu.records import Event, EventKind

SHORT_NAME = 3
"""As many characters behind 一个月的 may be what is left of a name."""
SHORT_BESIDE = 5
"""Fewer Chinese characters beside the order in one clause may be a name."""

_KEPT = frozenset(
    {
        EventKind.NAME, EventKind.ACCOUNT, EventKind.REGION, EventKind.QUALIFIER, EventKind.CORRECTION,
        EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER, EventKind.OR,
    }
)  # fmt: skip
"""A clause with one of these is part of the order, or of what it is not."""
CLAUSE = re.compile(r"(?:[^,，。;；:：!！?？\n~…、\s]+|(?<=[a-z0-9])[^\S\n]+(?=[a-z0-9]))+[?？]?")
_PARTS = re.compile(r"[,，。;；!！?？\n~…]")
_PAUSES = ("~", "…")
_PAUSES_IN_NUMBERS = " ,，.·-—"
_NOISE = re.compile(rf"[^\u4e00-\u9fffa-z0-9?{SLOT}]+")
_LATIN = re.compile(r"[a-z]{2}")
NUMERALS = frozenset("两二三四五") | frozenset("六七八九十") | frozenset("百千俩仨双")
_WORDS = ("ones", "counters", "as_well", "awaiting", "comes_then", "not_now", "needless", "buying")
"""Lists of `data/lexicon/talk.yaml`."""
_OF = "的"
_RUN = re.compile("[\u4e00-\u9fff]{2,6}")
_RUN_BEFORE = re.compile("[\u4e00-\u9fff]{1,4}$")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A clause that holds nothing that must be kept. `used`: whether a number of it was taken for a size or a
    count."""

    start: int
    end: int
    clause: Clause
    used: bool
    apart: bool
    """Whether punctuation parts it from the order, and not but a blank: 京的卡 100 2 may be a misspelled name."""


class Stretches:
    """Finds the stretches of messages that may be left out, if they are but talk. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        word = {name: any_of(lexicon, f"talk.{name}") for name in _WORDS}
        self._counted = re.compile(
            f"(?:0|{word['ones']}){word['counters']}$|{word['as_well']}.{{0,2}}0|^0{word['counters']}.{{0,4}}$"
        )
        """一人两张, …也三个月, 两个密药: who counts last or says only that, or says the same of another, orders."""
        self._put_off = re.compile(
            f"{word['awaiting']}.{{1,8}}{word['comes_then']}|{word['not_now']}|{word['needless']}{word['buying']}"
        )

    def puts_off(self, text: str) -> bool:
        """Whether an order is put off or forbidden: 等有活动了再…, 先等等, 莫…, 不用来了."""
        return self._put_off.match(text) is not None

    def clauses(self, reading: Reading) -> Iterator[Spoken]:
        """The clauses that may be left out, if they are but talk; offsets into the normalised text."""
        order = _Order.of(reading)
        for start, end in order.clauses():
            held = _sized_stranger(reading, start, end) or _torn_off(reading, start, end)
            if not touches(order.kept, start, end) and not held:
                apart = _stands_apart(order, start, end)
                yield from self._spoken(order, start, end, apart)

    def behind(self, reading: Reading) -> Iterator[Spoken]:
        """What stands in a clause behind its part of the order: …孙子闹着要吃炸鸡. Of several such stretches the longer
        comes first. What stands in front of goods may govern them (老板奖励我…) and is heard."""
        order = _Order.of(reading)
        if not any(event.kind is EventKind.NAME for event in reading.events):
            named = [(event.start, event.end) for event in _names(reading)]
            order = replace(order, kept=[span for span in order.kept if span not in named])
        for start, end in order.clauses():
            last = max((two for one, two in order.kept if start <= one < end), default=None)
            if last is None:
                continue
            ends = sorted({last, *(two for one, two in order.used if last <= one < end)})
            for begin in ends:
                # 一百百港币的卡: what was torn from a number is no talk.
                if end - begin >= SHORT_BESIDE and order.text[begin] not in NUMERALS:
                    yield from self._spoken(order, begin, end)

    def naming(self, reading: Reading) -> Iterator[Spoken]:
        """The sentences of one clause that name goods, and hold nothing else of an order but numbers: 上次在别家买优酷被坑了."""
        names = [(event.start, event.end) for event in _names(reading)]
        order = _Order.of(reading)
        for start, end in order.clauses() if names else ():
            inside = [span for span in names if start <= span[0] and span[1] <= end]
            others = [span for span in order.kept if span not in inside]
            if not inside or touches(others, *_sentence(order.text, start, end)):
                continue
            said = plain_clause(_masked(order.text, start, end, inside))
            if said != SLOT and not self.puts_off(said):
                outside = [at for at, _ in (*order.kept, *order.used) if not start <= at < end]
                clause = Clause(said, "<" if start < min(outside, default=0) else ">")
                yield Spoken(start, end, clause, touches(order.used, start, end), apart=True)

    def _spoken(self, order: _Order, start: int, end: int, apart: bool = False) -> Iterator[Spoken]:
        said = plain_clause(order.text[start:end])
        if said and not _LATIN.search(said) and not self._counted.search(said) and not self.puts_off(said):
            clause = Clause(said, "<" if start < order.first else ">")
            yield Spoken(start, end, clause, touches(order.used, start, end), apart)


@dataclass(frozen=True, slots=True)
class _Order:
    """Where the parts of the order stand in one message."""

    reading: Reading
    kept: Sequence[tuple[int, int]]
    """What must be kept."""
    used: Sequence[tuple[int, int]]
    """The numbers that were taken for sizes and counts."""
    first: int
    """Where the order begins."""

    @classmethod
    def of(cls, reading: Reading) -> _Order:
        accounts = [event.account for event in reading.events if event.account is not None]
        holding = (*_names(reading), *(event for event in reading.events if event.kind in _KEPT))
        kept = [(event.start, event.end) for event in holding]
        kept += [account.label for account in accounts if account.label is not None]
        used = [
            (event.start, event.end)
            for record in reading.records
            for event in (*record.amounts, *((record.quantity,) if record.quantity else ()))
        ]
        return cls(reading, kept, used, min((start for start, _ in (*kept, *used)), default=0))

    @property
    def text(self) -> str:
        return self.reading.page.text

    def clauses(self) -> Iterator[tuple[int, int]]:
        return (found.span() for found in CLAUSE.finditer(self.text))


def _names(reading: Reading) -> Sequence[Event]:
    """What names the goods of a message: their kind alone (外卖) where no name does."""
    named = [event for event in reading.events if event.kind is EventKind.NAME]
    kinds = (event for event in reading.events if event.kind is EventKind.NOUN)
    return named or [event for event in kinds if event.mention is not None and event.mention.options]


def _stands_apart(order: _Order, start: int, end: int) -> bool:
    """Whether punctuation parts a clause from the order."""
    others = [*order.kept, *(span for span in order.used if not start <= span[0] < end)]
    if touches(others, *_sentence(order.text, start, end)):
        return False
    # 瑞慈体~检卡: what may be a name is parted from the goods by more than a sign of pausing.
    paused = order.text[end : end + 1] in _PAUSES or order.text[start - 1 : start] in _PAUSES
    return not paused or order.reading.shape.left.nameable.isdisjoint(range(start, end))


def _masked(text: str, start: int, end: int, names: Sequence[tuple[int, int]]) -> str:
    """A clause with its goods masked."""
    masked = text[start:end]
    for one, two in reversed(names):
        masked = f"{masked[: one - start]}{SLOT}{masked[two - start :]}"
    return masked


def _sized_stranger(reading: Reading, start: int, end: int) -> bool:
    """康馨乃11支一束, 一个月的酷优: a size beside what may be a name was ordered, whatever the clause sounds like."""
    text, names = reading.page.text, reading.shape.left.nameable
    inside = [event for event in reading.events if start <= event.start < end]
    counted = any(event.quantity is not None for event in inside)
    for event in inside:
        bare = event.amount is not None and event.amount.kind is AmountKind.BARE
        if bare and _listed_stranger(reading, start, end, event):
            return True
        if event.amount is None or (bare and (not counted or event.end - event.start == 1)):
            continue
        behind = event.end + (text[event.end : event.end + 1] == _OF)
        run = _RUN_BEFORE.search(text, start, event.start)
        unread = reading.shape.left.over.intersection(range(*run.span())) if run is not None else ()
        named = counted and len(unread) > 1 and max(unread) >= event.start - 2
        if named or not names.isdisjoint((event.start - 1, event.start - 2, behind)):
            return True
        rest = range(behind, end)
        if event.end < behind and len(rest) <= SHORT_NAME and not reading.shape.left.over.isdisjoint(rest):
            return True  # 一个月的酷, 一个月的优着
    return False


def _torn_off(reading: Reading, start: int, end: int) -> bool:
    """给学号202，3114057的校园网…: the bare number at the end of a clause is perhaps the beginning of the recipient
    behind it. A whole telephone lacks none."""
    last = [event for event in reading.events if start <= event.start and event.end == end]
    bare = any(event.amount is not None and event.amount.kind is AmountKind.BARE for event in last)
    following = next((event for event in reading.events if event.start > end and event.account), None)
    return (
        bare
        and following is not None
        and following.account is not None
        and following.account.text.isdecimal()
        and PHONE not in following.account.kinds
        and not reading.page.text[end : following.start].strip(_PAUSES_IN_NUMBERS)
    )


def _listed_stranger(reading: Reading, start: int, end: int, size: Event) -> bool:
    """梦幻西西游100，剑三50: a word and a size are the whole clause, as in the clause of goods beside it."""
    text, left = reading.page.text, reading.shape.left.over
    run = _RUN.fullmatch(text, start, size.start)
    if size.end != end or run is None or {size.start - 1, size.start - 2} - left:
        return False
    return any(
        one.kind is EventKind.NAME and other.kind is EventKind.AMOUNT and one.end == other.start
        for one, other in pairwise(reading.events)
    )


def plain_clause(text: str) -> str:
    """A clause as it is judged: every number is 0, and what is no word is gone."""
    characters = list(text)
    for mark in numbers(text):
        if mark.end - mark.start > 1 or text[mark.start].isdigit() or text[mark.start] in NUMERALS:
            characters[mark.start : mark.end] = "0" + "\0" * (mark.end - mark.start - 1)
    return re.sub("0+", "0", _NOISE.sub("", "".join(characters).replace("\0", "")))


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch around a clause up to the next punctuation."""
    while start > 0 and not _PARTS.match(text, start - 1):
        start -= 1
    while end < len(text) and not _PARTS.match(text, end):
        end += 1
    return start, end


def touches(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(one < end and start < max(two, one + 1) for one, two in spans)
