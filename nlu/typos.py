"""Names with one slip of the finger: a character wrong, missing, doubled or swapped with the next.

Every name is filed under itself and under all its spellings with one character missing; a piece of a
message meets a name where their own such spellings meet. That costs the same however large the
catalog is. Digits never take part: a typo may change which family is meant, never a size.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import chain
from operator import itemgetter

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.lexicon import Lexicon, word_set
from nlu.sounds import syllable

WINDOW_MAX = 10
LATIN_WINDOW_MAX = 16
_LETTER = re.compile("[a-z]")


class Misspellings:
    """The names that may be misspelled; each at least three characters long."""

    def __init__(self, names: Iterable[str], lexicon: Lexicon, passing: bool = False) -> None:
        """`passing`: it reads a message or two, so that of its names only those that such a message may
        hold are worth filing."""
        self._telling = word_set(
            lexicon,
            "signs.facet_characters",
            "signs.numeral_characters",
            "signs.banker_numerals",
            "signs.no_name_characters",
        )
        """Characters that say a size, a period or something else: no slip of the finger."""
        self._names = [name for name in names if (5 if name.isascii() else 3) <= len(name) <= _window(name)]
        self._index = None if passing else _Index(self._names)

    def read(
        self, text: str, taken: bytearray, edges: Set[int] = frozenset()
    ) -> Iterator[tuple[int, int, list[str]]]:
        """`(start, end, names)` for the pieces of what is not taken that are one slip from a name.

        A piece shares the first or the last character with the name, so that unrelated words of the
        same length do not meet. `edges`: where blanks stood, so that a latin word may end there.
        """
        index = self._index or _PassingIndex(list(_held_but_for_one(self._names, text)))
        if not index.firsts:
            return
        inside = _inside_words(text, edges)
        # of one message: who repeats himself is compared once
        near = cache(lambda piece: self._near(piece, index.meeting(piece)))
        for start, end in _runs(text, taken):
            ending: dict[int, list[int]] = {}
            """Where a name begins whose end is spelled right -> where it ends."""
            for to in range(start + 2, end + 1):
                if not inside[to] and text[to - 1] in index.lasts:
                    for length in index.ending_at(text, to):
                        ending.setdefault(to - length, []).append(to)
            for at in range(start, end - 1):
                if inside[at]:
                    continue
                ends = set(ending.get(at, ()))
                if text[at] in index.firsts:
                    ends.update([at + length for length in index.beginning_at(text, at)])
                last = min(at + _window(text[at]) + 1, end) if ends else 0
                for to in sorted(ends, reverse=True):
                    if at + 1 < to <= last and not inside[to] and (names := near(text[at:to])):
                        yield at, to, names

    def _near(self, piece: str, names: Iterable[str]) -> list[str]:
        return [name for name in names if name != piece and self._one_slip(piece, name)]

    def _one_slip(self, piece: str, name: str) -> bool:
        if len(piece) < 3 and len(name) < 4:
            return False
        if piece[0] != name[0] and piece[-1] != name[-1]:
            return False
        if OSA.distance(piece, name, score_cutoff=1) != 1:
            return False
        if len(name) == 3 and not sounds_near(piece, name):
            return False
        if not self._telling.intersection(piece).issubset(name):
            return False
        if not (piece.isalpha() and name.isalpha()) and _digits(piece) != _digits(name):
            return False
        if name.isascii():
            return True
        letters = _LETTER.findall(name)
        if 0 < len(letters) <= 2 and letters != _LETTER.findall(piece):
            return False  # A站 is no misspelled B站
        return len(name) > 4 or any(
            one == other for one, other in zip(piece, name, strict=False) if one > "\u4dff"
        )


class _Index:
    """Names filed under their spellings with one character missing."""

    def __init__(self, names: Sequence[str]) -> None:
        self._filed = self._file(names)
        self.firsts: set[str] = set()
        self.lasts: set[str] = set()
        """The first and last characters of the names: few texts have many of them."""
        self._heads: dict[str, set[int]] = defaultdict(set)
        self._tails: dict[str, set[int]] = defaultdict(set)
        for name in names:
            self.firsts.add(name[0])
            self.lasts.add(name[-1])
            lengths = (len(name) - 1, len(name), len(name) + 1)
            for head in (name[:2], name[0] + name[2]):
                self._heads[head].update(lengths)
            for tail in (name[-2:], name[-3] + name[-1]):
                self._tails[tail].update(lengths)

    def _file(self, names: Iterable[str]) -> Mapping[str, Sequence[str]]:
        filed: dict[str, list[str]] = defaultdict(list)
        for name in names:
            for spelling in dict.fromkeys(_thinned(name)):
                filed[spelling].append(name)
        return filed

    def beginning_at(self, text: str, at: int) -> Set[int]:
        """How long what begins here may be, if it is a name with one slip behind its first character: that
        character then stands before or next but one to another of the first three of the name."""
        tight, apart = self._heads.get(text[at : at + 2]), self._heads.get(text[at] + text[at + 2 : at + 3])
        return tight | apart if tight and apart else tight or apart or _NOTHING

    def ending_at(self, text: str, end: int) -> Set[int]:
        """How long what ends here may be, if it is a name with one slip before its last character."""
        tight = self._tails.get(text[end - 2 : end])
        apart = self._tails.get(text[end - 3] + text[end - 1]) if end > 2 else None
        return tight | apart if tight and apart else tight or apart or _NOTHING

    def meeting(self, piece: str) -> Iterable[str]:
        """The names that `piece` meets where both have at most one character missing."""
        filed = self._filed
        met = [filed[spelling] for spelling in _thinned(piece) if spelling in filed]
        return dict.fromkeys(chain.from_iterable(met)) if met else ()


class _PassingIndex(_Index):
    """Names that are looked for in one message: it is sooner tried which of them are a slip away than filed."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self._names = names

    def _file(self, names: Iterable[str]) -> Mapping[str, Sequence[str]]:
        return {}

    def meeting(self, piece: str) -> Iterable[str]:
        near = process.extract(piece, self._names, scorer=OSA.distance, score_cutoff=1, limit=None)
        if len(near) < 2:
            return [name for name, _, _ in near]
        return _Index([name for name, _, _ in sorted(near, key=_place)]).meeting(piece)


