"""Words that hold the name of a good and mean none (小度, 多云, 音乐会), where they are not the beginning of one.

音乐会员 is no concert, and 视频通话费 no call: whatever goes on to a word of the trade is a piece of that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set

from nlu.alternations import either

_TRADE_WORD_MIN = 2


def standing_alone(words: Iterable[str], trade: Collection[str]) -> re.Pattern[str]:
    """Finds the words where none of the trade's words begins inside of them and ends behind them."""
    goes_on: dict[str, set[str]] = defaultdict(set)
    for other in trade:
        if len(other) >= _TRADE_WORD_MIN:
            for shared in range(1, len(other)):
                goes_on[other[:shared]].add(other[shared:])
    return re.compile("|".join(re.escape(word) + _not_going_on(word, goes_on) for word in words))


def _not_going_on(word: str, goes_on: Mapping[str, Set[str]]) -> str:
    """What may not follow: the 员 of 会员 behind 音乐会. `goes_on`: the beginnings of the trade's words, and what
    stands behind each."""
    rests = {rest for at in range(1, len(word)) for rest in goes_on.get(word[at:], ())}
    return f"(?!{either(rests)})" if rests else ""
