"""Whether a size is that of the goods of its line: one number, in their unit, with no other name behind it.

A slip of the finger turns a unit or a name into nothing that is known, and the number beside it is then
taken for what is left to take it for: a price, or a size of the goods before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.alternations import any_of
from nlu.amounts import AmountKind
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.numerals import numbers
from nlu.other_numbers import OtherKind
from nlu.records import Event, EventKind, Record, same_value
from nlu.said import Doubt, Said, Unproven, variant_of
from nlu.sounds import heard
from nlu.understanding import Slot, SpokenLine
from nlu.vocabulary import Vocabulary


class ProofOfSizes:
    """Holds the sizes of lines against what stands right around them, for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._vocabulary = vocabulary
        hums = any_of(lexicon, "accounts.fillers")
        self._by_itself = re.compile(rf"(?:{hums})*[\s,，。~…]")
        self._numerals = frozenset((*lexicon.words("signs.numeral_characters"), *"0123456789"))

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """What of the sizes is not proven."""
        if any(
            said.text[end - 1 : end] == _YEAR and _alone(said, start, end)
            for start, end in said.reading.elsewhere
        ):
            yield from said.all(Unproven.NUMBER)
        if half_a_limit(said):
            yield from said.all(Unproven.SIZE_UNUSED)
        yield from self._taken_back(said)
        if _torn_period(said) or unread_years(said) or _stuttered(said) or _misspelt_period(said):
            yield from said.all(Unproven.NUMBER)
        words = [
            *((event.start, event.end) for event in said.reading.events if event.kind in _NAMING),
            *((mark.start, mark.end) for mark in said.reading.others if mark.value.kind is OtherKind.WORD),
        ]
        for at, line, record in said.pairs():
            for event in record.amounts:
                if self._runs_together(said, event, words) or _in_letters(said, event):
                    yield at, Unproven.NUMBER
                if len(record.amounts) > 1 and not said.turned and self._is_another(event, line):
                    yield at, Unproven.SIZE_UNUSED
                if self._in_another_unit(said, event, line):
                    yield at, Unproven.SIZE_UNUSED
            if _holds_lost_goods(said, record):
                yield at, Unproven.NAME_UNUSED
            if record.name is None and any(_of_something(said, event) for event in record.amounts):
                yield at, Unproven.NAME_UNUSED
            sized = Slot.PRODUCT in record.inherited and record.amounts
            if sized and any(told(said, record.amounts[-1]) for told in (_named, _lettered, _of_something)):
                yield at, Unproven.NAME_UNUSED

    def _taken_back(self, said: Said) -> Iterator[Doubt]:
        """沃尔玛500，不嗯，两百…的: behind a no that stands alone another number is perhaps the size. And of two
        sizes of the same goods with a correction between them only the later one counts."""
        for cue in said.reading.cues.get(CueKind.DENY, ()):
            if cue.word != _NO or not self._by_itself.match(said.text, cue.end):
                continue
            for mark in numbers(said.text[cue.end :]):
                start = cue.end + mark.start
                spans = (*_spans(said), *said.reading.elsewhere)
                if mark.value.low > 1 and not any(begin <= start < end for begin, end in spans):
                    yield said.nearest(cue.start), Unproven.SIZE_UNUSED
        if len(said.lines) != _TWO:
            return
        (first, one), (second, other) = zip(said.lines, said.records, strict=True)
        same = first.product and second.product and first.product.value == second.product.value
        if not same or first.account != second.account or not one.amounts or not other.amounts:
            return
        low, high = sorted((one.amounts[-1].start, other.amounts[-1].start))
        if any(e.kind is EventKind.CORRECTION and low < e.start < high for e in said.reading.events):
            yield from said.all(Unproven.REFUSED)

    def _runs_together(self, said: Said, size: Event, words: list[tuple[int, int]]) -> bool:
        """十十元, 一一整年: of numerals that follow one another and make no number nobody knows which counts. The
        年 of 五一年 has no numeral of its own."""
        pair = said.text[max(0, size.start - 1) : size.start + 1]
        if self._numerals.isdisjoint(said.text[size.start : size.end]):
            pair = pair[:1] * 2 if len(pair) > 1 else pair
        together = len(pair) == 2 and not pair.isascii() and self._numerals.issuperset(pair)
        return together and not any(start < size.start <= end for start, end in words)

    def _is_another(self, size: Event, line: SpokenLine) -> bool:
        """季卡 138…；奈血的茶 50代金卷: of several numbers each says what the goods are or cost."""
        variant = variant_of(line, self._vocabulary)
        amount = size.amount
        if variant is None or amount is None or amount.kind is not AmountKind.BARE or not amount.exact:
            return False
        named = str(amount.low) in variant.label or amount.low in (
            variant.face_value,
            variant.list_price_fen / 100,
        )
        return not named and amount.text.isdigit() and amount.low > 1

    def _in_another_unit(self, said: Said, size: Event, line: SpokenLine) -> bool:
        """快手100快有: all but the unit of the goods, so that 100 is no price of something larger."""
        variant = variant_of(line, self._vocabulary)
        bare = size.amount is not None and size.amount.kind is AmountKind.BARE
        if variant is None or not bare or size.amount is None or variant.face_value == size.amount.low:
            return False
        unit = plain(variant.unit)
        typed = said.text[size.end : size.end + len(unit)]
        same = sum(one == other for one, other in zip(typed, unit, strict=False))
        return len(unit) >= _UNIT_MIN and len(typed) == len(unit) and same == len(unit) - 1


