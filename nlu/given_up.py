"""Goods that are given up beside an order of others, and why: 夸克年卡…。百度的我不要了，太贵.

What was never asked for cannot be taken back: it is a reason or a comparison, and the order stands. Of goods that
the words may mean as well (网盘的不要了) nobody knows, and they are left to be asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from nlu.alternations import any_of
from nlu.clauses import CLAUSE_END, Clauses
from nlu.lexicon import Lexicon
from nlu.records import Event, EventKind, same_goods


def given_up_goods(
    text: str, events: Sequence[Event], may_mean: Callable[[str, Event], bool], lexicon: Lexicon
) -> list[tuple[Event, tuple[int, int]]]:
    """The names behind an order that only say what is not wanted, and where each is refused. `may_mean`: whether a word may mean the goods of
    another name."""
    names = [event for event in events if event.kind is EventKind.NAME and event.mention is not None]
    found = []
    for name in names:
        match = _words_of(lexicon).given_up.match(text, name.end)
        if match is None or any(other.start > name.start for other in names):
            continue
        before = [other for other in names if other.end <= name.start]
        assert name.mention is not None
        said = text[name.start : name.end]
        if before and not any(
            may_mean(said, other) or may_mean(name.mention.text, other) for other in before
        ):
            found.append((name, (name.start, end_of_refusal(text, match.end(), lexicon))))
    return found


def wanted_instead(text: str, refused: Event, events: Sequence[Event], lexicon: Lexicon) -> bool:
    """别给我充话费，我是要流量: whether of what is named behind a refusal the next goods are wanted, by a word that
    says so or by their size."""
    following = [e for e in events if e.kind is EventKind.NAME and e.start >= refused.end]
    name = next((e for e in following if not same_goods(e.mention, refused.mention)), None)
    if name is None or name is not following[0] or CLAUSE_END.search(text, refused.end, name.start) is None:
        return False
    begin, end = Clauses.of(text).bounds(name.start)
    sized = any(e.kind is EventKind.AMOUNT and name.end <= e.start < end for e in events)
    front = text[begin : name.start]
    return _words_of(lexicon).wanted.fullmatch(front) is not None or (sized and not front.strip())


def is_given_up(text: str, end: int, lexicon: Lexicon) -> bool:
    """Whether what ends at a place is not wanted, as the rest of its clause says."""
    return _words_of(lexicon).given_up.match(text, end) is not None


def end_of_refusal(text: str, end: int, lexicon: Lexicon) -> int:
    """Where a refusal that ends at a place ends with its reason: …，太贵; …，用不上."""
    reason = _words_of(lexicon).reason.match(text, end)
    return reason.end() if reason else end


class _Words:
    def __init__(self, lexicon: Lexicon) -> None:
        particles, until = any_of(lexicon, "signs.particles"), r"(?=[,，。.;；!！~…\s]|$)"
        front = any_of(lexicon, "taking_back.given_up_front")
        self.given_up = re.compile(
            rf"(?:{front}{{0,4}}{any_of(lexicon, 'taking_back.given_up')}{particles}*){{1,2}}{until}"
        )
        verbs = any_of(lexicon, "idle.verbs")
        self.wanted = re.compile(
            rf"\s?{any_of(lexicon, 'taking_back.wanted_front')}{{0,3}}{verbs}{{1,2}}(?:个|的是)?"
        )
        self.reason = re.compile(
            rf"[,，\s]+{any_of(lexicon, 'taking_back.reason_front')}{{0,4}}{any_of(lexicon, 'taking_back.reasons')}{particles}*{until}"
        )


@lru_cache(maxsize=4)
def _words_of(lexicon: Lexicon) -> _Words:
    return _Words(lexicon)
