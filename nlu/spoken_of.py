"""Goods that are only spoken of beside others that are ordered: 我电脑是win11的, 孩子都爱听喜马拉雅.

Such a clause has no size, count or recipient and asks for nothing, and what it names is something that somebody
runs, likes or used before. Left among the goods it would be ordered in the size of the next clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from nlu.alternations import any_of
from nlu.clauses import Clauses
from nlu.corrections import Cue, CueKind
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.mention import Mention, MentionKind


def spoken_of(
    text: str,
    mentions: Sequence[Mention],
    numbers: Iterable[int],
    recipients: Iterable[int],
    cues: Mapping[CueKind, tuple[Cue, ...]],
    lexicon: Lexicon,
) -> list[Mention]:
    """The names that order nothing, and the tiers that stand right behind them. `numbers` and `recipients`: where sizes, counts and accounts begin."""
    words = _words_of(lexicon)
    names = [mention for mention in mentions if mention.kind is MentionKind.NAME]
    led: list[Mention] = []
    for name in names:
        joined = bool(led) and _JOINED.fullmatch(text, led[-1].end, name.start) is not None
        if joined or in_front(words.leads, text, name.start):
            led.append(name)
    if not led or len(led) == len(names):
        return []
    clause = Clauses.of(text).at
    sized = {clause(start) for start in numbers}
    asking = {clause(cue.start) for kind in _ASKING for cue in cues.get(kind, ())}
    busy = sized | asking | {clause(start) for start in recipients}
    named = {clause(name.start) for name in names}
    ordered = [name for name in names if name not in led and clause(name.start) in sized]
    told = []
    for name in led:
        at = clause(name.start)
        of_others = bool(ordered) and not any(_tells_which(name, other) for other in ordered)
        # 我电脑是win11的，专业版密钥一个: what asks without a name goes on about these goods.
        behind = min((one for one in sized | asking if one > at), default=at)
        goes_on = behind > at and behind not in named
        if of_others and at not in busy and not goes_on and not words.too.search(text):
            told.append(name)
    ends_of_told = {name.end for name in told}
    return told + [m for m in mentions if m.kind is MentionKind.QUALIFIER and m.start in ends_of_told]


def _tells_which(name: Mention, ordered: Mention) -> bool:
    """Windows密钥来一个，我电脑是win10的: whether a name says which of the goods that were ordered are meant."""
    mine = name.options.keys() | name.family.keys()
    return bool(mine & ordered.options.keys()) and not ordered.options.keys() <= mine


class _Words:
    def __init__(self, lexicon: Lexicon) -> None:
        self.leads = re.compile(f"{any_of(lexicon, 'aside.leads_to_told')}(?:的|个|了|那个|这个| ){{0,2}}$")
        self.too = re.compile(any_of(lexicon, "aside.ordered_too"))


@lru_cache(maxsize=4)
def _words_of(lexicon: Lexicon) -> _Words:
    return _Words(lexicon)


_JOINED = re.compile("(?:和|跟|与|及|、|还有|会员)+")
_ASKING = (
    CueKind.OWN_REQUEST, CueKind.ADD, CueKind.PRICE, CueKind.CORRECTION, CueKind.CORRECTION_OR_DROP, CueKind.INSTEAD,
    CueKind.MODIFY, CueKind.OR, CueKind.CONDITION, CueKind.FORBID, CueKind.QUESTION,
)  # fmt: skip