def _in_letters(said: Said, size: Event) -> bool:
    """1nnian: letters touch the number, and nothing was read of them."""
    if _LETTER.match(said.text, size.end) is None or not said.text[size.end - 1 : size.end].isdigit():
        return False
    starts = {e.start for e in said.reading.events}
    starts |= {e.account.label[0] for e in said.reading.events if e.account and e.account.label}
    return size.end not in starts


def _torn_period(said: Said) -> bool:
    """开个年德: a length of time behind 个 that nobody read."""
    return any(
        not any(begin <= match.end() - 1 < end for begin, end in (*_spans(said), *said.reading.elsewhere))
        for match in _PERIOD.finditer(said.text)
    )


def unread_years(said: Said) -> bool:
    """365家庭版，百年: a length of time that nobody read, and that is all of its clause."""
    left = said.reading.shape.left.over
    return any(left.issuperset(range(*match.span())) for match in _YEARS.finditer(said.text))


def _stuttered(said: Said) -> bool:
    """六一天, 一一个月: two numerals side by side that make no number, and are not the next to each other as 一两 are."""
    for match in _TWO_NUMERALS.finditer(said.text):
        first, second = (_DIGITS.index(numeral) for numeral in match["pair"].replace("两", "二"))
        read = (e for e in said.reading.events if e.kind is EventKind.ACCOUNT)
        if second != first + 1 and not any(e.start <= match.start() < e.end for e in read):
            return True
    return any(
        _CENTURY.match(said.text, event.end) is not None
        for event in said.reading.events
        if event.kind in (EventKind.NAME, EventKind.QUALIFIER)
    )


def half_a_limit(said: Said) -> bool:
    """50块以hhh下: what is left of 以下 behind a sum."""
    left = said.reading.shape.left.over
    return any(
        event.amount is not None and event.end in left and said.text[event.end] in _LIMITS
        for event in said.reading.events
    )


def _misspelt_period(said: Said) -> bool:
    """喜马拉雅月喀三个月的: two lengths of time, of which one was misspelled."""
    left = said.reading.shape.left.over
    return any(
        match.end() - 1 in left and heard(match[0][-1]) == heard(_CARD) and match[0][-1] != _CARD
        for match in _PERIOD_CARD.finditer(said.text)
    )


def _spans(said: Said) -> Iterator[tuple[int, int]]:
    """Where something was read of which a number may be a part."""
    yield from ((event.start, event.end) for event in said.reading.events)
    yield from ((mark.start, mark.end) for mark in said.reading.others)


