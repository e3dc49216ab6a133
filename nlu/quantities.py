"""How many are meant: a count with a measure word (两张), or a factor (x2, *2).

`50个Q币` is a count only where Q币 is no unit of the catalog, so this reader claims nothing;
the parser decides and takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.numerals import Number, hedged, number_at, numbers
from nlu.page import Mark, Page


class QuantityKind(StrEnum):
    COUNTED = "counted"
    """With a measure word or the word 数量: 两张, 来俩, 3份, 数量3."""
    TIMES = "times"
    """As a factor: x2, *2, ×2."""
    ARTICLE = "article"
    """A 一 or none that only means `a`: 来个, 一个, 整张. The quantity is 1, and any other
    quantity in the same line counts instead."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """`count` is None when no one number was meant (三五张, 十来个, 几张, 2x50): ask."""

    count: int | None
    kind: QuantityKind
    word: str = ""
    """The measure word as normalised; `个` may as well belong to a unit (`50个Q币`)."""
    each: bool = False
    """Said of each recipient or product: 各两张, 每个号一份."""
    follows: int = 0
    """Offset in the normalised text of what is counted (behind the measure word and blanks)."""


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[Quantity], ...]:
    """All quantities in what is still free, left to right. Claims nothing."""
    text = page.rest()
    words = _words_of(lexicon)
    marks = [
        *_times(text, words),
        *_counted(text, words, lexicon),
        *_one_each(text),
        *_in_english(text, words),
        *_few(text, words),
        *_articles(text, words),
    ]
    return _without_overlap(marks)


def read_vast(page: Page) -> tuple[Mark[Quantity], ...]:
    """Counts of so many digits that they would pass for an account: 99999999999999张, 1e9张. Claims them."""
    found = []
    for match in _VAST.finditer(page.rest()):
        if not _MOBILE.fullmatch(match[1]):
            digits = match[1]
            count = int(digits[:9]) * 10 if digits.isdigit() else _VAST_COUNT
            page.take(match.start(), match.end())
            found.append(_mark(QuantityKind.COUNTED, count, match[2], page.text, *match.span()))
    return tuple(found)


class _Words:
    """The lexicon's measure words as patterns."""

    def __init__(self, lexicon: Lexicon) -> None:
        measure = either(lexicon.words("quantities.measure_words"))
        others = either(lexicon.words("quantities.not_measured"))
        verbs = either(lexicon.words("quantities.verbs"))
        factors = either(lexicon.words("quantities.factors"))
        self.packs = {
            word: int(size) for size, words in lexicon.groups("quantities.packs").items() for word in words
        }
        packs = either(self.packs)
        misheard = either(lexicon.words("quantities.misheard"))
        ends = r"(?=$|[\s,.;!~、吧呢哈啊])"
        self.measure = re.compile(
            rf" ?(?!{others})(?P<word>{measure}|(?:{packs})(?!折)|(?:{misheard}){ends})"
        )
        self.few = re.compile(
            rf"(?<![十百千万第有哪那这哥姐弟妹们儿俺咱])(?:几|数)(?!{others})(?P<word>{measure})"
        )
        articles = either(lexicon.words("quantities.article_words"))
        not_articles = either(lexicon.words("quantities.not_articles"))
        self.article = re.compile(rf"(?!{not_articles})(?:{verbs}) ?(?P<word>{articles})")
        self.other = re.compile(rf"(?:{others})")
        self.latin = {
            word: int(size)
            for size, spellings in lexicon.groups("quantities.latin_counts").items()
            for word in spellings
        }
        self.latin_count = re.compile(
            rf"(?<![a-z])(?P<count>{either(self.latin)})(?= (?!{either(lexicon.words('quantities.latin_not_counted'))})[a-z\0\u4e00-\u9fff0-9])"
        )
        self.times = re.compile(
            rf"(?<![a-z张份套件单])(?<![^那这]个)(?:{factors}) ?(?P<count>\d{{1,6}})(?!\d|[.:]\d|[a-z%折]| [a-z]{{1,2}}(?![a-z]))"
        )
        self.times_spoken = re.compile(
            r"(?:乘以?|[*×✕✖] ?|(?<=[0-9 \u4e00-\u9fff])x ?)(?P<count>[一二两三四五六七八九十百千零壹贰叁肆伍陆柒捌玖拾佰仟]{1,8})(?![万月年天])"
        )
        self.label = re.compile(
            rf"(?:{either(lexicon.words('quantities.labels'))})[改换变]?[为成是到:= ]{{0,3}}(?=[\d一二两三四五六七八九十俩仨])"
        )
        self.split = re.compile(rf"(?:{either(lexicon.words('quantities.split'))}) ?$")
        self.each = re.compile(rf"(?:{either(lexicon.words('quantities.each'))}) ?$")


def _times(text: str, words: _Words) -> list[Mark[Quantity]]:
    marks = []
    pairs = [
        (found, _NUMBER_BEFORE.search(text, max(0, found.start() - 8), found.start()))
        for found in words.times.finditer(text)
    ]
    # 100*15 / 50*10 / 10*30: what stands first is the size all through a list.
    sized_first = any(before and int(before[1]) >= int(found["count"]) for found, before in pairs)
    for found, before in pairs:
        count: int | None = int(found["count"])
        if before and int(before[1]) < int(found["count"]) and not sized_first:
            count = None  # 2x50: two of fifty, or fifty of two?
        marks.append(_mark(QuantityKind.TIMES, count, "", text, found.start(), found.end()))
    for found in words.times_spoken.finditer(text):
        mark = number_at(found["count"], 0)
        if mark and mark.end == len(found["count"]):
            marks.append(_mark(QuantityKind.TIMES, _whole(mark.value), "", text, found.start(), found.end()))
    return marks


