"""What is said beside an order: harmless talk, or something that makes it none.

`我爸充过了`, `撤回`, `好像是这个号` and `能投屏的话来一个` hold no goods and no number, and beside them an
order is none, or not yet. No list of words ends, and people tell as much that means nothing. So each
clause is judged by a small logistic model of its characters, their neighbours and where it stands.
Its weights are `data/beside/weights.txt`, fitted by `python -m tests.bench.fit_beside` to what people said
beside orders. Only a clause that is surely harmless leaves the order as it is: what nobody knows is
asked about, for a needless question costs less than a wrong order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nlu.clause_judge import RECIPIENT, SLOT, TURN, Clause, ClauseJudge
from nlu.idle import Idle, only_size
from nlu.in_english import InEnglish
from nlu.other_numbers import OtherKind
from nlu.reading import Reading
from nlu.records import EventKind
from nlu.understanding import SpokenLine

DOUBT_MAX = 0.62
"""Beside a clause that is harmful with a higher probability nothing is ordered without a question. Of people
who were left out of the fit, 71 in 100 harmful remarks are refused here, for 3 needless questions in 100
complete orders; at 0.5 it is 76 for 4, at 0.3 84 for 7."""

SURELY_HARMFUL = 0.85
"""From here on a clause makes an order none whatever else is thought of it."""

_GOODS = frozenset({EventKind.NAME, EventKind.AMOUNT, EventKind.QUANTITY})
_ORDERED = _GOODS | {EventKind.NOUN, EventKind.QUALIFIER, EventKind.REGION, EventKind.ACCOUNT}
_TURNING = frozenset({EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS})
_CLAUSE_END = re.compile(r"[,，。.;；:!！\n\r~…、()\"“”/|]+|(?<![a-z])\s+|\s+(?![a-z])|(?<=\?)")
_NOISE = re.compile(rf"[^\u4e00-\u9fffa-z0-9?{SLOT}{RECIPIENT}{TURN}]+")
_NUMBER = re.compile(r"[0-9]+")
_SLOTS = re.compile(rf"[{SLOT}{RECIPIENT}](?:[和与及跟到给的]?[{SLOT}{RECIPIENT}])+")
_SAYS = re.compile(r"[\u4e00-\u9fffa-z]")


def clauses_beside(reading: Reading) -> Iterator[Clause]:
    """The clauses of a message that say more than the order itself, its slots masked."""
    return (clause for clause, _ in _clauses(reading))


def _clauses(reading: Reading) -> Iterator[tuple[Clause, str]]:
    """These, each with its blanks and signs."""
    pieces = _CLAUSE_END.split(masked(reading))
    turn = max((at for at, piece in enumerate(pieces) if TURN in piece), default=-1)
    ordered = False
    for at, piece in enumerate(pieces):
        said = _SLOTS.sub(_joined, _NUMBER.sub("0", _NOISE.sub("", piece)))
        holds = SLOT in said or RECIPIENT in said
        if _SAYS.search(said):
            place = "=" if holds else "<" if not ordered else "~" if at < turn else ">"
            yield Clause(said, place), piece
        ordered = ordered or SLOT in said


def _joined(slots: re.Match[str]) -> str:
    return SLOT if SLOT in slots[0] else RECIPIENT


class Beside:
    """Judges what is said beside an order. Immutable."""

    def __init__(self, judge: ClauseJudge, idle: Idle, english: InEnglish) -> None:
        self._judge, self._idle, self._english = judge, idle, english

    def disturbs(self, reading: Reading, bound: float = DOUBT_MAX) -> bool:
        """Whether anything stands beside the order that is harmful with a higher probability than `bound`."""
        return any(
            self._harm(clause, piece) > bound
            and not self._idle.says_no_more(clause.text)
            and not only_size(clause.text, reading)
            for clause, piece in dict.fromkeys(_clauses(reading))
        )

    def _harm(self, clause: Clause, piece: str) -> float:
        told = self._english.harm(piece)
        return self._judge.harm(clause) if told is None else told


def asked_about(line: SpokenLine) -> SpokenLine:
    """The line with its goods left to be confirmed."""
    return line if line.sku is None else replace(line, sku=None, sku_options=(line.sku.value,))


def masked(reading: Reading) -> str:
    """The text with a sign for every character of the order. A word that corrects is one only where
    something follows that it corrects to."""
    text = list(_SIGNS.sub(" ", reading.page.text))
    last = max((event.start for event in reading.events if event.kind in _ORDERED), default=-1)
    for event in reading.events:
        sign = SLOT if event.kind in _GOODS else RECIPIENT
        if event.kind in _TURNING and event.start < last:
            sign = TURN
        elif event.kind not in _ORDERED:
            continue
        label = event.account.label if event.account is not None else None
        for start, end in ((event.start, event.end), *((label,) if label else ())):
            text[start:end] = sign * (end - start)
    for mark in reading.others:
        if mark.value.kind is OtherKind.MANY and text[mark.start] in _VAGUE:
            text[mark.start : mark.end] = RECIPIENT * (mark.end - mark.start)
    for start, end in (*reading.refusals, *reading.mishaps):
        text[start:end] = " " * (end - start)
    for start, end, slot in reading.masks:
        if slot == "contact":
            text[start:end] = RECIPIENT * (end - start)
    return re.sub(rf"{TURN}+", TURN, "".join(text))


_VAGUE = frozenset("几好")
"""How a count of houses begins that nobody knows exactly: 几套出租屋, 好几户."""
_SIGNS = re.compile(f"[{SLOT}{RECIPIENT}{TURN}]")
