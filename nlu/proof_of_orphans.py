"""Whether everything that was said has its goods: a line that was added, a row of a list, a size behind a count.

A slip can take the goods of a line away so that nothing is left of it but the words around them: 再给我充点话地,
优酷、为果、爱奇艺, 一百的两张京到卡一百的一张. The other lines look whole, and one is silently missing, or another
one takes over its count and its recipient. So where something was added, listed or said a second time, and beside it
stands what nobody understood, it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.amounts import AmountKind
from nlu.corrections import CueKind
from nlu.normalise import plain
from nlu.records import EventKind, Record, is_article, same_value
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven
from nlu.understanding import Slot
from nlu.vocabulary import Vocabulary


class ProofOfOrphans:
    """Holds what was added, listed and said twice against the goods of the lines. Immutable."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        few = vocabulary.products if len(vocabulary.products) <= _PRODUCTS_COMPARED else {}
        self._called = {
            one: tuple(plain(word).replace(" ", "") for word in (product.name, *product.aliases))
            for one, product in few.items()
        }
        heads = (word[:_HEAD] for words in self._called.values() for word in words)
        self._heads = frozenset(head for head in heads if _HAN.fullmatch(head))

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Which lines may lack a neighbour, or have taken over what was its own."""
        if (
            _adds_strangers(said)
            or _lists_strangers(said)
            or _counts_strangers(said)
            or self._names_another(said)
        ):
            yield from said.all(Unproven.NAME_UNUSED)
        for at, _, record in said.pairs():
            if _sized_again(said, record) or _row_without_goods(said, record):
                yield at, Unproven.NAME_UNUSED
            if _cut_off(said, record):
                yield at, Unproven.NUMBER

    def _names_another(self, said: Said) -> bool:
        """爱奇艺何芒果的月卡: characters that nobody understood, right beside a name or a size, begin the name of other
        goods that no line has."""
        left = said.reading.shape.left.over
        mine = "\0".join(
            word for line in said.lines if line.product for word in self._called.get(line.product.value, ())
        )
        goods = [(event.start, event.end) for event in said.reading.events if event.kind in _OF_GOODS]
        for at in left:
            head = said.text[at : at + _HEAD]
            if at + 1 in left and head in self._heads and head not in mine:
                end = at + _HEAD
                if any(said.text[end:start] in _TOUCHING and end <= start for start, _ in goods) or any(
                    said.text[stop:at] in _TOUCHING and stop <= at for _, stop in goods
                ):
                    return True
        return False


def _adds_strangers(said: Said) -> bool:
    """…，再给我充点话地; 还要个绿砖; 顺便同一个号开个wps月论: something is added, and nobody understood what."""
    left = said.reading.shape.left.over
    joins = (event for event in said.reading.events if event.kind is EventKind.JOIN)
    adding = [event.end for event in joins if said.text[event.start : event.end] != _PLUS]
    adding += [cue.end for cue in said.reading.cues.get(CueKind.ADD, ())]
    first = min((event.start for event in said.reading.events if event.kind in SLOT_EVENTS), default=0)
    asked = [cue.start for kind in _ASKING for cue in said.reading.cues.get(kind, ())]
    for begin in adding:
        end = said.bounds(begin)[1]
        beside = [event for event in said.beside(begin, SLOT_EVENTS) if event.start >= begin]
        if begin < first or any(begin <= at < end for at in asked) or not all(map(is_article, beside)):
            continue
        verbs = [
            cue.end for cue in said.reading.cues.get(CueKind.ORDER, ()) if begin < cue.end and cue.start < end
        ]
        verbs += [event.end for event in beside]
        if verbs and any(at in left for at in range(min(verbs), end)):
            return True
        if 1 < end - begin <= _WORD_MAX and left.issuperset(range(begin, end)):
            return True
    return False


def _lists_strangers(said: Said) -> bool:
    """优酷、为果、爱奇艺月卡: between two goods of a list stands what is no goods."""
    left = said.reading.shape.left.over
    for first, join, other, last in zip(*(said.reading.events[at:] for at in range(4)), strict=False):
        listed = (first.kind, join.kind, other.kind, last.kind) == _LISTED
        between = range(join.end, other.start)
        if listed and 0 < len(between) <= _WORD_MAX and not left.isdisjoint(between):
            return True
    return False


def _counts_strangers(said: Said) -> bool:
    """猫咖平日票2张，周票末1张: behind goods that were counted a clause of its own counts what nobody understood."""
    left = said.reading.shape.left.over
    first = min((e.start for e in said.reading.events if e.kind is EventKind.QUANTITY), default=None)
    if said.turned or first is None:
        return False
    for match in _COUNTED.finditer(said.text, first):
        unread = left.intersection(range(*match.span("what")))
        alone = all(event.kind is EventKind.QUANTITY for event in said.beside(match.start(), SLOT_EVENTS))
        if alone and len(unread) > 1 and said.clause(first) != said.clause(match.start()):
            return True
    return False


def _sized_again(said: Said, record: Record) -> bool:
    """天猫卡一百的两张京到卡一百的一张: a size and a count, and behind what nobody understood a size again."""
    left = said.reading.shape.left.over
    if len(record.amounts) < 2 or not left:
        return False
    slots = [event for event in said.reading.events if event.kind in SLOT_EVENTS]
    for size in record.amounts[1:]:
        earlier = [one for one in record.amounts if one.end <= size.start and same_value(one, size)]
        front = max((event.end for event in slots if event.end <= size.start), default=0)
        counted = any(
            event.kind is EventKind.QUANTITY and earlier[0].start < event.start < size.start
            for event in slots
            if earlier
        )
        unread = left.intersection(range(front, size.start))
        if unread and (counted or (earlier and unread >= {size.start - 1, size.start - 2})):
            return True  # 滴滴券20德券20
    return False


def _row_without_goods(said: Said, record: Record) -> bool:
    """星就克 50 3, n港服 200: a row of a list has a size of its own, and in front of it what nobody understood. With a
    recipient of its own it may be the name of a person."""
    if Slot.PRODUCT not in record.inherited or Slot.VARIANT in record.inherited:
        return False
    if any(event.start >= record.start for event in record.accounts):
        return False
    left = said.reading.shape.left.over
    own = [event.start for event in (*record.amounts, *record.qualifiers) if event.start >= record.start]
    start = min(own, default=0)
    ends = (event.end for event in said.reading.events if event.end <= start)
    begin = max(said.text.rfind("\n", 0, start) + 1, max(ends, default=0))
    row = range(begin, start)
    return not left.isdisjoint(row) or (
        _LETTER.search(said.text, begin, start) is not None and "\n" in said.text
    )


def _cut_off(said: Said, record: Record) -> bool:
    """Q币：\\nA 20个\\n1: the last row of a list is but a number, and the row before it had one."""
    for size in record.amounts:
        bare = size.amount is not None and size.amount.kind is AmountKind.BARE
        begin = said.text.rfind("\n", 0, size.start) + 1
        alone = said.text[begin:].strip() == said.text[size.start : size.end]
        above = [event for event in (*record.accounts, record.quantity) if event and event.end <= begin]
        if bare and alone and len(above) > 1:
            return True
    return False


_PRODUCTS_COMPARED = 2000
"""Of a larger catalog too much is called alike."""
_HEAD = 2
_COUNTED = re.compile(
    r"(?<![^\s,，。;；、])(?P<what>[\u4e00-\u9fff]{2,4}?)[0-9一两二三四五六七八九十]{1,3}[张个份套](?=$|[\s,，。;；!！])"
)
_PLUS = "加"
"""加油 adds nothing."""
_TOUCHING = ("", "的", " ")
_OF_GOODS = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT})
_ASKING = (CueKind.QUESTION, CueKind.FAQ, CueKind.STATUS, CueKind.SEARCH, CueKind.PRICE)
_WORD_MAX = 4
_HAN = re.compile("[\u4e00-\u9fff]+")
_LETTER = re.compile("[a-z]")
_LISTED = (EventKind.NAME, EventKind.JOIN, EventKind.JOIN, EventKind.NAME)
