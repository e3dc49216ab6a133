"""What is said beside an order: harmless talk, or something that makes it none.

`我爸充过了`, `撤回`, `好像是这个号` and `能投屏的话来一个` hold no goods and no number, and beside them an
order is none, or not yet. No list of words ends, and people tell as much that means nothing. So each
clause is judged by a small logistic model of its characters, their neighbours and where it stands.
Its weights are `data/beside/weights.txt`, fitted by `python -m tests.bench.fit_beside` to what people said
beside orders. Only a clause that is surely harmless leaves the order as it is: what nobody knows is
asked about, for a needless question costs less than a wrong order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.reading import Reading
from nlu.records import EventKind
from nlu.understanding import SpokenLine

SLOT, RECIPIENT = "◇○"
"""Stand for what is ordered, and for recipients and such words as 话费 and 手机."""
TURN = "◆"
"""Stands for a word that corrects, which others have dealt with."""
DOUBT_MAX = 0.6
"""Beside a clause that is harmful with a higher probability nothing is ordered without a question. Of people
who were left out of the fit, 71 in 100 harmful remarks are refused here, for 3 needless questions in 100
complete orders; at 0.5 it is 76 for 4, at 0.3 84 for 7."""

_GOODS = frozenset({EventKind.NAME, EventKind.AMOUNT, EventKind.QUANTITY})
_ORDERED = _GOODS | {EventKind.NOUN, EventKind.QUALIFIER, EventKind.REGION, EventKind.ACCOUNT}
_TURNING = frozenset({EventKind.CORRECTION, EventKind.INSTEAD, EventKind.REJECTS})
_GRAM_MAX = 4
_PLACED_MAX = 2
_LENGTHS = (0, 1, 2, 3, 4, 6, 8, 11, 15, 20)
_CLAUSE_END = re.compile(r"[,，。.;；:!！\n\r~…、()\"“”/|]+|(?<![a-z])\s+|\s+(?![a-z])|(?<=\?)")
_NOISE = re.compile(rf"[^\u4e00-\u9fffa-z0-9?{SLOT}{RECIPIENT}{TURN}]+")
_NUMBER = re.compile(r"[0-9]+")
_SLOTS = re.compile(rf"[{SLOT}{RECIPIENT}](?:[和与及跟到给的]?[{SLOT}{RECIPIENT}])+")
_SAYS = re.compile(r"[\u4e00-\u9fffa-z]")
_MARKS = (
    frozenset("了过吗呢吧") | frozenset("再才就都还") | frozenset("又的被把到") | {SLOT, RECIPIENT, TURN, "?"}
)
"""Characters whose order among the kinds of words says something."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. `place` is `=` where a part of the order stands in it; else `~` where a correction follows,
    whose reason it may be (太贵了，换…), and `<` or `>` in front of all of the order, or not."""

    text: str
    place: str


def clauses_beside(reading: Reading) -> Iterator[Clause]:
    """The clauses of a message that say more than the order itself, its slots masked."""
    pieces = _CLAUSE_END.split(_masked(reading))
    turn = max((at for at, piece in enumerate(pieces) if TURN in piece), default=-1)
    ordered = False
    for at, piece in enumerate(pieces):
        said = _SLOTS.sub(_joined, _NUMBER.sub("0", _NOISE.sub("", piece)))
        holds = SLOT in said or RECIPIENT in said
        if _SAYS.search(said):
            yield Clause(said, "=" if holds else "<" if not ordered else "~" if at < turn else ">")
        ordered = ordered or SLOT in said


def _joined(slots: re.Match[str]) -> str:
    return SLOT if SLOT in slots[0] else RECIPIENT


class Beside:
    """Judges what is said beside an order. Immutable."""

    def __init__(self, kinds: Mapping[str, Iterable[str]], weights: Mapping[str, float]) -> None:
        """`kinds`: the sign of a kind of words -> its words."""
        signs: dict[str, str] = {}
        for sign, words in kinds.items():
            for word in words:
                signs.setdefault(word, sign)
        self._signs = list(signs.values())
        self._words = AhoCorasick(list(signs), matchkind=MatchKind.LeftmostLongest)
        self._weights = weights
        self._base = weights.get(BASE, 0.0)

    def weighing(self, weights: Mapping[str, float]) -> Beside:
        """The same with other weights, for fitting them."""
        other = copy(self)
        other._weights, other._base = weights, weights.get(BASE, 0.0)
        return other

    def disturbs(self, reading: Reading) -> bool:
        """Whether anything that is not surely harmless stands beside the order."""
        return any(self.harm(clause) > DOUBT_MAX for clause in clauses_beside(reading))

    def harm(self, clause: Clause) -> float:
        """How likely it is that beside this clause nothing may be ordered."""
        known = self._weights
        total = self._base + sum(known.get(feature, 0.0) for feature in self.features(clause))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def features(self, clause: Clause) -> set[str]:
        """What the judgement of a clause comes from: its characters and kinds of words with their
        neighbours, which of them stands in front of which, and where it stands itself."""
        kinds = self._by_kind(clause.text)
        grams = _grams(f"^{clause.text}$") | _grams(f"^{kinds}$")
        found = grams - {"^", "$"}
        found |= {clause.place + gram for gram in found if len(gram) <= _PLACED_MAX}
        told = [sign for sign in dict.fromkeys(kinds) if sign.isupper() or sign in _MARKS]
        found |= {f"{one}.{other}" for at, one in enumerate(told) for other in told[at + 1 :]}
        unknown = sum("\u4e00" <= sign <= "\u9fff" and sign not in _MARKS for sign in kinds)
        found.add(f"{clause.place}{_about(unknown)}%")
        found.add(f"{clause.place}{_about(len(clause.text))}#")
        return found

    def _by_kind(self, text: str) -> str:
        pieces: list[str] = []
        at = 0
        for index, start, end in self._words.find_matches_as_indexes(text):
            pieces += [text[at:start], self._signs[index]]
            at = end
        return "".join((*pieces, text[at:]))


def asked_about(line: SpokenLine) -> SpokenLine:
    """The line with its goods left to be confirmed."""
    return line if line.sku is None else replace(line, sku=None, sku_options=(line.sku.value,))


BASE = "#"
"""What stands without any feature."""


def _about(length: int) -> int:
    return sum(length > bound for bound in _LENGTHS)


def _grams(text: str) -> set[str]:
    return {text[at : at + size] for size in range(1, _GRAM_MAX + 1) for at in range(len(text) - size + 1)}


def _masked(reading: Reading) -> str:
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
    for start, end in reading.refusals:
        text[start:end] = " " * (end - start)
    for start, end, slot in reading.masks:
        if slot == "contact":
            text[start:end] = RECIPIENT * (end - start)
    return re.sub(rf"{TURN}+", TURN, "".join(text))


_SIGNS = re.compile(f"[{SLOT}{RECIPIENT}{TURN}]")
