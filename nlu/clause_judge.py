"""How likely a clause makes an order none, by its characters and the kinds of its words.

No list of words ends, and people tell as much that means nothing; so clauses are judged by a small logistic
model. Its weights are fitted offline, once for each question that is put to it: whether anything may be
ordered beside a clause (`nlu/beside.py`), and whether the clause may be left out (`nlu/talk.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

SLOT, RECIPIENT = "◇○"
"""Stand for what is ordered, and for recipients and such words as 话费 and 手机."""
TURN = "◆"
"""Stands for a word that corrects, which others have dealt with."""

_GRAM_MAX = 4
_PLACED_MAX = 2
_LENGTHS = (0, 1, 2, 3, 4, 6, 8, 11, 15, 20)
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


class ClauseJudge:
    """Judges clauses by the weights that were fitted for one question. Immutable."""

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

    def weighing(self, weights: Mapping[str, float]) -> ClauseJudge:
        """The same with other weights, for fitting them."""
        other = copy(self)
        other._weights, other._base = weights, weights.get(BASE, 0.0)
        return other

    def harm(self, clause: Clause) -> float:
        """How likely it is that beside this clause nothing may be ordered."""
        known = self._weights.keys() & self.features(clause)
        total = self._base + sum(map(self._weights.__getitem__, known))
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


BASE = "#"
"""What stands without any feature."""


def _about(length: int) -> int:
    return sum(length > bound for bound in _LENGTHS)


def _grams(text: str) -> set[str]:
    return {text[at : at + size] for size in range(1, _GRAM_MAX + 1) for at in range(len(text) - size + 1)}
