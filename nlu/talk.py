"""Clauses of mere talk, without which the rest of a message is read once more.

`迅雷季卡，登录手机…，不开会员下东西慢得要死` is an ordinary order, and what stands behind it only complains; but
its words and numbers may be taken for another line, a refusal or goods that nobody knows. So where a message is no
whole order, it is read again without the clauses that are surely talk. A clause that holds goods, a recipient, a
server, a tier or a correction is never left out; of the others a small model knows how people speak beside orders
and how they order on (再来两张, 都要年卡的). Its weights are `data/beside/talk.txt`, fitted by
`python -m tests.bench.fit_talk`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu.clause_judge import Clause, ClauseJudge
from nlu.corrections import CueKind
from nlu.numerals import numbers
from nlu.reading import Reading
from nlu.records import EventKind

TALK_MAX = 0.5
"""A clause is left out whose harm is less likely than this."""
DECIDING_MAX = 0.2
"""The same for one with a word that else decides what is wanted: 别充多了."""

_KEPT = frozenset(
    {
        EventKind.NAME, EventKind.ACCOUNT, EventKind.REGION, EventKind.QUALIFIER, EventKind.CORRECTION,
        EventKind.INSTEAD, EventKind.REJECTS, EventKind.EITHER, EventKind.OR,
    }
)  # fmt: skip
"""A clause with one of these is part of the order, or of what it is not."""
_ORDERED = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT})
_CLAUSE = re.compile(
    r"(?:[^,，。;；:：!！?？\n~…、\s]|(?<=[a-z0-9])[^\S\n]+(?=[a-z0-9])|\.(?=[a-z0-9]))+[?？]?"
)
_NOISE = re.compile(r"[^\u4e00-\u9fffa-z0-9?]+")
_NUMERALS = frozenset("两二三四五") | frozenset("六七八九十") | frozenset("百千俩仨双")
_STRETCH_MIN = 3
"""Of characters: fewer are a particle of the order's own words."""
_UNHEARD = "\u200b"
"""Takes the place of what is left out: it has no width, and every other character keeps its offset."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A clause that holds nothing that must be kept. `used`: whether a number of it was taken for a size or a
    count."""

    start: int
    end: int
    clause: Clause
    used: bool


def spoken_clauses(reading: Reading) -> Iterator[Spoken]:
    """The clauses that may be left out, if they are but talk; offsets into the normalised text."""
    text = reading.page.text
    kept, used = _places(reading)
    first = min((start for start, _ in (*kept, *used)), default=0)
    for found in _CLAUSE.finditer(text):
        start, end = found.span()
        if not _touches(kept, start, end):
            yield from _spoken(text, start, end, first, used)


def spoken_around(reading: Reading) -> Iterator[Spoken]:
    """What stands in a clause in front of its part of the order, or behind it: 喂听得到吧我要…, …孙子闹着要吃炸鸡.
    Of several such stretches the longer comes first."""
    text = reading.page.text
    kept, used = _places(reading)
    first = min((start for start, _ in (*kept, *used)), default=0)
    # 别充到 in front of 艾欧尼亚 says what is not wanted, whatever it sounds like by itself.
    forbidding = [(cue.start, cue.end) for cue in reading.cues.get(CueKind.FORBID, ())]
    for found in _CLAUSE.finditer(text):
        start, end = found.span()
        inner = [(one, two) for one, two in kept if start <= one < end]
        if not inner:
            continue
        last = max(two for _, two in inner)
        ends = sorted({last, *(two for one, two in used if last <= one < end)})
        for begin in ends:
            if end - begin >= _STRETCH_MIN:
                yield from _spoken(text, begin, end, first, used)
        front = min(one for one, _ in (*inner, *((a, b) for a, b in used if start <= a < end)))
        if front - start >= _STRETCH_MIN and not _touches(forbidding, start, front):
            yield from _spoken(text, start, front, first, used)


def _places(reading: Reading) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where what must be kept stands, and the numbers that were taken for sizes and counts."""
    kept = [(event.start, event.end) for event in reading.events if event.kind in _KEPT]
    kept += [
        event.account.label
        for event in reading.events
        if event.account is not None and event.account.label is not None
    ]
    used = [
        (event.start, event.end)
        for record in reading.records
        for event in (*record.amounts, *((record.quantity,) if record.quantity else ()))
    ]
    return kept, used


def _spoken(text: str, start: int, end: int, first: int, used: Sequence[tuple[int, int]]) -> Iterator[Spoken]:
    if said := plain_clause(text[start:end]):
        yield Spoken(start, end, Clause(said, "<" if start < first else ">"), _touches(used, start, end))


def plain_clause(text: str) -> str:
    """A clause as it is judged: every number is 0, and what is no word is gone."""
    characters = list(text)
    for mark in numbers(text):
        if mark.end - mark.start > 1 or text[mark.start].isdigit() or text[mark.start] in _NUMERALS:
            characters[mark.start : mark.end] = "0" + "\0" * (mark.end - mark.start - 1)
    return re.sub("0+", "0", _NOISE.sub("", "".join(characters).replace("\0", "")))


_DECIDING = frozenset(
    {
        CueKind.FORBID, CueKind.CONDITION, CueKind.CORRECTION_OR_DROP, CueKind.REFUND,
        CueKind.REFUND_QUESTION, CueKind.RECEIPT, CueKind.STATUS, CueKind.HUMAN, CueKind.REORDER,
        CueKind.SAVE_CONTACT, CueKind.MODIFY, CueKind.DROP, CueKind.ADD, CueKind.PRICE, CueKind.DENY,
        CueKind.REPORTED, CueKind.ELSEWHERE, CueKind.EACH, CueKind.BUT, CueKind.QUESTION,
    }
)  # fmt: skip


class Talk:
    """Finds what is mere talk in a message. Immutable."""

    def __init__(self, judge: ClauseJudge) -> None:
        self._judge = judge

    def left_out(self, reading: Reading) -> str | None:
        """The message as typed with its talk unheard; None where there is none, where nothing is ordered
        besides, or where somebody else's words are quoted."""
        if reading.quotes or not any(event.kind in _ORDERED for event in reading.events):
            return None
        deciding = [
            (cue.start, cue.end) for kind, cues in reading.cues.items() if kind in _DECIDING for cue in cues
        ]
        talk: list[tuple[int, int]] = []
        for one in (*spoken_clauses(reading), *spoken_around(reading)):
            bound = DECIDING_MAX if _touches(deciding, one.start, one.end) else TALK_MAX
            if not _touches(talk, one.start, one.end) and self._judge.harm(one.clause) < bound:
                talk.append((one.start, one.end))
        return without(reading, talk) if talk else None


def without(reading: Reading, spans: Sequence[tuple[int, int]]) -> str:
    """The message as typed where nothing is heard at such places of the normalised text."""
    typed = list(reading.page.original)
    for start, end in spans:
        span = reading.page.span(start, end)
        typed[span.start : span.end] = _UNHEARD * (span.end - span.start)
    return "".join(typed)


def _touches(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(one < end and start < max(two, one + 1) for one, two in spans)