def _counted(text: str, words: _Words, lexicon: Lexicon) -> list[Mark[Quantity]]:
    marks = []
    labels = {found.end(): found.start() for found in words.label.finditer(text)}
    for found in numbers(text):
        value = found.value
        before = text[max(0, found.start - _REACH) : found.start]
        if _ORDINAL.search(before):
            continue
        measure = words.measure.match(text, found.end)
        if measure is None and found.value.low == 1 and _BUYS.search(before):
            # 五杯的来一个手机号139…: one, and then the number.
            single = _ONE_FOR.match(text, found.end)
            if single is not None:
                marks.append(_mark(QuantityKind.ARTICLE, 1, "", text, found.start, single.end()))
                continue
        pair = _PAIR.fullmatch(text, found.start, found.end)
        if not measure and not (pair and not _NOT_PAIR.match(text, found.end)) and found.start not in labels:
            continue
        if measure and measure["word"] in words.packs and _no_packs(text, value, measure.end()):
            continue  # 一百对一百块: yes, a hundred
        word = measure["word"] if measure else ("个" if pair else "")
        end = measure.end() if measure else found.end
        count = _whole(value)
        if count is not None and (value.shortened or hedged(text, found.start, end, lexicon)):
            count = None  # 一百五张: 150, or five of 100?
        if words.split.search(before):
            count = None  # 分两次充: the same money in two parts, or twice?
        if count is not None and word in words.packs:
            count *= words.packs[word]
        one = count == 1 and not value.arabic and found.start not in labels
        kind = QuantityKind.ARTICLE if one else QuantityKind.COUNTED
        start = labels.get(found.start, found.start)
        each = words.each.search(before) is not None
        marks.append(_mark(kind, count, word, text, start, end, each))
    return marks


def _no_packs(text: str, value: Number, end: int) -> bool:
    """Whether a word for a pack (对, 打) behind a number is none of it."""
    return value.low >= _PACKS_MAX or _NO_PACKS.match(text, end) is not None


def _in_english(text: str, words: _Words) -> list[Mark[Quantity]]:
    """two win11 keys."""
    return [
        _mark(QuantityKind.COUNTED, words.latin[found["count"]], "", text, *found.span("count"))
        for found in words.latin_count.finditer(text)
    ]


def _one_each(text: str) -> list[Mark[Quantity]]:
    """腾讯年卡、优酷年卡各一."""
    return [
        _mark(QuantityKind.ARTICLE, 1, "", text, *found.span("one"), each=True)
        for found in _ONE_EACH.finditer(text)
    ]


def _few(text: str, words: _Words) -> list[Mark[Quantity]]:
    return [
        _mark(QuantityKind.COUNTED, None, found["word"], text, found.start(), found.end())
        for found in words.few.finditer(text)
    ]


def _articles(text: str, words: _Words) -> list[Mark[Quantity]]:
    marks = []
    for found in words.article.finditer(text):
        start = found.start("word")
        other = words.other.match(text, start)
        # 来个月卡 is a 月卡; 来个月的 is nothing that can be known.
        if other and not (other[0] == "个月" and text[other.end() : other.end() + 1] in ("卡", "包", "费")):
            continue
        each = words.each.search(text[max(0, found.start() - _REACH) : start]) is not None
        marks.append(_mark(QuantityKind.ARTICLE, 1, found["word"], text, start, found.end(), each))
    return marks


def _mark(
    kind: QuantityKind, count: int | None, word: str, text: str, start: int, end: int, each: bool = False
) -> Mark[Quantity]:
    follows = end
    while follows < len(text) and text[follows] == " ":
        follows += 1
    return Mark(Quantity(count, kind, word, each, follows), start, end)


def _whole(number: Number) -> int | None:
    if not number.exact or number.low != int(number.low) or number.low > Decimal(10**9):
        return None
    return int(number.low)


def _without_overlap(marks: Iterable[Mark[Quantity]]) -> tuple[Mark[Quantity], ...]:
    """Of two that share characters the one listed first counts, in the order of the text."""
    kept: list[Mark[Quantity]] = []
    ranked = sorted(enumerate(marks), key=lambda entry: (entry[1].start, entry[0]))
    for _, mark in ranked:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return tuple(kept)


@lru_cache(maxsize=4)
def _words_of(lexicon: Lexicon) -> _Words:
    return _Words(lexicon)


_VAST = re.compile(
    r"(?<![\da-z.])(\d{12,60}|\d{7,11}(?= ?[张份件套](?![一-龥]))|\d{1,3}e\d{1,3}) ?([张份件套个])"
)
_VAST_COUNT = 10**9
_MOBILE = re.compile(r"(?:86)?1[3-9]\d{9}")
_ONE_EACH = re.compile(r"各(?P<one>[一1])(?=$|[\s,，。;；、!])")
_ONE_FOR = re.compile(r" ?个(?=(?:手机|号|账号|帐号|电话|qq|uid|邮箱))")
_ORDINAL = re.compile(r"第$|\d\.$")
_BUYS = re.compile(r"[来要整搞拿买] ?$")
_REACH = 6
_PACKS_MAX = 10
_NO_PACKS = re.compile("[0-9一二两三四五六七八九十百就是到给进在过错]")
"""Behind 对 and 打 where they say yes and send: 一百对一百, 五十打到138…."""
_PAIR = re.compile("[俩仨]")
_NOT_PAIR = re.compile(r" ?(?:月|年|星期|礼拜|小时|号|人|手机|账号|qq|季)")
_NUMBER_BEFORE = re.compile(r"(\d{1,6})(?:元|块)? ?$")
