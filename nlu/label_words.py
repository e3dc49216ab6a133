"""What of a variant's label people say: 全合成 of 全合成机油, 暑假 of 暑假班, 听力 of 听力音频包.

A label is cut where its numbers and signs stand; of each piece any beginning and any end may be said.
What several variants share tells none of them apart, so that need not be known here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

PIECE_MAX = 10
_WORD_MIN = 2
_ENDED_MIN = 4
"""Of a shorter word the end says too little: 杯券 of 单杯券."""


def label_words(label: str, sizes: Collection[str]) -> Iterator[tuple[str, int]]:
    """The words of a squeezed `label` without `sizes`, the numbers with units in it; and of each how far it
    is from the whole: 0, or 1 for a part of a piece, and 2 for what belongs to a bundle (真题 of 真题+听力)."""
    for size in sorted(sizes, key=len, reverse=True):
        label = label.replace(size, " ")
    bundle = 2 if "+" in label else 0
    for people in _PEOPLE.finditer(label):
        # 一大一小 of 亲子票(1大1小).
        yield from ((word, bundle) for word in _spelled(people[0]))
    label = _PEOPLE.sub(" ", label)
    for found in _PIECE.finditer(label):
        piece = found[0]
        if (numbered := _NUMBERED.fullmatch(piece)) and _CHINESE.match(label, found.end()):
            # 小包 of 小包3小时: the number belongs to what stands behind it.
            piece = numbered["what"]
        if len(piece) < _WORD_MIN or piece.isdigit():
            continue
        yield piece, bundle
        if (kind := _KIND_AND_FORM.fullmatch(piece)) is not None:
            # 2d of 2d单人票, and 单人票.
            yield kind["kind"], bundle
            yield from ((word, bundle or far) for word, far in label_words(kind["form"], ()))
        if (counted := _COUNTED.fullmatch(piece)) is not None:
            # 科一 of 科目一.
            yield counted["what"][0] + counted["number"], bundle or 1
        elif (numbered := _NUMBERED.fullmatch(piece)) is not None:
            yield numbered["what"], bundle or 1  # 半合成 of 半合成4L
        elif _CHINESE.fullmatch(piece) and len(piece) <= PIECE_MAX:
            for length in range(_WORD_MIN, len(piece)):
                yield piece[:length], bundle or 1
                if len(piece) >= _ENDED_MIN:
                    yield piece[-length:], bundle or 1


def stands_in(word: str, text: str) -> bool:
    """Whether a text says the word; 四六级 says no 六级 but several levels."""
    if word[:1] not in _NUMERALS:
        return word in text
    return any(not follows_numeral(text, found.start()) for found in re.finditer(re.escape(word), text))


def says(tier: str, word: str) -> bool:
    """Whether a word of a label says a tier; proforworkstations is no pro."""
    at = word.find(tier)
    return at >= 0 and not (tier.isascii() and _LATIN.match(word, at + len(tier)))


def follows_numeral(text: str, start: int) -> bool:
    """Whether what begins at `start` is but the end of a number, or the last of several."""
    return text[start] in _NUMERALS and start > 0 and text[start - 1] in _NUMERALS_BEFORE


_NUMERALS = frozenset("0123456789") | frozenset("一二三四五") | frozenset("六七八九十")
_NUMERALS_BEFORE = _NUMERALS | frozenset("百千万")


def _spelled(people: str) -> Iterator[str]:
    """Grown-ups and children of a ticket, in digits and in words."""
    yield people
    for two in "两二":
        yield people.translate(str.maketrans("1234", f"一{two}三四"))


_LATIN = re.compile("[a-z]")
_PEOPLE = re.compile("(?:[1-4][大小]){2}")
_PIECE = re.compile(r"[0-9]{1,2}[dk](?![a-z0-9])[\u4e00-\u9fff]*|[a-z]+[0-9]*|[0-9]*[\u4e00-\u9fff]+[0-9]*")
_KIND_AND_FORM = re.compile(r"(?P<kind>[0-9]{1,2}[dk])(?P<form>[\u4e00-\u9fff]+)")
_NUMBERED = re.compile(r"(?P<what>[\u4e00-\u9fff]{2,})[0-9]+")
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_COUNTED = re.compile("(?P<what>[\u4e00-\u9fff]{2})(?P<number>[一二三四五六七八九十0-9]{1,2})")
