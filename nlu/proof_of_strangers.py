"""Whether goods that nobody understood were joined, listed or counted beside those of the lines.

Of 埋堆堆月卡和央视这月卡, 优酷、果、爱奇艺月卡 and 蓝钻来一个，再加1000点券 one thing is understood and the other is not. A line
that is whole must not be sold alone as if nothing else had been wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nlu.corrections import CueKind
from nlu.records import EventKind
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven


def with_strangers(said: Said) -> Iterator[Doubt]:
    """Which lines stand beside goods that nobody understood."""
    yield from _joined_with_strangers(said)
    yield from _first_of_a_list(said)
    yield from strangers_listed(said)
    if _kind_joined(said):
        yield from said.all(Unproven.NAME_UNUSED)


def strangers_listed(said: Said) -> Iterator[Doubt]:
    """Goods that were listed or counted, and that nobody understood."""
    yield from _counted_strangers(said)
    yield from _listed_strangers(said)


def _joined_with_strangers(said: Said) -> Iterator[Doubt]:
    """埋堆堆月卡和央视这月卡: words that nobody understood, between a joiner and a card or a size."""
    left = said.reading.shape.left.over
    for join, following in pairwise(said.reading.events):
        if join.kind is not EventKind.JOIN:
            continue
        if following.kind is EventKind.AMOUNT and said.text[join.start : join.end] in _LISTS:
            between = range(join.end, following.start)
            named = any(e.end == join.start for e in said.reading.events if e.kind in _OF_GOODS)
            if named and 0 < len(between) <= _WORD_MAX and not left.isdisjoint(between):
                yield from said.all(Unproven.NAME_UNUSED)  # 爱奇艺和芒的月卡
        if following.kind is not EventKind.NOUN:
            continue
        words = [at for at in range(join.end, following.start) if said.text[at] != " "]
        if _CHARACTERS_MIN <= len(words) <= _BETWEEN_MAX and len(left.intersection(words)) >= _CHARACTERS_MIN:
            yield said.nearest(join.start), Unproven.NAME_UNUSED
        elif words and said.text[join.start : join.end] in _LISTS and left.issuperset(words):
            yield from said.all(Unproven.NAME_UNUSED)  # 优酷、芒果、艺会员


def _first_of_a_list(said: Said) -> Iterator[Doubt]:
    """酷、芒果、爱奇艺会员: the first name of a list is one that nobody understood."""
    left = said.reading.shape.left.over
    for join, name in pairwise(said.reading.events):
        if join.kind is not EventKind.JOIN or name.kind is not EventKind.NAME or name.start > join.end + 1:
            continue
        begin, _ = said.bounds(join.start)
        alone = not any(event.end <= join.start for event in said.beside(join.start, SLOT_EVENTS))
        word = said.text[begin : join.start].strip()
        short = 0 < len(word) <= _WORD_MAX and _CHINESE.fullmatch(word) is not None
        if alone and short and not left.isdisjoint(range(begin, join.start)):
            yield from said.all(Unproven.NAME_UNUSED)


def _listed_strangers(said: Said) -> Iterator[Doubt]:
    """优酷、果、爱奇艺月卡: between two goods of a list stands what nobody understood."""
    left = said.reading.shape.left.over
    for first, join, second, last in zip(*(said.reading.events[at:] for at in range(4)), strict=False):
        kinds = (first.kind, join.kind, second.kind, last.kind)
        between = range(join.end, second.start)
        if kinds == _LISTED and 0 < len(between) <= _WORD_MAX and left.issuperset(between):
            yield from said.all(Unproven.NAME_UNUSED)


def _counted_strangers(said: Said) -> Iterator[Doubt]:
    """魔兽月他一个(邮箱 …)，再拿两张steam国区100; 来一个蓝钻，再来1000点券: in a clause of its own something was counted that
    nobody understood, and other goods are joined to it or stand in another clause."""
    nameable = said.reading.shape.left.nameable
    goods = [event.start for event in said.reading.events if event.kind in _SIZED_OR_NAMED]
    joins = [event.start for event in said.reading.events if event.kind is EventKind.JOIN]
    orders = [cue.start for cue in said.reading.cues.get(CueKind.ORDER, ())]
    for event in said.reading.events:
        if (
            event.quantity is None
            or event.quantity.word in _OF_DEEDS
            or said.beside(event.start, _DESCRIBING)
        ):
            continue
        begin, end = said.bounds(event.start)
        before = nameable.intersection(range(max(begin, event.start - _NEAR), event.start))
        behind = nameable.intersection(range(event.end, min(end, event.end + _NEAR)))
        later = [start for start in goods if start > event.end]
        joined = any(event.end <= at < min(later, default=0) for at in joins)
        wanted = any(begin <= start < end for start in orders)
        if (joined or wanted) and max(len(before), len(behind)) >= _CHARACTERS_MIN:
            yield from said.all(Unproven.NAME_UNUSED)
    if any(nameable.issuperset(range(*match.span("word"))) for match in _CARDED.finditer(said.text)):
        yield from said.all(Unproven.NAME_UNUSED)  # …，麦当姥券一张


def _kind_joined(said: Said) -> bool:
    """会员来一个，再加100Q币: in a clause of its own a kind of goods was ordered and not said which, and others are
    joined to it."""
    orders = [cue.start for cue in said.reading.cues.get(CueKind.ORDER, ())]
    joins = [event.start for event in said.reading.events if event.kind is EventKind.JOIN]
    goods = [event.start for event in said.reading.events if event.kind in _SIZED_OR_NAMED]
    for event in said.reading.events:
        if event.kind is not EventKind.NOUN or said.turned or said.beside(event.start, _TELLING):
            continue
        begin, end = said.bounds(event.start)
        wanted = any(begin <= start < end for start in orders)
        later = min((start for start in goods if start > event.end), default=0)
        if wanted and any(event.end <= at < later for at in joins):
            return True
    return False


_CHARACTERS_MIN = 2
_NEAR = 3
"""So near to a count stands what it counts; 来 or 小 may be between."""
_OF_DEEDS = frozenset("次遍回轮")
"""先给一号工程师充一次: so often something is done."""
_WORD_MAX = 4
_BETWEEN_MAX = 10
_LISTED = (EventKind.NAME, EventKind.JOIN, EventKind.JOIN, EventKind.NAME)
_LISTS = ("、", "和", "跟", "及")
_SIZED_OR_NAMED = frozenset({EventKind.NAME, EventKind.AMOUNT})
_OF_GOODS = _SIZED_OR_NAMED | {EventKind.NOUN}
_TELLING = _SIZED_OR_NAMED | {EventKind.QUALIFIER}
_DESCRIBING = _TELLING | {EventKind.NOUN}
_CARDED = re.compile("(?<![^\\s,，。;；、])(?P<word>[\u4e00-\u9fff]{2,4}[券卡卷票])[一1][张个份]")
_CHINESE = re.compile("[\u4e00-\u9fff]+")