def _alone(said: Said, start: int, end: int) -> bool:
    """一七年: a date that is all of its clause is rather a length of time that slipped."""
    begin, stop = said.bounds(start)
    return end - start > 1 and said.text[begin:stop].strip() == said.text[start:end]


def _lettered(said: Said, size: Event) -> bool:
    """芒果年卡给A，B年卡给B, where B站 lost a character: a letter that nobody read touches the size."""
    at = size.start - 1
    alone = _ALONE.match(said.text, at) if at >= 0 else None
    return alone is not None and not _read_at(said, at)


def lost_goods(said: Said) -> bool:
    """Whether a size was said twice, and once of goods of which only a scrap is left."""
    return any(_holds_lost_goods(said, record) for record in said.records)


def _holds_lost_goods(said: Said, record: Record) -> bool:
    return any(
        _of_lost_goods(said, event)
        and any(same_value(event, other) for other in record.amounts if other is not event)
        for event in (record.amounts if len(record.amounts) > 1 else ())
    )


def _of_lost_goods(said: Said, size: Event) -> bool:
    """B那年卡 above 优酷年卡, 星巴就100 above 京东卡100: a size that was said twice, once in a clause that names no goods
    and right behind what is left of a name."""
    begin, _ = said.bounds(size.start)
    if said.beside(size.start, _NAMED):
        return False
    last = size.start - 1 - (said.text[size.start - 1 : size.start] in _LIGHT)
    if last < begin:
        return False
    left = said.reading.shape.left.over
    letter = _ALONE.match(said.text, last) is not None and not _read_at(said, last)
    return letter or (last in left and last - 1 in left)


def _read_at(said: Said, at: int) -> bool:
    return any(begin <= at < end for begin, end in _spans(said))


def _of_something(said: Said, size: Event) -> bool:
    """100大洋的券来一张, 再加一张50的克: of a size without a name something else is said."""
    left, at = said.reading.shape.left.over, size.end + 1
    return said.text[size.end : at] == "的" and at in left and at + 1 not in left


def _named(said: Said, size: Event) -> bool:
    """两张100的京东卡，一张50的星巴就: words behind a size that nobody understood are perhaps the name of other
    goods than those before."""
    words = _WORDS.match(said.text, size.end)
    if words is None:
        return False
    left = said.reading.shape.left.over
    begin, end = words.span("words")
    # Not 每个号充10元话费测试用: what stands at the size was understood.
    return (begin in left or begin + 1 in left) and len(left.intersection(range(begin, end))) >= _UNREAD_MIN


_LETTER = re.compile("[a-z]{2}")
_PERIOD = re.compile("[个张份][年季]")
_YEARS = re.compile(r"(?<![^\s,，。;；用])[百千万零]个?[年月天](?![^\s,，。;；的])")
_ALONE = re.compile("(?<![a-z0-9])[a-z](?![a-z0-9])")
_DIGITS = (*"零一二三四", *"五六七八九")
_TWO_NUMERALS = re.compile(
    "(?<![零〇一二两三四五六七八九十百千])(?P<pair>[一二两三四五六七八九]{2})(?:个?月|天|年|周)"
)
_CENTURY = re.compile(r"[百千万零]个?[年月天](?=$|的|[\s,，。;；!！])")
"""会员百年: what is left of 一百年 or of another number."""
_TWO = 2
_NO = "不"
_YEAR = "年"
_CARD = "卡"
_LIMITS = frozenset("以左")
_PERIOD_CARD = re.compile("[年季月周][\u4e00-\u9fff]")
_UNIT_MIN = 2
_UNREAD_MIN = 2
_LIGHT = ("那", "就", "的", "这")
_NAMED = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.QUALIFIER})
_WORDS = re.compile("的? ?(?P<words>[\u4e00-\u9fffa-z]{2,4})")
_NAMING = frozenset({EventKind.NAME, EventKind.QUALIFIER, EventKind.REGION, EventKind.ACCOUNT})
"""What may end in a numeral of its own."""