_place = itemgetter(2)
"""Where a name stands among those that it was looked for in."""

_NOTHING: frozenset[int] = frozenset()


def _held_but_for_one(names: Iterable[str], text: str) -> Iterator[str]:
    """The names of whose characters at most one is not in the text: the others cannot be one slip away."""
    held = frozenset(text)
    return (name for name in names if len(frozenset(name) - held) <= 1)


def same_facets(one: str, other: str, facets: Set[str]) -> bool:
    """Whether two spellings have the same characters that say a size or a period (`facets`). Names may be
    misspelled; a 季卡 is no misspelled 月卡."""
    first, second = ([c for c in word if c in facets] for word in (one, other))
    return not first or not second or sorted(first) == sorted(second)


def sounds_near(piece: str, name: str) -> bool:
    """Whether a slip in so short a name is one of order, or of a character that sounds alike."""
    if len(piece) != len(name):
        return False
    if piece == name:
        return True
    if sorted(piece) == sorted(name):
        return True
    wrong = [(one, other) for one, other in zip(piece, name, strict=True) if one != other]
    sounds = [(syllable(one), syllable(other)) for one, other in wrong]
    return all(one and other and (one[0] == other[0] or one[1:] == other[1:]) for one, other in sounds)


def _window(piece: str) -> int:
    """How long a name that begins like this may be: latin names run longer than Chinese ones."""
    return LATIN_WINDOW_MAX if piece.isascii() else WINDOW_MAX


def _inside_words(text: str, edges: Set[int]) -> bytearray:
    """For each place whether a cut there would part a latin word."""
    inside = bytearray(len(text) + 1)
    for at in range(1, len(text)):
        if at not in edges and _latin(text[at - 1]) and _latin(text[at]):
            inside[at] = 1
    return inside


def _latin(character: str) -> bool:
    return "a" <= character <= "z"


def _digits(text: str) -> list[str]:
    return [character for character in text if character.isdigit()]


def _thinned(word: str) -> list[str]:
    """The word, and the word with each character missing, always in the same order."""
    return [word, *[word[:at] + word[at + 1 :] for at in range(len(word))]]


def _runs(text: str, taken: bytearray) -> Iterator[tuple[int, int]]:
    """The stretches of letters and Chinese characters that nobody has read."""
    start: int | None = None
    for at, character in enumerate(text):
        readable = not taken[at] and ("\u4e00" <= character <= "\u9fff" or character.isalnum())
        if readable and start is None:
            start = at
        elif not readable and start is not None:
            yield start, at
            start = None
    if start is not None:
        yield start, len(text)
