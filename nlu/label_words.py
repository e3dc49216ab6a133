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


def label_words(label: str, sizes: Collection[str]) -> Iterator[tuple[str, bool]]:
    """The words of a squeezed `label` without `sizes`, the numbers with units in it; and of each whether
    it is but a part of a piece, or one piece of a bundle: 真题 of 真题+听力."""
    for size in sorted(sizes, key=len, reverse=True):
        label = label.replace(size, " ")
    bundle = "+" in label
    for piece in _PIECE.findall(label):
        if len(piece) < _WORD_MIN or piece.isdigit():
            continue
        yield piece, bundle
        if (counted := _COUNTED.fullmatch(piece)) is not None:
            # 科一 of 科目一.
            yield counted["what"][0] + counted["number"], True
        elif _CHINESE.fullmatch(piece) and len(piece) <= PIECE_MAX:
            for length in range(_WORD_MIN, len(piece)):
                yield piece[:length], True
                if len(piece) >= _ENDED_MIN:
                    yield piece[-length:], True


_PIECE = re.compile(r"[a-z]+[0-9]*|[0-9]*[\u4e00-\u9fff]+[0-9]*")
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_COUNTED = re.compile("(?P<what>[\u4e00-\u9fff]{2})(?P<number>[一二三四五六七八九十0-9]{1,2})")
